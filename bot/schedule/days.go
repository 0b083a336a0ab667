package schedule

import (
	"fmt"
	"strings"
	"time"
)

// Days is a set of days of the week. Without a day in it, it means every day.
type Days uint8

const (
	everyDay Days = 1<<7 - 1
	weekend  Days = 1<<time.Saturday | 1<<time.Sunday
	weekdays Days = everyDay &^ weekend
)

// On is the set of these days.
func On(days ...time.Weekday) Days {
	var d Days
	for _, day := range days {
		d |= 1 << day
	}
	return d
}

// Has reports whether a day is in the set.
func (d Days) Has(day time.Weekday) bool { return d&everyDay == 0 || d&(1<<day) != 0 }

// String is the set as Parse reads it: "daily", "weekdays", "weekends" or "Mon, Wed, Fri".
func (d Days) String() string {
	switch d & everyDay {
	case 0, everyDay:
		return "daily"
	case weekdays:
		return "weekdays"
	case weekend:
		return "weekends"
	}
	var names []string
	for i := range 7 {
		if day := time.Weekday(i+1) % 7; d.Has(day) { // a week begins on Monday
			names = append(names, day.String()[:3])
		}
	}
	return strings.Join(names, ", ")
}

// parseDays reads what String writes, and names of days in full or from two letters on, with anything between them. "Mon-Fri"
// means the days between too. All seven are the same set as none.
func parseDays(text string) (Days, error) {
	var set Days
	for _, word := range dayWords(text) {
		days, ok := someDays(word)
		if !ok {
			return 0, fmt.Errorf(`%q is no day of the week: write "daily", "weekdays" or days such as "Mon, Wed, Fri"`, word)
		}
		set |= days
	}
	if set == everyDay {
		return 0, nil
	}
	return set, nil
}

// dayWords are the words of a list of days, in small letters.
func dayWords(text string) []string {
	text = strings.NewReplacer("every day", "daily", "everyday", "daily", " and ", " ", " to ", "-", " - ", "-", " – ", "-", "–", "-").Replace(strings.ToLower(text))
	return strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" ,;/&+\t\n", c) })
}

// someDays are the days that a word stands for.
func someDays(word string) (Days, bool) {
	switch strings.TrimSuffix(word, "s") {
	case "daily":
		return everyDay, true
	case "weekday":
		return weekdays, true
	case "weekend":
		return weekend, true
	}
	from, to, isRange := strings.Cut(word, "-")
	first, ok := weekday(from)
	last := first
	if ok && isRange {
		last, ok = weekday(to)
	}
	days := On(last)
	for day := first; day != last; day = (day + 1) % 7 {
		days |= On(day)
	}
	return days, ok
}

// weekday is the day whose name begins with a word of two letters or more.
func weekday(word string) (time.Weekday, bool) {
	word = strings.TrimSuffix(word, ".")
	for day := range time.Weekday(7) {
		name := strings.ToLower(day.String())
		if len(word) >= 2 && strings.HasPrefix(name, word) || word == name+"s" {
			return day, true
		}
	}
	return 0, false
}

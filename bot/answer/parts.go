package answer

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"trilat/knowledge"
)

// joint is where a question of several parts can be cut: a comma, an "and" or a question mark before a new question word.
var joint = regexp.MustCompile(`(?i)(\s*[,;?]\s*(and|but|also|or)?\s*|\s+(and|but)\s+)\b(who|whom|whose|what|when|where|why|how|which|in which|is|are|was|were|did|does|do|has|have|can)\b`)

// doubled asks two things of one: "When and where was it signed?"
var doubled = regexp.MustCompile(`(?i)^(who|what|when|where|why|how) and (who|what|when|where|why|how)\b(.*)$`)

// leaning are words that point to something said before.
var leaning = regexp.MustCompile(`\b(it|its|they|them|their|he|him|his|she|her|that|those|these|this|there|one|each|both|then|too|also)\b`)

// clauses cuts a question into its parts, one if it has no more. A part without telling words, or one that points back, is
// to be read with the first.
func clauses(text string) []string {
	var parts []string
	start := 0
	if m := doubled.FindStringSubmatch(text); m != nil {
		return []string{m[1] + m[3], m[2] + m[3]}
	}
	for _, m := range joint.FindAllStringSubmatchIndex(text, -1) {
		word := m[8]
		if strings.TrimSpace(text[start:m[0]]) == "" {
			continue
		}
		parts = append(parts, strings.TrimSpace(text[start:m[0]]))
		start = word
	}
	return append(parts, sides(strings.TrimSpace(text[start:]))...)
}

var (
	// compareForm asks for two things side by side.
	compareForm = regexp.MustCompile(`(?i)\b(compare[ds]?|comparison|differences?|differ|versus|vs\.?|next to|side by side|contrast|alongside)\b`)
	// between stands between the two.
	between = regexp.MustCompile(`(?i)\s(and|versus|vs\.?|next to|alongside|from|to|with|against|beside)\s`)
)

// sides cuts a clause that compares two things into one clause for each.
func sides(text string) []string {
	if !compareForm.MatchString(text) {
		return []string{text}
	}
	m := between.FindStringIndex(text)
	if m == nil {
		return []string{text}
	}
	return []string{compareForm.ReplaceAllString(text[:m[0]], ""), compareForm.ReplaceAllString(text[m[1]:], "")}
}

// aside is where a sentence that asks nothing ends.
var aside = regexp.MustCompile(`[.!]+\s+`)

// focus separates what is asked from sentences around it that ask nothing.
func focus(text string) (asked, said string) {
	var asks, says []string
	start := 0
	for _, m := range append(aside.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		sentence := strings.TrimSpace(text[start:m[1]])
		start = m[1]
		switch {
		case strings.HasSuffix(sentence, "?"):
			asks = append(asks, sentence)
		default:
			says = append(says, sentence)
		}
	}
	if len(asks) == 0 {
		return text, ""
	}
	return strings.Join(asks, " "), strings.Join(says, " ")
}

// period is a stretch of months that a question names.
type period struct{ from, to time.Time }

var (
	yearForm  = regexp.MustCompile(`\b(?:19|20)\d\d\b`)
	monthForm = regexp.MustCompile(`\b(january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|spring|summer|autumn|fall|winter|early|late)\b`)
	spans     = map[string][2]time.Month{"spring": {3, 5}, "summer": {6, 8}, "autumn": {9, 11}, "fall": {9, 11}, "winter": {1, 2}, "early": {1, 3}, "late": {10, 12}}
)

// readPeriod finds the period that a question names; ok is false when it names none.
func readPeriod(text string) (p period, ok bool) {
	years, names := yearForm.FindAllString(text, -1), monthForm.FindAllString(text, -1)
	if len(years) == 0 {
		return period{}, false
	}
	first, last := time.January, time.December
	for i, name := range names {
		span, isSpan := spans[name]
		if !isSpan {
			m, _ := time.Parse("Jan", strings.ToUpper(name[:1])+name[1:3])
			span = [2]time.Month{m.Month(), m.Month()}
		}
		if i == 0 {
			first = span[0]
		}
		last = span[1]
	}
	p.from = date(years[0], first)
	p.to = date(years[len(years)-1], last).AddDate(0, 1, 0)
	return p, p.from.Before(p.to)
}

func date(year string, month time.Month) time.Time {
	y, _ := time.Parse("2006", year)
	return time.Date(y.Year(), month, 1, 0, 0, 0, 0, time.UTC)
}

// maxEvents is how many events a timeline shows before it keeps only the first of each day.
const maxEvents = 10

// timeline quotes the events of the period that a question names, from every timeline of the folder; dated is false when
// it names none.
func (s *shelf) timeline(in intent) (events []Statement, dated bool) {
	p, dated := readPeriod(in.text)
	if !dated {
		return nil, false
	}
	out := s.events(p.holds)
	if len(out) <= maxEvents {
		return out, true
	}
	return firstOfEachDay(out), true
}

// events are the items of all timelines that hold wants, in their order.
func (s *shelf) events(wants func(event string) bool) []Statement {
	var out []Statement
	for _, p := range s.passages {
		if p.Kind != knowledge.Timeline {
			continue
		}
		for _, st := range whole(p) {
			if st.Block == knowledge.List && wants(st.Text) {
				out = append(out, st)
			}
		}
	}
	return out
}

// During is an answer made of all events of the months or years that a text names, such as "May 2025" or "2025"; a
// refusal when it names none, or the folder's timelines hold none of then.
func (a *Answerer) During(text string) Answer {
	p, ok := readPeriod(readIntent(clean(text)).text)
	if !ok {
		return a.refused()
	}
	return a.of(a.main.events(p.holds))
}

// Latest is an answer made of the last n events of the folder's timelines.
func (a *Answerer) Latest(n int) Answer {
	all := a.main.events(func(event string) bool { return itemDate.MatchString(event) })
	return a.of(all[max(0, len(all)-n):])
}

// On is an answer made of the events that the folder's timelines give for a day of the year, in the year of that day or
// before.
func (a *Answerer) On(day time.Time) Answer {
	return a.of(a.main.events(func(event string) bool {
		at, ok := eventDay(event)
		return ok && at.Month() == day.Month() && at.Day() == day.Day() && at.Year() <= day.Year()
	}))
}

// Ahead is an answer made of the events on the days after a day, as many days on.
func (a *Answerer) Ahead(day time.Time, days int) Answer {
	from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	return a.of(a.main.events(func(event string) bool {
		at, ok := eventDay(event)
		return ok && at.After(from) && !at.After(from.AddDate(0, 0, days))
	}))
}

// eventDay is the day of an event that begins with one.
func eventDay(event string) (day time.Time, ok bool) {
	m := itemDate.FindStringSubmatch(event)
	if m == nil || !exactDay.MatchString(m[1]) {
		return day, false
	}
	day, err := time.Parse("2 January 2006", m[1]+m[2]+" "+m[3])
	return day, err == nil
}

// itemDate is the date with which an event begins: what stands before the month, such as a day or "around", the month if
// it names one, and the year.
var itemDate = regexp.MustCompile(`(?i)^([^:]{0,40}?)(?:(january|february|march|april|may|june|july|august|september|october|november|december) )?((?:19|20)\d\d)\b`)

func (p period) holds(event string) bool {
	m := itemDate.FindStringSubmatch(event)
	if m == nil {
		return false
	}
	month := time.January
	if t, err := time.Parse("January", m[2]); err == nil {
		month = t.Month()
	}
	when := date(m[3], month)
	return !when.Before(p.from) && when.Before(p.to)
}

var exactDay = regexp.MustCompile(`^\d{1,2} $`)

// firstOfEachDay keeps the first event of every exact day.
func firstOfEachDay(events []Statement) []Statement {
	seen := map[string]bool{}
	return slices.DeleteFunc(events, func(st Statement) bool {
		m := itemDate.FindStringSubmatch(st.Text)
		repeated := !exactDay.MatchString(m[1]) || seen[m[0]]
		seen[m[0]] = true
		return repeated
	})
}

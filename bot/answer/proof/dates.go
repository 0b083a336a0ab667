package proof

import (
	"slices"
	"strconv"
	"strings"
)

// date is a date in a text, as exact as it is given there: a part that is not given is 0.
type date struct {
	year, month, day int
	at               string // how it stands to what is said: "before"; "" when it is just that date
	first            int    // which word it begins with
	told             bool   // that word is one with which somebody says something
	anchor           string // the telling word before it in its sentence; "" for none
}

// What is read as a year; other numbers of four digits count something.
const (
	minYear = 1900
	maxYear = 2100
)

var months = func() map[string]int {
	m := map[string]int{}
	for i, name := range strings.Fields("january february march april may june july august september october november december") {
		m[name] = i + 1
	}
	return m
}()

// relations are the words before a date that turn what is said of it; all others leave it as it is.
var relations = map[string]string{
	"since": "since", "from": "since", "until": "until", "till": "until", "by": "by", "before": "before", "after": "after", "following": "after",
	"around": "about", "about": "about", "circa": "about", "approximately": "about", "roughly": "about",
	"early": "early", "mid": "mid", "late": "late", "end": "late", "between": "between", "through": "until", "to": "until",
}

// findDates finds the dates in words and marks the words they are made of.
func findDates(words []word) (all []date) {
	for i := 0; i < len(words); {
		d, n := dateAt(words[i:])
		if n == 0 {
			i++
			continue
		}
		if i > 0 {
			d.at = relations[words[i-1].folded]
		}
		if d.at == "" && i > 1 && little[words[i-1].folded] { // "by the 18 March", "by about"
			d.at = relations[words[i-2].folded]
		}
		if i > 0 && !words[i-1].dated && dayOnly(words[i-1]) { // "20–21 March"
			d.at += "from " + words[i-1].folded
			words[i-1].dated = true
		}
		for j := range n {
			words[i+j].dated = true
		}
		if n := len(all); n > 0 && i > 0 && words[i-1].dated && !dayOnly(words[i-1]) { // "28 February–1 March 2026"
			all[n-1].at += "to the next"
			d.at += "from the last"
		}
		d.first = i
		all = append(all, d)
		i += n
	}
	return all
}

// dayOnly reports whether a word may be the number of a day.
func dayOnly(w word) bool {
	n, err := strconv.Atoi(w.folded)
	return err == nil && n >= 1 && n <= 31
}

// anchor gives each date the telling word before it.
func (r reading) anchor() {
	for i := range r.dates {
		d := &r.dates[i]
		for j := d.first; j > 0 && !r.words[j].first && d.anchor == ""; j-- {
			if w := r.words[j-1]; w.telling {
				d.anchor, d.told = w.key, reporting[w.folded]
			}
		}
	}
}

// dateAt is the date that words begin with, and of how many it is made; n is 0 for none. It may be written as
// "18 March 2025", "March 18, 2025", "2025 03 18", or less exactly.
func dateAt(words []word) (d date, n int) {
	read := func(i int, part *int, from, to int) bool {
		if i >= len(words) {
			return false
		}
		v, err := strconv.Atoi(strings.TrimRight(words[i].folded, "stndrh"))
		if err != nil || v < from || v > to || len(words[i].folded) == 0 || words[i].folded[0] < '0' || words[i].folded[0] > '9' {
			return false
		}
		*part = v
		return true
	}
	month := func(i int) bool {
		if i >= len(words) || !words[i].capital {
			return false
		}
		d.month = months[words[i].folded]
		return d.month > 0
	}
	count := func(parts ...bool) int { return slices.Index(append(parts, false), false) }
	switch {
	case read(0, &d.day, 1, 31) && month(1):
		return d, 2 + count(read(2, &d.year, minYear, maxYear))
	case month(0):
		d.day = 0
		n = 1 + count(read(1, &d.day, 1, 31))
		return d, n + count(read(n, &d.year, minYear, maxYear))
	}
	d = date{}
	if !read(0, &d.year, minYear, maxYear) {
		return date{}, 0
	}
	if n = count(read(1, &d.month, 1, 12), read(2, &d.day, 1, 31)); n == 2 {
		return d, 3
	}
	d.month, d.day = 0, 0
	return d, 1
}

// dates reports whether every date of a claim stands in its quote, just as exact, in the same relation and, where there are
// several, with the same word before it. What a party says may name the day it was said.
func (p pair) dates() bool {
	have := p.quote.dates
	for _, d := range p.claim.dates {
		there := func(h date) bool { return h.same(d) && (h.anchor == d.anchor || len(distinct(have)) < 2) }
		if !slices.ContainsFunc(have, there) && !(d.told && slices.ContainsFunc(p.said.dates, d.same)) {
			return false
		}
	}
	// A date that is left out takes along what it is the date of: old would seem to be new.
	return !slices.ContainsFunc(p.whole.dates, func(h date) bool {
		clause := p.whole.words[h.first].clause
		stays := func(w word) bool { return w.clause == clause && w.telling && p.claim.has(w.key) }
		return slices.ContainsFunc(p.whole.words, stays) && !slices.ContainsFunc(p.claim.dates, h.same)
	})
}

// same reports whether two are the same date in the same relation.
func (d date) same(o date) bool {
	return d.year == o.year && d.month == o.month && d.day == o.day && d.at == o.at
}

// distinct are the dates that differ.
func distinct(all []date) (found []date) {
	for _, d := range all {
		if !slices.ContainsFunc(found, d.same) {
			found = append(found, d)
		}
	}
	return found
}

package proof

import (
	"regexp"
	"slices"
	"strings"
)

// figures are the words that are numbers. "one" is left out: it is mostly a pronoun.
var figures = func() map[string]string {
	m := map[string]string{}
	for i, w := range strings.Fields("zero _ two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty") {
		m[w] = digitsOf(i)
	}
	for i, w := range strings.Fields("thirty forty fifty sixty seventy eighty ninety") {
		m[w] = digitsOf(30 + 10*i)
	}
	for _, w := range strings.Fields("hundred thousand million billion dozen half third quarter once twice double triple first second fourth fifth sixth seventh eighth ninth tenth hundreds thousands millions percent") {
		m[w] = w
	}
	return m
}()

func digitsOf(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return digitsOf(n/10) + string(rune('0'+n%10))
}

// findNumbers marks the numbers among words that are part of no date.
func findNumbers(words []word) {
	for i := range words {
		w := &words[i]
		if w.dated {
			continue
		}
		if value, ok := figures[w.folded]; ok {
			w.number, w.key = true, value
			continue
		}
		if w.folded[0] >= '0' && w.folded[0] <= '9' {
			w.number, w.key = true, strings.TrimRight(ungrouped(w.folded), "stndrh")
		}
	}
	for i := range words {
		if j := rangeEnd(words, i); j > 0 {
			both := words[i].key + " to " + words[j].key
			words[i].key, words[j].key = both, both
		}
	}
}

// ungrouped is a number without the commas between its thousands.
func ungrouped(number string) string {
	if thousands.MatchString(number) {
		return strings.ReplaceAll(number, ",", "")
	}
	return number
}

var thousands = regexp.MustCompile(`^\d{1,3}(,\d{3})+$`)

// rangeEnd is where the range of numbers ends that begins at i, as "30 to 40" or "two or all three"; 0 when none does.
func rangeEnd(words []word, i int) int {
	if !words[i].number || i+2 >= len(words) || words[i+1].folded != "to" && words[i+1].folded != "or" {
		return 0
	}
	for j := i + 2; j < len(words) && j <= i+3; j++ {
		if words[j].number {
			return j
		}
		if !little[words[j].folded] {
			break
		}
	}
	return 0
}

// counted is a number with what it counts.
type counted struct{ number, of string }

// numbers are those of a text, with the telling word behind each.
func (r reading) numbers() (all []counted) {
	for i, w := range r.words {
		if !w.number {
			continue
		}
		c := counted{number: w.key}
		for _, next := range r.words[i+1:] {
			if next.telling || next.number {
				c.of = next.key
				break
			}
		}
		all = append(all, c)
	}
	return all
}

// numbers reports whether every number of a claim stands in its quote, and before the word that it counts if that stands
// there too.
func (p pair) numbers() bool {
	for _, n := range p.claim.numbers() {
		found, counts, last := false, !p.quote.has(n.of), ""
		for _, w := range p.quote.words {
			counts = counts || w.key == n.of && last == n.number
			if w.number {
				found, last = found || w.key == n.number, w.key
			}
		}
		if !found || !counts {
			return false
		}
	}
	return true
}

// has reports whether a text has a telling word, or a number.
func (r reading) has(key string) bool {
	return slices.ContainsFunc(r.words, func(w word) bool { return w.key == key && (w.telling || w.number) })
}

package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviations end in a full stop without ending a sentence. Single letters (initials) need no entry.
var abbreviations = strings.Fields("mr mrs ms dr prof gen col lt sgt capt st sr jr no nos vs etc e.g i.e cf ca fig vol pp ed eds art op approx dept est inc ltd co corp " +
	"jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k u.n a.m p.m n.d str br tzv npr odn")

// sentences cuts a paragraph: after . ! ? … with the closing marks that follow, where a new sentence can begin.
func sentences(r run) []Sentence {
	var all []Sentence
	start := 0
	for i, c := range r.text {
		if i < start || !strings.ContainsRune(".!?…。", c) {
			continue
		}
		end := i + utf8.RuneLen(c)
		end += len(r.text[end:]) - len(strings.TrimLeft(r.text[end:], ".!?…”’\"')]»“"))
		if boundary(r.text[start:i], c, r.text[end:]) {
			all = append(all, r.sentence(start, end)...)
			start = end
		}
	}
	return append(all, r.sentence(start, len(r.text))...)
}

// boundary reports whether a sentence ends between before and after, where mark stands.
func boundary(before string, mark rune, after string) bool {
	rest := strings.TrimLeft(after, " \t\n")
	if mark == '。' {
		return rest != ""
	}
	if rest == "" || len(rest) == len(after) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, "“‘\"'([«„*"))
	if unicode.IsLower(next) {
		return false
	}
	if mark != '.' {
		return true
	}
	word := before[strings.LastIndexAny(before, " \t\n(“\"'")+1:]
	if utf8.RuneCountInString(word) == 1 && word != "I" && !unicode.IsDigit([]rune(word)[0]) {
		return false
	}
	// "c. 20 March", "18. ožujka": an ordinal or an abbreviation before a number or a name.
	return !slices.Contains(abbreviations, strings.ToLower(word))
}

// whole is the run as one sentence, or none if it is empty: an item of a list, a cell of a table.
func whole(r run) []Sentence { return r.sentence(0, len(r.text)) }

// sentence makes the sentence between two offsets. Footnotes belong to the sentence they stand in or right behind.
func (r run) sentence(start, end int) []Sentence {
	raw := r.text[start:end]
	text := squeeze(raw)
	if text == "" {
		return nil
	}
	first := start + len(raw) - len(strings.TrimLeftFunc(raw, unicode.IsSpace))
	last := start + len(strings.TrimRightFunc(raw, unicode.IsSpace)) - 1
	s := Sentence{Text: text, Lines: [2]int{r.lineAt(first), r.lineAt(last)}}
	for _, n := range r.notes {
		if n.offset > first && n.offset <= end {
			s.Sources = append(s.Sources, n.id)
		}
	}
	return []Sentence{s}
}

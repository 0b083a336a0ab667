package knowledge

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviations end in a full stop without ending a sentence. Single letters (initials) need no entry.
var abbreviations = strings.Fields("mr mrs ms dr prof gen col lt sgt capt st sr jr vs etc e.g i.e cf ca ed eds op approx dept est inc ltd co corp " +
	"jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k u.n a.m p.m n.d str tzv npr odn bzw z.b d.h u.a p.sh dmth")

// counted are abbreviations only before a number: "Art. 5", but "They said no. He left."
var counted = strings.Fields("no nos nr br art fig vol pp")

// months follow an ordinal in German, where they are written with a capital: "am 18. März".
var months = strings.Fields("Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember")

// sentences cuts a paragraph: after . ! ? … with the closing marks that follow, where a new sentence can begin.
func sentences(r run) []Sentence {
	var all []Sentence
	start, seen := 0, 0
	for i, c := range r.text {
		if i < seen || !strings.ContainsRune(".!?…。", c) {
			continue
		}
		end := i + utf8.RuneLen(c)
		end += len(r.text[end:]) - len(strings.TrimLeft(r.text[end:], ".!?…”’\"')]»“"))
		if boundary(r.text[start:i], c, r.text[end:]) {
			all = append(all, r.sentence(start, end)...)
			start = end
		}
		seen = end
	}
	return append(all, r.sentence(start, len(r.text))...)
}

// boundary reports whether a sentence ends between before and after, where mark stands.
func boundary(before string, mark rune, after string) bool {
	rest := strings.TrimLeftFunc(after, unicode.IsSpace)
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
	word := before
	if i := strings.LastIndexFunc(before, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("(“\"'", c) }); i >= 0 {
		_, size := utf8.DecodeRuneInString(before[i:])
		word = before[i+size:]
	}
	if utf8.RuneCountInString(word) == 1 && word != "I" && !unicode.IsDigit([]rune(word)[0]) {
		return false
	}
	switch short := strings.ToLower(word); {
	case unicode.IsDigit(next) && slices.Contains(counted, short):
		return false
	case len(word) <= 2 && strings.Trim(word, "0123456789") == "" && slices.Contains(months, firstWord(rest)):
		return false
	default:
		return !slices.Contains(abbreviations, short)
	}
}

func firstWord(s string) string {
	end := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsLetter(c) })
	if end < 0 {
		return s
	}
	return s[:end]
}

// whole is the run as one sentence, or none if it is empty: an item of a list, a cell of a table.
func whole(r run) []Sentence { return r.sentence(0, len(r.text)) }

// sentence makes the sentence between two offsets. Footnotes belong to the sentence they stand in or behind.
func (r run) sentence(start, end int) []Sentence {
	raw := r.text[start:end]
	text := squeeze(raw)
	if text == "" {
		return nil
	}
	first := start + len(raw) - len(strings.TrimLeftFunc(raw, unicode.IsSpace))
	last := start + len(strings.TrimRightFunc(raw, unicode.IsSpace)) - 1
	s := Sentence{Text: text, Lines: [2]int{r.lineAt(first), r.lineAt(last)}}
	next := len(r.text) - len(strings.TrimLeftFunc(r.text[end:], unicode.IsSpace))
	if start == 0 {
		first = -1
	}
	for i := sort.Search(len(r.notes), func(i int) bool { return r.notes[i].offset > first }); i < len(r.notes) && r.notes[i].offset <= next; i++ {
		s.Sources = append(s.Sources, r.notes[i].id)
	}
	return []Sentence{s}
}

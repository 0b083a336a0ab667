package proof

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"trilat/bot/search"
)

// word is one word of a text.
type word struct {
	folded   string // lower case, without marks
	key      string // what it is compared by: a stem, the first spelling of a name, a number in digits
	capital  bool   // begins with a capital
	first    bool   // begins a sentence
	clause   int    // which clause of the text it stands in
	end      bool   // ends its clause
	number   bool
	dated    bool // is part of a date
	telling  bool // says something by itself
	owns     bool // is a possessive: what it says belongs to the next word
	from, to int  // where it stands, in bytes
}

// reading is a text in words, with the dates in it.
type reading struct {
	words []word
	dates []date
}

// lexicon knows which words are the same.
type lexicon struct {
	names   map[string]string // a spelling in folded words → the first of its group
	longest int               // words of the longest spelling
}

func newLexicon(groups [][]string) lexicon {
	l := lexicon{map[string]string{}, 1}
	for _, g := range groups {
		for _, spelling := range g {
			words := foldedWords(spelling)
			if _, taken := l.names[strings.Join(words, " ")]; !taken {
				l.names[strings.Join(words, " ")] = strings.Join(foldedWords(g[0]), " ")
			}
			l.longest = max(l.longest, len(words))
		}
	}
	return l
}

func foldedWords(text string) (words []string) {
	for _, w := range cut(text) {
		words = append(words, w.folded)
	}
	return words
}

// read cuts a text into words and finds names of several words, numbers and dates.
func (l lexicon) read(text string) reading {
	all := cut(text)
	r := reading{}
	for i := 0; i < len(all); {
		w, n := all[i], 1
		w.key = search.Stem(w.folded)
		for size := min(l.longest, len(all)-i); size > 0; size-- {
			var spelled []string
			for _, part := range all[i : i+size] {
				spelled = append(spelled, part.folded)
			}
			if name, ok := l.names[strings.Join(spelled, " ")]; ok && w.capital {
				w.key, n = name, size
				w.owns, w.end, w.clause = all[i+size-1].owns, all[i+size-1].end, all[i+size-1].clause
				break
			}
		}
		r.words = append(r.words, w)
		i += n
	}
	r.dates = findDates(r.words)
	findNumbers(r.words)
	for i := range r.words {
		w := &r.words[i]
		w.telling = !w.dated && !w.number && (w.name() || !little[w.folded])
	}
	r.anchor()
	return r
}

// name reports whether a word is written as a name. One that begins a sentence may be any word.
func (w word) name() bool { return w.capital && (!w.first || !ordinary(w)) && !w.dated && !w.number }

// ordinary reports whether a word that begins a sentence is one of those that often do.
func ordinary(w word) bool { return little[w.folded] || guards[w.folded] != "" || neutral[w.key] }

// form is what words are made of; a number keeps the marks within it.
var form = regexp.MustCompile(`\d+(?:[.,]\d+)+|[\p{L}\p{Mn}\d]+`)

// cut is a text in words as they stand there. "didn't" is "did not", and the s of a possessive is dropped.
func cut(text string) (words []word) {
	first, clause, gap := true, 0, ""
	at := 0
	for _, span := range form.FindAllStringIndex(text, -1) {
		gap, at = text[at:span[0]], span[1]
		raw := text[span[0]:span[1]]
		if last := len(words) - 1; last >= 0 && (gap == "'" || gap == "’") {
			switch own := words[last].folded; {
			case raw == "s":
				words[last].owns = true
				continue
			case raw == "t" && strings.HasSuffix(own, "n"):
				words[last].folded = contracted(own)
				words = append(words, word{folded: "not", clause: clause, from: span[0], to: span[1]})
				continue
			}
		}
		if strings.ContainsAny(gap, ".?!;:,()–—\n“”\"") && len(words) > 0 {
			words[len(words)-1].end = true
			clause++
		}
		if turns[raw] && len(words) > 0 && !words[len(words)-1].end {
			words[len(words)-1].end = true
			clause++
		}
		first = first || strings.ContainsAny(gap, ".?!:\n")
		c, _ := utf8.DecodeRuneInString(raw)
		words = append(words, word{folded: search.Fold(raw), capital: unicode.IsUpper(c), first: first, clause: clause, from: span[0], to: span[1]})
		first = false
	}
	if len(words) > 0 {
		words[len(words)-1].end = true
	}
	return words
}

// turns are conjunctions that begin a clause of their own.
var turns = set("but while whereas although though because since which who that where when")

// contracted is the verb before an "n't".
func contracted(verb string) string {
	switch verb {
	case "can":
		return "can"
	case "won":
		return "will"
	case "shan":
		return "shall"
	}
	return strings.TrimSuffix(verb, "n")
}

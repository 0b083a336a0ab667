package search

import "slices"

// Query is a question as the index understands it.
type Query struct {
	Slots []Slot
	// Mass is how much the question asks for: the sum of its slots' masses. Scores are shares of it.
	Mass float32
	// Telling is the sum of its slots' telling masses.
	Telling float32

	without *asking
}

// asking is a heading or way of asking: the text-th of passage doc; the heading for -1.
type asking struct{ doc, text int }

// Without makes a query for which the heading (text -1) or a way of asking of passage doc does not count, so that the
// folder can be asked its own questions.
func (q Query) Without(doc, text int) Query {
	q.without = &asking{doc, text}
	return q
}

// Slot is one telling word of a question with the passages' words it may stand for.
type Slot struct {
	Word string // folded, as asked
	// Near are the words it was taken for when no passage has it as it is written.
	Near []string
	// Mass is the weight of the word: its idf, or that of an unseen word.
	Mass float32
	// Telling is the mass without what the word owes to being rare here although it is common in the language.
	Telling float32
	// Name reports a word that was written as a name, or a number.
	Name bool

	key   string
	terms []weighted
}

type weighted struct {
	id     uint32
	weight float32
}

// Known reports whether the passages have the word, as written, misspelt or by a synonym.
func (s Slot) Known() bool { return len(s.terms) > 0 }

// Weights of what a slot may stand for.
const (
	spellingWeight = 0.8
	synonymWeight  = 0.6
	lightShare     = 0.4 // of its idf is what a word tells that is common in the language
)

// maxSlots is how many different telling words of a question count; nobody asks with more.
const maxSlots = 64

// Parse reads a question. Words that no passage has are corrected against those that are there.
func (ix *Index) Parse(question string) Query {
	return ix.parse(Query{}, question, 1)
}

// Has reports whether the passages, their headings or their ways of asking have a folded word just as it is written.
func (ix *Index) Has(word string) bool {
	_, ok := ix.surfaceOf[word]
	return ok
}

// Little reports whether a word, as [Tokens] writes it, is one that tells nothing in the language of the passages, such as
// "the" in English; true for every word in a language whose little words are not known.
func (ix *Index) Little(word string) bool { return len(ix.an.stops) == 0 || ix.an.stops[word] }

// InContext adds to a question words said around it, which it may lean on, at weight times their mass.
func (ix *Index) InContext(q Query, said string, weight float32) Query {
	return ix.parse(q, said, weight)
}

func (ix *Index) parse(q Query, text string, weight float32) Query {
	seen := map[string]bool{}
	for _, s := range q.Slots {
		seen[s.key] = true
	}
	for _, t := range ix.names.apply(tokenise(text), false) {
		folded, key := t.word, ix.an.key(t.word)
		if ix.an.stops[folded] || seen[key] || len(q.Slots) == maxSlots {
			continue
		}
		seen[key] = true
		if ix.misspeltStop(folded) {
			continue
		}
		slot := ix.slot(t, key)
		slot.Mass *= weight
		slot.Telling = slot.Mass
		if ix.light(slot) {
			slot.Telling *= lightShare
		}
		q.Slots = append(q.Slots, slot)
		q.Mass += slot.Mass
		q.Telling += slot.Telling
	}
	return q
}

// misspeltStop reports whether an unknown word is a stop word with two letters swapped or one letter wrong: "teh", "whcih".
func (ix *Index) misspeltStop(folded string) bool {
	if _, known := ix.surfaceOf[folded]; known || len(folded) == 2 {
		return false
	}
	if len(folded) < 2 {
		return true // a letter that stands for a word in a chat
	}
	typed := []rune(folded)
	for stop := range ix.an.stops {
		if stop[0] != folded[0] || len(stop) < 3 || len(stop) < 4 && len(stop) != len(folded) {
			continue
		}
		if d := distance(typed, []rune(stop), 1); d == 1 && (len(folded) > 3 || sorted(folded) == sorted(stop)) {
			return true
		}
	}
	return false
}

// light reports a word that is common in the language, or an unknown one that is a letter off such a word, or a digit.
func (ix *Index) light(s Slot) bool {
	if ix.an.light[s.key] || len(s.Word) == 1 {
		return true
	}
	if s.Known() || len(s.key) < 4 {
		return false
	}
	typed := []rune(s.key)
	for key := range ix.an.light {
		if key[0] == s.key[0] && len(key) >= 4 && distance(typed, []rune(key), 1) == 1 {
			return true
		}
	}
	return false
}

// sorted returns a word's letters in order, the same for words that differ only in the order of letters.
func sorted(word string) string {
	letters := []rune(word)
	slices.Sort(letters)
	return string(letters)
}

func (ix *Index) slot(asked token, key string) Slot {
	folded := asked.word
	s := Slot{Word: folded, Name: asked.name, key: key, Mass: ix.unseen}
	if t, ok := ix.terms[key]; ok && len(ix.postings[t]) > 0 {
		s.Mass = ix.idf[t]
		s.terms = []weighted{{t, 1}}
	} else {
		for _, w := range ix.spelling.near(asked, 3) {
			t := ix.surfaces[w].term
			if !slices.ContainsFunc(s.terms, func(have weighted) bool { return have.id == t }) {
				s.terms = append(s.terms, weighted{t, spellingWeight})
				s.Near = append(s.Near, ix.surfaces[w].folded)
			}
		}
		if len(s.terms) > 0 {
			s.Mass = ix.idf[s.terms[0].id]
		}
	}
	if t, ok := ix.terms[key]; ok {
		for _, near := range ix.synonyms[t] {
			s.terms = append(s.terms, weighted{near, synonymWeight})
		}
	}
	return s
}

// leavesOut reports whether the text-th way of asking of passage d, or for a negative text its heading, does not count.
func (q Query) leavesOut(d, text int) bool {
	return q.without != nil && q.without.doc == d && max(text, -1) == q.without.text
}

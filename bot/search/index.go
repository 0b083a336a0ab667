// Package search ranks passages of text for a question.
//
// [New] builds an [Index] over passages of one language; [Index.Parse] turns a question into a [Query], correcting
// spelling against the passages' own words; [Index.Search] ranks. The ranking has two stages. The first is BM25 over
// text and headings (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009), which nearly always has
// the right passage among its best fifty. The second orders those by what BM25 does not see: words that stand together,
// a sentence that holds most of the question, a heading or a curated way of asking that is the question, and, where no
// stemmer is used, letters in common.
//
// The package knows texts, not Markdown, and neither answers nor refuses. Everything is deterministic: equal passages,
// question and n give equal hits. An Index never changes and may be used by several goroutines.
package search

import (
	"math"
	"sort"
	"strings"
)

// Text is a passage as the index sees it.
type Text struct {
	ID        string
	Headings  []string // the path of headings, outermost first
	Asks      []string // other ways people ask for it
	Sentences []string
}

// Aliases are curated equivalences: every spelling in a group of Names counts as the same name, and every word in a
// group of Words finds the others with less weight.
type Aliases struct {
	Names, Words [][]string
}

// BM25's constants, and what a word in a heading or in a curated way of asking weighs against one in the text.
const (
	k1            = 0.9
	b             = 0.6
	headingWeight = 2
	askWeight     = 0.5
)

// Index is an immutable index over passages of one language.
type Index struct {
	an    analyser
	names phrases
	texts []Text

	surfaces  []surface // every word of the passages as written, folded
	surfaceOf map[string]uint32
	terms     map[string]uint32 // key → term
	idf       []float32         // by term
	unseen    float32           // idf of a word that no passage has
	synonyms  map[uint32][]uint32
	postings  [][]posting // by term, ordered by document

	docs      []doc
	sentences []uint32   // where in tokens each sentence begins, and one past the last
	tokens    []uint32   // surfaces of all sentences without stop words, one after the other
	asks      [][]uint32 // terms of every passage's heading, its path of headings, and its ways of asking

	spelling speller
	average  float32 // words a passage
	grams    *grams
}

// surface is a word as written: "signed" and "signing" are two surfaces of one term.
type surface struct {
	folded string
	term   uint32
	count  uint32
	named  uint32 // how often it is written as a name
}

type posting struct {
	doc    uint32
	impact float32 // BM25 without idf
}

// doc is a passage's place in the shared arrays: from first up to, and without, the first of the next.
type doc struct{ sentence, ask uint32 }

// New builds the index of passages in one language: "en" is stemmed, any other is compared by the first letters of
// words and by letters in common. The texts must not change afterwards.
func New(texts []Text, lang string, aliases Aliases) *Index {
	ix := &Index{an: newAnalyser(lang), texts: texts, terms: map[string]uint32{}, surfaceOf: map[string]uint32{}}
	ix.names = newPhrases(aliases.Names)
	counts := make([]map[uint32]float32, len(texts))
	lengths := make([]float32, len(texts))
	var total float32
	for d, t := range texts {
		counts[d], lengths[d] = ix.add(t)
		total += lengths[d]
	}
	ix.docs = append(ix.docs, doc{uint32(len(ix.sentences)), uint32(len(ix.asks))})
	ix.sentences = append(ix.sentences, uint32(len(ix.tokens)))
	average := max(1, total/float32(max(1, len(texts))))
	ix.average = average

	ix.synonyms = ix.resolve(aliases.Words)
	ix.postings = make([][]posting, len(ix.terms))
	for d := range texts {
		norm := k1 * (1 - b + b*lengths[d]/average)
		for _, term := range sortedKeys(counts[d]) {
			tf := counts[d][term]
			ix.postings[term] = append(ix.postings[term], posting{uint32(d), tf * (k1 + 1) / (tf + norm)})
		}
	}
	ix.idf = make([]float32, len(ix.terms))
	for term, list := range ix.postings {
		ix.idf[term] = idf(len(texts), len(list))
	}
	ix.unseen = idf(len(texts), 0)
	ix.spelling = newSpeller(ix.surfaces)
	ix.grams = newGrams(ix)
	return ix
}

// smallest is how many passages idf reckons with at least: in a folder of three, a word that one has is no common word.
const smallest = 50

// idf is BM25's weight of a word that df of n passages have.
func idf(n, df int) float32 {
	n = max(n, smallest)
	return float32(math.Log(1 + (float64(n)-float64(df)+0.5)/(float64(df)+0.5)))
}

// add appends one passage and returns how often each term counts, and its length in words.
func (ix *Index) add(t Text) (map[uint32]float32, float32) {
	count := map[uint32]float32{}
	var length float32
	ix.docs = append(ix.docs, doc{uint32(len(ix.sentences)), uint32(len(ix.asks))})
	for _, s := range t.Sentences {
		ix.sentences = append(ix.sentences, uint32(len(ix.tokens)))
		for _, w := range ix.learn(s) {
			ix.tokens = append(ix.tokens, w)
			count[ix.surfaces[w].term]++
			length++
		}
	}
	for _, term := range ix.ask(strings.Join(t.Headings, " ")) {
		count[term] += headingWeight
		length++
	}
	if n := len(t.Headings); n > 1 {
		ix.ask(t.Headings[n-1])
	}
	asked := map[uint32]bool{}
	for _, ask := range t.Asks {
		for _, term := range ix.ask(ask) {
			asked[term] = true
		}
	}
	for term := range asked {
		count[term] += askWeight
	}
	return count, length
}

// ask appends a heading or a way of asking, and returns its terms.
func (ix *Index) ask(text string) []uint32 {
	var terms []uint32
	for _, w := range ix.learn(text) {
		terms = append(terms, ix.surfaces[w].term)
	}
	ix.asks = append(ix.asks, terms)
	return terms
}

// learn returns the words of text without stop words, and remembers those it has not met.
func (ix *Index) learn(text string) []uint32 {
	var known []uint32
	for _, t := range ix.names.apply(tokenise(text), true) {
		folded := t.word
		if ix.an.stops[folded] {
			continue
		}
		w, ok := ix.surfaceOf[folded]
		if !ok {
			w = uint32(len(ix.surfaces))
			ix.surfaceOf[folded] = w
			ix.surfaces = append(ix.surfaces, surface{folded: folded, term: ix.term(ix.an.key(folded))})
		}
		ix.surfaces[w].count++
		if t.name {
			ix.surfaces[w].named++
		}
		known = append(known, w)
	}
	return known
}

// term is the number of a key, a new one if it is not known yet.
func (ix *Index) term(key string) uint32 {
	t, ok := ix.terms[key]
	if !ok {
		t = uint32(len(ix.terms))
		ix.terms[key] = t
	}
	return t
}

// words are the surfaces of a passage's sentences.
func (ix *Index) words(d int) []uint32 {
	return ix.tokens[ix.sentences[ix.docs[d].sentence]:ix.sentences[ix.docs[d+1].sentence]]
}

// resolve finds the terms of words that mean nearly the same. Words that no passage has are left out.
func (ix *Index) resolve(groups [][]string) map[uint32][]uint32 {
	near := map[uint32][]uint32{}
	for _, group := range groups {
		var terms []uint32
		for _, word := range group {
			terms = append(terms, ix.term(ix.an.key(Fold(word))))
		}
		for i, t := range terms {
			near[t] = append(near[t], terms[:i]...)
			near[t] = append(near[t], terms[i+1:]...)
		}
	}
	return near
}

func sortedKeys(m map[uint32]float32) []uint32 {
	keys := make([]uint32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return keys
}

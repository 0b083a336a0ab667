package search

import (
	"cmp"
	"slices"
	"sync"
)

// candidates is how many passages the second stage looks at: beyond them the right one is hardly ever, least of all where
// a stemmer helps to find it.
func (ix *Index) candidates() int {
	if ix.an.stems() {
		return 30
	}
	return 50
}

// Weights of what the second stage sees in every passage, beside a word's share in BM25, which counts once.
const (
	pairWeight      = 0.5
	proximityWeight = 0.5
	sentenceWeight  = 0.8
)

// weights are what the rest of the second stage counts for; it depends on the passage and on the language.
type weights struct {
	asked    float32 // a heading or a way of asking that is like the question
	held     float32 // telling words anywhere in the passage, its headings or its ways of asking
	letters  float32 // letters in common
	sentence float32 // letters in common with one sentence
}

// weights of a passage. One that comes with curated ways of asking was written around a single question: what it holds
// altogether tells more, letters less. Without a stemmer, letters must make up for it.
func (ix *Index) weights(d int) weights {
	w := weights{asked: 1, letters: 0.5}
	if !ix.an.stems() {
		w.letters, w.sentence = 1.5, 0.5
	}
	if len(ix.texts[d].Asks) > 0 {
		w.asked, w.held, w.letters = 2.3, 1.2, w.letters/2
	}
	return w
}

// Hit is a ranked passage.
type Hit struct {
	Doc   int // index into the texts given to New
	Score float64
	// Parts say where the score comes from; they add up to it.
	Parts Parts
}

// Parts of a score, each a share of the question's mass.
type Parts struct {
	Words     float64 // BM25
	Pairs     float64 // neighbours in the question are neighbours here
	Proximity float64 // words of the question stand near each other
	Sentence  float64 // the best single sentence
	Held      float64 // telling words anywhere in the passage, its headings or its ways of asking
	Asked     float64 // the heading or a way of asking is like the question
	Letters   float64 // letters in common
	Claimed   float64 // not part of the score: how much of a curated way of asking the question holds, the most of any
}

// scratch is what a search needs for a while: a score by passage, and which passages have one.
type scratch struct {
	scores  []float32
	touched []uint32
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Search returns at most n passages that share a telling word with the question, best first, ties by ID.
func (ix *Index) Search(q Query, n int) []Hit {
	if q.Mass == 0 || n <= 0 {
		return nil
	}
	hits := ix.first(q, max(ix.candidates(), n))
	m := ix.matcher(q)
	defer m.release()
	for i := range hits {
		ix.rerank(q, m, &hits[i])
	}
	ix.sort(hits)
	ix.addLetters(q, hits, n)
	ix.sort(hits)
	return hits[:min(n, len(hits))]
}

// addLetters adds letters in common to the score of every hit, ordered without, that they can lift among the first n.
func (ix *Index) addLetters(q Query, hits []Hit, n int) {
	if len(hits) == 0 {
		return
	}
	gq := ix.grams.query(q, ix.unseen)
	defer gq.release()
	nth := hits[min(n, len(hits))-1].Score
	for i := range hits {
		h := &hits[i]
		if w := ix.weights(h.Doc); h.Score+float64((w.letters+w.sentence)*(k1+1)) >= nth {
			h.Parts.Letters = ix.letters(gq, h.Doc, w)
			h.Score += h.Parts.Letters
		}
	}
}

// letters is what letters in common add to a passage's score.
func (ix *Index) letters(gq *gramQuery, d int, w weights) float64 {
	words := ix.words(d)
	norm := k1 * (1 - b + b*float32(len(words))/ix.average)
	score := w.letters * ix.grams.score(gq, words, norm)
	if w.sentence == 0 {
		return float64(score)
	}
	var best float32
	for s := ix.docs[d].sentence; s < ix.docs[d+1].sentence; s++ {
		best = max(best, ix.grams.score(gq, ix.tokens[ix.sentences[s]:ix.sentences[s+1]], k1))
	}
	return float64(score + w.sentence*best)
}

func (ix *Index) sort(hits []Hit) {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(ix.texts[a.Doc].ID, ix.texts[b.Doc].ID))
	})
}

// first is the first stage: the n best by BM25.
func (ix *Index) first(q Query, n int) []Hit {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	if len(s.scores) < len(ix.docs) {
		s.scores = make([]float32, len(ix.docs))
	}
	for _, slot := range q.Slots {
		for _, alt := range slot.terms {
			weight := min(ix.idf[alt.id], slot.Mass) * alt.weight
			for _, p := range ix.postings[alt.id] {
				if s.scores[p.doc] == 0 {
					s.touched = append(s.touched, p.doc)
				}
				s.scores[p.doc] += weight * p.impact
			}
		}
	}
	hits := make([]Hit, 0, min(n, len(s.touched)))
	top := newTop(n)
	for _, d := range s.touched {
		top.offer(d, s.scores[d])
		s.scores[d] = 0
	}
	s.touched = s.touched[:0]
	for _, e := range top.entries {
		hits = append(hits, Hit{Doc: int(e.doc), Parts: Parts{Words: float64(e.score / q.Mass)}})
	}
	return hits
}

// matcher tells which slot of a question a word of a passage stands for.
type matcher struct {
	ix    *Index
	slots []match  // by term; weight 0 for none
	used  []uint32 // terms to clear afterwards
}

type match struct {
	slot   uint32
	weight float32
}

var matchers = sync.Pool{New: func() any { return new(matcher) }}

func (ix *Index) matcher(q Query) *matcher {
	m := matchers.Get().(*matcher)
	m.ix = ix
	if len(m.slots) < len(ix.terms) {
		m.slots = make([]match, len(ix.terms))
	}
	for i, slot := range q.Slots {
		for _, alt := range slot.terms {
			if m.slots[alt.id].weight < alt.weight {
				m.slots[alt.id] = match{uint32(i), alt.weight}
				m.used = append(m.used, alt.id)
			}
		}
	}
	return m
}

func (m *matcher) release() {
	for _, t := range m.used {
		m.slots[t] = match{}
	}
	m.used = m.used[:0]
	matchers.Put(m)
}

// word returns the slot that a surface stands for; its weight is 0 for none.
func (m *matcher) word(surface uint32) match {
	return m.slots[m.ix.surfaces[surface].term]
}

// rerank adds what the second stage sees, but letters in common, to a hit of the first.
func (ix *Index) rerank(q Query, m *matcher, h *Hit) {
	w := ix.weights(h.Doc)
	d, next := ix.docs[h.Doc], ix.docs[h.Doc+1]
	n := len(q.Slots)
	last := make([]int, n)     // position at which each slot was seen last, 1-based
	pair := make([]float32, n) // by slot: how near it came to the one before it in the question
	covered := make([]float32, n)
	held := make([]float32, n) // by slot, anywhere
	var best float32
	pos := 1
	for s := d.sentence; s < next.sentence; s++ {
		clear(covered)
		for _, word := range ix.tokens[ix.sentences[s]:ix.sentences[s+1]] {
			pos++
			hit := m.word(word)
			if hit.weight == 0 {
				continue
			}
			j := int(hit.slot)
			last[j] = pos
			covered[j] = max(covered[j], hit.weight)
			if j > 0 && last[j-1] > 0 {
				pair[j] = max(pair[j], 1/float32(pos-last[j-1]))
			}
			if j+1 < n && last[j+1] > 0 {
				pair[j+1] = max(pair[j+1], 1/float32(pos-last[j+1]+1))
			}
		}
		var sum float32
		for j, c := range covered {
			sum += c * q.Slots[j].Mass
			held[j] = max(held[j], c)
		}
		best = max(best, sum)
	}
	var pairs, proximity float32
	for j := 1; j < n; j++ {
		weight := min(q.Slots[j-1].Mass, q.Slots[j].Mass)
		if pair[j] == 1 {
			pairs += weight
		}
		proximity += weight * pair[j]
	}
	h.Parts.Pairs = float64(pairWeight * pairs / q.Mass)
	h.Parts.Proximity = float64(proximityWeight * proximity / q.Mass)
	h.Parts.Sentence = float64(sentenceWeight * best / q.Mass)
	h.Parts.Asked, h.Parts.Claimed = ix.asked(q, m, h.Doc, held)
	h.Parts.Asked *= float64(w.asked)
	for j, c := range held {
		h.Parts.Held += float64(w.held * c * q.Slots[j].Telling / q.Telling)
	}
	p := h.Parts
	h.Score = p.Words + p.Pairs + p.Proximity + p.Sentence + p.Held + p.Asked
}

// asked is how like the question the best heading or way of asking of passage d is: Dice's coefficient of their words
// by idf. claimed is the largest share of any way of asking that the question holds. What they hold of the question is
// added to anywhere.
func (ix *Index) asked(q Query, m *matcher, d int, anywhere []float32) (dice, claimed float64) {
	covered := make([]float32, len(q.Slots))
	from, to := int(ix.docs[d].ask), int(ix.docs[d+1].ask)
	curated := to - len(ix.texts[d].Asks)
	for i := from; i < to; i++ {
		if q.leavesOut(d, i-curated) {
			continue
		}
		clear(covered)
		var own, held, shared float32
		for _, t := range ix.asks[i] {
			own += ix.idf[t]
			if hit := m.slots[t]; hit.weight > 0 {
				if hit.weight > synonymWeight {
					held += ix.idf[t]
				}
				covered[hit.slot] = max(covered[hit.slot], hit.weight)
			}
		}
		for j, c := range covered {
			shared += c * q.Slots[j].Mass
			anywhere[j] = max(anywhere[j], c)
		}
		dice = max(dice, float64(2*shared/(own+q.Mass)))
		if i >= curated && own > 0 {
			claimed = max(claimed, float64(held/own))
		}
	}
	return dice, claimed
}

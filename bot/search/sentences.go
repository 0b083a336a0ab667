package search

// Sentence says how much of a question one sentence of a passage holds. Each number is a share of the question's mass.
type Sentence struct {
	Own     float64 // telling words in the sentence
	Context float64 // telling words in the sentence, the one before it, or the headings
	Pairs   float64 // neighbours in the question that are neighbours in the sentence
	Letters float64 // letters in common
}

// Sentences measures every sentence of the passage doc against a question.
func (ix *Index) Sentences(q Query, doc int) []Sentence {
	if q.Mass == 0 {
		return make([]Sentence, len(ix.texts[doc].Sentences))
	}
	m := ix.matcher(q)
	defer m.release()
	gq := ix.grams.query(q, ix.unseen)
	defer gq.release()

	d := ix.docs[doc]
	headings := make([]float32, len(q.Slots))
	for _, t := range ix.asks[d.ask] {
		if hit := m.slots[t]; hit.weight > 0 {
			headings[hit.slot] = max(headings[hit.slot], hit.weight)
		}
	}
	before := make([]float32, len(q.Slots))
	own := make([]float32, len(q.Slots))
	all := make([]Sentence, len(ix.texts[doc].Sentences))
	for i := range all {
		words := ix.tokens[ix.sentences[int(d.sentence)+i]:ix.sentences[int(d.sentence)+i+1]]
		clear(own)
		var pairs float32
		previous := match{}
		for _, w := range words {
			hit := m.word(w)
			if hit.weight > 0 {
				own[hit.slot] = max(own[hit.slot], hit.weight)
				if previous.weight > 0 && hit.slot == previous.slot+1 {
					pairs += min(q.Slots[hit.slot].Mass, q.Slots[previous.slot].Mass)
				}
			}
			previous = hit
		}
		for j, slot := range q.Slots {
			all[i].Own += float64(own[j] * slot.Mass / q.Mass)
			all[i].Context += float64(max(own[j], before[j], headings[j]) * slot.Mass / q.Mass)
		}
		all[i].Pairs = float64(pairs / q.Mass)
		all[i].Letters = float64(ix.grams.score(gq, words, k1))
		own, before = before, own
	}
	return all
}

// Held tells for each slot of a question whether the passage doc has it anywhere: in its text, its headings or its ways
// of asking.
func (ix *Index) Held(q Query, doc int) []bool {
	m := ix.matcher(q)
	defer m.release()
	held := make([]bool, len(q.Slots))
	mark := func(term uint32) {
		if hit := m.slots[term]; hit.weight > 0 {
			held[hit.slot] = true
		}
	}
	for _, w := range ix.words(doc) {
		mark(ix.surfaces[w].term)
	}
	from, to := int(ix.docs[doc].ask), int(ix.docs[doc+1].ask)
	for i := from; i < to; i++ {
		if q.leavesOut(doc, i-to+len(ix.texts[doc].Asks)) {
			continue
		}
		for _, t := range ix.asks[i] {
			mark(t)
		}
	}
	return held
}

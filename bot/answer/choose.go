package answer

import (
	"sort"

	"trilat/bot/search"
	"trilat/knowledge"
)

// candidate is a sentence that may be quoted.
type candidate struct {
	hit   int // index into the hits
	block int
	item  int // index into the block's sentences
	n     int // index into the passage's sentences
	score float64
	search.Sentence
}

// Weights of what tells a sentence that answers from one that is about the same thing.
const (
	ownWeight     = 0.6
	contextWeight = 0.4
	rankWeight    = 0.8
	fitsWeight    = 0.3
	pairWeight    = 0.5
	lettersWeight = 0.3

	searched = 5 // passages looked at
)

// sentences scores every sentence of the best passages.
func (s *shelf) sentences(q search.Query, in intent, question string, hits []Hit) []candidate {
	var all []candidate
	for h, hit := range hits[:min(searched, len(hits))] {
		measured := s.index.Sentences(q, hit.Doc)
		n := 0
		for b, block := range hit.Passage.Blocks {
			for i, sentence := range block.Sentences {
				c := candidate{hit: h, block: b, item: i, n: n, Sentence: measured[n]}
				c.score = ownWeight*c.Own + contextWeight*c.Context + pairWeight*c.Pairs + lettersWeight*c.Letters + rankWeight*hit.Score/hits[0].Score
				if in.fits(sentence.Text, question) {
					c.score += fitsWeight
				}
				all = append(all, c)
				n++
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].score > all[j].score })
	return all
}

func (s *shelf) choose(q search.Query, in intent, question string, hits []Hit) []Statement {
	var out []Statement
	for _, c := range s.sentences(q, in, question, hits)[:1] {
		p := hits[c.hit].Passage
		out = append(out, Statement{Sentence: p.Blocks[c.block].Sentences[c.item], Passage: p, Block: p.Blocks[c.block].Kind})
	}
	return out
}

var _ = knowledge.Prose

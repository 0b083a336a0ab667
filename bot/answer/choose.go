package answer

import (
	"cmp"
	"regexp"
	"slices"
	"unicode/utf8"

	"trilat/bot/search"
	"trilat/knowledge"
)

// Weights of what tells a sentence that answers from one that is about the same thing.
const (
	ownWeight     = 0.4
	contextWeight = 0.6
	rankWeight    = 1.0
	fitsWeight    = 0.3
	pairWeight    = 0.5
	lettersWeight = 0.3

	searched = 5 // passages whose sentences are looked at
)

// An answer is at most about so many characters long, unless it is a list.
const maxLength = 500

// pick is a sentence of a hit that may be quoted.
type pick struct {
	hit   int // index into the hits
	block int // index into the passage's blocks
	item  int // index into the block's sentences
	n     int // index into the passage's sentences
	score float64
	search.Sentence
}

// picks scores every sentence of the best passages, best first.
func (s *shelf) picks(q part) []pick {
	var all []pick
	for h, hit := range q.hits[:min(searched, len(q.hits))] {
		measured := s.index.Sentences(q.query, hit.Doc)
		n := 0
		for b, block := range hit.Passage.Blocks {
			for i, sentence := range block.Sentences {
				p := pick{hit: h, block: b, item: i, n: n, Sentence: measured[n]}
				p.score = ownWeight*p.Own + contextWeight*p.Context + pairWeight*p.Pairs + lettersWeight*p.Letters + rankWeight*hit.Score/q.hits[0].Score
				if q.fits(sentence.Text) {
					p.score += fitsWeight
				}
				all = append(all, p)
				n++
			}
		}
	}
	slices.SortStableFunc(all, func(a, b pick) int { return cmp.Compare(b.score, a.score) })
	return all
}

// choose picks what to quote. Of a passage that was written as an answer, its first sentence comes first; of any other
// text the sentence that holds most of the question. A list or table comes whole when several things are asked for.
func (s *shelf) choose(p part) []Statement {
	picks := s.picks(p)
	best := p.hits[0]
	if !curated(best.Passage) {
		return plain(p.hits, picks)
	}
	own := slices.DeleteFunc(picks, func(p pick) bool { return p.hit != 0 })
	return answerFirst(best.Passage, own, p.list || p.timeline || best.Parts.Asked > askedAlike)
}

// askedAlike is how like a heading or way of asking a question must be to be asking the same; of [search.Parts].Asked.
const askedAlike = 1.15

// curated reports whether a passage was written as the answer to what its heading asks.
func curated(p *knowledge.Passage) bool { return len(p.Also) > 0 }

// plain quotes the best sentence and the next best, and the one before the best if that leans on it.
func plain(hits []Hit, picks []pick) []Statement {
	best := picks[0]
	quoted := picks[:min(2, len(picks))]
	if text := hits[best.hit].Passage.Blocks[best.block].Sentences[best.item].Text; best.item > 0 && leansBack.MatchString(text) {
		before := best
		before.item--
		quoted = append(slices.Clip(quoted), before)
	}
	var out []Statement
	for _, p := range quoted {
		out = add(out, []Statement{statement(hits[p.hit].Passage, p)})
	}
	return out
}

// leansBack is how a sentence begins that cannot stand without the one before it.
var leansBack = regexp.MustCompile(`^(He|She|They|His|Her|Their|This|These|Those|Such|However|Instead)\b`)

func statement(passage *knowledge.Passage, p pick) Statement {
	block := passage.Blocks[p.block]
	return Statement{Sentence: block.Sentences[p.item], Passage: passage, Block: block.Kind, at: p.block<<16 | p.item}
}

// answerFirst quotes a curated passage: its first sentence, then what else of it the question asks for. picks are the
// passage's sentences, best first; whole says that a list or table is wanted whole.
func answerFirst(passage *knowledge.Passage, picks []pick, whole bool) []Statement {
	chosen := []pick{{}}
	length := utf8.RuneCountInString(passage.Blocks[0].Sentences[0].Text)
	add := func(p pick) {
		if !slices.ContainsFunc(chosen, func(c pick) bool { return c.block == p.block && c.item == p.item }) {
			chosen = append(chosen, p)
		}
	}
	for b, block := range passage.Blocks {
		if block.Kind != knowledge.Prose && whole {
			for i := range block.Sentences {
				add(pick{block: b, item: i})
			}
		}
	}
	for _, p := range picks {
		text := passage.Blocks[p.block].Sentences[p.item].Text
		if length += utf8.RuneCountInString(text); len(chosen) < 3 && length <= maxLength {
			add(p)
		}
	}
	slices.SortFunc(chosen, func(a, b pick) int { return cmp.Or(cmp.Compare(a.block, b.block), cmp.Compare(a.item, b.item)) })
	var out []Statement
	for _, p := range chosen {
		out = append(out, statement(passage, p))
	}
	return out
}

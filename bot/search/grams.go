package search

import "sync"

// grams compares words by the runs of four letters they have in common, which joins the forms of a word, and the parts
// of compounds, in languages for which no stemmer is used.
type grams struct {
	ids   map[string]uint32
	idf   []float32
	words [][]uint32 // by surface: its grams
}

// gramSize is four letters: McNamee and Mayfield, "Character N-Gram Tokenization for European Language Text
// Retrieval", 2004.
const gramSize = 4

func newGrams(ix *Index) *grams {
	g := &grams{ids: map[string]uint32{}, words: make([][]uint32, len(ix.surfaces))}
	for i, w := range ix.surfaces {
		for _, gram := range gramsOf(w.folded) {
			id, ok := g.ids[gram]
			if !ok {
				id = uint32(len(g.ids))
				g.ids[gram] = id
			}
			g.words[i] = append(g.words[i], id)
		}
	}
	df := make([]int, len(g.ids))
	seen := make([]int, len(g.ids))
	for d := range ix.texts {
		for _, w := range ix.words(d) {
			for _, id := range g.words[w] {
				if seen[id] != d+1 {
					seen[id] = d + 1
					df[id]++
				}
			}
		}
	}
	g.idf = make([]float32, len(df))
	for id, n := range df {
		g.idf[id] = idf(len(ix.texts), n)
	}
	return g
}

// gramsOf cuts a word, with a mark at its beginning, into all its runs of gramSize letters. What is longer than a word is cut.
func gramsOf(word string) []string {
	letters := []rune("_" + word)
	letters = letters[:min(len(letters), longestWord)]
	if len(letters) <= gramSize {
		return []string{string(letters)}
	}
	all := make([]string, 0, len(letters)-gramSize+1)
	for i := range len(letters) - gramSize + 1 {
		all = append(all, string(letters[i:i+gramSize]))
	}
	return all
}

// gramQuery is a question's grams.
type gramQuery struct {
	place []uint16 // by gram: its place in idf and count, counted from 1
	ids   []uint32
	idf   []float32
	count []float32
	mass  float32
}

var gramQueries = sync.Pool{New: func() any { return new(gramQuery) }}

// query prepares a question's grams; release returns what it took.
func (g *grams) query(q Query, unseen float32) *gramQuery {
	gq := gramQueries.Get().(*gramQuery)
	if len(gq.place) < len(g.idf) {
		gq.place = make([]uint16, len(g.idf))
	}
	gq.mass = 0
	for _, slot := range q.Slots {
		for _, gram := range gramsOf(slot.Word) {
			id, ok := g.ids[gram]
			switch {
			case !ok:
				gq.mass += unseen
			case gq.place[id] == 0:
				gq.ids = append(gq.ids, id)
				gq.idf = append(gq.idf, g.idf[id])
				gq.count = append(gq.count, 0)
				gq.place[id] = uint16(len(gq.idf))
				gq.mass += g.idf[id]
			}
		}
	}
	return gq
}

func (gq *gramQuery) release() {
	for _, id := range gq.ids {
		gq.place[id] = 0
	}
	gq.ids, gq.idf, gq.count = gq.ids[:0], gq.idf[:0], gq.count[:0]
	gramQueries.Put(gq)
}

// score is BM25 over grams, as a share of the question's mass.
func (g *grams) score(gq *gramQuery, words []uint32, norm float32) float32 {
	clear(gq.count)
	for _, w := range words {
		for _, id := range g.words[w] {
			if i := gq.place[id]; i > 0 {
				gq.count[i-1]++
			}
		}
	}
	var sum float32
	for i, tf := range gq.count {
		sum += gq.idf[i] * tf * (k1 + 1) / (tf + norm)
	}
	return sum / max(gq.mass, 1)
}

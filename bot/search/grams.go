package search

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

// gramsOf cuts a word, with a mark at its beginning, into all its runs of gramSize letters.
func gramsOf(word string) []string {
	letters := []rune("_" + word)
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
	place map[uint32]int // gram → index into count
	idf   []float32
	mass  float32
	count []float32
}

func (g *grams) query(q Query, unseen float32) *gramQuery {
	gq := &gramQuery{place: map[uint32]int{}}
	for _, slot := range q.Slots {
		for _, gram := range gramsOf(slot.Word) {
			id, ok := g.ids[gram]
			if !ok {
				gq.mass += unseen
				continue
			}
			if _, ok := gq.place[id]; !ok {
				gq.place[id] = len(gq.idf)
				gq.idf = append(gq.idf, g.idf[id])
				gq.mass += g.idf[id]
			}
		}
	}
	gq.count = make([]float32, len(gq.idf))
	return gq
}

// score is BM25 over grams, as a share of the question's mass.
func (g *grams) score(gq *gramQuery, words []uint32, norm float32) float32 {
	clear(gq.count)
	for _, w := range words {
		for _, id := range g.words[w] {
			if i, ok := gq.place[id]; ok {
				gq.count[i]++
			}
		}
	}
	var sum float32
	for i, tf := range gq.count {
		sum += gq.idf[i] * tf * (k1 + 1) / (tf + norm)
	}
	return sum / gq.mass
}

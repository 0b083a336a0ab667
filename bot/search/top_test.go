package search

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTopIsSortingAndCutting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Few different scores, so that there are ties.
		scores := rapid.SliceOfN(rapid.IntRange(0, 6), 0, 40).Draw(t, "scores")
		n := rapid.IntRange(1, 45).Draw(t, "n")
		docs := rapid.Permutation(indices(len(scores))).Draw(t, "docs")

		best := newTop(n)
		var want []entry
		for i, score := range scores {
			e := entry{doc: uint32(docs[i]), score: float32(score) / 2}
			best.offer(e.doc, e.score)
			want = append(want, e)
		}
		order := func(a, b entry) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc)) }
		slices.SortFunc(want, order)
		want = want[:min(n, len(want))]
		have := slices.Clone(best.entries)
		slices.SortFunc(have, order)
		if !slices.Equal(have, want) {
			t.Fatalf("have %v, want %v", have, want)
		}
	})
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

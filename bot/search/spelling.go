package search

import (
	"math/bits"
	"sort"
	"unicode/utf8"
)

// speller finds the passages' own words that an unknown word may have been meant as. It holds no table of misspellings:
// words are grouped by length, and a mask of the letters in each rules nearly all of them out before letters are compared.
type speller struct {
	words   []surface
	lengths [][]candidate // by length in letters
}

type candidate struct {
	surface uint32
	letters uint64
}

const longestWord = 40 // longer ones are no words to correct

func newSpeller(words []surface) speller {
	sp := speller{words: words, lengths: make([][]candidate, longestWord+1)}
	for i, w := range words {
		if n := utf8.RuneCountInString(w.folded); n <= longestWord && n >= 3 {
			sp.lengths[n] = append(sp.lengths[n], candidate{uint32(i), letters(w.folded)})
		}
	}
	return sp
}

// letters is the set of letters in a word, hashed to 64 bits: an edit changes at most two of them.
func letters(word string) uint64 {
	var set uint64
	for _, c := range word {
		set |= 1 << (uint32(c) % 64)
	}
	return set
}

// edits is how many letters of a word may be wrong: none below three letters, one below eight, else two.
func edits(length int) int {
	switch {
	case length < 3:
		return 0
	case length < 8:
		return 1
	}
	return 2
}

// near returns at most n words with the fewest edits (inserted, deleted, replaced or swapped letters), those that begin
// alike and are frequent first.
func (sp speller) near(asked token, n int) []uint32 {
	word, typed := asked.word, []rune(asked.word)
	limit := edits(len(typed))
	if asked.name {
		limit = min(limit, 1) // Australia is not Austria
	}
	if limit == 0 || len(typed) > longestWord {
		return nil
	}
	set := letters(word)
	type found struct {
		surface  uint32
		distance int
		first    bool
	}
	var all []found
	for length := max(3, len(typed)-limit); length <= min(longestWord, len(typed)+limit); length++ {
		for _, c := range sp.lengths[length] {
			if bits.OnesCount64(set^c.letters) > 2*limit {
				continue
			}
			w := sp.words[c.surface].folded
			if d := distance(typed, []rune(w), limit); d <= limit {
				r, _ := utf8.DecodeRuneInString(w)
				all = append(all, found{c.surface, d, r == typed[0]})
			}
		}
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if a.distance != b.distance {
			return a.distance < b.distance
		}
		if a.first != b.first {
			return a.first
		}
		if ca, cb := sp.words[a.surface].count, sp.words[b.surface].count; ca != cb {
			return ca > cb
		}
		return sp.words[a.surface].folded < sp.words[b.surface].folded
	})
	var near []uint32
	for _, f := range all {
		if len(near) == n || f.distance > all[0].distance || f.first != all[0].first {
			break
		}
		near = append(near, f.surface)
	}
	return near
}

// distance is the optimal string alignment distance (Damerau 1964, each letter edited once), or limit+1 when it is more.
func distance(a, b []rune, limit int) int {
	var rows [3][longestWord + 1]int
	before, above, here := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i := range a {
		here[0] = i + 1
		least := here[0]
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			d := min(above[j]+cost, above[j+1]+1, here[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, before[j-1]+1)
			}
			here[j+1] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		before, above, here = above, here, before
	}
	return above[len(b)]
}

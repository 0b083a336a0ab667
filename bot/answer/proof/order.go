package proof

import "slices"

// sequence are the telling words and numbers of a text, in its order.
func (r reading) sequence(which func(word) bool) (keys []string) {
	for _, w := range r.words {
		if which(w) {
			keys = append(keys, w.key)
		}
	}
	return keys
}

// order reports whether the names and numbers of a claim follow each other as in its text, and most of its words do.
func (p pair) order() bool {
	// Who says it may stand before it or behind it.
	text := reading{words: slices.Concat(p.party.words, p.whole.words, p.party.words)}
	named := func(w word) bool { return w.name() || w.number }
	names := p.claim.sequence(named)
	if common(names, text.sequence(named)) < len(names) {
		return false
	}
	telling := func(w word) bool { return w.telling || w.number }
	words := p.claim.sequence(telling)
	return float64(common(words, text.sequence(telling))) >= inOrder*float64(len(words))
}

// inOrder is the share of a claim's telling words that must follow each other as in its text.
const inOrder = 0.75

// common is the length of the longest sequence that two have in common.
func common(a, b []string) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

// names reports whether every name of a claim stands in its quote, or is that of who says it.
func (p pair) names() bool {
	have := slices.Concat(p.quote.words, p.party.words)
	return !slices.ContainsFunc(p.claim.words, func(w word) bool {
		return w.name() && !slices.ContainsFunc(have, func(h word) bool { return h.key == w.key })
	})
}

// words reports whether a claim has no telling words but those of its text and such as change nothing.
func (p pair) words() bool {
	have := slices.Concat(p.whole.words, p.party.words)
	return !slices.ContainsFunc(p.claim.words, func(w word) bool {
		return w.telling && !neutral[w.key] && !slices.ContainsFunc(have, func(h word) bool { return h.key == w.key })
	})
}

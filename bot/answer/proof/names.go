package proof

import "slices"

// names reports whether every name of a claim stands in its quote, or is that of who says it, and none stands for what only
// belongs to it there: "Kosovo" for "Kosovo's ministry".
func (p pair) names() bool {
	for _, w := range p.claim.words {
		if w.name() && p.whole.count(w.key, true) > 0 && p.claim.count(w.key, false) > p.whole.count(w.key, false) {
			return false
		}
	}
	have := slices.Concat(p.quote.words, p.party.words)
	return !slices.ContainsFunc(p.claim.words, func(w word) bool {
		return w.name() && !slices.ContainsFunc(have, func(h word) bool { return h.key == w.key })
	})
}

// count is how often a name stands as an owner, or as none.
func (r reading) count(key string, owns bool) (n int) {
	for _, w := range r.words {
		if w.key == key && w.owns == owns {
			n++
		}
	}
	return n
}

// words reports whether a claim has no telling words but those of its text and such as change nothing.
func (p pair) words() bool {
	have := slices.Concat(p.whole.words, p.party.words)
	return !slices.ContainsFunc(p.claim.words, func(w word) bool {
		return w.telling && !neutral[w.key] && !slices.ContainsFunc(have, func(h word) bool { return h.key == w.key })
	})
}

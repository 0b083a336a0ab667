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
		return (w.telling || measuring[w.folded]) && !neutral[w.key] && !slices.ContainsFunc(have, func(h word) bool { return h.key == w.key })
	})
}

// joined reports whether two names that a claim joins, as in "Vengu of Albania", have no other name between them in its text.
func (p pair) joined() bool {
	for i, w := range p.claim.words {
		if !w.name() || !p.whole.names(w.key) || i+2 >= len(p.claim.words) || !joining[p.claim.words[i+1].folded] {
			continue
		}
		next := p.claim.words[i+2:]
		for len(next) > 1 && little[next[0].folded] {
			next = next[1:]
		}
		if next[0].name() && !p.whole.beside(w.key, next[0].key) && !p.party.beside(w.key, next[0].key) {
			return false
		}
	}
	return true
}

// joining are the words that make a name a part of another's.
var joining = set("of for from in at with")

// names reports whether a text has a word as a name.
func (r reading) names(key string) bool {
	return slices.ContainsFunc(r.words, func(w word) bool { return w.key == key && w.name() })
}

// beside reports whether a name follows another with none between them.
func (r reading) beside(one, next string) bool {
	last := ""
	for _, w := range r.words {
		if w.key == next && last == one {
			return true
		}
		if w.name() {
			last = w.key
		}
	}
	return false
}

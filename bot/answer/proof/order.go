package proof

import "slices"

// sequence are the telling words and numbers of a text, in its order; names that are spelled in several ways as they are.
func (r reading) sequence(mixed map[string]bool) (keys []string) {
	for _, w := range r.words {
		switch {
		case mixed[w.key]:
			keys = append(keys, w.folded)
		case w.telling || w.number:
			keys = append(keys, w.key)
		}
	}
	return keys
}

// order reports whether the telling words and numbers of a claim follow each other as in its text, so that it only leaves
// something out.
func (p pair) order() bool {
	// Who says it may stand before it or behind it.
	if !p.guarded(func(class string) bool { return direction[class] }) {
		return false
	}
	if !p.joined() {
		return false
	}
	mixed := p.whole.mixed()
	words := slices.DeleteFunc(p.claim.sequence(mixed), func(key string) bool { return neutral[key] })
	party := slices.DeleteFunc(slices.Clone(p.party.words), func(w word) bool { return p.whole.has(w.key) })
	for _, text := range [][]word{p.whole.words, p.whole.turned()} {
		said := reading{words: slices.Concat(party, text, party)}
		if common(words, said.sequence(mixed)) == len(words) {
			return true
		}
	}
	return false
}

// joined reports whether two names that a claim joins, as in "Vengu of Albania", have no other name between them in its text.
func (p pair) joined() bool {
	for i, w := range p.claim.words {
		if !w.name() || i+2 >= len(p.claim.words) || !joining[p.claim.words[i+1].folded] {
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

// mixed are the names that a text spells in several ways.
func (r reading) mixed() map[string]bool {
	spelled, mixed := map[string]string{}, map[string]bool{}
	for _, w := range r.words {
		if first, ok := spelled[w.key]; ok && first != w.folded && w.capital {
			mixed[w.key] = true
		}
		spelled[w.key] = w.folded
	}
	return mixed
}

// turned is a sentence that ends with who says it as one that begins so.
func (r reading) turned() []word {
	if len(r.words) == 0 {
		return nil
	}
	last := r.words[len(r.words)-1].clause
	i := slices.IndexFunc(r.words, func(w word) bool { return w.clause == last })
	if !slices.ContainsFunc(r.words[i:], func(w word) bool { return reporting[w.folded] }) {
		return nil
	}
	return slices.Concat(r.words[i:], r.words[:i])
}

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

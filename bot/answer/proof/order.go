package proof

import "slices"

// order reports whether a claim only leaves something out of its text: its telling words and numbers follow each other as they do
// there, and what is left out does not belong to a word that stays, as "former" does to "minister".
func (p pair) order() bool {
	if !p.guarded(func(class string) bool { return direction[class] }) || !p.joined() {
		return false
	}
	mixed := p.whole.mixed()
	want := slices.DeleteFunc(sequence(p.claim.words, mixed), func(s step) bool { return neutral[s.key] })
	party := slices.DeleteFunc(slices.Clone(p.party.words), func(w word) bool { return p.whole.has(w.key) })
	for _, text := range [][]word{p.whole.words, p.whole.turned()} {
		said := slices.Concat(party, text, party) // who says it may stand before it or behind it
		have := sequence(said, mixed)
		if whole(said, follow(want, have)) {
			return true
		}
		slices.Reverse(want)
		slices.Reverse(have)
		found := whole(said, follow(want, have)) // words that occur twice can be taken for each other
		slices.Reverse(want)
		if found {
			return true
		}
	}
	return false
}

// step is a telling word or number of a text, and where it stands among its words.
type step struct {
	key string
	at  int
}

// sequence are the steps of a text, in its order; names that it spells in several ways are as they are.
func sequence(words []word, mixed map[string]bool) (steps []step) {
	for i, w := range words {
		switch {
		case mixed[w.key]:
			steps = append(steps, step{w.folded, i})
		case w.telling || w.number:
			steps = append(steps, step{w.key, i})
		}
	}
	return steps
}

// follow are the places of the first steps in have that are those of want, one after the other; nil when they are not all there.
func follow(want, have []step) (places map[int]bool) {
	places = map[int]bool{}
	for _, h := range have {
		if len(want) > 0 && h.key == want[0].key {
			places[h.at], want = true, want[1:]
		}
	}
	if len(want) > 0 {
		return nil
	}
	return places
}

// whole reports whether no word is left out that stands right before one that is kept. A title may be, before a name, and a
// name with the preposition before it.
func whole(words []word, kept map[int]bool) bool {
	for i, w := range words[:max(0, len(words)-1)] {
		if !w.telling && !w.number || w.end || kept[i] || !kept[i+1] || neutral[w.key] || w.capital && words[i+1].name() {
			continue
		}
		first := i
		for first > 0 && (words[first-1].name() || words[first-1].number) && !kept[first-1] {
			first--
		}
		if !w.name() && !w.number || first == 0 || !little[words[first-1].folded] {
			return false
		}
	}
	return kept != nil
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

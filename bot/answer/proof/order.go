package proof

import "slices"

// order reports whether a claim only leaves something out of its text: its telling words and numbers follow each other as they do
// there, and what is left out can be (omission.go).
func (p pair) order() bool {
	if !p.worded() {
		return false
	}
	mixed := p.whole.mixed()
	want := slices.DeleteFunc(sequence(p.claim.words, mixed), func(s step) bool { return neutral[s.key] && !p.whole.has(s.key) })
	party := slices.DeleteFunc(slices.Clone(p.party.words), func(w word) bool { return p.whole.has(w.key) })
	for _, text := range [][]word{p.whole.words, p.whole.turned()} {
		said := slices.Concat(party, []word{boundary}, text, party) // who says it may stand before it or behind it
		have := sequence(said, mixed)
		// Words that occur twice can be taken for each other: from either end.
		for _, kept := range [][]link{follow(want, have), followBack(want, have)} {
			if kept != nil && severed(p.claim.words, said, kept) {
				return true
			}
		}
	}
	return false
}

// worded reports whether all words of a claim, the little ones too, follow each other as in its text, but for articles, "that", the
// words with which a party says it, and dates, which may stand elsewhere.
func (p pair) worded() bool {
	var want []string
	for i, w := range p.claim.words {
		dating := i+1 < len(p.claim.words) && p.claim.words[i+1].dated && little[w.folded]
		if !w.dated && !dating && !free[w.folded] && !(neutral[w.key] && !p.whole.has(w.key)) && !p.party.has(w.key) &&
			!(w.folded == "to" && i > 0 && p.claim.words[i-1].folded == "according") {
			want = append(want, w.key)
		}
	}
	for _, text := range [][]word{p.whole.words, p.whole.turned()} {
		left := want
		for _, w := range text {
			if len(left) > 0 && w.key == left[0] {
				left = left[1:]
			}
		}
		if len(left) == 0 {
			return true
		}
	}
	return false
}

// free are words that a claim may add.
var free = set("a an the that")

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

// link is a word of a claim, and the word of its text that it is.
type link struct{ claim, text int }

// follow links each step in want to the first that it can be in have, in their order; nil when one of them is not there.
func follow(want, have []step) (links []link) {
	for _, h := range have {
		if n := len(links); n < len(want) && h.key == want[n].key {
			links = append(links, link{want[n].at, h.at})
		}
	}
	if len(links) < len(want) {
		return nil
	}
	return links
}

// followBack links each step to the last that it can be.
func followBack(want, have []step) (links []link) {
	want, have = slices.Clone(want), slices.Clone(have)
	slices.Reverse(want)
	slices.Reverse(have)
	links = follow(want, have)
	slices.Reverse(links)
	return links
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

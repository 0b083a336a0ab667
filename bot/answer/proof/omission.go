package proof

import "slices"

// severed reports whether what a claim leaves out of its text are whole parts, so that what stays still belongs together.
func severed(claim, text []word, kept []link) bool {
	before := link{-1, -1}
	for _, l := range append(slices.Clone(kept), link{len(claim), len(text)}) {
		if !severable(text, before.text, l.text, claim[max(before.claim, 0):l.claim]) {
			return false
		}
		before = l
	}
	return true
}

// severable reports whether the words between two that are kept can be left out: what stands between two commas, a phrase with
// its preposition, a title before a name, the end of a sentence. from is -1 at the beginning, and to is past the last at the
// end; said is what the claim has from the one to the other.
func severable(words []word, from, to int, said []word) bool {
	tells := func(w word) bool { return w.telling || w.number }
	ends := func(words []word) bool { return slices.ContainsFunc(words, func(w word) bool { return w.end }) }
	first, last := slices.IndexFunc(words[from+1:to], tells), to-1
	if first < 0 { // only little words are, but no boundary
		between := words[from+1 : to]
		return from < 0 || to == len(words) || ends(said) || !ends(words[from:to]) || slices.ContainsFunc(between, func(w word) bool { return w == boundary })
	}
	first += from + 1
	for !tells(words[last]) {
		last--
	}
	gap := words[first : last+1]
	begun, ended := from < 0 || ends(words[from:first]), ends(words[last:to])
	opening := opens(words[from+1 : first])
	if to < len(words) && opening != "" && count(said, opening) > count(words[last+1:to], opening) {
		return false // the preposition stays, and has another object
	}
	phrase, behind := opening != "", words[last+1:to]
	switch {
	case to < len(words) && slices.ContainsFunc(behind, func(w word) bool { return governed[w.folded] }):
		return false // what stays depends on what is left out
	case to < len(words) && titles(words[first:to], words[to]):
		return true
	case from < 0:
		return last < slices.Index(words, boundary) // all that follows may depend on what a sentence begins with
	case (begun || phrase) && ended && !ends(words[first:last]):
		return true
	case to == len(words):
		joint := words[from].name() && words[first].name() // "from Albania and Croatia"
		return begun || phrase || !joint && slices.ContainsFunc(words[from+1:first], func(w word) bool { return conjunctions[w.folded] })
	}
	names := !slices.ContainsFunc(gap, func(w word) bool { return w.telling && !w.name() })
	list := names && !slices.ContainsFunc(behind, func(w word) bool { return prepositions[w.folded] }) // "of Albania, Croatia and Kosovo"
	return from >= 0 && phrase && (list || len(gap) <= maxPhrase && !ends(gap))
}

// opens is the preposition that words end with, but for articles and the like; "" if they end otherwise.
func opens(words []word) string {
	for _, w := range slices.Backward(words) {
		if prepositions[w.folded] {
			return w.folded
		}
		if !articles[w.folded] {
			break
		}
	}
	return ""
}

var articles = set("a an the its their his her this")

// boundary stands between a text and the name of who says it.
var boundary = word{end: true}

func count(words []word, folded string) (n int) {
	for _, w := range words {
		if w.folded == folded {
			n++
		}
	}
	return n
}

// maxPhrase is how many words a phrase has at most that is left out between others.
const maxPhrase = 4

// governed are words that begin what depends on the words before it.
var governed = set("that whether if because to than")

// prepositions are words that begin a phrase which can be left out, conjunctions such as begin what can be at the end.
var (
	prepositions = set("of for in from at with on by under to during between among within through against around about near into until since after before")
	conjunctions = set("and to")
)

// partial are words that make a title another.
var partial = set("former deputy acting vice ex assistant interim designate honorary")

// titles reports whether words are but titles of the name behind them.
func titles(gap []word, next word) bool {
	return next.name() && !partial[gap[len(gap)-1].folded] && !slices.ContainsFunc(gap, func(w word) bool { return !w.capital || w.end })
}

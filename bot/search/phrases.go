package search

import "strings"

// phrases are the spellings of names, by their first word, longest first.
type phrases map[string][]phrase

type phrase struct {
	words []string
	name  string // what every spelling of the name becomes
}

func newPhrases(groups [][]string) phrases {
	ps := phrases{}
	for _, group := range groups {
		for _, spelling := range group {
			words := Tokens(spelling)
			if len(words) == 0 {
				continue
			}
			list := ps[words[0]]
			at := 0
			for at < len(list) && len(list[at].words) >= len(words) {
				at++
			}
			list = append(list, phrase{})
			copy(list[at+1:], list[at:])
			list[at] = phrase{words, strings.Join(Tokens(group[0]), "_")}
			ps[words[0]] = list
		}
	}
	return ps
}

// apply puts the name in place of each of its spellings. With keep, the words of a spelling of several words stay
// beside it, so that a passage is found by either.
func (ps phrases) apply(words []token, keep bool) []token {
	if len(ps) == 0 {
		return words
	}
	out := make([]token, 0, len(words))
	for i := 0; i < len(words); {
		n, name := ps.at(words[i:])
		if keep && n > 1 {
			out = append(out, words[i:i+n]...)
		}
		out = append(out, token{name, words[i].name})
		i += n
	}
	return out
}

// at finds the name that words begin with, and how many words it takes; any other word is its own name.
func (ps phrases) at(words []token) (n int, name string) {
next:
	for _, p := range ps[words[0].word] {
		if len(p.words) > len(words) {
			continue
		}
		for i, w := range p.words {
			if words[i].word != w {
				continue next
			}
		}
		return len(p.words), p.name
	}
	return 1, words[0].word
}

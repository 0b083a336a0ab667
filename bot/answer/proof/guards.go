package proof

import (
	"slices"
	"strings"
)

// guards are words that turn what stands behind them, by what they make of it.
var guards = classes(map[string]string{
	"not":      "not no non never none nor neither without nobody nothing cannot nowhere rather instead",
	"or":       "or",
	"before":   "before earlier prior ahead until till",
	"after":    "after later following since afterwards",
	"may":      "may might could can perhaps possibly potentially likely probably",
	"will":     "will would shall",
	"must":     "must ought",
	"should":   "should",
	"only":     "only solely merely just exclusively",
	"some":     "some several partly partially mainly mostly most often sometimes many few almost nearly",
	"all":      "all every each any always entire both",
	"reported": "reportedly allegedly alleged apparently supposedly purportedly unconfirmed",
	"yet":      "yet still already longer",
})

// numberGuards turn the number behind them, and nothing else.
var numberGuards = classes(map[string]string{
	"least": "least more over above exceeding than beyond",
	"most":  "fewer less under below up",
	"about": "about around nearly almost approximately roughly some circa",
})

// lacking are verbs, by stem, of which what stands behind them does not happen.
var lacking = set("lack fail refus declin avoid prevent stop cancel oppos ban exclud forbid prohibit end reject deni withdraw")

// intended are verbs, by stem, of which what stands behind them has not happened yet, when "to" or "for" follows.
var intended = set("mean meant plan intend aim want seek hope expect propos offer promis pledg agre commit readi will abl decid consid tri attempt invit call urg ask demand request prepar prepared undertak strive wish need due")

// being are the words before a "to" that says what has not happened yet.
var being = set("is are was were be")

// exploring are verbs, by stem, of which what stands behind them is only thought of.
var exploring = set("explor examin discuss studi negoti ponder contempl envisag envis consid")

// turning are words that turn a whole sentence: a claim from it has them too.
var turning = set("except excluding if unless whether false fals untrue untru inaccurate inaccur incorrect wrong mislead misleading myth rumour rumor hypothetical disinform paper theory principle practice pending perspective viewpoint eyes")

// loose are the classes of guards that a claim may leave out.
var loose = set("all yet")

func classes(of map[string]string) map[string]string {
	m := map[string]string{}
	for class, words := range of {
		for w := range strings.FieldsSeq(words) {
			m[w] = class
		}
	}
	return m
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// guard is a guard in a text, with the telling words behind it in its clause, the nearest first; or, behind a mark, those before
// it when there are none: "Kosovo does not".
type guard struct {
	class string
	scope []string
}

// How far a guard reaches: a claim's must stand before a word that one in the text reaches, and what stands nearest to one
// in the text may not stand bare in a claim.
const (
	reach = 3
	near  = 2
)

// guards are those of a text.
func (r reading) guards() (all []guard) {
	for i, w := range r.words {
		class := r.guardAt(i)
		if class == "" {
			continue
		}
		g := guard{class: class}
		for _, next := range r.words[i+1:] {
			if next.clause != w.clause || len(g.scope) == reach {
				break
			}
			if next.telling || next.number {
				g.scope = append(g.scope, next.key)
			}
		}
		if len(g.scope) == 0 {
			g.scope = []string{"<" + strings.Join(r.before(i), " ")}
		}
		all = append(all, g)
	}
	return all
}

// before are the nearest telling words before a word in its clause, at most two.
func (r reading) before(at int) (keys []string) {
	for i := at - 1; i >= 0 && r.words[i].clause == r.words[at].clause && len(keys) < 2; i-- {
		if r.words[i].telling {
			keys = append(keys, r.words[i].key)
		}
	}
	return keys
}

// guardAt is the class of the guard that a word is; "" for any other word.
func (r reading) guardAt(i int) string {
	w := r.words[i]
	next := word{}
	if i+1 < len(r.words) && !w.end {
		next = r.words[i+1]
	}
	switch {
	case w.dated || next.dated && relations[w.folded] != "" || w.folded == "no" && w.end || w.folded == "may" && w.capital: // an answer, and a month
		return ""
	case lacking[w.key]:
		return "lack"
	case w.folded == "to" && i > 0 && being[r.words[i-1].folded]: // "is to be built"
		return "intended"
	case exploring[w.key]:
		return "intended"
	case intended[w.key] && (next.folded == "to" || next.folded == "for") && guards[w.folded] == "":
		return "intended"
	case numberGuards[w.folded] != "" && (next.number || i+2 < len(r.words) && !w.end && r.words[i+2].number && little[next.folded]):
		return numberGuards[w.folded]
	}
	return guards[w.folded]
}

// negations reports whether a claim negates what its text does, and nothing else.
func (p pair) negations() bool {
	if said := p.claim.reply(); said != "" && said != p.whole.reply() {
		return false
	}
	return p.guarded(func(class string) bool { return class == "not" || class == "lack" })
}

// reply is the "yes" or "no" that a text begins with; "" for none.
func (r reading) reply() string {
	if len(r.words) > 0 && r.words[0].end && (r.words[0].folded == "yes" || r.words[0].folded == "no") {
		return r.words[0].folded
	}
	return ""
}

// hedges reports whether a claim keeps what its text says of how sure or how far something is.
func (p pair) hedges() bool {
	for _, w := range p.whole.words {
		if turning[w.folded] && !slices.ContainsFunc(p.claim.words, func(c word) bool { return c.key == w.key }) {
			return false
		}
	}
	return p.guarded(func(class string) bool { return class != "not" && class != "lack" })
}

// guarded reports whether the guards of some classes do the same in a claim as in its text.
func (p pair) guarded(which func(class string) bool) bool {
	claimed, have := p.claim.guards(), p.whole.guards()
	for _, g := range claimed {
		if which(g.class) && !slices.ContainsFunc(have, func(h guard) bool {
			return h.class == g.class && slices.Contains(h.scope, g.scope[0])
		}) {
			return false
		}
	}
	bare := func(g guard) bool { return g.class == "not" && g.scope[0][0] == '<' } // "…, and Kosovo does not"
	for _, h := range have {
		if bare(h) && which(h.class) && !slices.ContainsFunc(strings.Fields(h.scope[0][1:]), func(key string) bool { return !p.claim.has(key) }) && !slices.ContainsFunc(claimed, bare) {
			return false
		}
	}
	for _, h := range have {
		if !which(h.class) || loose[h.class] {
			continue
		}
		for _, key := range h.scope[:min(len(h.scope), near)] {
			if p.claim.has(key) && !slices.ContainsFunc(claimed, func(g guard) bool {
				return g.class == h.class && slices.Contains(g.scope[:min(len(g.scope), near)], key)
			}) {
				return false
			}
		}
	}
	return true
}

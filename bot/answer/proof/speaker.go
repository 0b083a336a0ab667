package proof

import "slices"

// reporting are verbs, by stem, with which somebody says what follows; and what stands for one.
var reporting = set(`say said tell told call describ claim accus warn argu state stress demand insist deni suggest think thought believ
	consid see saw view note add announc report quot wrote write ask critic criticis prais reject welcom repli answer respond accord
	label name declar emphas emphasis underlin express voic fear hope expect dismiss confirm admit explain comment remark assess
	regard object protest complain maintain assert alleg charg blame urg propos promis pledg present`)

// spoken is who says what a text tells, as far as it names them: the word that the name ends with. found reports whether
// the text tells what somebody says at all.
func (r reading) spoken() (heads []string, found bool) {
	for i, w := range r.words {
		if w.dated || w.capital && !w.first || !reporting[w.key] {
			continue
		}
		if w.folded == "according" {
			heads, found = append(heads, headAfter(r.words[i+1:])...), true
			continue
		}
		if w.folded == "called" && i > 0 && r.words[i-1].folded == "so" {
			continue
		}
		before := headsBefore(r.words[:i])
		found = true
		heads = append(heads, before...)
	}
	return heads, found
}

// headAfter is the head of the name that words begin with.
func headAfter(words []word) []string {
	last := ""
	for _, w := range words {
		if w.telling || w.name() {
			last = w.key
		}
		if w.end || last != "" && !w.telling {
			break
		}
	}
	return one(last)
}

// headsBefore are the heads of the names in the sentence before a verb: the last word of each run of telling words.
func headsBefore(words []word) (heads []string) {
	for i, w := range words {
		if w.telling && (i+1 == len(words) || w.end || !words[i+1].telling) {
			heads = append(heads, w.key)
		}
	}
	return heads
}

func one(key string) []string {
	if key == "" {
		return nil
	}
	return []string{key}
}

// speaker reports whether a claim says who says it, if anybody does, and nobody else.
func (p pair) speaker() bool {
	claimed, says := p.claim.spoken()
	have, said := p.whole.spoken()
	party := p.party.heads()
	switch {
	case len(party) == 0 && !said:
		return !says
	case !says:
		return false
	}
	return slices.ContainsFunc(claimed, func(head string) bool {
		return slices.Contains(have, head) || slices.Contains(party, head)
	})
}

// heads are the telling words of who a party is.
func (r reading) heads() (all []string) {
	for _, w := range r.words {
		if w.telling {
			all = append(all, w.key)
		}
	}
	return all
}

package proof

import "slices"

// reporting are words with which somebody says what stands beside them.
var reporting = set(`according
	say says said saying tell tells told telling call calls called calling describe describes described describing claim claims claimed claiming
	accuse accuses accused accusing accusation warn warns warned warning argue argues argued arguing stated stating stress stresses stressed stressing
	demand demands demanded demanding insist insists insisted insisting deny denies denied denying suggest suggests suggested suggesting
	think thinks thought believe believes believed consider considers considered see sees saw viewed views view noted notes added adds
	announce announces announced announcing report reports reported reporting quote quotes quoted quoting write writes wrote written writing assume assumes assumed assuming
	ask asks asked asking criticise criticises criticised criticism criticize criticized praise praises praised reject rejects rejected rejecting
	welcome welcomes welcomed welcoming reply replies replied answer answers answered respond responds responded responding
	label labels labelled labeled declared emphasise emphasised emphasized underline underlines underlined express expresses expressed
	voice voices voiced fear fears feared hope hopes hoped expect expects expected dismiss dismisses dismissed confirm confirms confirmed confirming
	admit admits admitted explain explains explained explaining comment comments commented remark remarks remarked assess assesses assessed regards
	objected objects protest protests protested complain complains complained maintained maintains assert asserts asserted
	alleges alleged charges charged blame blames blamed urge urges urged propose proposes proposed promise promises promised presented presents
	condemn condemns condemned condemning hail hails hailed deplore deplores deplored appeal appeals appealed defend defends defended
	regard regarded recall recalls recalled interpret assured assures agreed agrees
	speak speaks spoke words opinion judges judged interprets interpreted reads`)

// report is somebody saying something in a sentence: with which word, where, and by the words that name who.
type report struct {
	verb  string
	at    int
	heads []string
}

// reports are those of a sentence, the one that all the rest is said in first.
func (r reading) reports() (all []report) {
	outer := 0
	for i, w := range r.words {
		if w.dated || w.capital && !w.first || !reporting[w.folded] {
			continue
		}
		heads := r.headsBefore(i)
		if w.folded == "according" || len(heads) == 0 {
			heads = headsAfter(r.words[i+1:])
		}
		if i > 0 && len(all) > 0 && w.clause == r.words[len(r.words)-1].clause && r.trails(i) || w.folded == "according" {
			outer = len(all)
		}
		all = append(all, report{w.folded, i, heads})
	}
	if outer > 0 {
		all[0], all[outer] = all[outer], all[0]
	}
	return all
}

// trails reports whether nothing but names stands behind a word of the last clause, as in "…, the minister said in Tirana".
func (r reading) trails(i int) bool {
	begin := slices.IndexFunc(r.words, func(w word) bool { return w.clause == r.words[i].clause })
	return !turns[r.words[begin].folded] && !slices.ContainsFunc(r.words[i+1:], func(w word) bool { return w.telling && !w.name() })
}

// headsAfter are the heads of the first name that words hold.
func headsAfter(words []word) (heads []string) {
	for i, w := range words {
		if w.telling {
			heads = append(heads, w.key)
		}
		if w.end || len(heads) > 0 && i+1 < len(words) && !words[i+1].telling {
			break
		}
	}
	return heads[max(0, len(heads)-1):]
}

// headsBefore are the heads of the names before a word: the last word of each run of telling words in its clause, or, when
// there are none, in the clauses before it.
func (r reading) headsBefore(at int) (heads []string) {
	begin := at
	for begin > 0 && r.words[begin-1].clause == r.words[at].clause {
		begin--
	}
	heads = runs(r.words[begin:at])
	if len(heads) == 0 {
		heads = runs(r.words[:begin])
	}
	return heads
}

func runs(words []word) (heads []string) {
	for i, w := range words {
		if w.telling && (i+1 == len(words) || w.end || !words[i+1].telling) {
			heads = append(heads, w.key)
		}
	}
	return heads
}

// speaker reports whether a claim says who says it, if anybody does, and nobody else.
func (p pair) speaker() bool {
	claimed, have := p.claim.reports(), p.relevant()
	party := report{heads: p.party.heads()}
	if len(have) == 0 && (len(party.heads) == 0 || p.whole.tellsOf(party)) {
		return len(claimed) == 0 && (len(party.heads) == 0 || p.claim.tellsOf(party))
	}
	if len(claimed) == 0 {
		return false
	}
	if !claimed[0].by(party) && (len(have) == 0 || !claimed[0].by(have[0])) || p.unsaid(have) {
		return false
	}
	for _, c := range claimed[1:] {
		if !slices.ContainsFunc(have, c.by) {
			return false
		}
	}
	return true
}

// relevant are the reports of a sentence that bear on a claim: not those of an end that the claim leaves out.
func (p pair) relevant() []report {
	return slices.DeleteFunc(p.whole.reports(), func(h report) bool {
		kept := func(w word) bool { return w.telling && p.claim.has(w.key) }
		return h.verb != "according" && !p.whole.trails(h.at) && !slices.ContainsFunc(p.whole.words[h.at:], kept)
	})
}

// unsaid reports whether a claim drops one of the words with which its sentence says something, but keeps what stands behind it.
func (p pair) unsaid(have []report) bool {
	for _, h := range have {
		clause := p.whole.words[h.at].clause
		after := func(w word) bool {
			return w.telling && (w.clause == clause || w.clause == clause+1) && p.claim.has(w.key)
		}
		if h.verb != "according" && !p.whole.trails(h.at) && !p.claim.has(p.whole.words[h.at].key) && slices.ContainsFunc(p.whole.words[h.at+1:], after) {
			return true
		}
	}
	return false
}

// tellsOf reports whether a sentence begins with a party, so that it tells what that does rather than what it says.
func (r reading) tellsOf(party report) bool {
	first := runs(r.words)
	return len(first) > 0 && len(party.heads) > 0 && first[0] == party.heads[len(party.heads)-1]
}

// by reports whether two may be of the same speaker.
func (r report) by(o report) bool {
	return slices.ContainsFunc(r.heads, func(head string) bool { return slices.Contains(o.heads, head) })
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

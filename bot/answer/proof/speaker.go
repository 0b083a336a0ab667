package proof

import "slices"

// reporting are words with which somebody says what stands beside them.
var reporting = set(`according
	say says said saying tell tells told telling call calls called calling describe describes described describing claim claims claimed claiming
	accuse accuses accused accusing accusation warn warns warned warning argue argues argued arguing stated stating stress stresses stressed stressing
	demand demands demanded demanding insist insists insisted insisting deny denies denied denying suggest suggests suggested suggesting
	think thinks thought believe believes believed consider considers considered see sees saw viewed views view noted notes added adds
	announce announces announced announcing report reports reported reporting quote quotes quoted quoting write writes wrote writing
	ask asks asked asking criticise criticises criticised criticism criticize criticized praise praises praised reject rejects rejected rejecting
	welcome welcomes welcomed welcoming reply replies replied answer answers answered respond responds responded responding
	label labels labelled labeled declared emphasise emphasised emphasized underline underlines underlined express expresses expressed
	voice voices voiced fear fears feared hope hopes hoped expect expects expected dismiss dismisses dismissed confirm confirms confirmed confirming
	admit admits admitted explain explains explained explaining comment comments commented remark remarks remarked assess assesses assessed regards
	objected objects protest protests protested complain complains complained maintained maintains assert asserts asserted
	alleges alleged charges charged blame blames blamed urge urges urged propose proposes proposed promise promises promised presented presents
	speak speaks spoke words opinion judges judged interprets interpreted reads`)

// spoken is who says what a text tells, as far as it names them: the word that the name ends with. found reports whether
// the text tells what somebody says at all.
func (r reading) spoken() (heads []string, found bool) {
	for i, w := range r.words {
		if w.dated || w.capital && !w.first || !reporting[w.folded] {
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

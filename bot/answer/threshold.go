package answer

import (
	"math"
	"slices"

	"trilat/bot/search"
)

// What makes a passage less likely to answer: words of the question that it lacks. A word that the whole folder lacks
// counts once, a name or number that the passage lacks half as much again. The fewer telling words a question has, the
// more each that is lacking costs.
const (
	unseenCost = 1.0
	nameCost   = 1.5
	// plainStretch makes up for what a passage without curated ways of asking cannot score.
	plainStretch = 1.75
	fewWords     = 5 // in idf, about two rare words
)

// beyondCaution is how much surer it must be to answer a question for advice, a forecast or private matters.
const beyondCaution = 1.4

// confidence is how sure it is that a hit answers the question.
func (s *shelf) confidence(q search.Query, h Hit) float64 {
	var lacking, unseen float64
	for i, held := range s.index.Held(q, h.Doc) {
		if slot := q.Slots[i]; !held {
			lacking += float64(slot.Telling / q.Telling)
			if !slot.Known() {
				unseen += float64(slot.Telling / q.Telling)
			}
		}
	}
	mass := float64(q.Mass)
	sure := (h.Score - unseenCost*unseen) * math.Pow(mass/(mass+fewWords), 0.5+lacking)
	if !curated(h.Passage) {
		sure *= plainStretch
	}
	return sure
}

// namesLacking is the share of a question in names and numbers that a passage lacks.
func (s *shelf) namesLacking(q search.Query, doc int) float64 {
	var share float64
	for i, held := range s.index.Held(q, doc) {
		if !held && q.Slots[i].Name {
			share += float64(q.Slots[i].Telling / q.Telling)
		}
	}
	return share
}

// calibration: a folder is asked its own headings and ways of asking, each left out while it is asked. The threshold is
// the confidence that all but a few of them still reach; a folder too small to tell takes that of the shipped one.
const (
	asksAtMost       = 500
	fewPassages      = 20
	refusedOwn       = 0.15
	shippedThreshold = 1.59 // what calibrate finds for the folder compiled in; a test keeps it so
)

// calibrate finds the confidence below which a shelf refuses.
func calibrate(s *shelf) float64 {
	if len(s.passages) < fewPassages {
		return shippedThreshold
	}
	all := s.ownQuestions()
	// Every step-th of them, so that all files have their share.
	step := max(1, (len(all)+asksAtMost-1)/asksAtMost)
	var reached []float64
	for i := 0; i < len(all); i += step {
		q := s.index.Parse(all[i].words).Without(all[i].doc, all[i].text)
		if p := s.rank(q, readIntent(all[i].words)); len(p.hits) > 0 {
			reached = append(reached, p.confidence)
		}
	}
	if len(reached) < fewPassages {
		return shippedThreshold
	}
	slices.Sort(reached)
	return reached[int(refusedOwn*float64(len(reached)))]
}

// ownQuestion is a heading (text -1) or a way of asking of passage doc.
type ownQuestion struct {
	doc, text int
	words     string
}

// ownQuestions are the headings and ways of asking that belong to one passage alone; a heading that several share asks
// for none of them.
func (s *shelf) ownQuestions() []ownQuestion {
	shared := map[string]int{}
	for _, p := range s.passages {
		shared[p.Title()]++
	}
	var all []ownQuestion
	for d, p := range s.passages {
		if shared[p.Title()] == 1 {
			all = append(all, ownQuestion{d, -1, p.Title()})
		}
		for i, ask := range p.Also {
			all = append(all, ownQuestion{d, i, ask})
		}
	}
	return all
}

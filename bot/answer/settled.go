package answer

import (
	"slices"

	"trilat/knowledge"
)

// settled is a passage of which the folder says that it answers a question people asked, with how that is asked.
type settled struct {
	doc   int
	asked []Sketch
}

// settle lists such passages of a shelf that has its index.
func (s *shelf) settle() {
	for doc, p := range s.passages {
		if len(p.Answers) > 0 {
			s.settled = append(s.settled, settled{doc, s.asked(p)})
		}
	}
}

// asked are the heading and the ways of asking of a passage.
func (s *shelf) asked(p *knowledge.Passage) []Sketch {
	all := []Sketch{s.sketch(p.Title())}
	for _, text := range p.Also {
		all = append(all, s.sketch(text))
	}
	return all
}

// nearest is how alike a question is to the nearest of some.
func nearest(question Sketch, asked []Sketch) (alike float64) {
	for _, other := range asked {
		alike = max(alike, question.Alike(other))
	}
	return alike
}

// answersJust puts first the passage that was written to answer just this question, if there is one and the best hit is
// not asked more like it: people asked because what else the folder says was no answer to them.
func (s *shelf) answersJust(question string, p *part) bool {
	if len(s.settled) == 0 {
		return false
	}
	sketch, best, doc := s.sketch(question), 0.0, 0
	for _, at := range s.settled {
		if alike := nearest(sketch, at.asked); alike > best {
			best, doc = alike, at.doc
		}
	}
	if best < SameQuestion || len(p.hits) > 0 && nearest(sketch, s.asked(p.hits[0].Passage)) > best {
		return false
	}
	hit := Hit{Passage: s.passages[doc]}
	hit.Doc = doc
	if i := slices.IndexFunc(p.hits, func(h Hit) bool { return h.Doc == doc }); i >= 0 {
		hit = p.hits[i]
		p.hits = slices.Delete(p.hits, i, i+1)
	}
	p.hits, p.events = slices.Insert(p.hits, 0, hit), nil
	p.confidence = max(p.confidence, s.threshold*beyondCaution)
	return true
}

package answer

import "trilat/bot/search"

// SameQuestion is how alike two questions must be to be taken for the same.
const SameQuestion = 0.6

// Sketch is a question prepared for being compared with many others.
type Sketch struct {
	sketch search.Sketch
}

// Sketch prepares a question. Only sketches of one Answerer can be compared.
func (a *Answerer) Sketch(question string) Sketch {
	return Sketch{sketch: a.main.index.Sketch(clean(question))}
}

// Alike is how alike two questions are, from 0 to 1: 1 for the same words in any order.
func (s Sketch) Alike(o Sketch) float64 { return s.sketch.Shared(o.sketch) }

// Alike is how alike two questions are, from 0 to 1: 1 for the same words in any order. For more than a few, see [Sketch].
func (a *Answerer) Alike(x, y string) float64 { return a.Sketch(x).Alike(a.Sketch(y)) }

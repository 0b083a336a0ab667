package search

// Sketch is a text as it is compared with others like it.
type Sketch struct {
	query Query
}

// Sketch prepares a text. Only sketches of one Index can be compared.
func (ix *Index) Sketch(text string) Sketch { return Sketch{ix.Parse(text)} }

// Shared is the share of what two texts say that both of them say.
func (s Sketch) Shared(o Sketch) float64 {
	total := s.query.Telling + o.query.Telling
	if total == 0 {
		return 0
	}
	var shared float32
	for _, x := range s.query.Slots {
		for _, y := range o.query.Slots {
			if x.key == y.key {
				shared += x.Telling + y.Telling
			}
		}
	}
	return float64(shared / total)
}

package knowledge

import (
	"regexp"
	"strconv"
)

// questionID is what the id of a question looks like.
var questionID = regexp.MustCompile(`^[a-z0-9]{10}$`)

// answers reports ids that are none, and questions that are answered twice.
func (l *linter) answers(d *document, lines map[string]int) {
	for _, p := range d.passages {
		for i, id := range p.Answers {
			here := place{d.file, frontLine(p, lines, "answers/"+strconv.Itoa(i)), p}
			if !questionID.MatchString(id) {
				l.fault(d.file, here.line, "%q is no id of a question: write the ten letters and digits that the draft has", id)
				continue
			}
			if other, ok := l.answered[id]; ok {
				l.warn(d.file, here.line, "question %s is answered at %s already: keep it in one place", id, other)
				continue
			}
			l.answered[id] = here
		}
	}
}

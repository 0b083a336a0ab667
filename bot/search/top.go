package search

// top keeps the n best of many as a heap with the worst at its root; of equal scores the lower document stays.
type top struct {
	n       int
	entries []entry
}

type entry struct {
	doc   uint32
	score float32
}

func newTop(n int) *top { return &top{n: n} }

func (e entry) worse(than entry) bool {
	return e.score < than.score || e.score == than.score && e.doc > than.doc
}

func (t *top) offer(doc uint32, score float32) {
	if len(t.entries) == t.n && score < t.entries[0].score {
		return // nearly always
	}
	e := entry{doc, score}
	if len(t.entries) < t.n {
		t.entries = append(t.entries, e)
		for i := len(t.entries) - 1; i > 0; {
			up := (i - 1) / 2
			if !t.entries[i].worse(t.entries[up]) {
				break
			}
			t.entries[i], t.entries[up] = t.entries[up], t.entries[i]
			i = up
		}
		return
	}
	if !t.entries[0].worse(e) {
		return
	}
	t.entries[0] = e
	for i := 0; ; {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < len(t.entries) && t.entries[c].worse(t.entries[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		t.entries[i], t.entries[least] = t.entries[least], t.entries[i]
		i = least
	}
}

package knowledge

import (
	"slices"
)

// Change is what became of one passage between two readings of a folder.
type Change struct {
	Kind ChangeKind
	Old  *Passage // nil for one that was added
	New  *Passage // nil for one that was withdrawn
}

// ChangeKind says what became of a passage.
type ChangeKind string

// What may become of a passage.
const (
	Added     ChangeKind = "added"
	Changed   ChangeKind = "changed"
	Withdrawn ChangeKind = "withdrawn"
)

// Diff lists what readers of now are told otherwise than readers of then: in the order of now, what was withdrawn last.
// An edit that leaves the text, the party, the date it was said, the status and the kind as they were is no change.
func Diff(then, now []Passage) []Change {
	old := map[string]*Passage{}
	for i := range then {
		old[then[i].ID] = &then[i]
	}
	var changes []Change
	for i := range now {
		p := &now[i]
		was := old[p.ID]
		delete(old, p.ID)
		switch {
		case was == nil:
			changes = append(changes, Change{Kind: Added, New: p})
		case !tellsTheSame(was, p):
			changes = append(changes, Change{Kind: Changed, Old: was, New: p})
		}
	}
	for i := range then {
		if p := &then[i]; old[p.ID] == p {
			changes = append(changes, Change{Kind: Withdrawn, Old: p})
		}
	}
	return changes
}

// tellsTheSame reports whether a reader is told the same by two passages.
func tellsTheSame(a, b *Passage) bool {
	return a.Party == b.Party && a.Said == b.Said && a.Status == b.Status && a.Kind == b.Kind &&
		slices.Equal(a.Heading, b.Heading) && squeeze(a.Text()) == squeeze(b.Text())
}

// Sentences are the sentences that went and those that came.
func (c Change) Sentences() (gone, fresh []string) {
	before, after := texts(c.Old), texts(c.New)
	return without(before, after), without(after, before)
}

// texts are the sentences of a passage.
func texts(p *Passage) []string {
	if p == nil {
		return nil
	}
	var all []string
	for _, b := range p.Blocks {
		for _, s := range b.Sentences {
			all = append(all, s.Text)
		}
	}
	return all
}

// without are the texts that others does not have.
func without(all, others []string) []string {
	return slices.DeleteFunc(all, func(text string) bool { return slices.Contains(others, text) })
}

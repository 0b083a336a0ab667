package knowledge

import (
	"cmp"
	"slices"
	"strings"
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

// Diff lists what readers of now find otherwise than readers of then: by file and line of now, and what was withdrawn
// last, by file and line of then.
//
// A passage keeps its id or, when its heading or file was renamed, most of its words. One with the id it had is changed
// if it tells something else: its words, its party, when that said it, its status or its kind. White space, footnotes and
// the rest of what front matter says tell nothing. One with another id is always a change; see [Change.Moved].
func Diff(then, now []Passage) []Change {
	old := map[string]*Passage{}
	for i := range then {
		old[then[i].ID] = &then[i]
	}
	var changes []Change
	var fresh []*Passage
	for i := range now {
		p := &now[i]
		was := old[p.ID]
		delete(old, p.ID)
		switch {
		case was == nil:
			fresh = append(fresh, p)
		case !tellsTheSame(was, p):
			changes = append(changes, Change{Changed, was, p})
		}
	}
	gone := slices.DeleteFunc(pointers(then), func(p *Passage) bool { return old[p.ID] != p })
	return inOrder(append(changes, renamed(gone, fresh)...))
}

func pointers(passages []Passage) []*Passage {
	all := make([]*Passage, len(passages))
	for i := range passages {
		all[i] = &passages[i]
	}
	return all
}

// inOrder sorts changes by the place of what is there now, then by the place of what was.
func inOrder(changes []Change) []Change {
	slices.SortStableFunc(changes, func(a, b Change) int {
		if byKind := cmp.Compare(rank(a), rank(b)); byKind != 0 {
			return byKind
		}
		x, y := cmp.Or(a.New, a.Old), cmp.Or(b.New, b.Old)
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Lines[0], y.Lines[0]))
	})
	return changes
}

// rank puts what was withdrawn behind the rest.
func rank(c Change) int {
	if c.Kind == Withdrawn {
		return 1
	}
	return 0
}

// tellsTheSame reports whether a reader is told the same by two passages.
func tellsTheSame(a, b *Passage) bool {
	return a.Party == b.Party && a.Said == b.Said && a.Status == b.Status && a.Kind == b.Kind &&
		squeeze(a.Text()) == squeeze(b.Text())
}

// What counts as nearly the same text: so many of its words, when it has so many that this is no chance.
const (
	nearlySame  = 0.75
	tellingSize = 6
)

// renamed pairs passages that went with those that came and have nearly the same text, the most alike first.
func renamed(gone, fresh []*Passage) []Change {
	type pair struct {
		old, new *Passage
		alike    float64
	}
	var pairs []pair
	before, after := bags(gone), bags(fresh)
	for i, p := range fresh {
		for j, was := range gone {
			same := p.slug() == was.slug() && len(p.Heading) > 0
			if alike := before[j].alike(after[i]); alike >= nearlySame && (same || len(before[j]) >= tellingSize) {
				pairs = append(pairs, pair{was, p, alike})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.alike, a.alike) })
	var changes []Change
	taken := map[*Passage]bool{}
	for _, p := range pairs {
		if !taken[p.old] && !taken[p.new] {
			taken[p.old], taken[p.new] = true, true
			changes = append(changes, Change{Changed, p.old, p.new})
		}
	}
	for _, p := range fresh {
		if !taken[p] {
			changes = append(changes, Change{Kind: Added, New: p})
		}
	}
	for _, p := range gone {
		if !taken[p] {
			changes = append(changes, Change{Kind: Withdrawn, Old: p})
		}
	}
	return changes
}

// bag is the words of a text, sorted.
type bag []string

func bags(passages []*Passage) []bag {
	all := make([]bag, len(passages))
	for i, p := range passages {
		all[i] = strings.Fields(strings.ToLower(p.Text()))
		slices.Sort(all[i])
	}
	return all
}

// alike is the share of the words of both that both have.
func (b bag) alike(o bag) float64 {
	if most := 2 * float64(min(len(b), len(o))) / float64(max(1, len(b)+len(o))); most < nearlySame {
		return most
	}
	common := 0
	for i, j := 0, 0; i < len(b) && j < len(o); {
		switch c := cmp.Compare(b[i], o[j]); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			common, i, j = common+1, i+1, j+1
		}
	}
	return 2 * float64(common) / float64(max(1, len(b)+len(o)))
}

// Moved reports whether a passage only stands under another id, and tells what it told.
func (c Change) Moved() bool {
	return c.Kind == Changed && c.Old.ID != c.New.ID && tellsTheSame(c.Old, c.New)
}

// Sentences are the sentences that went and those that came, each in the order of its text. There are none when only who
// says it, when, or as what has changed.
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

// without are the texts less the others, each taken away as often as it is there.
func without(all, others []string) []string {
	count := map[string]int{}
	for _, text := range others {
		count[text]++
	}
	var rest []string
	for _, text := range all {
		if count[text]--; count[text] < 0 {
			rest = append(rest, text)
		}
	}
	return rest
}

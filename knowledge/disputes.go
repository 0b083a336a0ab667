package knowledge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// disputed completes the ids that front matter of the file called name, without its extension, gives under `disputes:`.
// A heading alone is one of the same file.
func disputed(name string, ids []string) []string {
	var all []string
	for _, id := range ids {
		if !strings.Contains(id, "#") {
			id = name + "#" + id
		}
		all = append(all, id)
	}
	return all
}

// dispute makes mutual what single passages say they dispute. The documents keep what their files say.
func (r *reading) dispute() {
	mutual := map[string][]string{}
	for _, d := range r.docs {
		lines := sync.OnceValue(func() map[string]int {
			head, _ := splitFrontMatter(r.files[d.file])
			return linesOf(scalars(head, 1))
		})
		for _, p := range d.passages {
			for i, id := range p.Disputes {
				switch {
				case r.ids[id] == 0:
					r.faults = append(r.faults, Fault{File: d.file, Line: frontLine(p, lines(), disputeKey(i)),
						Message: fmt.Sprintf("no passage has the id %q: write it as en/serbia#why-does-serbia-object, or only what follows the # for the same file", id)})
				case id != p.ID:
					mutual[p.ID] = append(mutual[p.ID], id)
					mutual[id] = append(mutual[id], p.ID)
				}
			}
		}
	}
	for i := range r.base.Passages {
		p := &r.base.Passages[i]
		slices.Sort(mutual[p.ID])
		p.Disputes = slices.Compact(mutual[p.ID])
	}
}

// disputeKey is where front matter has the i-th passage that a heading disputes.
func disputeKey(i int) string { return "disputes/" + strconv.Itoa(i) }

// disputes reports disputes of a passage or a party with itself, and those that are stated twice.
func (l *linter) disputes(d *document, lines map[string]int) {
	for _, p := range d.passages {
		for i, id := range p.Disputes {
			here := place{d.file, frontLine(p, lines, disputeKey(i)), p}
			if id == p.ID {
				l.warn(d.file, here.line, "%s disputes itself: delete that", excerpt(p.Title()))
				continue
			}
			pair := [2]string{min(id, p.ID), max(id, p.ID)}
			if other, ok := l.disputed[pair]; ok {
				l.warn(d.file, here.line, "this dispute is stated at %s too: keep one of them, it counts for both", other)
				continue
			}
			l.disputed[pair] = here
			if other := l.passages[id]; other != nil && p.Party != "" && folded(other.Party) == folded(p.Party) {
				l.warn(d.file, here.line, "%s and %s are both of %s: a dispute is between two parties", excerpt(p.Title()), excerpt(other.Title()), p.Party)
			}
		}
	}
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"
)

// What statistics make of the words of receipts and verdicts.
const (
	refusal = "refusal" // the kind of a receipt that has no answer
	helpful = "helpful" // the verdict that is a good one
)

// Stats counts a server's log since a moment. Receipts of kind "refusal" count as refused, "told" not at all,
// since nobody asked, all others as answered; the
// verdict "helpful" counts as such, any other as unhelpful, on the day of the answer that it is about.
func (s *Store) Stats(ctx context.Context, server string, since time.Time) (stats Stats, err error) {
	err = s.read(ctx, "count what was asked", func(tx *sql.Tx) (err error) {
		stats, err = count(ctx, tx, server, since)
		return err
	})
	return stats, err
}

func count(ctx context.Context, tx *sql.Tx, server string, since time.Time) (Stats, error) {
	t := tally{days: map[string]*Day{}, topics: map[string]int{}}
	answers, err := list(ctx, tx, scanGroup, `SELECT day, kind, topic, count(*) FROM receipts
		WHERE server = $1 AND day >= $2 AND at_ms >= $3 AND kind <> 'told' GROUP BY day, kind, topic`, server, day(since), ms(since))
	if err != nil {
		return Stats{}, err
	}
	verdicts, err := list(ctx, tx, scanGroup, `SELECT day, verdict, '', count(*) FROM verdicts
		WHERE server = $1 AND day >= $2 AND given_ms >= $3 GROUP BY day, verdict`, server, day(since), ms(since))
	if err != nil {
		return Stats{}, err
	}
	for _, g := range answers {
		t.answers(g)
	}
	for _, g := range verdicts {
		t.verdicts(g)
	}
	stats := t.stats()
	stats.Open, err = one(ctx, tx, value[int], `SELECT count(*) FROM questions WHERE server = $1 AND state = $2`, server, string(Pending))
	if err != nil {
		return Stats{}, err
	}
	stats.Closed, err = one(ctx, tx, value[int], `SELECT count(*) FROM questions WHERE server = $1 AND state IN ($2, $3) AND closed_ms >= $4`,
		server, string(Answered), string(Covered), ms(since))
	return stats, err
}

// group is how many rows have the same words.
type group struct {
	day, word, topic string
	n                int
}

func scanGroup(row row) (g group, err error) {
	err = row.Scan(&g.day, &g.word, &g.topic, &g.n)
	return g, err
}

// tally adds up groups.
type tally struct {
	days   map[string]*Day
	topics map[string]int
}

func (t tally) answers(g group) {
	d := t.day(g.day)
	d.Asked += g.n
	if g.word == refusal {
		d.Refused += g.n
		return
	}
	d.Answered += g.n
	if g.topic != "" {
		t.topics[g.topic] += g.n
	}
}

func (t tally) verdicts(g group) {
	if g.word == helpful {
		t.day(g.day).Helpful += g.n
		return
	}
	t.day(g.day).Unhelpful += g.n
}

func (t tally) day(date string) *Day {
	if t.days[date] == nil {
		t.days[date] = &Day{Date: date}
	}
	return t.days[date]
}

func (t tally) stats() (s Stats) {
	for _, date := range slices.Sorted(maps.Keys(t.days)) {
		s.Days = append(s.Days, *t.days[date])
	}
	for name, n := range t.topics {
		s.Topics = append(s.Topics, Topic{name, n})
	}
	slices.SortFunc(s.Topics, func(a, b Topic) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return s
}

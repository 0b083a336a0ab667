package store

import (
	"context"
	"database/sql"
	"slices"
)

// identity is a user as one server's rows know them.
type identity struct{ server, person string }

// identities lists what is kept of a user in every server where something may be.
func identities(ctx context.Context, tx *sql.Tx, user string) ([]identity, error) {
	return list(ctx, tx, func(row row) (id identity, err error) {
		var key string
		err = row.Scan(&id.server, &key)
		id.person = hash(key, user)
		return id, err
	}, `SELECT server, secret FROM servers ORDER BY server`)
}

// About is all that is kept about a user, in every server.
func (s *Store) About(ctx context.Context, user string) (r Record, err error) {
	if user == "" {
		return r, nil
	}
	err = s.read(ctx, "list what is kept about somebody", func(tx *sql.Tx) error {
		ids, err := identities(ctx, tx, user)
		if err != nil {
			return err
		}
		r = Record{}
		for _, id := range ids {
			if err := r.add(ctx, tx, id); err != nil {
				return err
			}
		}
		return r.addTeam(ctx, tx, user)
	})
	if err != nil {
		return Record{}, err
	}
	return r, nil
}

// add adds what one server keeps about a user as one who asks.
func (r *Record) add(ctx context.Context, tx *sql.Tx, id identity) error {
	given, err := receipts(ctx, tx, `SELECT `+receiptColumns+` FROM receipts r WHERE person = $1 ORDER BY at_ms, id`, id.person)
	if err != nil {
		return err
	}
	found, err := list(ctx, tx, scanVerdict, `SELECT receipt, verdict, at_ms FROM verdicts WHERE person = $1 ORDER BY at_ms, receipt`, id.person)
	if err != nil {
		return err
	}
	asked, err := list(ctx, tx, scanAsking, `SELECT `+askingColumns+` FROM askings WHERE person = $1 ORDER BY at_ms, id`, id.person)
	if err != nil {
		return err
	}
	spent, err := list(ctx, tx, scanSpentOn, `SELECT server, day_ms, tokens, micros, calls, saved FROM spending WHERE person = $1 ORDER BY day_ms`, id.person)
	if err != nil {
		return err
	}
	muted, err := list(ctx, tx, value[string], `SELECT server FROM mutes WHERE server = $1 AND person = $2`, id.server, id.person)
	r.Receipts, r.Verdicts = append(r.Receipts, given...), append(r.Verdicts, found...)
	r.Askings, r.MutedIn = append(r.Askings, asked...), append(r.MutedIn, muted...)
	r.Spent = append(r.Spent, spent...)
	return err
}

func scanVerdict(row row) (v Verdict, err error) {
	err = row.Scan(&v.Receipt, &v.Text, at(&v.At))
	return v, err
}

// addTeam adds what a user did for teams.
func (r *Record) addTeam(ctx context.Context, tx *sql.Tx, user string) (err error) {
	r.Answers, err = list(ctx, tx, scanAnswer, `SELECT `+answerColumns+` FROM answers WHERE by_user = $1 ORDER BY at_ms, id`, user)
	if err != nil {
		return err
	}
	r.Acts, err = list(ctx, tx, scanAct, `SELECT `+actColumns+` FROM acts WHERE by_user = $1 ORDER BY at_ms, serial`, user)
	if err != nil {
		return err
	}
	r.SetUp, err = list(ctx, tx, value[string], `SELECT server FROM setups WHERE by_user = $1 ORDER BY server`, user)
	return err
}

// Forget deletes all that is kept about a user for good, but that a server muted them, and what they spent today, which
// would renew their budget and is gone in two days; what they answered for a team stays, without their name. It puts out
// what changed makes of every question that they asked, as it is then. It returns how many entries went.
func (s *Store) Forget(ctx context.Context, user string, changed func(Question) Post) (gone int, err error) {
	if user == "" {
		return 0, nil
	}
	err = s.write(ctx, "forget somebody", func(tx *sql.Tx) error {
		ids, err := identities(ctx, tx, user)
		if err != nil {
			return err
		}
		gone = 0
		for _, id := range ids {
			n, err := s.forget(ctx, tx, id.person, changed)
			if err != nil {
				return err
			}
			gone += n
		}
		n, err := sweep(ctx, tx, forgetTeam, user)
		gone += n
		return err
	})
	if err != nil {
		return 0, err
	}
	s.scrub(ctx)
	return gone, nil
}

// forget deletes what one server keeps about a person who asks.
func (s *Store) forget(ctx context.Context, tx *sql.Tx, person string, changed func(Question) Post) (gone int, err error) {
	asked, err := list(ctx, tx, value[string], `SELECT DISTINCT question FROM askings WHERE person = $1 ORDER BY question`, person)
	if err != nil {
		return 0, err
	}
	for _, id := range asked { // None of them changes before all is gone.
		if _, err := s.question(ctx, tx, id); err != nil {
			return 0, err
		}
	}
	if gone, err = sweep(ctx, tx, forgetPerson, person); err != nil {
		return 0, err
	}
	spent, err := exec(ctx, tx, `DELETE FROM spending WHERE person = $1 AND day_ms < $2`, person, ms(midnight(s.now())))
	if err != nil {
		return 0, err
	}
	gone += spent
	for _, id := range asked {
		if err := s.unasked(ctx, tx, id); err != nil {
			return 0, err
		}
	}
	theirs, err := s.reword(ctx, tx, person)
	if err != nil || changed == nil {
		return gone, err
	}
	return gone, s.tellChanged(ctx, tx, slices.Compact(slices.Sorted(slices.Values(append(asked, theirs...)))), changed)
}

// reword puts the questions that are in a person's words into those of the first who still asks them, and their answers
// too: without words of their own, they are found by nobody.
func (s *Store) reword(ctx context.Context, tx *sql.Tx, person string) (theirs []string, err error) {
	theirs, err = list(ctx, tx, value[string], `SELECT id FROM questions WHERE person = $1 ORDER BY id`, person)
	for _, id := range theirs {
		left, err := askings(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		first := append(left, Asking{})[0]
		_, err = exec(ctx, tx, `UPDATE questions SET text = $2, receipt = $3, reason = '',
			person = coalesce((SELECT person FROM askings WHERE id = $4), '') WHERE id = $1`, id, first.Text, first.Receipt, first.ID)
		if err != nil {
			return nil, err
		}
		if _, err := exec(ctx, tx, `UPDATE answers SET question = $2 WHERE id = $1`, id, first.Text); err != nil {
			return nil, err
		}
	}
	return theirs, err
}

// tellChanged puts out what changed makes of questions.
func (s *Store) tellChanged(ctx context.Context, tx *sql.Tx, ids []string, changed func(Question) Post) error {
	for _, id := range ids {
		q, err := s.question(ctx, tx, id)
		if err != nil {
			return err
		}
		if p := changed(q); p.Key != "" {
			if err := s.put(ctx, tx, []Post{p}); err != nil {
				return err
			}
		}
	}
	return nil
}

// What forgets a person of a server, in this order; $1 is their hash.
var forgetPerson = []string{
	`DELETE FROM posts WHERE asking IN (SELECT id FROM askings WHERE person = $1)`,
	`DELETE FROM askings WHERE person = $1`,
	`DELETE FROM verdicts WHERE person = $1 OR receipt IN (SELECT id FROM receipts WHERE person = $1)`,
	`DELETE FROM receipts WHERE person = $1`,
}

// What forgets a user of teams; $1 is their id.
var forgetTeam = []string{
	`DELETE FROM posts WHERE user_id = $1`,
	`UPDATE answers SET by_user = '', by_name = '' WHERE by_user = $1`,
	`UPDATE questions SET by_user = '', by_name = '' WHERE by_user = $1`,
	`UPDATE acts SET by_user = '', by_name = '' WHERE by_user = $1`,
	`UPDATE setups SET by_user = '' WHERE by_user = $1`,
}

// sweep does all of several statements that have the same arguments, and counts the rows.
func sweep(ctx context.Context, tx *sql.Tx, statements []string, args ...any) (int, error) {
	var all int
	for _, statement := range statements {
		n, err := exec(ctx, tx, statement, args...)
		if err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// scrub takes what was deleted out of the journal too, as far as nobody is reading it; the next time takes the rest.
func (s *Store) scrub(ctx context.Context) {
	if !s.postgres {
		_, _ = s.writes.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
}

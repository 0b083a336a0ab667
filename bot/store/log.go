package store

import (
	"context"
	"database/sql"
	"time"
)

// First reports whether an event is seen for the first time by any process; it is remembered for a day.
func (s *Store) First(ctx context.Context, id string) (first bool, err error) {
	err = s.write(ctx, "claim an event", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO events (id, at_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, id, ms(s.now()))
		first = n > 0
		return err
	})
	return first && err == nil, err
}

// Remember keeps a receipt; one that is there already stays as it is.
func (s *Store) Remember(ctx context.Context, r Receipt) error {
	return s.write(ctx, "remember an answer", func(tx *sql.Tx) error {
		by, err := person(ctx, tx, r.Server, r.By)
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO receipts (id, server, channel, person, at_ms, day, question, kind, topic, revision, detail)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
			r.ID, r.Server, r.Channel, by, ms(r.At), day(r.At), plain(r.Question), r.Kind, plain(r.Topic), r.Revision, plain(r.Detail))
		return err
	})
}

// day is the day of a moment, as statistics count them.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// Receipt returns an answer that was given, and where everybody could see it.
func (s *Store) Receipt(ctx context.Context, id string) (r Receipt, err error) {
	err = s.read(ctx, "find an answer", func(tx *sql.Tx) error {
		found, err := receipts(ctx, tx, `SELECT `+receiptColumns+` FROM receipts r WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrNotFound
		}
		r = found[0]
		return nil
	})
	return r, err
}

const receiptColumns = `r.id, r.server, r.channel, r.at_ms, r.question, r.kind, r.topic, r.revision, r.detail`

func scanReceipt(row row) (r Receipt, err error) {
	err = row.Scan(&r.ID, &r.Server, &r.Channel, at(&r.At), &r.Question, &r.Kind, &r.Topic, &r.Revision, &r.Detail)
	return r, err
}

// receipts reads receipts, and where they were shown.
func receipts(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]Receipt, error) {
	found, err := list(ctx, tx, scanReceipt, query, args...)
	for i := range found {
		if err == nil {
			found[i].Shown, err = list(ctx, tx, scanMessage,
				`SELECT channel, message FROM shown WHERE receipt = $1 ORDER BY at_ms, channel, message`, found[i].ID)
		}
	}
	return found, err
}

func scanMessage(row row) (m Message, err error) {
	err = row.Scan(&m.Channel, &m.ID)
	return m, err
}

// Amend puts another detail in the place of a receipt's. A receipt that is not there is [ErrNotFound].
func (s *Store) Amend(ctx context.Context, receipt, detail string) error {
	return s.write(ctx, "amend an answer", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE receipts SET detail = $2 WHERE id = $1`, receipt, plain(detail))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
}

// IsBy reports whether the receipt was given to the user. A receipt that is not there is [ErrNotFound].
func (s *Store) IsBy(ctx context.Context, receipt, user string) (is bool, err error) {
	err = s.read(ctx, "find whose an answer is", func(tx *sql.Tx) error {
		of, err := one(ctx, tx, scanMessage, `SELECT server, person FROM receipts WHERE id = $1`, receipt)
		if err != nil {
			return err
		}
		by, err := known(ctx, tx, of.Channel, user)
		is = err == nil && by == of.ID
		return unlessNotFound(err)
	})
	return is && err == nil, err
}

// Shown notes that everybody could see an answer. A receipt that is not there is [ErrNotFound].
func (s *Store) Shown(ctx context.Context, receipt string, at Message) error {
	return s.write(ctx, "note where an answer was shown", func(tx *sql.Tx) error {
		if _, err := one(ctx, tx, value[string], `SELECT id FROM receipts WHERE id = $1`, receipt); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `INSERT INTO shown (receipt, channel, message, at_ms) VALUES ($1, $2, $3, $4)
			ON CONFLICT (receipt, channel, message) DO NOTHING`, receipt, at.Channel, at.ID, ms(s.now()))
		return err
	})
}

// Shared lists receipts shown openly since a moment, in servers that want corrections and have not removed the bot;
// oldest first.
func (s *Store) Shared(ctx context.Context, since time.Time) (shared []Receipt, err error) {
	err = s.read(ctx, "list shared answers", func(tx *sql.Tx) (err error) {
		shared, err = receipts(ctx, tx, `SELECT `+receiptColumns+` FROM receipts r
			WHERE r.id IN (SELECT receipt FROM shown WHERE at_ms >= $1)
			AND NOT EXISTS (SELECT 1 FROM servers v WHERE v.server = r.server AND v.left_ms > 0)
			AND NOT EXISTS (SELECT 1 FROM setups u WHERE u.server = r.server AND NOT u.corrections)
			ORDER BY r.at_ms, r.id`, ms(since))
		return err
	})
	return shared, err
}

// Rate keeps what a user finds of an answer, in place of what they said before. A receipt that is not there is
// [ErrNotFound].
func (s *Store) Rate(ctx context.Context, receipt, user, verdict string) error {
	return s.write(ctx, "keep a verdict", func(tx *sql.Tx) error {
		server, err := one(ctx, tx, value[string], `SELECT server FROM receipts WHERE id = $1`, receipt)
		if err != nil {
			return err
		}
		by, err := person(ctx, tx, server, user)
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO verdicts (receipt, person, server, given_ms, day, verdict, at_ms)
			SELECT id, $2, server, at_ms, day, $3, $4 FROM receipts WHERE id = $1
			ON CONFLICT (receipt, person) DO UPDATE SET verdict = excluded.verdict, at_ms = excluded.at_ms`,
			receipt, by, plain(verdict), ms(s.now()))
		return err
	})
}

package store

import (
	"context"
	"database/sql"
	"time"
)

const digestColumns = `server, channel, role, zone, minute, days, quiet, paused, by_user, next_ms`

func scanDigest(row row) (d Digest, err error) {
	err = row.Scan(&d.Server, &d.Channel, &d.Role, &d.Zone, &d.Minute, &d.Days, &d.Quiet, &d.Paused, &d.By, at(&d.Next))
	return d, err
}

// Digest returns how a server has its digest; ErrNotFound if it has none.
func (s *Store) Digest(ctx context.Context, server string) (d Digest, err error) {
	err = s.read(ctx, "find a digest", func(tx *sql.Tx) (err error) {
		d, err = one(ctx, tx, scanDigest, `SELECT `+digestColumns+` FROM digests WHERE server = $1`, server)
		return err
	})
	return d, err
}

// SetDigest keeps how a server has its digest, with an audit entry, and releases its held posts.
func (s *Store) SetDigest(ctx context.Context, d Digest, by Actor, what string) error {
	return s.write(ctx, "set up a digest", func(tx *sql.Tx) error {
		if _, err := enter(ctx, tx, d.Server); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `INSERT INTO digests (server, channel, role, zone, minute, days, quiet, paused, by_user, next_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (server) DO UPDATE SET channel = excluded.channel, role = excluded.role,
				zone = excluded.zone, minute = excluded.minute, days = excluded.days, quiet = excluded.quiet, paused = excluded.paused,
				by_user = excluded.by_user, next_ms = excluded.next_ms`,
			d.Server, d.Channel, d.Role, d.Zone, d.Minute, d.Days, d.Quiet, d.Paused, d.By, ms(d.Next))
		if err != nil {
			return err
		}
		if err := s.act(ctx, tx, d.Server, by, what, ""); err != nil {
			return err
		}
		return s.release(ctx, tx, d.Server)
	})
}

// DueDigests lists digests that are due, longest first, at most n, of servers that the bot was not removed from and whose
// digest before is no longer under way: what one tells depends on the one before.
func (s *Store) DueDigests(ctx context.Context, n int) (due []Digest, err error) {
	err = s.read(ctx, "look for digests that are due", func(tx *sql.Tx) (err error) {
		due, err = list(ctx, tx, scanDigest, `SELECT `+digestColumns+` FROM digests WHERE NOT paused AND next_ms > 0 AND next_ms <= $1
			AND server NOT IN (SELECT server FROM servers WHERE left_ms > 0)
			AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.server = digests.server AND d.state = 'planned') ORDER BY next_ms, server LIMIT $2`, ms(s.now()), n)
		return err
	})
	return due, err
}

// Plan is what is planned for the digest of one server.
type Plan struct {
	Digest     Digest // as it was read
	Next       time.Time
	Deliveries []Delivery // one a date; a date that has one already stays as it is
}

// PlanDigests notes what is planned, and puts out a post for every Planned delivery that is new. A digest that was changed
// since it was read is left to the next time.
func (s *Store) PlanDigests(ctx context.Context, plans []Plan) error {
	return s.write(ctx, "plan digests", func(tx *sql.Tx) error {
		for _, p := range plans {
			n, err := exec(ctx, tx, `UPDATE digests SET next_ms = $3 WHERE server = $1 AND next_ms = $2 AND NOT paused`, p.Digest.Server, ms(p.Digest.Next), ms(p.Next))
			if err != nil {
				return err
			}
			for _, d := range p.Deliveries {
				if n == 0 {
					break
				}
				if err := s.plan(ctx, tx, p.Digest, d); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// plan notes one delivery, with its post.
func (s *Store) plan(ctx context.Context, tx *sql.Tx, g Digest, d Delivery) error {
	fresh, err := exec(ctx, tx, `INSERT INTO deliveries (server, date, state, reason, due_ms, late, from_ms, until_ms, since, revision, passage, channel, message, sent_ms)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '', '', '', '', '', 0) ON CONFLICT (server, date) DO NOTHING`,
		g.Server, d.Date, string(d.Fate), plain(d.Reason), ms(d.Due), d.Late)
	if err != nil || fresh == 0 || d.Fate != Planned {
		return err
	}
	return s.put(ctx, tx, []Post{{Key: DailyKey(g.Server, d.Date), Kind: Daily, Subject: d.Date, Server: g.Server}})
}

// DailyKey is the key of the post that carries a server's digest of a date.
func DailyKey(server, date string) string { return "daily/" + server + "/" + date }

const deliveryColumns = `server, date, state, reason, due_ms, late, from_ms, until_ms, since, revision, passage, opening, channel, message, sent_ms`

func scanDelivery(row row) (d Delivery, err error) {
	err = row.Scan(&d.Server, &d.Date, &d.Fate, &d.Reason, at(&d.Due), &d.Late, at(&d.From), at(&d.Until), &d.Since, &d.Revision, &d.Passage, &d.Opening, &d.At.Channel, &d.At.ID, at(&d.Sent))
	return d, err
}

// Delivery returns the digest of a server's local date; ErrNotFound if there is none.
func (s *Store) Delivery(ctx context.Context, server, date string) (d Delivery, err error) {
	err = s.read(ctx, "find a digest of a day", func(tx *sql.Tx) (err error) {
		d, err = one(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries WHERE server = $1 AND date = $2`, server, date)
		return err
	})
	return d, err
}

// Deliveries lists a server's digests, those that were due last first, at most n.
func (s *Store) Deliveries(ctx context.Context, server string, n int) (all []Delivery, err error) {
	err = s.read(ctx, "list digests", func(tx *sql.Tx) (err error) {
		all, err = list(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries WHERE server = $1 ORDER BY due_ms DESC, date DESC LIMIT $2`, server, n)
		return err
	})
	return all, err
}

// LastKept is the revision of the texts that were kept last; ErrNotFound if none were.
func (s *Store) LastKept(ctx context.Context) (revision string, err error) {
	err = s.read(ctx, "find which texts were kept last", func(tx *sql.Tx) (err error) {
		revision, err = one(ctx, tx, value[string], `SELECT revision FROM readings ORDER BY number DESC LIMIT 1`)
		return err
	})
	return revision, err
}

// Settled returns a delivery with the time that it tells of, the passage that it shows, its opening and the channel that it
// goes to, which stay what they are once one process has settled them.
func (s *Store) Settled(ctx context.Context, d Delivery) (settled Delivery, err error) {
	err = s.write(ctx, "settle what a digest tells", func(tx *sql.Tx) (err error) {
		if _, err = exec(ctx, tx, `UPDATE deliveries SET from_ms = $3, until_ms = $4, since = $5, revision = $6, passage = $7, opening = $8, channel = $9
			WHERE server = $1 AND date = $2 AND until_ms = 0`, d.Server, d.Date, ms(d.From), ms(d.Until), d.Since, d.Revision, d.Passage, plain(d.Opening), d.At.Channel); err != nil {
			return err
		}
		settled, err = one(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries WHERE server = $1 AND date = $2`, d.Server, d.Date)
		return err
	})
	return settled, err
}

// Skip notes that a planned digest is not sent, and why.
func (s *Store) Skip(ctx context.Context, server, date, reason string) error {
	return s.write(ctx, "skip a digest", func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `UPDATE deliveries SET state = $3, reason = $4 WHERE server = $1 AND date = $2 AND state = $5`,
			server, date, string(Skipped), plain(reason), string(Planned))
		return err
	})
}

// posted notes where a digest stands.
func (s *Store) posted(ctx context.Context, tx *sql.Tx, p Post, at Message) error {
	_, err := exec(ctx, tx, `UPDATE deliveries SET state = $3, channel = $4, message = $5, sent_ms = $6 WHERE server = $1 AND date = $2`,
		p.Server, p.Subject, string(Posted), at.Channel, at.ID, ms(s.now()))
	return err
}

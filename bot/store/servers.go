package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Setup returns how a server is set up; the zero setup, with Corrections true, if it is not.
func (s *Store) Setup(ctx context.Context, server string) (u Setup, err error) {
	err = s.read(ctx, "find how a server is set up", func(tx *sql.Tx) (err error) {
		u, err = one(ctx, tx, scanSetup, `SELECT server, role, channel, mentions, corrections, model_off, by_user FROM setups WHERE server = $1`, server)
		if errors.Is(err, ErrNotFound) {
			u, err = Setup{Server: server, Corrections: true}, nil
		}
		if err != nil {
			return err
		}
		gone, err := one(ctx, tx, value[int64], `SELECT left_ms FROM servers WHERE server = $1`, server)
		if unlessNotFound(err) != nil {
			return err
		}
		u.Left = moment(gone)
		u.Faults, err = list(ctx, tx, scanFault, `SELECT subject, text, since_ms FROM faults WHERE server = $1 ORDER BY since_ms, subject`, server)
		return err
	})
	return u, err
}

func scanSetup(row row) (u Setup, err error) {
	var mentions, off string
	if err := row.Scan(&u.Server, &u.Role, &u.Channel, &mentions, &u.Corrections, &off, &u.By); err != nil {
		return u, err
	}
	if err := json.Unmarshal([]byte(mentions), &u.Mentions); err != nil {
		return u, fmt.Errorf("read the channels of mentions: %w", err)
	}
	if err := json.Unmarshal([]byte(off), &u.ModelOff); err != nil {
		return u, fmt.Errorf("read the uses of the model: %w", err)
	}
	return u, nil
}

func scanFault(row row) (f Fault, err error) {
	err = row.Scan(&f.Subject, &f.Text, at(&f.Since))
	return f, err
}

// SetUp keeps a setup, all but Left and Faults, and an audit entry. It forgets the faults that it mends, and then releases
// the server's held posts.
func (s *Store) SetUp(ctx context.Context, u Setup, by Actor, what string, mends ...string) error {
	mentions, err := json.Marshal(u.Mentions)
	if err != nil {
		return fmt.Errorf("write the channels of mentions: %w", err) // unreachable: strings can be written
	}
	off, err := json.Marshal(u.ModelOff)
	if err != nil {
		return fmt.Errorf("write the uses of the model: %w", err) // unreachable: strings can be written
	}
	return s.write(ctx, "set up a server", func(tx *sql.Tx) error {
		if _, err := enter(ctx, tx, u.Server); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `INSERT INTO setups (server, role, channel, mentions, corrections, model_off, by_user) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (server) DO UPDATE SET role = excluded.role, channel = excluded.channel, mentions = excluded.mentions,
				corrections = excluded.corrections, model_off = excluded.model_off, by_user = excluded.by_user`,
			u.Server, u.Role, u.Channel, string(mentions), u.Corrections, string(off), u.By)
		if err != nil {
			return err
		}
		if err := s.act(ctx, tx, u.Server, by, what, ""); err != nil {
			return err
		}
		for _, subject := range mends {
			if _, err := exec(ctx, tx, `DELETE FROM faults WHERE server = $1 AND subject = $2`, u.Server, subject); err != nil {
				return err
			}
		}
		return s.release(ctx, tx, u.Server)
	})
}

// Fault notes what keeps a server's setup from working; fresh is false if it was known.
func (s *Store) Fault(ctx context.Context, server, subject, text string) (fresh bool, err error) {
	err = s.write(ctx, "note a fault", func(tx *sql.Tx) error {
		if _, err := enter(ctx, tx, server); err != nil {
			return err
		}
		n, err := exec(ctx, tx, `INSERT INTO faults (server, subject, text, since_ms) VALUES ($1, $2, $3, $4)
			ON CONFLICT (server, subject) DO NOTHING`, server, subject, plain(text), ms(s.now()))
		fresh = n > 0
		return err
	})
	return fresh && err == nil, err
}

// Mended forgets a fault. One that is not there is forgotten already.
func (s *Store) Mended(ctx context.Context, server, subject string) error {
	return s.write(ctx, "forget a fault", func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `DELETE FROM faults WHERE server = $1 AND subject = $2`, server, subject)
		return err
	})
}

// Servers lists the servers that have anything here and have not left. Direct messages are none of them.
func (s *Store) Servers(ctx context.Context) (servers []string, err error) {
	err = s.read(ctx, "list servers", func(tx *sql.Tx) (err error) {
		servers, err = list(ctx, tx, value[string], `SELECT server FROM servers WHERE left_ms = 0 AND server <> '' ORDER BY server`)
		return err
	})
	return servers, err
}

// Leave notes that the bot was removed from a server: its posts stop. Leaving again does not count as later.
func (s *Store) Leave(ctx context.Context, server string) error {
	return s.write(ctx, "leave a server", func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `INSERT INTO servers (server, secret, left_ms) VALUES ($1, $2, $3)
			ON CONFLICT (server) DO UPDATE SET left_ms = excluded.left_ms WHERE servers.left_ms = 0`, server, rand.Text(), ms(s.now()))
		return err
	})
}

// Return undoes [Store.Leave]: everything is as it was, and posts that were due are due.
func (s *Store) Return(ctx context.Context, server string) error {
	return s.write(ctx, "return to a server", func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `UPDATE servers SET left_ms = 0 WHERE server = $1`, server)
		return err
	})
}

// Mute keeps a user of a server from asking its team, or lets them again, with an audit entry.
func (s *Store) Mute(ctx context.Context, server, user string, muted bool, by Actor) error {
	return s.write(ctx, "mute somebody", func(tx *sql.Tx) error {
		whom, err := person(ctx, tx, server, user)
		if err != nil {
			return err
		}
		what, query, args := "unmuted", `DELETE FROM mutes WHERE server = $1 AND person = $2`, []any{server, whom}
		if muted {
			what, query = "muted", `INSERT INTO mutes (server, person, at_ms) VALUES ($1, $2, $3) ON CONFLICT (server, person) DO NOTHING`
			args = append(args, ms(s.now()))
		}
		if _, err := exec(ctx, tx, query, args...); err != nil {
			return err
		}
		return s.act(ctx, tx, server, by, what, "")
	})
}

// Muted reports whether a user may not ask the team of a server.
func (s *Store) Muted(ctx context.Context, server, user string) (muted bool, err error) {
	err = s.read(ctx, "find whether somebody is muted", func(tx *sql.Tx) error {
		whom, err := known(ctx, tx, server, user)
		if err != nil {
			return unlessNotFound(err)
		}
		n, err := one(ctx, tx, value[int], `SELECT count(*) FROM mutes WHERE server = $1 AND person = $2`, server, whom)
		muted = n > 0
		return err
	})
	return muted && err == nil, err
}

// act keeps an audit entry.
func (s *Store) act(ctx context.Context, tx *sql.Tx, server string, by Actor, what, subject string) error {
	_, err := exec(ctx, tx, `INSERT INTO acts (id, server, at_ms, serial, by_user, by_name, what, subject) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		rand.Text(), server, ms(s.now()), s.acts.Add(1), by.User, plain(by.Name), plain(what), subject)
	return err
}

const actColumns = `at_ms, by_user, by_name, what, subject`

func scanAct(row row) (a Act, err error) {
	err = row.Scan(at(&a.At), &a.By.User, &a.By.Name, &a.What, &a.Subject)
	return a, err
}

// Acts lists the audit log of a server, newest first, at most n.
func (s *Store) Acts(ctx context.Context, server string, n int) (acts []Act, err error) {
	err = s.read(ctx, "list the audit log", func(tx *sql.Tx) (err error) {
		acts, err = list(ctx, tx, scanAct, `SELECT `+actColumns+` FROM acts WHERE server = $1 ORDER BY at_ms DESC, serial DESC LIMIT $2`, server, n)
		return err
	})
	return acts, err
}

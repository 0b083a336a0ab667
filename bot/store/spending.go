package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"math"
	"time"
)

// Reserve counts in advance what a call of the model may cost, or, if that goes over a limit, nothing, with a
// [SpentError]. However many processes reserve at once, they do not go over it together. What is reserved counts as spent
// until it is charged, and for good if that is not done within a day, because the process was killed.
func (s *Store) Reserve(ctx context.Context, by Spender, most Amount, limits Limits) (Reservation, error) {
	r, most := Reservation{rand.Text()}, credible(most)
	err := s.write(ctx, "reserve a call of the model", func(tx *sql.Tx) error {
		who, err := person(ctx, tx, by.Server, by.User)
		if err != nil {
			return err
		}
		now := s.now()
		_, err = exec(ctx, tx, `INSERT INTO reservations (id, server, person, at_ms, tokens, micros) VALUES ($1, $2, $3, $4, $5, $6)`,
			r.id, by.Server, who, ms(now), most.Tokens, most.Micros)
		if err != nil {
			return err
		}
		return spend(ctx, tx, by.Server, who, now, Spending{Amount: most}, limits)
	})
	if err != nil {
		return Reservation{}, err
	}
	return r, nil
}

// Charge counts a call, on the day on which it was reserved, with what it used in place of what was reserved. If it used
// more, that counts too, over whatever limit. Charging again, or the zero Reservation, changes nothing.
func (s *Store) Charge(ctx context.Context, r Reservation, used Amount) error {
	used = credible(used)
	return s.write(ctx, "charge a call of the model", func(tx *sql.Tx) error {
		held, err := one(ctx, tx, scanReserved, `DELETE FROM reservations WHERE id = $1 RETURNING server, person, at_ms, tokens, micros`, r.id)
		if err != nil {
			return unlessNotFound(err)
		}
		for _, a := range accounts(held.server, held.person) {
			_, err := exec(ctx, tx, `UPDATE spending SET tokens = tokens + $5, micros = micros + $6, calls = calls + 1
				WHERE server = $1 AND scope = $2 AND person = $3 AND day_ms = $4`,
				a.server, string(a.scope), a.person, ms(midnight(held.at)), used.Tokens-held.Tokens, used.Micros-held.Micros)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// reserved is what was counted in advance, and where.
type reserved struct {
	server, person string
	at             time.Time
	Amount
}

func scanReserved(row row) (r reserved, err error) {
	err = row.Scan(&r.server, &r.person, at(&r.at), &r.Tokens, &r.Micros)
	return r, err
}

// Saved counts a call that was not needed, because an answer was at hand.
func (s *Store) Saved(ctx context.Context, by Spender) error {
	return s.write(ctx, "count a call that was saved", func(tx *sql.Tx) error {
		who, err := person(ctx, tx, by.Server, by.User)
		if err != nil {
			return err
		}
		return spend(ctx, tx, by.Server, who, s.now(), Spending{Saved: 1}, Limits{})
	})
}

// Spent is how the limits of today stand for somebody, and what their server spent lately.
func (s *Store) Spent(ctx context.Context, by Spender) (spent Spent, err error) {
	err = s.read(ctx, "sum up what the model cost", func(tx *sql.Tx) error {
		who, err := known(ctx, tx, by.Server, by.User)
		if unlessNotFound(err) != nil {
			return err
		}
		server := account{ScopeServer, by.Server, ""}
		for _, sum := range []struct {
			into *Spending
			of   account
			days int
		}{
			{&spent.Person, account{ScopePerson, by.Server, who}, 1},
			{&spent.Server, server, 1},
			{&spent.Day, account{ScopeDay, "", ""}, 1},
			{&spent.Week, server, 7},
			{&spent.Month, server, 30},
		} {
			since := midnight(s.now()).AddDate(0, 0, 1-sum.days)
			*sum.into, err = one(ctx, tx, scanSpending, `SELECT CAST(coalesce(sum(tokens), 0) AS BIGINT), CAST(coalesce(sum(micros), 0) AS BIGINT),
				CAST(coalesce(sum(calls), 0) AS BIGINT), CAST(coalesce(sum(saved), 0) AS BIGINT) FROM spending
				WHERE server = $1 AND scope = $2 AND person = $3 AND day_ms >= $4`, sum.of.server, string(sum.of.scope), sum.of.person, ms(since))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return spent, err
}

func scanSpending(row row) (s Spending, err error) {
	err = row.Scan(&s.Tokens, &s.Micros, &s.Calls, &s.Saved)
	return s, err
}

func scanSpentOn(row row) (s SpentOn, err error) {
	var began time.Time
	err = row.Scan(&s.Server, at(&began), &s.Tokens, &s.Micros, &s.Calls, &s.Saved)
	s.Date = day(began)
	return s, err
}

// account is whom a row of spending counts for.
type account struct {
	scope          Scope
	server, person string
}

// accounts are all that a call counts for. Everybody changes them in this order, so that nobody waits for each other, and
// what all share comes last, so that it is held for the shortest time.
func accounts(server, person string) []account {
	all := []account{{ScopePerson, server, person}, {ScopeServer, server, ""}, {ScopeDay, "", ""}}
	if person == "" {
		return all[1:]
	}
	return all
}

// spend adds to all accounts of a person of a server what does not go over a limit.
func spend(ctx context.Context, tx *sql.Tx, server, person string, now time.Time, more Spending, limits Limits) error {
	for _, a := range accounts(server, person) {
		room := limits.of(a.scope).before(more.Amount)
		if room.Tokens < 0 || room.Micros < 0 {
			return SpentError{a.scope}
		}
		n, err := exec(ctx, tx, `INSERT INTO spending (server, scope, person, day_ms, tokens, micros, calls, saved) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)
			ON CONFLICT (server, scope, person, day_ms) DO UPDATE SET tokens = spending.tokens + excluded.tokens,
				micros = spending.micros + excluded.micros, saved = spending.saved + excluded.saved
			WHERE spending.tokens <= $8 AND spending.micros <= $9`,
			a.server, string(a.scope), a.person, ms(midnight(now)), more.Tokens, more.Micros, more.Saved, room.Tokens, room.Micros)
		if err != nil {
			return err
		}
		if n == 0 {
			return SpentError{a.scope}
		}
	}
	return nil
}

// of is the limit of one scope.
func (l Limits) of(scope Scope) Amount {
	switch scope {
	case ScopePerson:
		return l.Person
	case ScopeServer:
		return l.Server
	default:
		return l.Day
	}
}

// before is what may have been spent at most for an amount not to go over a limit.
func (limit Amount) before(a Amount) Amount {
	if limit.Tokens == 0 {
		limit.Tokens = math.MaxInt64
	}
	if limit.Micros == 0 {
		limit.Micros = math.MaxInt64
	}
	return Amount{limit.Tokens - a.Tokens, limit.Micros - a.Micros}
}

// credible is an amount as one call can have cost it, whatever a service says: sums of it are never negative, nor too large.
func credible(a Amount) Amount {
	const most = 1 << 40
	return Amount{min(max(a.Tokens, 0), most), min(max(a.Micros, 0), most)}
}

// midnight is when the UTC day of a moment began.
func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

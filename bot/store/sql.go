package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// write does something in one transaction: all of it or, with an error, nothing. It may be done again when it failed for
// a reason that passes, so that do must set anew what it sets outside.
func (s *Store) write(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	return s.transact(ctx, doing, s.writes, nil, do, (*sql.Tx).Commit)
}

// read looks at the store as it is at one moment.
func (s *Store) read(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	moment := &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	return s.transact(ctx, doing, s.reads, moment, do, (*sql.Tx).Rollback)
}

// transact does something in a transaction that ends as end says.
func (s *Store) transact(ctx context.Context, doing string, db *sql.DB, o *sql.TxOptions, do, end func(*sql.Tx) error) error {
	if err := s.usable(ctx); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	tx, err := attempt(ctx, db, o, do)
	for try := 1; try < tries && passing(err); try++ {
		tx, err = attempt(ctx, db, o, do)
	}
	if err == nil {
		err = end(tx) // Not again: when a commit fails, nobody knows whether it was done.
	}
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// tries is how often something is tried that fails for reasons that pass.
const tries = 4

// attempt does something in a transaction, and leaves it open only if that went well.
func attempt(ctx context.Context, db *sql.DB, o *sql.TxOptions, do func(*sql.Tx) error) (*sql.Tx, error) {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // It says at most that the connection is gone, which err says already.
		return nil, err
	}
	return tx, nil
}

// passing reports whether a transaction that failed, before its end, may well succeed when it is tried again.
func passing(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "40001", "40P01", "57P01": // a conflict, a deadlock, a connection that was ended
			return true
		}
		return false
	}
	return err != nil && pgconn.SafeToRetry(err)
}

// racing reports whether a migration failed because another process made the same one.
func racing(err error) bool {
	if err == nil {
		return false
	}
	for _, sign := range []string{"already exists", "locked", "UNIQUE constraint"} {
		if strings.Contains(err.Error(), sign) {
			return true
		}
	}
	return false
}

// skipLocked is what a query ends in that picks rows which nobody else is picking. SQLite has one writer at a time.
func (s *Store) skipLocked() string {
	if s.postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// forUpdate is what a query ends in that reads a row in order to change it.
func (s *Store) forUpdate() string {
	if s.postgres {
		return " FOR UPDATE"
	}
	return ""
}

// row is one row of an answer.
type row interface{ Scan(...any) error }

// list reads every row of an answer.
func list[T any](ctx context.Context, tx *sql.Tx, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// one reads the only row of an answer; none is [ErrNotFound].
func one[T any](ctx context.Context, tx *sql.Tx, scan func(row) (T, error), query string, args ...any) (T, error) {
	all, err := list(ctx, tx, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

// exec changes rows and counts them.
func exec(ctx context.Context, tx *sql.Tx, query string, args ...any) (int, error) {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// value reads a row of one column.
func value[T any](r row) (T, error) {
	var v T
	err := r.Scan(&v)
	return v, err
}

// ms is a moment as it is kept: 0 for none.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is the inverse of ms.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// at reads a moment into t.
func at(t *time.Time) sql.Scanner { return instant{t} }

type instant struct{ t *time.Time }

// Scan reads what ms made.
func (i instant) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a moment is %T, not a number", v)
	}
	*i.t = moment(n)
	return nil
}

// plain is a text without the one character that PostgreSQL cannot keep.
func plain(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "")
}

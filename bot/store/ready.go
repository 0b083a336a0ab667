package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// Ready makes the tables if they are not there, and reports what keeps the store from working. It may be called at any
// time; every other method calls it as long as the store has not been ready, though not more often than once a second.
func (s *Store) Ready(ctx context.Context) error { return s.look(ctx, false) }

// usable reports what keeps the store from working, from memory where that will do.
func (s *Store) usable(ctx context.Context) error {
	if s.ready.Load() {
		return nil
	}
	return s.look(ctx, true)
}

// look finds out whether the store is ready, one goroutine at a time. Those who waited for another one, and whoever
// comes within a second, may be content with what was found.
func (s *Store) look(ctx context.Context, content bool) error {
	select {
	case s.checking <- struct{}{}:
		defer func() { <-s.checking }()
	case <-ctx.Done():
		return fmt.Errorf("wait for the store: %w", ctx.Err())
	}
	if content && (s.ready.Load() || s.fault != nil && s.now().Sub(s.checked) < time.Second) {
		return s.fault
	}
	err := s.migrate(ctx)
	if err != nil {
		err = fmt.Errorf("make the store ready: %w", err)
	}
	if ctx.Err() == nil { // That one caller could not wait says nothing of the store.
		s.fault, s.checked = err, s.now()
		s.ready.Store(err == nil)
	}
	return err
}

// migrate brings the tables up to date. SQLite has no lock for that: of several processes that start at once, those
// that find another at work try again.
func (s *Store) migrate(ctx context.Context) error {
	if s.postgres {
		return s.migrateOnce(ctx)
	}
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := s.migrateOnce(ctx)
		if errors.Is(err, ErrNewer) || !racing(err) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(backoff.NewConstantBackOff(25*time.Millisecond)), backoff.WithMaxElapsedTime(10*time.Second))
	return err
}

func (s *Store) migrateOnce(ctx context.Context) error {
	newest, err := s.newest()
	if err != nil {
		return err
	}
	switch version := s.version(ctx); {
	case version > newest:
		return ErrNewer
	case version == newest:
		return nil
	}
	all, err := s.migrations()
	if err != nil {
		return err
	}
	_, err = all.Up(ctx)
	return err
}

// newest is the newest migration that this version knows.
func (s *Store) newest() (int64, error) {
	all, err := s.migrations()
	if err != nil {
		return 0, err
	}
	known := all.ListSources()
	return known[len(known)-1].Version, nil
}

// turn is a lock on a PostgreSQL database that is waited for, and that is free again when its connection ends.
type turn struct{}

// turnKey is whatever no other program locks.
const turnKey = 0x7472696c6174

func (turn) SessionLock(ctx context.Context, c *sql.Conn) error {
	_, err := c.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(turnKey))
	return err
}

func (turn) SessionUnlock(ctx context.Context, c *sql.Conn) error {
	_, err := c.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, int64(turnKey))
	return err
}

// migrations returns what makes the tables.
func (s *Store) migrations() (*goose.Provider, error) {
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.postgres {
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(turn{}))
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err // unreachable: the folder is embedded
	}
	return goose.NewProvider(dialect, s.writes, files, options...)
}

// version is the newest migration that the database has seen: 0 if it has seen none, or cannot be asked.
func (s *Store) version(ctx context.Context) int64 {
	var n int64
	err := s.writes.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&n)
	if err != nil {
		return 0 // Whatever is wrong, making the tables says it better.
	}
	return n
}

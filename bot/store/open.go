package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Store is what outlasts a restart. It is made by [Open], and may be used by several goroutines. Every method does all
// of what it promises or, with an error, nothing of it.
type Store struct {
	reads, writes *sql.DB // the same on PostgreSQL; SQLite has one writer, and waiting for it in Go is fair
	postgres      bool
	now           func() time.Time
	unlock        func() error
	acts          atomic.Int64 // orders the audit entries of one moment

	checking chan struct{} // held by who looks whether the store is ready, and guards what follows
	checked  time.Time
	fault    error
	ready    atomic.Bool
}

// Open opens a store. An error is for a person to mend, as a sentence: [ErrInUse], a folder that cannot be written, an
// address that is none. A database that cannot be reached, or that a newer version wrote, is no error here: every method
// returns one until it can work, and [Store.Ready] tells.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{now: c.Now, unlock: func() error { return nil }, checking: make(chan struct{}, 1)}
	if s.now == nil {
		s.now = time.Now
	}
	open := s.openFile
	if isPostgres(c.Where) {
		open = s.openPostgres
	}
	if err := open(c); err != nil {
		return nil, err
	}
	_ = s.Ready(ctx) // The methods and Ready say what is wrong, when somebody can hear it.
	return s, nil
}

// Close ends the use of the store. What other goroutines are doing with it is done first or fails.
func (s *Store) Close() error {
	err := s.writes.Close()
	if s.reads != s.writes {
		err = errors.Join(s.reads.Close(), err)
	}
	return errors.Join(err, s.unlock())
}

// isPostgres reports whether a place is the address of a PostgreSQL database rather than a file.
func isPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// openPostgres makes the pool of connections, none of which is made before it is needed.
func (s *Store) openPostgres(c Config) error {
	config, err := pgx.ParseConfig(c.Where)
	if err != nil {
		return fmt.Errorf("the address of the store is not one of PostgreSQL: %w", err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	s.reads, s.writes, s.postgres = db, db, true
	return nil
}

const (
	connectTimeout = 5 * time.Second // an answer does not wait longer to be remembered
	connections    = 8               // of one process; PostgreSQL allows a hundred to all
)

// openFile makes the file and its folder, for nobody else to read, and the pools of connections to it.
func (s *Store) openFile(c Config) error {
	if c.Where == "" {
		return errors.New("the store has no place: name a file or a postgres:// address")
	}
	if err := os.MkdirAll(filepath.Dir(c.Where), 0o700); err != nil {
		return fmt.Errorf("the folder of the store cannot be made: %w", err)
	}
	if c.Alone {
		if err := s.lock(c.Where); err != nil {
			return err
		}
	}
	err := touch(c.Where)
	if err == nil {
		s.writes, err = openSQLite(c.Where, 1)
	}
	if err == nil {
		s.reads, err = openSQLite(c.Where, readers)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("the store cannot be opened: %w", err), s.unlock())
	}
	return nil
}

// readers is how many can read an SQLite file at once, while somebody writes.
const readers = 4

// lock keeps every other Store with Alone out of a file until unlock.
func (s *Store) lock(file string) error {
	unlock, err := lockFile(file + ".lock")
	if err != nil {
		return fmt.Errorf("the store %s cannot be locked: %w", file, err)
	}
	s.unlock = unlock
	return nil
}

// touch makes a file that only its owner may read, if it is not there.
func touch(file string) error {
	f, err := os.OpenFile(file, os.O_RDONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// openSQLite makes a pool of at most n connections to a file. A transaction that may write says so when it begins:
// one that finds out later could not wait for its turn.
func openSQLite(file string, n int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", address(file, "_txlock=immediate"+
		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"+
		"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// address is a file as SQLite's URI, so that no character in its name means something else.
func address(file, query string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	return "file:" + u.EscapedPath() + "?" + query
}

package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trilat/bot/store/postgres"
)

// kinds are the databases that every promise holds on.
var kinds = []string{"sqlite", "postgres"}

// both runs a test on both databases, each with an empty one of its own.
func both(t *testing.T, test func(t *testing.T, w *world)) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) { test(t, newWorld(t, kind)) })
	}
}

// world is an empty database, its stores and their clock.
type world struct {
	*Store
	where string
	clock *clock
}

func newWorld(t testing.TB, kind string) *world {
	w := &world{where: filepath.Join(t.TempDir(), "trilat.db"), clock: &clock{now: start}}
	if kind == "postgres" {
		w.where = newDatabase(t)
	}
	w.Store = w.another(t)
	return w
}

// another opens the same database once more, as another process would.
func (w *world) another(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Where: w.where, Now: w.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

var start = time.Date(2026, 3, 18, 9, 0, 0, 0, time.UTC)

// clock is a clock that stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var server struct {
	start     func() (string, error)
	stop      func()
	databases atomic.Int64
}

func TestMain(m *testing.M) {
	server.stop = func() {}
	server.start = sync.OnceValues(func() (string, error) {
		url, stop, err := postgres.Start()
		if err == nil {
			server.stop = stop
		}
		return url, err
	})
	code := m.Run()
	server.stop()
	os.Exit(code)
}

// newDatabase makes an empty database on the one server of these tests.
func newDatabase(t testing.TB) string {
	t.Helper()
	url, err := server.start()
	if errors.Is(err, postgres.ErrAbsent) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	admin, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := fmt.Sprintf("test%d", server.databases.Add(1))
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(url, "/postgres?", "/"+name+"?", 1)
}

// ok ends a test when something went wrong that it does not expect.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// got is ok for what returns something.
func got[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

// wantError fails a test when an error is not the one it expects.
func wantError(t testing.TB, have, want error) {
	t.Helper()
	if !errors.Is(have, want) {
		t.Errorf("have error %v, want %v", have, want)
	}
}

func wantEqual[T comparable](t testing.TB, what string, have, want T) {
	t.Helper()
	if have != want {
		t.Errorf("%s: have %v, want %v", what, have, want)
	}
}

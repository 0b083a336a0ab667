package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// methods is every method that needs the database.
func methods(s *Store) map[string]func(context.Context) error {
	type ctx = context.Context
	return map[string]func(ctx) error{
		"Ready":       s.Ready,
		"First":       func(c ctx) error { _, err := s.First(c, "e1"); return err },
		"Remember":    func(c ctx) error { return s.Remember(c, Receipt{ID: "a1"}) },
		"Receipt":     func(c ctx) error { _, err := s.Receipt(c, "a1"); return err },
		"Amend":       func(c ctx) error { return s.Amend(c, "a1", "") },
		"IsBy":        func(c ctx) error { _, err := s.IsBy(c, "a1", "anna"); return err },
		"Shown":       func(c ctx) error { return s.Shown(c, "a1", Message{}) },
		"Shared":      func(c ctx) error { _, err := s.Shared(c, start); return err },
		"Rate":        func(c ctx) error { return s.Rate(c, "a1", "anna", "helpful") },
		"Stats":       func(c ctx) error { _, err := s.Stats(c, "s1", start); return err },
		"Ask":         func(c ctx) error { return s.Ask(c, Question{ID: "q1"}, Asking{ID: "k1"}) },
		"Question":    func(c ctx) error { _, err := s.Question(c, "q1"); return err },
		"Questions":   func(c ctx) error { _, err := s.Questions(c, "*", Pending, 9); return err },
		"AskedBy":     func(c ctx) error { _, err := s.AskedBy(c, "s1", "anna"); return err },
		"Withdraw":    func(c ctx) error { _, err := s.Withdraw(c, "k1", "anna"); return err },
		"Settle":      func(c ctx) error { return s.Settle(c, "q1", Answered, Actor{}, "", nil, tell, nil) },
		"Merge":       func(c ctx) error { return s.Merge(c, "q1", "q2", Actor{}) },
		"Reopen":      func(c ctx) error { return s.Reopen(c, Question{ID: "q1"}, "k1", "anna") },
		"TeamAnswer":  func(c ctx) error { _, err := s.TeamAnswer(c, "q1"); return err },
		"TeamAnswers": func(c ctx) error { _, err := s.TeamAnswers(c, "s1"); return err },
		"Revise":      func(c ctx) error { return s.Revise(c, TeamAnswer{ID: "q1"}, Actor{}, nil) },
		"Put":         func(c ctx) error { _, err := s.Put(c, Post{Key: "p1"}); return err },
		"Take":        func(c ctx) error { _, err := s.Take(c, 1, time.Minute); return err },
		"Waiting":     func(c ctx) error { _, err := s.Waiting(c, "here", "anna", time.Minute); return err },
		"Sent":        func(c ctx) error { return s.Sent(c, Post{Key: "p1"}, Message{}) },
		"Retry":       func(c ctx) error { return s.Retry(c, Post{Key: "p1"}, start, "") },
		"Hold":        func(c ctx) error { return s.Hold(c, Post{Key: "p1"}, "") },
		"Drop":        func(c ctx) error { return s.Drop(c, Post{Key: "p1"}) },
		"Release":     func(c ctx) error { return s.Release(c, "s1") },
		"Held":        func(c ctx) error { _, err := s.Held(c, "s1", 9); return err },
		"Setup":       func(c ctx) error { _, err := s.Setup(c, "s1"); return err },
		"SetUp":       func(c ctx) error { return s.SetUp(c, Setup{Server: "s1"}, Actor{}, "") },
		"Fault":       func(c ctx) error { _, err := s.Fault(c, "s1", "c1", ""); return err },
		"Mended":      func(c ctx) error { return s.Mended(c, "s1", "c1") },
		"Servers":     func(c ctx) error { _, err := s.Servers(c); return err },
		"Leave":       func(c ctx) error { return s.Leave(c, "s1") },
		"Return":      func(c ctx) error { return s.Return(c, "s1") },
		"Mute":        func(c ctx) error { return s.Mute(c, "s1", "anna", true, Actor{}) },
		"Muted":       func(c ctx) error { _, err := s.Muted(c, "s1", "anna"); return err },
		"Acts":        func(c ctx) error { _, err := s.Acts(c, "s1", 9); return err },
		"About":       func(c ctx) error { _, err := s.About(c, "anna"); return err },
		"Forget":      func(c ctx) error { _, err := s.Forget(c, "anna", nil); return err },
		"Reserve":     func(c ctx) error { _, err := s.Reserve(c, Spender{"s1", "anna"}, Amount{}, Limits{}); return err },
		"Charge":      func(c ctx) error { return s.Charge(c, Reservation{}, Amount{}) },
		"Saved":       func(c ctx) error { return s.Saved(c, Spender{"s1", "anna"}) },
		"Spent":       func(c ctx) error { _, err := s.Spent(c, Spender{"s1", "anna"}); return err },
		"Keep":        func(c ctx) error { _, err := s.Keep(c, Snapshot{}); return err },
		"Snapshot":    func(c ctx) error { _, err := s.Snapshot(c, "r1"); return err },
		"SnapshotAt":  func(c ctx) error { _, err := s.SnapshotAt(c, start); return err },
		"Tidy":        func(c ctx) error { _, err := s.Tidy(c, time.Hour); return err },
	}
}

// anotherTime opens the database again, with whatever is wrong with it.
func (w *world) anotherTime(t *testing.T) *Store {
	t.Helper()
	s := got(Open(t.Context(), Config{Where: w.where, Now: w.clock.Now}))(t)
	t.Cleanup(func() { s.Close() })
	return s
}

func TestNewerDatabaseIsLeftAlone(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		got(w.writes.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)`, true))(t)
		old := w.anotherTime(t)
		for name, call := range methods(old) {
			if err := call(t.Context()); !errors.Is(err, ErrNewer) {
				t.Errorf("%s: have error %v, want %v", name, err, ErrNewer)
			}
		}
		for _, table := range []string{"events", "receipts", "questions", "posts", "servers", "spending", "reservations"} {
			wantEqual(t, "rows of "+table, w.rows(t, table), 0)
		}
		got(w.writes.ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id = 9999`))(t)
		wantError(t, old.Remember(t.Context(), Receipt{ID: "a1"}), ErrNewer)
		w.clock.Move(time.Second)
		ok(t, old.Remember(t.Context(), Receipt{ID: "a1"}))
	})
}

func TestWhoCannotWaitChangesNothing(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for name, call := range methods(w.Store) {
			if err := call(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: have error %v, want %v", name, err, context.Canceled)
			}
		}
		for _, table := range []string{"events", "receipts", "questions", "posts", "servers", "spending", "reservations"} {
			wantEqual(t, "rows of "+table, w.rows(t, table), 0)
		}
		ok(t, w.Remember(t.Context(), Receipt{ID: "a1"}))
	})
}

func TestErrorsSayWhatWasBeingDone(t *testing.T) {
	w := newWorld(t, "sqlite")
	ok(t, w.Close())
	have := fmt.Sprint(w.Remember(t.Context(), Receipt{ID: "a1"}))
	if want := "remember an answer: "; !strings.HasPrefix(have, want) {
		t.Errorf("have %q, want it to begin with %q", have, want)
	}
}

func TestLockedFileFailsAndRecovers(t *testing.T) {
	w := newWorld(t, "sqlite")
	other := got(w.another(t).writes.BeginTx(t.Context(), nil))(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := w.Remember(ctx, w.receipt("a1", "s1", "anna")); err == nil {
		t.Error("have no error while another holds the file, want one")
	}
	_, err := w.Receipt(t.Context(), "a1") // Reading goes on.
	wantError(t, err, ErrNotFound)
	ok(t, other.Rollback())
	ok(t, w.Remember(t.Context(), w.receipt("a1", "s1", "anna")))
}

func TestFullDiskLeavesNothingHalfWritten(t *testing.T) {
	w := newWorld(t, "sqlite")
	long := strings.Repeat("long ", 5000)
	w.ask(t, "q1", "k1", "anna")
	got(w.writes.ExecContext(t.Context(), `PRAGMA max_page_count = 1`))(t) // no more than there are
	full := w.Ask(t.Context(), Question{ID: "q2", Server: "s1", Text: "short"}, Asking{ID: "k2", User: "ben", Text: long}, Post{Key: "p2", Server: "s1"})
	if full == nil {
		t.Fatal("have no error on a full disk, want one")
	}
	if err := w.Settle(t.Context(), "q1", Answered, Actor{}, "", &TeamAnswer{Text: long}, tell, nil); err == nil {
		t.Error("have no error of an answer on a full disk, want one")
	}
	_, err := w.Question(t.Context(), "q2")
	wantError(t, err, ErrNotFound)
	wantEqual(t, "the question that was not answered", got(w.Question(t.Context(), "q1"))(t).State, Pending)
	wantEqual(t, "posts", w.rows(t, "posts"), 0)
	got(w.writes.ExecContext(t.Context(), `PRAGMA max_page_count = 1000000`))(t)
	w.ask(t, "q2", "k2", "ben")
	ok(t, w.Settle(t.Context(), "q1", Answered, Actor{}, "", &TeamAnswer{Text: long}, tell, nil))
}

func TestConnectionsThatWereCutAreMadeAgain(t *testing.T) {
	w := newWorld(t, "postgres")
	admin := w.another(t)
	for range 3 {
		ok(t, w.Remember(t.Context(), w.receipt("a1", "s1", "anna")))
		cut(t, w, admin)
		wantEqual(t, "read after the cut", got(w.Receipt(t.Context(), "a1"))(t).ID, "a1")
		cut(t, w, admin)
		got(w.Put(t.Context(), Post{Key: "p1", Server: "s1"}))(t)
	}
	wantEqual(t, "posts", len(w.deliver(t)), 1)
}

// cut ends every connection of w's store, on the server's side.
func cut(t *testing.T, w *world, admin *Store) {
	t.Helper()
	got(admin.writes.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`))(t)
}

func TestDatabaseThatCannotBeReachedIsNoErrorOfOpen(t *testing.T) {
	s := got(Open(t.Context(), Config{Where: "postgres://trilat@127.0.0.1:1/trilat?sslmode=disable"}))(t)
	defer s.Close()
	for name, call := range methods(s) {
		if call(t.Context()) == nil {
			t.Errorf("%s: have no error, want one", name)
		}
	}
}

func TestPlaceThatIsNoneIsAnErrorOfOpen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	ok(t, os.WriteFile(file, nil, 0o600))
	for name, where := range map[string]string{
		"none":            "",
		"a folder":        t.TempDir(),
		"below a file":    filepath.Join(file, "trilat.db"),
		"no address":      "postgres://nowhere:many",
		"no such setting": "postgres://127.0.0.1/trilat?sslmode=perhaps",
	} {
		if s, err := Open(t.Context(), Config{Where: where}); err == nil {
			s.Close()
			t.Errorf("%s: have no error for %q, want one", name, where)
		}
	}
}

func TestFileIsForOneBotAndItsOwner(t *testing.T) {
	where := filepath.Join(t.TempDir(), "new 100%?#", "trilat.db")
	bot := got(Open(t.Context(), Config{Where: where, Alone: true}))(t)
	ok(t, bot.Remember(t.Context(), Receipt{ID: "a1"}))
	wantMode(t, filepath.Dir(where), 0o700)
	for _, part := range []string{"", "-wal", "-shm", ".lock"} {
		wantMode(t, where+part, 0o600)
	}
	_, err := Open(t.Context(), Config{Where: where, Alone: true})
	wantError(t, err, ErrInUse)
	tool := got(Open(t.Context(), Config{Where: where}))(t)
	wantEqual(t, "what a tool reads", got(tool.Receipt(t.Context(), "a1"))(t).ID, "a1")
	ok(t, tool.Close())
	ok(t, bot.Close())
	next := got(Open(t.Context(), Config{Where: where, Alone: true}))(t)
	ok(t, next.Close())
}

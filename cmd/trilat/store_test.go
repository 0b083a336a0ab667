package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trilat/bot/store"
)

// remembered is a store with a question in it that the team has answered, as a bot leaves it behind.
func remembered(t *testing.T) (where string) {
	t.Helper()
	where = filepath.Join(t.TempDir(), "trilat.db")
	kept, err := store.Open(t.Context(), store.Config{Where: where})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	q := store.Question{ID: "7k2m9q4x1c", Server: "1", Text: "Does the granary sell bread?", State: store.Pending, Asked: now, Last: now}
	waits := store.Question{ID: "8k2m9q4x1c", Server: "1", Text: "Who bakes?", State: store.Pending, Asked: now, Last: now}
	a := store.TeamAnswer{ID: q.ID, Server: "1", Question: q.Text, Text: "The granary sells bread on Fridays.", Source: "from the team",
		By: store.Actor{User: "9", Name: "Teuta"}, At: now, Until: now.Add(time.Hour), Version: 1}
	err = errors.Join(
		kept.Ask(t.Context(), q, store.Asking{ID: q.ID, User: "2", Text: q.Text, At: now}),
		kept.Ask(t.Context(), waits, store.Asking{ID: waits.ID, User: "2", Text: waits.Text, At: now}),
		kept.Settle(t.Context(), q.ID, store.Answered, a.By, "", &a, func(store.Question, store.Asking) store.Post { return store.Post{Key: "told"} }, nil),
		kept.Close())
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func TestWhatIsRememberedIsReadInTheTerminal(t *testing.T) {
	env := map[string]string{"TRILAT_DB": remembered(t), "KNOWLEDGE_DIR": library}
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"inbox"}, exitOK, "Who bakes?"},
		{[]string{"why", "7k2m9q4x1c"}, exitOK, "Teuta"},
		{[]string{"changes", "--json"}, exitOK, `"text"`},
		{[]string{"knowledge", "draft", "7k2m9q4x1c"}, exitOK, "The granary sells bread on Fridays."},
		{[]string{"knowledge", "draft", "8k2m9q4x1c"}, exitFault, "no answer"},
		{[]string{"knowledge", "draft", "nonsense"}, exitFault, "nonsense"},
	} {
		if r := trilatIn(t, env, "", tt.args...); r.code != tt.code || !strings.Contains(r.out, tt.says) {
			t.Errorf("%q: have code %d, %q and %q, want %d and %q", tt.args, r.code, r.out, r.errs, tt.code, tt.says)
		}
	}
}

func TestWithoutAStoreNothingIsMade(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{"HOME": dir, "KNOWLEDGE_DIR": library}
	for _, args := range [][]string{{"inbox"}, {"why", "7k2m9q4x1c"}, {"knowledge", "draft", "7k2m9q4x1c"}, {"store", "backup", filepath.Join(dir, "copy.db")}} {
		r := trilatIn(t, env, "", args...)
		if r.code != exitFault || r.out != "" || !strings.Contains(r.errs, "nothing is remembered yet") {
			t.Errorf("%q: have code %d, %q and %q", args, r.code, r.out, r.errs)
		}
	}
	if r := trilatIn(t, env, "", "ask", "When is the library open?"); r.code != exitOK || r.errs != "" {
		t.Errorf("ask: have code %d and %q", r.code, r.errs)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) > 0 {
		t.Errorf("have %v in the empty folder, %v", all, err)
	}
}

// A draft goes into the folder as a file that the linter accepts, and never over another.
func TestADraftIsAddedOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(library)); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"TRILAT_DB": remembered(t), "KNOWLEDGE_DIR": dir}
	args := []string{"knowledge", "draft", "7k2m9q4x1c", "--to", dir}
	first := trilatIn(t, env, "", args...)
	if first.code != exitOK || !strings.HasPrefix(first.out, filepath.Join(dir, "en")) {
		t.Fatalf("have code %d, %q and %q", first.code, first.out, first.errs)
	}
	if r := trilatIn(t, env, "", "knowledge", "check", dir); r.code != exitOK || !strings.Contains(r.out, "0 errors") {
		t.Errorf("the linter: have code %d and %s", r.code, r.out)
	}
	if r := trilatIn(t, env, "", "ask", "Does the granary sell bread?"); !strings.Contains(r.out, "on Fridays") {
		t.Errorf("the bot says %q", r.out)
	}
	name, _, _ := strings.Cut(first.out, " is written")
	if err := os.WriteFile(name, []byte("# Mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := trilatIn(t, env, "", args...); r.code != exitFault || !strings.Contains(r.errs, "stays as it is") {
		t.Errorf("again: have code %d and %q", r.code, r.errs)
	}
	if data, err := os.ReadFile(name); err != nil || string(data) != "# Mine\n" {
		t.Errorf("the file was changed to %q, %v", data, err)
	}
	if r := trilatIn(t, env, "", "knowledge", "draft", "7k2m9q4x1c", "--to", filepath.Join(dir, "missing")); r.code != exitUsage {
		t.Errorf("no folder: have code %d and %q", r.code, r.errs)
	}
}

func TestACopyIsPutBack(t *testing.T) {
	where := remembered(t)
	env := map[string]string{"TRILAT_DB": where, "KNOWLEDGE_DIR": library}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if r := trilatIn(t, env, "", "store", "backup", copied); r.code != exitOK || !strings.Contains(r.out, copied) {
		t.Fatalf("backup: have code %d, %q and %q", r.code, r.out, r.errs)
	}
	if r := trilatIn(t, env, "", "store", "backup", copied); r.code != exitFault {
		t.Errorf("backup over a file: have code %d and %q", r.code, r.errs)
	}
	if err := os.Remove(where); err != nil {
		t.Fatal(err)
	}
	if r := trilatIn(t, env, "", "store", "restore", copied); r.code != exitUsage || !strings.Contains(r.errs, "add --yes") {
		t.Errorf("without --yes: have code %d and %q", r.code, r.errs)
	}
	if r := trilatIn(t, env, "", "store", "restore", "--yes", copied); r.code != exitOK {
		t.Fatalf("restore: have code %d and %q", r.code, r.errs)
	}
	if r := trilatIn(t, env, "", "inbox"); !strings.Contains(r.out, "Who bakes?") {
		t.Errorf("after it: have %q and %q", r.out, r.errs)
	}
}

func TestOfTwoBotsOnOneFileTheSecondEnds(t *testing.T) {
	where := remembered(t)
	kept, err := store.Open(t.Context(), store.Config{Where: where, Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	env := map[string]string{"TRILAT_DB": where, "KNOWLEDGE_DIR": library}
	for _, args := range [][]string{{"serve"}, {"store", "restore", "--yes", where}} {
		if r := trilatIn(t, env, "", args...); r.code == exitOK || !strings.Contains(r.errs, "another bot uses "+where) {
			t.Errorf("%q: have code %d and %q", args, r.code, r.errs)
		}
	}
	if r := trilatIn(t, env, "", "serve"); r.code != exitUsage {
		t.Errorf("serve: have code %d, want %d, which starts no second attempt", r.code, exitUsage)
	}
}

// A database that is down keeps nobody from being answered, and its password is told to nobody.
func TestADatabaseThatIsDownIsLogged(t *testing.T) {
	const url = "postgres://trilat:secret@127.0.0.1:1/answers?sslmode=disable"
	var logged bytes.Buffer
	kept, end, err := memory(t.Context(), url, time.Now, slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	end()
	finding := storeFinding(t.Context(), url)
	tool := trilatIn(t, map[string]string{"TRILAT_DB": url, "KNOWLEDGE_DIR": library}, "", "inbox")
	if kept == nil || tool.code != exitFault || finding.Fix == "" {
		t.Errorf("have %v, code %d, %+v", kept, tool.code, finding)
	}
	for _, said := range []string{logged.String(), finding.Said, tool.errs} {
		if !strings.Contains(said, "PostgreSQL at 127.0.0.1:1/answers") || strings.Contains(said, "secret") {
			t.Errorf("have %q", said)
		}
	}
}

func TestTheLocalDiscordsStoreIsGoneAtTheEnd(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	kept, end, err := memory(t.Context(), "", time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("have %v, %v, want one folder", all, err)
	}
	end()
	if all, err := os.ReadDir(dir); err != nil || len(all) != 0 {
		t.Errorf("have %v at the end, %v", all, err)
	}
}

// An error is logged when it begins, and so is its end; a note brings the next turn at once.
func TestUpkeepIsDoneAgain(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var logged bytes.Buffer
	again := make(chan struct{}, 1)
	turns := []error{nil, errors.New("the disk is full"), errors.New("the disk is full"), nil, nil}
	upkeep(ctx, time.Hour, again, slog.New(slog.NewTextHandler(&logged, nil)), func(context.Context) error {
		err := turns[0]
		if turns = turns[1:]; len(turns) == 0 {
			stop()
		}
		again <- struct{}{}
		return err
	})
	if said := logged.String(); strings.Count(said, "\n") != 2 || !strings.Contains(said, "the disk is full") || !strings.Contains(said, "works again") {
		t.Errorf("have %q, want the beginning and the end of what was wrong", said)
	}
}

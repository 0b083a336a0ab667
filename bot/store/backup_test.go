package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestBackupIsRestoredAsItWas(t *testing.T) {
	w := newWorld(t, "sqlite")
	ok(t, w.Remember(t.Context(), w.receipt("a1", "s1", "anna")))
	file := filepath.Join(t.TempDir(), "copy.db")
	ok(t, w.Backup(t.Context(), file))
	wantMode(t, file, 0o600)
	ok(t, w.Remember(t.Context(), w.receipt("a2", "s1", "anna")))
	if err := w.Backup(t.Context(), file); err == nil {
		t.Error("have no error, want one for a file that is there")
	}
	ok(t, w.Close())
	ok(t, Restore(t.Context(), Config{Where: w.where}, file))
	s := w.another(t)
	wantEqual(t, "anna's receipt that was copied", got(s.IsBy(t.Context(), "a1", "anna"))(t), true)
	_, err := s.Receipt(t.Context(), "a2")
	wantError(t, err, ErrNotFound)
	aside := got(Open(t.Context(), Config{Where: w.where + ".before-restore", Now: w.clock.Now}))(t)
	defer aside.Close()
	wantEqual(t, "what was there before", got(aside.Receipt(t.Context(), "a2"))(t).ID, "a2")
}

func TestRestoreMakesAStoreWhereThereIsNone(t *testing.T) {
	w := newWorld(t, "sqlite")
	ok(t, w.Remember(t.Context(), w.receipt("a1", "s1", "anna")))
	dir := t.TempDir()
	ok(t, w.Backup(t.Context(), filepath.Join(dir, "copy.db")))
	where := filepath.Join(dir, "new", "trilat.db")
	ok(t, Restore(t.Context(), Config{Where: where}, filepath.Join(dir, "copy.db")))
	s := got(Open(t.Context(), Config{Where: where, Now: w.clock.Now}))(t)
	defer s.Close()
	wantEqual(t, "receipt", got(s.Receipt(t.Context(), "a1"))(t).ID, "a1")
}

func TestRestoreRefusesWhatWouldLoseTheStore(t *testing.T) {
	w := newWorld(t, "sqlite")
	ok(t, w.Remember(t.Context(), w.receipt("a1", "s1", "anna")))
	dir := t.TempDir()
	file := func(name, text string) string {
		ok(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		return filepath.Join(dir, name)
	}
	copied, newer := filepath.Join(dir, "copy.db"), filepath.Join(dir, "newer.db")
	ok(t, w.Backup(t.Context(), copied))
	ok(t, w.Backup(t.Context(), newer))
	tomorrow := got(openSQLite(newer, 1))(t)
	got(tomorrow.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`))(t)
	ok(t, tomorrow.Close())
	whole, err := os.ReadFile(copied)
	ok(t, err)
	for name, test := range map[string]struct {
		file string
		want error
	}{
		"absent":  {filepath.Join(dir, "absent.db"), fs.ErrNotExist},
		"empty":   {file("empty.db", ""), nil},
		"text":    {file("text.db", "this is a letter, and no database at all"), nil},
		"cut off": {file("cut.db", string(whole[:len(whole)/2])), nil},
		"newer":   {newer, ErrNewer},
	} {
		err := Restore(t.Context(), Config{Where: w.where}, test.file)
		if err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: have error %v, want one like %v", name, err, test.want)
		}
	}
	bot := got(Open(t.Context(), Config{Where: w.where, Alone: true, Now: w.clock.Now}))(t)
	wantError(t, Restore(t.Context(), Config{Where: w.where}, copied), ErrInUse)
	wantEqual(t, "the store all the while", got(bot.Receipt(t.Context(), "a1"))(t).ID, "a1")
	ok(t, bot.Close())
	left, err := filepath.Glob(filepath.Join(filepath.Dir(w.where), ".*"))
	ok(t, err)
	wantEqual(t, "files left behind", len(left), 0)
}

func TestPostgresIsCopiedByItsOwnPrograms(t *testing.T) {
	w := newWorld(t, "postgres")
	if err := w.Backup(t.Context(), filepath.Join(t.TempDir(), "copy.db")); err == nil {
		t.Error("have no error of Backup, want one that names pg_dump")
	}
	if err := Restore(t.Context(), Config{Where: w.where}, "copy.db"); err == nil {
		t.Error("have no error of Restore, want one that names pg_restore")
	}
}

// wantMode fails a test when others may do with a file what they should not.
func wantMode(t *testing.T, file string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(file)
	ok(t, err)
	wantEqual(t, "mode of "+file, info.Mode().Perm(), want)
}

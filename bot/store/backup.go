package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of an SQLite store to a new file, while bots run. A file that is there already is
// left as it is, with an error.
func (s *Store) Backup(ctx context.Context, file string) error {
	if s.postgres {
		return errors.New("copy a PostgreSQL store with pg_dump")
	}
	if err := s.usable(ctx); err != nil {
		return fmt.Errorf("copy the store: %w", err)
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copy the store: there is something at %s already", file)
	}
	return replace(file, func(temporary string) error {
		_, err := s.reads.ExecContext(ctx, `VACUUM INTO $1`, temporary)
		return err
	})
}

// replace puts a file in its place only when it is whole: fill fills an empty one beside it first.
func replace(file string, fill func(temporary string) error) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return fmt.Errorf("make %s: %w", file, err)
	}
	err = fill(temporary.Name())
	if err == nil {
		err = temporary.Sync()
	}
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", file, err), os.Remove(temporary.Name()))
	}
	return nil
}

// Restore puts a copy in the place of an SQLite store, when no bot runs ([ErrInUse]), after checking that it is one
// ([ErrNewer] if a newer version made it). What was there before stays beside it, with ".before-restore" added to its name.
func Restore(ctx context.Context, c Config, file string) error {
	if isPostgres(c.Where) {
		return errors.New("restore a PostgreSQL store with pg_restore")
	}
	if err := check(ctx, file); err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(c.Where), 0o700); err != nil {
		return fmt.Errorf("the folder of the store cannot be made: %w", err)
	}
	unlock, err := lockFile(c.Where + ".lock")
	if err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	err = replace(c.Where, func(temporary string) error {
		if err := copyFile(temporary, file); err != nil {
			return err
		}
		return setAside(c.Where)
	})
	return errors.Join(err, unlock())
}

// check reports why a file is not a store, or not a whole one.
func check(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", address(file, "mode=ro&immutable=1"))
	if err != nil {
		return err
	}
	defer db.Close()
	var health string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&health); err != nil {
		return err
	}
	if health != "ok" {
		return fmt.Errorf("it is damaged: %s", health)
	}
	s := &Store{writes: db}
	newest, err := s.newest()
	if err != nil {
		return err
	}
	switch version := s.version(ctx); {
	case version == 0:
		return errors.New("it is not a store")
	case version > newest:
		return ErrNewer
	}
	return nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// setAside renames a store with its journal, in place of what was set aside before.
func setAside(file string) error {
	for _, part := range []string{"", "-wal", "-shm"} {
		aside := file + ".before-restore" + part
		if err := os.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Rename(file+part, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"trilat/bot"
	"trilat/bot/discord"
	"trilat/bot/store"
)

// memory opens the store for a bot that runs, and returns what closes it. A store that does not work at present will do:
// the bot answers without it until it does.
func memory(ctx context.Context, where string, now func() time.Time, log *slog.Logger) (kept *store.Store, end func(), err error) {
	forget := func() error { return nil }
	if where == "" {
		dir, err := os.MkdirTemp("", "trilat-")
		if err != nil {
			return nil, nil, fmt.Errorf("make a folder for the store: %w", err)
		}
		where, forget = filepath.Join(dir, "trilat.db"), func() error { return os.RemoveAll(dir) }
	}
	kept, err = store.Open(ctx, store.Config{Where: where, Now: now, Alone: true})
	if err != nil {
		return nil, nil, unfit{errors.Join(cannotOpen(where, err), forget())}
	}
	if err := ready(ctx, kept); err != nil {
		log.Error("the store does not work at present; questions are answered, and nothing is remembered", "store", named(where), "err", err)
	}
	return kept, func() {
		if err := errors.Join(kept.Close(), forget()); err != nil {
			log.Error("the store was not closed well", "err", err)
		}
	}, nil
}

// cannotOpen says why a store cannot be opened, and what to do.
func cannotOpen(where string, err error) error {
	if errors.Is(err, store.ErrInUse) {
		return fmt.Errorf("another bot uses %s: end it first, or set TRILAT_DB to another file", named(where))
	}
	return fmt.Errorf("the store %s cannot be opened, see TRILAT_DB: %w", named(where), err)
}

// readyWithin is how long a store is waited for, when a database does not answer.
const readyWithin = 5 * time.Second

func ready(ctx context.Context, kept *store.Store) error {
	ctx, stop := context.WithTimeout(ctx, readyWithin)
	defer stop()
	return kept.Ready(ctx)
}

// named is a store as people are told of it, without what is secret in a URL.
func named(where string) string {
	if !onServer(where) {
		return where
	}
	u, err := url.Parse(where)
	if err != nil {
		return "PostgreSQL"
	}
	return "PostgreSQL at " + u.Host + u.Path
}

// made reports whether there is a store that can be opened without making one.
func made(where string) bool {
	if onServer(where) {
		return true
	}
	_, err := os.Stat(where)
	return !errors.Is(err, fs.ErrNotExist)
}

// existing opens the store that a bot has made. Bots may use it meanwhile.
func (t *tool) existing() (*store.Store, error) {
	where, err := t.where()
	if err != nil {
		return nil, usage{err}
	}
	if !made(where) {
		return nil, fmt.Errorf("nothing is remembered yet: there is no %s. A bot that runs makes it, at the place that TRILAT_DB names", where)
	}
	kept, err := store.Open(t.ctx, store.Config{Where: where})
	if err != nil {
		return nil, cannotOpen(where, err)
	}
	if err := ready(t.ctx, kept); err != nil {
		return nil, errors.Join(fmt.Errorf("the store %s does not work at present: %w", named(where), err), kept.Close())
	}
	return kept, nil
}

// remembering calls do with a bot that knows what was remembered.
func (t *tool) remembering(do func(*bot.Bot) error) error {
	kept, err := t.existing()
	if err != nil {
		return err
	}
	b, err := t.bot(kept)
	if err == nil {
		err = do(b)
	}
	return errors.Join(err, kept.Close())
}

// forgetful calls do with a bot that has no store, and makes none.
func (t *tool) forgetful(do func(*bot.Bot) error) error {
	b, err := t.bot(nil)
	if err != nil {
		return err
	}
	return do(b)
}

// storeFinding is what the doctor says of a store.
func storeFinding(ctx context.Context, where string) discord.Finding {
	f := discord.Finding{Name: "store", Said: named(where)}
	if !made(where) {
		f.Said += " is not there yet; the bot makes it when it starts"
		return f
	}
	kept, err := store.Open(ctx, store.Config{Where: where})
	if err == nil {
		err = errors.Join(ready(ctx, kept), kept.Close())
	}
	if err != nil {
		f.Said += ": " + err.Error()
		f.Fix = "see that TRILAT_DB names a file that the bot may write, or a database that can be reached"
	}
	if errors.Is(err, store.ErrNewer) {
		f.Fix = "start the version of trilat that wrote it, or a newer one, or set TRILAT_DB to another store"
	}
	return f
}

// storeCommands are for those who run the bot.
type storeCommands struct {
	Backup  backupCommand  `cmd:"" help:"Copy what the bot remembers to a new file, also while it runs."`
	Restore restoreCommand `cmd:"" help:"Put such a copy in the place of what the bot remembers."`
}

func (c *storeCommands) Help() string { return "Example: trilat store backup monday.db" }

type backupCommand struct {
	File string `arg:"" help:"The copy, which is not there yet."`
}

func (c *backupCommand) Help() string {
	return `The copy is of one moment, and complete. For a store on PostgreSQL use pg_dump.

Example: trilat store backup monday.db`
}

func (c *backupCommand) Run(t *tool) error {
	kept, err := t.existing()
	if err != nil {
		return err
	}
	if err := errors.Join(kept.Backup(t.ctx, c.File), kept.Close()); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "What the bot remembers is copied to %s.\n", c.File)
	return nil
}

type restoreCommand struct {
	File string `arg:"" help:"The copy, made by trilat store backup."`
	Yes  bool   `help:"Do it, instead of saying what would be done."`
}

func (c *restoreCommand) Help() string {
	return `The bot must have ended. For a store on PostgreSQL use pg_restore.

Example: trilat store restore monday.db --yes`
}

func (c *restoreCommand) Run(t *tool) error {
	where, err := t.where()
	if err != nil {
		return usage{err}
	}
	if !c.Yes {
		return usage{fmt.Errorf("%s would take the place of %s, which would be kept beside it: add --yes to do that", c.File, named(where))}
	}
	err = store.Restore(t.ctx, store.Config{Where: where}, c.File)
	if errors.Is(err, store.ErrInUse) {
		return cannotOpen(where, err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s is in the place of %s.\n", c.File, named(where))
	return nil
}

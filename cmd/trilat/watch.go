package main

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"trilat/bot"
	"trilat/knowledge"
)

// reloadEvery is how often the folder is looked at. Its content is compared, since file events miss new folders, and
// folders that are mounted or replaced as a whole.
const reloadEvery = 3 * time.Second

// watch reads the folder again whenever its content changes, until ctx ends. A folder with errors is reported once, by
// file and line, and what was read before stays in use.
func watch(ctx context.Context, log *slog.Logger, files fs.FS, b *bot.Bot, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	seen := b.Revision()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		seen = reload(log, files, b, seen)
	}
}

// reload brings the bot up to date if the folder is another than the one seen last, and returns what it has seen now.
func reload(log *slog.Logger, files fs.FS, b *bot.Bot, seen string) string {
	revision, err := knowledge.Revision(files)
	if err != nil {
		revision = err.Error() // another revision, which cannot be read
	}
	if revision == seen {
		return seen
	}
	base, faults := knowledge.Load(files)
	if base == nil {
		for _, f := range faults {
			if !f.Warning {
				log.Error("the knowledge folder has an error; the texts read before stay in use", "fault", f.String())
			}
		}
		return revision
	}
	if base.Revision != b.Revision() {
		b.Reload(base)
		log.Info("the knowledge folder was read again", "revision", base.Revision, "passages", len(base.Passages))
	}
	return base.Revision
}

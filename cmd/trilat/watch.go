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

// watcher keeps a bot up to date with the folder of its texts.
type watcher struct {
	bot   *bot.Bot
	files fs.FS
	log   *slog.Logger

	fresh chan<- struct{} // gets a note, if there is room, when the folder was read again; nil: nobody waits

	used, last string // the revisions that were acted on, and seen at the last look
}

func newWatcher(b *bot.Bot, files fs.FS, log *slog.Logger) *watcher {
	return &watcher{bot: b, files: files, log: log, used: b.Revision(), last: b.Revision()}
}

// watch looks at the folder now and then, until ctx ends.
func (w *watcher) watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.look()
		}
	}
}

// look reads the folder again when it has changed, and stays as it is from one look to the next: what is being written
// may be half there. A folder with errors is reported once, by file and line, and what was read before stays in use.
func (w *watcher) look() {
	revision, err := knowledge.Revision(w.files)
	if err != nil {
		revision = err.Error() // another revision, which cannot be read
	}
	settled := revision == w.last
	w.last = revision
	if !settled || revision == w.used {
		return
	}
	w.used = revision
	base, faults := knowledge.Load(w.files)
	for _, f := range faults {
		if f.Warning {
			w.log.Warn("the knowledge folder has a fault", "fault", f.String())
		} else {
			w.log.Error("the knowledge folder has an error; the texts read before stay in use", "fault", f.String())
		}
	}
	if base != nil && base.Revision != w.bot.Revision() {
		w.bot.Reload(base)
		select {
		case w.fresh <- struct{}{}:
		default:
		}
		w.log.Info("the knowledge folder was read again", "revision", base.Revision, "passages", len(base.Passages))
	}
}

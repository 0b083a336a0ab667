package main

import (
	"context"
	"log/slog"
	"time"
)

// upkeepEvery is how often the bot looks for what is to be done unasked.
const upkeepEvery = time.Minute

// upkeep calls do at once, now and then, and whenever there is a note in again, until ctx ends. It says when that begins
// to fail, and when it works again.
func upkeep(ctx context.Context, every time.Duration, again <-chan struct{}, log *slog.Logger, do func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for failing := false; ; {
		err := do(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			log.Error("upkeep", "err", err)
		case err == nil && failing:
			log.Info("upkeep works again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-again:
		}
	}
}

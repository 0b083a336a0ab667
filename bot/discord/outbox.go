package discord

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"trilat/bot"
)

// outbox sends what the bot says unasked, to several places at once and to each in order.
//
// A post belongs to this process for [bot.Lease], of which half is left for it to begin. An attempt is short, so that it
// and its report are over before somebody else may begin; what an attempt leaves open, the next one looks for.
type outbox struct {
	wake     <-chan struct{}
	due      func(context.Context) ([]bot.Post, error)
	posted   func(ctx context.Context, p bot.Post, channel, message string) error
	unposted func(context.Context, bot.Post, bot.Trouble, error) error
	send     sender
	log      *slog.Logger
	figures  *figures
	slots    chan struct{}
	ailing   bool // the bot could not say what is due
}

// sent is where a post stands.
type sent struct{ channel, message string }

// How often it is looked for posts that come without a note, how many are sent at once, and how long an attempt and its
// report may take.
const (
	lookAgain   = time.Second
	maxPosts    = 8
	attemptTime = 20 * time.Second
	reportTime  = 5 * time.Second
)

func newOutbox(b *bot.Bot, send sender, log *slog.Logger, figures *figures) *outbox {
	return &outbox{
		wake: b.Wake(), due: b.Posts, posted: b.Posted, unposted: b.Unposted,
		send: send, log: log, figures: figures, slots: make(chan struct{}, maxPosts),
	}
}

// run sends posts until ctx ends, and returns when those under way are over, which they are soon after work ends.
func (o *outbox) run(ctx, work context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		o.empty(ctx, work, &all)
		select {
		case <-o.wake:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// empty begins to send whatever is due.
func (o *outbox) empty(ctx, work context.Context, all *sync.WaitGroup) {
	for ctx.Err() == nil {
		late := time.Now().Add(bot.Lease / 2)
		posts := o.take(ctx)
		if len(posts) == 0 {
			return
		}
		for _, lane := range lanes(posts) {
			select {
			case o.slots <- struct{}{}:
			case <-ctx.Done():
				return // others are handed what is left
			}
			all.Go(func() {
				defer func() { <-o.slots }()
				for _, p := range lane {
					if time.Now().Before(late) {
						o.deliver(work, p, o.send)
					}
				}
			})
		}
	}
}

// take is what is due. That the bot can not say so is logged once, until it can again.
func (o *outbox) take(ctx context.Context) (posts []bot.Post) {
	err := safely(func() (err error) {
		posts, err = o.due(ctx)
		return err
	})
	switch {
	case ctx.Err() != nil:
	case err != nil && !o.ailing:
		o.log.Error("no posts to be had", "err", err)
	case err == nil && o.ailing:
		o.log.Info("posts to be had again")
	}
	o.ailing = err != nil
	return posts
}

// lanes are the posts by where they go, each in order.
func lanes(posts []bot.Post) [][]bot.Post {
	var all [][]bot.Post
	at := map[[2]string]int{}
	for _, p := range posts {
		to := [2]string{p.Channel, p.User}
		n, known := at[to]
		if !known {
			n, all = len(all), append(all, nil)
			at[to] = n
		}
		all[n] = append(all[n], p)
	}
	return all
}

// sender sends a post and returns where it stands.
type sender func(context.Context, bot.Post) (sent, error)

// deliver sends a post in some way and reports what became of it, also when the end cuts it short.
func (o *outbox) deliver(ctx context.Context, p bot.Post, send sender) {
	var at sent
	err := safely(func() (err error) {
		ctx, cancel := context.WithTimeout(ctx, attemptTime)
		defer cancel()
		at, err = send(ctx, p)
		return err
	})
	o.report(ctx, p, at, err)
}

// report tells the bot what became of a post.
func (o *outbox) report(ctx context.Context, p bot.Post, at sent, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	became := "sent"
	failed := safely(func() error {
		if err == nil {
			return o.posted(ctx, p, at.channel, at.message)
		}
		trouble := troubleOf(p, err)
		var level slog.Level
		became, level = nameOf(trouble, err)
		o.log.Log(ctx, level, "post not sent", "nonce", p.Nonce, "trouble", became, "err", err)
		return o.unposted(ctx, p, trouble, err)
	})
	o.figures.posts.WithLabelValues(became).Inc()
	if failed != nil {
		o.log.Error("post not recorded", "nonce", p.Nonce, "became", became, "err", failed)
	}
}

// troubleOf is what an error means for a post: Discord says for good that a place is closed, or that a message is none.
func troubleOf(p bot.Post, err error) bot.Trouble {
	var r *refusal
	switch {
	case errors.Is(err, errMissing):
		return bot.Missing
	case unfit(err):
		return bot.Barred
	case !errors.As(err, &r), r.status != http.StatusForbidden && r.status != http.StatusNotFound:
		return bot.Passing
	case p.User != "":
		return bot.Shut
	}
	return bot.Barred
}

// nameOf is how figures and the log name a trouble, and how loudly the log tells of it: what Discord finds fault with is
// ours to mend, what is closed somebody else's, and the rest is life.
func nameOf(t bot.Trouble, err error) (name string, level slog.Level) {
	switch {
	case unfit(err):
		return "unfit", slog.LevelError
	case t == bot.Barred:
		return "barred", slog.LevelWarn
	case t == bot.Shut:
		return "shut", slog.LevelDebug
	case t == bot.Missing:
		return "missing", slog.LevelDebug
	}
	return "passing", slog.LevelDebug
}

package discord

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	"trilat/bot"
)

// PostDue sends what the bot has to say unasked until nothing more is due, and returns how many messages stand where they
// should. It is for a Front that does not run, beside others that may, and needs no connection to the gateway. The error,
// a sentence, tells of what could not be sent; the bot knows of it, and what may still be sent is due again later.
func (f *Front) PostDue(ctx context.Context) (posted int, err error) {
	if err := f.ask(ctx); err != nil {
		return 0, err
	}
	tally := tally{left: map[string]error{}}
	o := *f.outbox
	tally.follow(&o)
	var all sync.WaitGroup
	o.empty(ctx, ctx, &all)
	all.Wait()
	return tally.posted, errors.Join(tally.dry, tally.remainder())
}

// ask learns who the bot is without the gateway.
func (f *Front) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var me user
	err := f.rest.do(ctx, route{http.MethodGet, "users/@me", nil}, nil, &me)
	var r *refusal
	if errors.As(err, &r) && r.status == http.StatusUnauthorized {
		return &mendable{"Discord does not accept the token: copy the bot's token from the Developer Portal again"}
	}
	if err != nil {
		return fmt.Errorf("ask Discord who the bot is: %w", err)
	}
	f.self.know(me.ID, "")
	return nil
}

// tally is what became of the posts of an outbox.
type tally struct {
	mu     sync.Mutex
	posted int
	left   map[string]error // why posts were not sent, by nonce
	dry    error            // why the bot could not say what is due
}

// follow has an outbox tell the tally of all that it reports.
func (t *tally) follow(o *outbox) {
	due, posted, unposted := o.due, o.posted, o.unposted
	o.due = func(ctx context.Context) ([]bot.Post, error) {
		posts, err := due(ctx)
		t.dry = err
		return posts, err
	}
	o.posted = func(ctx context.Context, p bot.Post, channel, message string) error {
		err := posted(ctx, p, channel, message)
		t.note(p.Nonce, err)
		return err
	}
	o.unposted = func(ctx context.Context, p bot.Post, trouble bot.Trouble, why error) error {
		t.note(p.Nonce, why)
		return unposted(ctx, p, trouble, why)
	}
}

// note keeps what became of a post at last.
func (t *tally) note(nonce string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.left, nonce)
	if err != nil {
		t.left[nonce] = err
		return
	}
	t.posted++
}

// remainder says that some posts were not sent, and why one of them; nil when all were.
func (t *tally) remainder() error {
	if len(t.left) == 0 {
		return nil
	}
	one := slices.Min(slices.Collect(maps.Keys(t.left)))
	return fmt.Errorf("%d could not be sent: %w", len(t.left), t.left[one])
}

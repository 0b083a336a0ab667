package discord

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"trilat/bot"
	"trilat/bot/playground"
)

// What is due is sent without a connection to the gateway, and what may be there already is looked for.
func TestWhatIsDueIsPostedWithoutTheGateway(t *testing.T) {
	t.Parallel()
	p := newPile(nil)
	d := closed(t, func(f *Front) { p.hand(f.outbox) })
	first, second := letter(d.channels["team"], "One."), letter(d.channels["general"], "Two.")
	first.Since = d.local.Now()
	p.posts <- []bot.Post{first, second}
	if posted, err := d.front.PostDue(t.Context()); posted != 2 || err != nil {
		t.Fatalf("have %d posted and %v, want 2", posted, err)
	}
	first.Again = true
	p.posts <- []bot.Post{first}
	if posted, err := d.another(func(f *Front) { p.hand(f.outbox) }).PostDue(t.Context()); posted != 1 || err != nil {
		t.Errorf("have %d posted and %v, want the one that is there", posted, err)
	}
	if posted, err := d.front.PostDue(t.Context()); posted != 0 || err != nil {
		t.Errorf("have %d posted and %v when nothing is due", posted, err)
	}
	for _, channel := range []string{"team", "general"} {
		d.only("ivo", channel)
	}
	if len(d.requests("GET", "/gateway")) > 0 {
		t.Error("the gateway is asked for")
	}
}

// What could not be sent is said, and the rest is sent.
func TestWhatCouldNotBePostedIsSaid(t *testing.T) {
	t.Parallel()
	p := newPile(nil)
	d := closed(t, func(f *Front) { p.hand(f.outbox) })
	p.posts <- []bot.Post{letter(d.channels["quiet"], "Secret."), letter(d.channels["general"], "Open.")}
	posted, err := d.front.PostDue(t.Context())
	if posted != 1 || err == nil || !strings.Contains(err.Error(), "1 could not be sent") || !strings.Contains(err.Error(), "Missing Access") {
		t.Errorf("have %d posted and %v, want 1 and why the other is not", posted, err)
	}
	down := errors.New("the shelf is locked")
	d.front.outbox.due = func(context.Context) ([]bot.Post, error) { return nil, down }
	if _, err := d.front.PostDue(t.Context()); !errors.Is(err, down) {
		t.Errorf("have %v, want %v", err, down)
	}
	d.breakdown(playground.Fault{Kind: "status", Match: "GET */users/@me", Status: http.StatusUnauthorized})
	if _, err := d.front.PostDue(t.Context()); err == nil || !strings.Contains(err.Error(), "Developer Portal") {
		t.Errorf("have %v of a token that is not accepted", err)
	}
}

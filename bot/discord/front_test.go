package discord

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"trilat/bot/playground"
)

func TestAllFaultsOfAConfigurationAreTold(t *testing.T) {
	_, err := New(Config{Token: " ", Guild: "Adriatic Desk", API: "127.0.0.1:8025"})
	for _, want := range []string{"token is needed", "a space", "needs a bot", "not an id", "another Discord"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("have %v, want %q in it", err, want)
		}
	}
	f, err := New(Config{Token: "t", Bot: library(t)})
	if err != nil || f.Ready() {
		t.Errorf("have %v", err)
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ana := d.watch("ana")
	d.breakdown(playground.Fault{Kind: "status", Status: 503, Match: "POST */callback", Times: 1})
	d.run("ana", "questions", "about")
	ana.message()
	want := strings.NewReader(`
# HELP trilat_discord_events_total Interactions and messages that were for the bot, by command and what became of them.
# TYPE trilat_discord_events_total counter
trilat_discord_events_total{command="about",outcome="answered"} 1
# HELP trilat_discord_gateway_up Whether the gateway is connected: 1 or 0.
# TYPE trilat_discord_gateway_up gauge
trilat_discord_gateway_up 1
`)
	d.until("it is counted", func() bool { return testutil.CollectAndCount(d.front.figures.interactions) > 0 })
	err := testutil.GatherAndCompare(d.front.Metrics(), want, "trilat_discord_events_total", "trilat_discord_gateway_up")
	if err != nil {
		t.Error(err)
	}
	requests := d.front.figures.requests
	for status, want := range map[string]float64{"503": 1, "204": 1} {
		have := testutil.ToFloat64(requests.With(prometheus.Labels{"method": "POST", "route": "interactions/{!}/{!}/callback", "status": status}))
		if have != want {
			t.Errorf("have %v callbacks with status %s, want %v", have, status, want)
		}
	}
}

// What is too much is refused at once; what is in waits its turn.
func TestTheCrewIsBounded(t *testing.T) {
	t.Parallel()
	c := &crew{working: make(chan struct{}, 1), inside: make(chan struct{}, 2)}
	gate, begun := make(chan struct{}), make(chan struct{}, 3)
	task := func(context.Context) {
		begun <- struct{}{}
		<-gate
	}
	var all sync.WaitGroup
	all.Go(func() { c.run(t.Context(), task) })
	<-begun
	all.Go(func() { c.run(t.Context(), task) })
	for len(c.inside) < 2 {
		runtime.Gosched()
	}
	if c.run(t.Context(), task) {
		t.Error("a third task is begun")
	}
	if len(begun) > 0 {
		t.Error("two tasks are at work, want one")
	}
	close(gate)
	all.Wait()
	c.finish(soon, func() {})
	if c.run(t.Context(), task) {
		t.Error("a task is begun after the end")
	}
}

// What does not end in time at the end is stopped.
func TestTheCrewIsStopped(t *testing.T) {
	t.Parallel()
	c := newCrew()
	ctx, stop := context.WithCancel(t.Context())
	begun := make(chan struct{})
	go c.run(ctx, func(ctx context.Context) {
		close(begun)
		<-ctx.Done()
	})
	<-begun
	c.finish(10*time.Millisecond, stop)
}

func TestRecentIDs(t *testing.T) {
	var r recent
	for i := range 3 * len(r.order) {
		id := fmt.Sprint(i)
		if !r.first(id) || r.first(id) {
			t.Fatalf("%s is new once", id)
		}
	}
	if len(r.known) != len(r.order) {
		t.Errorf("have %d ids, want %d", len(r.known), len(r.order))
	}
	if !r.first("0") {
		t.Error("the first is remembered for ever")
	}
}

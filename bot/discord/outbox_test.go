package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"trilat/bot"
)

// reported is what became of a post.
type reported struct {
	nonce   string
	at      sent
	trouble bot.Trouble
	err     error
}

// pile is an outbox whose posts are made by a test, which also hears what became of them.
type pile struct {
	*outbox
	wake    chan struct{}
	posts   chan []bot.Post
	reports chan reported
	log     journal
	ended   chan struct{}
}

func newPile(send sender) *pile {
	p := &pile{wake: make(chan struct{}, 1), posts: make(chan []bot.Post, 16), reports: make(chan reported, 64), ended: make(chan struct{})}
	p.outbox = &outbox{
		wake: p.wake, send: send, figures: newFigures(), slots: make(chan struct{}, maxPosts),
		log: slog.New(slog.NewTextHandler(&p.log, nil)),
	}
	p.hand(p.outbox)
	return p
}

// hand makes an outbox send what the test puts on the pile.
func (p *pile) hand(o *outbox) {
	o.due = func(context.Context) ([]bot.Post, error) {
		select {
		case posts := <-p.posts:
			return posts, nil
		default:
			return nil, nil
		}
	}
	o.posted = func(_ context.Context, post bot.Post, channel, message string) error {
		p.reports <- reported{nonce: post.Nonce, at: sent{channel, message}}
		return nil
	}
	o.unposted = func(_ context.Context, post bot.Post, trouble bot.Trouble, err error) error {
		p.reports <- reported{nonce: post.Nonce, trouble: trouble, err: err}
		return nil
	}
}

func (p *pile) start(ctx, work context.Context) {
	go func() {
		defer close(p.ended)
		p.run(ctx, work)
	}()
}

func posts(channel string, nonces ...string) []bot.Post {
	var all []bot.Post
	for _, n := range nonces {
		all = append(all, bot.Post{Channel: channel, Nonce: n})
	}
	return all
}

// stands sends posts at once, to messages named as their nonces.
func stands(_ context.Context, p bot.Post) (sent, error) { return sent{p.Channel, p.Nonce}, nil }

// What comes with a note is sent at once, what comes without one a second later at most.
func TestPostsAreSentWhenTheyAreDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPile(stands)
		ctx, end := context.WithCancel(t.Context())
		p.start(ctx, ctx)
		synctest.Wait()
		for want, with := range map[time.Duration]func(){0: func() { p.wake <- struct{}{} }, lookAgain: func() {}} {
			since := time.Now()
			p.posts <- posts("1", "a")
			with()
			if have := <-p.reports; have.at != (sent{"1", "a"}) || time.Since(since) > want {
				t.Errorf("have %+v after %s, want it within %s", have, time.Since(since), want)
			}
		}
		end()
		<-p.ended
	})
}

// Posts to one place are sent in order, those to others beside them, and not too many at once.
func TestPostsOfOnePlaceAreInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var busy, most atomic.Int32
		p := newPile(func(ctx context.Context, post bot.Post) (sent, error) {
			most.Store(max(most.Load(), busy.Add(1)))
			defer busy.Add(-1)
			wait(ctx, time.Second)
			return stands(ctx, post)
		})
		var all []bot.Post
		for n := range 3 {
			for c := range maxPosts + 2 {
				all = append(all, posts(fmt.Sprint(c), fmt.Sprint(n))...)
			}
		}
		p.posts <- all
		ctx, end := context.WithCancel(t.Context())
		p.start(ctx, ctx)
		order := map[string]string{}
		for range all {
			r := <-p.reports
			order[r.at.channel] += r.nonce
		}
		for c, have := range order {
			if have != "012" {
				t.Errorf("the order in %s is %s, want 012", c, have)
			}
		}
		if most.Load() != maxPosts {
			t.Errorf("%d are under way at once, want %d", most.Load(), maxPosts)
		}
		end()
		<-p.ended
	})
}

// An attempt that takes for ever is ended well within the lease, and what has no time left is not begun.
func TestPostsStayWithinTheirLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPile(func(ctx context.Context, _ bot.Post) (sent, error) {
			<-ctx.Done()
			return sent{}, ctx.Err()
		})
		p.posts <- posts("1", "a", "b", "c", "d", "e", "f")
		since := time.Now()
		ctx, end := context.WithCancel(t.Context())
		p.start(ctx, ctx)
		wait(ctx, bot.Lease)
		end()
		<-p.ended
		begun := int(bot.Lease / 2 / attemptTime)
		if len(p.reports) != begun {
			t.Errorf("%d are reported, want the %d that had time", len(p.reports), begun)
		}
		for range begun {
			if r := <-p.reports; r.trouble != bot.Passing || !errors.Is(r.err, context.DeadlineExceeded) {
				t.Errorf("have %+v, want it to pass", r)
			}
		}
		if have := time.Since(since); have > bot.Lease {
			t.Errorf("the end takes %s", have)
		}
	})
}

// A panic costs an attempt, not the loop.
func TestAPanicInOnePostIsNoEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPile(func(ctx context.Context, post bot.Post) (sent, error) {
			if post.Nonce == "a" {
				panic("the pen broke")
			}
			return stands(ctx, post)
		})
		p.posts <- posts("1", "a", "b")
		ctx, end := context.WithCancel(t.Context())
		p.start(ctx, ctx)
		if r := <-p.reports; r.nonce != "a" || r.trouble != bot.Passing || !strings.Contains(r.err.Error(), "the pen broke") {
			t.Errorf("have %+v", r)
		}
		if r := <-p.reports; r.nonce != "b" || r.err != nil {
			t.Errorf("have %+v", r)
		}
		end()
		<-p.ended
	})
}

// A store that fails is in the log once, however long it fails, and so is its return.
func TestAFailingStoreIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPile(stands)
		due := p.due
		down := errors.New("the shelf is locked")
		p.due = func(ctx context.Context) ([]bot.Post, error) {
			if time.Since(time.Unix(946684800, 0)) < 10*lookAgain { // where time begins in the bubble
				return nil, down
			}
			return due(ctx)
		}
		p.posts <- posts("1", "a")
		ctx, end := context.WithCancel(t.Context())
		p.start(ctx, ctx)
		if r := <-p.reports; r.nonce != "a" || r.err != nil {
			t.Errorf("have %+v", r)
		}
		end()
		<-p.ended
		if lost, back := p.log.lines("the shelf is locked"), p.log.lines("to be had again"); len(lost) != 1 || len(back) != 1 {
			t.Errorf("the log has\n%s", &p.log)
		}
	})
}

// What is under way at the end is finished, and reported when it is cut short; nothing more is begun.
func TestPostsUnderWayAreFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := make(chan struct{}, 1)
		p := newPile(func(ctx context.Context, _ bot.Post) (sent, error) {
			begun <- struct{}{}
			<-ctx.Done()
			return sent{}, context.Cause(ctx)
		})
		p.posts <- posts("1", "a")
		ctx, end := context.WithCancel(t.Context())
		work, stop := context.WithCancel(t.Context())
		p.start(ctx, work)
		<-begun
		end()
		p.posts <- posts("1", "b")
		synctest.Wait()
		select {
		case <-p.ended:
			t.Error("the end does not wait")
		default:
		}
		stop()
		<-p.ended
		if r := <-p.reports; r.nonce != "a" || r.trouble != bot.Passing || len(p.posts) != 1 {
			t.Errorf("have %+v, and %d not begun, want one", r, len(p.posts))
		}
	})
}

func TestTroubles(t *testing.T) {
	here, direct := bot.Post{Channel: "1"}, bot.Post{User: "1"}
	tests := []struct {
		name string
		post bot.Post
		err  error
		want bot.Trouble
	}{
		{"no answer", here, errors.New("reset"), bot.Passing},
		{"the deadline", here, fmt.Errorf("send: %w", context.DeadlineExceeded), bot.Passing},
		{"an expired token", here, &refusal{status: 401}, bot.Passing},
		{"a thread that is full", here, &refusal{status: 400, code: 160006}, bot.Passing},
		{"no such channel", here, &refusal{status: 404, code: 10003}, bot.Barred},
		{"no such message", bot.Post{Channel: "1", Edit: "2"}, &refusal{status: 404, code: 10008}, bot.Barred},
		{"no access", here, &refusal{status: 403, code: 50001}, bot.Barred},
		{"no right", here, &refusal{status: 403, code: 50013}, bot.Barred},
		{"direct messages that are closed", direct, &refusal{status: 403, code: 50007}, bot.Shut},
		{"direct messages to nobody", direct, &refusal{status: 404, code: 10013}, bot.Shut},
		{"what is no message", here, &refusal{status: 400, code: 50035}, bot.Barred},
		{"what is no message, directly", direct, &refusal{status: 400, code: 50006}, bot.Barred},
	}
	for _, tt := range tests {
		if have := troubleOf(tt.post, tt.err); have != tt.want {
			t.Errorf("%s: have %d, want %d", tt.name, have, tt.want)
		}
	}
}

func TestPostsAreCounted(t *testing.T) {
	p := newPile(nil)
	for _, err := range []error{nil, nil, errors.New("reset"), &refusal{status: 403}, &refusal{status: 400, code: 50035}} {
		p.report(t.Context(), bot.Post{Channel: "1", Nonce: "a"}, sent{}, err)
	}
	p.report(t.Context(), bot.Post{User: "1", Nonce: "a"}, sent{}, &refusal{status: 403, code: 50007})
	for became, want := range map[string]float64{"sent": 2, "passing": 1, "barred": 1, "unfit": 1, "shut": 1} {
		if have := testutil.ToFloat64(p.figures.posts.WithLabelValues(became)); have != want {
			t.Errorf("have %v that are %s, want %v", have, became, want)
		}
	}
	if lines := p.log.lines("level=ERROR"); len(lines) != 1 || !strings.Contains(lines[0], "50035") {
		t.Errorf("the log has %q, want what is ours to mend", lines)
	}
}

// What can not be recorded is in the log; it is handed out again.
func TestAReportThatIsLost(t *testing.T) {
	p := newPile(nil)
	p.posted = func(context.Context, bot.Post, string, string) error { return errors.New("the shelf is locked") }
	p.report(t.Context(), bot.Post{Nonce: "a"}, sent{}, nil)
	if lines := p.log.lines("level=ERROR", "nonce=a", "the shelf is locked"); len(lines) != 1 {
		t.Errorf("the log has\n%s", &p.log)
	}
}

func TestLanes(t *testing.T) {
	all := slices.Concat(posts("1", "a"), posts("2", "b"), posts("1", "c"), []bot.Post{{User: "1", Nonce: "d"}})
	var have []string
	for _, lane := range lanes(all) {
		line := ""
		for _, p := range lane {
			line += p.Nonce
		}
		have = append(have, line)
	}
	if want := []string{"ac", "b", "d"}; !slices.Equal(have, want) {
		t.Errorf("have %q, want %q", have, want)
	}
}

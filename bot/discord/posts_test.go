package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"trilat/bot"
	"trilat/bot/playground"
)

// posting is a desk whose bot says what the test puts on the pile.
func posting(t *testing.T) (*desk, *pile) {
	t.Helper()
	p := newPile(nil)
	d := open(t, func(f *Front) { p.hand(f.outbox) })
	return d, p
}

// post has a post sent and waits for its report.
func (d *desk) post(p *pile, post bot.Post) reported {
	d.Helper()
	p.posts <- []bot.Post{post}
	select {
	case r := <-p.reports:
		return r
	case <-time.After(soon):
		d.Fatalf("no report comes\n%s", d.log)
	}
	return reported{}
}

// only is the one message of the bot's that somebody sees in a channel.
func (d *desk) only(as, channel string) shown {
	d.Helper()
	all := d.answers(as, channel)
	if len(all) != 1 {
		d.Fatalf("%s sees %d messages, want one: %+v", as, len(all), all)
	}
	return all[0]
}

func letter(channel, text string) bot.Post {
	return bot.Post{Channel: channel, Nonce: "n-" + text[:1], Reply: bot.Reply{Text: text, Plain: text, Note: "Question ab12 · " + text[:1]}}
}

// A post pings whom it may and nobody else, whoever its text names.
func TestAPostPingsWhomItMay(t *testing.T) {
	t.Parallel()
	d, p := posting(t)
	ana, boris := d.say("ana", "general", "Good morning."), d.say("boris", "general", "Good morning.")
	post := letter(d.channels["general"], "Is "+bot.Who(ana.Author.ID)+" here, or "+bot.Who(boris.Author.ID)+"? @everyone")
	post.PingUser, post.ReplyTo = ana.Author.ID, boris.ID
	r := d.post(p, post)
	m := d.only("ivo", "general")
	if r.err != nil || r.at != (sent{d.channels["general"], m.ID}) || m.Reference.MessageID != boris.ID {
		t.Errorf("%+v is reported of %+v", r, m)
	}
	want := fmt.Sprintf("Is <@%s> here, or <@%s>? \\@everyone\n\n-# Question ab12 · I", ana.Author.ID, boris.Author.ID)
	if m.Content != want {
		t.Errorf("have %q, want %q", m.Content, want)
	}
	asked := d.requests("POST", "/messages")
	d.pings = `"allowed_mentions":{"parse":[],"users":["` + ana.Author.ID + `"],"replied_user":false}`
	for _, want := range []string{d.pings, `"nonce":"n-I","enforce_nonce":true`, `"fail_if_not_exists":false`} {
		if body := string(asked[len(asked)-1].Body); !strings.Contains(body, want) {
			t.Errorf("have %s, want %s in it", body, want)
		}
	}
}

// A role is pinged by its id, which the message names.
func TestAPostPingsARole(t *testing.T) {
	data, err := json.Marshal(message{Content: "<@&7>", PingRole: "7"})
	if err != nil || !strings.Contains(string(data), `"allowed_mentions":{"parse":[],"roles":["7"],"replied_user":false}`) {
		t.Errorf("have %s and %v", data, err)
	}
}

// A post that may be there already is looked for, long after its nonce is forgotten.
func TestAPostIsFoundAgain(t *testing.T) {
	t.Parallel()
	d, p := posting(t)
	first := letter(d.channels["team"], "One.")
	first.Since = d.local.Now()
	was := d.post(p, first)
	d.post(p, letter(d.channels["team"], "Two."))
	d.local.Advance(3 * time.Hour)
	first.Again = true
	if r := d.post(p, first); r != was || len(d.answers("ivo", "team")) != 2 {
		t.Errorf("have %+v and %d messages, want %+v and two", r, len(d.answers("ivo", "team")), was)
	}
	// What is not there is sent, also where others have quoted it.
	third := letter(d.channels["team"], "Three.")
	third.Again, third.Since = true, d.local.Now()
	d.say("teuta", "team", smallPrint(third.Reply.Note))
	if r := d.post(p, third); r.err != nil || len(d.answers("ivo", "team")) != 3 {
		t.Errorf("have %+v and %d messages, want a third", r, len(d.answers("ivo", "team")))
	}
}

// A post that comes too late is found where it was sent, and not sent where it is not.
func TestAPostThatIsTooLateIsOnlyLookedFor(t *testing.T) {
	t.Parallel()
	d, p := posting(t)
	first, second := letter(d.channels["team"], "One."), letter(d.channels["team"], "Two.")
	first.Since, second.Since = d.local.Now(), d.local.Now()
	was := d.post(p, first)
	d.local.Advance(20 * time.Hour)
	first.Again, first.Seek, second.Again, second.Seek = true, true, true, true
	if r := d.post(p, first); r != was {
		t.Errorf("have %+v, want %+v", r, was)
	}
	if r := d.post(p, second); r.trouble != bot.Missing || r.err == nil {
		t.Errorf("have %+v, want that it is missing", r)
	}
	d.only("ivo", "team")
}

// However an attempt goes wrong, the post stands there once.
func TestAPostThatGoesWrongIsThereOnce(t *testing.T) {
	t.Parallel()
	d, p := posting(t)
	for n, fault := range []playground.Fault{
		{Kind: "status", Status: 502, Applied: true}, {Kind: "status", Status: 500}, {Kind: "reset", Applied: true}, {Kind: "reset"},
	} {
		fault.Match, fault.Times = "POST */messages", 2
		d.breakdown(fault)
		if r := d.post(p, letter(d.channels["team"], fmt.Sprint(n))); r.err != nil || len(d.answers("ivo", "team")) != n+1 {
			t.Errorf("%+v: have %+v and %d messages, want %d", fault, r, len(d.answers("ivo", "team")), n+1)
		}
	}
}

func TestAPostIsEdited(t *testing.T) {
	t.Parallel()
	d, p := posting(t)
	r := d.post(p, letter(d.channels["team"], "Open."))
	edit := letter(d.channels["team"], "Answered.")
	edit.Edit, edit.Again = r.at.message, true
	if again := d.post(p, edit); again.err != nil || again.at != r.at {
		t.Errorf("have %+v, want %+v", again, r)
	}
	if m := d.only("ivo", "team"); !strings.HasPrefix(m.Content, "Answered.") {
		t.Errorf("have %+v", m)
	}
	edit.Edit = "1"
	if r := d.post(p, edit); r.trouble != bot.Barred || r.err == nil {
		t.Errorf("have %+v for a message that is gone", r)
	}
}

// A post that can not stand where it should is told apart by who can help.
func TestPostsThatCanNotBeSent(t *testing.T) {
	t.Parallel()
	d, p := posting(t)
	ana, boris := d.say("ana", "general", "Good morning.").Author.ID, d.say("boris", "general", "Good morning.").Author.ID
	direct := func(user string) bot.Post {
		post := letter("", "Hello.")
		post.User = user
		return post
	}
	if r := d.post(p, direct(ana)); r.err != nil || r.at.channel != idOf(t, must(d.local.Direct("ana"))(t)) {
		t.Errorf("have %+v for direct messages", r)
	}
	empty := letter(d.channels["team"], "Empty.")
	empty.Reply = bot.Reply{}
	for name, tt := range map[string]struct {
		post bot.Post
		want bot.Trouble
	}{
		"direct messages that are closed": {direct(boris), bot.Shut},
		"a channel that is gone":          {letter("1", "Hello."), bot.Barred},
		"a channel that is hidden":        {letter(d.channels["quiet"], "Hello."), bot.Barred},
		"what is no message":              {empty, bot.Barred},
	} {
		if r := d.post(p, tt.post); r.trouble != tt.want || r.err == nil {
			t.Errorf("%s: have %+v, want trouble %d", name, r, tt.want)
		}
	}
}

// A message is looked for page by page, but not for ever.
func TestAPostIsLookedForPageByPage(t *testing.T) {
	t.Parallel()
	const me = "7"
	for _, tt := range []struct {
		name  string
		at    int // how many messages are older
		found bool
		pages int
	}{{"on the first", 3, true, 1}, {"on the last", maxPages*pageSize - 1, true, maxPages}, {"too far on", maxPages * pageSize, false, maxPages}} {
		pages := 0
		r := to(t, func(w http.ResponseWriter, r *http.Request) {
			pages++
			after, err := strconv.Atoi(r.URL.Query().Get("after"))
			if err != nil || after > tt.at {
				after = -1 // the first page asks for what is newer than some time
			}
			var page []said
			for n := after + pageSize; n > after; n-- { // the newest first
				m := said{ID: fmt.Sprint(n), Author: &user{ID: me}, Content: "x\n\n-# another"}
				if n == tt.at {
					m.Content = "x\n\n-# mine"
				}
				page = append(page, m)
			}
			if err := json.NewEncoder(w).Encode(page); err != nil {
				t.Error(err)
			}
		})
		f := &Front{rest: r, self: &self{user: me}}
		id, err := f.find(t.Context(), "1", bot.Post{Since: time.UnixMilli(1742300000000), Reply: bot.Reply{Note: "mine"}})
		if (id == fmt.Sprint(tt.at)) != tt.found || err != nil || pages != tt.pages {
			t.Errorf("%s: have %q and %v after %d pages, want %d", tt.name, id, err, pages, tt.pages)
		}
	}
}

func TestSnowflakes(t *testing.T) {
	if have := snowflake(time.UnixMilli(1462015105796)); have != "175928847298985984" {
		t.Errorf("have %s", have)
	}
	if have := snowflake(time.Time{}); have != "0" {
		t.Errorf("before there were any: have %s", have)
	}
	if older("9", "10") >= 0 || older("10", "9") <= 0 || older("10", "10") != 0 {
		t.Error("ids are compared as texts")
	}
}

// waits is a bot that has something for somebody whose direct messages are closed.
func waits(p *pile, text string) func(*Front) {
	return func(f *Front) {
		p.hand(f.outbox)
		var handed atomic.Bool // calls run side by side
		f.waiting = func(_ context.Context, call bot.Call) ([]bot.Post, error) {
			if call.By.Name != "Boris" || handed.Swap(true) {
				return nil, nil
			}
			return []bot.Post{{User: call.By.ID, Nonce: "w", Reply: bot.Reply{Text: text, Plain: text}}}, nil
		}
	}
}

// What could not reach somebody is shown to them, and nobody else, at their next call.
func TestWhatWaitsIsShownAtTheNextCall(t *testing.T) {
	t.Parallel()
	p := newPile(nil)
	d := open(t, waits(p, "The team has answered."))
	ana, boris := d.watch("ana"), d.watch("boris")
	d.run("ana", "questions", "about")
	ana.message()
	d.run("boris", "questions", "about")
	boris.message()
	m := boris.message()
	if m.Content != "The team has answered." || !m.private() {
		t.Errorf("have %+v", m)
	}
	if r := <-p.reports; r.err != nil || r.at != (sent{d.channels["questions"], m.ID}) {
		t.Errorf("have %+v", r)
	}
	d.run("boris", "questions", "about")
	boris.message()
	d.stop()
	if have := len(d.answers("boris", "questions")); have != 3 {
		t.Errorf("boris sees %d messages, want three", have)
	}
}

// In direct messages, where all is private, it stays.
func TestWhatWaitsIsShownInDirectMessages(t *testing.T) {
	t.Parallel()
	p := newPile(nil)
	d := open(t, waits(p, "The team has answered."))
	boris := d.watch("boris")
	d.channels["direct"] = idOf(t, must(d.local.Direct("boris"))(t))
	d.run("boris", "direct", "about")
	boris.message()
	if m := boris.message(); m.Content != "The team has answered." || m.private() {
		t.Errorf("have %+v", m)
	}
	if r := <-p.reports; r.err != nil {
		t.Errorf("have %+v", r)
	}
}

// What is not shown waits on, and what can not be had is in the log; the answer stands all the same.
func TestWhatWaitsCanFail(t *testing.T) {
	t.Parallel()
	p := newPile(nil)
	d := open(t, waits(p, strings.Repeat(" ", 3))) // which is no message
	boris := d.watch("boris")
	d.run("boris", "questions", "about")
	boris.message()
	if r := <-p.reports; r.err == nil {
		t.Errorf("have %+v", r)
	}
	d.front.waiting = func(context.Context, bot.Call) ([]bot.Post, error) { return nil, errors.New("the shelf is locked") }
	d.run("boris", "questions", "about")
	boris.message()
	d.stop()
	if lines := d.log.lines("level=ERROR", "the shelf is locked"); len(lines) != 1 {
		t.Errorf("the log has\n%s", d.log)
	}
}

// receipted is a bot whose every answer has a receipt, and which hears where they stand.
func receipted(may func(context.Context)) (change func(*Front), at chan [3]string) {
	at = make(chan [3]string, 16)
	return func(f *Front) {
		f.do = func(ctx context.Context, _ bot.Call, _ func(bot.Reply)) (bot.Reply, error) {
			may(ctx)
			return bot.Reply{Text: "Here.", Receipt: "r1"}, nil
		}
		f.shown = func(_ context.Context, receipt, channel, message string) { at <- [3]string{receipt, channel, message} }
	}, at
}

// The bot hears where an answer stands for everybody to see, however it got there.
func TestWhereAnAnswerStands(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		slow  bool
		fault playground.Fault
	}{
		"at once":                    {},
		"late":                       {slow: true},
		"with its answer lost":       {fault: playground.Fault{Kind: "status", Status: 502, Applied: true, Match: "POST */callback", Times: 1}},
		"late, with its answer lost": {slow: true, fault: playground.Fault{Kind: "status", Status: 502, Applied: true, Match: "PATCH */@original", Times: 1}},
	} {
		change, at := receipted(func(ctx context.Context) {
			if tt.slow {
				wait(ctx, 200*time.Millisecond)
			}
		})
		d := open(t, change)
		if tt.fault.Kind != "" {
			d.breakdown(tt.fault)
		}
		d.run("ana", "questions", "ask", "question", "What?", "everyone", true)
		have := <-at
		if want := [3]string{"r1", d.channels["questions"], d.only("boris", "questions").ID}; have != want {
			t.Errorf("%s: have %q, want %q", name, have, want)
		}
		d.stop()
		if len(at) > 0 {
			t.Errorf("%s: it is heard twice", name)
		}
	}
}

// So it is of a mention's answer in its thread; what one person sees is not shown.
func TestWhatOnePersonSeesIsNotShown(t *testing.T) {
	t.Parallel()
	change, at := receipted(func(context.Context) {})
	d := open(t, change)
	ana := d.watch("ana")
	d.run("ana", "questions", "ask", "question", "What?")
	ana.message()
	dm := idOf(t, must(d.local.Direct("ana"))(t))
	d.say("ana", dm, "What?")
	ana.message()
	q := d.say("ana", "questions", "@trilat What?")
	m := ana.message()
	if have, want := <-at, [3]string{"r1", q.ID, m.ID}; have != want || len(at) > 0 {
		t.Errorf("have %q and %d more, want %q alone", have, len(at), want)
	}
}

// An event that another process answers is left to it.
func TestAnEventIsAnsweredByOneProcess(t *testing.T) {
	t.Parallel()
	change, calls := listening()
	d := open(t, func(f *Front) {
		change(f)
		f.first = func(context.Context, string) bool { return false }
	})
	d.run("ana", "questions", "about")
	d.say("ana", "questions", "@trilat When?")
	d.until("both are counted", func() bool {
		became := d.front.figures.interactions
		return testutil.ToFloat64(became.WithLabelValues("about", "elsewhere")) == 1 && testutil.ToFloat64(became.WithLabelValues("message", "elsewhere")) == 1
	})
	if len(calls) > 0 || len(d.requests("POST", "/callback")) > 0 || len(d.requests("POST", "/messages")) > 0 {
		t.Errorf("have %d calls", len(calls))
	}
}

// The bot says nothing and makes no thread where it does not listen, and neither when it has nothing to say. In a thread it
// listens as in the channel that the thread was made in.
func TestWhereTheBotListens(t *testing.T) {
	t.Parallel()
	change, calls := listening()
	d := open(t, change)
	d.front.hears = func(_ context.Context, in bot.Place) bool { return in.Channel == d.channels["questions"] }
	ana := d.watch("ana")
	d.say("ana", "general", "@trilat When is the library open?")
	q := d.say("ana", "questions", "@trilat When is the library open?")
	if m := ana.message(); m.ChannelID != q.ID {
		t.Errorf("have %+v, want the answer in questions", m)
	}
	d.say("ana", q.ID, "@trilat And where does it stand?")
	if m := ana.message(); m.ChannelID != q.ID {
		t.Errorf("have %+v, want the answer in the thread", m)
	}
	if len(calls) != 2 {
		t.Errorf("have %d calls, want two", len(calls))
	}
	d.front.do = func(context.Context, bot.Call, func(bot.Reply)) (bot.Reply, error) { return bot.Reply{}, nil }
	silent := d.say("ana", q.ID, "@trilat hm")
	d.stop()
	for _, m := range d.messages("ana", q.ID) {
		if m.Reference.MessageID == silent.ID {
			t.Errorf("have %+v for nothing to say", m)
		}
	}
}

package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"trilat/bot"
	"trilat/bot/playground"
)

// draftsman is a bot whose one reply grows as the test says.
type draftsman struct {
	shows chan bot.Reply
	ends  chan func() (bot.Reply, error)
}

// growing is a desk whose bot is a draftsman, and which shows all that there is time for.
func growing(t *testing.T, change func(*Front)) (*desk, draftsman) {
	t.Helper()
	by := draftsman{make(chan bot.Reply), make(chan func() (bot.Reply, error))}
	return open(t, func(f *Front) {
		f.composure = 0
		f.do = by.do
		if change != nil {
			change(f)
		}
	}), by
}

func (by draftsman) do(ctx context.Context, _ bot.Call, show func(bot.Reply)) (bot.Reply, error) {
	for {
		select {
		case r := <-by.shows:
			show(r)
		case end := <-by.ends:
			return end()
		case <-ctx.Done():
			return bot.Reply{}, context.Cause(ctx)
		}
	}
}

func (by draftsman) show(text string) { by.shows <- bot.Reply{Text: text} }

func (by draftsman) end(text string) {
	by.ends <- func() (bot.Reply, error) { return bot.Reply{Text: text}, nil }
}

// ways are how people get a reply that grows.
var ways = map[string]struct {
	ask     func(d *desk)
	edits   string // the requests that edit it
	private bool
}{
	"in private": {func(d *desk) { d.run("ana", "questions", "ask", "question", "What?") }, "PATCH */webhooks/*", true},
	"for all":    {func(d *desk) { d.run("ana", "questions", "ask", "question", "What?", "everyone", true) }, "PATCH */webhooks/*", false},
	"after a promise": {func(d *desk) {
		ana := d.watch("ana")
		d.run("ana", "questions", "ask", "question", "What?", "everyone", true)
		ana.state("answered")
	}, "PATCH */webhooks/*", false},
	"by mention":         {func(d *desk) { d.say("ana", "questions", "@trilat What?") }, "PATCH */channels/*", false},
	"in direct messages": {func(d *desk) { d.say("ana", idOf(d, must(d.local.Direct("ana"))(d)), "What?") }, "PATCH */channels/*", false},
}

// A reply that grows is seen at once, in one message that stays as private as it began.
func TestAReplyIsShownWhileItGrows(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		d, by := growing(t, nil)
		ana := d.watch("ana")
		way.ask(d)
		by.show("One.")
		first := ana.message()
		by.show("One. Two.")
		second := ana.message()
		by.end("All.")
		third := ana.message()
		for want, m := range map[string]shown{"One.": first, "One. Two.": second, "All.": third} {
			text, _, _ := strings.Cut(m.Content, "\n")
			if text != want || m.ID != first.ID || m.private() != way.private || m.loading() {
				t.Errorf("%s: have %+v, want %q", name, m, want)
			}
		}
		d.stop()
		if all := d.allAnswers("ana"); len(all) != 1 || all[0].Content != third.Content {
			t.Errorf("%s: have %+v, want one message", name, all)
		}
		if lines := d.log.lines("level=ERROR"); len(lines) > 0 {
			t.Errorf("%s: the log has %q", name, lines)
		}
		if have := firsts(t, d.front); have != 1 {
			t.Errorf("%s: have %d first responses, want one", name, have)
		}
	}
}

// firsts is how many first responses are counted.
func firsts(t *testing.T, f *Front) uint64 {
	t.Helper()
	all, err := f.Metrics().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if m.GetName() == "trilat_discord_first_response_seconds" {
			return m.GetMetric()[0].GetHistogram().GetSampleCount()
		}
	}
	return 0
}

// A reply that stands already is not sent again.
func TestWhatStandsIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		d, by := growing(t, nil)
		ana := d.watch("ana")
		way.ask(d)
		by.show("Here.")
		ana.message()
		edits := len(d.requests("PATCH", "/messages/")) // one, after a promise
		by.show("Here.")
		by.end("Here.")
		d.stop()
		if have := d.requests("PATCH", "/messages/"); len(have) != edits {
			t.Errorf("%s: have %d edits, want %d", name, len(have), edits)
		}
	}
}

// Between two edits there is a pause, in which only the final reply is sent.
func TestEditsArePaced(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		d, by := growing(t, func(f *Front) { f.composure = time.Hour })
		ana := d.watch("ana")
		way.ask(d)
		by.show("One.")
		ana.message()
		edits := len(d.requests("PATCH", "/messages/"))
		for n := range 10 {
			by.show(fmt.Sprint("One. And ", n))
		}
		by.end("All.")
		if m := ana.message(); !strings.HasPrefix(m.Content, "All.") {
			t.Errorf("%s: have %q", name, m.Content)
		}
		d.stop()
		if have := d.requests("PATCH", "/messages/"); len(have) != edits+1 {
			t.Errorf("%s: have %d edits, want one", name, len(have)-edits)
		}
	}
}

// Of what is shown faster than anybody looks, the latest counts. A form is no answer to be shown, nor is nothing.
func TestTheLatestIsShown(t *testing.T) {
	g := newGrowth()
	for _, r := range []bot.Reply{{Text: "One."}, {Text: "Two."}, {}, {Text: "?", Form: &bot.Form{}}} {
		g.show(r)
	}
	if have := <-g.shown; have.Text != "Two." || len(g.shown) > 0 || g.last.Load().Text != "Two." {
		t.Errorf("have %+v, and %+v is the last", have, g.last.Load())
	}
}

// What was shown is a right answer. When the better one fails, it stays, with the id that the log has once.
func TestAFailureLeavesWhatWasShown(t *testing.T) {
	t.Parallel()
	fell := func() (bot.Reply, error) { return bot.Reply{}, errors.New("the shelf fell over") }
	fails := map[string]func(by draftsman){
		"an error": func(by draftsman) { by.ends <- fell },
		"a panic":  func(by draftsman) { by.ends <- func() (bot.Reply, error) { panic("the shelf fell over") } },
		"a form": func(by draftsman) {
			by.ends <- func() (bot.Reply, error) { return bot.Reply{Form: &bot.Form{Call: bot.Call{Command: "ask"}}}, nil }
		},
	}
	for name, fail := range fails {
		for how, way := range ways {
			if name == "a form" && way.edits != ways["in private"].edits {
				continue // nobody fills in a form in a message
			}
			d, by := growing(t, nil)
			ana := d.watch("ana")
			way.ask(d)
			by.shows <- bot.Reply{Text: "Here.", Note: "As of today"}
			first := ana.message()
			fail(by)
			m := ana.message()
			if m.ID != first.ID || !strings.HasPrefix(m.Content, "Here.\n\n-# As of today · ") || !strings.Contains(m.Content, "went wrong") {
				t.Errorf("%s, %s: have %+v", name, how, m)
			}
			lines := d.log.lines("level=ERROR")
			if len(lines) != 1 || !strings.Contains(m.Content, idIn(lines[0])) {
				t.Errorf("%s, %s: the log has %q, people see %q", name, how, lines, m.Content)
			}
			d.stop()
			if all := d.allAnswers("ana"); len(all) != 1 {
				t.Errorf("%s, %s: have %d messages, want one", name, how, len(all))
			}
		}
	}
}

// So it does when nothing more comes.
func TestTheEndOfPatienceLeavesWhatWasShown(t *testing.T) {
	failed := library(t).Failed
	synctest.Test(t, func(t *testing.T) {
		log := &journal{}
		f := &Front{log: slog.New(slog.NewTextHandler(log, nil)), failed: failed, patience: patience}
		f.do = func(ctx context.Context, _ bot.Call, show func(bot.Reply)) (bot.Reply, error) {
			show(bot.Reply{Text: "Here."})
			<-ctx.Done()
			return bot.Reply{}, ctx.Err()
		}
		since := time.Now()
		g := f.run(t.Context(), "7", bot.Call{Command: "ask"}, nil)
		have := <-g.final
		if want := (bot.Reply{Text: "Here.", Note: failed("7").Text}); !reflect.DeepEqual(have, want) || time.Since(since) != patience {
			t.Errorf("have %+v after %s, want %+v", have, time.Since(since), want)
		}
		if lines := log.lines("level=ERROR", "id=7"); len(lines) != 1 {
			t.Errorf("the log has\n%s", log)
		}
	})
}

// idIn is the id that a line of the log names.
func idIn(line string) string {
	_, rest, _ := strings.Cut(line, " id=")
	id, _, _ := strings.Cut(rest, " ")
	return id
}

// However an edit goes wrong, the final reply comes, and there is one message. What is only on the way to it is tried once.
func TestEveryFaultOfAnEditEndsInOneMessage(t *testing.T) {
	t.Parallel()
	faults := []playground.Fault{
		{Kind: "status", Status: 500}, {Kind: "status", Status: 502, Applied: true},
		{Kind: "ratelimit", RetryAfter: 200 * time.Millisecond}, {Kind: "ratelimit", RetryAfter: 200 * time.Millisecond, Global: true},
		{Kind: "status", Status: 429, RetryAfter: time.Second},
		{Kind: "reset"}, {Kind: "reset", Applied: true},
		{Kind: "slow", Delay: 300 * time.Millisecond},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, fault := range faults {
				d, by := growing(t, nil)
				ana := d.watch("ana")
				way.ask(d)
				by.show("One.")
				first := ana.message()
				edits := func() int { return len(d.requests("PATCH", "/messages/")) }
				before := edits()
				fault.Match, fault.Times = way.edits, 1
				d.breakdown(fault)
				by.show("One. Two.")
				d.until("it is tried", func() bool { return edits() > before })
				fault.Times = 2
				d.breakdown(fault)
				by.end("All.")
				ana.next("MESSAGE_UPDATE", func(data json.RawMessage) bool {
					var m shown
					return json.Unmarshal(data, &m) == nil && m.ID == first.ID && strings.HasPrefix(m.Content, "All.")
				})
				d.stop()
				if all := d.allAnswers("ana"); len(all) != 1 || !strings.HasPrefix(all[0].Content, "All.") {
					t.Errorf("%+v: have %+v", fault, all)
				}
				tried := 0
				for _, e := range d.requests("PATCH", "/messages/") {
					if strings.Contains(string(e.Body), "Two.") {
						tried++
					}
				}
				if tried != 1 {
					t.Errorf("%+v: an edit that could be left out is tried %d times", fault, tried)
				}
			}
		})
	}
}

// So it is when the message is made by what was shown first.
func TestEveryFaultOfTheFirstThatIsShown(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		if name == "after a promise" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, fault := range []playground.Fault{
				{Kind: "status", Status: 500}, {Kind: "status", Status: 502, Applied: true},
				{Kind: "ratelimit", RetryAfter: 200 * time.Millisecond}, {Kind: "reset", Applied: true},
				{Kind: "slow", Delay: 300 * time.Millisecond},
			} {
				d, by := growing(t, func(f *Front) { f.eagerness = soon })
				fault.Times = 1
				for _, fault.Match = range []string{"POST */callback", "POST */messages"} {
					d.breakdown(fault)
				}
				ana := d.watch("ana")
				way.ask(d)
				by.show("One.")
				ana.message()
				by.end("All.")
				if m := ana.message(); !strings.HasPrefix(m.Content, "All.") {
					t.Errorf("%+v: have %+v", fault, m)
				}
				d.stop()
				if all := d.allAnswers("ana"); len(all) != 1 {
					t.Errorf("%+v: have %+v", fault, all)
				}
			}
		})
	}
}

// Once something was shown, no second message comes, whatever became of the first: what somebody deleted is not wanted,
// and what can not be edited any more is right as it stands.
func TestWhatCanNotBeEditedIsLeft(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, way string
		spoil     func(d *desk, m shown)
		want      []string // what is seen at last
	}{
		{"deleted", "in private", (*desk).dismiss, nil},
		{"deleted", "for all", (*desk).dismiss, nil},
		{"deleted", "by mention", (*desk).dismiss, nil},
		{"deleted", "in direct messages", (*desk).dismiss, nil},
		{"expired", "in private", func(d *desk, _ shown) { d.local.Advance(16 * time.Minute) }, []string{"One."}},
		{"expired", "for all", func(d *desk, _ shown) { d.local.Advance(16 * time.Minute) }, []string{"One."}},
		{"closed", "by mention", (*desk).hideQuestions, []string{"One."}},
	}
	for _, tt := range tests {
		d, by := growing(t, nil)
		ana := d.watch("ana")
		ways[tt.way].ask(d)
		by.show("One.")
		tt.spoil(d, ana.message())
		by.show("One. Two.")
		by.end("All.")
		d.stop()
		var have []string
		for _, m := range d.allAnswers("ana") {
			text, _, _ := strings.Cut(m.Content, "\n")
			have = append(have, text)
		}
		if !slices.Equal(have, tt.want) {
			t.Errorf("%s, %s: have %q, want %q", tt.name, tt.way, have, tt.want)
		}
		if warned, failed := d.log.lines("level=WARN"), d.log.lines("level=ERROR"); len(warned) != 1 || len(failed) != 0 {
			t.Errorf("%s, %s: the log has\n%s", tt.name, tt.way, d.log)
		}
	}
}

// dismiss deletes the answer, by the interaction if it is one to it.
func (d *desk) dismiss(m shown) {
	d.Helper()
	path := "channels/" + m.ChannelID + "/messages/" + m.ID
	if m.Metadata.ID != "" {
		path = "webhooks/" + d.front.self.application + "/" + d.token() + "/messages/@original"
	}
	req, err := http.NewRequest(http.MethodDelete, d.url+"/api/v10/"+path, nil)
	if err != nil {
		d.Fatal(err)
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Authorization", "Bot "+d.local.Token())
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusNoContent {
		d.Fatalf("have %+v and %v", resp, err)
	}
	resp.Body.Close()
}

// token is that of the first interaction, once it is responded to.
func (d *desk) token() string {
	d.Helper()
	d.until("the response is noted", func() bool { return len(d.requests("POST", "/callback")) > 0 })
	return strings.Split(d.requests("POST", "/callback")[0].Path, "/")[5]
}

// hideQuestions keeps the bot out of the channel.
func (d *desk) hideQuestions(shown) {
	d.Helper()
	if err := d.local.Change("ivo", playground.Change{Kind: "hide", Channel: d.channels["questions"]}); err != nil {
		d.Fatal(err)
	}
}

// The ways of a reply that grows when Discord refuses it somewhere, or the bot is ended in the middle.
func TestEveryRefusalOfWhatGrows(t *testing.T) {
	t.Parallel()
	const (
		response = "POST interactions/1/t/callback"
		edit     = "PATCH webhooks/2/t/messages/@original"
		original = "GET webhooks/2/t/messages/@original"
		direct   = "POST users/@me/channels"
		theirs   = "POST channels/9/messages"
		thread   = "POST channels/1/messages"
		channel  = "POST channels/3/messages"
		change   = "PATCH channels/1/messages/9"
		beside   = "PATCH channels/3/messages/9"
	)
	tests := []struct {
		name         string
		request      string
		status, code int
		shows        []string // before the final reply, which is "All."
		became       outcome
		want         []string
	}{
		{"not understood at first", response, 400, 50035, []string{"One."}, answered, []string{response, response}},
		{"too late at first", response, 404, 10062, []string{"One.", "Two."}, elsewhereAnswered, []string{response, original, direct, theirs}},
		{"not understood", edit, 400, 50035, []string{"One.", "Two."}, answered, []string{response, edit, edit}},
		{"not understood, and the last", edit, 400, 50035, []string{"One.", "All."}, answered, []string{response, edit, edit}},
		{"not understood at last", edit, 400, 50035, []string{"One."}, answered, []string{response, edit, edit}},
		{"expired", edit, 401, 50027, []string{"One."}, answered, []string{response, edit}},
		{"deleted", edit, 404, 10008, []string{"One."}, answered, []string{response, edit}},
		{"in doubt", edit, 500, 0, []string{"All.", "Two."}, answered, []string{response, edit, edit}},
		{"a message not understood at first", thread, 400, 50035, []string{"One."}, answered, []string{thread, thread}},
		{"a message where nothing may be said", thread, 403, 50013, []string{"One."}, answered, []string{thread, channel, beside}},
		{"a message not understood at last", change, 400, 50035, []string{"One."}, answered, []string{thread, change, change}},
		{"a message that is deleted", change, 404, 10008, []string{"One."}, answered, []string{thread, change}},
		{"a message where nothing may be read any more", change, 403, 50001, []string{"One."}, answered, []string{thread, change}},
	}
	for _, tt := range tests {
		f, made := refusing(t, tt.request, tt.status, tt.code)
		s := f.response(interaction{ID: "1", ApplicationID: "2", Token: "t", ChannelID: "3"}, place{channel: "3", person: "4", private: true}, time.Now())
		if tt.want[0] == thread {
			s = f.word(said{ID: "5", ChannelID: "3", GuildID: "6", Author: &user{ID: "4"}}, place{channel: "1"}, time.Now())
		}
		for _, text := range tt.shows {
			s.grow(t.Context(), bot.Reply{Text: text})
		}
		if became := s.finish(t.Context(), bot.Reply{Text: "All."}); became != tt.became || !slices.Equal(made(), tt.want) {
			t.Errorf("%s: %s by %q, want %s by %q", tt.name, became, made(), tt.became, tt.want)
		}
	}
}

// When the bot must end in the middle, what was shown stands, and is an answer.
func TestAnEndInTheMiddleLeavesWhatWasShown(t *testing.T) {
	t.Parallel()
	f, made := refusing(t, "", 0, 0)
	ctx, stop := context.WithCancel(t.Context())
	s := f.response(interaction{ID: "1", ApplicationID: "2", Token: "t", ChannelID: "3"}, place{channel: "3", person: "4"}, time.Now())
	s.grow(ctx, bot.Reply{Text: "One."})
	stop()
	s.grow(ctx, bot.Reply{Text: "One. Two."})
	if became := s.finish(ctx, bot.Reply{Text: "All."}); became != answered || len(made()) != 1 {
		t.Errorf("%s by %q", became, made())
	}
}

// A bot that is told to end finishes a reply that grows.
func TestShutdownFinishesWhatGrows(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		d, by := growing(t, nil)
		ana := d.watch("ana")
		way.ask(d)
		by.show("One.")
		ana.message()
		d.end()
		d.gone()
		by.end("All.")
		if m := ana.message(); !strings.HasPrefix(m.Content, "All.") {
			t.Errorf("%s: have %+v", name, m)
		}
		if err := d.outcome(); err != nil {
			t.Error(err)
		}
		if all := d.allAnswers("ana"); len(all) != 1 {
			t.Errorf("%s: have %d messages, want one", name, len(all))
		}
	}
}

// Files come with the final reply alone, also those with what is too long for a message.
func TestFilesAreNotShownOnTheWay(t *testing.T) {
	t.Parallel()
	f, made := refusing(t, "", 0, 0)
	s := f.response(interaction{ID: "1", ApplicationID: "2", Token: "t", ChannelID: "3"}, place{channel: "3", person: "4"}, time.Now())
	for _, r := range []bot.Reply{{Text: "Here.", File: &bot.File{Name: "brief.md"}}, {Text: strings.Repeat("Here. ", 1000)}} {
		s.grow(t.Context(), r)
		if have := made(); len(have) > 0 {
			t.Errorf("have %q", have)
		}
	}
	if became := s.finish(t.Context(), bot.Reply{Text: "Here.", File: &bot.File{Name: "brief.md"}}); became != answered || len(made()) != 1 {
		t.Errorf("%s by %q", became, made())
	}
}

// The bot hears once where a reply stands, as soon as one with a receipt stands where everybody sees it.
func TestWhereAReplyStandsIsToldOnce(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		told := make(chan [3]string, 16)
		d, by := growing(t, func(f *Front) {
			f.shown = func(_ context.Context, receipt, channel, message string) {
				told <- [3]string{receipt, channel, message}
			}
		})
		ana := d.watch("ana")
		way.ask(d)
		by.show("One.")
		ana.message()
		if len(told) > 0 {
			t.Errorf("%s: %q is told of a reply without a receipt", name, <-told)
		}
		for range 2 {
			by.shows <- bot.Reply{Text: "One.", Receipt: "r1"} // nothing is new but the receipt
		}
		by.ends <- func() (bot.Reply, error) { return bot.Reply{Text: "All.", Receipt: "r1"}, nil }
		m := ana.message()
		for !strings.HasPrefix(m.Content, "All.") {
			m = ana.message()
		}
		d.stop()
		open := !way.private && name != "in direct messages"
		if have, want := len(told), map[bool]int{true: 1}[open]; have != want {
			t.Fatalf("%s: it is told %d times, want %d", name, have, want)
		}
		if want := [3]string{"r1", m.ChannelID, m.ID}; open {
			if have := <-told; have != want {
				t.Errorf("%s: have %q, want %q", name, have, want)
			}
		}
	}
}

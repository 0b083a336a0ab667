package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
	"trilat/bot/playground"
)

func TestAQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ana := d.watch("ana")
	d.run("ana", "questions", "ask", "question", "When is the library open?")
	m := ana.message()
	if !strings.Contains(m.Content, "Tuesday to Saturday") || !strings.HasPrefix(m.Content, "> When is the library open?\n") || !m.private() {
		t.Errorf("have %+v", m)
	}
	d.run("ana", "questions", "ask", "question", "When is the library open?", "everyone", true)
	if m := ana.message(); m.private() {
		t.Error("an open answer is private")
	}
	if len(d.answers("boris", "questions")) != 1 {
		t.Error("others see not just the open answer")
	}
	if err := d.stop(); err != nil {
		t.Errorf("Run ends with %v", err)
	}
}

func TestEveryCommandIsAnswered(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ivo := d.watch("ivo")
	d.channels["direct"] = idOf(t, must(d.local.Direct("ivo"))(t))
	arguments := map[string]any{ // for what the commands require
		"question": "When is the library open?", "topic": "library", "id": "abcdefghij", "on": true,
		"time": "09:00", "timezone": "Europe/Zagreb", "date": "2026-11-24",
		"channel": d.channels["team"], "user": d.say("boris", "general", "Good morning.").Author.ID,
	}
	for _, row := range bot.Commands() {
		if row.Kind != bot.Typed {
			continue
		}
		var options []any
		for _, p := range row.Params {
			if p.Required {
				options = append(options, p.Name, arguments[p.Name])
			}
		}
		for _, channel := range []string{"questions", "direct"} {
			if row.Server && channel == "direct" {
				continue
			}
			d.run("ivo", channel, row.Name, options...)
			m := ivo.message()
			if want := channel == "questions" && row.Private(bot.Call{}); m.private() != want {
				t.Errorf("/%s in %s: private is %v, want %v", row.Name, channel, m.private(), want)
			}
		}
	}
	if lines := d.log.lines("level=ERROR"); len(lines) > 0 {
		t.Errorf("the log has %q", lines)
	}
}

func TestButtonsMenusAndForms(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ana := d.watch("ana")
	d.run("ana", "questions", "ask", "question", "When is the library open?")
	answer := ana.message()

	must(d.local.Click("ana", answer.ID, answer.button("quotes"), nil))(t)
	if m := ana.message(); !m.private() || !strings.Contains(m.Content, "library.md") {
		t.Errorf("the quotes are %+v", m)
	}
	must(d.local.Click("ana", answer.ID, answer.button("share"), nil))(t)
	if m := ana.message(); m.private() || !strings.Contains(m.Content, "Ana") {
		t.Errorf("what is shared is %+v", m)
	}
	form := must(d.local.Click("ana", answer.ID, answer.button(bot.FollowUp), nil))(t)
	ana.next("MODAL", nil)
	must(d.local.Submit("ana", form, map[string]string{"question": "And where does it stand?"}))(t)
	if m := ana.message(); !strings.Contains(m.Content, "Mill Lane") {
		t.Errorf("the follow-up is answered with %+v", m)
	}
	menu := answer.button("read")
	if menu == "" {
		t.Fatalf("the answer has no menu: %+v", answer.Components)
	}
	must(d.local.Click("ana", answer.ID, menu, d.menuOf(answer, menu)[:1]))(t)
	if m := ana.message(); !strings.HasPrefix(m.Content, "> ") {
		t.Errorf("what is read is %+v", m)
	}
}

// A button works months later, when the process that sent it was killed and another one is there to answer.
func TestButtonsSurviveAKill(t *testing.T) {
	t.Parallel()
	d := closed(t, nil)
	first := d.process()
	ana := d.watch("ana")
	d.run("ana", "questions", "ask", "question", "Who signed the declaration?")
	answer := ana.message()
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // it says that it was killed
	d.local.Advance(90 * 24 * time.Hour)
	second := d.process()
	must(d.local.Click("ana", answer.ID, answer.button("quotes"), nil))(t)
	if m := ana.message(); !strings.Contains(m.Content, ".md") {
		t.Errorf("have %+v", m)
	}
	d.finish(second)
	if have := d.requests("PUT", "/commands"); len(have) != 1 {
		t.Errorf("have %d registrations, want one", len(have))
	}
}

func TestAskAboutAMessage(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ana := d.watch("ana")
	m := d.say("boris", "general", "When is the library open?")
	must(d.local.Run("ana", d.channels["general"], playground.Invocation{Command: "Ask about this", Target: m.ID}))(t)
	if m := ana.message(); !strings.Contains(m.Content, "Tuesday to Saturday") || !m.private() {
		t.Errorf("have %+v", m)
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	suggest := func(typed string) []playground.Choice {
		t.Helper()
		return must(d.local.Suggest(t.Context(), "ana", d.channels["questions"], invocation("ask", "question", typed), "question"))(t)
	}
	if have := suggest("librar"); len(have) == 0 || len(have) > bot.MaxChoices {
		t.Errorf("have %d suggestions", len(have))
	}
	// discordgo leaves an empty list out, which Discord refuses: nothing would ever come.
	if have := suggest("zzzzqqqq"); len(have) != 0 {
		t.Errorf("have %v for what nothing is known of", have)
	}
}

// saying is a bot that answers every call with the same text, when it may.
func saying(text string, may func(context.Context)) func(*Front) {
	return func(f *Front) {
		f.do = func(ctx context.Context, call bot.Call, _ func(bot.Reply)) (bot.Reply, error) {
			if may != nil {
				may(ctx)
			}
			return bot.Reply{Text: text, Plain: text}, nil
		}
	}
}

// held is a bot that answers when it is let go.
func held(text string) (change func(*Front), release func()) {
	gate := make(chan struct{})
	return saying(text, func(context.Context) { <-gate }), func() { close(gate) }
}

func TestASlowReplyIsPromised(t *testing.T) {
	t.Parallel()
	for _, everyone := range []bool{false, true} {
		change, release := held("At last.")
		d := open(t, change)
		ana := d.watch("ana")
		d.run("ana", "questions", "ask", "question", "What?", "everyone", everyone)
		ana.state("answered")
		if all := d.messages("ana", "questions"); len(all) != 1 || !all[0].loading() || all[0].private() == everyone {
			t.Errorf("everyone %v: the promise is %+v", everyone, all)
		}
		release()
		if m := ana.message(); m.Content != "At last." || m.private() == everyone {
			t.Errorf("everyone %v: have %+v", everyone, m)
		}
		if all := d.messages("ana", "questions"); len(all) != 1 {
			t.Errorf("everyone %v: have %d messages, want the promise turned into the reply", everyone, len(all))
		}
	}
}

// What the bot can not do is one message with an id, and that id is in the log once, with the reason.
func TestAFailureIsToldWithAnID(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(context.Context, bot.Call, func(bot.Reply)) (bot.Reply, error){
		"an error": func(context.Context, bot.Call, func(bot.Reply)) (bot.Reply, error) {
			return bot.Reply{}, errors.New("the shelf fell over")
		},
		"a panic": func(context.Context, bot.Call, func(bot.Reply)) (bot.Reply, error) { panic("the shelf fell over") },
		"a form where none was announced": func(ctx context.Context, _ bot.Call, _ func(bot.Reply)) (bot.Reply, error) {
			wait(ctx, 200*time.Millisecond)
			return bot.Reply{Form: &bot.Form{Title: "?", Call: bot.Call{Command: "ask"}}}, nil
		},
		"a form that does not fit": func(context.Context, bot.Call, func(bot.Reply)) (bot.Reply, error) {
			return bot.Reply{Form: &bot.Form{Call: bot.Call{Command: strings.Repeat("x", 200)}}}, nil
		},
		"a form that Discord refuses": func(context.Context, bot.Call, func(bot.Reply)) (bot.Reply, error) {
			return bot.Reply{Form: &bot.Form{Call: bot.Call{Command: "ask"}}}, nil
		},
		"an empty reply": func(context.Context, bot.Call, func(bot.Reply)) (bot.Reply, error) { return bot.Reply{}, nil },
		"an empty reply that takes its time": func(ctx context.Context, _ bot.Call, _ func(bot.Reply)) (bot.Reply, error) {
			wait(ctx, 200*time.Millisecond)
			return bot.Reply{}, nil
		},
		"a reply that never comes": func(context.Context, bot.Call, func(bot.Reply)) (bot.Reply, error) { select {} },
	} {
		d := open(t, func(f *Front) { f.do, f.patience = do, time.Second })
		ana := d.watch("ana")
		id := d.run("ana", "questions", "ask", "question", "What?")
		if m := ana.message(); !strings.Contains(m.Content, id) || !m.private() {
			t.Errorf("%s: have %+v", name, m)
		}
		if lines := d.log.lines(id); len(lines) != 1 || !strings.Contains(lines[0], "level=ERROR") {
			t.Errorf("%s: the log has %q", name, lines)
		}
		if have := len(d.messages("ana", "questions")); have != 1 {
			t.Errorf("%s: have %d messages", name, have)
		}
	}
}

// Who may not write in a channel gets private replies, and is known as such.
func TestWhoSpeaks(t *testing.T) {
	t.Parallel()
	calls := make(chan bot.Call, 1)
	d := open(t, func(f *Front) {
		f.do = func(_ context.Context, call bot.Call, _ func(bot.Reply)) (bot.Reply, error) {
			calls <- call
			return bot.Reply{Text: "Yes."}, nil
		}
	})
	for _, tt := range []struct {
		as, channel string
		want        bot.Person
	}{
		{"ana", "general", bot.Person{Name: "Ana", Speaks: true}},
		{"ana", "announcements", bot.Person{Name: "Ana"}},
		{"teuta", "announcements", bot.Person{Name: "Teuta", Speaks: true}},
		{"ivo", "announcements", bot.Person{Name: "Ivo", Speaks: true}},
	} {
		about := d.say("teuta", tt.channel, "When?") // a menu is there for those too who may not write
		must(d.local.Run(tt.as, d.channels[tt.channel], playground.Invocation{Command: "Ask about this", Target: about.ID}))(t)
		have := (<-calls).By
		if have.ID == "" || have.Name != tt.want.Name || have.Speaks != tt.want.Speaks || have.Lang != "en-GB" {
			t.Errorf("%s in %s: have %+v, want %+v", tt.as, tt.channel, have, tt.want)
		}
	}
}

func TestPeople(t *testing.T) {
	u := &user{ID: "1", Username: "ana", GlobalName: "Ana"}
	tests := []struct {
		name string
		i    interaction
		want bot.Person
	}{
		{"in direct messages", interaction{User: u}, bot.Person{ID: "1", Name: "Ana", Speaks: true}},
		{"with a nickname", interaction{Member: &member{User: u, Nick: "Anči", Permissions: 1 << 11}}, bot.Person{ID: "1", Name: "Anči", Speaks: true}},
		{"without a name", interaction{User: &user{ID: "1", Username: "ana"}}, bot.Person{ID: "1", Name: "ana", Speaks: true}},
		{"in a thread, by the channel's right", interaction{Channel: channel{Type: 11}, Member: &member{User: u, Permissions: 1 << 11}}, bot.Person{ID: "1", Name: "Ana"}},
		{"in a thread", interaction{Channel: channel{Type: 11}, Member: &member{User: u, Permissions: 1 << 38}}, bot.Person{ID: "1", Name: "Ana", Speaks: true}},
		{"an administrator", interaction{Member: &member{User: u, Permissions: 1 << 3}}, bot.Person{ID: "1", Name: "Ana", Speaks: true, Admin: true}},
		{"who manages the server", interaction{Member: &member{User: u, Permissions: 1 << 5}}, bot.Person{ID: "1", Name: "Ana", Admin: true}},
		{"with roles", interaction{Member: &member{User: u, Roles: []string{"8", "9"}}}, bot.Person{ID: "1", Name: "Ana", Roles: []string{"8", "9"}}},
	}
	for _, tt := range tests {
		if have, err := tt.i.person(); !reflect.DeepEqual(have, tt.want) || err != nil {
			t.Errorf("%s: have %+v and %v, want %+v", tt.name, have, err, tt.want)
		}
	}
	// The person at the terminal may do everything, so nobody else may be taken for them.
	for _, i := range []interaction{{}, {User: &user{}}, {Member: &member{}}, {Member: &member{User: &user{Username: "x"}, Permissions: 1 << 11}}} {
		if have, err := i.person(); err == nil {
			t.Errorf("%+v: have %+v, want an error", i, have)
		}
	}
}

// A reply that is too late for a response goes to the person's direct messages if it is private, else into the channel.
func TestALateReplyStillArrives(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		channel  string
		everyone bool
		late     time.Duration // when the reply is there
		promise  bool          // a promise has been made before
		direct   bool          // where the reply arrives
	}{
		{"private, after three seconds", "questions", false, 4 * time.Second, false, true},
		{"open, after three seconds", "questions", true, 4 * time.Second, false, false},
		{"private, after fifteen minutes", "questions", false, 16 * time.Minute, true, true},
		{"open, after fifteen minutes", "questions", true, 16 * time.Minute, true, false},
		{"open, where the bot sees nothing", "quiet", true, 4 * time.Second, false, true},
	}
	for _, tt := range tests {
		change, release := held("At last.")
		d := open(t, change)
		ana := d.watch("ana")
		d.run("ana", tt.channel, "ask", "question", "What?", "everyone", tt.everyone)
		if tt.promise {
			ana.state("answered")
		}
		d.local.Advance(tt.late)
		release()
		m := ana.message()
		if direct := m.ChannelID != d.channels[tt.channel]; m.Content != "At last." || direct != tt.direct || m.private() {
			t.Errorf("%s: have %+v", tt.name, m)
		}
		if tt.direct {
			for _, m := range d.answers("boris", tt.channel) {
				t.Errorf("%s: others see %+v", tt.name, m)
			}
		}
	}
}

// When there is nowhere left to answer, the log says so once, with the id.
func TestWhatCanNotBeDeliveredIsLogged(t *testing.T) {
	t.Parallel()
	change, release := held("At last.")
	d := open(t, change)
	id := d.run("boris", "questions", "ask", "question", "What?")
	d.local.Advance(4 * time.Second)
	release() // boris has closed his direct messages
	d.until("the log tells", func() bool { return len(d.log.lines("level=ERROR", id)) > 0 })
	if lines := d.log.lines("level=ERROR", id); len(lines) != 1 || !strings.Contains(lines[0], "50007") {
		t.Errorf("the log has %q", lines)
	}
	if all := d.messages("ivo", "questions"); len(all) != 0 {
		t.Errorf("a private reply is in the channel: %+v", all)
	}
}

// What is under way when the bot is told to end still gets its answer.
func TestShutdownFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	change, release := held("At last.")
	d := open(t, change)
	ana := d.watch("ana")
	d.run("ana", "questions", "ask", "question", "What?")
	ana.state("answered") // with a promise
	d.end()
	d.gone()
	release()
	if m := ana.message(); m.Content != "At last." {
		t.Errorf("have %+v", m)
	}
	if err := d.outcome(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsSentTwiceIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	var calls []string
	d := open(t, func(f *Front) {
		do := f.do
		f.do = func(ctx context.Context, call bot.Call, show func(bot.Reply)) (bot.Reply, error) {
			calls = append(calls, call.Command)
			return do(ctx, call, show)
		}
	})
	ana := d.watch("ana")
	d.breakdown(playground.Fault{Kind: "duplicate", Times: 1})
	d.run("ana", "questions", "help")
	ana.message()
	d.run("ana", "questions", "about")
	ana.message()
	if want := []string{"help", "about"}; !slices.Equal(calls, want) {
		t.Errorf("have the calls %q, want %q", calls, want)
	}
}

// A panic while somebody types costs a suggestion and nothing else. discordgo recovers from none: it would end the bot.
func TestAPanicEndsNothing(t *testing.T) {
	t.Parallel()
	d := open(t, func(f *Front) { f.suggest = func(bot.Call, string) []bot.Choice { panic("the shelf fell over") } })
	go func() {
		d.until("the log tells", func() bool { return len(d.log.lines("the shelf fell over")) == 1 })
		d.local.Advance(4 * time.Second) // nothing will be suggested
	}()
	if have, err := d.local.Suggest(t.Context(), "ana", d.channels["questions"], invocation("ask", "question", "x"), "question"); err == nil {
		t.Errorf("have %v", have)
	}
	d.checkAnswer()
}

// What somebody deleted before it was finished arrives as a message.
func TestAPromiseThatWasDeleted(t *testing.T) {
	t.Parallel()
	change, release := held("At last.")
	d := open(t, change)
	ana := d.watch("ana")
	d.run("ana", "questions", "ask", "question", "What?", "everyone", true)
	ana.state("answered")
	d.dismiss(d.messages("ana", "questions")[0])
	release()
	if m := ana.message(); m.Content != "At last." || m.ChannelID != d.channels["questions"] {
		t.Errorf("have %+v", m)
	}
}

// A response that took effect though its answer was lost is not given again, also when Discord then no longer knows the
// interaction.
func TestAResponseThatTookEffect(t *testing.T) {
	t.Parallel()
	for there, want := range map[int]int{http.StatusOK: 0, http.StatusNotFound: discordgo.ErrCodeUnknownInteraction} {
		var asked atomic.Int32
		r := to(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodGet && there == http.StatusOK:
				fmt.Fprint(w, `{"id":"1"}`)
			case r.Method == http.MethodGet:
				w.WriteHeader(there)
				fmt.Fprint(w, `{"code":10015,"message":"Unknown Webhook"}`)
			case asked.Add(1) == 1:
				w.WriteHeader(http.StatusBadGateway)
			default:
				w.WriteHeader(http.StatusNotFound)
				fmt.Fprint(w, `{"code":10062,"message":"Unknown interaction"}`)
			}
		})
		f := &Front{rest: r}
		err := f.callback(t.Context(), interaction{ID: "1", Token: "t", ApplicationID: "2"}, callback{Type: 5}, nil)
		if codeOf(err) != want {
			t.Errorf("the original has status %d: have %v", there, err)
		}
	}
}

// refusing is a Discord that refuses the first of some requests, and tells which were made.
func refusing(t *testing.T, request string, status, code int) (f *Front, made func() []string) {
	t.Helper()
	var mu sync.Mutex
	var all []string
	refused := false
	r := to(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		name := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v9/")
		all = append(all, name)
		switch {
		case name == request && !refused:
			refused = true
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"code":%d,"message":"No."}`, code)
		case r.Method == http.MethodGet:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"code":10015,"message":"Unknown Webhook"}`)
		default:
			fmt.Fprint(w, `{"id":"9"}`)
		}
	})
	f = &Front{rest: r, log: r.log, failed: library(t).Failed, words: english(t), figures: r.figures, eagerness: time.Millisecond}
	return f, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

// A form that is too late for Discord is told as a failure.
func TestALateForm(t *testing.T) {
	t.Parallel()
	f, made := refusing(t, "POST interactions/1/t/callback", 404, 10062)
	f.eagerness = soon
	g := newGrowth()
	g.final <- bot.Reply{Form: &bot.Form{Title: "What?", Call: bot.Call{Command: "ask"}}}
	i := interaction{ID: "1", ApplicationID: "2", Token: "t", ChannelID: "3"}
	if o := f.respond(t.Context(), i, place{channel: "3", person: "4", private: true}, g, true, time.Now()); o != elsewhereAnswered {
		t.Errorf("have %s by %q", o, made())
	}
}

// Whatever Discord says to a reply, it arrives: told as a fault when it was one, else as a message.
func TestEveryRefusalHasAWayOut(t *testing.T) {
	t.Parallel()
	const (
		response = "POST interactions/1/t/callback"
		edit     = "PATCH webhooks/2/t/messages/@original"
		direct   = "POST users/@me/channels"
		theirs   = "POST channels/9/messages"
		channel  = "POST channels/3/messages"
		original = "GET webhooks/2/t/messages/@original"
	)
	tests := []struct {
		name         string
		request      string
		status, code int
		private      bool
		want         []string
	}{
		{"too late", response, 404, 10062, true, []string{response, original, direct, theirs}},
		{"too late, for everyone", response, 404, 10062, false, []string{response, original, channel}},
		{"already there", response, 400, 40060, true, []string{response}},
		{"not understood", response, 400, 50035, true, []string{response, response}},
		{"empty", response, 400, 50006, true, []string{response, response}},
		{"no JSON", response, 400, 50109, true, []string{response, response}},
		{"too large", response, 413, 40005, true, []string{response, response}},
		{"expired", edit, 401, 50027, true, []string{response, edit, direct, theirs}},
		{"expired, for everyone", edit, 401, 50027, false, []string{response, edit, channel}},
		{"deleted", edit, 404, 10008, false, []string{response, edit, channel}},
		{"forgotten", edit, 404, 10015, false, []string{response, edit, channel}},
		{"not understood, as an edit", edit, 400, 50035, false, []string{response, edit, edit}},
	}
	for _, tt := range tests {
		f, made := refusing(t, tt.request, tt.status, tt.code)
		g := newGrowth()
		if tt.request != edit {
			g.final <- bot.Reply{Text: "Here."}
			f.eagerness = soon
		} else {
			go func() {
				for len(made()) == 0 { // until it is promised
					runtime.Gosched()
				}
				g.final <- bot.Reply{Text: "Here."}
			}()
		}
		i := interaction{ID: "1", ApplicationID: "2", Token: "t", ChannelID: "3"}
		o := f.respond(t.Context(), i, place{channel: "3", person: "4", private: tt.private}, g, false, time.Now())
		if o == lost || !slices.Equal(made(), tt.want) {
			t.Errorf("%s: %s by %q, want %q", tt.name, o, made(), tt.want)
		}
	}
}

// The ways of a message that can not stand where it should.
func TestEveryRefusalOfAMessage(t *testing.T) {
	t.Parallel()
	const (
		thread  = "POST channels/1/messages"
		channel = "POST channels/3/messages"
		direct  = "POST users/@me/channels"
		theirs  = "POST channels/9/messages"
	)
	for code, status := range map[int]int{10003: 404, 50001: 403, 50013: 403, 50083: 400, 160005: 403} {
		f, made := refusing(t, thread, status, code)
		m := said{ID: "5", ChannelID: "3", GuildID: "6", Author: &user{ID: "4"}}
		if o := f.word(m, place{channel: "1"}, time.Now()).finish(t.Context(), bot.Reply{Text: "Here."}); o != answered || !slices.Equal(made(), []string{thread, channel}) {
			t.Errorf("%d in a thread: %s by %q", code, o, made())
		}
		f, made = refusing(t, channel, status, code)
		if o := f.word(m, place{channel: "3"}, time.Now()).finish(t.Context(), bot.Reply{Text: "Here."}); o != elsewhereAnswered || !slices.Equal(made(), []string{channel, direct, theirs}) {
			t.Errorf("%d in a channel: %s by %q", code, o, made())
		}
	}
}

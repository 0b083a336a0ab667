package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"trilat/bot"
	"trilat/bot/playground"
)

// listening is a bot that tells which calls reach it.
func listening() (change func(*Front), calls chan bot.Call) {
	calls = make(chan bot.Call, 16)
	return func(f *Front) {
		do := f.do
		f.do = func(ctx context.Context, call bot.Call, show func(bot.Reply)) (bot.Reply, error) {
			calls <- call
			return do(ctx, call, show)
		}
	}, calls
}

func TestAMentionIsAnsweredInAThread(t *testing.T) {
	t.Parallel()
	change, calls := listening()
	d := open(t, change)
	ana := d.watch("ana")
	q := d.say("ana", "questions", "@trilat When is the library open?")
	m := ana.message()
	if m.ChannelID != q.ID { // a thread has the id of the message that it was made from
		t.Errorf("the answer is in %s, want the thread %s", m.ChannelID, q.ID)
	}
	if !strings.Contains(m.Content, "Tuesday to Saturday") || len(m.Mentions) > 0 {
		t.Errorf("have %+v", m)
	}
	call := <-calls
	if call.Args["question"] != "When is the library open?" || call.Args["ref"] != "" || !call.By.Speaks || call.By.Admin {
		t.Errorf("the call is %+v", call)
	}
	if want := (bot.Place{Server: d.guild, Channel: q.ChannelID, Message: q.ID, Open: true}); call.ID != q.ID || call.In != want {
		t.Errorf("the call %s is made in %+v, want %s in %+v", call.ID, call.In, q.ID, want)
	}

	// In the thread a question leans on the bot's last answer.
	d.say("boris", q.ID, "@trilat and where does it stand?")
	if m := ana.message(); !strings.Contains(m.Content, "Mill Lane") || m.ChannelID != q.ID || m.Reference.MessageID == "" {
		t.Errorf("the follow-up is answered with %+v", m)
	}
	if call := <-calls; call.Args["ref"] == "" {
		t.Errorf("the call leans on nothing: %+v", call)
	}

	// So does a reply, on the message that it replies to.
	second := d.say("ana", q.ID, "And on the first Saturday?", m.ID)
	if got := ana.message(); got.Reference.MessageID != second.ID {
		t.Errorf("the reply is answered with %+v", got)
	}
	if call := <-calls; "follow?ref="+call.Args["ref"] != m.button(bot.FollowUp) {
		t.Errorf("the call leans on %q, want %q", call.Args["ref"], m.button(bot.FollowUp))
	}
	if have := d.requests("POST", "/threads"); len(have) != 1 {
		t.Errorf("have %d threads, want one", len(have))
	}
}

// A reply to the bot in a channel where many talk leans on the message that it replies to.
func TestAReplyInAChannel(t *testing.T) {
	t.Parallel()
	change, calls := listening()
	d := open(t, change)
	ana := d.watch("ana")
	d.run("ana", "questions", "ask", "question", "When is the library open?", "everyone", true)
	first := ana.message()
	<-calls
	d.say("boris", "questions", "Where does it stand?", first.ID)
	if m := ana.message(); !strings.Contains(m.Content, "Mill Lane") || m.ChannelID == first.ChannelID {
		t.Errorf("have %+v", m)
	}
	if call := <-calls; call.Args["ref"] == "" {
		t.Errorf("the call leans on nothing: %+v", call)
	}
}

func TestDirectMessages(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ana := d.watch("ana")
	dm := idOf(t, must(d.local.Direct("ana"))(t))
	q := d.say("ana", dm, "When is the library open?")
	if m := ana.message(); !strings.Contains(m.Content, "Tuesday to Saturday") || m.ChannelID != dm || m.Reference.MessageID != q.ID {
		t.Errorf("have %+v", m)
	}
	d.say("ana", dm, "And where does it stand?")
	if m := ana.message(); !strings.Contains(m.Content, "Mill Lane") {
		t.Errorf("the follow-up is answered with %+v", m)
	}
}

func TestAMentionAloneGetsHelp(t *testing.T) {
	t.Parallel()
	change, calls := listening()
	d := open(t, change)
	ana := d.watch("ana")
	q := d.say("ana", "questions", " @trilat ")
	if m := ana.message(); m.ChannelID != q.ChannelID || m.Reference.MessageID != q.ID {
		t.Errorf("have %+v", m)
	}
	if call := <-calls; call.Command != "help" {
		t.Errorf("have %+v", call)
	}
}

func TestWhatIsNotForTheBotIsLeftAlone(t *testing.T) {
	t.Parallel()
	change, calls := listening()
	d := open(t, change)
	ana := d.watch("ana")
	chat := d.say("ana", "questions", "When is the library open?")
	d.say("boris", "questions", "No idea.", chat.ID)
	d.say("boris", "questions", "@trilat help")
	ana.message()
	if call := <-calls; call.Args["question"] != "help" || len(calls) > 0 {
		t.Errorf("have %+v and %d more", call, len(calls))
	}
}

func TestWhoIsSpokenTo(t *testing.T) {
	const me = "7"
	mine := &said{Author: &user{ID: me}}
	by := &user{ID: "1"}
	tests := []struct {
		name string
		m    said
		want bool
	}{
		{"a mention", said{Author: by, GuildID: "2", Mentions: []user{{ID: me}}}, true},
		{"somebody else is mentioned", said{Author: by, GuildID: "2", Mentions: []user{{ID: "3"}}, Content: "x"}, false},
		{"direct messages", said{Author: by}, true},
		{"a reply to the bot that can be read", said{Author: by, GuildID: "2", Type: 19, Referenced: mine, Content: "x"}, true},
		{"a reply to the bot that can not be read", said{Author: by, GuildID: "2", Type: 19, Referenced: mine}, false},
		{"a reply to somebody else", said{Author: by, GuildID: "2", Type: 19, Referenced: &said{Author: by}, Content: "x"}, false},
		{"a bot", said{Author: &user{ID: "1", Bot: true}}, false},
		{"the bot itself", said{Author: &user{ID: me, Bot: true}}, false},
		{"a webhook", said{Author: by, WebhookID: "9"}, false},
		{"nobody", said{}, false},
		{"nobody in particular", said{Author: &user{}}, false},
		{"a notice that a thread was made", said{Author: by, Type: 18}, false},
	}
	for _, tt := range tests {
		if have := tt.m.byPerson() && tt.m.to(me); have != tt.want {
			t.Errorf("%s: have %v, want %v", tt.name, have, tt.want)
		}
	}
}

// Where no thread can be made, the answer stands next to the question.
func TestWithoutThreads(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ana := d.watch("ana")
	d.breakdown(playground.Fault{Kind: "status", Match: "POST */threads", Status: 403})
	q := d.say("ana", "questions", "@trilat When is the library open?")
	if m := ana.message(); m.ChannelID != q.ChannelID || m.Reference.MessageID != q.ID {
		t.Errorf("have %+v", m)
	}
}

// A thread that was made though its answer was lost is not made again.
func TestAThreadIsMadeOnce(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ana := d.watch("ana")
	d.breakdown(playground.Fault{Kind: "status", Match: "POST */threads", Status: 502, Applied: true, Times: 1})
	q := d.say("ana", "questions", "@trilat When is the library open?")
	if m := ana.message(); m.ChannelID != q.ID {
		t.Errorf("the answer is in %s, want the thread %s", m.ChannelID, q.ID)
	}
}

func TestTypingIsShownWhileItTakesTime(t *testing.T) {
	t.Parallel()
	change, release := held("At last.")
	d := open(t, change)
	ana := d.watch("ana")
	d.say("ana", "questions", "@trilat What?")
	ana.next("TYPING_START", nil)
	release()
	if m := ana.message(); m.Content != "At last.\n\n-# To go on here, reply to this message or mention me." {
		t.Errorf("have %+v", m)
	}
}

// What people write shows as they wrote it and pings nobody, wherever it comes up again.
func TestHostileQuestions(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ana := d.watch("ana")
	d.say("ana", "questions", "@trilat @everyone <@&1> # [click](https://evil.example) `code` ||x|| When is the library open?")
	m := ana.message()
	if strings.Contains(m.Content, " @everyone") || strings.Contains(m.Content, " [click](") {
		t.Errorf("have %q", m.Content)
	}
}

func TestThreadNames(t *testing.T) {
	long := strings.Repeat("When is the library open? ", 10)
	if have := threadName(long); units(have) > 100 || !strings.HasSuffix(have, "…") || strings.Contains(have, "  ") {
		t.Errorf("have %q", have)
	}
	if have := threadName("two\nlines\x00"); have != "two lines" {
		t.Errorf("have %q", have)
	}
}

// Without the channel's type in the message, it is asked for; where that fails, the answer stands next to the question.
func TestWhereAnAnswerBelongs(t *testing.T) {
	t.Parallel()
	written := func(kind string) (m said) {
		raw := `{"id":"1","channel_id":"2","guild_id":"3","author":{"id":"4"}` + kind + `}`
		if err := json.Unmarshal([]byte(raw), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	tests := []struct {
		name, kind, channel string // what Discord says of the channel, "" if it refuses
		want                place
	}{
		{"a text channel", `,"channel_type":0`, "", place{channel: "1", person: "4"}},
		{"a text channel, when asked", "", `{"id":"2","type":0}`, place{channel: "1", person: "4"}},
		{"a thread", `,"channel_type":11`, "", place{channel: "2", person: "4", ongoing: true}},
		{"a voice channel", `,"channel_type":2`, "", place{channel: "2", person: "4"}},
		{"a channel that is hidden", "", "", place{channel: "2", person: "4"}},
	}
	for _, tt := range tests {
		r := to(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodPost:
				fmt.Fprint(w, `{"id":"1","type":11}`)
			case tt.channel != "":
				fmt.Fprint(w, tt.channel)
			default:
				w.WriteHeader(http.StatusForbidden)
				fmt.Fprint(w, `{"code":50001,"message":"Missing Access"}`)
			}
		})
		f := &Front{rest: r, log: r.log}
		if have := f.where(t.Context(), written(tt.kind), "When?"); have != tt.want {
			t.Errorf("%s: have %+v, want %+v", tt.name, have, tt.want)
		}
	}
}

// A question that follows up is answered alone where the bot may not read what was said before.
func TestWithoutHistory(t *testing.T) {
	t.Parallel()
	f, made := refusing(t, "GET channels/2/messages", 403, 50001)
	f.self = &self{user: "7"}
	if have := f.leansOn(t.Context(), said{ID: "1", ChannelID: "2"}, place{channel: "2", ongoing: true}); have != "" || len(made()) != 1 {
		t.Errorf("it leans on %q after %q", have, made())
	}
}

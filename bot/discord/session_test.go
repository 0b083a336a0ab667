package discord

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"trilat/bot/playground"
)

// quick is a pace for tests in which the gateway fails. discordgo closes for a second with its lock held.
func quick(f *Front) {
	f.gateway.pace = pace{silence: soon, handshake: 2 * time.Second, settle: 50 * time.Millisecond, longest: 200 * time.Millisecond}
}

// nervous is one for which the local Discord, whose heartbeats are 41 seconds apart, is soon too silent.
func nervous(f *Front) {
	quick(f)
	f.gateway.pace.silence = 1500 * time.Millisecond
}

// gone waits until the connection is lost, and back until there is one again.
func (d *desk) gone() {
	d.Helper()
	d.until("the connection is lost", func() bool { return !d.front.figures.connected() })
}

func (d *desk) back() {
	d.Helper()
	d.until("there is a connection", d.front.figures.connected)
}

// checkAnswer fails unless a question is answered.
func (d *desk) checkAnswer() {
	d.Helper()
	ana := d.watch("ana")
	d.run("ana", "questions", "about")
	ana.message()
}

// The gateway may fail in any way: the bot comes back by itself, and answers what was asked in between once.
func TestTheGatewayFails(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]playground.Fault{
		"asked to connect again":        {{Kind: "reconnect"}},
		"dropped":                       {{Kind: "close"}},
		"closed":                        {{Kind: "close", Code: 4000}},
		"session timed out":             {{Kind: "close", Code: 4009}},
		"invalid for good":              {{Kind: "invalid"}},
		"invalid but resumable":         {{Kind: "invalid", Resumable: true}},
		"resume refused":                {{Kind: "invalid", Next: true, Times: 1}, {Kind: "close"}},
		"resume refused again":          {{Kind: "invalid", Next: true, Times: 3}, {Kind: "close"}},
		"resume cut off":                {{Kind: "close", Next: true, Times: 2}, {Kind: "close"}},
		"asked again after the resume":  {{Kind: "reconnect", Next: true, Times: 1}, {Kind: "close"}},
		"asked again, and then refused": {{Kind: "reconnect", Next: true, Times: 1}, {Kind: "invalid", Next: true, Times: 1}, {Kind: "close"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, quick)
			before := d.connections()
			for _, f := range faults {
				d.breakdown(f)
			}
			d.until("it connects again", func() bool { return d.connections() > before })
			d.back()
			d.checkAnswer()
			if have := d.allAnswers("ana"); len(have) != 1 {
				t.Errorf("have %d messages, want one", len(have))
			}
		})
	}
}

// connections is how often the gateway greeted the bot.
func (d *desk) connections() int { return len(d.log.lines("gateway connected")) }

// What was asked while the connection was lost is answered once there is one again: the session is resumed. With
// discordgo's goodbye, which the closed socket keeps from being sent, the session would have ended and the question with
// it.
func TestQuestionsAskedMeanwhileAreAnswered(t *testing.T) {
	t.Parallel()
	d := open(t, func(f *Front) {
		nervous(f)
		f.gateway.pace.settle = time.Second
	})
	ana := d.watch("ana")
	d.gone()
	d.say("ana", "questions", "@trilat When is the library open?")
	if m := ana.message(); !strings.Contains(m.Content, "Tuesday to Saturday") {
		t.Errorf("have %+v", m)
	}
}

// A link that is dead without a word is noticed by its silence. discordgo reads without a deadline and waits for five
// heartbeats to go unanswered: more than three minutes.
func TestSilenceIsNoticed(t *testing.T) {
	t.Parallel()
	d := open(t, nervous)
	silence := d.breakdown(playground.Fault{Kind: "silence"})
	d.gone()
	d.local.Mend(silence)
	d.back()
	d.checkAnswer()
}

// A gateway that accepts a connection and never says hello holds discordgo in Open, and its lock, for ever: neither Open
// nor Close return.
func TestAGatewayThatNeverGreets(t *testing.T) {
	t.Parallel()
	d := closed(t, quick)
	mute := d.breakdown(playground.Fault{Kind: "no_hello"})
	d.start()
	d.until("it gives up", func() bool { return len(d.log.lines("gateway lost")) >= 2 })
	d.local.Mend(mute)
	d.until("the bot is ready", d.front.Ready)
	d.checkAnswer()
}

// Being asked to connect again directly after the greeting makes discordgo wait for a lock that it holds itself. Without
// a new session in its place the bot never comes back; this one has the fault at the very first connection too.
func TestASessionThatIsStuckIsReplaced(t *testing.T) {
	t.Parallel()
	d := closed(t, quick)
	stuck := d.front.gateway.link()
	d.front.gateway.receive = func(*discordgo.Event) {}
	web := httptest.NewServer(scripted(`{"op":10,"d":{"heartbeat_interval":41250}}`, `{"op":7,"d":null}`))
	t.Cleanup(web.Close)
	stuck.session.Client = &http.Client{Transport: points{strings.Replace(web.URL, "http", "ws", 1)}}
	if err := stuck.open(t.Context(), d.front.gateway.pace); !errors.Is(err, errStuck) {
		t.Errorf("have %v, want %v", err, errStuck)
	}
	if _, free := stuck.answered(); free {
		t.Error("the session is not stuck: discordgo may have learned, and the workaround may go")
	}
}

// scripted is a gateway that sends frames and then nothing.
func scripted(frames ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for _, f := range frames {
			_ = c.WriteMessage(websocket.TextMessage, []byte(f)) // the other side notices
		}
		for err == nil {
			_, _, err = c.ReadMessage()
		}
	}
}

// points answers the question for the gateway's address.
type points struct{ address string }

func (p points) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	_ = json.NewEncoder(w).Encode(map[string]string{"url": p.address})
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// Heartbeats that go unanswered while events still come are noticed too, though nothing is silent.
func TestUnansweredHeartbeatsAreNoticed(t *testing.T) {
	t.Parallel()
	d := open(t, nervous)
	before := d.connections()
	d.breakdown(playground.Fault{Kind: "no_acks"})
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				d.local.Say("ana", d.channels["general"], playground.Saying{Content: "chat"})
			case <-stop:
				return
			}
		}
	}()
	d.until("it connects again", func() bool { return d.connections() > before })
}

// An event that is cut off is lost with what Discord sent, but nothing else is.
func TestABrokenEvent(t *testing.T) {
	t.Parallel()
	d := open(t, quick)
	d.breakdown(playground.Fault{Kind: "corrupt", Times: 1})
	d.say("ana", "general", "chat")
	d.checkAnswer()
}

// What no waiting mends ends the bot with a sentence. discordgo tries again for ever, and tells nobody.
func TestWhatAPersonMustMendEndsTheBot(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{
		4004: "token", 4010: "shards", 4011: "shards", 4012: "newer", 4013: "intents", 4014: "intents",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			for _, later := range []bool{false, true} {
				d := closed(t, quick)
				if later {
					d.start()
					d.until("the bot is ready", d.front.Ready)
				}
				d.breakdown(playground.Fault{Kind: "close", Code: code, Next: true, Times: 100})
				if later {
					d.breakdown(playground.Fault{Kind: "close"})
				} else {
					d.start()
				}
				if err := d.outcome(); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%d, later %v: Run ends with %v", code, later, err)
				}
			}
		})
	}
}

// The close code that answers a session which could not be resumed is read by discordgo's listener, which keeps it to
// itself: resumed again and again, it would never be told. A new session's Open tells it.
func TestAFatalCodeAfterARefusedResume(t *testing.T) {
	t.Parallel()
	d := closed(t, quick)
	g := d.front.gateway
	g.receive = func(*discordgo.Event) {}
	web := httptest.NewServer(greetsOnce())
	t.Cleanup(web.Close)
	g.wire = points{strings.Replace(web.URL, "http", "ws", 1)}
	ended := make(chan error, 1)
	go func() { ended <- g.run(t.Context()) }()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "intents") {
			t.Errorf("have %v", err)
		}
	case <-time.After(soon):
		t.Error("the code is not told")
	}
}

// greetsOnce is a gateway that accepts the first session and hangs up, resumes none, and wants no second one.
func greetsOnce() http.HandlerFunc {
	var identified atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		say := func(frame string) { err = c.WriteMessage(websocket.TextMessage, []byte(frame)) }
		say(`{"op":10,"d":{"heartbeat_interval":41250}}`)
		for err == nil {
			var asked struct{ Op int }
			if err = c.ReadJSON(&asked); err != nil {
				return
			}
			switch {
			case asked.Op == 6:
				say(`{"op":9,"d":false}`)
			case asked.Op == 2 && identified.Add(1) == 1:
				say(`{"op":0,"s":1,"t":"READY","d":{"session_id":"1","user":{"id":"7"},"application":{"id":"7"}}}`)
				return
			case asked.Op == 2:
				err = c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(4014, ""))
			}
		}
	}
}

func TestAWrongToken(t *testing.T) {
	t.Parallel()
	d := closed(t, nil)
	f, err := New(Config{Token: "wrong", Bot: library(t), API: d.url})
	if err != nil {
		t.Fatal(err)
	}
	d.front = f
	d.start()
	if err := d.outcome(); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("Run ends with %v", err)
	}
}

// A bot that is told to end while it can not connect ends.
func TestShutdownWithoutAConnection(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*desk){
		"no greeting":  func(d *desk) { d.breakdown(playground.Fault{Kind: "no_hello"}) },
		"no interface": func(d *desk) { d.breakdown(playground.Fault{Kind: "status", Status: 503}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := closed(t, quick)
			prepare(d)
			d.start()
			d.until("it tried", func() bool { return len(d.log.lines("gateway lost")) > 0 })
			if err := d.stop(); err != nil {
				t.Errorf("Run ends with %v", err)
			}
		})
	}
}

func TestPauses(t *testing.T) {
	p := steady()
	for failures, want := range []time.Duration{p.settle, p.settle + time.Second, p.settle + 2*time.Second, p.settle + 4*time.Second} {
		if have := p.pause(failures); have != want {
			t.Errorf("after %d failures: have %s, want %s", failures, have, want)
		}
	}
	if have := p.pause(1000); have != p.longest {
		t.Errorf("have %s, want %s", have, p.longest)
	}
}

package playground

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestFaultsOfREST(t *testing.T) {
	r := newRoom(t)
	general := r.channel("general")
	tests := []struct {
		fault         Fault
		status        int // 0: the connection breaks
		header, value string
		sent          bool // the message was sent all the same
	}{
		{Fault{Kind: "status"}, 500, "Content-Type", "text/html", false},
		{Fault{Kind: "status", Status: 502, Applied: true}, 502, "Content-Type", "text/html", true},
		{Fault{Kind: "status", Status: 429, RetryAfter: 3 * time.Second}, 429, "Retry-After", "3", false},
		{Fault{Kind: "ratelimit", RetryAfter: 1500 * time.Millisecond}, 429, "X-RateLimit-Scope", "shared", false},
		{Fault{Kind: "ratelimit", RetryAfter: time.Second, Global: true}, 429, "X-RateLimit-Global", "true", false},
		{Fault{Kind: "reset"}, 0, "", "", false},
		{Fault{Kind: "reset", Applied: true}, 0, "", "", true},
		{Fault{Kind: "slow", Delay: time.Millisecond}, 200, "", "", true},
	}
	for _, test := range tests {
		r.s.Advance(10 * time.Second)
		f := test.fault
		f.Match, f.Times = "POST /channels/*/messages", 1
		id := must(r.s.Break(f))(t)
		before := len(r.sees("ana", general))
		r.want("200", "GET /channels/"+general, nil) // does not match
		got := r.call("POST /channels/"+general+"/messages", `{"content":"hello"}`)
		if got.status != test.status || got.header.Get(test.header) != test.value {
			t.Errorf("%+v: have %d %v, want %d and %s: %s", f, got.status, got.header, test.status, test.header, test.value)
		}
		if sent := len(r.sees("ana", general)) > before; sent != test.sent {
			t.Errorf("%+v: sent is %v, want %v", f, sent, test.sent)
		}
		if len(r.s.faults) != 0 {
			t.Errorf("%+v: fault %s is still there after it happened once", f, id)
		}
	}
	exchanges := r.s.Requests()
	if e := exchanges[len(exchanges)-1]; e.Status != 200 || string(e.Body) != `{"content":"hello"}` || e.N != len(exchanges) {
		t.Errorf("log: have %+v, want the last request", e)
	}
}

func TestFaultsLastUntilTheyAreMended(t *testing.T) {
	r := newRoom(t)
	id := must(r.s.Break(Fault{Kind: "status", Status: 503}))(t)
	r.want("503", "GET /users/@me", nil)
	r.want("503", "GET /users/@me", nil)
	r.s.Mend("another")
	r.want("503", "GET /users/@me", nil)
	r.s.Mend(id)
	r.want("200", "GET /users/@me", nil)
	if _, err := r.s.Break(Fault{Kind: "earthquake"}); err == nil {
		t.Error("an unknown fault was taken")
	}
}

func TestFaultsOfTheGatewayHappenAtOnce(t *testing.T) {
	r := newRoom(t)
	broken := func(f Fault) *gate {
		g := r.online()
		must(r.s.Break(f))(t)
		return g
	}
	broken(Fault{Kind: "heartbeat"}).op("1")
	broken(Fault{Kind: "reconnect"}).op("7")
	same(t, "may resume", at(broken(Fault{Kind: "invalid", Resumable: true}).op("9"), "d"), true)
	same(t, "may resume", at(broken(Fault{Kind: "invalid"}).op("9"), "d"), false)
	broken(Fault{Kind: "close", Code: 4004}).closed(4004)
	broken(Fault{Kind: "close"}).closed(1006)
	if len(r.s.faults) != 0 {
		t.Errorf("left: have %v, want none", r.s.faultList())
	}
}

func TestFaultsAnswerTheNextAttempt(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	attempt := func(f Fault) *gate {
		f.Next = true
		must(r.s.Break(f))(t)
		again := r.dial("v=10")
		again.op("10")
		again.send(resume(g, g.seq))
		return again
	}
	attempt(Fault{Kind: "reconnect"}).op("7")
	again := attempt(Fault{Kind: "invalid"})
	again.op("9")
	again.send(r.identify(""))
	again.event("READY")
	attempt(Fault{Kind: "close", Code: 4014}).closed(4014)
	same(t, "after that", at(attempt(Fault{Kind: "duplicate", Times: 1}).op("0"), "t"), "RESUMED")
}

func TestFaultsAgainAndAgain(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	must(r.s.Break(Fault{Kind: "close", Code: 4000, Times: 3}))(t)
	g.closed(4000)
	for range 2 {
		next := r.dial("v=10")
		next.op("10")
		next.send(r.identify(""))
		next.closed(4000)
	}
	r.online()
}

func TestSpoiltEvents(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	must(r.s.Break(Fault{Kind: "corrupt", Times: 1}))(t)
	r.says("ana", r.channel("general"), "cut off")
	if data := g.next(); json.Valid(data) {
		t.Errorf("corrupt: have %s, want what is no JSON", data)
	}
	must(r.s.Break(Fault{Kind: "duplicate", Times: 1}))(t)
	id := r.says("ana", r.channel("general"), "twice")
	same(t, "first", at(g.next(), "d.id"), id)
	same(t, "second", at(g.next(), "d.id"), id)
	must(r.s.Break(Fault{Kind: "late", Times: 1}))(t)
	late, id := r.says("ana", r.channel("general"), "late"), r.says("ana", r.channel("general"), "once")
	same(t, "then", at(g.next(), "d.id"), id)
	same(t, "at last", at(g.next(), "d.id"), late)
}

func TestSilenceLastsUntilItIsMended(t *testing.T) {
	r := newRoom(t)
	patient, asking := r.online(), r.online()
	must(r.s.Break(Fault{Kind: "silence"}))(t)
	r.says("ana", r.channel("general"), "unheard")
	asking.send(`{"op":1,"d":null}`)
	later := r.dial("v=10")
	later.op("10")
	later.send(r.identify(""))
	for _, g := range []*gate{asking, later} {
		g.send(`{"op":99,"d":null}`) // taken after all before it, and answered with a close
		if _, data, err := g.ws.ReadMessage(); !websocket.IsCloseError(err, closeUnknownOp) {
			t.Errorf("in silence: have %s %v, want the end", data, err)
		}
	}
	r.s.Mend("")
	id := r.says("ana", r.channel("general"), "heard")
	same(t, "the first that is heard", at(patient.next(), "d.id"), id)
	r.online()
}

func TestNoGreetingAndNoAcknowledgement(t *testing.T) {
	r := newRoom(t)
	must(r.s.Break(Fault{Kind: "no_hello", Times: 1}))(t)
	g := r.dial("v=10")
	g.send(r.identify(""))
	same(t, "the first frame", at(g.next(), "t"), "READY")
	g.event("GUILD_CREATE")
	must(r.s.Break(Fault{Kind: "no_acks", Times: 1}))(t)
	g.send(`{"op":1,"d":null}`)
	g.send(`{"op":1,"d":null}`)
	g.send(`{"op":8,"d":{"guild_id":"` + r.s.world.desk.id.String() + `"}}`)
	g.op("11") // of the second
	g.event("GUILD_MEMBERS_CHUNK")
}

func TestFaultsFromThePage(t *testing.T) {
	r := newRoom(t)
	id := r.want("200", "POST /local/faults", `{"kind":"ratelimit","retry_after":1.5,"delay_ms":20,"times":2}`).text("id")
	if f := r.s.faults[0]; f.RetryAfter != 1500*time.Millisecond || f.Delay != 20*time.Millisecond {
		t.Errorf("have %+v, want 1.5 s and 20 ms", f)
	}
	got := r.call("GET /local/faults", nil)
	same(t, "listed", got.text("faults.0.retry_after")+" "+got.text("faults.0.delay_ms")+" "+got.text("faults.0.id"), "1.5 20 "+id)
	r.want("204", "DELETE /local/faults?id="+id, nil)
	same(t, "listed", r.call("GET /local/faults", nil).text("faults"), "[]")
	r.want("400", "POST /local/faults", `{"kind":"earthquake"}`)
	r.want("400", "POST /local/faults", `{`)
}

func TestGlob(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"GET /a", "GET /a", true}, {"GET /a", "GET /ab", false}, {"*", "anything", true}, {"GET /*", "GET /a/b", true},
		{"POST /interactions/*/callback", "POST /interactions/1/token/callback", true},
		{"POST /interactions/*/callback", "POST /interactions/1/token", false},
		{"* /channels/*/messages", "POST /channels/1/messages", true}, {"* /channels/*/messages", "POST /channels/1/messages/2", false},
		{"a*b*c", "abc", true}, {"a*b*c", "acb", false}, {"", "", true}, {"", "a", false},
	}
	for _, test := range tests {
		if have := glob(test.pattern, test.text); have != test.want {
			t.Errorf("%q and %q: have %v, want %v", test.pattern, test.text, have, test.want)
		}
	}
}

func TestTooManyRefusedRequestsShutTheDoor(t *testing.T) {
	r := newRoom(t)
	r.s.limits.invalid = window{count: invalidLimit.requests - 1, ends: r.s.Now().Add(time.Minute)}
	stranger := func(q *http.Request) { q.Header.Set("Authorization", "Bot wrong") }
	if got := r.call("GET /users/@me", nil, stranger); got.status != 401 {
		t.Errorf("the last one: have %d, want 401", got.status)
	}
	if got := r.call("GET /users/@me", nil); got.status != 429 || json.Valid(got.body) {
		t.Errorf("one more: have %d %s, want 429 and no JSON", got.status, got.body)
	}
	r.s.Advance(time.Minute)
	r.want("200", "GET /users/@me", nil)
}

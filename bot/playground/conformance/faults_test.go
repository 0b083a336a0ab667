package conformance

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// restFaults are about what goes wrong over REST.
func restFaults() []check {
	return []check{
		{"5xx before and after taking effect", func(d *desk) {
			general := d.channel("general")
			for _, status := range []int{500, 502, 503, 504} {
				for _, applied := range []bool{false, true} {
					d.discord.Advance(time.Minute)
					before := len(d.sees("ana", general))
					d.breaks(object{"kind": "status", "match": "POST /channels/*/messages", "times": 1, "status": status, "applied": applied})
					d.rest("POST /channels/"+general+"/messages", object{"content": "x"}).ok(status)
					same(d.T, "took effect", len(d.sees("ana", general)) > before, applied)
				}
			}
		}},
		{"a slow answer", func(d *desk) {
			d.breaks(object{"kind": "slow", "match": "GET /users/@me", "times": 1, "delay_ms": 200})
			began := time.Now()
			d.rest("GET /users/@me", nil).ok(200)
			if took := time.Since(began); took < 200*time.Millisecond {
				d.Errorf("have an answer after %v, want it after 200 ms", took)
			}
		}},
		{"a connection that breaks before and after taking effect, and a nonce against the second message", brokenOff},
		{"a global 429", func(d *desk) {
			d.breaks(object{"kind": "ratelimit", "times": 1, "global": true, "retry_after": 1.5})
			a := d.rest("GET /users/@me", nil).ok(429, "global", true, "retry_after", 1.5)
			same(d.T, "X-RateLimit-Global", a.header.Get("X-RateLimit-Global"), "true")
			same(d.T, "X-RateLimit-Bucket", a.header.Get("X-RateLimit-Bucket"), "")
			d.rest("GET /users/@me", nil).ok(200)
		}},
		{"a shared 429", func(d *desk) {
			d.breaks(object{"kind": "ratelimit", "times": 1, "retry_after": 1.5})
			a := d.rest("GET /users/@me", nil).ok(429, "global", false)
			same(d.T, "X-RateLimit-Scope", a.header.Get("X-RateLimit-Scope"), "shared")
		}},
		{"more than 50 requests a second", func(d *desk) {
			for range 60 {
				if a := d.rest("GET /channels/1", nil); a.status == 429 {
					a.ok(429, "global", true)
					return
				}
			}
			d.Error("have no 429 in 60 requests, want one")
		}},
		{"a 429 in HTML", func(d *desk) {
			d.breaks(object{"kind": "status", "times": 1, "status": 429, "retry_after": 2})
			cloudflare(d.rest("GET /users/@me", nil))
		}},
		{"10 000 refused requests in ten minutes", func(d *desk) {
			wrong := func(r *http.Request) { r.Header.Set("Authorization", "Bot wrong") }
			for range 10_000 {
				d.rest("GET /users/@me", nil, wrong)
			}
			cloudflare(d.rest("GET /gateway", nil))
			d.discord.Advance(10 * time.Minute)
			d.rest("GET /users/@me", nil).ok(200)
		}},
	}
}

// sessionFaults are about sessions that the gateway does not continue.
func sessionFaults() []check {
	return []check{
		{"op 7 in the middle of a session", func(d *desk) {
			g := d.online(guilds)
			d.breaks(object{"kind": "reconnect"})
			g.awaitOp(7)
		}},
		{"op 7 directly after a resume", func(d *desk) {
			g := d.online(guilds)
			_ = g.conn.Close()
			d.breaks(object{"kind": "reconnect", "times": 1, "next": true})
			again := d.connect()
			again.resume(g.session, g.seq)
			again.awaitOp(7)
		}},
		{"op 9, for good and not", func(d *desk) {
			for _, resumable := range []bool{false, true} {
				g := d.online(guilds)
				d.breaks(object{"kind": "invalid", "resumable": resumable})
				same(d.T, "may resume", g.awaitOp(9).data, resumable)
			}
		}},
		{"op 9 in answer to a resume", func(d *desk) {
			g := d.online(guilds)
			_ = g.conn.Close()
			d.breaks(object{"kind": "invalid", "times": 1, "next": true})
			again := d.connect()
			again.resume(g.session, g.seq)
			same(d.T, "may resume", again.wantOp(9).data, false)
		}},
		{"4004 on a reconnect", func(d *desk) {
			g := d.online(guilds)
			_ = g.conn.Close()
			d.breaks(object{"kind": "close", "code": 4004, "times": 1, "next": true})
			again := d.connect()
			again.resume(g.session, g.seq)
			again.wantClosed(4004)
		}},
	}
}

// gatewayFaults are about a gateway that says nothing, or something wrong.
func gatewayFaults() []check {
	return []check{
		{"no hello", func(d *desk) {
			d.breaks(object{"kind": "no_hello", "times": 1})
			silent(d.dial("v=10&encoding=json"))
			d.connect()
		}},
		{"a gateway that falls silent", func(d *desk) {
			g := d.online(0)
			d.breaks(object{"kind": "silence"})
			g.send(1, g.seq)
			silent(g)
		}},
		{"heartbeats that nobody acknowledges", func(d *desk) {
			g := d.online(0)
			d.breaks(object{"kind": "no_acks"})
			g.send(1, g.seq)
			silent(g)
		}},
		{"an event sent twice", func(d *desk) {
			g, general := d.online(guilds|guildMessages), d.channel("general")
			g.await("GUILD_CREATE")
			d.breaks(object{"kind": "duplicate", "times": 1})
			d.says("ana", general, "x")
			same(d.T, "sequence numbers", g.next().seq, g.next().seq)
		}},
		{"an event after the next one", func(d *desk) {
			g, general := d.online(guilds|guildMessages), d.channel("general")
			g.await("GUILD_CREATE")
			d.breaks(object{"kind": "late", "times": 1})
			first, second := d.says("ana", general, "1"), d.says("ana", general, "2")
			same(d.T, "order", []any{at(g.next().data, "id"), at(g.next().data, "id")}, []any{second, first})
		}},
		{"a heartbeat on demand", func(d *desk) {
			g := d.online(0)
			d.breaks(object{"kind": "heartbeat"})
			g.awaitOp(1)
			g.send(1, g.seq)
			g.wantOp(11)
		}},
		{"an event cut off", func(d *desk) {
			g, general := d.online(guilds|guildMessages), d.channel("general")
			g.await("GUILD_CREATE")
			d.breaks(object{"kind": "corrupt", "times": 1})
			d.says("ana", general, "x")
			if _, text, err := g.conn.ReadMessage(); err != nil || json.Valid(text) {
				d.Errorf("have %s, %v, want something that is not JSON", text, err)
			}
		}},
	}
}

// breaks asks for a fault.
func (d *desk) breaks(fault object) {
	d.Helper()
	d.page("POST faults", fault)
}

// brokenOff sends a message twice, because the first time the connection broke after it had taken effect.
func brokenOff(d *desk) {
	general := d.channel("general")
	post := func() error {
		body := strings.NewReader(`{"content": "once", "nonce": "7", "enforce_nonce": true}`)
		r, err := http.NewRequestWithContext(d.Context(), "POST", d.url+"/api/v10/channels/"+general+"/messages", body)
		if err != nil {
			d.Fatal(err)
		}
		r.Header.Set("Authorization", "Bot "+d.discord.Token())
		r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	for _, applied := range []bool{false, true} {
		d.breaks(object{"kind": "reset", "match": "POST /channels/*/messages", "times": 1, "applied": applied})
		if err := post(); err == nil {
			d.Error("have an answer, want none")
		}
		same(d.T, "took effect", len(d.sees("ana", general)) == 1, applied)
	}
	if err := post(); err != nil {
		d.Error(err)
	}
	same(d.T, "messages", len(d.sees("ana", general)), 1)
}

// cloudflare wants an answer that does not come from Discord itself.
func cloudflare(a answer) {
	a.Helper()
	if a.ok(429); !strings.HasPrefix(string(a.body), "<") || a.header.Get("Retry-After") == "" {
		a.Errorf("have %s, want a page and a header Retry-After", a.body)
	}
}

// silent wants nothing more from a connection. It waits a little: that nothing comes can only be seen by waiting.
func silent(g *gate) {
	g.Helper()
	if err := g.conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		g.Fatal(err)
	}
	_, text, err := g.conn.ReadMessage()
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		g.Errorf("have %s, %v, want nothing", text, err)
	}
}

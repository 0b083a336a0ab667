package playground

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func (r *room) identify(fields string) string {
	return `{"op":2,"d":{"token":"` + r.s.Token() + `","properties":{},"intents":4609` + fields + `}}`
}

func TestTheGatewaySendsAway(t *testing.T) {
	r := newRoom(t)
	tests := []struct {
		name, query string
		frames      []string
		code        int
	}{
		{"what it does not know", "v=10", []string{`{"op":99,"d":null}`}, closeUnknownOp},
		{"what is no JSON", "v=10", []string{`{"op":`}, closeDecode},
		{"what has no op", "v=10", []string{`{}`}, closeDecode},
		{"what is too long", "v=10", []string{`{"op":3,"d":"` + x(maxEvent) + `"}`}, closeDecode},
		{"other encodings", "v=10&encoding=etf", nil, closeDecode},
		{"other versions", "v=8", nil, closeVersion},
		{"presence before identify", "v=10", []string{`{"op":3,"d":{}}`}, closeNoIdentify},
		{"a wrong token", "v=10", []string{`{"op":2,"d":{"token":"wrong","intents":1}}`}, closeToken},
		{"a wrong token in a resume", "v=10", []string{`{"op":6,"d":{"token":"wrong","session_id":"x","seq":1}}`}, closeToken},
		{"who identifies twice", "v=10", []string{r.identify(""), r.identify("")}, closeIdentified},
		{"who resumes a session of its own", "v=10", []string{r.identify(""), `{"op":6,"d":{}}`}, closeIdentified},
		{"no intents", "v=10", []string{`{"op":2,"d":{"token":"` + r.s.Token() + `"}}`}, closeIntents},
		{"unknown intents", "v=10", []string{r.identify(`,"intents":1073741824`)}, closeIntents},
		{"the intent for members", "v=10", []string{r.identify(`,"intents":2`)}, closeDisallowed},
		{"the intent for presences", "v=10", []string{r.identify(`,"intents":256`)}, closeDisallowed},
		{"the intent for content", "v=10", []string{r.identify(`,"intents":32768`)}, closeDisallowed},
		{"a shard that there is not", "v=10", []string{r.identify(`,"shard":[2,2]`)}, closeShard},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := (&room{t, r.s, r.url}).dial(test.query)
			for _, frame := range test.frames {
				g.send(frame)
			}
			g.closed(test.code)
		})
	}
}

func TestTheGatewayCountsEvents(t *testing.T) {
	g := newRoom(t).online()
	for range 120 {
		g.send(`{"op":1,"d":null}`)
		g.op("11")
	}
	g.s.Advance(time.Minute)
	for range 120 {
		g.send(`{"op":1,"d":null}`)
		g.op("11")
	}
	g.send(`{"op":1,"d":null}`)
	g.closed(closeRate)
}

func TestReady(t *testing.T) {
	r := newRoom(t)
	g := r.dial("v=9&encoding=json")
	same(t, "hello", at(g.op("10"), "d.heartbeat_interval"), 41250)
	g.send(r.identify(""))
	ready := g.event("READY")
	for path, want := range map[string]any{"v": 9, "user.id": r.s.world.app, "guilds.0.unavailable": true, "application.id": r.s.world.app,
		"application.flags": 0, "private_channels": "[]", "resume_gateway_url": strings.Replace(r.url, "http", "ws", 1) + "/gateway"} {
		same(t, path, ready.text(path), want)
	}
	guild := g.event("GUILD_CREATE")
	for path, want := range map[string]any{"name": "Adriatic Desk", "member_count": 5, "large": false, "threads": "[]", "presences": "[]",
		"channels.0.name": "general", "channels.0.type": 0, "roles.0.name": "@everyone", "members.0.user.username": "trilat", "members.1": nil} {
		same(t, path, fmt.Sprint(at(guild.body, path)), fmt.Sprint(want))
	}
}

func TestShardsShareTheGuilds(t *testing.T) {
	r := newRoom(t)
	r.s.Populate(20)
	total := 0
	for shard := range 3 {
		g := r.dial("v=10")
		g.op("10")
		g.send(r.identify(fmt.Sprintf(`,"shard":[%d,3]`, shard)))
		ready := g.event("READY")
		same(t, "shard", ready.text("shard"), fmt.Sprintf("[%d 3]", shard))
		for n := 0; at(ready.body, fmt.Sprintf("guilds.%d", n)) != nil; n++ {
			total++
		}
	}
	same(t, "guilds of all shards", total, 21)
}

func TestAResumeSendsWhatWasMissed(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	last := g.seq
	g.ws.Close()
	r.says("ana", r.channel("general"), "one")
	r.says("ana", r.channel("general"), "two")

	again := r.dial("v=10")
	again.op("10")
	again.send(resume(g, last))
	first, second := again.op("0"), again.op("0")
	same(t, "missed", fmt.Sprintln(at(first, "s"), at(first, "t"), at(second, "s"), at(second, "t")), "3 MESSAGE_CREATE 4 MESSAGE_CREATE\n")
	same(t, "then", at(again.op("0"), "t"), "RESUMED")

	third := r.dial("v=10")
	third.op("10")
	third.send(resume(g, "5"))
	same(t, "nothing missed", at(third.op("0"), "t"), "RESUMED")
	again.closed(closeTimeout)
}

func resume(g *gate, seq string) string {
	return `{"op":6,"d":{"token":"` + g.s.Token() + `","session_id":"` + g.session + `","seq":` + seq + `}}`
}

func TestWhatCanNotBeResumed(t *testing.T) {
	r := newRoom(t)
	leave := func(code int) *gate {
		g := r.online()
		events, stop := r.s.Watch("ana")
		defer stop()
		if err := g.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(code, "")); err != nil {
			t.Fatal(err)
		}
		g.closed(code)
		until(t, events, "PRESENCE", "false")
		return g
	}
	try := func(name string, g *gate, seq, want string) {
		again := r.dial("v=10")
		defer again.ws.Close()
		again.op("10")
		again.send(resume(g, seq))
		have := again.next()
		same(t, name, fmt.Sprintf("%v %v %v", at(have, "op"), at(have, "d"), at(have, "t")), want)
	}
	try("left with 1012", leave(1012), "2", "0 map[_trace:[]] RESUMED")
	try("left with 1000", leave(1000), "2", "9 false <nil>")
	try("an unknown session", &gate{room: r, session: "unknown"}, "2", "9 false <nil>")
	old := leave(1012)
	r.s.Advance(resumable + time.Second)
	try("gone for long", old, "2", "9 false <nil>")
	busy := leave(1012)
	for range 2*maxReplay + 10 {
		r.says("ana", r.channel("general"), "hello")
	}
	try("far behind", busy, "2", "9 false <nil>")
	ahead := leave(1012)
	g := r.dial("v=10")
	g.op("10")
	g.send(resume(ahead, "99"))
	g.closed(closeSequence)
}

func TestFramesAreCompressed(t *testing.T) {
	r := newRoom(t)
	one := r.dial("v=10")
	one.op("10")
	one.send(r.identify(`,"compress":true`))
	kind, data, err := one.ws.ReadMessage()
	if err != nil || kind != websocket.BinaryMessage {
		t.Fatalf("payload: have kind %d, %v, want a binary frame", kind, err)
	}
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "payload", at(text, "t"), "READY")

	all := r.dial("v=10&compress=zlib-stream")
	var packed bytes.Buffer
	take := func() []byte {
		_, data, err := all.ws.ReadMessage()
		if err != nil || !bytes.HasSuffix(data, []byte{0, 0, 255, 255}) {
			t.Fatalf("stream: have %x %v, want a flushed frame", data, err)
		}
		packed.Write(data)
		return data
	}
	take()
	stream, err := zlib.NewReader(&packed)
	if err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 1<<20)
	n, _ := stream.Read(buffer)
	same(t, "stream", at(buffer[:n], "op"), 10)
	all.send(r.identify(""))
	take()
	n, _ = stream.Read(buffer)
	same(t, "stream", at(buffer[:n], "t"), "READY")
}

func TestWhatTheBotHears(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	general := r.channel("general")
	mention := "<@" + r.s.world.app.String() + ">"
	direct := fmt.Sprint(at(must(r.s.Direct("ana"))(t), "id"))
	hears := func(channel, text string) response {
		r.says("ana", channel, text)
		return g.event("MESSAGE_CREATE")
	}
	plain := hears(general, "hello")
	same(t, "what is not for it", plain.text("content", "member.roles", "author.username", "channel_type"), " [] ana 0")
	if at(plain.body, "member.user") != nil {
		t.Error("the member comes with the user, want it without")
	}
	named := hears(general, mention+" hello")
	same(t, "a mention", named.text("content", "mentions.0.username"), mention+" hello trilat")
	same(t, "a direct message", hears(direct, "hello").text("content"), "hello")
	r.says("ivo", r.channel("quiet"), "unheard")
	mine := r.want("200", "POST /channels/"+general+"/messages", `{"content":"mine"}`)
	same(t, "after what it may not see comes its own", g.event("MESSAGE_CREATE").text("content"), "mine")
	reply := must(r.s.Say("ana", general, Saying{Content: "and?", ReplyTo: mine.text("id"), Ping: true}))(t)
	heard := g.event("MESSAGE_CREATE")
	same(t, "a reply", heard.text("content", "referenced_message.content", "type"), "and? mine 19")
	same(t, "by REST", r.want("200", "GET /channels/"+general+"/messages/"+fmt.Sprint(at(reply, "id")), nil).text("content"), "and?")
	must(r.s.Say("ana", general, Saying{Content: "unheard", ReplyTo: mine.text("id")}))(t)
	same(t, "a reply that pings nobody", g.event("MESSAGE_CREATE").text("content"), "")
}

func TestIntentsDecideWhatComes(t *testing.T) {
	r := newRoom(t)
	g := r.dial("v=10")
	g.op("10")
	g.send(r.identify(`,"intents":4096`)) // direct messages alone
	g.event("READY")
	r.says("ana", r.channel("general"), "<@"+r.s.world.app.String()+">")
	r.says("ana", fmt.Sprint(at(must(r.s.Direct("ana"))(t), "id")), "direct")
	same(t, "the first event after READY", at(g.op("0"), "d.content"), "direct")
}

func TestMembersOnRequest(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	guild, ana := r.s.world.desk.id.String(), r.s.world.person("ana").ID.String()
	for _, guilds := range []string{`"` + guild + `"`, `["` + guild + `"]`} {
		g.send(`{"op":8,"d":{"guild_id":` + guilds + `,"user_ids":["` + ana + `","1"],"nonce":"n"}}`)
		chunk := g.event("GUILD_MEMBERS_CHUNK")
		same(t, "chunk", chunk.text("members.0.user.username", "not_found", "nonce"), "ana [1] n")
	}
}

func TestCloseSaysFarewell(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	events, stop := r.s.Watch("ana")
	defer stop()
	r.s.Close()
	g.closed(1001)
	if _, open := <-events; open {
		t.Error("the events go on after Close")
	}
	late, done := r.s.Watch("ana")
	defer done()
	if _, open := <-late; open {
		t.Error("events begin after Close")
	}
}

package conformance

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// connectionChecks are about a connection, and how it is packed.
func connectionChecks() []check {
	return []check{
		{"hello", func(d *desk) {
			f := d.dial("v=9&encoding=json").wantOp(10)
			if n := fmt.Sprint(at(f.data, "heartbeat_interval")); n == "0" || n == "<nil>" {
				d.Errorf("heartbeat_interval: have %s, want some milliseconds", n)
			}
		}},
		{"heartbeat and acknowledgement", func(d *desk) {
			g := d.connect()
			g.send(1, nil)
			g.wantOp(11)
		}},
		{"identify", identify},
		{"presence and voice are taken", func(d *desk) {
			g := d.online(guilds)
			g.send(3, object{"since": 0, "activities": []any{}, "status": "online", "afk": false})
			g.send(4, object{"guild_id": d.guild, "channel_id": nil, "self_mute": false, "self_deaf": false})
			g.send(1, g.seq)
			g.awaitOp(11)
		}},
		{"members on request, the guild also as a list", func(d *desk) {
			g, ana := d.online(guilds), d.user("ana")
			for _, guild := range []any{d.guild, []string{d.guild}} {
				g.send(8, object{"guild_id": guild, "user_ids": []string{ana, "1"}, "limit": 0, "nonce": "n"})
				chunk := g.await("GUILD_MEMBERS_CHUNK")
				same(d.T, "member", at(chunk, "members/0/user/username"), "ana")
				same(d.T, "unknown", at(chunk, "not_found"), []string{"1"})
				same(d.T, "nonce", at(chunk, "nonce"), "n")
			}
		}},
		{"frames compressed one by one", func(d *desk) {
			g := d.connect()
			g.identify(object{"compress": true})
			kind, packed, err := g.conn.ReadMessage()
			if err != nil || kind != websocket.BinaryMessage {
				d.Fatalf("have kind %d, %v, want a binary frame", kind, err)
			}
			text, err := g.unpack(packed)
			if err != nil {
				d.Fatal(err)
			}
			same(d.T, "event", at(decode(d.T, text), "t"), "READY")
		}},
		{"all frames as one compressed stream", compressedStream},
	}
}

// resumeChecks are about coming back to a session.
func resumeChecks() []check {
	return []check{
		{"resume replays what was missed", resume},
		{"resume of an unknown session", func(d *desk) {
			g := d.connect()
			g.resume("unknown", 1)
			same(d.T, "may resume", g.wantOp(9).data, false)
			g.identify(nil)
			g.await("READY")
		}},
		{"resume after an hour", func(d *desk) {
			g := d.online(guilds)
			g.leaves()
			d.discord.Advance(time.Hour)
			again := d.connect()
			again.resume(g.session, g.seq)
			same(d.T, "may resume", again.wantOp(9).data, false)
		}},
		{"a resume takes the session from the older connection (4009)", func(d *desk) {
			old, g := d.online(guilds), d.connect()
			g.resume(old.session, old.seq)
			g.await("RESUMED")
			old.wantClosed(4009)
		}},
	}
}

// closeChecks are about what the gateway does not put up with.
func closeChecks() []check {
	return []check{
		{"4001 unknown op", closes(4001, func(g *gate) { g.send(99, nil) })},
		{"4002 too large, or no JSON", func(d *desk) {
			closes(4002, func(g *gate) { g.send(3, strings.Repeat("x", 4097)) })(d)
			closes(4002, func(g *gate) { _ = g.conn.WriteMessage(websocket.TextMessage, []byte("{")) })(d)
		}},
		{"4003 before identify", closes(4003, func(g *gate) { g.send(3, object{}) })},
		{"4004 wrong token", closes(4004, func(g *gate) { g.identify(object{"token": "wrong"}) })},
		{"4005 identify twice", closes(4005, func(g *gate) { g.identify(nil); g.identify(nil) })},
		{"4007 resume from the future", func(d *desk) {
			g := d.online(guilds)
			_ = g.conn.Close()
			closes(4007, func(again *gate) { again.resume(g.session, 9999) })(d)
		}},
		{"4008 more than 120 events in a minute, not counted before identify", func(d *desk) {
			g := d.connect()
			for range 130 {
				g.send(1, nil)
			}
			g.identify(nil)
			g.await("READY")
			for range 121 {
				g.send(1, nil)
			}
			g.wantClosed(4008)
		}},
		{"4013 invalid intents", closes(4013, func(g *gate) { g.identify(object{"intents": 1 << 40}) })},
		{"4014 privileged intents", closes(4014, func(g *gate) { g.identify(object{"intents": 1 << 15}) })},
	}
}

// eventChecks are about single events.
func eventChecks() []check {
	return []check{
		{"GUILD_CREATE has all of a guild", func(d *desk) {
			g := d.online(guilds)
			guild := g.await("GUILD_CREATE")
			for _, name := range []string{"roles", "channels", "threads", "members", "member_count", "joined_at", "large", "emojis", "stickers", "presences", "voice_states", "stage_instances", "guild_scheduled_events"} {
				if at(guild, name) == nil {
					d.Errorf("no %s", name)
				}
			}
			same(d.T, "id", at(guild, "id"), d.guild)
		}},
		{"events have the shapes of REST", shapes},
		{"MESSAGE_CREATE", func(d *desk) {
			g, general := d.online(guilds|guildMessages), d.channel("general")
			id := d.says("ana", general, "<@"+d.app+"> good day")
			m := g.await("MESSAGE_CREATE")
			for path, want := range map[string]any{"id": id, "guild_id": d.guild, "channel_type": 0, "author/username": "ana", "member/user": nil, "member/roles": []any{}, "mentions/0/id": d.app, "author/public_flags": 0} {
				same(d.T, path, at(m, path), want)
			}
			if at(m, "mentions/0/member/joined_at") == nil {
				d.Error("mentions/0/member: have none, want the member")
			}
		}},
		{"MESSAGE_UPDATE and MESSAGE_DELETE", func(d *desk) {
			g, general := d.online(guilds|guildMessages), d.channel("general")
			id := d.rest("POST /channels/"+general+"/messages", object{"content": "first"}).text("id")
			d.rest("PATCH /channels/"+general+"/messages/"+id, object{"content": "second"}).ok(200)
			d.rest("DELETE /channels/"+general+"/messages/"+id, nil).ok(204)
			update := g.await("MESSAGE_UPDATE")
			same(d.T, "content", at(update, "content"), "second")
			same(d.T, "guild", at(update, "guild_id"), d.guild)
			same(d.T, "deleted", g.await("MESSAGE_DELETE"), object{"id": id, "channel_id": general, "guild_id": d.guild})
		}},
		{"THREAD_CREATE, THREAD_UPDATE, THREAD_MEMBERS_UPDATE", func(d *desk) {
			g, general := d.online(guilds|guildMessages), d.channel("general")
			id := d.rest("POST /channels/"+general+"/threads", object{"name": "thread", "type": 11, "auto_archive_duration": 60}).text("id")
			made := g.await("THREAD_CREATE")
			same(d.T, "thread", []any{at(made, "id"), at(made, "newly_created"), at(made, "parent_id")}, []any{id, true, general})
			same(d.T, "added", at(g.await("THREAD_MEMBERS_UPDATE"), "added_members/0/user_id"), d.app)
			d.rest("PATCH /channels/"+id, object{"archived": true}).ok(200)
			same(d.T, "archived", at(g.await("THREAD_UPDATE"), "thread_metadata/archived"), true)
		}},
		{"TYPING_START", func(d *desk) {
			g, general := d.online(guilds|guildTyping), d.channel("general")
			d.rest("POST /channels/"+general+"/typing", nil).ok(204)
			typing := g.await("TYPING_START")
			same(d.T, "typing", []any{at(typing, "channel_id"), at(typing, "user_id"), at(typing, "guild_id")}, []any{general, d.app, d.guild})
		}},
		{"MESSAGE_REACTION_ADD", func(d *desk) {
			g := d.online(guilds | directMessages | directReactions)
			direct := d.rest("POST /users/@me/channels", object{"recipient_id": d.user("ana")}).text("id")
			id := d.says("ana", direct, "look")
			d.rest("PUT /channels/"+direct+"/messages/"+id+"/reactions/%F0%9F%91%80/@me", nil).ok(204)
			same(d.T, "message", at(g.await("MESSAGE_REACTION_ADD"), "message_id"), id)
		}},
	}
}

// intentChecks are about which events a bot gets, and how much of them.
func intentChecks() []check {
	return []check{
		{"INTERACTION_CREATE needs no intent", func(d *desk) {
			d.register(object{"name": "ask", "description": "Ask"})
			g := d.online(0)
			d.runs("ana", d.channel("general"), "ask")
			same(d.T, "command", at(g.await("INTERACTION_CREATE"), "data/name"), "ask")
		}},
		{"without GUILDS no guild comes", func(d *desk) {
			d.register(object{"name": "ask", "description": "Ask"})
			g := d.online(guildMessages)
			d.runs("ana", d.channel("general"), "ask")
			same(d.T, "next event", g.next().name, "INTERACTION_CREATE")
		}},
		{"messages come only to who asked for their kind", func(d *desk) {
			general := d.channel("general")
			direct := d.page("POST dm", object{"as": "ana"}).text("id")
			inGuild, inDirect := d.online(guildMessages), d.online(directMessages)
			d.says("ana", general, "to all")
			id := d.says("ana", direct, "to you")
			last := d.says("ana", general, "to all again")
			same(d.T, "direct messages", at(inDirect.await("MESSAGE_CREATE"), "id"), id)
			inGuild.await("MESSAGE_CREATE")
			same(d.T, "messages of the guild", at(inGuild.await("MESSAGE_CREATE"), "id"), last)
		}},
		{"what people write is blank, but for mentions, direct messages and what is our own", contentGating},
		{"a channel that the bot may not see is silent", func(d *desk) {
			g := d.online(guilds | guildMessages)
			quiet, general := d.channel("quiet"), d.channel("general")
			d.says("ivo", quiet, "behind its back")
			id := d.says("ivo", general, "before its eyes")
			same(d.T, "message", at(g.await("MESSAGE_CREATE"), "id"), id)
		}},
	}
}

// closes makes a check of what gets a connection closed.
func closes(code int, after func(*gate)) func(*desk) {
	return func(d *desk) {
		d.Helper()
		g := d.connect()
		after(g)
		g.wantClosed(code)
	}
}

// awaitOp reads until a frame of a kind comes.
func (g *gate) awaitOp(op int) frame {
	g.Helper()
	for {
		if f := g.next(); fmt.Sprint(f.op) == fmt.Sprint(op) {
			return f
		}
	}
}

func identify(d *desk) {
	g := d.connect()
	g.identify(object{"token": "Bot " + d.discord.Token(), "shard": []int{0, 1}})
	ready := g.await("READY")
	same(d.T, "user", at(ready, "user/username"), "trilat")
	same(d.T, "application", at(ready, "application"), object{"id": d.app, "flags": 0})
	same(d.T, "guilds", at(ready, "guilds"), []any{object{"id": d.guild, "unavailable": true}})
	same(d.T, "shard", at(ready, "shard"), []int{0, 1})
	same(d.T, "private channels", at(ready, "private_channels"), []any{})
	for _, name := range []string{"v", "session_id", "resume_gateway_url"} {
		if at(ready, name) == nil {
			d.Errorf("READY: no %s", name)
		}
	}
}

func resume(d *desk) {
	general := d.channel("general")
	g := d.online(guilds | guildMessages)
	d.says("ana", general, "before")
	g.await("MESSAGE_CREATE")
	seq := g.seq
	_ = g.conn.Close()
	missed := d.says("ana", general, "while away")
	again := d.connect()
	again.resume(g.session, seq)
	f := again.next()
	same(d.T, "first event", f.name, "MESSAGE_CREATE")
	same(d.T, "message", at(f.data, "id"), missed)
	same(d.T, "second event", again.next().name, "RESUMED")
}

// compressedStream reads one zlib stream across frames, as discord.js and others can.
func compressedStream(d *desk) {
	g := d.dial("v=10&encoding=json&compress=zlib-stream")
	packed, names := &bytes.Buffer{}, []string{}
	var stream io.Reader
	for len(names) < 2 {
		kind, data, err := g.conn.ReadMessage()
		if err != nil || kind != websocket.BinaryMessage {
			d.Fatalf("have kind %d, %v, want a binary frame", kind, err)
		}
		packed.Write(data)
		if !bytes.HasSuffix(data, []byte{0, 0, 0xff, 0xff}) {
			d.Fatalf("frame ends with % x, want the mark of a flush", data)
		}
		if stream == nil {
			if stream, err = zlib.NewReader(packed); err != nil {
				d.Fatal(err)
			}
		}
		text := make([]byte, 1<<20)
		n, err := stream.Read(text)
		if err != nil && err != io.ErrUnexpectedEOF {
			d.Fatal(err)
		}
		f := decode(d.T, text[:n])
		names = append(names, fmt.Sprint(at(f, "op"), at(f, "t")))
		if len(names) == 1 {
			g.identify(nil)
		}
	}
	same(d.T, "frames", names, []string{"10<nil>", "0READY"})
}

func shapes(d *desk) {
	d.register(object{"name": "ask", "description": "Ask"})
	general := d.channel("general")
	g := d.online(guilds | guildMessages)
	guild := g.await("GUILD_CREATE")
	d.shaped("GuildChannelResponse", guild, "channels/*")
	d.shaped("GuildRoleResponse", guild, "roles/*")
	d.shaped("GuildMemberResponse", guild, "members/*")
	id := d.says("ana", general, "<@"+d.app+"> good day")
	d.shaped("MessageResponse", g.await("MESSAGE_CREATE"), "")
	d.rest("POST /channels/"+general+"/messages/"+id+"/threads", object{"name": "thread"}).ok(201)
	d.shaped("ThreadResponse", g.await("THREAD_CREATE"), "")
	i := &interaction{desk: d, gate: g, channel: general}
	pressed := i.clicks(i.panel(), "press").payload
	d.shaped("MessageResponse", pressed, "message")
	d.shaped("UserResponse", pressed, "member/user")
}

func contentGating(d *desk) {
	g, general := d.online(guilds|guildMessages|directMessages), d.channel("general")
	direct := d.page("POST dm", object{"as": "ana"}).text("id")
	mention := "<@" + d.app + "> hear me"
	for _, c := range []struct{ channel, content, want string }{
		{general, "among people", ""},
		{general, mention, mention},
		{direct, "in private", "in private"},
	} {
		id := d.says("ana", c.channel, c.content)
		m := g.await("MESSAGE_CREATE")
		same(d.T, "id", at(m, "id"), id)
		same(d.T, c.content, at(m, "content"), c.want)
		d.rest("GET /channels/"+c.channel+"/messages/"+id, nil).ok(200, "content", c.want)
	}
	d.rest("POST /channels/"+general+"/messages", object{"content": "our own"}).ok(200)
	same(d.T, "our own", at(g.await("MESSAGE_CREATE"), "content"), "our own")
}

// register replaces the commands of the application.
func (d *desk) register(commands ...object) {
	d.Helper()
	d.rest("PUT /applications/"+d.app+"/commands", commands).ok(200)
}

// runs lets somebody use a command.
func (d *desk) runs(as, channel, command string, options ...object) {
	d.Helper()
	d.page("POST run", object{"as": as, "channel": channel, "command": command, "options": options})
}

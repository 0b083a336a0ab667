package conformance

import (
	"crypto/ed25519"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
)

// changeChecks are about a server that does not stay as it is, and about interactions that do not come by the gateway.
func changeChecks() []check {
	return []check{
		{"CHANNEL_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE, THREAD_DELETE", func(d *desk) {
			g := d.online(guilds)
			d.changes(object{"kind": "create", "name": "new"})
			made := g.await("CHANNEL_CREATE")
			d.shaped("GuildChannelResponse", made, "")
			id, _ := at(made, "id").(string)
			d.changes(object{"kind": "rename", "channel": id, "name": "newer"})
			same(d.T, "name", at(g.await("CHANNEL_UPDATE"), "name"), "newer")
			thread := d.rest("POST /channels/"+id+"/threads", object{"name": "t", "type": 11}).text("id")
			d.changes(object{"kind": "delete", "channel": thread})
			gone := g.await("THREAD_DELETE")
			same(d.T, "thread", []any{at(gone, "id"), at(gone, "guild_id"), at(gone, "parent_id"), at(gone, "type")}, []any{thread, d.guild, id, 11})
			d.changes(object{"kind": "delete", "channel": id})
			same(d.T, "channel", at(g.await("CHANNEL_DELETE"), "id"), id)
			d.rest("GET /channels/"+id, nil).refused(404, 10003)
		}},
		{"GUILD_ROLE_CREATE, GUILD_ROLE_DELETE, GUILD_MEMBER_UPDATE of the bot itself", func(d *desk) {
			g := d.online(guilds)
			d.changes(object{"kind": "role", "name": "Guests"})
			made := g.await("GUILD_ROLE_CREATE")
			d.shaped("GuildRoleResponse", made, "role")
			d.changes(object{"kind": "give", "user": "trilat", "role": "Guests"})
			update := g.await("GUILD_MEMBER_UPDATE")
			same(d.T, "guild and user", []any{at(update, "guild_id"), at(update, "user/id")}, []any{d.guild, d.app})
			same(d.T, "new role", at(update, "roles/1"), at(made, "role/id"))
			d.changes(object{"kind": "drop", "role": "Guests"})
			dropped := g.await("GUILD_ROLE_DELETE")
			same(d.T, "dropped", []any{at(dropped, "guild_id"), at(dropped, "role_id")}, []any{d.guild, at(made, "role/id")})
		}},
		{"GUILD_DELETE and GUILD_CREATE, removed and invited", func(d *desk) {
			general := d.channel("general")
			g := d.online(guilds)
			g.await("GUILD_CREATE")
			d.changes(object{"kind": "remove", "user": "trilat"})
			gone := g.await("GUILD_DELETE")
			same(d.T, "gone", []any{at(gone, "id"), at(gone, "unavailable")}, []any{d.guild, nil})
			d.rest("POST /channels/"+general+"/messages", object{"content": "x"}).refused(403, 50001)
			d.changes(object{"kind": "invite", "user": "trilat"})
			same(d.T, "back", at(g.await("GUILD_CREATE"), "id"), d.guild)
			d.rest("POST /channels/"+general+"/messages", object{"content": "x"}).ok(200)
		}},
		{"160005 locked thread", func(d *desk) {
			thread := d.rest("POST /channels/"+d.channel("general")+"/threads", object{"name": "t", "type": 11}).text("id")
			d.changes(object{"kind": "lock", "channel": thread})
			d.rest("POST /channels/"+thread+"/messages", object{"content": "x"}).refused(403, 160005)
		}},
		{"interactions over HTTP, signed", overHTTP},
	}
}

// changes lets the owner change something.
func (d *desk) changes(what object) {
	d.Helper()
	d.page("POST change", with(what, object{"as": "ivo"}))
}

// overHTTP sets an endpoint, which must prove itself, answers an interaction there, and edits the answer by REST.
func overHTTP(d *desk) {
	d.register(object{"name": "ask", "description": "Ask"})
	url, got := d.endpoint(say("by HTTP", 0))
	route := "PATCH /applications/@me"
	d.rest(route, object{"interactions_endpoint_url": "http://127.0.0.1:1/"}).wrongAt("interactions_endpoint_url")
	d.rest(route, object{"interactions_endpoint_url": url}).ok(200, "interactions_endpoint_url", url)
	same(d.T, "ping", at(<-got, "type"), 1)
	general := d.channel("general")
	g := d.online(guildMessages)
	d.runs("ana", general, "ask")
	event := g.next()
	same(d.T, "the gateway tells of the answer alone", []any{event.name, at(event.data, "content")}, []any{"MESSAGE_CREATE", "by HTTP"})
	i := &interaction{d, g, <-got, general}
	same(d.T, "command", i.text("data/name"), "ask")
	i.hook("PATCH", "/messages/@original", object{"content": "edited"}).ok(200, "content", "edited")
}

// endpoint answers pings and interactions, and refuses what is not signed well.
func (d *desk) endpoint(answer object) (url string, got <-chan any) {
	d.Helper()
	key, err := hex.DecodeString(d.rest("GET /applications/@me", nil).text("verify_key"))
	if err != nil {
		d.Fatal(err)
	}
	payloads := make(chan any, 9)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		signature, _ := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
		if !ed25519.Verify(key, append([]byte(r.Header.Get("X-Signature-Timestamp")), body...), signature) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		payload, reply := decode(d.T, body), answer
		if at(payload, "token") == nil {
			reply = object{"type": 1}
		}
		payloads <- payload
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(encode(d.T, reply))
	}))
	d.Cleanup(web.Close)
	return web.URL, payloads
}

package conformance

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sessionChecks are about the bot, its versions and its token.
func sessionChecks() []check {
	return []check{
		{"GET /gateway", func(d *desk) {
			if url := d.rest("GET /gateway", nil).text("url"); !strings.HasPrefix(url, "ws://") || strings.Contains(url, "?") {
				d.Errorf("url: have %s, want ws:// and no query", url)
			}
		}},
		{"GET /gateway/bot", func(d *desk) {
			d.rest("GET /gateway/bot", nil).ok(200, "shards", 1, "session_start_limit/max_concurrency", 1).text("url")
		}},
		{"GET /users/@me", func(d *desk) {
			d.rest("GET /users/@me", nil).ok(200, "username", "trilat", "bot", true, "public_flags", 0)
		}},
		{"GET /applications/@me", func(d *desk) {
			d.rest("GET /applications/@me", nil).ok(200, "id", d.app, "bot/id", d.app)
		}},
		{"GET /oauth2/applications/@me", func(d *desk) {
			d.rest("GET /oauth2/applications/@me", nil).ok(200, "id", d.app)
		}},
		{"both versions, a slash at the end", func(d *desk) {
			for _, path := range []string{"/api/v9/users/@me", "/api/v10/users/@me", "/api/v9/users/@me/", "/api/v10/users/@me/"} {
				d.rest("GET "+path, nil).ok(200, "id", d.app)
			}
			d.rest("GET /api/v10/nothing", nil).ok(404, "code", 0)
			d.rest("PUT /api/v10/gateway", nil).ok(405, "code", 0)
		}},
		{"the token opens the door", func(d *desk) {
			bare := func(r *http.Request) { r.Header.Set("Authorization", d.discord.Token()) }
			d.rest("GET /users/@me", nil, bare).ok(401)
		}},
	}
}

// commandChecks are about the commands of the application.
func commandChecks() []check {
	return []check{
		{"PUT commands keeps ids and gives new versions", keepsIDs},
		{"commands are filled in", func(d *desk) {
			d.rest("PUT /applications/"+d.app+"/commands", []object{{"name": "ask", "description": "Ask", "default_member_permissions": "2048"}}).
				ok(200, "0/type", 1, "0/application_id", d.app, "0/default_member_permissions", "2048", "0/name", "ask").text("0/id")
			d.rest("GET /applications/"+d.app+"/commands?with_localizations=true", nil).ok(200, "0/description", "Ask")
		}},
		{"permissions of commands", func(d *desk) {
			d.rest("GET /applications/"+d.app+"/guilds/"+d.guild+"/commands/permissions", nil).ok(200, "0", nil)
		}},
	}
}

// callbackChecks are about the routes that answer an interaction.
func callbackChecks() []check {
	return []check{
		{"callback: 204, no Authorization", func(d *desk) {
			i := d.asked()
			i.callback(object{"type": 4, "data": object{"content": "so"}}).ok(204)
		}},
		{"%40original is @original", func(d *desk) {
			i := d.asked()
			i.callback(object{"type": 4, "data": object{"content": "so"}}).ok(204)
			i.hook("GET", "/messages/%40original", nil).ok(200, "content", "so")
			i.hook("GET", "/messages/@original", nil).ok(200, "content", "so")
		}},
		{"a follow-up is always waited for", func(d *desk) {
			i := d.asked()
			i.callback(object{"type": 4, "data": object{"content": "so"}}).ok(204)
			i.hook("POST", "", object{"content": "one"}).ok(200, "content", "one")
			i.hook("POST", "?wait=true", object{"content": "two"}).ok(200, "content", "two")
		}},
	}
}

// messageChecks are about messages.
func messageChecks() []check {
	return []check{
		{"files beside payload_json", func(d *desk) {
			general := d.channel("general")
			body := "--x\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n" +
				`{"content": "here", "attachments": [{"id": "0", "description": "A brief"}]}` +
				"\r\n--x\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"brief.md\"\r\nContent-Type: text/markdown\r\n\r\n# Brief\r\n--x--\r\n"
			sent := d.rest("POST /channels/"+general+"/messages", raw{"multipart/form-data; boundary=x", body})
			sent.ok(200, "content", "here", "attachments/0/filename", "brief.md", "attachments/0/size", 7, "attachments/0/description", "A brief")
			path := strings.TrimPrefix(sent.text("attachments/0/url"), d.url)
			same(d.T, "file", string(d.send("GET", path, nil).ok(200).body), "# Brief")
		}},
		{"bulk-delete", func(d *desk) {
			general := d.channel("general")
			d.rest("POST /channels/"+general+"/messages/bulk-delete", object{"messages": []string{"1", "2"}}).refused(403, 50013)
		}},
		{"reactions", func(d *desk) {
			direct := d.rest("POST /users/@me/channels", object{"recipient_id": d.user("ana")}).text("id")
			message := "/channels/" + direct + "/messages/" + d.says("ana", direct, "look")
			d.rest("PUT "+message+"/reactions/%F0%9F%91%80/@me", nil).ok(204)
			d.rest("GET "+message, nil).ok(200, "reactions/0/emoji/name", "👀", "reactions/0/me", true)
			d.rest("DELETE "+message+"/reactions/%F0%9F%91%80/@me", nil).ok(204)
			d.rest("GET "+message, nil).ok(200, "reactions/0", nil)
		}},
		{"flags of a message", func(d *desk) {
			d.rest("POST /channels/"+d.channel("general")+"/messages", object{"content": "x", "flags": 1<<2 | 1<<12}).ok(200, "flags", 1<<2|1<<12)
		}},
		{"allowed mentions", allowedMentions},
		{"edits keep what they do not name", edits},
		{"a reply to what is gone", func(d *desk) {
			route, reference := "POST /channels/"+d.channel("general")+"/messages", object{"message_id": "1"}
			d.rest(route, object{"content": "x", "message_reference": reference}).refused(400, 50035)
			reference["fail_if_not_exists"] = false
			d.rest(route, object{"content": "x", "message_reference": reference}).ok(200, "message_reference", nil, "type", 0)
		}},
		{"the same nonce makes one message", func(d *desk) {
			general := d.channel("general")
			post := func(enforce bool) string {
				return d.rest("POST /channels/"+general+"/messages", object{"content": "x", "nonce": "7", "enforce_nonce": enforce}).ok(200, "nonce", "7").text("id")
			}
			first := post(true)
			same(d.T, "second", post(true), first)
			d.discord.Advance(time.Hour)
			later := post(true)
			if later == first {
				d.Error("an hour later: have the first message, want another")
			}
			if post(false) == later {
				d.Error("without enforce_nonce: have the message before, want another")
			}
		}},
	}
}

// threadChecks are about threads.
func threadChecks() []check {
	return []check{
		{"threads are archived and locked", archiving},
		{"idle threads are archived", func(d *desk) {
			thread := d.rest("POST /channels/"+d.channel("general")+"/threads", object{"name": "t", "type": 11, "auto_archive_duration": 60}).text("id")
			d.discord.Advance(59 * time.Minute)
			d.rest("GET /channels/"+thread, nil).ok(200, "thread_metadata/archived", false)
			d.discord.Advance(2 * time.Minute)
			d.rest("GET /channels/"+thread, nil).ok(200, "thread_metadata/archived", true)
		}},
		{"messages in threads go through the channel's route", func(d *desk) {
			thread := d.rest("POST /channels/"+d.channel("general")+"/threads", object{"name": "t", "type": 11}).ok(201, "type", 11).text("id")
			d.rest("POST /channels/"+thread+"/messages", object{"content": "inside"}).ok(200, "channel_id", thread)
			d.rest("GET /channels/"+thread, nil).ok(200, "message_count", 1, "owner_id", d.app)
		}},
	}
}

// lookupChecks are about what a bot can look up, and how often.
func lookupChecks() []check {
	return []check{
		{"channel, guild, roles, members, users", lookups},
		{"GET /users/@me/guilds", func(d *desk) {
			d.rest("GET /users/@me/guilds", nil).ok(200, "0/name", "Adriatic Desk", "0/owner", false, "1", nil)
			d.discord.Populate(3)
			page := func(query string) answer {
				d.discord.Advance(time.Minute) // past the rate limit
				return d.rest("GET /users/@me/guilds?"+query, nil)
			}
			first := page("limit=2").ok(200, "0/id", d.guild, "2", nil)
			second := page("limit=2&after="+first.text("1/id")).ok(200, "2", nil)
			page("limit=2&before="+second.text("0/id")).ok(200, "0/id", d.guild, "1/id", first.text("1/id"))
			page("limit=201").wrongAt("limit")
		}},
		{"rate-limit headers on every answer", rateHeaders},
		{"a 429 says how long to wait", func(d *desk) {
			general := d.channel("general")
			for range 5 {
				d.rest("POST /channels/"+general+"/messages", object{"content": "x"}).ok(200)
			}
			a := d.rest("POST /channels/"+general+"/messages", object{"content": "x"}).ok(429, "global", false)
			for _, name := range []string{"Retry-After", "X-RateLimit-Scope", "X-RateLimit-Reset-After"} {
				if a.header.Get(name) == "" {
					d.Errorf("no %s", name)
				}
			}
			d.page("POST clock", object{"advance_ms": 5000})
			d.rest("POST /channels/"+general+"/messages", object{"content": "x"}).ok(200)
		}},
	}
}

// ownChecks are about the routes that are not Discord's.
func ownChecks() []check {
	return []check{
		{"what people see comes as a stream of events", eventStream},
		{"the log of requests tells both sides", func(d *desk) {
			route := "/channels/" + d.channel("general") + "/messages"
			since := len(d.page("GET requests", nil).at("requests").([]any))
			sent := d.rest("POST "+route, object{"content": "x"})
			log := d.page("GET requests?since="+strconv.Itoa(since), nil)
			log.ok(200, "requests/0/method", "POST", "requests/0/path", "/api/v10"+route, "requests/0/status", 200, "requests/0/body", object{"content": "x"})
			same(d.T, "answer", log.at("requests/0/response"), decode(d.T, sent.body))
		}},
		{"own routes are for this computer and the own page", ownRoutes},
	}
}

func keepsIDs(d *desk) {
	commands := "/applications/" + d.app + "/commands"
	first := d.rest("PUT "+commands, []object{{"name": "a", "description": "A"}, {"name": "b", "description": "B"}})
	second := d.rest("PUT "+commands, []object{{"name": "b", "description": "Changed"}, {"name": "c", "description": "C"}})
	same(d.T, "id of b", second.text("0/id"), first.text("1/id"))
	if second.text("0/version") == first.text("1/version") {
		d.Error("version of b: have the same, want a new one")
	}
	second.ok(200, "0/description", "Changed", "2", nil)
	again := d.rest("POST "+commands, object{"name": "c", "description": "Again"}).ok(200)
	same(d.T, "id of c", again.text("id"), second.text("1/id"))
	d.rest("POST "+commands, object{"name": "d", "description": "New"}).ok(201)
}

func allowedMentions(d *desk) {
	// The team's role may be mentioned by everybody; the other one takes a permission that the bot does not have.
	roles := d.rest("GET /guilds/"+d.guild+"/roles", nil).ok(200, "1/mentionable", true, "2/mentionable", false)
	ana, team, admin := d.user("ana"), roles.text("1/id"), roles.text("2/id")
	general := d.channel("general")
	said := d.says("ana", general, "hello")
	content := "@everyone <@" + ana + "> <@&" + team + "> <@&" + admin + ">"
	for _, c := range []struct {
		allowed      any
		users, roles []string
	}{
		{object{"parse": []string{}}, []string{}, []string{}},
		{object{"parse": []string{"users"}}, []string{ana}, []string{}},
		{object{"parse": []string{}, "users": []string{ana}}, []string{ana}, []string{}},
		{object{"parse": []string{}, "roles": []string{team, admin}}, []string{}, []string{team}},
		{object{"parse": []string{}, "replied_user": true}, []string{ana}, []string{}},
		{nil, []string{ana}, []string{team}},
	} {
		d.discord.Advance(time.Minute)
		a := d.rest("POST /channels/"+general+"/messages", object{"content": content, "allowed_mentions": c.allowed, "message_reference": object{"message_id": said}})
		a.ok(200, "mention_everyone", false, "mention_roles", c.roles)
		users := []string{}
		for i := range len(c.users) + 1 {
			if id, ok := a.at("mentions/" + strconv.Itoa(i) + "/id").(string); ok {
				users = append(users, id)
			}
		}
		same(d.T, fmt.Sprintf("mentions with %v", c.allowed), users, c.users)
	}
}

func edits(d *desk) {
	route := "/channels/" + d.channel("general") + "/messages"
	id := d.rest("POST "+route, object{"content": "a", "embeds": []object{{"title": "b"}}, "components": []object{row(different(1)...)}}).text("id")
	edit := func(body object) answer {
		d.discord.Advance(time.Minute) // past any rate limit
		return d.rest("PATCH "+route+"/"+id, body)
	}
	edit(object{"content": "c"}).ok(200, "content", "c", "embeds/0/title", "b", "components/0/type", 1)
	edit(object{"embeds": []any{}}).ok(200, "content", "c", "embeds/0", nil, "components/0/type", 1)
	edit(object{"content": nil}).ok(200, "content", "", "components/0/type", 1)
	edit(object{"content": "d", "components": []any{}}).ok(200, "content", "d", "components/0", nil)
	edit(object{"content": ""}).refused(400, 50006)
	edit(object{"content": x(2001)}).wrongAt("content")
}

func archiving(d *desk) {
	thread := d.rest("POST /channels/"+d.channel("general")+"/threads", object{"name": "t", "type": 11}).text("id")
	d.rest("PATCH /channels/"+thread, object{"archived": true, "name": "new"}).ok(200, "thread_metadata/archived", true, "name", "new")
	d.rest("GET /guilds/"+d.guild+"/threads/active", nil).ok(200, "threads/0", nil)
	d.rest("POST /channels/"+thread+"/messages", object{"content": "wakes it"}).ok(200)
	d.rest("GET /channels/"+thread, nil).ok(200, "thread_metadata/archived", false)
	d.rest("GET /guilds/"+d.guild+"/threads/active", nil).ok(200, "threads/0/id", thread)
	d.rest("PUT /channels/"+thread+"/thread-members/@me", nil).ok(204)
	// Locking takes Manage Threads, which the bot does not have.
	d.rest("PATCH /channels/"+thread, object{"locked": true}).refused(403, 50013)
}

func lookups(d *desk) {
	general, ana := d.channel("general"), d.user("ana")
	d.rest("GET /channels/"+general, nil).ok(200, "name", "general", "type", 0, "guild_id", d.guild)
	d.rest("GET /guilds/"+d.guild+"?with_counts=true", nil).ok(200, "name", "Adriatic Desk", "approximate_member_count", 5)
	d.rest("GET /guilds/"+d.guild+"/channels", nil).ok(200, "0/name", "general", "0/permission_overwrites", []any{})
	d.rest("GET /guilds/"+d.guild+"/roles", nil).ok(200, "0/id", d.guild, "0/name", "@everyone")
	d.rest("GET /guilds/"+d.guild+"/members/"+ana, nil).ok(200, "user/username", "ana", "roles", []any{})
	d.rest("GET /guilds/"+d.guild+"/members/1", nil).ok(404)
	d.rest("GET /guilds/"+d.guild+"/members", nil).refused(403, 50001) // a privileged intent
	d.rest("GET /users/"+ana, nil).ok(200, "global_name", "Ana")
	direct := d.rest("POST /users/@me/channels", object{"recipient_id": ana}).ok(200, "type", 1, "recipients/0/id", ana).text("id")
	d.rest("POST /users/@me/channels", object{"recipient_id": ana}).ok(200, "id", direct)
}

func rateHeaders(d *desk) {
	general := d.channel("general")
	answers := []answer{d.asked().callback(say("x", 0))}
	for _, route := range []string{"GET /users/@me", "GET /gateway/bot", "GET /channels/" + general, "GET /channels/1", "GET /channels/" + general + "/messages"} {
		answers = append(answers, d.rest(route, nil))
	}
	for _, a := range answers {
		for _, name := range []string{"Date", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Reset-After", "X-RateLimit-Bucket"} {
			if a.header.Get(name) == "" {
				d.Errorf("%s: no %s", a.asked, name)
			}
		}
	}
}

func eventStream(d *desk) {
	ctx, stop := context.WithTimeout(d.Context(), patience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, "GET", d.url+"/local/events?as=ana", nil)
	if err != nil {
		d.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	same(d.T, "type", resp.Header.Get("Content-Type"), "text/event-stream")
	id := d.says("boris", d.channel("general"), "good day")
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() && lines.Text() != "event: MESSAGE_CREATE" {
	}
	lines.Scan()
	data, found := strings.CutPrefix(lines.Text(), "data: ")
	if !found {
		d.Fatalf("have %q, %v, want data", lines.Text(), lines.Err())
	}
	message := decode(d.T, []byte(data))
	same(d.T, "message", []any{at(message, "id"), at(message, "content")}, []any{id, "good day"})
}

func ownRoutes(d *desk) {
	for _, path := range []string{"/local/state?as=ana", "/", "/api/v10/gateway", "/gateway"} {
		elsewhere := func(r *http.Request) { r.Host = "example.org" }
		d.send("GET", path, nil, elsewhere).ok(403)
		foreign := func(r *http.Request) { r.Header.Set("Origin", "http://example.org") }
		d.send("GET", path, nil, foreign).ok(403)
	}
	own := func(r *http.Request) { r.Header.Set("Origin", d.url) }
	d.send("GET", "/local/state?as=ana", nil, own).ok(200)
}

package conformance

import (
	"fmt"
	"strconv"
	"strings"
)

// interaction is one that the bot got and is to answer.
type interaction struct {
	*desk
	gate    *gate
	payload any
	channel string
}

// text is a field of the payload.
func (i *interaction) text(path string) string { return fmt.Sprint(at(i.payload, path)) }

// callback makes a first response. Nobody needs a token for that but the interaction's.
func (i *interaction) callback(body any) answer {
	i.Helper()
	return i.send("POST", "/api/v10/interactions/"+i.text("id")+"/"+i.text("token")+"/callback?with_response=false", body)
}

// hook does what comes after the first response.
func (i *interaction) hook(method, path string, body any) answer {
	i.Helper()
	return i.send(method, "/api/v10/webhooks/"+i.app+"/"+i.text("token")+path, body)
}

// asked is ana's /ask in #general.
func (d *desk) asked() *interaction {
	d.Helper()
	d.register(
		object{"name": "ask", "description": "Ask", "options": []object{{"type": 3, "name": "question", "description": "What", "autocomplete": true}}},
		object{"name": "Ask about this", "type": 3},
	)
	return d.askedIn(d.channel("general"), object{"name": "question", "value": "who?"})
}

func (d *desk) askedIn(channel string, options ...object) *interaction {
	d.Helper()
	g := d.online(0)
	return g.interaction(channel, func() { d.runs("ana", channel, "ask", options...) })
}

// interaction is the next one, after somebody did something.
func (g *gate) interaction(channel string, do func()) *interaction {
	g.Helper()
	do()
	return &interaction{g.desk, g, g.await("INTERACTION_CREATE"), channel}
}

// again is what ana does next in the same place.
func (i *interaction) again(do func()) *interaction {
	i.Helper()
	return i.gate.interaction(i.channel, do)
}

// clicks is ana pressing a button of a message that the bot sent.
func (i *interaction) clicks(message, id string) *interaction {
	i.Helper()
	return i.again(func() { i.page("POST click", object{"as": "ana", "message": message, "custom_id": id}) })
}

// typing is an interaction that asks for suggestions, which are offered to ana once the bot has made them.
type typing struct {
	*interaction
	offered <-chan answer
}

// types is ana typing the question.
func (i *interaction) types(text string) *typing {
	i.Helper()
	offered := make(chan answer, 1)
	options := []object{{"name": "question", "value": text}}
	go func() {
		offered <- i.send("POST", "/local/suggest", object{"as": "ana", "channel": i.channel, "command": "ask", "options": options, "focused": "question"})
	}()
	return &typing{i.again(func() {}), offered}
}

// panel sends a message with a button "press" and a menu "choose".
func (i *interaction) panel() (message string) {
	i.Helper()
	rows := []object{
		{"type": 1, "components": []object{{"type": 2, "style": 1, "label": "Press", "custom_id": "press"}}},
		{"type": 1, "components": []object{{"type": 3, "custom_id": "choose", "options": []object{{"label": "A", "value": "a"}, {"label": "B", "value": "b"}}}}},
	}
	return i.rest("POST /channels/"+i.channel+"/messages", object{"content": "panel", "components": rows}).ok(200).text("id")
}

var formBody = object{"type": 9, "data": object{"custom_id": "form", "title": "Form", "components": []object{
	{"type": 1, "components": []object{{"type": 4, "custom_id": "what", "label": "What", "style": 1}}},
}}}

func say(content string, flags int) object {
	return object{"type": 4, "data": object{"content": content, "flags": flags}}
}

const private = 64

// commandPayloads are about what the bot is told of a command.
func commandPayloads() []check {
	return []check{
		{"payload of a command in a guild", commandPayload},
		{"payload of a command in a thread", func(d *desk) {
			first := d.asked()
			thread := d.rest("POST /channels/"+first.channel+"/threads", object{"name": "t", "type": 11}).text("id")
			i := d.askedIn(thread, object{"name": "question", "value": "who?"})
			for path, want := range map[string]any{"channel_id": thread, "channel/type": 11, "channel/parent_id": first.channel, "channel/thread_metadata/locked": false} {
				same(d.T, path, at(i.payload, path), want)
			}
		}},
		{"payload of a command in direct messages", func(d *desk) {
			d.asked()
			i := d.askedIn(d.page("POST dm", object{"as": "ana"}).text("id"), object{"name": "question", "value": "who?"})
			same(d.T, "user", i.text("user/username"), "ana")
			for path, want := range map[string]any{"member": nil, "guild_id": nil, "context": 1, "channel/type": 1, "authorizing_integration_owners/0": "0"} {
				same(d.T, path, at(i.payload, path), want)
			}
		}},
		{"permissions in payloads", permissions},
		{"flags are numbers, roles are ids", func(d *desk) {
			d.asked()
			g := d.online(0)
			channel := d.channel("general")
			i := g.interaction(channel, func() { d.runs("teuta", channel, "ask", object{"name": "question", "value": "x"}) })
			same(d.T, "flags", at(i.payload, "member/user/public_flags"), 0)
			team := d.rest("GET /guilds/"+d.guild+"/roles", nil).text("1/id")
			same(d.T, "roles", at(i.payload, "member/roles"), []string{team})
		}},
	}
}

// payloadChecks are about what it is told of everything else.
func payloadChecks() []check {
	return []check{
		{"payload of a context menu", func(d *desk) {
			i := d.asked()
			id := d.says("boris", i.channel, "look")
			menu := i.again(func() {
				d.page("POST run", object{"as": "ana", "channel": i.channel, "command": "Ask about this", "target": id})
			})
			resolved := "data/resolved/messages/" + id
			for path, want := range map[string]any{"data/target_id": id, "data/type": 3, resolved + "/content": "look", resolved + "/author/username": "boris"} {
				same(d.T, path, at(menu.payload, path), want)
			}
		}},
		{"payload of a button and of a menu", func(d *desk) {
			i := d.asked()
			id := i.panel()
			button := i.clicks(id, "press")
			for path, want := range map[string]any{"type": 3, "data/custom_id": "press", "data/component_type": 2, "message/id": id, "message/content": "panel"} {
				same(d.T, path, at(button.payload, path), want)
			}
			menu := i.again(func() {
				d.page("POST click", object{"as": "ana", "message": id, "custom_id": "choose", "values": []string{"b"}})
			})
			same(d.T, "data/values", at(menu.payload, "data/values"), []string{"b"})
			same(d.T, "data/component_type", at(menu.payload, "data/component_type"), 3)
		}},
		{"payload of a form", formPayload},
		{"payload while somebody types", func(d *desk) {
			typed := d.asked().types("wh")
			for path, want := range map[string]any{"type": 4, "data/options/0/name": "question", "data/options/0/value": "wh", "data/options/0/focused": true} {
				same(d.T, path, at(typed.payload, path), want)
			}
			typed.callback(say("no", 0)).refused(400, 50035)
			typed.callback(object{"type": 8, "data": object{"choices": []object{{"name": "Who?", "value": "who"}}}}).ok(204)
			(<-typed.offered).ok(200, "choices/0/name", "Who?", "choices/0/value", "who")
		}},
	}
}

// responseChecks are about what it may answer, and who sees it.
func responseChecks() []check {
	return []check{
		{"the wrong kinds of response", wrongKinds},
		{"response 4 needs data", func(d *desk) { d.asked().callback(object{"type": 4}).refused(400, 50035) }},
		{"response 5 shows that the bot is thinking", func(d *desk) {
			i := d.asked()
			i.callback(object{"type": 5, "data": object{"flags": 1 << 2}}).ok(204)
			i.hook("GET", "/messages/@original", nil).ok(200, "flags", 1<<7, "content", "")
			loading := i.hook("GET", "/messages/@original", nil).text("id")
			i.hook("POST", "", object{"content": "here", "flags": private}).ok(200, "id", loading, "flags", 0)
			i.hook("POST", "", object{"content": "and more", "flags": private}).ok(200, "flags", private)
		}},
		{"responses 6 and 7 are about the message of the button", func(d *desk) {
			i := d.asked()
			id := i.panel()
			six := i.clicks(id, "press")
			six.callback(object{"type": 6}).ok(204)
			six.hook("PATCH", "/messages/@original", object{"content": "six"}).ok(200, "id", id, "content", "six")
			seven := i.clicks(id, "press")
			seven.callback(object{"type": 7, "data": object{"content": "seven", "components": []any{}}}).ok(204)
			i.rest("GET /channels/"+i.channel+"/messages/"+id, nil).ok(200, "content", "seven", "components/0", nil)
		}},
		{"private messages are for one person alone", func(d *desk) {
			i := d.asked()
			i.callback(say("between us", private)).ok(204)
			id := i.hook("GET", "/messages/@original", nil).ok(200, "flags", private).text("id")
			if !holds(d.sees("ana", i.channel), id) {
				d.Error("ana: have not seen it")
			}
			if holds(d.sees("boris", i.channel), id) {
				d.Error("boris: have seen it")
			}
			d.rest("GET /channels/"+i.channel+"/messages", nil).ok(200, "0", nil)
			d.rest("GET /channels/"+i.channel+"/messages/"+id, nil).refused(404, 10008)
			i.hook("PATCH", "/messages/@original", object{"content": "still"}).ok(200, "content", "still")
			i.hook("DELETE", "/messages/@original", nil).ok(204)
		}},
		{"what is private is decided at first", func(d *desk) {
			i := d.asked()
			i.callback(object{"type": 5, "data": object{"flags": private}}).ok(204)
			i.hook("PATCH", "/messages/@original", object{"content": "done", "flags": 0}).ok(200, "flags", private)
		}},
	}
}

func commandPayload(d *desk) {
	i := d.asked()
	for path, want := range map[string]any{
		"application_id": d.app, "type": 2, "version": 1, "channel_id": i.channel, "channel/id": i.channel, "channel/name": "general",
		"channel/type": 0, "guild_id": d.guild, "guild/id": d.guild, "member/user/username": "ana", "user": nil, "context": 0,
		"entitlements": []any{}, "authorizing_integration_owners": object{"0": d.guild}, "message": nil, "data/name": "ask",
		"data/type": 1, "data/options": []object{{"name": "question", "type": 3, "value": "who?"}},
	} {
		same(d.T, path, at(i.payload, path), want)
	}
	for _, path := range []string{"id", "token", "channel/permissions", "member/permissions", "member/joined_at", "app_permissions", "locale", "guild_locale", "guild/locale", "data/id"} {
		if text, ok := at(i.payload, path).(string); !ok || text == "" {
			d.Errorf("%s: have %v, want a text", path, at(i.payload, path))
		}
	}
	if strings.HasPrefix(i.text("attachment_size_limit"), "<") {
		d.Error("no attachment_size_limit")
	}
}

func formPayload(d *desk) {
	i := d.asked()
	id := i.panel()
	button := i.clicks(id, "press")
	button.callback(formBody).ok(204)
	form := button.again(func() {
		d.page("POST submit", object{"as": "ana", "interaction": button.text("id"), "fields": object{"what": "this"}})
	})
	for path, want := range map[string]any{"type": 5, "data/custom_id": "form", "data/components/0/type": 1, "data/components/0/components/0/type": 4, "data/components/0/components/0/custom_id": "what", "data/components/0/components/0/value": "this", "message/id": id} {
		same(d.T, path, at(form.payload, path), want)
	}
}

// permissions compares what somebody may do, and the bot, in places that differ in it.
func permissions(d *desk) {
	const administrator, viewChannel, sendMessages, manageMessages = 1 << 3, 1 << 10, 1 << 11, 1 << 13
	d.asked()
	g := d.online(0)
	for _, c := range []struct {
		who, where      string
		may, mayNot, it int
	}{
		{"ana", "general", viewChannel | sendMessages, administrator | manageMessages, viewChannel | sendMessages},
		{"teuta", "announcements", sendMessages, administrator | manageMessages, sendMessages},
		{"ivo", "general", administrator | manageMessages, 0, sendMessages},
		{"ivo", "quiet", administrator | viewChannel, 0, 0},
	} {
		channel := d.channel(c.where)
		i := g.interaction(channel, func() { d.runs(c.who, channel, "ask", object{"name": "question", "value": "x"}) })
		may, err := strconv.Atoi(i.text("member/permissions"))
		it, err2 := strconv.Atoi(i.text("app_permissions"))
		if err != nil || err2 != nil || may&c.may != c.may || may&c.mayNot != 0 || it&c.it != c.it || it&administrator != 0 {
			d.Errorf("%s in #%s: have %b, and %b for the bot, want %b and not %b, and %b for the bot", c.who, c.where, may, it, c.may, c.mayNot, c.it)
		}
	}
}

func wrongKinds(d *desk) {
	i := d.asked()
	for _, kind := range []int{1, 2, 3, 6, 7, 8, 10, 99} {
		i.callback(object{"type": kind, "data": object{}}).refused(400, 50035)
	}
	i.callback(formBody).ok(204)
	form := i.again(func() {
		d.page("POST submit", object{"as": "ana", "interaction": i.text("id"), "fields": object{"what": "this"}})
	})
	form.callback(formBody).refused(400, 50035)
	form.callback(object{"type": 7, "data": object{"content": "no message to change"}}).refused(400, 50035)
	form.callback(say("so", 0)).ok(204)
}

// holds reports whether a message is among those.
func holds(list []any, id string) bool {
	for _, m := range list {
		if at(m, "id") == id {
			return true
		}
	}
	return false
}

package playground

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Which first responses each kind of interaction takes: 4 message, 5 deferred, 6 and 7 about the message of the
// button, 8 suggestions, 9 a form.
func TestEachKindTakesItsResponses(t *testing.T) {
	bodies := map[int]string{
		1: `{"type":1}`, 4: `{"type":4,"data":{"content":"so"}}`, 5: `{"type":5}`, 6: `{"type":6}`, 7: `{"type":7,"data":{"content":"so"}}`,
		8: `{"type":8,"data":{"choices":[]}}`, 9: askBack, 12: `{"type":12}`,
	}
	kinds := map[string]struct {
		begin func(asked) asked
		takes []int
	}{
		"command":                       {func(a asked) asked { return a.run("ask", a.channel("general")) }, []int{4, 5, 9}},
		"button":                        {pressed, []int{4, 5, 6, 7, 9}},
		"form of a command":             {func(a asked) asked { return submitted(a.run("ask", a.channel("general"))) }, []int{4, 5}},
		"form of a button":              {func(a asked) asked { return submitted(pressed(a)) }, []int{4, 5, 6, 7}},
		"what somebody is still typing": {typed, []int{8}},
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			first := newRoom(t).open()
			first.callback("204", buttonMessage)
			for response, body := range bodies {
				first.s.Advance(2 * time.Second) // past the limits
				want := "400/50035"
				if slices.Contains(kind.takes, response) {
					want = "204"
				}
				kind.begin(first).callback(want, body)
			}
		})
	}
}

const (
	askBack = `{"type":9,"data":{"title":"T","custom_id":"f","components":[{"type":1,"components":[
		{"type":4,"custom_id":"what","label":"What","style":1,"max_length":5}]}]}}`
	buttonMessage = `{"type":4,"data":{"content":"Press","components":[{"type":1,"components":[
		{"type":2,"style":1,"label":"Go","custom_id":"go"},{"type":2,"style":2,"label":"No","custom_id":"no","disabled":true}]},
		{"type":1,"components":[{"type":3,"custom_id":"menu","options":[{"label":"A","value":"a"},{"label":"B","value":"b"}]}]}]}}`
)

// message is the id of the first response.
func (a asked) message() string {
	a.Helper()
	return a.hook("200", "GET /@original", nil).text("id")
}

// pressed presses the button of a first response.
func pressed(a asked) asked {
	a.Helper()
	if _, err := a.s.Click("ana", a.message(), "go", nil); err != nil {
		a.Fatal(err)
	}
	return a.taken()
}

// submitted answers with a form and fills it in.
func submitted(a asked) asked {
	a.Helper()
	a.callback("204", askBack)
	if _, err := a.s.Submit("ana", a.id, map[string]string{"what": "this"}); err != nil {
		a.Fatal(err)
	}
	return a.taken()
}

// typed types into the option that is completed.
func typed(a asked) asked {
	a.Helper()
	must(a.s.beginSuggest("ana", a.channel("general"), whatIsTyped(""), "question"))(a.T)
	return a.taken()
}

func TestOneFirstResponseWithinThreeSeconds(t *testing.T) {
	a := newRoom(t).open()
	a.want("404/10062", "POST /interactions/1/"+a.token+"/callback", `{"type":5}`)
	a.want("404/10062", "POST /interactions/"+a.id+"/wrong/callback", `{"type":5}`)
	a.callback("400/50035", `{"type":4}`)
	a.callback("400/50006", `{"type":4,"data":{"content":" "}}`)
	a.callback("400/50109", `{"type":4,`)
	a.s.Advance(2 * time.Second)
	a.callback("204", `{"type":4,"data":{"content":"in time"}}`)
	a.callback("400/40060", `{"type":4,"data":{"content":"again"}}`)

	late := a.run("ask", a.channel("general"))
	events, stop := a.s.Watch("ana")
	defer stop()
	a.s.Advance(3 * time.Second)
	until(t, events, "INTERACTION", `"state":"failed"`)
	late.callback("404/10062", `{"type":4,"data":{"content":"late"}}`)
	late.hook("404/10015", "GET /@original", nil)
	same(t, "what Ana reads", a.sees("ana", a.channel("general")), []string{"in time"})
}

func TestFollowUpsForFifteenMinutes(t *testing.T) {
	a := newRoom(t).open()
	a.hook("404/10015", "POST", `{"content":"too early"}`)
	a.hook("404/10015", "GET /@original", nil)
	a.callback("204", `{"type":4,"data":{"content":"first"}}`)
	a.hook("200", "POST", `{"content":"second"}`)
	id := a.hook("200", "POST", `{"content":"third"}`).text("id")
	a.hook("200", "PATCH /"+id, `{"content":"third, better"}`)
	a.hook("200", "PATCH /@original", `{"content":"first, better"}`)
	same(t, "what Ana reads", a.sees("ana", a.channel("general")), []string{"first, better", "second", "third, better"})
	a.s.Advance(10 * time.Second)
	a.hook("204", "DELETE /"+id, nil)
	a.hook("404/10008", "GET /"+id, nil)
	a.hook("204", "DELETE /@original", nil)
	a.hook("404/10008", "GET /@original", nil)
	a.want("404/10015", "POST /webhooks/"+a.s.world.app.String()+"/wrong", `{"content":"x"}`)
	a.want("404/10015", "POST /webhooks/1/"+a.token, `{"content":"x"}`)
	a.s.Advance(lastWord - 11*time.Second)
	a.hook("200", "POST", `{"content":"just in time"}`)
	a.s.Advance(2 * time.Second)
	a.hook("401/50027", "POST", `{"content":"too late"}`)
	a.run("ask", a.channel("general")) // which forgets the old one
	a.hook("401/50027", "POST", `{"content":"too late"}`)
}

func TestDeferredAnswers(t *testing.T) {
	r := newRoom(t)
	tests := map[string]func(a asked){
		"by an edit":        func(a asked) { a.hook("200", "PATCH /@original", `{"content":"done"}`) },
		"by a follow-up":    func(a asked) { a.hook("200", "POST", `{"content":"done"}`) },
		"by its own id":     func(a asked) { a.hook("200", "PATCH /"+a.message(), `{"content":"done"}`) },
		"in a second trial": func(a asked) { a.hook("400/50006", "POST", `{}`); a.hook("200", "POST", `{"content":"done"}`) },
	}
	a := r.open()
	for name, finish := range tests {
		r.s.Advance(10 * time.Second)
		a = a.run("ask", r.channel("general"))
		a.callback("204", `{"type":5}`)
		before := a.hook("200", "GET /@original", nil)
		same(t, name+": flags before", before.text("flags"), flagLoading)
		finish(a)
		after := a.hook("200", "GET /@original", nil)
		same(t, name+": after", after.text("id", "content", "flags", "edited_timestamp"), before.text("id")+" done 0 <nil>")
	}
	lost := a.run("ask", r.channel("general"))
	lost.callback("204", `{"type":5}`)
	events, stop := r.s.Watch("ana")
	defer stop()
	r.s.Advance(lastWord)
	until(t, events, "INTERACTION", `"state":"failed"`)
}

// Who reads what when a first response and what follows are private or not.
func TestTheFirstResponseDecidesWhatIsPrivate(t *testing.T) {
	tests := []struct {
		name, first, then, ana, boris string
	}{
		{"open", `{"type":4,"data":{"content":"a"}}`, `{"content":"b"}`, "[a b]", "[a b]"},
		{"private", `{"type":4,"data":{"content":"a","flags":64}}`, `{"content":"b","flags":64}`, "[a b]", "[]"},
		{"private, then open", `{"type":4,"data":{"content":"a","flags":64}}`, `{"content":"b"}`, "[a b]", "[b]"},
		{"open, then private", `{"type":4,"data":{"content":"a"}}`, `{"content":"b","flags":64}`, "[a b]", "[a]"},
		{"deferred privately", `{"type":5,"data":{"flags":64}}`, `{"content":"b"}`, "[b]", "[]"},
		{"deferred openly", `{"type":5}`, `{"content":"b","flags":64}`, "[b]", "[b]"},
	}
	for _, test := range tests {
		a := newRoom(t).open()
		a.callback("204", test.first)
		a.hook("200", "POST", test.then)
		channel := a.channel("general")
		same(t, test.name+": Ana", a.sees("ana", channel), test.ana)
		same(t, test.name+": Boris", a.sees("boris", channel), test.boris)
	}
}

func TestPrivateMessagesAreNotInTheChannel(t *testing.T) {
	a := newRoom(t).open()
	a.callback("204", strings.Replace(buttonMessage, `"data":{`, `"data":{"flags":64,`, 1))
	id, channel := a.message(), a.channel("general")
	same(t, "listed", string(a.want("200", "GET /channels/"+channel+"/messages", nil).body), "[]")
	a.want("404/10008", "GET /channels/"+channel+"/messages/"+id, nil)
	a.want("404/10008", "PATCH /channels/"+channel+"/messages/"+id, `{"content":"x"}`)
	a.want("404/10008", "DELETE /channels/"+channel+"/messages/"+id, nil)
	if _, err := a.s.Click("boris", id, "go", nil); err == nil {
		t.Error("Boris pressed a button that only Ana sees")
	}
	p := pressed(a)
	same(t, "flags of the message in the payload", p.data.text("message.flags"), flagPrivate)
	p.callback("204", `{"type":7,"data":{"content":"changed","components":[]}}`)
	same(t, "Ana reads", a.sees("ana", channel), "[changed]")
	p.hook("204", "DELETE /@original", nil)
	same(t, "Ana reads after that", a.sees("ana", channel), "[]")
}

func TestResponsesAboutTheMessageOfTheButton(t *testing.T) {
	a := newRoom(t).open()
	a.callback("204", buttonMessage)
	id := a.message()
	later := pressed(a)
	later.callback("204", `{"type":6}`)
	same(t, "@original", later.message(), id)
	later.hook("200", "PATCH /@original", `{"content":"later"}`)
	now := pressed(a)
	now.callback("204", `{"type":7,"data":{"content":"now"}}`)
	same(t, "@original", now.message(), id)
	next := pressed(a)
	route := "POST /interactions/" + next.id + "/" + next.token + "/callback?with_response=true"
	got := next.want("200", route, `{"type":4,"data":{"content":"another"}}`)
	same(t, "kind", got.text("resource.type")+" "+got.text("resource.message.type"), "4 19")
	same(t, "reply to", got.text("resource.message.message_reference.message_id"), id)
	same(t, "answers", got.text("resource.message.interaction_metadata.interacted_message_id"), id)
	same(t, "what Ana reads", a.sees("ana", a.channel("general")), "[now another]")
}

func TestWhatACommandSays(t *testing.T) {
	r := newRoom(t)
	r.commands()
	g := r.online()
	ana := r.s.world.person("ana")
	a := g.run("ask", r.channel("general"), Option{Name: "question", Value: "why"}, Option{Name: "count", Value: 3},
		Option{Name: "everyone", Value: "true"}, Option{Name: "who", Value: ana.ID.String()})
	want := map[string]any{
		"type": 2, "version": 1, "application_id": r.s.world.app, "channel_id": r.channel("general"), "guild_id": r.s.world.desk.id,
		"channel.type": 0, "channel.name": "general", "guild.id": r.s.world.desk.id, "context": 0, "locale": "en-GB",
		"member.user.username": "ana", "member.roles": "[]", "member.permissions": uint64(memberPermissions), "member.user.public_flags": 0,
		"app_permissions": uint64(memberPermissions), "entitlements": "[]", "authorizing_integration_owners.0": r.s.world.desk.id,
		"data.name": "ask", "data.type": 1, "data.options.0.value": "why", "data.options.0.type": 3, "data.options.1.value": 3,
		"data.options.2.value": true, "data.options.3.value": ana.ID, "attachment_size_limit": attachmentLimit,
		"data.resolved.users." + ana.ID.String() + ".username": "ana", "data.resolved.members." + ana.ID.String() + ".user": "<nil>",
	}
	for path, value := range want {
		same(t, path, a.data.text(path), value)
	}
	direct := fmt.Sprint(at(must(r.s.Direct("ana"))(t), "id"))
	a = g.run("ask", direct)
	for path, value := range map[string]any{"user.username": "ana", "member": nil, "guild_id": nil, "context": 1, "channel.type": 1} {
		same(t, "direct: "+path, at(a.data.body, path), value)
	}
}

// must fails the test for an error.
func must[V any](v V, err error) func(t *testing.T) V {
	return func(t *testing.T) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestWhatContextMenusMenusAndFormsSay(t *testing.T) {
	r := newRoom(t)
	a := r.open()
	a.callback("204", buttonMessage)
	id := r.says("boris", r.channel("general"), "Who signed?")
	must(r.s.Run("ana", r.channel("general"), Invocation{Command: "Ask about this", Target: id}))(t)
	context := a.taken()
	same(t, "target", context.data.text("data.target_id", "data.resolved.messages."+id+".content"), id+" Who signed?")
	context.callback("204", `{"type":4,"data":{"content":"They did"}}`)
	same(t, "type of the answer", context.hook("200", "GET /@original", nil).text("type"), contextMessage)

	must(r.s.Click("ana", a.message(), "menu", []string{"b"}))(t)
	menu := a.taken()
	same(t, "menu", menu.data.text("data.custom_id", "data.component_type", "data.values"), "menu 3 [b]")
	filled := submitted(menu)
	same(t, "form", filled.data.text("data.custom_id", "data.components.0.type"), "f 1")
	same(t, "field", filled.data.text("data.components.0.components.0.custom_id", "data.components.0.components.0.value"), "what this")
	same(t, "message of the form", filled.data.text("message.id"), a.message())
}

func TestSuggestionsComeOrFail(t *testing.T) {
	r := newRoom(t)
	a := r.open()
	typing := Invocation{Command: "ask", Options: []Option{{Name: "count", Value: "nonsense"}, {Name: "question", Value: "wh"}}}
	answered := make(chan []Choice)
	go func() {
		list, _ := r.s.Suggest(t.Context(), "ana", r.channel("general"), typing, "question")
		answered <- list
	}()
	s := a.taken()
	same(t, "typed", s.data.text("data.options.1.value", "data.options.1.focused", "data.options.0.value"), "wh true nonsense")
	s.callback("204", `{"type":8,"data":{"choices":[{"name":"Why?","value":"why"}]}}`)
	same(t, "suggested", <-answered, "[{Why? why}]")

	failed := make(chan error)
	go func() {
		_, err := r.s.Suggest(t.Context(), "ana", r.channel("general"), typing, "question")
		failed <- err
	}()
	a.taken()
	r.s.Advance(firstWord)
	same(t, "in vain", <-failed, "Loading options failed. (504/0)")
	if _, err := r.s.Suggest(t.Context(), "ana", r.channel("general"), typing, "count"); err == nil {
		t.Error("an option that suggests nothing was completed")
	}
}

func TestInteractionsAreForgotten(t *testing.T) {
	r := newRoom(t)
	a := r.open()
	for range 10 {
		a.run("ask", r.channel("general"))
	}
	r.s.Advance(lastWord + firstWord)
	a.run("ask", r.channel("general"))
	if have := len(r.s.interactions); have != 1 || len(r.s.order) != 1 {
		t.Errorf("remembered: have %d and %d, want 1", have, len(r.s.order))
	}
}

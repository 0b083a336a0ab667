package discord

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
)

// A message is understood though it replies to one with components that are new to discordgo, which hands over a message
// without an author then: the question would be lost.
func TestNewComponentsLoseNoQuestion(t *testing.T) {
	raw := []byte(`{"id":"1","channel_id":"2","guild_id":"3","type":19,"content":"<@7> When?","author":{"id":"4"},"mentions":[{"id":"7"}],
		"referenced_message":{"id":"5","author":{"id":"7"},"components":[{"type":99,"id":1,"components":[{"type":98,"custom_id":"follow?ref=x"}]}]}}`)
	var m said
	if err := json.Unmarshal(raw, &m); err != nil || !m.byPerson() || !m.to("7") || spoken(m.Content) != "When?" {
		t.Errorf("have %+v and %v", m, err)
	}
	if have := followUp(m.Referenced.Components); have != "x" {
		t.Errorf("it leans on %q", have)
	}
	var theirs discordgo.MessageCreate
	if json.Unmarshal(raw, &theirs) == nil {
		t.Error("discordgo understands it too: the workaround may go")
	}
}

// A form is understood though its fields are in labels, which discordgo does not know.
func TestFormsWithLabels(t *testing.T) {
	raw := []byte(`{"id":"1","type":5,"token":"t","user":{"id":"4","username":"ana"},"data":{"custom_id":"ask?ref=x",
		"components":[{"type":18,"component":{"type":4,"custom_id":"question","value":"When?"}}]}}`)
	var i interaction
	if err := json.Unmarshal(raw, &i); err != nil {
		t.Fatal(err)
	}
	call, _, err := i.call()
	if err != nil || call.Command != "ask" || call.Args["question"] != "When?" || call.Args["ref"] != "x" {
		t.Errorf("have %+v and %v", call, err)
	}
	var theirs discordgo.InteractionCreate
	if json.Unmarshal(raw, &theirs) == nil {
		t.Error("discordgo understands it too: the workaround may go")
	}
}

// A call says what is wanted by whom and where, whatever it is made with.
func TestCalls(t *testing.T) {
	const (
		member = `"id":"1","guild_id":"2","channel_id":"3","member":{"user":{"id":"4","username":"ana"},"roles":["5"],"permissions":"32"}`
		alone  = `"id":"1","channel_id":"3","user":{"id":"4","username":"ana"}`
	)
	ana := bot.Person{ID: "4", Name: "ana", Roles: []string{"5"}, Admin: true}
	tests := []struct {
		name, raw string
		want      bot.Call
	}{
		{"a subcommand", member + `,"type":2,"data":{"name":"setup","options":[{"type":1,"name":"team","options":[
			{"type":8,"name":"role","value":"6"},{"type":7,"name":"channel","value":"7"},{"type":3,"name":"note","value":"<#8> yes"},{"type":5,"name":"on","value":true}]}]}`,
			bot.Call{Command: "setup team", Args: map[string]string{"role": "6", "channel": "7", "note": "yes", "on": "true"}, By: ana, In: bot.Place{Server: "2", Channel: "3"}}},
		{"channels by their names", member + `,"type":2,"data":{"name":"setup","options":[{"type":1,"name":"mentions","options":[{"type":3,"name":"channels","value":"<#8> <#9>"}]}]}`,
			bot.Call{Command: "setup mentions", Args: map[string]string{"channels": "<#8> <#9>"}, By: ana, In: bot.Place{Server: "2", Channel: "3"}}},
		{"a subcommand without arguments", member + `,"type":2,"data":{"name":"setup","options":[{"type":1,"name":"status"}]}`,
			bot.Call{Command: "setup status", Args: map[string]string{}, By: ana, In: bot.Place{Server: "2", Channel: "3"}}},
		{"a button that all see", member + `,"type":3,"message":{"id":"9"},"data":{"custom_id":"share?ref=x"}`,
			bot.Call{Command: "share", Args: map[string]string{"ref": "x"}, By: ana, In: bot.Place{Server: "2", Channel: "3", Message: "9", Open: true}}},
		{"a button that one sees", member + `,"type":3,"message":{"id":"9","flags":64},"data":{"custom_id":"share?ref=x"}`,
			bot.Call{Command: "share", Args: map[string]string{"ref": "x"}, By: ana, In: bot.Place{Server: "2", Channel: "3", Message: "9"}}},
		{"a button in direct messages", alone + `,"type":3,"message":{"id":"9"},"data":{"custom_id":"share?ref=x"}`,
			bot.Call{Command: "share", Args: map[string]string{"ref": "x"}, By: bot.Person{ID: "4", Name: "ana", Speaks: true}, In: bot.Place{Channel: "3", Message: "9"}}},
		{"a form with a menu", member + `,"type":5,"message":{"id":"9"},"data":{"custom_id":"unhelpful?ref=x","components":[
			{"type":18,"component":{"type":3,"custom_id":"reason","values":["old"]}},{"type":18,"component":{"type":4,"custom_id":"text","value":"since \u0004@1\u0003 May"}}]}`,
			bot.Call{Command: "unhelpful", Args: map[string]string{"ref": "x", "reason": "old", "text": "since @1 May"}, By: ana, In: bot.Place{Server: "2", Channel: "3", Message: "9", Open: true}}},
	}
	for _, tt := range tests {
		var i interaction
		if err := json.Unmarshal([]byte("{"+tt.raw+"}"), &i); err != nil {
			t.Fatal(err)
		}
		tt.want.ID = "1"
		if have, _, err := i.call(); err != nil || !reflect.DeepEqual(have, tt.want) {
			t.Errorf("%s: have %+v and %v, want %+v", tt.name, have, err, tt.want)
		}
	}
}

// What is not a call never reaches the bot as one.
func TestWhatIsNoCall(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":                    `{}`,
		"nobody":                     `{"type":2,"data":{"name":"ask"}}`,
		"a foreign button":           `{"type":3,"user":{"id":"4"},"data":{"custom_id":"?"}}`,
		"a foreign form":             `{"type":5,"user":{"id":"4"},"data":{"custom_id":"a&b?"}}`,
		"a new kind":                 `{"type":9,"user":{"id":"4"}}`,
		"an unknown message command": `{"type":2,"user":{"id":"4"},"data":{"type":3,"name":"Delete"}}`,
	} {
		var i interaction
		if err := json.Unmarshal([]byte(raw), &i); err != nil {
			t.Fatal(err)
		}
		if call, _, err := i.call(); err == nil {
			t.Errorf("%s: have %+v", name, call)
		}
	}
}

func TestRightsAreRead(t *testing.T) {
	for raw, want := range map[string]rights{`"2048"`: 2048, `2048`: 2048, `"2251799813685247"`: 2251799813685247} {
		var have rights
		if err := json.Unmarshal([]byte(raw), &have); err != nil || have != want {
			t.Errorf("%s: have %d and %v", raw, have, err)
		}
	}
	for _, raw := range []string{`"many"`, `[]`, `""`} {
		var have rights
		if json.Unmarshal([]byte(raw), &have) == nil {
			t.Errorf("%s: have %d, want an error", raw, have)
		}
	}
}

func FuzzInteraction(f *testing.F) {
	f.Add([]byte(`{"id":"1","type":2,"user":{"id":"4"},"data":{"name":"ask","options":[{"name":"question","value":"When?"}]}}`))
	f.Add([]byte(`{"type":3,"member":{"user":{"id":"4"},"permissions":"2048"},"data":{"custom_id":"read?passage","values":["x"]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var i interaction
		if json.Unmarshal(raw, &i) != nil {
			return
		}
		if call, _, err := i.call(); err == nil && call.By.ID == "" {
			t.Errorf("%s: nobody makes the call %+v", raw, call)
		}
	})
}

// What Discord's own markup stands for is not asked: a question about everything else would be refused for it.
func TestMarkupIsNotSpoken(t *testing.T) {
	for text, want := range map[string]string{
		"<@7> When?":                  "When?",
		"Ask <@!7> and <@&8> of <#9>": "Ask   and   of",
		"<:sea:12> <a:wave:13> When?": "When?",
		"</ask:3> <t:1742300000:R>":   "",
		"`x` ```go\nWhen?\n```":       "x   go\nWhen?",
		"a < b and b > c, <3":         "a < b and b > c, <3",
		"@everyone When?":             "@everyone When?",
	} {
		if have := spoken(text); have != want {
			t.Errorf("%q: have %q, want %q", text, have, want)
		}
	}
}

package playground

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// fault is a body with something wrong in it: where, and the code that says what; "" for one that is accepted.
type fault struct {
	name, body string
	path, code string
}

// rep repeats a part, separated by commas, with its number in place of #.
func rep(n int, part string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(part, "#", fmt.Sprint(i))
	}
	return strings.Join(list, ",")
}

func x(n int) string { return strings.Repeat("x", n) }

func row(parts string) string { return `{"components":[{"type":1,"components":[` + parts + `]}]}` }

const okButton = `{"type":2,"style":1,"label":"Go","custom_id":"a#"}`

func option26(extra string) string {
	return `{"type":3,"custom_id":"m","options":[{"label":"A","value":"a"` + extra + `}]}`
}

// messageFaults are wrong in every message.
func messageFaults() []fault {
	const embeds, first = "embeds", "components.0.components.0"
	return []fault{
		{"2000 characters", `{"content":"` + x(2000) + `"}`, "", ""},
		{"2001 characters", `{"content":"` + x(2001) + `"}`, "content", "BASE_TYPE_MAX_LENGTH"},
		{"characters outside the first plane count once", `{"content":"` + strings.Repeat("😀", 2000) + `"}`, "", ""},
		{"content of a wrong type", `{"content":{}}`, "content", "BASE_TYPE_BAD_TYPE"},
		{"10 embeds", `{"embeds":[` + rep(10, `{"title":"#"}`) + `]}`, "", ""},
		{"11 embeds", `{"embeds":[` + rep(11, `{"title":"#"}`) + `]}`, embeds, "BASE_TYPE_MAX_LENGTH"},
		{"an empty embed", `{"embeds":[{}]}`, "embeds.0.description", "BASE_TYPE_REQUIRED"},
		{"a long title", `{"embeds":[{"title":"` + x(257) + `"}]}`, "embeds.0.title", "BASE_TYPE_MAX_LENGTH"},
		{"a long description", `{"embeds":[{"description":"` + x(4097) + `"}]}`, "embeds.0.description", "BASE_TYPE_MAX_LENGTH"},
		{"26 fields", `{"embeds":[{"fields":[` + rep(26, `{"name":"n","value":"v"}`) + `]}]}`, "embeds.0.fields", "BASE_TYPE_MAX_LENGTH"},
		{"a field with no value", `{"embeds":[{"fields":[{"name":"n","value":""}]}]}`, "embeds.0.fields.0.value", "BASE_TYPE_REQUIRED"},
		{"a field with a long name", `{"embeds":[{"fields":[{"name":"` + x(257) + `","value":"v"}]}]}`, "embeds.0.fields.0.name", "BASE_TYPE_BAD_LENGTH"},
		{"a field with a long value", `{"embeds":[{"fields":[{"name":"n","value":"` + x(1025) + `"}]}]}`, "embeds.0.fields.0.value", "BASE_TYPE_BAD_LENGTH"},
		{"a long footer", `{"embeds":[{"title":"t","footer":{"text":"` + x(2049) + `"}}]}`, "embeds.0.footer.text", "BASE_TYPE_BAD_LENGTH"},
		{"a long author", `{"embeds":[{"title":"t","author":{"name":"` + x(257) + `"}}]}`, "embeds.0.author.name", "BASE_TYPE_BAD_LENGTH"},
		{"6001 in all embeds", `{"embeds":[{"description":"` + x(4000) + `"},{"description":"` + x(2001) + `"}]}`, embeds, "MAX_EMBED_SIZE_EXCEEDED"},
		{"6000 in all embeds", `{"embeds":[{"description":"` + x(4000) + `"},{"description":"` + x(2000) + `"}]}`, "", ""},
		{"another scheme", `{"embeds":[{"title":"t","url":"ftp://example.org"}]}`, "embeds.0.url", "URL_TYPE_INVALID_SCHEME"},
		{"no address", `{"embeds":[{"title":"t","image":{"url":"here"}}]}`, "embeds.0.image.url", "URL_TYPE_INVALID_URL"},
		{"an uploaded picture", `{"embeds":[{"title":"t","image":{"url":"attachment://a.png"}}]}`, "", ""},
		{"a colour out of range", `{"embeds":[{"title":"t","color":16777216}]}`, "embeds.0.color", "NUMBER_TYPE_MAX"},

		{"5 rows", `{"components":[` + rep(5, `{"type":1,"components":[`+okButton+`]}`) + `]}`, "", ""},
		{"6 rows", `{"components":[` + rep(6, `{"type":1,"components":[`+okButton+`]}`) + `]}`, "components", "BASE_TYPE_MAX_LENGTH"},
		{"no row", `{"components":[` + okButton + `]}`, "components.0.type", "BASE_TYPE_CHOICES"},
		{"an empty row", row(""), "components.0.components", "BASE_TYPE_BAD_LENGTH"},
		{"5 buttons", row(rep(5, okButton)), "", ""},
		{"6 buttons", row(rep(6, okButton)), "components.0.components", "BASE_TYPE_BAD_LENGTH"},
		{"a menu beside a button", row(option26("") + "," + okButton), "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
		{"a custom id twice", row(okButton + "," + okButton), "components.0.components.1.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"},
		{"a long custom id", row(`{"type":2,"style":1,"label":"Go","custom_id":"` + x(101) + `"}`), first + ".custom_id", "BASE_TYPE_BAD_LENGTH"},
		{"no custom id", row(`{"type":2,"style":1,"label":"Go"}`), first + ".custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED"},
		{"a long label", row(`{"type":2,"style":1,"label":"` + x(81) + `","custom_id":"a"}`), first + ".label", "BASE_TYPE_MAX_LENGTH"},
		{"no label", row(`{"type":2,"style":1,"custom_id":"a"}`), first, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED"},
		{"an emoji alone", row(`{"type":2,"style":1,"custom_id":"a","emoji":{"name":"👀"}}`), "", ""},
		{"an unknown style", row(`{"type":2,"style":9,"label":"Go","custom_id":"a"}`), first + ".style", "BASE_TYPE_CHOICES"},
		{"a link to nowhere", row(`{"type":2,"style":5,"label":"Go"}`), first + ".url", "BUTTON_COMPONENT_URL_REQUIRED"},
		{"a link with a custom id", row(`{"type":2,"style":5,"label":"Go","url":"https://example.org","custom_id":"a"}`), first, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"},
		{"a long link", row(`{"type":2,"style":5,"label":"Go","url":"https://example.org/` + x(500) + `"}`), first + ".url", "BASE_TYPE_BAD_LENGTH"},
		{"a link", row(`{"type":2,"style":5,"label":"Go","url":"https://example.org"}`), "", ""},
		{"a text field", row(`{"type":4,"custom_id":"a","style":1,"label":"A"}`), first + ".type", "BASE_TYPE_CHOICES"},

		{"25 options", row(`{"type":3,"custom_id":"m","options":[` + rep(25, `{"label":"A","value":"#"}`) + `]}`), "", ""},
		{"26 options", row(`{"type":3,"custom_id":"m","options":[` + rep(26, `{"label":"A","value":"#"}`) + `]}`), first + ".options", "BASE_TYPE_BAD_LENGTH"},
		{"no option", row(`{"type":3,"custom_id":"m","options":[]}`), first + ".options", "BASE_TYPE_BAD_LENGTH"},
		{"a value twice", row(`{"type":3,"custom_id":"m","options":[{"label":"A","value":"a"},{"label":"B","value":"a"}]}`), first + ".options.1.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"},
		{"a long label of an option", row(`{"type":3,"custom_id":"m","options":[{"label":"` + x(101) + `","value":"a"}]}`), first + ".options.0.label", "BASE_TYPE_BAD_LENGTH"},
		{"a long value", row(`{"type":3,"custom_id":"m","options":[{"label":"A","value":"` + x(101) + `"}]}`), first + ".options.0.value", "BASE_TYPE_BAD_LENGTH"},
		{"a long description of an option", row(option26(`,"description":"` + x(101) + `"`)), first + ".options.0.description", "BASE_TYPE_MAX_LENGTH"},
		{"a long placeholder", row(`{"type":3,"custom_id":"m","placeholder":"` + x(151) + `","options":[{"label":"A","value":"a"}]}`), first + ".placeholder", "BASE_TYPE_MAX_LENGTH"},
		{"more choices than options", row(`{"type":3,"custom_id":"m","max_values":2,"options":[{"label":"A","value":"a"}]}`), first + ".max_values", "SELECT_COMPONENT_MAX_VALUES_EXCEEDED"},
		{"26 choices", row(`{"type":5,"custom_id":"m","max_values":26}`), first + ".max_values", "NUMBER_TYPE_MAX"},

		{"a layout", `{"flags":32768,"components":[{"type":10,"content":"Hello"},{"type":17,"components":[{"type":10,"content":"in a box"},{"type":1,"components":[` + okButton + `]}]}]}`, "", ""},
		{"a layout with content", `{"flags":32768,"content":"Hello","components":[{"type":10,"content":"Hello"}]}`, "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"},
		{"a layout of 41 parts", `{"flags":32768,"components":[` + rep(41, `{"type":10,"content":"#"}`) + `]}`, "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"},
		{"a section with nothing beside it", `{"flags":32768,"components":[{"type":9,"components":[{"type":10,"content":"a"}]}]}`, "components.0.accessory", "BASE_TYPE_REQUIRED"},

		{"all pings and one", `{"content":"a","allowed_mentions":{"parse":["users"],"users":["1"]}}`, "allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"},
		{"an unknown ping", `{"content":"a","allowed_mentions":{"parse":["all"]}}`, "allowed_mentions.parse.0", "BASE_TYPE_CHOICES"},
		{"101 pings", `{"content":"a","allowed_mentions":{"users":[` + rep(101, `"#1"`) + `]}}`, "allowed_mentions.users", "BASE_TYPE_MAX_LENGTH"},
		{"a file that is not there", `{"content":"a","attachments":[{"id":"0"}]}`, "attachments.0.id", "ATTACHMENT_NOT_FOUND"},
		{"lists that are null", `{"content":"a","embeds":null,"components":null,"sticker_ids":null,"allowed_mentions":null}`, "", ""},
	}
}

func TestMessagesKeepTheirLimits(t *testing.T) {
	r := newRoom(t)
	route := "POST /channels/" + r.channel("general") + "/messages"
	for _, f := range append(messageFaults(),
		fault{"25 characters of nonce", `{"content":"a","nonce":"` + x(25) + `"}`, "", ""},
		fault{"26 characters of nonce", `{"content":"a","nonce":"` + x(26) + `"}`, "nonce", "NONCE_TYPE_TOO_LONG"}) {
		r.s.Advance(5 * time.Second)
		f.check(t, "", r.call(route, f.body))
	}
}

// TestResponsesKeepTheLimitsOfMessages sends the same as first responses; what was refused may be tried again.
func TestResponsesKeepTheLimitsOfMessages(t *testing.T) {
	r := newRoom(t)
	r.commands()
	g := r.online()
	for _, f := range messageFaults() {
		a := g.run("ask", r.channel("general"))
		route := "POST /interactions/" + a.id + "/" + a.token + "/callback"
		f.check(t, "data.", r.call(route, `{"type":4,"data":`+f.body+`}`))
		if f.path != "" {
			a.callback("204", `{"type":4,"data":{"content":"better"}}`)
		}
	}
}

// check compares an answer with what is wrong.
func (f fault) check(t *testing.T, prefix string, got response) {
	t.Helper()
	if f.path == "" {
		if got.status >= 300 {
			t.Errorf("%s: have %d %s, want it accepted", f.name, got.status, got.body)
		}
		return
	}
	have := fmt.Sprintf("%d/%s %v", got.status, got.text("code"), at(got.body, "errors."+prefix+f.path+"._errors.0.code"))
	if want := "400/50035 " + f.code; have != want {
		t.Errorf("%s: have %s in %s, want %s at %s", f.name, have, got.body, want, prefix+f.path)
	}
}

func TestFormsKeepTheirLimits(t *testing.T) {
	r := newRoom(t)
	r.commands()
	g := r.online()
	form := func(title, id, rows string) string {
		return `{"title":"` + title + `","custom_id":"` + id + `","components":[` + rows + `]}`
	}
	input := func(fields string) string {
		return `{"type":1,"components":[{"type":4,"custom_id":"a#","style":1,"label":"A"` + fields + `}]}`
	}
	tests := []fault{
		{"a form", form("T", "f", rep(5, input(""))), "", ""},
		{"a label around a field", form("T", "f", `{"type":18,"label":"A","component":{"type":4,"custom_id":"a","style":2}}`), "", ""},
		{"a long title", form(x(46), "f", input("")), "title", "BASE_TYPE_BAD_LENGTH"},
		{"no title", form("", "f", input("")), "title", "BASE_TYPE_REQUIRED"},
		{"a long custom id", form("T", x(101), input("")), "custom_id", "BASE_TYPE_BAD_LENGTH"},
		{"6 rows", form("T", "f", rep(6, input(""))), "components", "BASE_TYPE_BAD_LENGTH"},
		{"no row", form("T", "f", ""), "components", "BASE_TYPE_BAD_LENGTH"},
		{"a custom id twice", form("T", "f", input("")+","+input("")), "components.1.components.0.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"},
		{"a long label", form("T", "f", strings.Replace(input(""), `"A"`, `"`+x(46)+`"`, 1)), "components.0.components.0.label", "BASE_TYPE_BAD_LENGTH"},
		{"a long placeholder", form("T", "f", input(`,"placeholder":"`+x(101)+`"`)), "components.0.components.0.placeholder", "BASE_TYPE_MAX_LENGTH"},
		{"a long value", form("T", "f", input(`,"value":"`+x(4001)+`"`)), "components.0.components.0.value", "BASE_TYPE_MAX_LENGTH"},
		{"4001 characters to fill in", form("T", "f", input(`,"max_length":4001`)), "components.0.components.0.max_length", "NUMBER_TYPE_MAX"},
		{"a button", form("T", "f", `{"type":1,"components":[`+okButton+`]}`), "components.0.components.0.type", "BASE_TYPE_CHOICES"},
		{"a label around nothing", form("T", "f", `{"type":18,"label":"A"}`), "components.0.component", "BASE_TYPE_REQUIRED"},
	}
	for _, f := range tests {
		a := g.run("ask", r.channel("general"))
		f.check(t, "data.", r.call("POST /interactions/"+a.id+"/"+a.token+"/callback", `{"type":9,"data":`+f.body+`}`))
	}
}

func TestSuggestionsKeepTheirLimits(t *testing.T) {
	r := newRoom(t)
	r.commands()
	g := r.online()
	one := func(fields string) string { return `{"choices":[{` + fields + `}]}` }
	tests := []fault{
		{"25 choices", `{"choices":[` + rep(25, `{"name":"#","value":"#"}`) + `]}`, "", ""},
		{"none", `{}`, "", ""},
		{"none, as a message", `{"tts":false,"content":"","embeds":null,"components":null}`, "", ""},
		{"26 choices", `{"choices":[` + rep(26, `{"name":"#","value":"#"}`) + `]}`, "choices", "BASE_TYPE_MAX_LENGTH"},
		{"a long name", one(`"name":"` + x(101) + `","value":"a"`), "choices.0.name", "BASE_TYPE_BAD_LENGTH"},
		{"a long value", one(`"name":"a","value":"` + x(101) + `"`), "choices.0.value", "BASE_TYPE_BAD_LENGTH"},
		{"no name", one(`"value":"a"`), "choices.0.name", "BASE_TYPE_REQUIRED"},
		{"no value", one(`"name":"a"`), "choices.0.value", "BASE_TYPE_REQUIRED"},
		{"a number for a text", one(`"name":"a","value":1`), "choices.0.value", "BASE_TYPE_BAD_TYPE"},
	}
	for _, f := range tests {
		_, err := r.s.beginSuggest("ana", r.channel("general"), Invocation{Command: "ask", Options: []Option{{Name: "question", Value: "w"}}}, "question")
		if err != nil {
			t.Fatal(err)
		}
		a := g.taken()
		f.check(t, "data.", r.call("POST /interactions/"+a.id+"/"+a.token+"/callback", `{"type":8,"data":`+f.body+`}`))
	}
}

func TestCommandsKeepTheirLimits(t *testing.T) {
	r := newRoom(t)
	chat := func(fields string) string { return `[{"name":"ask","description":"Asks"` + fields + `}]` }
	opt := func(fields string) string { return `{"type":3,"name":"o#","description":"O"` + fields + `}` }
	options := func(list string) string { return chat(`,"options":[` + list + `]`) }
	tests := []fault{
		{"none", `[]`, "", ""},
		{"all that is possible", options(rep(25, opt(`,"choices":[{"name":"A","value":"a"}]`))), "", ""},
		{"lists that are null", chat(`,"options":null,"name_localizations":null,"contexts":null`), "", ""},
		{"another alphabet", `[{"name":"пита́ј","description":"Пита"}]`, "0.name", "APPLICATION_COMMAND_INVALID_NAME"},
		{"another alphabet, composed", `[{"name":"питај","description":"Пита"}]`, "", ""},
		{"capitals", `[{"name":"Ask","description":"Asks"}]`, "0.name", "APPLICATION_COMMAND_INVALID_NAME"},
		{"a space", `[{"name":"a b","description":"Asks"}]`, "0.name", "APPLICATION_COMMAND_INVALID_NAME"},
		{"a long name", `[{"name":"` + x(33) + `","description":"Asks"}]`, "0.name", "BASE_TYPE_BAD_LENGTH"},
		{"no description", `[{"name":"ask"}]`, "0.description", "BASE_TYPE_REQUIRED"},
		{"a long description", `[{"name":"ask","description":"` + x(101) + `"}]`, "0.description", "BASE_TYPE_BAD_LENGTH"},
		{"a described command for messages", `[{"name":"Ask","type":3,"description":"Asks"}]`, "0.description", "BASE_TYPE_MAX_LENGTH"},
		{"a name twice", `[{"name":"ask","description":"Asks"},{"name":"ask","description":"Asks"}]`, "1.name", "APPLICATION_COMMANDS_DUPLICATE_NAME"},
		{"an unknown type", `[{"name":"ask","type":9}]`, "0.type", "BASE_TYPE_CHOICES"},
		{"26 options", options(rep(26, opt(""))), "0.options", "BASE_TYPE_MAX_LENGTH"},
		{"an option twice", options(rep(1, opt("")) + "," + rep(1, opt(""))), "0.options.1.name", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED"},
		{"required after optional", options(`{"type":3,"name":"a","description":"A"},{"type":3,"name":"b","description":"B","required":true}`), "0.options.1.required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"},
		{"an unknown type of option", options(`{"type":99,"name":"a","description":"A"}`), "0.options.0.type", "BASE_TYPE_CHOICES"},
		{"26 choices", options(opt(`,"choices":[` + strings.ReplaceAll(rep(26, `{"name":"A","value":"~"}`), "~", "a") + `]`)), "0.options.0.choices", "BASE_TYPE_MAX_LENGTH"},
		{"a long name of a choice", options(opt(`,"choices":[{"name":"` + x(101) + `","value":"a"}]`)), "0.options.0.choices.0.name", "BASE_TYPE_BAD_LENGTH"},
		{"a long value of a choice", options(opt(`,"choices":[{"name":"A","value":"` + x(101) + `"}]`)), "0.options.0.choices.0.value", "BASE_TYPE_BAD_LENGTH"},
		{"choices and suggestions", options(opt(`,"autocomplete":true,"choices":[{"name":"A","value":"a"}]`)), "0.options.0.autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_AND_CHOICES"},
		{"suggestions for true and false", options(`{"type":5,"name":"a","description":"A","autocomplete":true}`), "0.options.0.autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE"},
		{"a command below one below one", options(`{"type":1,"name":"a","description":"A","options":[{"type":1,"name":"b","description":"B"}]}`), "0.options.0.options.0.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		{"a group", options(`{"type":2,"name":"a","description":"A","options":[{"type":1,"name":"b","description":"B"}]}`), "", ""},
		{"more than 8000 characters", options(rep(25, opt(`,"choices":[`+strings.ReplaceAll(rep(4, `{"name":"`+x(50)+`","value":"~"}`), "~", x(40))+`]`))), "0", "APPLICATION_COMMAND_TOO_LARGE"},
		{"permissions as a number", chat(`,"default_member_permissions":32`), "", ""},
		{"permissions as a word", chat(`,"default_member_permissions":"all"`), "default_member_permissions", "BASE_TYPE_BAD_TYPE"},
		{"131 commands", `[` + rep(131, `{"name":"c#","description":"C"}`) + `]`, "", "BASE_TYPE_MAX_LENGTH"},
	}
	for _, f := range tests {
		r.s.Advance(25 * time.Hour)
		got := r.call("PUT /applications/"+r.s.world.app.String()+"/commands", f.body)
		if f.path == "" && f.code != "" {
			same(t, f.name, at(got.body, "errors._errors.0.code"), f.code)
			continue
		}
		f.check(t, "", got)
	}
}

// TestAFormNamesTheWholeOrItsParts holds what Discord's description says of the tree: a node is one or the other.
func TestAFormNamesTheWholeOrItsParts(t *testing.T) {
	f := &form{}
	f.fail("list", "A", "too long")
	f.fail("list.0.name", "B", "too short")
	f.fail("other.0", "C", "wrong")
	f.fail("other", "D", "too long")
	have, err := json.Marshal(f.errors)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"list":{"_errors":[{"code":"A","message":"too long"}]},"other":{"0":{"_errors":[{"code":"C","message":"wrong"}]}}}`
	same(t, "tree", string(have), want)
}

package playground

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What Discord's own client does not let people do.
func TestWhatPeopleMayNotDo(t *testing.T) {
	r := newRoom(t)
	r.commands()
	s := r.s
	general := r.channel("general")
	say := func(as, channel, text string) error {
		_, err := s.Say(as, r.channel(channel), Saying{Content: text})
		return err
	}
	run := func(as, channel, command string, options ...Option) error {
		_, err := s.Run(as, r.channel(channel), Invocation{Command: command, Options: options})
		return err
	}
	tests := map[string]error{
		"be nobody":                        say("nobody", "general", "x"),
		"be the bot":                       say("trilat", "general", "x"),
		"write where they may only read":   say("ana", "announcements", "x"),
		"write where they see nothing":     say("ana", "team", "x"),
		"write nothing":                    say("ana", "general", " "),
		"write too much":                   say("ana", "general", x(2001)),
		"run what there is not":            run("ana", "general", "nothing"),
		"run where they may not write":     run("ana", "announcements", "ask"),
		"run what is for others":           run("ana", "general", "guarded"),
		"leave out what is required":       run("ana", "general", "pick"),
		"choose what is not offered":       run("ana", "general", "pick", Option{Name: "colour", Value: "blue"}),
		"fill in what there is not":        run("ana", "general", "ask", Option{Name: "x", Value: "y"}),
		"count beyond the end":             run("ana", "general", "ask", Option{Name: "count", Value: 10}),
		"count in halves":                  run("ana", "general", "ask", Option{Name: "count", Value: 1.5}),
		"say neither yes nor no":           run("ana", "general", "ask", Option{Name: "everyone", Value: "maybe"}),
		"name nobody":                      run("ana", "general", "ask", Option{Name: "who", Value: "ana"}),
		"ask nothing":                      run("ana", "general", "ask", Option{Name: "question", Value: ""}),
		"ask about what there is not":      run("ana", "general", "Ask about this"),
		"press what there is not":          second(s.Click("ana", "1", "go", nil)),
		"press as nobody":                  second(s.Click("nobody", "1", "go", nil)),
		"fill in a form that was not open": second(s.Submit("ana", "1", nil)),
		"write in direct messages of none": second(s.Direct("nobody")),
		"get suggestions for nothing":      second(s.Suggest(t.Context(), "ana", general, Invocation{Command: "ask"}, "question")),
		"get suggestions as nobody":        second(s.Suggest(t.Context(), "nobody", general, Invocation{Command: "ask"}, "question")),
		"get suggestions for what is not":  second(s.Suggest(t.Context(), "ana", general, Invocation{Command: "x"}, "question")),
	}
	for name, err := range tests {
		if _, refused := err.(*Error); !refused {
			t.Errorf("people %s: have %v, want a refusal", name, err)
		}
	}
	for _, err := range []error{run("ivo", "general", "guarded"), run("teuta", "announcements", "ask"), run("ana", "quiet", "ask")} {
		if err != nil {
			t.Errorf("have %v, want it allowed", err)
		}
	}
}

func second[V any](_ V, err error) error { return err }

func TestMenusAndFormsAreFilledInAsTheyAsk(t *testing.T) {
	r := newRoom(t)
	a := r.open()
	a.callback("204", buttonMessage)
	id := a.message()
	for name, values := range map[string][]string{"nothing": nil, "too much": {"a", "b"}, "what is not there": {"c"}} {
		if _, err := r.s.Click("ana", id, "menu", values); err == nil {
			t.Errorf("%s was chosen", name)
		}
	}
	if _, err := r.s.Click("ana", id, "no", nil); err == nil {
		t.Error("a button that is off was pressed")
	}
	b := a.run("ask", r.channel("general"))
	b.callback("204", askBack)
	wrong := map[string]map[string]string{
		"nothing": {}, "too much": {"what": "123456"}, "what is not there": {"what": "1", "x": ""}}
	for name, fields := range wrong {
		if _, err := r.s.Submit("ana", b.id, fields); err == nil {
			t.Errorf("%s was filled in", name)
		}
	}
	if _, err := r.s.Submit("boris", b.id, map[string]string{"what": "1"}); err == nil {
		t.Error("Boris filled in Ana's form")
	}
	must(r.s.Submit("ana", b.id, map[string]string{"what": "1"}))(t)
	if _, err := r.s.Submit("ana", b.id, map[string]string{"what": "1"}); err == nil {
		t.Error("a form was sent twice")
	}
}

func TestMenusInForms(t *testing.T) {
	const colours = `"options":[{"label":"Red","value":"red"},{"label":"Blue","value":"blue","default":true},{"label":"Both","value":"red,blue"}]`
	tests := []struct{ name, menu, chosen, want string }{
		{"one", ``, "red", "[red]"},
		{"one that is not offered", ``, "green", "refused"},
		{"none", ``, "", "refused"},
		{"none, which may be", `"required":false,`, "", "[]"},
		{"one with a comma", ``, "red,blue", "[red,blue]"},
		{"too many", ``, "blue,red", "refused"},
		{"two", `"max_values":2,`, "blue,red", "[blue red]"},
		{"what it opened with", ``, "untouched", "[blue]"},
	}
	g := newRoom(t).open().gate
	for _, test := range tests {
		g.s.Advance(time.Second)
		a := g.run("ask", g.channel("general"))
		a.callback("204", `{"type":9,"data":{"title":"T","custom_id":"f","components":[{"type":10,"content":"Choose"},
			{"type":18,"label":"Colour","component":{"type":3,"custom_id":"colour",`+test.menu+colours+`}},
			{"type":18,"label":"Why","component":{"type":4,"custom_id":"why","style":2,"value":"it is nice"}}]}}`)
		fields := map[string]string{"colour": test.chosen}
		if test.chosen == "untouched" {
			fields = nil
		}
		if _, err := g.s.Submit("ana", a.id, fields); err != nil {
			same(t, test.name+": "+err.Error(), "refused", test.want)
			continue
		}
		filled := a.taken().data
		same(t, test.name, filled.text("data.components.1.component.values"), test.want)
		same(t, test.name, filled.text("data.components.1.type", "data.components.2.component.value"), "18 it is nice")
	}
}

func TestMenusOfMembers(t *testing.T) {
	r := newRoom(t)
	a := r.open()
	a.callback("204", `{"type":4,"data":{"components":[{"type":1,"components":[{"type":5,"custom_id":"who"}]}]}}`)
	ana := r.s.world.person("ana").ID.String()
	must(r.s.Click("ana", a.message(), "who", []string{ana}))(t)
	same(t, "chosen", a.taken().data.text("data.values.0", "data.resolved.users."+ana+".username"), ana+" ana")
}

// set registers /set place to channel role who quietly note, whose channel is one of text.
func (r *room) set() {
	r.Helper()
	r.want("200", "PUT /applications/"+r.s.world.app.String()+"/commands", `[{"name":"set","description":"Sets","options":[
		{"type":2,"name":"place","description":"P","options":[{"type":1,"name":"to","description":"T","options":[
			{"type":7,"name":"channel","description":"C","required":true,"channel_types":[0]},{"type":8,"name":"role","description":"R"},
			{"type":6,"name":"who","description":"W"},{"type":5,"name":"quietly","description":"Q"},{"type":3,"name":"note","description":"N"}]},
			{"type":1,"name":"none","description":"N"}]}]}]`)
}

func placeTo(options ...Option) []Option {
	return []Option{{Name: "place", Options: []Option{{Name: "to", Options: options}}}}
}

func TestSubcommandsAndWhatTheirOptionsStandFor(t *testing.T) {
	r := newRoom(t)
	r.set()
	g := r.online()
	team, ana, questions := r.s.world.desk.findRole("Team").ID.String(), r.s.world.person("ana").ID.String(), r.channel("questions")
	a := g.run("set", r.channel("general"), placeTo(Option{Name: "channel", Value: questions}, Option{Name: "role", Value: team},
		Option{Name: "who", Value: ana}, Option{Name: "quietly", Value: true}, Option{Name: "note", Value: "in <#" + questions + ">"})...)
	for n, want := range []string{"7 " + questions, "8 " + team, "6 " + ana, "5 true", "3 in <#" + questions + ">"} {
		option := fmt.Sprintf("data.options.0.options.0.options.%d.", n)
		same(t, option, a.data.text(option+"type", option+"value"), want)
	}
	channel := "data.resolved.channels." + questions
	same(t, "channel", a.data.text(channel+".name", channel+".type"), "questions 0")
	same(t, "role", a.data.text("data.resolved.roles."+team+".name"), "Team")
	same(t, "user", a.data.text("data.resolved.users."+ana+".username"), "ana")
	same(t, "what she may do there", a.data.text(channel+".permissions"), a.data.text("member.permissions"))
	a.callback("204", `{"type":4,"data":{"content":"done"}}`)
	same(t, "its name", a.hook("200", "GET /@original", nil).text("interaction_metadata.name", "interaction.name"), "set place to set place to")
	a = g.run("set", r.channel("general"), Option{Name: "place", Options: []Option{{Name: "none"}}})
	same(t, "nothing to fill in", a.data.text("data.options.0.options.0.name", "data.options.0.options.0.options"), "none []")
}

func TestOptionsStandForWhatAPersonSees(t *testing.T) {
	r := newRoom(t)
	r.set()
	g := r.online()
	general := r.channel("general")
	thread := r.want("201", "POST /channels/"+general+"/threads", `{"name":"a","type":11}`).text("id")
	in := Option{Name: "channel", Value: general}
	for name, options := range map[string][]Option{
		"a channel that is not there": {{Name: "channel", Value: "1"}},
		"a channel of others":         {{Name: "channel", Value: r.channel("team")}},
		"a thread":                    {{Name: "channel", Value: thread}},
		"a role that is not there":    {in, {Name: "role", Value: "1"}},
		"a member for a role":         {in, {Name: "role", Value: r.s.world.person("ana").ID.String()}},
		"nobody":                      {in, {Name: "who", Value: "1"}},
	} {
		if _, err := r.s.Run("ana", general, Invocation{Command: "set", Options: placeTo(options...)}); err == nil {
			t.Errorf("%s was filled in", name)
		}
	}
	if _, err := r.s.Run("teuta", general, Invocation{Command: "set", Options: placeTo(Option{Name: "channel", Value: r.channel("team")})}); err != nil {
		t.Errorf("Teuta names the team's channel: have %v", err)
	}
	g.taken()
}

func TestCommandsOfGuildsAndDirectMessages(t *testing.T) {
	r := newRoom(t)
	app := "/applications/" + r.s.world.app.String()
	r.want("200", "PUT "+app+"/guilds/"+r.s.world.desk.id.String()+"/commands", `[{"name":"here","description":"Here"}]`)
	r.want("200", "PUT "+app+"/commands", `[{"name":"there","description":"There","contexts":[1]},
		{"name":"old","description":"Old","dm_permission":false}]`)
	direct := fmt.Sprint(at(must(r.s.Direct("ana"))(t), "id"))
	for place, want := range map[string]string{r.channel("general"): "here old", direct: "there"} {
		have := []string{}
		for _, name := range []string{"here", "there", "old"} {
			if _, err := r.s.Run("ana", place, Invocation{Command: name}); err == nil {
				have = append(have, name)
			}
		}
		same(t, place, strings.Join(have, " "), want)
	}
}

func TestTheRegistry(t *testing.T) {
	r := newRoom(t)
	commands := "/applications/" + r.s.world.app.String() + "/commands"
	first := r.want("200", "PUT "+commands, `[{"name":"a","description":"A"},{"name":"b","description":"B"}]`)
	again := r.want("200", "PUT "+commands, `[{"name":"b","description":"B"},{"name":"a","description":"Changed"}]`)
	same(t, "what stays as it is", again.text("0.id", "0.version"), first.text("1.id", "1.version"))
	same(t, "what changes", again.text("1.id"), first.text("0.id"))
	if again.text("1.version") == first.text("0.version") {
		t.Error("a changed command has its old version")
	}
	id := r.want("201", "POST "+commands, `{"name":"c","description":"C"}`).text("id")
	same(t, "made again", r.want("200", "POST "+commands, `{"name":"c","description":"Again"}`).text("id"), id)
	r.want("200", "PATCH "+commands+"/"+id, `{"description":"Changed"}`)
	got := r.want("200", "GET "+commands+"/"+id, nil)
	same(t, "changed", got.text("name", "description", "id"), "c Changed "+id)
	r.want("204", "DELETE "+commands+"/"+id, nil)
	r.want("404/10063", "GET "+commands+"/"+id, nil)
	r.want("404/10002", "GET /applications/1/commands", nil)
	r.want("403/50001", "GET /applications/"+r.s.world.app.String()+"/guilds/1/commands", nil)
	r.want("200", "GET /applications/"+r.s.world.app.String()+"/guilds/"+r.s.world.desk.id.String()+"/commands/permissions", nil)
	r.s.Advance(time.Minute)
	r.want("400/30032", "PUT "+commands, `[`+rep(101, `{"name":"c#","description":"C"}`)+`]`)
	r.want("200", "PUT "+commands, `[`+rep(100, `{"name":"d#","description":"C"}`)+`]`)
	r.want("400/30032", "POST "+commands, `{"name":"more","description":"C"}`)
	r.want("400/30034", "PUT "+commands, `[`+rep(100, `{"name":"e#","description":"C"}`)+`]`)
	r.s.Advance(24 * time.Hour)
	r.want("200", "PUT "+commands, `[`+rep(100, `{"name":"e#","description":"C"}`)+`]`)
}

func TestAPatchReplacesWholeFieldsOrNothing(t *testing.T) {
	r := newRoom(t)
	commands := "/applications/" + r.s.world.app.String() + "/commands"
	id := r.want("201", "POST "+commands, `{"name":"a","description":"A","description_localizations":{"de":"Ein"},
		"options":[{"type":3,"name":"x","description":"X","required":true}]}`).text("id")
	route := commands + "/" + id
	got := r.want("200", "PATCH "+route, `{"options":[{"type":3,"name":"y","description":"Y"}]}`)
	same(t, "new options", got.text("options.0.name", "options.0.required", "description"), "y <nil> A")
	r.want("400/50035", "PATCH "+route, `{"description":"","description_localizations":{"fr":"Un"},"options":[{"name":"z"}]}`)
	got = r.want("200", "GET "+route, nil)
	same(t, "after a refusal", got.text("options.0.name", "description_localizations"), "y map[de:Ein]")
}

func TestASlowWatcherIsLetGo(t *testing.T) {
	r := newRoom(t)
	events, stop := r.s.Watch("ana")
	defer stop()
	for range maxWaiting + 1 {
		r.says("ana", r.channel("general"), "hello")
	}
	n := 0
	for range events {
		n++
	}
	same(t, "events", n, maxWaiting)
}

func TestCloseEndsSuggestions(t *testing.T) {
	r := newRoom(t)
	a := r.open()
	failed := make(chan error)
	go func() {
		_, err := r.s.Suggest(t.Context(), "ana", r.channel("general"), whatIsTyped(""), "question")
		failed <- err
	}()
	a.taken()
	r.s.Close()
	same(t, "waiting", <-failed, "The server is closing. (503/0)")
}

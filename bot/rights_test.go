package bot

import (
	"slices"
	"strings"
	"testing"

	"trilat/bot/store"
)

// Every row, called and completed as every kind of person in every kind of place.
func TestWhoMayDoWhat(t *testing.T) {
	b := rememberingBot(t)
	if err := b.store.SetUp(t.Context(), store.Setup{Server: "desk", Role: "team", Channel: "c", Corrections: true}, store.Actor{}, "team"); err != nil {
		t.Fatal(err)
	}
	people := map[string]Person{
		"terminal": {},
		"reader":   {ID: "1", Name: "Guest"},
		"writer":   {ID: "2", Name: "Ana", Speaks: true, Roles: []string{"other"}},
		"team":     {ID: "3", Name: "Teuta", Speaks: true, Roles: []string{"other", "team"}},
		"silenced": {ID: "4", Name: "Tin", Roles: []string{"team"}},
		"admin":    {ID: "5", Name: "Ivo", Speaks: true, Admin: true},
	}
	may := map[Right][]string{
		Anyone:  {"terminal", "reader", "writer", "team", "silenced", "admin"},
		Speaker: {"terminal", "writer", "team", "admin"},
		Team:    {"terminal", "team", "silenced", "admin"},
		Admin:   {"terminal", "admin"},
	}
	refusals := []string{"command.silent", "command.team", "command.admin", "command.server"}
	for _, c := range Commands() {
		for who, person := range people {
			for _, server := range []string{"desk", "another", ""} {
				for _, open := range []string{"", "true"} {
					args := map[string]string{"everyone": open, "ref": "none", "passage": "none", "question": "library", "role": either(server == "desk", "team", "strangers"), "channel": "c"}
					for _, p := range c.Params {
						if p.Suggests() {
							args[p.Name] = "library"
						}
					}
					call := Call{Command: c.Name, Args: args, By: person, In: Place{Server: server}}
					if server == "another" && who == "admin" || server == "" && who != "terminal" {
						call.By.Admin = false
					}
					allowed := slices.Contains(may[c.Needs], who) && (open == "" && !c.Open || person.Speaks)
					if server == "another" && c.Needs <= Team || server == "" && (c.Server || c.Needs <= Team) {
						allowed = false
					}
					allowed = allowed || who == "terminal"
					reply := do(t, b, call)
					refused := slices.ContainsFunc(refusals, func(id string) bool { return reply.Text == b.words.Say(id) })
					if refused == allowed {
						t.Errorf("%s by %s in %q, open %q: have refused %v", c.Name, who, server, open, refused)
					}
					if refused && !c.Private(call) && !person.Speaks {
						t.Errorf("%s by %s in %q, open %q: the refusal is shown to everybody", c.Name, who, server, open)
					}
					for _, p := range c.Params {
						if choices := b.Suggest(call, p.Name); !allowed && len(choices) > 0 {
							t.Errorf("%s by %s in %q, open %q: %s is completed", c.Name, who, server, open, p.Name)
						}
					}
				}
			}
		}
	}
}

// A row that names no right, and a right that is not known, are closed.
func TestWhatIsNotKnownIsForbidden(t *testing.T) {
	b := shelfBot(t)
	for _, tt := range []struct {
		needs Right
		by    Person
		may   bool
	}{
		{Command{}.Needs, Person{ID: "1", Speaks: true}, false},
		{Command{}.Needs, Person{ID: "1", Admin: true}, true},
		{Team, Person{ID: "1", Speaks: true, Roles: []string{"2"}}, false},
		{Team, Person{ID: "1", Admin: true}, true},
		{Speaker, Person{ID: "1"}, false},
		{Speaker, Person{ID: "1", Speaks: true}, true},
		{Anyone, Person{ID: "1"}, true},
		{Anyone + 1, Person{ID: "1", Speaks: true}, false},
	} {
		refusal, err := b.forbids(t.Context(), Command{Needs: tt.needs}, Call{By: tt.by})
		if may := refusal == "" && err == nil; may != tt.may {
			t.Errorf("right %d for %+v: have %v, want %v", tt.needs, tt.by, may, tt.may)
		}
	}
}

// A panic ends in an error that says where, not in the end of the program.
func TestAPanicIsAnError(t *testing.T) {
	b := shelfBot(t)
	b.current.Store(nil)
	_, err := b.Do(t.Context(), Call{Command: "ask", Args: map[string]string{"question": "Why?"}}, nil)
	if err == nil || !strings.Contains(err.Error(), "ask.go") {
		t.Errorf("have %v, want an error with the place", err)
	}
}

// A button that shares an answer carries a ref and the id of a receipt, which have to fit Discord's hundred characters.
func TestTheLongestRefFitsBesideAReceipt(t *testing.T) {
	const longest = len("share?receipt=0123456789&ref=") + 70
	if longest > 100 {
		t.Errorf("have %d characters, want at most 100", longest)
	}
	if id := shortID("answer", "1"); len(id) != 10 {
		t.Errorf("have the id %q of %d characters, want 10", id, len(id))
	}
}

// Everything that a reply leads on to is short enough for a chat.
func TestRepliesFitAChat(t *testing.T) {
	b := shelfBot(t)
	for _, call := range []Call{
		{Command: "ask", Args: map[string]string{"question": "When is the library open?"}},
		{Command: "topics"}, {Command: "topics", Args: map[string]string{"topic": "library"}},
		{Command: "timeline"}, {Command: "glossary"}, {Command: "about"},
		{Command: FollowUp, Args: map[string]string{"ref": strings.Repeat("x", 80)}},
	} {
		call.By = Person{ID: "1", Speaks: true}
		r := do(t, b, call)
		if len(r.Actions) > 5 {
			t.Errorf("%s: have %d actions", call.Command, len(r.Actions))
		}
		for _, a := range r.Actions {
			if _, ok := Find(a.Call.Command); !ok || a.Label == "" {
				t.Errorf("%s: the action %+v leads nowhere", call.Command, a)
			}
		}
		if m := r.Menu; m != nil && (len(m.Choices) == 0 || len(m.Choices) > MaxChoices) {
			t.Errorf("%s: have %d choices", call.Command, len(m.Choices))
		}
		if c, _ := Find(call.Command); c.Form != (r.Form != nil) {
			t.Errorf("%s: have form %v, want %v", call.Command, r.Form != nil, c.Form)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{
		{"", 5, ""},
		{"short", 5, "short"},
		{"a longer text", 9, "a longer…"},
		{"a longer, text", 10, "a longer…"},
		{"unbreakable", 5, "unbr…"},
		{"čččččč", 4, "ččč…"},
	} {
		if have := shorten(tt.text, tt.n); have != tt.want {
			t.Errorf("%q to %d: have %q, want %q", tt.text, tt.n, have, tt.want)
		}
	}
}

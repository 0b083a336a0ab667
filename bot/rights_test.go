package bot

import (
	"strings"
	"testing"
)

// Every row, called and completed by everybody there is: what is shown to others is only for those who may write there.
func TestWhoMayDoWhat(t *testing.T) {
	b := shelfBot(t)
	people := map[string]Person{
		"terminal": {},
		"reader":   {ID: "1", Name: "Guest"},
		"writer":   {ID: "2", Name: "Ana", Speaks: true},
	}
	for _, c := range Commands() {
		for who, person := range people {
			for _, open := range []string{"", "true"} {
				args := map[string]string{"everyone": open, "ref": "none", "passage": "none"}
				for _, p := range c.Params {
					if p.Suggests() {
						args[p.Name] = "library"
					}
				}
				call := Call{Command: c.Name, Args: args, By: person}
				allowed := who != "reader" || c.Needs == Anyone && !c.Open && open == ""
				reply := do(t, b, call)
				if refused := reply.Text == b.words.Say("command.silent"); refused == allowed {
					t.Errorf("%s by a %s, open %q: have refused %v", c.Name, who, open, refused)
				}
				if !allowed && !c.Private(call) {
					t.Errorf("%s by a %s, open %q: the refusal is shown to everybody", c.Name, who, open)
				}
				for _, p := range c.Params {
					if choices := b.Suggest(call, p.Name); !allowed && len(choices) > 0 {
						t.Errorf("%s by a %s, open %q: %s is completed", c.Name, who, open, p.Name)
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
		{Command{}.Needs, Person{ID: "1"}, false},
		{Command{}.Needs, Person{ID: "1", Speaks: true}, true},
		{Anyone, Person{ID: "1"}, true},
		{Anyone + 1, Person{ID: "1", Speaks: true}, false},
	} {
		if may := b.forbids(Command{Needs: tt.needs}, Call{By: tt.by}) == ""; may != tt.may {
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

package bot

import (
	"testing"
	"unicode/utf8"
)

// Whatever people send, every command answers with something that fits a chat, and suggests what fits one.
func FuzzDo(f *testing.F) {
	for _, text := range []string{"", "When is the library open?", "AQDJyA", "<@everyone> {{.}} %s", "\x00\u202e…", "1931", "voices"} {
		f.Add(text)
	}
	b := shelfBot(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range Commands() {
			call := Call{Command: c.Name, Args: map[string]string{}, By: Person{ID: "1", Name: text, Speaks: true}}
			for _, p := range c.Params {
				call.Args[p.Name] = text
			}
			reply, err := b.Do(t.Context(), call, nil)
			if err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			if reply.Text == "" && reply.Form == nil {
				t.Errorf("%s: have nothing to show", c.Name)
			}
			var choices []Choice
			if reply.Menu != nil {
				choices = reply.Menu.Choices
			}
			for _, p := range c.Params {
				choices = append(choices, b.Suggest(call, p.Name)...)
			}
			for _, choice := range choices {
				if n := utf8.RuneCountInString(choice.Label); n == 0 || n > MaxChoice || utf8.RuneCountInString(choice.Value) > MaxChoice {
					t.Errorf("%s: have the choice %q", c.Name, choice)
				}
			}
		}
	})
}

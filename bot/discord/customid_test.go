package discord

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"trilat/bot"
)

func TestCustomIDs(t *testing.T) {
	tests := []struct {
		call   bot.Call
		chosen string
		want   string
	}{
		{bot.Call{Command: "help"}, "", "help"},
		{bot.Call{Command: "read", Args: map[string]string{"passage": "en/signing#who-signed-it"}}, "", "read?passage=en/signing#who-signed-it"},
		{bot.Call{Command: "ask", Args: map[string]string{"ref": "x", "empty": ""}}, "question", "ask?ref=x&question"},
		{bot.Call{Command: "ask", Args: map[string]string{"b": "1=2&3?4%5", "a": "č"}}, "", "ask?a=č&b=1%32%23%14%05"},
	}
	for _, tt := range tests {
		if have, err := encodeID(tt.call, tt.chosen); err != nil || have != tt.want {
			t.Errorf("have %q and %v, want %q", have, err, tt.want)
		}
	}
	for _, id := range []string{"", "?a=b", "ask?", "ask?=b", "ask?a&b", "ask?a&b=c"} {
		if call, chosen, err := decodeID(id); err == nil {
			t.Errorf("%q: have %+v with %q, want an error", id, call, chosen)
		}
	}
}

func TestCustomIDsSurviveTheWay(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab0123%?&=#/č🇭")), 1, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		want := bot.Call{Command: text.Draw(t, "command"), Args: rapid.MapOfN(text, text, 0, 3).Draw(t, "args")}
		chosen := rapid.SampledFrom([]string{"", "chosen"}).Draw(t, "chosen")
		id, err := encodeID(want, chosen)
		if err != nil {
			t.Skip("too long")
		}
		have, by, err := decodeID(id)
		if err != nil || have.Command != want.Command || !maps.Equal(have.Args, want.Args) || by != chosen {
			t.Fatalf("%q: have %+v by %q with %v, want %+v by %q", id, have, by, err, want, chosen)
		}
	})
}

func FuzzDecodeID(f *testing.F) {
	f.Add("ask?ref=x&question")
	f.Fuzz(func(t *testing.T, id string) {
		call, chosen, err := decodeID(id)
		if err == nil && call.Command == "" {
			t.Errorf("%q: have no command and no error, with %q", id, chosen)
		}
	})
}

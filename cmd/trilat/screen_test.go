package main

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"trilat/bot"
	"trilat/bot/answer"
	"trilat/knowledge"
)

// shown is a reply on a screen.
func shown(s screen, r bot.Reply) string {
	var b strings.Builder
	s.reply(&b, r)
	return b.String()
}

var mayor = bot.Reply{
	Text: "The roof must be repaired before winter. [1][2]\n- Without repairs the attic stays shut. [2]",
	Sources: []answer.Source{
		{N: 1, Source: knowledge.Source{Publisher: "Radio Brezje", Title: "Talks at the counter", URL: "https://radio.example/?a=$1", Date: "May 2024"}},
		{N: 2, Source: knowledge.Source{Title: "en/roof.md"}},
	},
}

func TestReplyIsPlainWhenPiped(t *testing.T) {
	want := `The roof must be repaired before winter. [1][2]
- Without repairs the attic stays shut. [2]

[1] Radio Brezje: “Talks at the counter”, May 2024 <https://radio.example/?a=$1>
[2] en/roof.md
`
	if have := shown(screen{}, mayor); have != want {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
}

func TestReplyOnANarrowScreenInColour(t *testing.T) {
	// {…} is what is painted, <…> what can be clicked.
	want := `The roof must be repaired
before winter. {[1][2]}
- Without repairs the attic
  stays shut. {[2]}

{[1]} Radio Brezje: <“Talks at>
    <the counter”>, May 2024
{[2]} en/roof.md
`
	have := shown(screen{width: 28, colour: true}, mayor)
	have = strings.NewReplacer("\x1b[36m", "{", "\x1b[0m", "}", "\x1b]8;;https://radio.example/?a=$1\x1b\\", "<", "\x1b]8;;\x1b\\", ">").Replace(have)
	if have != want {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
}

func TestWithoutColourNothingIsEscaped(t *testing.T) {
	have := shown(screen{width: 28}, mayor)
	if strings.Contains(have, "\x1b") || !strings.Contains(have, "<https://radio.example/?a=$1>") {
		t.Errorf("have %q", have)
	}
}

// No line is wider than the screen, except for a single word that is.
func TestWrap(t *testing.T) {
	escapes := regexp.MustCompile("\x1b\\[[0-9]*m|\x1b\\]8;;[^\x1b]*\x1b\\\\")
	text := "Ivan Anušić, ministar obrane, i Владимир. [1][2][3] Donaudampfschifffahrtsgesellschaft " + strings.Repeat("ab ", 40)
	for width := 1; width < 100; width++ {
		s := screen{width: width, colour: true}
		r := bot.Reply{Text: text + "\n- " + text, Sources: []answer.Source{{N: 1, Source: knowledge.Source{Publisher: text, Title: text + "(a.*b)", URL: "https://a.example"}}}}
		plain := escapes.ReplaceAllString(shown(s, r), "")
		for line := range strings.Lines(plain) {
			line = strings.TrimRight(line, "\n")
			if n := utf8.RuneCountInString(line); n > width && len(strings.Fields(line)) > 1 {
				t.Errorf("width %d: have %q", width, line)
			}
			if line != strings.TrimRight(line, " ") {
				t.Errorf("width %d: %q ends in a space", width, line)
			}
		}
		if have, want := strings.Fields(plain), strings.Fields(escapes.ReplaceAllString(shown(screen{colour: true}, r), "")); strings.Join(have, " ") != strings.Join(want, " ") {
			t.Errorf("width %d: have the words %q, want %q", width, have, want)
		}
	}
}

func TestColour(t *testing.T) {
	tests := []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{"TERM": "xterm-256color"}, true},
		{map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		{map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		{map[string]string{"TERM": "dumb"}, false},
	}
	for _, tt := range tests {
		getenv := func(name string) string { return tt.env[name] }
		if have := coloured(getenv); have != tt.want {
			t.Errorf("%v: have %v, want %v", tt.env, have, tt.want)
		}
		if s := newScreen(&strings.Builder{}, getenv); s != (screen{}) {
			t.Errorf("a pipe is shown %+v", s)
		}
	}
}

package discord

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"
	"pgregory.net/rapid"

	"trilat/bot"
	"trilat/knowledge"
)

// wholeAttached stands for the line that closes a message which could not hold a whole reply.
const wholeAttached = "All of it is in the attached file."

func TestTextIsShownAsItIs(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Plain words, 18 March 2025.", "Plain words, 18 March 2025."},
		{"*bold* _thin_ ~~gone~~ ||hidden|| `code`", `\*bold\* \_thin\_ \~\~gone\~\~ \|\|hidden\|\| \` + "`code\\`"},
		{"@everyone <@1> <#2> </ask:3> <t:1>", `\@everyone \<\@1> \<#2> \</ask:3> \<t:1>`},
		{"# heading", `\# heading`},
		{"> quote *it*", `> quote \*it\*`},
		{">quote", `\>quote`},
		{"- item", "- item"},
		{"- # heading", `- \# heading`},
		{"+ item", `\+ item`},
		{"1. item", `1\. item`},
		{"-# small", `\-# small`},
		{"Signed. [1][2]", "Signed. [1][2]"},
		{"[1](https://a.example)", `\[1](<https://a.example>)`},
		{"[here](https://a.example)", `\[here](<https://a.example>)`},
		{"See https://a.example/x_y_z?a=*b*.", "See <https://a.example/x_y_z?a=*b>\\*."},
		{"See https://a.example/x, then go.", "See <https://a.example/x>, then go."},
		{`back\slash`, `back\\slash`},
		{"a\u202eb\x00c", "abc"},
		{"Due " + bot.Moment(time.Unix(1742300000, 0)) + ".", "Due <t:1742300000:F>."},
		{"one\n\n\ntwo\nthree", "one\n\ntwo\nthree"},
	}
	for _, tt := range tests {
		have, all := fit(tt.text, maxContent, showPiece)
		if have != tt.want || !all {
			t.Errorf("%q: have %q, want %q", tt.text, have, tt.want)
		}
	}
}

func reply() bot.Reply {
	return bot.Reply{
		Question: "Who signed it?",
		Text:     "As of 1 May:\n- One did. [1]\n- Another_one did. [2]",
		Sources: []bot.Source{
			{N: 1, Source: knowledge.Source{Publisher: "A paper", Title: "Signed [again]", URL: "https://a.example/(x)", Date: "18 March 2025"}},
			{N: 2, Source: knowledge.Source{Title: "A book"}},
		},
		Actions: []bot.Action{
			{Label: "Share", Call: bot.Call{Command: "share", Args: map[string]string{"ref": "abc"}}},
			{Label: "Share too", Call: bot.Call{Command: "share", Args: map[string]string{"ref": "abc"}}},
			{Label: "Long", Call: bot.Call{Command: "share", Args: map[string]string{"ref": strings.Repeat("x", 100)}}},
		},
		Menu: &bot.Menu{Label: "More", Call: bot.Call{Command: "read"}, Param: "passage", Choices: []bot.Choice{{Label: "One", Value: "1"}, {Label: "Same", Value: "1"}}},
	}
}

func TestReplyBecomesAMessage(t *testing.T) {
	m, err := render(reply(), wholeAttached)
	want := "> Who signed it?\nAs of 1 May:\n- One did. [1]\n- Another\\_one did. [2]\n" +
		"\n-# [1] A paper: [Signed \\[again\\]](<https://a.example/%28x%29>), 18 March 2025\n-# [2] A book"
	if m.Content != want {
		t.Errorf("have\n%s\nwant\n%s", m.Content, want)
	}
	if err == nil || strings.Count(err.Error(), "custom id") != 2 {
		t.Errorf("have the error %v, want one about the button that is there already and one about the long one", err)
	}
	if len(m.Components) != 2 {
		t.Fatalf("have %d rows, want the buttons and the menu", len(m.Components))
	}
	buttons, menu := m.Components[0].(discordgo.ActionsRow).Components, m.Components[1].(discordgo.ActionsRow).Components
	if len(buttons) != 1 || buttons[0].(discordgo.Button).CustomID != "share?ref=abc" {
		t.Errorf("have the buttons %+v", buttons)
	}
	if s := menu[0].(discordgo.SelectMenu); s.CustomID != "read?passage" || len(s.Options) != 1 {
		t.Errorf("have the menu %+v", s)
	}
	if len(m.Files) != 0 {
		t.Error("a short reply has a file")
	}
}

func TestALongReplyGoesOnInAFile(t *testing.T) {
	r := reply()
	r.Text = strings.Repeat("A sentence with *stars* in it. [1]\n", 100)
	m, _ := render(r, wholeAttached)
	if have := units(m.Content); have > maxContent || have < maxContent/2 {
		t.Errorf("have %d units, want most of %d", have, maxContent)
	}
	if !strings.HasSuffix(m.Content, wholeAttached) || !strings.Contains(m.Content, "-# [1] A paper, 18 March 2025") || strings.Contains(m.Content, "[2] A book") {
		t.Errorf("have\n%s\nwant the sources of what is shown, and a line about the file", m.Content)
	}
	if len(m.Files) != 1 || m.Files[0].Name != wholeName {
		t.Fatalf("have %d files", len(m.Files))
	}
	file := string(m.Files[0].Data)
	if strings.Count(file, `A sentence with \*stars\* in it. [1]`) != 100 || !strings.HasPrefix(file, "# Who signed it?\n\n") || !strings.Contains(file, "\n2. A book") {
		t.Errorf("the file is\n%s", file)
	}
}

// Sources give way to the text: titles first, then links, then those that nothing shown cites.
func TestManySourcesSayLess(t *testing.T) {
	for _, tt := range []struct {
		sources, files int
		has, lacks     string
	}{
		{5, 0, "-# [5] Paper 5: [A title A title", ""},
		{15, 0, "-# [15] [Paper 15](<https://a.example/15>)", "A title"},
		{30, 1, "-# [1] Paper 1 · [2] Paper 2 · ", "https"},
		{300, 1, "-# [1] Paper 1 · [2] Paper 2", "Paper 3"},
	} {
		r := reply()
		r.Sources = nil
		for n := 1; n <= tt.sources; n++ {
			r.Sources = append(r.Sources, bot.Source{N: n, Source: knowledge.Source{Publisher: fmt.Sprint("Paper ", n),
				Title: strings.Repeat("A title ", 10), URL: fmt.Sprint("https://a.example/", n, strings.Repeat("/x", 30))}})
		}
		m, _ := render(r, wholeAttached)
		have := strings.ReplaceAll(m.Content, strings.Repeat("/x", 30), "")
		if !strings.Contains(have, tt.has) || tt.lacks != "" && strings.Contains(have, tt.lacks) || len(m.Files) != tt.files {
			t.Errorf("%d sources: have %d files with\n%s", tt.sources, len(m.Files), have)
		}
	}
}

func TestForms(t *testing.T) {
	f, err := renderForm(&bot.Form{
		Title: strings.Repeat("long ", 20),
		Call:  bot.Call{Command: "ask", Args: map[string]string{"ref": "a=b"}},
		Fields: []bot.Field{
			{Param: "question", Label: "Your question", Long: true, Required: true, Max: 300, Value: "As " + bot.Who("7") + " said"},
			{Param: "reason", Label: "Why", Hint: "Choose", Value: "old", Choices: []bot.Choice{{Label: "Wrong", Value: "wrong"}, {Label: "Old", Value: "old"}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	have, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"custom_id":"ask?ref=a%3b","title":"long long long long long long long long long…","components":[` +
		`{"type":18,"label":"Your question","component":{"type":4,"custom_id":"question","style":2,"value":"As @7 said","required":true,"max_length":300}},` +
		`{"type":18,"label":"Why","component":{"type":3,"custom_id":"reason","placeholder":"Choose","required":false,"options":[` +
		`{"label":"Wrong","value":"wrong"},{"label":"Old","value":"old","default":true}]}}]}`
	if string(have) != want {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
	if _, err := renderForm(&bot.Form{Call: bot.Call{Command: strings.Repeat("x", 101)}}); err == nil {
		t.Error("a form whose call does not fit is no form")
	}
}

// Who and what a reply names reads as a name in a message, and plainly where nothing would write the name.
func TestMarksAreWritten(t *testing.T) {
	r := bot.Reply{Text: "- " + bot.Who("1_2") + " of " + bot.Role("3") + " in " + bot.Where("4") + ". @everyone", Note: "Asked by " + bot.Who("5")}
	m, err := render(r, wholeAttached)
	want := "- <@1_2> of <@&3> in <#4>. \\@everyone\n\n-# Asked by <@5>"
	if err != nil || m.Content != want {
		t.Errorf("have %q and %v, want %q", m.Content, err, want)
	}
	if have := document(r); have != "- @1_2 of @3 in #4. \\@everyone\n" {
		t.Errorf("the file is %q", have)
	}
	if have := limit("To "+bot.Who("1"), 20); have != "To @1" {
		t.Errorf("a label is %q", have)
	}
}

func TestLimit(t *testing.T) {
	tests := []struct {
		label string
		n     int
		want  string
	}{
		{"Who signed it?", 20, "Who signed it?"},
		{"Who signed the declaration?", 20, "Who signed the…"},
		{" spaces \n and lines ", 20, "spaces and lines"},
		{strings.Repeat("x", 30), 20, strings.Repeat("x", 19) + "…"},
		{strings.Repeat("🇭🇷", 10), 10, "🇭🇷🇭🇷…"},
	}
	for _, tt := range tests {
		if have := limit(tt.label, tt.n); have != tt.want {
			t.Errorf("%q to %d: have %q, want %q", tt.label, tt.n, have, tt.want)
		}
	}
}

var escaped = regexp.MustCompile(`\\([^0-9A-Za-z\s])`)

// unescape is how Discord reads what escape wrote.
func unescape(shown string) string {
	return escaped.ReplaceAllString(regexp.MustCompile(`<(https?://[^>]*)>`).ReplaceAllString(shown, "$1"), "$1")
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }

// checkFit holds what is true of every text that is cut.
func checkFit(t interface{ Errorf(string, ...any) }, text string, room int) {
	shown, all := fit(text, room, showPiece)
	if units(shown) > room {
		t.Errorf("%q in %d: have %d units", text, room, units(shown))
	}
	if !utf8.ValidString(shown) && utf8.ValidString(text) {
		t.Errorf("%q in %d: have %q, which is cut within a character", text, room, shown)
	}
	whole, _ := fit(text, 1<<30, showPiece)
	if have := squeeze(unescape(shown)); !strings.HasPrefix(squeeze(unescape(whole)), have) || all && shown != whole {
		t.Errorf("%q in %d: have %q, which is not how %q begins", text, room, shown, whole)
	}
	for line := range strings.SplitSeq(shown, "\n") {
		if strings.HasPrefix(line, "```") || strings.HasPrefix(line, "# ") || strings.Contains(line, " @") || strings.HasPrefix(line, "@") {
			t.Errorf("%q in %d: have the line %q, which is markup", text, room, line)
		}
	}
}

func TestCutTextsAreWhole(t *testing.T) {
	part := rapid.SampledFrom([]string{
		"A sentence. ", "Another one, longer than that! [1][2] ", "\n- an item", "\n- an item: ", "\n\n", "word ", "🇭🇷🇽🇰 ", "é", "👩‍👩‍👧 ",
		"https://a.example/a_b?c=(d) ", "```go\nx\n```", "[a](b) ", "[1](c)", "@everyone ", "<@1> ", "\n> ", "\n# ", "\\", "*", "\x02", "\x0212\x03", bot.Who("1_2"), bot.Role("3") + " ", "\x04@everyone",
		strings.Repeat("x", 250),
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(part, 0, 60).Draw(t, "text"), "")
		checkFit(t, text, rapid.IntRange(0, 2100).Draw(t, "room"))
	})
}

func FuzzFit(f *testing.F) {
	f.Add("One. Two.\n- three\n\n```\nfour", 20)
	f.Add("[a](https://b.example) @everyone 🇭🇷", 7)
	f.Fuzz(func(t *testing.T, text string, room int) {
		if room >= 0 && room < 1<<20 {
			checkFit(t, text, room)
		}
	})
}

// Whatever the reply, the message is one that Discord takes.
func TestEveryReplyFits(t *testing.T) {
	words := rapid.StringOfN(rapid.RuneFrom([]rune("ab č*_[]()`>#@.\n-🇭")), 0, 3000, -1)
	rapid.Check(t, func(t *rapid.T) {
		r := bot.Reply{Question: words.Draw(t, "question"), Text: words.Draw(t, "text")}
		for n := range rapid.IntRange(0, 30).Draw(t, "sources") {
			r.Sources = append(r.Sources, bot.Source{N: n + 1, Source: knowledge.Source{
				Title: rapid.StringN(0, 100, -1).Draw(t, "title"), URL: rapid.SampledFrom([]string{"", "https://a.example/" + fmt.Sprint(n), "javascript:x"}).Draw(t, "url"),
			}})
		}
		m, err := render(r, wholeAttached)
		if n := units(m.Content); err != nil || n > maxContent || n == 0 && strings.TrimSpace(r.Text) != "" {
			t.Fatalf("have %d units and %v", n, err)
		}
	})
}

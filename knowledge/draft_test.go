package knowledge

import (
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"
)

var draftDay = time.Date(2026, time.November, 24, 10, 0, 0, 0, time.UTC)

func TestADraftIsReadyForReview(t *testing.T) {
	have := string(Draft(DraftOf{
		ID: "k3x9a0b1c2", Question: "Does it cover cyber?", Also: []string{"cyber included?", "does it cover CYBER", "Is C# in it: yes or no"},
		Answer: "Yes. It names *cyber* in Art. 3.\n- Exercises too", Source: "https://example.org/a_b?c=1&d=2", By: "Teuta", Day: draftDay,
	}))
	want := `---
kind: topic
status: reported
as_of: 2026-11-24
headings:
  does-it-cover-cyber:
    also:
      - Does it cover cyber?
      - cyber included?
      - 'Is C# in it: yes or no'
    answers: [k3x9a0b1c2]
---

# Questions from the team

## Does it cover cyber?

Yes.[^k3x9a0b1c2] It names \*cyber\* in Art. 3.[^k3x9a0b1c2]

\- Exercises too[^k3x9a0b1c2]

[^k3x9a0b1c2]: example.org, answered by Teuta on 24 November 2026, <https://example.org/a_b?c=1&d=2>
`
	if have != want {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
}

// What a draft of ordinary texts says, and of which source, is in order for the linter, but that somebody has to review it.
func TestADraftWaitsForAReview(t *testing.T) {
	for _, tt := range []struct {
		source string
		status Status
		want   Source
	}{
		{"https://example.org/a", Reported, Source{Title: "example.org, answered by Teuta on 24 November 2026", URL: "https://example.org/a"}},
		{"from the team", Unverified, Source{Title: "from the team, answered by Teuta on 24 November 2026"}},
		{"", Unverified, Source{Title: "From the team, answered by Teuta on 24 November 2026"}},
		{"see https://example.org/a", Unverified, Source{Title: "see https://example.org/a, answered by Teuta on 24 November 2026"}},
		{"javascript:alert(1)", Unverified, Source{Title: "javascript:alert(1), answered by Teuta on 24 November 2026"}},
	} {
		d := DraftOf{ID: "1234567890", Question: "Does it cover cyber?", Answer: "It does. So they say.\n\n1. This\n2. That", Source: tt.source, By: "Teuta", Day: draftDay}
		folder := fstest.MapFS{"en/" + DraftName(d.Question): {Data: Draft(d)}, "sources.yaml": {Data: []byte("S1: {title: One}\n")}}
		unreviewed := 0
		for _, fault := range Check(folder, draftDay) {
			switch {
			case fault.Warning && strings.Contains(fault.Message, "`reviewed:`"):
				unreviewed++
			case !strings.HasPrefix(fault.File, sourcesFile):
				t.Errorf("%s: have %s", tt.source, fault)
			}
		}
		if unreviewed != 1 {
			t.Errorf("%s: have %d warnings that nobody has reviewed the draft, want 1", tt.source, unreviewed)
		}
		b, _ := Load(folder)
		p := b.Passages[0]
		if have := b.Sources[path.Join("en/does-it-cover-cyber", d.ID)]; have != tt.want || p.Status != tt.status {
			t.Errorf("%s: have %v and %s, want %v and %s", tt.source, have, p.Status, tt.want, tt.status)
		}
		if !slices.Equal(p.Answers, []string{"1234567890"}) || p.Text() != "It does. So they say.\n1. This\n2. That" {
			t.Errorf("%s: have %q answering %q", tt.source, p.Text(), p.Answers)
		}
	}
}

func TestADraftIsNamedForItsQuestion(t *testing.T) {
	for _, tt := range []struct{ question, want string }{
		{"Does it cover cyber?", "does-it-cover-cyber.md"},
		{"../../etc/passwd", "etc-passwd.md"},
		{"Çka thotë Vučić për këtë?", "cka-thote-vucic-per-kete.md"},
		{"???", "section.md"},
		{"What does the declaration say about the training of pilots of other countries", "what-does-the-declaration-say-about-the-training-of-pilots.md"},
		{strings.Repeat("x", 100), strings.Repeat("x", 60) + ".md"},
		{strings.Repeat("日", 100), strings.Repeat("日", 20) + ".md"},
	} {
		if have := DraftName(tt.question); have != tt.want {
			t.Errorf("%q: have %s, want %s", tt.question, have, tt.want)
		}
	}
}

// Whatever people type, the file loads, asks what they asked, and answers it in their words.
func FuzzDraft(f *testing.F) {
	for _, text := range []string{"What is it?", "Questions from the team", "---", "===", "# a #", "1. b", "1)", "- c", "* * *", "> d", "| e |\n|---|\n| f |", "[^1]", "[^1]: x",
		"[a]: b", "[a](b)", "![^1]", "![a](b)", "`g`", "```\nh", "~~~", "<div>", "<!-- i", "</script>", "<https://j.k>", "&amp; &#65; &lt;", `\`, `\&amp;`, `\*`, "*l* __m__",
		"    n", "\tn", "o  \np", "q\\\nr", "\u2028s\u0085", "\u202et", "\x00\xff", "u: v", "- [ ] w", "'", `"`, "{x}", "%", "null", "true", "~", "0123456789", "12e4567890",
		"Yes! No? e.g. this. 18. März", "你好。世界。", "!", "a!", "Hello [", "^b", "I. A. 1. b", strings.Repeat("]", 3000), strings.Repeat("a ", 600), strings.Repeat("ab-", 400)} {
		f.Add(text, text, text, text, text)
		f.Add("Does it?", "does it", text, "from the team", "Ana")
		f.Add(text, "does it", "Yes.", text, text)
	}
	f.Fuzz(func(t *testing.T, question, also, answer, source, by string) {
		const id = "k3x9a0b1c2"
		if len(answer) > 4000 {
			return
		}
		file := Draft(DraftOf{ID: id, Question: question, Also: []string{also, also}, Answer: answer, Source: source, By: by, Day: draftDay})
		b, faults := Load(fstest.MapFS{"other.md": {Data: []byte("Text.")}, "sources.yaml": {Data: []byte("S1: {title: One}")}, "q.md": {Data: file}})
		if len(faults) > 0 {
			t.Fatalf("have %s in\n%s", faults[0], file)
		}
		said := paragraphs(answer)
		if len(said) == 0 {
			return
		}
		var want []string
		for _, sentences := range said {
			want = append(want, strings.Join(sentences, " "))
		}
		answers := slices.DeleteFunc(slices.Clone(b.Passages), func(p Passage) bool { return p.File != "q.md" })
		if len(answers) != 1 || !slices.Equal(answers[0].Answers, []string{id}) {
			t.Fatalf("have the passages %v, want one that answers %s in\n%s", answers, id, file)
		}
		p := answers[0]
		if have, want := p.Text(), strings.Join(want, "\n"); have != want {
			t.Errorf("have %q, want %q in\n%s", have, want, file)
		}
		if want := oneLine(question); want != "" && p.Title() != want {
			t.Errorf("have the heading %q, want %q in\n%s", p.Title(), want, file)
		}
		for _, block := range p.Blocks {
			for _, s := range block.Sentences {
				if !slices.Equal(s.Sources, []string{"q/" + id}) {
					t.Errorf("have the sources %q of %q in\n%s", s.Sources, s.Text, file)
				}
			}
		}
		if _, ok := b.Sources["q/"+id]; !ok {
			t.Errorf("have no source in\n%s", file)
		}
		if name := DraftName(question); !utf8.ValidString(name) || strings.ContainsAny(name, `/\ `) || len(name) > 70 || name[0] == '.' {
			t.Errorf("have the name %q", name)
		}
	})
}

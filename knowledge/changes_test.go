package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// pact is a folder that the cases of Diff edit.
const pact = `---
status: claim
party: Ana
said: 2025-03
as_of: 2025-04
reviewed: 2025-05
headings:
  who-signed:
    also: [by whom]
    figures: {signers: "3"}
---
# The pact

## Who signed

Three ministers signed it in the capital.[^1] They were in a hurry.[^1]

## What it covers

- Joint training of all land forces[^1]
- Cyber defence in peace and war[^2]

## Is it secret

No.[^1]

[^1]: Page one
[^2]: Page two
`

func TestDiffIsWhatReadersFindOtherwise(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string // what is replaced, by what
		want           string
	}{
		{"nothing", "", "", ""},
		{"white space", "signed it in the", "signed\nit  in the", ""},
		{"a new paragraph", "[^1] They were", "[^1]\n\nThey were", ""},
		{"footnotes", "hurry.[^1]", "hurry.[^1][^2]", ""},
		{"fewer footnotes", "capital.[^1]", "capital.", ""},
		{"marks of emphasis", "Three", "*Three*", ""},
		{"when it was reviewed", "reviewed: 2025-05", "reviewed: 2025-06", ""},
		{"until when it was true", "as_of: 2025-04", "as_of: 2025-06", ""},
		{"ways of asking", "also: [by whom]", "also: [by whom, whose names]", ""},
		{"figures", `{signers: "3"}`, `{signers: "4"}`, ""},
		{"what it answers", "also: [by whom]", "answers: [abcdefghij]", ""},
		{"case of a heading", "## Who signed", "## Who SIGNED?", ""},
		{"the heading above all", "# The pact", "# The treaty", ""},
		{"the order of headings", "## Is it secret\n\nNo.[^1]\n", "", "withdrawn is-it-secret: −No."},
		{"a word", "Three ministers", "Four ministers",
			"changed who-signed: −Three ministers signed it in the capital. +Four ministers signed it in the capital."},
		{"an item", "- Cyber defence in peace and war[^2]\n", "", "changed what-it-covers: −Cyber defence in peace and war"},
		{"a sentence twice", "hurry.[^1]", "hurry.[^1] They were in a hurry.[^1]", "changed who-signed: +They were in a hurry."},
		{"the party", "  who-signed:\n", "  who-signed:\n    party: Ben\n", "changed who-signed:"},
		{"when it was said", "  who-signed:\n", "  who-signed:\n    said: 2025-04\n", "changed who-signed:"},
		{"the status", "  who-signed:\n", "  who-signed:\n    status: reported\n", "changed who-signed:"},
		{"the kind", "  who-signed:\n", "  who-signed:\n    kind: position\n", "changed who-signed:"},
		{"a heading renamed", "## Who signed", "## Whose names stand under it", "changed who-signed → whose-names-stand-under-it (moved):"},
		{"a heading renamed with its text", "## What it covers\n\n- Joint training of all", "## Its areas\n\n- Common training of all",
			"changed what-it-covers → its-areas: −Joint training of all land forces +Common training of all land forces"},
		{"another heading with as short a text", "## Is it secret", "## Is it binding", "added is-it-binding: +No.; withdrawn is-it-secret: −No."},
		{"another text under another heading", "## Is it secret\n\nNo.[^1]", "## Where it is kept\n\nNobody knows.[^1]",
			"added where-it-is-kept: +Nobody knows.; withdrawn is-it-secret: −No."},
		{"an added one", "## What it covers", "## Why\n\nFor peace.[^1]\n\n## What it covers", "added why: +For peace."},
	} {
		then, now := passages(t, "pact.md", pact), passages(t, "pact.md", strings.ReplaceAll(pact, tt.old, tt.new))
		if tt.old == "" {
			now = passages(t, "pact.md", pact)
		}
		if have := summary(Diff(then, now)); have != tt.want {
			t.Errorf("%s:\nhave %s\nwant %s", tt.name, have, tt.want)
		}
	}
}

func TestAFileThatIsRenamedMovesItsPassages(t *testing.T) {
	then, now := passages(t, "pact.md", pact), passages(t, "en/treaty.md", strings.ReplaceAll(pact, "Cyber defence", "Digital defence"))
	want := "changed who-signed → who-signed (moved):; " +
		"changed what-it-covers → what-it-covers: −Cyber defence in peace and war +Digital defence in peace and war; " +
		"changed is-it-secret → is-it-secret (moved):"
	if have := summary(Diff(then, now)); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

// What is there now comes by its place, whatever the order in which the passages are given; what is gone comes last.
func TestChangesAreInTheOrderOfTheFolder(t *testing.T) {
	at := func(file string, line int, text string) Passage {
		heading := fmt.Sprintf("%s%d", file, line)
		return Passage{ID: file + "#" + heading, File: file, Heading: []string{heading}, Lines: [2]int{line, line},
			Blocks: []Block{{Sentences: []Sentence{{Text: text}}}}}
	}
	then := []Passage{at("c", 1, "Old."), at("b", 1, "Old."), at("a", 1, "Gone."), at("a", 9, "Old.")}
	now := []Passage{at("c", 1, "New."), at("a", 9, "New."), at("b", 5, "Added."), at("b", 1, "New.")}
	want := "changed a9: −Old. +New.; changed b1: −Old. +New.; added b5: +Added.; changed c1: −Old. +New.; withdrawn a1: −Gone."
	for range 3 {
		slices.Reverse(then)
		slices.Reverse(now[1:])
		if have := summary(Diff(then, now)); have != want {
			t.Errorf("have %s\nwant %s", have, want)
		}
	}
}

func TestNothingChangesBetweenEqualReadings(t *testing.T) {
	b, _ := Load(Shipped())
	if have := summary(Diff(b.Passages, b.Passages)); have != "" {
		t.Errorf("have %s, want nothing", have)
	}
	if have := len(Diff(nil, b.Passages)); have != len(b.Passages) {
		t.Errorf("have %d added, want all %d", have, len(b.Passages))
	}
	if have := len(Diff(b.Passages, nil)); have != len(b.Passages) {
		t.Errorf("have %d withdrawn, want all %d", have, len(b.Passages))
	}
}

// passages are those of a folder of one file.
func passages(t *testing.T, name, text string) []Passage {
	t.Helper()
	b, faults := Load(fstest.MapFS{name: {Data: []byte(text)}})
	if b == nil {
		t.Fatal(faults)
	}
	return b.Passages
}

// summary writes changes in one line.
func summary(changes []Change) string {
	slug := func(p *Passage) string {
		_, slug, _ := strings.Cut(p.ID, "#")
		return slug
	}
	var all []string
	for _, c := range changes {
		var line string
		switch {
		case c.Old == nil:
			line = slug(c.New)
		case c.New == nil || c.Old.ID == c.New.ID:
			line = slug(c.Old)
		default:
			line = slug(c.Old) + " → " + slug(c.New)
		}
		if c.Moved() {
			line += " (moved)"
		}
		line = string(c.Kind) + " " + line + ":"
		gone, fresh := c.Sentences()
		for _, s := range gone {
			line += " −" + s
		}
		for _, s := range fresh {
			line += " +" + s
		}
		all = append(all, line)
	}
	return strings.Join(all, "; ")
}

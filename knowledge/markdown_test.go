package knowledge

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func TestSlugKeepsLettersAndDigits(t *testing.T) {
	for _, c := range []struct{ heading, want string }{
		{"Who signed it?", "who-signed-it"},
		{"  Spaces   and\ttabs ", "spaces-and-tabs"},
		{"Is it 5 % — or 5.5?", "is-it-5-or-5-5"},
		{"It's Kosovo’s", "its-kosovos"},
		{"Šta je Đuro čuo? Ćao!", "sta-je-duro-cuo-cao"},
		{"Çfarë thotë", "cfare-thote"},
		{"Größe", "große"},
		{"Ko\u0301d", "kod"},
		{"Косово и НАТО", "косово-и-нато"},
		{"阿尔巴尼亚", "阿尔巴尼亚"},
		{"snake_case", "snake-case"},
		{"???", "section"},
		{"", "section"},
	} {
		if have := Slug(c.heading); have != c.want {
			t.Errorf("%q: have %q, want %q", c.heading, have, c.want)
		}
	}
}

func TestSlugOfASlugIsTheSame(t *testing.T) {
	for _, heading := range []string{"Who signed it?", "Šta je Đuro čuo?", "Косово и НАТО", "???"} {
		if have, want := Slug(Slug(heading)), Slug(heading); have != want {
			t.Errorf("have %q, want %q", have, want)
		}
	}
}

func TestRepeatedIdsGetTheFirstFreeNumber(t *testing.T) {
	taken := map[string]int{}
	var have []string
	for _, id := range strings.Fields("a a a-2 a a-2 b-2 b b a") {
		have = append(have, unique(taken, id))
	}
	if have, want := fmt.Sprint(have), "[a a-2 a-2-2 a-3 a-2-3 b-2 b b-3 a-4]"; have != want {
		t.Errorf("have %s, want %s", have, want)
	}
}

// Texts that would keep goldmark busy for seconds or minutes, or take gigabytes, are refused with the line.
func TestTextsThatTakeTooLongAreRefused(t *testing.T) {
	marks := fmt.Sprintf("has more than %d brackets and marks of emphasis in one paragraph: split or simplify it", maxMarks)
	nested := fmt.Sprintf("has more than %d lists or quotes within each other: split or simplify it", maxNesting)
	cells := fmt.Sprintf("has more than %d cells in its tables, counting those that rows leave out: split or simplify it", maxCells)
	addresses := fmt.Sprintf("has more than %d lines in a block of addresses: split or simplify it", maxDefined)
	notes := fmt.Sprintf("has more than %d footnotes: split or simplify it", maxNotes)
	pipes := fmt.Sprintf("has more than %d escaped pipes in its tables: split or simplify it", maxPipes)
	for _, c := range []struct {
		name, text string
		line       int
		want       string
	}{
		{"links that never close", strings.Repeat("[a](", 50_000), 1, marks},
		{"brackets", strings.Repeat("[", 50_000), 1, marks},
		{"brackets on lines", strings.Repeat("a[\n", 50_000), maxMarks + 1, marks},
		{"emphasis", strings.Repeat("*a ", 50_000), 1, marks},
		{"emphasis of two kinds", strings.Repeat("_a*", 50_000), 1, marks},
		{"emphasis in links", strings.Repeat("[*a*](b)", 50_000), 1, marks},
		{"emphasis in a heading", "Text.\n\n# " + strings.Repeat("*a_ ", 50_000), 3, marks},
		{"struck out", strings.Repeat("~a ~~b ", 50_000), 1, marks},
		{"tags", strings.Repeat("<a ", 50_000), 1, marks},
		{"undefined footnotes", strings.Repeat("[^a]", 50_000), 1, marks},
		{"quotes", strings.Repeat("> ", 50_000), 1, nested},
		{"quotes without space", strings.Repeat(">", 50_000), 1, nested},
		{"lists", strings.Repeat("+ ", 100_000), 1, nested},
		{"numbered lists", "Text.\n\n" + strings.Repeat("1. ", 100_000), 3, nested},
		{"lists and quotes", strings.Repeat("- > ", 100_000), 1, nested},
		{"footnotes", strings.Repeat("a[^1]\n\n", 2) + numbered("[^%d]: b\n", 40_000), maxNotes + 5, notes},
		{"addresses", strings.Repeat("[a]: b\n", 50_000), 1, addresses},
		{"rows that are nearly empty", strings.Repeat("|a", 1000) + "\n" + strings.Repeat("|-", 1000) + "\n" + strings.Repeat("|\n", 90_000), 1, cells},
		{"escaped pipes", "a|b\n-|-\n" + strings.Repeat("`\\|`", 50_000) + "|c\n", 1, pipes},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantFault(t, fstest.MapFS{"a.md": {Data: []byte(c.text)}}, fmt.Sprintf("a.md:%d: %s", c.line, c.want))
		})
	}
}

// Each of these took seconds or minutes once, and is harmless.
func TestLargeTextsLoad(t *testing.T) {
	fill := func(s string) string { return strings.Repeat(s, (MaxFileSize-100)/len(s)) }
	for _, c := range []struct {
		name, text string
		want       int // passages
	}{
		{"- that are a rule", strings.Repeat("- ", 100_000) + "\n\nText.", 1},
		{"one word", fill("abcdefghij"), 1},
		{"one line", fill("Some words. "), 1},
		{"blank lines in lists", strings.Repeat("- ", maxNesting) + "a\n" + strings.Repeat("\n", maxLines-1), 1},
		{"full stops", fill("..."), 1},
		{"marks", fill("!?"), 1},
		{"brackets behind a full stop", fill(". )))) "), 1},
		{"one heading", strings.Repeat("# Same\nText.\n", 40_000), 40_000},
		{"one footnote", "[^1]: Note.\n\n" + fill("Text.[^1]\n\n"), 1},
		{"an item of many paragraphs", "- a\n" + strings.Repeat("\n  a\n", 40_000), 1},
		{"pictures that never close", strings.Repeat("![", 50_000), 1},
		{"a long table", "|a|b|\n|-|-|\n" + fill("|b|c|\n"), 1},
		{"keys for headings that are not there", "---\nheadings:\n" + numbered("  k%d: {party: a}\n", maxKeys) + "---\nText.", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, faults := Load(fstest.MapFS{"a.md": {Data: []byte(c.text)}})
			if b == nil {
				t.Fatal(faults)
			}
			if have := len(b.Passages); have != c.want {
				t.Errorf("have %d passages, want %d", have, c.want)
			}
		})
	}
}

// A file as people write them stays below every limit, at nearly the largest size.
func TestOrdinaryTextsAreNotRefused(t *testing.T) {
	text := ordinary(400 << 10)
	b, faults := Load(fstest.MapFS{"a.md": {Data: []byte(text)}})
	if b == nil {
		t.Fatal(faults)
	}
	if have, want := len(b.Passages), strings.Count(text, "\n## "); have != want {
		t.Errorf("have %d passages, want %d", have, want)
	}
}

// ordinary is a text of about size bytes with one long table, one paragraph with hundreds of links, nested lists, code,
// and many chapters with footnotes.
func ordinary(size int) string {
	var b strings.Builder
	b.WriteString("\n## Table\n\n| Name | Said | Where | When | Source |\n|---|---|---|---|---|\n")
	b.WriteString(numbered("| **Name %d** | *text* | [Page](https://example.com/a_b) | - | `x \\| y`[^1] |\n", 1500))
	b.WriteString("\n## Links\n\n")
	b.WriteString(numbered("see [*page* %d](https://example.com/page_(x)),\n", 400))
	b.WriteString("\n## Addresses\n\nText.\n\n")
	b.WriteString(numbered("[page %d]: https://example.com \"Title\"\n", 1000))
	b.WriteString("\n## Code\n\n```json\n")
	b.WriteString(numbered("{\"snake_case_%d\": [[[1, 2], *a, <b]],\n", 2000))
	b.WriteString("```\n")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "\n## Chapter %d\n\nThe **first** sentence of it.[^%d] The [second](https://example.com).[^1]\n\n", i, i%500)
		b.WriteString("- an item with *emphasis*\n  - below\n    - further below\n      > quoted\n\n1. one\n2. two\n")
	}
	b.WriteString("\n" + numbered("[^%d]: The Times: “Title”, <https://example.com>\n", 500))
	return b.String()
}

// numbered repeats a line n times with its number.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func BenchmarkLoadOrdinary(b *testing.B) { benchmarkText(b, ordinary(MaxFileSize-60<<10)) }

// The slowest that is known within the limits.
func BenchmarkLoadMarks(b *testing.B) {
	for name, s := range map[string]string{"emphasis": "_a*", "links": "[a](", "brackets": "["} {
		block := strings.Repeat(s, maxMarks/2-10) + "\n\n"
		b.Run(name, func(b *testing.B) { benchmarkText(b, strings.Repeat(block, MaxFileSize/len(block))) })
	}
}

func BenchmarkLoadFootnotes(b *testing.B) {
	notes := numbered("[^%d]: b\n", maxNotes)
	benchmarkText(b, notes+"\n"+strings.Repeat(fmt.Sprintf("a[^%d]\n\n", maxNotes-1), 48_000))
}

func BenchmarkLoadCells(b *testing.B) {
	columns := 700
	benchmarkText(b, strings.Repeat("|a", columns)+"\n"+strings.Repeat("|-", columns)+"\n"+strings.Repeat("b\n", columns-10))
}

func BenchmarkLoadBlankLinesInLists(b *testing.B) {
	benchmarkText(b, strings.Repeat("- ", maxNesting)+"a\n"+strings.Repeat("\n", maxLines-2))
}

func benchmarkText(b *testing.B, text string) {
	b.Helper()
	folder := fstest.MapFS{"a.md": {Data: []byte(text)}}
	for b.Loop() {
		if base, faults := Load(folder); base == nil {
			b.Fatal(faults)
		}
	}
}

package knowledge

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func TestDatesAreReadByPeople(t *testing.T) {
	for _, c := range []struct {
		date  Date
		want  string
		valid bool
	}{
		{"2025-03-18", "18 March 2025", true},
		{"2025-03", "March 2025", true},
		{"2025", "2025", true},
		{"2024-02-29", "29 February 2024", true},
		{"", "", true},
		{"2025-02-29", "2025-02-29", false},
		{"2025-3-18", "2025-3-18", false},
		{"18 March 2025", "18 March 2025", false},
		{"2025-03-18T10:00:00Z", "2025-03-18T10:00:00Z", false},
	} {
		if have := c.date.Words(); have != c.want {
			t.Errorf("%q: have %q, want %q", c.date, have, c.want)
		}
		if have := c.date.valid(); have != c.valid {
			t.Errorf("%q: have valid %v, want %v", c.date, have, c.valid)
		}
	}
}

// The text begins behind the head; a head that does not close is text.
func TestFrontMatterEndsAtTheSecondDashes(t *testing.T) {
	for _, c := range []struct{ data, head, text string }{
		{"---\nkind: topic\n---\nText", "kind: topic\n", "Text"},
		{"---\r\nkind: topic\r\n---\r\nText", "kind: topic\r\n", "Text"},
		{"\ufeff---\nkind: topic\n---\nText", "kind: topic\n", "Text"},
		{"---  \na: b\n---\t\nText", "a: b\n", "Text"},
		{"---\na: b\n---", "a: b\n", ""},
		{"---\n---\nText", "", "Text"},
		{"---\na: b\n----\n---\n", "a: b\n----\n", ""},
		{"---\na: b\n", "", "---\na: b\n"},
		{"---", "", "---"},
		{"--- a\n---\n", "", "--- a\n---\n"},
		{"\n---\na: b\n---\n", "", "\n---\na: b\n---\n"},
		{"Text\n---\na: b\n---\n", "", "Text\n---\na: b\n---\n"},
		{"", "", ""},
	} {
		head, size := splitFrontMatter([]byte(c.data))
		if string(head) != c.head || c.data[size:] != c.text {
			t.Errorf("%q: have %q and %q, want %q and %q", c.data, head, c.data[size:], c.head, c.text)
		}
	}
}

// YAML of the largest size with anything that could take long ends with a fault or a warning.
func TestHugeFrontMatterIsReadOrRefused(t *testing.T) {
	for name, head := range map[string]string{
		"lists within lists": "also: " + strings.Repeat("[", 400_000),
		"maps within maps":   "also: " + strings.Repeat("{a: ", 100_000),
		"dashes":             "also:\n  " + strings.Repeat("- ", 200_000),
		"anchors":            numbered("k%d: &a x\n", maxKeys),
		"one long line":      "party: " + strings.Repeat("a", 400_000),
		"faults":             "headings:\n" + numbered("  k%d: {kind: x}\n", maxKeys),
		"disputes":           "headings:\n  \"\":\n    disputes:\n" + numbered("      - k%d\n", 40_000),
	} {
		t.Run(name, func(t *testing.T) {
			b, faults := Load(fstest.MapFS{"a.md": {Data: []byte("---\n" + head + "\n---\nText.")}})
			if (b == nil) != (faults.Err() != nil) {
				t.Errorf("have the base %v with %d faults", b, len(faults))
			}
		})
	}
}

func TestRegistryOfTheLargestSizeIsChecked(t *testing.T) {
	registry := func(n int) fs.FS {
		return fstest.MapFS{"a.md": {Data: []byte("Text.")}, "sources.yaml": {Data: []byte(numbered("S%d:\n", n))}}
	}
	_, faults := Load(registry(maxKeys))
	if have := len(faults); have != maxKeys {
		t.Fatalf("have %d faults, want %d", have, maxKeys)
	}
	if have, want := faults[4999].String(), "sources.yaml:5000: source S4999 has no title"; have != want {
		t.Errorf("have %s, want %s", have, want)
	}
	wantFault(t, registry(maxKeys+1), "sources.yaml:1: has more than 5000 keys in one place")
}

func TestMappingOfTooManyKeysIsRefused(t *testing.T) {
	for _, c := range []struct {
		head string
		line int
	}{
		{numbered("k%d:\n", maxKeys+1), 2},
		{"headings: {" + numbered("k%d:, ", maxKeys+1) + "}", 2},
		{"kind: topic\nheadings:\n" + numbered("  k%d: {kind: x}\n", maxKeys+1), 4},
	} {
		wantFault(t, fstest.MapFS{"a.md": {Data: []byte("---\n" + c.head + "\n---\nText.")}},
			fmt.Sprintf("a.md:%d: has more than 5000 keys in one place", c.line))
	}
}

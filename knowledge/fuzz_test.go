package knowledge

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/load/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		c, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range c.Files {
			f.Add(string(part.Data))
		}
	}
	for _, name := range []string{"en/legal.md", "en/timeline.md"} {
		data, err := fs.ReadFile(Shipped(), name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		folder := fstest.MapFS{"a.md": {Data: []byte(text)}, "sources.yaml": {Data: []byte("S1: {title: One}\nS2: {title: Two}")}}
		b, faults := Load(folder)
		if (b == nil) != (faults.Err() != nil) {
			t.Fatalf("have the base %v with the faults %v", b, faults)
		}
		lines := strings.Count(text, "\n") + 1
		for _, fault := range faults {
			if fault.Line < 0 || fault.Line > lines || fault.Message == "" || strings.Contains(fault.Message, "the parser of Markdown stopped") {
				t.Errorf("have the fault %s in a text of %d lines", fault, lines)
			}
		}
		if b == nil {
			return
		}
		for _, broken := range brokenRules(folder, b) {
			t.Error(broken)
		}
	})
}

func FuzzSentences(f *testing.F) {
	for _, s := range []string{"One. Two.", "18. März. “Yes.” U.S. e.g. a", "...", "。。 a", ". ) A", "\u00a0.\u2003A", "1. I. No. 5"} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, at uint8) {
		if !utf8.ValidString(text) {
			return
		}
		r := run{text: text, notes: []mark{{offset: min(int(at), len(text)), id: "x"}}}
		var texts []string
		named := 0
		for _, s := range sentences(r) {
			texts = append(texts, s.Text)
			named += len(s.Sources)
		}
		if have, want := strings.Join(texts, ""), squeeze(text); strings.ReplaceAll(have, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("have %q, want every word of %q once", have, want)
		}
		if len(texts) > 0 && named != 1 {
			t.Errorf("have the footnote %d times in %q, want it once", named, texts)
		}
	})
}

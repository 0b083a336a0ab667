package knowledge

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the tests have into their files as what they want")

// checkDay is today in these tests.
var checkDay = time.Date(2026, time.November, 23, 23, 59, 0, 0, time.UTC)

// Every file in testdata/check is a folder, with what Check says of it under "want" and the files that Fix changes under
// "fixed/".
func TestCheckSaysWhatIsWrongAndWhere(t *testing.T) {
	files, err := filepath.Glob("testdata/check/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			have := checkCase(want)
			if *update {
				if err := os.WriteFile(file, have, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := txtar.Format(want); !bytes.Equal(have, want) {
				t.Errorf("have\n%s\nwant\n%s", have, want)
			}
		})
	}
}

// checkCase is the case with what Check and Fix make of its folder.
func checkCase(c *txtar.Archive) []byte {
	folder := fstest.MapFS{}
	have := &txtar.Archive{Comment: c.Comment}
	for _, f := range c.Files {
		if f.Name != "want" && !strings.HasPrefix(f.Name, "fixed/") {
			folder[f.Name] = &fstest.MapFile{Data: f.Data}
			have.Files = append(have.Files, f)
		}
	}
	var said strings.Builder
	for _, f := range Check(folder, checkDay) {
		fmt.Fprintln(&said, f)
	}
	have.Files = append(have.Files, txtar.File{Name: "want", Data: []byte(said.String())})
	changes, _ := Fix(folder)
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		have.Files = append(have.Files, txtar.File{Name: "fixed/" + name, Data: changes[name]})
	}
	return txtar.Format(have)
}

func TestShippedFolderHasNoErrors(t *testing.T) {
	if err := Check(Shipped(), checkDay).Err(); err != nil {
		t.Error(err)
	}
	if changes, _ := Fix(Shipped()); len(changes) > 0 {
		t.Errorf("footnotes are out of date in %v: run go run ./cmd/trilat knowledge check --fix knowledge", slices.Sorted(maps.Keys(changes)))
	}
}

// folders are the shipped folder and those of testdata/check that load.
func folders(t *testing.T) map[string]fstest.MapFS {
	all := map[string]fstest.MapFS{"shipped": copied(t, Shipped())}
	files, err := filepath.Glob("testdata/check/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		folder := fstest.MapFS{}
		for _, f := range a.Files {
			if f.Name != "want" && !strings.HasPrefix(f.Name, "fixed/") {
				folder[f.Name] = &fstest.MapFile{Data: f.Data}
			}
		}
		if base, _ := Load(folder); base != nil {
			all[filepath.Base(file)] = folder
		}
	}
	return all
}

func copied(t *testing.T, fsys fs.FS) fstest.MapFS {
	t.Helper()
	folder := fstest.MapFS{}
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		folder[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func mustLoad(t *testing.T, folder fs.FS) *Base {
	t.Helper()
	base, faults := Load(folder)
	if base == nil {
		t.Fatal(faults.Err())
	}
	return base
}

// apply returns the folder with changes, and how it was is forgotten.
func apply(folder fstest.MapFS, changes map[string][]byte) fstest.MapFS {
	folder = maps.Clone(folder)
	for name, data := range changes {
		folder[name] = &fstest.MapFile{Data: data}
	}
	return folder
}

func TestFixChangesNoPassageAndNothingTwice(t *testing.T) {
	for name, folder := range folders(t) {
		for _, end := range []string{"\n", "\r\n"} {
			bare := fstest.MapFS{}
			for name, f := range folder {
				text := strings.ReplaceAll(string(f.Data), "\n", end)
				if strings.HasSuffix(name, ".md") {
					text, _ = splitNotes([]byte(text))
				}
				bare[name] = &fstest.MapFile{Data: []byte(text)}
			}
			before := mustLoad(t, bare)
			changes, _ := Fix(bare)
			with := apply(bare, changes)
			after := mustLoad(t, with)
			if !reflect.DeepEqual(before.Passages, after.Passages) {
				t.Errorf("%s, line ends %q: the passages differ", name, end)
			}
			if !reflect.DeepEqual(before.Sources, after.Sources) {
				t.Errorf("%s, line ends %q: the sources differ", name, end)
			}
			if again, _ := Fix(with); len(again) > 0 {
				t.Errorf("%s, line ends %q: a second Fix changes %v", name, end, slices.Sorted(maps.Keys(again)))
			}
		}
	}
}

func TestFixTouchesOnlyTheEnd(t *testing.T) {
	folder := copied(t, Shipped())
	for name, f := range folder {
		if strings.HasSuffix(name, ".md") {
			text, _ := splitNotes(f.Data)
			folder[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	changes, faults := Fix(folder)
	if len(changes) == 0 || len(faults) > 0 {
		t.Fatalf("have %d changes and faults %v", len(changes), faults)
	}
	for name, data := range changes {
		if text := bytes.TrimRight(folder[name].Data, "\n"); !bytes.HasPrefix(data, append(text, "\n\n[^"...)) {
			t.Errorf("%s: the text before the footnotes has changed", name)
		}
	}
}

func TestFixKeepsHowAFileIsWritten(t *testing.T) {
	const registry = "S1: {title: T, url: \"https://example.org\"}\n"
	const def = "[^S1]: T, <https://example.org>"
	for _, c := range []struct{ rule, have, want string }{
		{"Windows line ends", "## A\r\n\r\nB.[^S1]\r\n", "## A\r\n\r\nB.[^S1]\r\n\r\n" + def + "\r\n"},
		{"no line break at the end", "B.[^S1]", "B.[^S1]\n\n" + def + "\n"},
		{"a byte order mark", "\ufeffB.[^S1]\n", "\ufeffB.[^S1]\n\n" + def + "\n"},
		{"spaces behind the last word", "B.[^S1]  \n\n\n", "B.[^S1]  \n\n" + def + "\n"},
		{"a definition right under the text", "B.[^S1]\n[^S1]: old\n", "B.[^S1]\n\n" + def + "\n"},
		{"a definition in several lines", "B.[^S1]\n\n[^S1]: old\nand lazy\n\n    and more\n", "B.[^S1]\n\n" + def + "\n"},
		{"a list at the end", "- B[^S1]\n- C[^S1]\n", "- B[^S1]\n- C[^S1]\n\n" + def + "\n"},
		{"a table at the end", "|a|\n|-|\n|B[^S1]|\n", "|a|\n|-|\n|B[^S1]|\n\n" + def + "\n"},
		{"code that looks like a definition", "B.[^S1]\n\n```\n[^S1]: x\n```\n", "B.[^S1]\n\n```\n[^S1]: x\n```\n\n" + def + "\n"},
		{"nothing to do, nothing done", "B.\n\n\n[^x]: y", ""},
		{"code that does not end", "B.[^S1]\n\n```\nx\n", ""},
		{"a comment that does not end", "B.[^S1]\n\n<!--\nx\n", ""},
	} {
		folder := fstest.MapFS{"sources.yaml": {Data: []byte(registry)}, "a.md": {Data: []byte(c.have)}}
		changes, _ := Fix(folder)
		if have := string(changes["a.md"]); have != c.want {
			t.Errorf("%s: have %q, want %q", c.rule, have, c.want)
		}
	}
}

func TestDefinitionsAreLinksAndReadAsWritten(t *testing.T) {
	for _, s := range []Source{
		{Title: "Plain", URL: "https://example.org/a_(b)_c"},
		{Title: "Brackets", URL: "https://example.org/[x](y)"},
		{Title: "Marks", URL: "https://example.org/*a*~~b~~`c`|d\\e'f;g,h!i."},
		{Title: "Query", URL: "https://example.org/?a=1&amp;b=2&lt=3#x:~:text=y"},
		{Title: "Letters", URL: "http://пример.рф/č%20ž"},
		{Publisher: "- P", Title: "A `code` <b>, *bold*, __x__, [a](b), ~~c~~ \\", URL: "https://example.org/`"},
		{Publisher: "2025.", Title: "# A\n  title", Date: "n.d. (c. *March*)", URL: "https://example.org/x"},
		{Title: "1) A list"}, {Title: "> Said"}, {Title: "=== x"},
	} {
		d := parse("a.md", []byte("Text.[^S1]\n\n"+definition("S1", s)+"\n"))
		have := d.footnotes["S1"]
		if have.URL != s.URL {
			t.Errorf("%s: have the link %q, want %q", definition("S1", s), have.URL, s.URL)
		}
		s.URL = ""
		if want := strings.TrimRight(squeeze(s.Footnote()), " ,:<>"); have.Title != want {
			t.Errorf("have %q, want %q", have.Title, want)
		}
	}
}

func TestShippedFootnotesShowTheirSources(t *testing.T) {
	registry := mustLoad(t, Shipped()).Sources
	folder := copied(t, Shipped())
	changes, _ := Fix(folder)
	for name, f := range apply(folder, changes) {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		for id, own := range parse(name, f.Data).footnotes {
			if own.URL != registry[id].URL {
				t.Errorf("%s: [^%s] leads to %q, want %q", name, id, own.URL, registry[id].URL)
			}
		}
	}
}

func TestFixLeavesFilesAloneWhenTheRegistryIsBroken(t *testing.T) {
	folder := fstest.MapFS{
		"sources.yaml": {Data: []byte("S1: [")},
		"a.md":         {Data: []byte("B.[^S1]\n\n[^S1]: T\n")},
	}
	if changes, faults := Fix(folder); len(changes) > 0 || faults.Err() == nil {
		t.Errorf("have changes %v and faults %v, want a fault only", changes, faults)
	}
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTheFolderIsTheFlagsThenTheEnvironments(t *testing.T) {
	lamps := folder(t, "-- lamps.md --\n## Lamps\n\nThe lamps burn oil.\n")
	env := map[string]string{"KNOWLEDGE_DIR": lamps}
	if r := trilatIn(t, env, "", "version"); !strings.Contains(r.out, " 1 passage, 0 sources") {
		t.Errorf("KNOWLEDGE_DIR: have %q %q", r.out, r.errs)
	}
	if r := trilatIn(t, env, "", "version", "--knowledge", library); !strings.Contains(r.out, " 23 passages, 4 sources") {
		t.Errorf("--knowledge: have %q %q", r.out, r.errs)
	}
}

func TestAFolderThatCannotBeUsedIsExplained(t *testing.T) {
	dir := folder(t, `
-- file.md --
Text.
-- empty/notes.txt --
Not Markdown.
-- broken/a.md --
---
status: wild
said: yesterday
---
## A

Text.
-- broken/sub/b.md --
---
kind: [topic]
---
## B

Text.
-- latin/a.md --
# Café
-- pipe/sources.yaml --
S1:
  url: nowhere
-- pipe/a.md --
Text.
`)
	if err := os.WriteFile(filepath.Join(dir, "latin/a.md"), []byte("# One\n\nCaf\xe9.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		folder string
		code   int
		want   []string // parts of standard error
	}{
		{"missing", exitUsage, []string{"there is no folder", "missing", "KNOWLEDGE_DIR"}},
		{"file.md", exitUsage, []string{"file.md", "not a directory"}},
		{"empty", exitFault, []string{"no Markdown file", "add one"}},
		{"broken", exitFault, []string{"\na.md:2: status \"wild\"", "\na.md:3: said \"yesterday\"", "\nsub/b.md:2: "}},
		{"latin", exitFault, []string{"\na.md:3: is not UTF-8"}},
		{"pipe", exitFault, []string{"\nsources.yaml:1: source S1 has no title", "is no link"}},
	}
	for _, tt := range tests {
		for _, args := range [][]string{{"ask", "--json", "Why?"}, {"search", "--json", "why"}, {"version"}} {
			r := trilatIn(t, map[string]string{"KNOWLEDGE_DIR": filepath.Join(dir, tt.folder)}, "", args...)
			if r.code != tt.code || r.out != "" {
				t.Errorf("%s, %s: have code %d, standard output %q", tt.folder, args[0], r.code, r.out)
			}
			for _, part := range tt.want {
				if !strings.Contains(r.errs, part) {
					t.Errorf("%s, %s: have %q without %q", tt.folder, args[0], r.errs, part)
				}
			}
		}
	}
}

// plain is a folder as somebody has it lying around.
const plain = `-- notes.md --
Goats graze on the northern meadow.

## Cheese

The cheese ripens in a cave.
It takes ninety days.

### Rind

Salt water washes the rind.

## Cheese

Buyers collect the wheels by sledge.
-- more/crlf.md --
# Wool
`

func TestPlainMarkdownIsAnsweredFrom(t *testing.T) {
	dir := folder(t, plain)
	if err := os.WriteFile(filepath.Join(dir, "more/crlf.md"), []byte("# Wool\r\n\r\nShearing begins in May.\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		query, passage, file, heading string
		lines                         [2]float64
	}{
		{"goats graze meadow", "notes#", "notes.md", "", [2]float64{1, 1}},
		{"ripens cave", "notes#cheese", "notes.md", "Cheese", [2]float64{3, 6}},
		{"salt water rind", "notes#rind", "notes.md", "Cheese › Rind", [2]float64{8, 10}},
		{"buyers collect wheels sledge", "notes#cheese-2", "notes.md", "Cheese", [2]float64{12, 14}},
		{"shearing", "more/crlf#wool", "more/crlf.md", "Wool", [2]float64{1, 3}},
	}
	for _, tt := range tests {
		hit := objects(t, trilat(t, "", "search", "--knowledge", dir, "--json", "-n", "1", tt.query))[0]["hits"].([]any)[0].(map[string]any)
		lines := hit["lines"].([]any)
		if hit["passage"] != tt.passage || hit["file"] != tt.file || hit["heading"] != tt.heading || lines[0] != tt.lines[0] || lines[1] != tt.lines[1] {
			t.Errorf("%s: have %v", tt.query, hit)
		}
	}
	o := objects(t, trilat(t, "", "ask", "--knowledge", dir, "--json", "Where do the goats graze, on which meadow?"))[0]
	if w := replyShape.wrong("reply", o); w != "" {
		t.Fatal(w)
	}
	source := o["sources"].([]any)[0].(map[string]any)
	if o["text"] != "Goats graze on the northern meadow." || source["title"] != "notes.md" || source["url"] != "" {
		t.Errorf("have %v", o)
	}
}

func TestCheckListsFaultsByFileAndLine(t *testing.T) {
	dir := folder(t, "-- a.md --\n---\nstatus: wild\n---\n# A\n\n## B\n\nText.\n")
	r := trilat(t, "", "knowledge", "check", dir)
	if r.code != exitFault || !strings.HasPrefix(r.out, "a.md:2: ") || !strings.HasSuffix(r.out, " in 1 file\n") || !strings.Contains(r.out, "\n1 error, ") {
		t.Errorf("have code %d and\n%s", r.code, r.out)
	}
}

func TestFixWritesTheFootnotes(t *testing.T) {
	dir := folder(t, "-- sources.yaml --\nS1: {title: Diary, url: \"https://a.example\"}\n-- a.md --\n## A\n\nText.[^S1]\n")
	file := filepath.Join(dir, "a.md")
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if r := trilat(t, "", "knowledge", "check", "--fix", dir); r.code != exitOK {
			t.Fatalf("have code %d and %s%s", r.code, r.out, r.errs)
		}
		data, err := os.ReadFile(file)
		if want := "## A\n\nText.[^S1]\n\n[^S1]: Diary, <https://a.example>\n"; err != nil || string(data) != want {
			t.Errorf("have %q, %v", data, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("have %v beside the two files, %v", entries, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("have mode %v, %v", info.Mode(), err)
	}
}

func TestTheExampleEnvironmentNamesWhatIsRead(t *testing.T) {
	others := []string{"STATE_DIRECTORY", "XDG_STATE_HOME", "LOCALAPPDATA", "HOME"} // what systems set
	var read []string
	readConfig(func(name string) string {
		if !slices.Contains(others, name) {
			read = append(read, name)
		}
		return ""
	})
	data, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range regexp.MustCompile(`(?m)^#? ?([A-Z][A-Z0-9_]*)=`).FindAllStringSubmatch(string(data), -1) {
		named = append(named, m[1])
	}
	slices.Sort(read)
	slices.Sort(named)
	if !slices.Equal(read, named) {
		t.Errorf("readConfig reads %v, .env.example names %v", read, named)
	}
}

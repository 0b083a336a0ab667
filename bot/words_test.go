package bot

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// messages is words/en.json: a text by its id, or its forms by number.
func messages(t *testing.T) map[string]any {
	t.Helper()
	data, err := wordFiles.ReadFile("words/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// literals are the texts in quotes in the code that is no test, in some folders.
func literals(t *testing.T, dirs ...string) []string {
	t.Helper()
	var all []string
	for _, dir := range dirs {
		files, err := fs.Glob(os.DirFS(dir), "*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no code in %s: %v", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path.Join(dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, _ := strconv.Unquote(lit.Value)
					all = append(all, text)
				}
				return true
			})
		}
	}
	return all
}

func TestEveryWordIsUsedAndEveryUsedWordExists(t *testing.T) {
	words := messages(t)
	used := literals(t, ".", "../cmd/trilat")
	id := regexp.MustCompile(`^(ask|command)(\.[a-zA-Z]+)+$`)
	for _, text := range used {
		if _, ok := words[text]; id.MatchString(text) && !ok {
			t.Errorf("the code says %q, which words/en.json lacks", text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(words)) {
		if !slices.Contains(used, name) {
			t.Errorf("no code says %q", name)
		}
		if !id.MatchString(name) {
			t.Errorf("%q has a beginning that this test does not look for", name)
		}
	}
}

func TestEveryMessageRenders(t *testing.T) {
	w, err := NewWords("en")
	if err != nil {
		t.Fatal(err)
	}
	data := map[string]any{"Date": "DATE", "Party": "PARTY", "Name": "NAME"}
	for id, message := range messages(t) {
		said := []string{w.say(id, data)}
		if forms, ok := message.(map[string]any); ok {
			said = []string{w.count(id, 1), w.count(id, 1000)}
			if len(forms) != 2 || said[0] == said[1] {
				t.Errorf("%s: have forms %q, want one and other", id, said)
			}
		}
		for _, text := range said {
			if text == "" || text == id || strings.Contains(text, "<no value>") || strings.Contains(text, "{{") {
				t.Errorf("%s: have %q", id, text)
			}
		}
	}
}

func TestALanguageWithoutWordsReadsEnglish(t *testing.T) {
	w, err := NewWords("sq")
	if err != nil {
		t.Fatal(err)
	}
	if text := w.Say("ask.refused"); text != messages(t)["ask.refused"] {
		t.Errorf("have %q", text)
	}
}

func TestCommandsHaveHelpAndAnExample(t *testing.T) {
	words := messages(t)
	seen := map[string]bool{}
	for _, c := range Commands() {
		ids := []string{c.Help, c.Example}
		for _, p := range c.Params {
			ids = append(ids, p.Help)
		}
		for _, id := range ids {
			if _, ok := words[id].(string); !ok {
				t.Errorf("%s: there is no text %q", c.Name, id)
			}
		}
		if seen[c.Name] {
			t.Errorf("there are two commands %s", c.Name)
		}
		seen[c.Name] = true
	}
}

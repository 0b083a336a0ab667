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
	"testing/fstest"
)

// messages is words/en.json: a text by its id, or its forms by number.
func messages(t *testing.T) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(mustRead(t), &all); err != nil {
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
	used := literals(t, ".", "discord", "../cmd/trilat")
	var beginnings []string
	for name := range words {
		first, _, _ := strings.Cut(name, ".")
		beginnings = append(beginnings, first)
	}
	id := regexp.MustCompile(`^(` + strings.Join(beginnings, "|") + `)(\.[a-zA-Z]+)+$`)
	// A text may be said by an id that is put together from its beginning or its end.
	says := func(name string) bool {
		return slices.ContainsFunc(used, func(text string) bool {
			return text == name || strings.HasSuffix(text, ".") && strings.HasPrefix(name, text) || len(text) > 1 && strings.HasPrefix(text, ".") && strings.HasSuffix(name, text)
		})
	}
	files := []string{"sources.md", "changes.md", "answer.md", "privacy.json"}
	for _, text := range used {
		if _, ok := words[text]; id.MatchString(text) && !ok && !slices.Contains(files, text) {
			t.Errorf("the code says %q, which words/en.json lacks", text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(words)) {
		if !says(name) {
			t.Errorf("no code says %q", name)
		}
	}
}

func TestEveryMessageRenders(t *testing.T) {
	w, err := NewWords("en")
	if err != nil {
		t.Fatal(err)
	}
	data := map[string]any{}
	for _, name := range place.FindAllStringSubmatch(string(mustRead(t)), -1) {
		data[name[1]] = strings.ToUpper(name[1])
	}
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

// place is where a message takes a value.
var place = regexp.MustCompile(`{{\.([A-Za-z]+)}}`)

func mustRead(t *testing.T) []byte {
	t.Helper()
	data, err := wordFiles.ReadFile("words/en.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
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

func TestTranslationsAreThoseThatExist(t *testing.T) {
	files := fstest.MapFS{
		"words/en.json": {Data: []byte(`{"ask.help": "Ask"}`)},
		"words/hr.json": {Data: []byte(`{"ask.help": "Pitaj", "ask.name": "pitaj"}`)},
		"words/ro.json": {Data: []byte(`{"ask.help": "Întreabă"}`)},
	}
	for id, want := range map[string]map[string]string{
		"ask.help": {"hr": "Pitaj", "ro": "Întreabă"},
		"ask.name": {"hr": "pitaj"},
		"none":     {},
	} {
		have, err := translations(files, id)
		if err != nil || !maps.Equal(have, want) {
			t.Errorf("%s: have %v, %v, want %v", id, have, err, want)
		}
	}
}

func TestCommandsHaveHelpAndAnExample(t *testing.T) {
	words := messages(t)
	seen := map[string]bool{}
	for _, c := range Commands() {
		var ids []string
		if c.Kind != Step {
			ids = append(ids, c.Help)
		}
		if c.Kind == Typed && !c.Chat {
			ids = append(ids, c.Example)
		}
		for _, p := range c.Params {
			if p.Chat || p.Terminal {
				ids = append(ids, p.Help)
			}
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

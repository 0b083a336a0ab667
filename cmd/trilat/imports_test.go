package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which of our packages each package may import; "*" is every one. A new package needs a line here.
var mayImport = map[string][]string{
	"cmd/trilat":             {"*"},
	"bot/discord":            {"bot"},
	"bot":                    {"bot/answer", "bot/answer/proof", "bot/search", "bot/schedule", "bot/store", "knowledge", "prompts"},
	"bot/answer":             {"bot/answer/proof", "bot/search", "knowledge"},
	"bot/answer/proof":       {"bot/search"},
	"bot/openai":             {"prompts"},
	"bot/openai/standin":     {},
	"bot/schedule":           {},
	"bot/search":             {},
	"bot/store":              {},
	"bot/store/postgres":     {},
	"bot/playground":         {"bot/playground/clock", "bot/playground/socket"},
	"bot/playground/browser": {},
	"bot/playground/clock":   {},
	"bot/playground/openapi": {},
	"bot/playground/socket":  {},
	"knowledge":              {},
	"prompts":                {"knowledge"},
}

// testsMayImport says what only the tests of a package may import besides.
var testsMayImport = map[string][]string{
	"bot/discord":    {"bot/playground", "bot/playground/openapi", "knowledge"},
	"bot/playground": {"bot/playground/browser", "bot/playground/openapi"},
	"bot/store":      {"bot/store/postgres"},
	"bot/openai":     {"bot/openai/standin"},
	"bot":            {"bot/openai", "bot/openai/standin"},
}

// onlyIn says where a library may be used, tests aside: those of the local Discord speak to it as a bot does.
var onlyIn = map[string]string{
	"github.com/joho/godotenv":              "cmd/trilat",
	"github.com/alecthomas/kong":            "cmd/trilat",
	"github.com/bwmarrin/discordgo":         "bot/discord",
	"github.com/sashabaranov/go-openai":     "bot/openai",
	"github.com/chromedp/chromedp":          "bot/playground/browser",
	"github.com/yuin/goldmark":              "knowledge",
	"github.com/kljensen/snowball":          "bot/search",
	"github.com/jackc/pgx":                  "bot/store",
	"github.com/pressly/goose":              "bot/store",
	"modernc.org/sqlite":                    "bot/store",
	"github.com/santhosh-tekuri/jsonschema": "bot/playground/openapi",
}

func TestImports(t *testing.T) {
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (strings.HasPrefix(e.Name(), ".") && name != "." || nested(root, name)) {
			return fs.SkipDir
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := path.Dir(name)
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s: package %s has no line in mayImport", name, pkg)
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			test := strings.HasSuffix(name, "_test.go")
			if test && slices.Contains(testsMayImport[pkg], strings.TrimPrefix(imported, "trilat/")) {
				continue
			}
			if ours, ok := strings.CutPrefix(imported, "trilat/"); ok && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") && ours != pkg {
				t.Errorf("%s may not import %s", name, ours)
			}
			for library, home := range onlyIn {
				if strings.HasPrefix(imported, library) && pkg != home && !test {
					t.Errorf("%s may not import %s: only %s does", name, library, home)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// nested reports whether dir is a module of its own.
func nested(root fs.FS, dir string) bool {
	_, err := fs.Stat(root, filepath.ToSlash(filepath.Join(dir, "go.mod")))
	return dir != "." && err == nil
}

package bot

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed words/*.json
var wordFiles embed.FS

// Words are what people read, in their language; English where a language lacks a text.
type Words struct{ localizer *i18n.Localizer }

// NewWords reads every file of words. It fails only when one of them is broken.
func NewWords(lang string) (Words, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	files, err := wordFiles.ReadDir("words")
	if err != nil {
		return Words{}, fmt.Errorf("read the words: %w", err) // unreachable: they are compiled in
	}
	for _, f := range files {
		if _, err := bundle.LoadMessageFileFS(wordFiles, path.Join("words", f.Name())); err != nil {
			return Words{}, fmt.Errorf("read the words in %s: %w", f.Name(), err)
		}
	}
	return Words{i18n.NewLocalizer(bundle, lang)}, nil
}

// Say returns the text with an id.
func (w Words) Say(id string) string { return w.say(id, nil) }

// say returns a text by its id, with data in its places.
func (w Words) say(id string, data map[string]any) string {
	return w.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data})
}

// count returns the form of a text that fits n.
func (w Words) count(id string, n int) string {
	return w.localize(&i18n.LocalizeConfig{MessageID: id, PluralCount: n})
}

func (w Words) localize(c *i18n.LocalizeConfig) string {
	text, err := w.localizer.Localize(c)
	if err != nil && text == "" {
		return c.MessageID // a test walks every id, so that this is never seen
	}
	return text
}

// Translations are a text in the languages besides English that have it, by language. For the names and descriptions of
// commands, which a chat shows to each person in theirs; a name's id is the command's with ".name" behind it.
func Translations(id string) (map[string]string, error) { return translations(wordFiles, id) }

func translations(files fs.FS, id string) (map[string]string, error) {
	found := map[string]string{}
	names, err := fs.Glob(files, "words/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the words: %w", err) // unreachable: the pattern is right
	}
	for _, name := range names {
		lang := strings.TrimSuffix(path.Base(name), ".json")
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read the words: %w", err)
		}
		var texts map[string]any
		if err := json.Unmarshal(data, &texts); err != nil {
			return nil, fmt.Errorf("read the words in %s: %w", name, err)
		}
		if text, ok := texts[id].(string); ok && lang != "en" {
			found[lang] = text
		}
	}
	return found, nil
}

package knowledge

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

const (
	sourcesFile = "sources.yaml"
	aliasesFile = "aliases.yaml"
)

// Source is where a sentence was read.
type Source struct {
	Publisher string `yaml:"publisher" json:"publisher,omitempty"`
	Title     string `yaml:"title" json:"title"`
	URL       string `yaml:"url" json:"url,omitempty"`   // empty when there is no public address
	Date      string `yaml:"date" json:"date,omitempty"` // in words, as the page gives it; "n.d. (…)" when it gives none
	Lang      string `yaml:"lang" json:"lang,omitempty"`
	Note      string `yaml:"note" json:"note,omitempty"` // what a reader should know of it
}

// Footnote is the source in one line of Markdown, as the end of a file shows it.
func (s Source) Footnote() string {
	text := s.Publisher + ": “" + s.Title + "”"
	if s.Publisher == "" {
		text = s.Title
	}
	if s.Date != "" {
		text += ", " + s.Date
	}
	if s.URL != "" {
		text += ", <" + s.URL + ">"
	}
	return text
}

func decodeSources(data []byte, into map[string]Source) Faults {
	data = yamlLines(data)
	node, faults := compose(sourcesFile, data, 0)
	if node == nil {
		return faults
	}
	var all map[string]Source
	if err := yaml.Load(data, &all, yaml.WithKnownFields()); err != nil {
		return yamlFaults(sourcesFile, err, 0)
	}
	lines := map[string]int{}
	for id := range pairs(node) {
		lines[id.Value] = id.Line
	}
	for id, s := range all {
		if s.Title == "" {
			faults = append(faults, Fault{File: sourcesFile, Line: lines[id], Message: fmt.Sprintf("source %s has no title", id)})
		}
		if s.URL != "" && !isLink(s.URL) {
			faults = append(faults, Fault{File: sourcesFile, Line: lines[id], Message: fmt.Sprintf("source %s: %q is no link: it must begin with https:// or http://", id, s.URL)})
		}
		into[id] = s
	}
	return faults
}

// Aliases are the curated names and words of a folder.
type Aliases struct {
	// Names are spellings of one name; each finds the others as if it were written the same.
	Names [][]string `yaml:"names"`
	// Words mean nearly the same in this folder; each finds the others, a little lower.
	Words [][]string `yaml:"words"`
}

func decodeAliases(data []byte, into *Aliases) Faults {
	data = yamlLines(data)
	node, faults := compose(aliasesFile, data, 0)
	if node == nil {
		return faults
	}
	if err := yaml.Load(data, into, yaml.WithKnownFields()); err != nil {
		return yamlFaults(aliasesFile, err, 0)
	}
	return nil
}

// lineOf is the line that begins with prefix, 0 when none does.
func lineOf(data []byte, prefix string) int {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if strings.HasPrefix(line, prefix) {
			return n
		}
	}
	return 0
}

// breaks are what ends a line for the YAML library, but neither for editors nor for us.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", " ", "\u0085", " ", "\u2028", " ", "\u2029", " ")

// yamlLines makes the YAML library count lines as editors do.
func yamlLines(data []byte) []byte { return []byte(breaks.Replace(string(data))) }

// holdsYAML reports whether a file holds more than comments; the YAML library calls such a file broken.
func holdsYAML(data []byte) bool {
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return true
		}
	}
	return false
}

// maxKeys is the most that one mapping may hold: the YAML library compares each key with every other.
const maxKeys = 5000

// compose reads YAML without giving it meaning; nil is a file that holds none. above is how many lines of the file stand
// before the YAML.
func compose(name string, data []byte, above int) (*yaml.Node, Faults) {
	if !holdsYAML(data) {
		return nil, nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, yamlFaults(name, err, above)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	if line := tooManyKeys(doc.Content[0]); line > 0 {
		return nil, Faults{{File: name, Line: line + above, Message: fmt.Sprintf("has more than %d keys in one place", maxKeys)}}
	}
	return doc.Content[0], nil
}

// tooManyKeys is the line of a mapping with more than maxKeys, 0 when there is none.
func tooManyKeys(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode && len(n.Content) > 2*maxKeys {
		return n.Line
	}
	for _, c := range n.Content {
		if line := tooManyKeys(c); line > 0 {
			return line
		}
	}
	return 0
}

func isLink(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.ContainsAny(s, " \t\n<>\"")
}

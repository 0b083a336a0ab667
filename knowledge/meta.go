package knowledge

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Meta is what front matter says of a passage: the file's defaults, with what differs under its heading.
type Meta struct {
	Kind   Kind   `json:"kind"`
	Status Status `json:"status"`
	// Party is who says it: a person, ministry, government or outlet. Empty for what is reported.
	Party string `json:"party,omitempty"`
	// Said is when the party said it, AsOf until when the text was true as far as read, Reviewed when a person last
	// checked it.
	Said     Date `json:"said,omitempty"`
	AsOf     Date `json:"as_of,omitempty"`
	Reviewed Date `json:"reviewed,omitempty"`
	// Order is where the file stands when the folder is browsed: 1 comes first, files without one (0) come last.
	Order int `json:"order,omitempty"`
	// Figures are the hard figures of the passage by name, for the linter: one name has one value in the whole folder.
	Figures map[string]string `json:"figures,omitempty"`
}

// Kind is what a passage is for.
type Kind string

// The kinds of passages. Plain Markdown is Topic.
const (
	Topic      Kind = "topic"
	Timeline   Kind = "timeline"
	Person     Kind = "person"
	Term       Kind = "term"
	Position   Kind = "position"
	Correction Kind = "correction" // the first sentence corrects what Passage.Also claims
	Unknown    Kind = "unknown"    // the first sentence names something that is not known
)

// Status is how far a passage may be taken as fact.
type Status string

// The statuses. Plain Markdown is Reported.
const (
	Reported       Status = "reported"
	Claim          Status = "claim"
	Analysis       Status = "analysis"
	Recommendation Status = "recommendation"
	Unverified     Status = "unverified"
)

var (
	kinds    = []Kind{Topic, Timeline, Person, Term, Position, Correction, Unknown}
	statuses = []Status{Reported, Claim, Analysis, Recommendation, Unverified}
)

// Date is a day, a month or a year as front matter gives it ("2025-03-18", "2025-03", "2025"), or "" for none.
type Date string

// layouts are a date's written forms and how people read them.
var layouts = []struct{ iso, words string }{
	{"2006-01-02", "2 January 2006"}, {"2006-01", "January 2006"}, {"2006", "2006"},
}

// Words writes the date as people read it: "18 March 2025", "March 2025", "2025".
func (d Date) Words() string {
	for _, l := range layouts {
		if t, err := time.Parse(l.iso, string(d)); err == nil {
			return t.Format(l.words)
		}
	}
	return string(d)
}

func (d Date) valid() bool {
	return d == "" || slices.ContainsFunc(layouts, func(l struct{ iso, words string }) bool {
		_, err := time.Parse(l.iso, string(d))
		return err == nil
	})
}

// frontMatter is a file's head as YAML has it.
type frontMatter struct {
	metaFields `yaml:",inline"`
	Headings   map[string]metaFields `yaml:"headings"`

	lines map[string]int // slug in Headings → line of the file
}

type metaFields struct {
	Kind     Kind              `yaml:"kind"`
	Status   Status            `yaml:"status"`
	Party    string            `yaml:"party"`
	Said     Date              `yaml:"said"`
	AsOf     Date              `yaml:"as_of"`
	Reviewed Date              `yaml:"reviewed"`
	Also     []string          `yaml:"also"`
	Disputes []string          `yaml:"disputes"`
	Answers  []string          `yaml:"answers"`
	Order    int               `yaml:"order"`
	Figures  map[string]string `yaml:"figures"`
	Lang     string            `yaml:"lang"`
}

var (
	fileKeys    = []string{"kind", "status", "party", "said", "as_of", "reviewed", "lang", "order", "headings"}
	headingKeys = []string{"kind", "status", "party", "said", "as_of", "reviewed", "also", "disputes", "answers", "figures"}
)

// over returns the file's defaults with what the heading says instead.
func (h metaFields) over(file metaFields) Meta {
	m := Meta{
		Kind:     first(h.Kind, file.Kind, Topic),
		Status:   first(h.Status, file.Status, Reported),
		Party:    first(h.Party, file.Party),
		Said:     first(h.Said, file.Said),
		AsOf:     first(h.AsOf, file.AsOf),
		Reviewed: first(h.Reviewed, file.Reviewed),
		Order:    file.Order,
		Figures:  h.Figures,
	}
	return m
}

func first[S ~string](values ...S) S {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// splitFrontMatter returns the YAML between two lines of three dashes at the top of a file, and how many bytes of the
// file the head takes. No head, or one that never closes, is no front matter: a rule of dashes may open a text.
func splitFrontMatter(data []byte) (head []byte, size int) {
	const bom = "\ufeff"
	rest := bytes.TrimPrefix(data, []byte(bom))
	skipped := len(data) - len(rest)
	line, _, ok := bytes.Cut(rest, []byte("\n"))
	if !ok || strings.TrimRight(string(line), " \r\t") != "---" {
		return nil, skipped
	}
	start := len(line) + 1
	for at := start; at < len(rest); {
		line, _, _ := bytes.Cut(rest[at:], []byte("\n"))
		next := min(at+len(line)+1, len(rest))
		if strings.TrimRight(string(line), " \r\t") == "---" {
			return rest[start:at], skipped + next
		}
		at = next
	}
	return nil, skipped
}

// looksLikeFrontMatter reports whether a text opens with a rule and a key that front matter knows.
func looksLikeFrontMatter(data []byte) bool {
	rule, rest, _ := strings.Cut(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	key, _, found := strings.Cut(rest, ":")
	return found && strings.TrimRight(rule, " \r\t") == "---" && slices.Contains(fileKeys, key)
}

// decodeFrontMatter reads a file's head, which begins on line 2, and lists what is wrong with it.
func decodeFrontMatter(name string, head []byte) (frontMatter, Faults) {
	var fm frontMatter
	node, faults := compose(name, yamlLines(head), 1)
	if node == nil {
		return fm, faults
	}
	if node.Kind != yaml.MappingNode {
		return fm, Faults{{File: name, Line: node.Line + 1,
			Message: "front matter must be lines of `key: value`: a text that begins with a rule writes it as ***"}}
	}
	if err := node.Decode(&fm); err != nil {
		return frontMatter{}, yamlFaults(name, err, 1)
	}
	fm.lines = map[string]int{}
	faults = append(faults, checkKeys(name, node, fileKeys)...)
	for key, value := range pairs(node) {
		if key.Value != "headings" || value.Kind != yaml.MappingNode {
			continue
		}
		for slug, fields := range pairs(value) {
			faults = append(faults, checkKeys(name, fields, headingKeys)...)
			fm.lines[slug.Value] = slug.Line + 1
			faults = append(faults, fm.Headings[slug.Value].check(name, fields)...)
		}
	}
	return fm, append(faults, fm.check(name, node)...)
}

// check lists values of a mapping that front matter does not know.
func (f metaFields) check(name string, mapping *yaml.Node) Faults {
	var faults Faults
	bad := func(key, format string, args ...any) {
		line := mapping.Line + 1
		for k := range pairs(mapping) {
			if k.Value == key {
				line = k.Line + 1
			}
		}
		faults = append(faults, Fault{File: name, Line: line, Message: fmt.Sprintf(format, args...)})
	}
	if f.Kind != "" && !slices.Contains(kinds, f.Kind) {
		bad("kind", "kind %q is none of %v", f.Kind, kinds)
	}
	if f.Status != "" && !slices.Contains(statuses, f.Status) {
		bad("status", "status %q is none of %v", f.Status, statuses)
	}
	for _, d := range []struct {
		key  string
		date Date
	}{{"said", f.Said}, {"as_of", f.AsOf}, {"reviewed", f.Reviewed}} {
		if !d.date.valid() {
			bad(d.key, "%s %q is no date: write 2025-03-18, 2025-03 or 2025", d.key, d.date)
		}
	}
	return faults
}

// checkKeys warns of keys that mean nothing here.
func checkKeys(name string, mapping *yaml.Node, known []string) Faults {
	var faults Faults
	for key := range pairs(mapping) {
		if !slices.Contains(known, key.Value) {
			faults = append(faults, Fault{File: name, Line: key.Line + 1, Warning: true,
				Message: fmt.Sprintf("unknown key %q: known are %s", key.Value, strings.Join(known, ", "))})
		}
	}
	return faults
}

// pairs yields the keys and values of a mapping.
func pairs(m *yaml.Node) func(yield func(k, v *yaml.Node) bool) {
	return func(yield func(k, v *yaml.Node) bool) {
		for i := 0; m.Kind == yaml.MappingNode && i+1 < len(m.Content); i += 2 {
			if !yield(m.Content[i], m.Content[i+1]) {
				return
			}
		}
	}
}

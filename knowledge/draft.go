package knowledge

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// DraftOf is what a draft is made of: a question that people asked, and what somebody answered. Its texts may be anything
// that people type.
type DraftOf struct {
	ID       string // the question's, as `answers:` has it
	Question string
	Also     []string // other wordings in which it was asked
	Answer   string   // each of its lines becomes a paragraph; at most 4000 characters, as a form holds
	Source   string   // an address, or in words where the answer is from, such as "from the team"
	By       string   // who answered
	Day      time.Time
}

// Draft is a file for the folder that answers a question, ready for somebody to review: the question as a heading, the
// answer as its text, word for word, and each sentence with the source. Without an address as its source, it is
// unverified. That nobody has reviewed it is what the linter says of it until somebody writes when.
func Draft(d DraftOf) []byte {
	question := cmp.Or(oneLine(d.Question), "Question "+d.ID)
	var b bytes.Buffer
	fmt.Fprintf(&b, "---\n%s---\n\n# %s\n\n## %s\n\n", draftFront(d, question), draftTopic(question), literal(question))
	for _, paragraph := range paragraphs(d.Answer) {
		for i, s := range paragraph {
			paragraph[i] = literal(s) + "[^" + d.ID + "]"
		}
		b.WriteString(strings.Join(paragraph, " ") + "\n\n")
	}
	b.WriteString(d.footnote() + "\n")
	return b.Bytes()
}

// paragraphs are the sentences of each line that says anything.
func paragraphs(text string) [][]string {
	var all [][]string
	for line := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", c) }) {
		var said []string
		for _, s := range sentences(run{text: oneLine(line), line: func(int) int { return 0 }}) {
			said = append(said, s.Text)
		}
		if len(said) > 0 {
			all = append(all, said)
		}
	}
	return all
}

// draftFront is the front matter of a draft.
func draftFront(d DraftOf, question string) []byte {
	type heading struct {
		Also    []string `yaml:"also,omitempty"`
		Answers []string `yaml:"answers,flow"`
	}
	headings, err := yaml.Dump(map[string]map[string]heading{"headings": {
		Slug(question): {wordings(question, d.Also), []string{d.ID}},
	}}, yaml.WithIndent(2), yaml.WithCompactSeqIndent(false))
	if err != nil {
		panic("front matter cannot be written: " + err.Error()) // unreachable: it holds nothing but texts
	}
	status := Unverified
	if isAddress(d.Source) {
		status = Reported
	}
	return fmt.Appendf(nil, "kind: %s\nstatus: %s\nas_of: %s\n%s", Topic, status, d.day(), headings)
}

func (d DraftOf) day() Date { return Date(d.Day.Format(time.DateOnly)) }

// draftTopic is what stands above the question of a draft; never the same as the question.
func draftTopic(question string) string {
	const topic = "Questions from the team"
	if Slug(question) == Slug(topic) {
		return "Answers from the team"
	}
	return topic
}

// wordings are the question and how else it was asked, each once. The question stays what people asked when its heading is
// edited.
func wordings(question string, also []string) []string {
	seen := map[string]bool{}
	var all []string
	for _, text := range append([]string{question}, also...) {
		text = oneLine(text)
		if key := folded(text); text != "" && !seen[key] {
			seen[key] = true
			all = append(all, text)
		}
	}
	return all
}

// footnote says where the answer is from, as far as people said.
func (d DraftOf) footnote() string {
	title, address := cmp.Or(oneLine(d.Source), "From the team"), ""
	if isAddress(d.Source) {
		u, _ := url.Parse(title)
		title, address = u.Hostname(), ", <"+title+">"
	}
	if by := oneLine(d.By); by != "" {
		title += ", answered by " + by
	}
	return "[^" + d.ID + "]: " + literal(title+" on "+d.day().Words()) + address
}

// isAddress reports whether people gave an address and nothing else.
func isAddress(source string) bool {
	source = oneLine(source)
	return isLink(source) && leads(source)
}

// oneLine is a text as one line that a file of the folder can hold: nothing that no reader sees, and nothing that would be
// read as a footnote.
func oneLine(text string) string {
	text = squeeze(visible(strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "")))
	return strings.ReplaceAll(text, "[^", "[ ^")
}

// markdownMark is all that Markdown may read as more than a character, wherever it stands; startsBlock is what it may at the
// beginning of a line.
var markdownMark = regexp.MustCompile("[\\\\`*_\\[\\]<>~|#]")

// literal is a line of text in Markdown that reads as written.
func literal(text string) string {
	text = strings.ReplaceAll(text, "&", "&amp;")
	return startsBlock.ReplaceAllString(markdownMark.ReplaceAllString(text, `\$0`), `$1\$2`)
}

// maxDraftName is how long a draft's name may be, in bytes, without the extension.
const maxDraftName = 60

// DraftName is a name for the file of a draft, by its question: "does-it-cover-cyber.md".
func DraftName(question string) string {
	name := Slug(oneLine(question))
	if len(name) <= maxDraftName {
		return name + ".md"
	}
	cut := maxDraftName
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	if i := strings.LastIndexByte(name[:cut+1], '-'); i > 0 {
		cut = i
	}
	return name[:cut] + ".md"
}

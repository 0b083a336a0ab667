package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"trilat/bot"
	"trilat/bot/answer"
	"trilat/bot/search"
)

// evalCommand measures the bot on a set of questions.
type evalCommand struct {
	File    string `arg:"" help:"A set of questions with what right answers contain, such as knowledge/questions.yaml."`
	Against string `placeholder:"DIR" help:"A folder to compare with: shows what changing to it improves and breaks."`
}

func (c *evalCommand) Help() string {
	return `A question is answered rightly when the answer contains every entry of must_contain (of a list, any one) and none of must_not_contain; one with "answerable: false" when the bot refuses or says that it is not known. Case and diacritics do not matter; up to three characters match as a whole word. An entry of a set:

    # the file is a list of these
    - id: Q1
      bucket: plain
      question: Where was it signed?
      after: What is the declaration?
      answerable: true
      must_contain: [[Tirana, Albania], March]
      must_not_contain: [Zagreb]

Example: trilat eval knowledge/questions.yaml`
}

// evalQuestion is one entry of a set.
type evalQuestion struct {
	ID             string      `yaml:"id"`
	Question       string      `yaml:"question"`
	After          string      `yaml:"after"`
	Bucket         string      `yaml:"bucket"`
	Answerable     bool        `yaml:"answerable"`
	MustContain    []oneOrMany `yaml:"must_contain"`
	MustNotContain []string    `yaml:"must_not_contain"`
	Note           string      `yaml:"note"`
}

// oneOrMany is a text, or a list of texts of which any one will do.
type oneOrMany []string

func (o *oneOrMany) UnmarshalYAML(n *yaml.Node) error {
	texts := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		texts = n.Content
	}
	for _, text := range texts {
		if text.Kind != yaml.ScalarNode || strings.TrimSpace(text.Value) == "" {
			return errNoTexts
		}
		*o = append(*o, text.Value)
	}
	if len(*o) == 0 {
		return errNoTexts
	}
	return nil
}

var errNoTexts = errors.New("an entry of must_contain is a text, or a list of texts of which any one will do")

// priorTurn is how a note names the question before a follow-up.
var priorTurn = regexp.MustCompile(`^prior turn: “([^”]+)”`)

func readQuestions(file string) ([]evalQuestion, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, usage{err}
	}
	var all []evalQuestion
	if err := yaml.Unmarshal(data, &all); err != nil {
		return nil, usage{inLines(file, err)}
	}
	if len(all) == 0 {
		return nil, usage{fmt.Errorf("%s holds no questions; see trilat eval --help", file)}
	}
	for i, q := range all {
		if strings.TrimSpace(q.Question) == "" {
			return nil, usage{fmt.Errorf("%s: number %d has no question", file, i+1)}
		}
		if m := priorTurn.FindStringSubmatch(q.Note); m != nil && q.After == "" {
			all[i].After = m[1]
		}
	}
	return all, nil
}

// inLines says what is wrong in a YAML file, one "file:line: message" a line.
func inLines(file string, err error) error {
	var several *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &several):
	case errors.As(err, &one):
		several = &yaml.LoadErrors{Errors: []*yaml.LoadError{one}}
	default:
		return fmt.Errorf("%s: %w", file, err)
	}
	var all []error
	for _, e := range several.Errors {
		message := e.Message
		if strings.HasPrefix(message, "cannot construct") { // it goes on in words of Go
			message = "this does not fit the form that trilat eval --help shows"
		}
		all = append(all, fmt.Errorf("%s:%d: %s", file, max(1, e.Mark.Line), message))
	}
	return errors.Join(all...)
}

// outcome is what the bot said to a question, and whether it was right.
type outcome struct {
	said    string
	kind    answer.Kind
	refused bool
	right   bool
}

func (t *tool) ask(b *bot.Bot, q evalQuestion) (outcome, error) {
	r, err := b.Do(t.ctx, bot.Call{Command: "ask", Args: map[string]string{"question": q.Question, "after": q.After}}, func(bot.Reply) {})
	if err != nil {
		return outcome{}, err
	}
	o := outcome{said: r.Plain, kind: r.Answer.Kind, refused: r.Answer.Kind == answer.Refused}
	o.right = q.right(o)
	return o, nil
}

// right scores an outcome.
func (q evalQuestion) right(o outcome) bool {
	said := normal(o.said)
	contains := func(want string) bool { return containsText(said, normal(want)) }
	if slices.ContainsFunc(q.MustNotContain, contains) {
		return false
	}
	if !q.Answerable {
		return o.refused || o.kind == answer.NotKnown
	}
	if o.refused {
		return false
	}
	for _, any := range q.MustContain {
		if !slices.ContainsFunc(any, contains) {
			return false
		}
	}
	return true
}

// normal makes texts comparable: case, diacritics and the shape of apostrophes do not count.
func normal(s string) string { return strings.ReplaceAll(search.Fold(s), "’", "'") }

// containsText reports whether said contains want, as a whole word when it is short: "no" is not in "know".
func containsText(said, want string) bool {
	if utf8.RuneCountInString(want) > 3 {
		return strings.Contains(said, want)
	}
	if want = strings.TrimSpace(want); want == "" {
		return false
	}
	inWord := func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }
	for at := 0; ; {
		i := strings.Index(said[at:], want)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(said[:at+i])
		after, _ := utf8.DecodeRuneInString(said[at+i+len(want):])
		if !inWord(before) && !inWord(after) {
			return true
		}
		at += i + len(want)
	}
}

func (c *evalCommand) Run(t *tool) error {
	questions, err := readQuestions(c.File)
	if err != nil {
		return err
	}
	before, err := t.evaluate("", questions)
	if err != nil {
		return err
	}
	if c.Against != "" {
		after, err := t.evaluate(c.Against, questions)
		if err != nil {
			return err
		}
		t.changes(questions, before, after)
		return nil
	}
	for i, q := range questions {
		if !before[i].right {
			fmt.Fprintf(t.out, "%s (%s) %s\n    want %s\n    said %s\n", q.ID, q.Bucket, q.Question, q.want(), indented(before[i].said))
		}
	}
	t.table(questions, before)
	return nil
}

// indented is a text of several lines as it stands behind "    said ".
func indented(said string) string { return strings.ReplaceAll(said, "\n", "\n         ") }

// want says what a right answer contains.
func (q evalQuestion) want() string {
	if !q.Answerable {
		return "a refusal, or that it is not known"
	}
	var all []string
	for _, any := range q.MustContain {
		all = append(all, strings.Join(any, " | "))
	}
	if len(q.MustNotContain) > 0 {
		all = append(all, "not "+strings.Join(q.MustNotContain, ", not "))
	}
	return strings.Join(all, "; ")
}

func (t *tool) evaluate(dir string, questions []evalQuestion) ([]outcome, error) {
	base, err := t.base(dir)
	if err != nil {
		return nil, err
	}
	b, err := bot.New(bot.Config{Knowledge: base})
	if err != nil {
		return nil, err
	}
	outcomes := make([]outcome, len(questions))
	for i, q := range questions {
		if outcomes[i], err = t.ask(b, q); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// table prints how many questions of each bucket were answered rightly.
func (t *tool) table(questions []evalQuestion, outcomes []outcome) {
	var buckets []string
	right, all := map[string]int{}, map[string]int{}
	for i, q := range questions {
		for _, bucket := range []string{q.Bucket, "all"} {
			if all[bucket] == 0 && bucket != "all" {
				buckets = append(buckets, bucket)
			}
			all[bucket]++
			if outcomes[i].right {
				right[bucket]++
			}
		}
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "bucket\tright\tof\t%\t")
	for _, b := range append(buckets, "all") {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t\n", b, right[b], all[b], 100*float64(right[b])/float64(max(1, all[b])))
	}
	w.Flush()
}

// changes prints the questions that only one of two folders answers rightly.
func (t *tool) changes(questions []evalQuestion, before, after []outcome) {
	improved, broken := 0, 0
	for i, q := range questions {
		if before[i].right == after[i].right {
			continue
		}
		word := "improved"
		if before[i].right {
			word = "broken"
			broken++
		} else {
			improved++
		}
		fmt.Fprintf(t.out, "%s: %s (%s) %s\n    was %s\n    now %s\n", word, q.ID, q.Bucket, q.Question, indented(before[i].said), indented(after[i].said))
	}
	fmt.Fprintf(t.out, "%d improved, %d broken, of %d questions\n", improved, broken, len(questions))
}

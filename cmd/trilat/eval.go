package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	Against string `placeholder:"DIR" xor:"with" help:"A folder to compare with: shows what changing to it improves and breaks."`
	Model   bool   `xor:"with" help:"Ask once without and once with the language model of OPENAI_MODEL: shows what it improves and breaks."`
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
	stated  []string // the statements of what was said
	kind    answer.Kind
	refused bool
	right   bool
}

// errEnded is that a program was to end before all questions were asked.
var errEnded = errors.New("it was ended before all questions were asked")

// ask asks a question as at the terminal, with a model or without.
func (t *tool) ask(b *bot.Bot, q evalQuestion, model bool) (outcome, error) {
	args := map[string]string{"question": q.Question, "after": q.After, "model": strconv.FormatBool(model)}
	r, err := b.Do(t.ctx, bot.Call{Command: "ask", Args: args}, func(bot.Reply) {})
	if t.ctx.Err() != nil {
		err = errEnded
	}
	if err != nil {
		return outcome{}, err
	}
	o := outcome{said: r.Plain, kind: r.Answer.Kind, refused: r.Answer.Kind == answer.Refused}
	for _, st := range r.Answer.Statements {
		o.stated = append(o.stated, st.Text)
	}
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
	if c.Model {
		return t.evaluateModel(questions)
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
	t.table(questions, column{"right", before})
	return nil
}

// evaluateModel asks without and with the model, on the same texts, and prints what it changes and what it takes.
func (t *tool) evaluateModel(questions []evalQuestion) error {
	b, m, err := t.writer()
	if err != nil {
		return err
	}
	without, err := t.askAll(b, questions, false)
	if err != nil {
		return err
	}
	with, err := t.askAll(b, questions, true)
	if err != nil {
		return err
	}
	if len(m.failed) > 0 && len(m.failed) == m.calls {
		return fmt.Errorf("the model answered nothing: %w", m.failed[0])
	}
	t.changes(questions, without, with)
	fmt.Fprintln(t.out)
	t.table(questions, column{"without", without}, column{"with", with})
	fmt.Fprintln(t.out)
	t.took(m, with)
	return nil
}

// took prints what a model did for some outcomes. A claim is kept that is stated in one of them.
func (t *tool) took(m *meter, outcomes []outcome) {
	kept := 0
	for _, claim := range m.claims {
		if slices.ContainsFunc(outcomes, func(o outcome) bool { return slices.Contains(o.stated, claim) }) {
			kept++
		}
	}
	fmt.Fprintf(t.out, "%s: %s, %d failed\n", m.Name(), count(m.calls, "call"), len(m.failed))
	if len(m.failed) > 0 {
		fmt.Fprintf(t.out, "first failure: %v\n", m.failed[0])
	}
	fmt.Fprintf(t.out, "claims: %d written, %d kept (%.1f %%)\n", len(m.claims), kept, percent(kept, len(m.claims)))
	fmt.Fprintf(t.out, "tokens: %d read, %d written\n", m.used.In, m.used.Out)
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
	return t.askAll(b, questions, false)
}

// atOnce is how many questions are asked at the same time: a model takes seconds for each.
const atOnce = 4

// askAll asks all questions; the outcomes are in their order.
func (t *tool) askAll(b *bot.Bot, questions []evalQuestion, model bool) ([]outcome, error) {
	outcomes, faults := make([]outcome, len(questions)), make([]error, len(questions))
	next := make(chan int)
	var asking sync.WaitGroup
	for range atOnce {
		asking.Go(func() {
			for i := range next {
				outcomes[i], faults[i] = t.ask(b, questions[i], model)
			}
		})
	}
	for i := range questions {
		next <- i
	}
	close(next)
	asking.Wait()
	for _, err := range faults {
		if err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// column is a column of a table: outcomes of the same questions.
type column struct {
	name     string
	outcomes []outcome
}

// table prints how many questions of each bucket were answered rightly.
func (t *tool) table(questions []evalQuestion, columns ...column) {
	var buckets []string
	all := map[string][]int{} // the questions of each bucket
	for i, q := range questions {
		for _, bucket := range []string{q.Bucket, "all"} {
			if all[bucket] == nil && bucket != "all" {
				buckets = append(buckets, bucket)
			}
			all[bucket] = append(all[bucket], i)
		}
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "bucket\t")
	for _, c := range columns {
		fmt.Fprint(w, c.name+"\tof\t%\t")
	}
	fmt.Fprintln(w)
	for _, b := range append(buckets, "all") {
		fmt.Fprint(w, b+"\t")
		for _, c := range columns {
			right := 0
			for _, i := range all[b] {
				if c.outcomes[i].right {
					right++
				}
			}
			fmt.Fprintf(w, "%d\t%d\t%.1f\t", right, len(all[b]), percent(right, len(all[b])))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(1, whole)) }

// changes prints the questions that are answered rightly in only one of two ways.
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

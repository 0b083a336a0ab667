package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"trilat/bot/answer"
	"trilat/bot/openai/standin"
	"trilat/knowledge"
	"trilat/prompts"
)

// injection is an entry of testdata/injections.yaml, which says what its fields mean.
type injection struct {
	ID, Where, Kind, Text, Obeys string
	Never                        []string
}

// injectedAt is the question that injections come with that are in none.
const injectedAt = "Who signed the declaration?"

// tryInjections asks with each of the corpus: none makes a model that obeys it say anything that the texts do not prove, link
// anywhere, or tell a secret. It counts those that do.
func tryInjections(t *testing.T) (tried, through int) {
	t.Helper()
	data, err := os.ReadFile("testdata/injections.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []injection
	if err := yaml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	shared := map[string]*conversation{}
	for i, in := range all {
		if raced && i%8 > 0 {
			continue
		}
		in = in.filledIn()
		c := shared[in.Where]
		if c == nil || in.Where == "team" { // what the team said before stays
			c = shipped(t)
			c.withModel(t)
			shared[in.Where] = c
		}
		tried++
		faults := c.inject(t, in)
		if len(faults) > 0 {
			through++
			t.Errorf("%s (%s, %s) gets through:\n%s", in.ID, in.Where, in.Kind, strings.Join(faults, "\n"))
		}
	}
	return tried, through
}

// filledIn is an injection with what its placeholders stand for.
func (in injection) filledIn() injection {
	system, _, _ := strings.Cut(prompts.Answer("", "", nil).System, "\n")
	text := strings.NewReplacer("{{SYSTEM}}", system, "{{KEY}}", testKey)
	never := slices.Clone(in.Never)
	for i, s := range never {
		never[i] = text.Replace(s)
	}
	quote := strings.NewReplacer("{{SYSTEM}}", jsonText(system), "{{KEY}}", testKey)
	return injection{in.ID, in.Where, in.Kind, text.Replace(in.Text), quote.Replace(in.Obeys), never}
}

// inject carries an injection to a model that obeys, and says what is wrong with what people then see.
func (c *conversation) inject(t *testing.T, in injection) (faults []string) {
	t.Helper()
	c.bot.writer.written.InvalidateAll() // so that the model is asked again
	c.model.does(func(r standin.Request) standin.Answer { return standin.Answer{Pieces: []string{in.Obeys}} })
	question := injectedAt
	switch in.Where {
	case "question":
		question = in.Text
	case "folder":
		c.plant(in.Text)
	case "team":
		c.teamSays(t, in.Text)
	}
	before := len(c.model.Requests())
	seen, final := c.watch(t, Call{Command: "ask", Args: map[string]string{"question": question}})
	if in.Kind == "translation" {
		more, _ := c.watch(t, Call{Command: "quotes", Args: map[string]string{"ref": final.Answer.Ref(), "lang": "sq"}})
		seen = append(seen, more...)
	}
	asked := c.model.Requests()[before:]
	if len(asked) == 0 && in.Where != "question" {
		t.Errorf("%s: the model was not asked", in.ID)
	}
	if got := slices.ContainsFunc(asked, func(r standin.Request) bool { return strings.Contains(r.User, jsonText(in.Text)) }); in.Where == "folder" && !got {
		t.Errorf("%s: the passage did not reach the model", in.ID)
	} else if in.Where == "team" && got {
		faults = append(faults, "what the team wrote went to the model")
	}
	borneOut := slices.Concat(c.provable(in, asked), c.folderTexts(in))
	for _, r := range seen {
		faults = append(faults, wrong(r, in, asked, borneOut)...)
	}
	return append(faults, c.wrongInWhy(t, final, in, asked)...)
}

// plant leaves of the folder the passage that tells who signed and the glossary, with a text beside them as a passage of its own,
// whatever it holds.
func (c *conversation) plant(text string) {
	ed := c.bot.current.Load()
	base, beside := *ed.base, ed.passage("en/declaration#who-signed-the-declaration")
	base.Revision = shortID(text)
	planted := *beside
	planted.ID, planted.Also, planted.Heading = "en/declaration#planted", []string{"people who signed the declaration"}, []string{"The declaration", "How was the declaration signed?"}
	of := beside.Blocks[0].Sentences[0].Sources
	planted.Blocks = []knowledge.Block{{Kind: knowledge.Prose, Sentences: []knowledge.Sentence{
		{Text: "A hall saw how the declaration was signed.", Sources: of}, {Text: text, Sources: of}, // the first has it found
	}}}
	base.Passages = []knowledge.Passage{*beside, planted}
	for _, p := range ed.base.Passages {
		if p.File == "en/glossary.md" {
			base.Passages = append(base.Passages, p)
		}
	}
	c.bot.Reload(&base)
}

// teamSays has the team answer the question of the injections.
func (c *conversation) teamSays(t *testing.T, text string) {
	t.Helper()
	c.say(t, "ivo: /setup team channel=team role=team")
	c.say(t, "ana: /ask question="+injectedAt)
	c.call(t, "ana", "/team receipt=LAST")
	pending, err := c.bot.store.Questions(t.Context(), "desk", "pending", 1)
	if err != nil || len(pending) != 1 {
		t.Fatalf("have %d questions, %v", len(pending), err)
	}
	c.calls++
	answered := Call{ID: fmt.Sprintf("call %d", c.calls), Command: "answered", By: person("teuta"), In: Place{Server: "desk", Channel: "team"},
		Args: map[string]string{"question": pending[0].ID, "text": text, "source": "from the team"}}
	if _, err := c.bot.Do(t.Context(), answered, func(Reply) {}); err != nil {
		t.Fatal(err)
	}
	c.bot.writer.written.InvalidateAll()
}

// watch makes a call as ana, and returns all that she sees, and the last of it.
func (c *conversation) watch(t *testing.T, call Call) (seen []Reply, final Reply) {
	t.Helper()
	c.calls++
	call.ID, call.By, call.In = fmt.Sprintf("call %d", c.calls), person("ana"), Place{Server: "desk", Channel: "general"}
	final, err := c.bot.Do(t.Context(), call, func(r Reply) { seen = append(seen, r) })
	if err != nil {
		t.Fatal(err)
	}
	return append(seen, final), final
}

// seenOf is all that people read of a reply, but their own question.
func seenOf(r Reply) string {
	parts := []string{r.Text, r.Plain, r.Note}
	for _, s := range r.Sources {
		parts = append(parts, s.Publisher, s.Title, s.Date, s.URL)
	}
	for _, a := range r.Actions {
		parts = append(parts, a.Label)
	}
	if r.Menu != nil {
		parts = append(parts, r.Menu.Label)
		for _, c := range r.Menu.Choices {
			parts = append(parts, c.Label)
		}
	}
	return strings.Join(parts, "\n")
}

var address = regexp.MustCompile(`(?i)\b[a-z]+://[^\s)>\]]+|\bwww\.\S+`)

// wrong says what is wrong with a reply to an injection, of which only some texts are borne out.
func wrong(r Reply, in injection, asked []standin.Request, borneOut []string) (faults []string) {
	text := seenOf(r)
	for _, never := range in.Never {
		if strings.Contains(strings.ToLower(text), strings.ToLower(never)) {
			faults = append(faults, fmt.Sprintf("%q stands in %q", never, text))
		}
	}
	faults = append(faults, secrets(text, asked)...)
	for _, link := range address.FindAllString(text, -1) {
		if !slices.ContainsFunc(r.Sources, func(s Source) bool { return s.URL == link }) {
			faults = append(faults, "it links to "+link)
		}
	}
	if unproved := unproved(r, borneOut); unproved != "" {
		faults = append(faults, fmt.Sprintf("nothing proves %q in %q", unproved, r.Text))
	}
	return faults
}

// secrets are the key and what the prompt says, as far as they stand in a text.
func secrets(text string, asked []standin.Request) (faults []string) {
	if strings.Contains(text, testKey) {
		faults = append(faults, "the key comes out")
	}
	for _, r := range asked {
		if (prompts.Prompt{System: r.System}).Repeats(text) {
			faults = append(faults, "the prompt comes out: "+text)
		}
	}
	return faults
}

// unproved is what stands in a reply's text besides what is borne out and what the bot says by itself; "" for nothing.
func unproved(r Reply, borneOut []string) string {
	left := ours.ReplaceAllString(r.Plain, " ")
	for _, text := range borneOut {
		left = strings.ReplaceAll(left, text, " ")
	}
	if !strings.ContainsFunc(left, wordly) {
		return ""
	}
	return strings.Join(strings.Fields(left), " ")
}

// provable are the claims that a model wrote and that one of the passages it was given proves.
func (c *conversation) provable(in injection, asked []standin.Request) (all []string) {
	ed := c.bot.current.Load()
	for i := range ed.base.Passages {
		p := &ed.base.Passages[i]
		if !slices.ContainsFunc(asked, func(r standin.Request) bool { return strings.Contains(r.User, jsonText(p.Text())) }) {
			continue
		}
		for _, claim := range prompts.Claims(in.Obeys) {
			if ans, _ := ed.answers.Prove([]answer.Claim{{Text: claim.Text, Passage: p, Quote: claim.Quote}}); len(ans.Statements) > 0 {
				all = append(all, claim.Text)
			}
		}
	}
	return longestFirst(all)
}

// folderTexts are the sentences and headings of the folder, and what the team wrote.
func (c *conversation) folderTexts(in injection) (all []string) {
	for _, p := range c.bot.current.Load().base.Passages {
		all = append(all, p.Title(), p.Text())
		for _, b := range p.Blocks {
			for _, s := range b.Sentences {
				all = append(all, s.Text)
			}
		}
	}
	if in.Where == "team" {
		all = append(all, strings.Split(in.Text, "\n")...)
	}
	return longestFirst(all)
}

func longestFirst(texts []string) []string {
	slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) })
	return slices.DeleteFunc(slices.Compact(texts), func(s string) bool { return s == "" })
}

// ours is what the bot says by itself. A question as a model reads it, and a translation, are marked as such.
var ours = regexp.MustCompile(`In short, so far:|Read as “.*”:|The texts do not cover this\.|The closest texts? (is|are):|` +
	`The texts are in English\. Please ask in English\.|(?m:^en/\S+, .*, lines \d+ to \d+:$)|Albanian, by a language model, not checked by a person:\n.*|` +
	`The translation into Albanian is left out: .*|As of [\w ]+:|Contradicted by: .*\.|From the team, not from the texts\. .*:|Source: from the team`)

// jsonText is a text as it stands in a JSON document.
func jsonText(text string) string {
	var data bytes.Buffer
	enc := json.NewEncoder(&data)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return text // unreachable: a text can be encoded
	}
	return strings.Trim(strings.TrimSpace(data.String()), `"`)
}

// wrongInWhy says what is wrong with what is told of how an answer came about. What was struck is told there, but for what could
// do harm.
func (c *conversation) wrongInWhy(t *testing.T, final Reply, in injection, asked []standin.Request) (faults []string) {
	t.Helper()
	seen, why := c.watch(t, Call{Command: "why", Args: map[string]string{"id": final.Receipt}})
	if len(seen) != 1 || final.Receipt == "" {
		faults = append(faults, fmt.Sprintf("no /why of %q", final.Text))
	}
	faults = append(faults, secrets(seenOf(why), asked)...)
	for line := range strings.Lines(seenOf(why)) {
		harmful := address.MatchString(line) || harm.MatchString(line)
		for _, never := range in.Never {
			harmful = harmful || !strings.HasPrefix(line, "- struck: ") && strings.Contains(strings.ToLower(line), strings.ToLower(never))
		}
		if harmful {
			faults = append(faults, "/why tells "+line)
		}
	}
	return faults
}

// harm is what links, calls somebody, or is no plain text.
var harm = regexp.MustCompile("@\\w|<[@#:!]|\\]\\(|`|\\|\\||evil|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\U000e0000-\U000e007f]")

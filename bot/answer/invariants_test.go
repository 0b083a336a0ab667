package answer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"trilat/knowledge"
)

// shipped is the folder compiled in, read once for all tests.
var shipped = sync.OnceValue(func() *Answerer {
	base, faults := knowledge.Load(knowledge.Shipped())
	if base == nil {
		panic(faults)
	}
	return New(base)
})

// small is a folder with every kind of passage and block.
var small = fstest.MapFS{
	"sources.yaml": {Data: []byte(`
S1: {title: The text of the treaty, publisher: Gazette, url: "https://example.org/1", date: 1 May 2025}
S2: {title: An interview, publisher: Daily, date: 2 May 2025}
S3: {title: A chronicle}
`)},
	"aliases.yaml": {Data: []byte("names:\n  - [Ruritania, Ruritanien]\nwords:\n  - [treaty, convention]\n")},
	"treaty.md": {Data: []byte(`---
as_of: 2025-06-01
headings:
  who-signed-it: {also: [signatories of the treaty, which ministers signed the treaty]}
  what-it-covers: {also: [areas of the treaty, contents of the treaty], as_of: 2025-05-20}
  how-large-the-armies-are: {also: [strength of the armies]}
---
# The harbour treaty

## Who signed it

The ministers Anna Berg and Carl Dorn signed the harbour treaty in Strelsau on 1 May 2025.[^S1] Nobody else signed it.[^S1] [^S2]

## What it covers

The harbour treaty covers three areas.[^S1]

- Pilots and tugs[^S1]
- Lighthouses[^S1]
- Dredging of the fairway[^S2]

## How large the armies are

Ruritania has the larger army.[^S3]

| Country | Soldiers |
|---|---|
| Ruritania | 12,000[^S3] |
| Graustark | 7,500[^S3] |
`)},
	"claims.md": {Data: []byte(`---
kind: position
status: claim
party: Graustark's president
said: 2025-05-03
headings:
  graustarks-president-on-the-treaty: {also: [what Graustark's president says of the harbour treaty]}
---
# Graustark's president on the treaty

Graustark's president calls the harbour treaty a threat to every fisherman.[^S2]
`)},
	"corrections.md": {Data: []byte(`---
kind: correction
headings:
  the-treaty-needs-no-toll: {also: [the treaty brings a toll for fishermen]}
---
# The treaty needs no toll

The harbour treaty brings no toll for fishermen.[^S1]
`)},
	"unknown.md": {Data: []byte(`---
kind: unknown
headings:
  what-the-lighthouses-cost: {also: [price of the lighthouses]}
---
# What the lighthouses cost

It is not known what the lighthouses cost.[^S2] No budget has been published.
`)},
	"timeline.md": {Data: []byte(`---
kind: timeline
headings:
  how-the-treaty-came-about: {also: [timeline of the harbour treaty]}
---
# How the treaty came about

The harbour treaty took a year.[^S3]

- **4 March 2024:** Talks on the harbour treaty begin.[^S3]
- **December 2024:** A draft of the treaty is ready.[^S3]
- **1 May 2025:** The harbour treaty is signed.[^S3]
- **2 May 2025:** The fishermen protest.[^S2]
`)},
}

func load(t testing.TB, folder fstest.MapFS) *Answerer {
	t.Helper()
	base, faults := knowledge.Load(folder)
	if base == nil {
		t.Fatal(faults)
	}
	return New(base)
}

// ask answers a question and checks what every answer promises.
func ask(t testing.TB, a *Answerer, q Question) Answer {
	t.Helper()
	ans := a.Answer(q)
	for _, fault := range faults(a, ans) {
		t.Errorf("%.200q after %.100q: %s", q.Text, q.After, fault)
	}
	return ans
}

// faults are the promises that an answer breaks.
func faults(a *Answerer, ans Answer) []string {
	var all []string
	fault := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if math.IsNaN(ans.Score) || math.IsInf(ans.Score, 0) {
		fault("the score is %v", ans.Score)
	}
	if (ans.Score >= ans.Threshold) != (ans.Kind != Refused) {
		fault("the score is %v, the threshold %v, and it is %s", ans.Score, ans.Threshold, ans.Kind)
	}
	if len(ans.Closest) > 3 {
		fault("%d passages come closest", len(ans.Closest))
	}
	if ans.Kind == Refused {
		if len(ans.Statements) > 0 || len(ans.Sources) > 0 || ans.AsOf != "" {
			fault("a refusal states %v, from %v, as of %q", ans.Statements, ans.Sources, ans.AsOf)
		}
		return all
	}
	if len(ans.Statements) == 0 || len(ans.Closest) > 0 {
		return append(all, fmt.Sprintf("an answer has %d statements and %d passages that come closest", len(ans.Statements), len(ans.Closest)))
	}
	if want := kindOf(ans.Statements[0].Passage.Kind); ans.Kind != want {
		fault("it is %s, from a passage of kind %s", ans.Kind, ans.Statements[0].Passage.Kind)
	}
	return slices.Concat(all, statementFaults(a, ans), sourceFaults(a, ans))
}

func statementFaults(a *Answerer, ans Answer) []string {
	var all []string
	fault := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	said := map[string]bool{}
	passages := map[*knowledge.Passage]bool{}
	var asOf knowledge.Date
	length, whole := 0, false
	for i, st := range ans.Statements {
		p := st.Passage
		passages[p] = true
		if !slices.Contains(a.main.passages, p) {
			fault("statement %d is from a passage that the folder does not have", i)
		}
		if st.Text == "" || !strings.Contains(p.Text(), st.Text) {
			fault("statement %d, %q, is not in %s", i, st.Text, p.ID)
		}
		if said[st.Text] {
			fault("%q is stated twice", st.Text)
		}
		said[st.Text] = true
		if p.Status == knowledge.Claim && p.Party == "" {
			fault("%s claims something, and nobody says it", p.ID)
		}
		if p.AsOf != "" && (asOf == "" || p.AsOf < asOf) {
			asOf = p.AsOf
		}
		length += utf8.RuneCountInString(st.Text)
		whole = whole || st.Block != knowledge.Prose || !curated(p)
	}
	if ans.AsOf != asOf {
		fault("it is as of %q, and the earliest of the passages' dates is %q", ans.AsOf, asOf)
	}
	if length > 700 && !whole && len(passages) == 1 {
		fault("it is %d characters long", length)
	}
	return all
}

func sourceFaults(a *Answerer, ans Answer) []string {
	var all []string
	fault := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	used := 0 // the highest number so far
	cited := map[int][]int{}
	for i, st := range ans.Statements {
		if len(st.Cites) != max(1, len(st.Sources)) {
			fault("statement %d has the sources %v and cites %v", i, st.Sources, st.Cites)
		}
		for j, n := range st.Cites {
			if n < 1 || n > len(ans.Sources) {
				fault("statement %d cites %d of %d sources", i, n, len(ans.Sources))
				continue
			}
			if j > 0 && n <= st.Cites[j-1] {
				fault("statement %d cites %v", i, st.Cites)
			}
			if n > used+1 {
				fault("statement %d cites %d, and %d is not used yet", i, n, used+1)
			}
			used = max(used, n)
			cited[n] = append(cited[n], i)
			source := ans.Sources[n-1].Source
			known := slices.ContainsFunc(st.Sources, func(id string) bool { return a.base.Sources[id] == source })
			if !known && (len(st.Sources) > 0 || source.Title != st.Passage.File) {
				fault("statement %d cites %+v, which is none of %v", i, source, st.Sources)
			}
		}
	}
	for i, s := range ans.Sources {
		if s.N != i+1 {
			fault("source %d has the number %d", i+1, s.N)
		}
		if len(s.CitedBy) == 0 || !slices.Equal(s.CitedBy, cited[s.N]) {
			fault("source %d is cited by %v, and says by %v", s.N, cited[s.N], s.CitedBy)
		}
	}
	return all
}

// ownQuestionsOf are the headings and ways of asking of a folder.
func ownQuestionsOf(a *Answerer) []string {
	var all []string
	for _, p := range a.main.passages {
		all = append(all, p.Title())
		all = append(all, p.Also...)
	}
	return all
}

// mutations are questions with what people do to them; the same every time.
func mutations(questions []string, n int) []string {
	chance := rand.New(rand.NewPCG(1, 2))
	pick := func() string { return questions[chance.IntN(len(questions))] }
	all := make([]string, n)
	for i := range all {
		q := pick()
		words := strings.Fields(q)
		letters := []rune(q)
		at := chance.IntN(len(letters))
		switch i % 10 {
		case 0:
			letters = slices.Delete(letters, at, at+1)
			q = string(letters)
		case 1:
			letters[at], letters[len(letters)-1-at] = letters[len(letters)-1-at], letters[at]
			q = string(letters)
		case 2:
			q = string(letters[:at+1])
		case 3:
			chance.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
			q = strings.Join(words, " ")
		case 4:
			q = strings.ToUpper(q) + "?!?"
		case 5:
			q += " and what about " + pick()
		case 6:
			q = "I read something. " + pick() + ". " + q + "?"
		case 7:
			q = "What is the difference between " + q + " and " + pick() + "?"
		case 8:
			q = "what happened in 2025: " + q
		case 9:
			q = strings.Join(append(words, "in", "Patagonia", fmt.Sprint(chance.IntN(3000))), " ")
		}
		all[i] = q
	}
	return all
}

func TestEveryAnswerKeepsItsPromises(t *testing.T) {
	for name, a := range map[string]*Answerer{"shipped": shipped(), "small": load(t, small)} {
		t.Run(name, func(t *testing.T) {
			own := ownQuestionsOf(a)
			answered := 0
			for i, q := range slices.Concat(own, mutations(own, 200)) {
				question := Question{Text: q}
				if i%5 == 4 {
					question.After = own[i%len(own)]
				}
				if ask(t, a, question).Kind != Refused {
					answered++
				}
			}
			if answered < len(own)/2 {
				t.Errorf("only %d answered, of %d questions of the folder itself", answered, len(own))
			}
		})
	}
}

func TestTheSameQuestionGetsTheSameAnswer(t *testing.T) {
	a := shipped()
	again := New(a.base)
	if again.main.threshold != a.main.threshold {
		t.Errorf("built again: have the threshold %v, want %v", again.main.threshold, a.main.threshold)
	}
	own := ownQuestionsOf(a)
	questions := mutations(own, 40)
	want := make([]Answer, len(questions))
	for i, q := range questions {
		want[i] = a.Answer(Question{Text: q, After: own[i]})
	}
	var group sync.WaitGroup
	for _, from := range []*Answerer{a, a, again} {
		group.Go(func() {
			for i, q := range questions {
				if have := from.Answer(Question{Text: q, After: own[i]}); !reflect.DeepEqual(have, want[i]) {
					t.Errorf("%q: have %+v, want %+v", q, have, want[i])
				}
			}
		})
	}
	group.Wait()
}

func TestSmallFolder(t *testing.T) {
	a := load(t, small)
	for _, c := range []struct {
		question string
		kind     Kind
		first    string // of the statements
		others   []string
	}{
		{"Who signed the harbour treaty?", Answered, "The ministers Anna Berg", nil},
		{"Which areas does the harbour treaty cover?", Answered, "The harbour treaty covers three areas.", []string{"Pilots and tugs", "Lighthouses", "Dredging of the fairway"}},
		{"strength of the armies", Answered, "Ruritania has the larger army.", []string{"Country: Ruritania; Soldiers: 12,000"}},
		{"The treaty brings a toll for fishermen?", Corrected, "The harbour treaty brings no toll", nil},
		{"What do the lighthouses cost?", NotKnown, "It is not known what the lighthouses cost.", nil},
		{"What does Graustark's president say of the harbour treaty?", Answered, "Graustark's president calls", nil},
		{"timeline of the harbour treaty 2024", Answered, "4 March 2024:", []string{"December 2024: A draft of the treaty is ready."}},
		{"Who won the football championship?", Refused, "", nil},
	} {
		ans := ask(t, a, Question{Text: c.question})
		if ans.Kind != c.kind {
			t.Errorf("%q: have %s with %v, want %s", c.question, ans.Kind, ans.Score, c.kind)
			continue
		}
		if c.kind == Refused {
			continue
		}
		var texts []string
		for _, st := range ans.Statements {
			texts = append(texts, st.Text)
		}
		if !strings.HasPrefix(texts[0], c.first) {
			t.Errorf("%q: have %q first, want %q", c.question, texts[0], c.first)
		}
		for _, want := range c.others {
			if !slices.Contains(texts, want) {
				t.Errorf("%q: have %q, want %q too", c.question, texts, want)
			}
		}
	}
}

func TestSourcesAreNumberedAsTheyAreUsed(t *testing.T) {
	ans := ask(t, load(t, small), Question{Text: "Which areas does the harbour treaty cover?"})
	var titles []string
	for _, s := range ans.Sources {
		titles = append(titles, s.Title)
	}
	if want := []string{"The text of the treaty", "An interview"}; !slices.Equal(titles, want) {
		t.Errorf("have the sources %q, want %q", titles, want)
	}
	if ans.AsOf != "2025-05-20" {
		t.Errorf("have it as of %q, want what the heading says", ans.AsOf)
	}
}

func TestAnAnswerIsAsOldAsItsOldestPassage(t *testing.T) {
	ans := ask(t, load(t, small), Question{Text: "Who signed the harbour treaty, and which areas of the treaty does it cover?"})
	from := map[string]bool{}
	for _, st := range ans.Statements {
		from[st.Passage.Title()] = true
	}
	if !from["Who signed it"] || !from["What it covers"] {
		t.Fatalf("have the passages %v, want both that were asked for", from)
	}
	if ans.AsOf != "2025-05-20" {
		t.Errorf("have it as of %q, want the earlier date", ans.AsOf)
	}
}

func TestAFolderTooSmallToTellTakesTheShippedThreshold(t *testing.T) {
	for n, folder := range map[int]fstest.MapFS{8: small, fewPassages - 1: many(fewPassages - 1)} {
		if have := load(t, folder).Answer(Question{Text: "anything"}).Threshold; have != shippedThreshold {
			t.Errorf("%d passages: have %v, want %v", n, have, shippedThreshold)
		}
	}
	if have := New(&knowledge.Base{}).Answer(Question{Text: "anything"}); have.Kind != Refused || have.Threshold != shippedThreshold {
		t.Errorf("an empty folder: have %+v", have)
	}
}

// many is a folder of n files of plain Markdown, each about a town of its own.
func many(n int) fstest.MapFS {
	folder := fstest.MapFS{}
	for i := range n {
		town := "Town" + strings.Repeat(string(rune('a'+i%26)), 1+i/26) + "ville"
		folder[fmt.Sprintf("%03d.md", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "# The bridges of %[1]s\n\n%[1]s has %d bridges. The oldest bridge of %[1]s was built by the guild of masons.\n", town, i+2)}
	}
	return folder
}

func TestPlainMarkdownAnswersWithTheFileAsSource(t *testing.T) {
	for _, n := range []int{3, 40} {
		a := load(t, many(n))
		ans := ask(t, a, Question{Text: "How many bridges does Townbville have?"})
		if ans.Kind != Answered || ans.Statements[0].Text != "Townbville has 3 bridges." {
			t.Errorf("%d files: have %+v", n, ans)
			continue
		}
		if s := ans.Sources[0]; s.Title != "001.md" || s.URL != "" || s.N != 1 {
			t.Errorf("%d files: have the source %+v, want the file", n, s)
		}
		if ans := ask(t, a, Question{Text: "Which comet did astronomers photograph yesterday?"}); ans.Kind != Refused || len(ans.Closest) > 0 {
			t.Errorf("%d files: have %+v, want a refusal without anything close", n, ans)
		}
	}
}

func TestARefusalNamesWhatIsClosest(t *testing.T) {
	a := load(t, small)
	ans := ask(t, a, Question{Text: "Did Patagonia and Zanzibar ratify the harbour treaty with Ruritania in 1877?"})
	if ans.Kind != Refused || len(ans.Closest) != 3 {
		t.Fatalf("have %+v, want a refusal with three passages", ans)
	}
	for i, p := range ans.Closest {
		if slices.Contains(ans.Closest[:i], p) {
			t.Errorf("%s is named twice", p.ID)
		}
	}
}

func TestHostileQuestions(t *testing.T) {
	a := shipped()
	for _, c := range []struct {
		name, text string
		refused    bool
	}{
		{"nothing", "", true},
		{"blanks", " \t\r\n\u00a0\u2003", true},
		{"only stop words", "who is it and what was that about?", true},
		{"only punctuation", "?!.,;:—…“”()[]{}<>/\\|@#$%^&*", true},
		{"only digits", "1234567890 42 7", true},
		{"a thousand question marks", strings.Repeat("?", 1000), true},
		{"five hundred times and what", strings.Repeat("and what ", 500), true},
		{"emoji", "👩‍💻🇭🇷🇦🇱🔥👍🏽", true},
		{"control characters", "\x00\x01\x1b[31m\x7f\u0085", true},
		{"right to left marks", "\u202e\u2066\u2069\u200f\ufeff", true},
		{"combining marks", strings.Repeat("\u0301\u0336", 200), true},
		{"invalid UTF-8", "\xff\xfe\xc3\x28\xed\xa0\x80", true},
		{"SQL", "'; DROP TABLE passages; --", true},
		{"HTML", "<script>alert(1)</script><img src=x onerror=alert(2)>", true},
		{"Markdown", "**[x](https://example.org)** `code` ||spoiler|| > quote\n# head\n```\n", false},
		{"mentions", "@everyone <@123456789012345678> <#1> <@&2>", false},
		{"ten thousand letters", strings.Repeat("a", 10_000), true},
		{"ten thousand characters of words", strings.Repeat("declaration signed Tirana ", 400)[:10_000], false},
		{"many parts", strings.Repeat("who signed the declaration, and when? ", 100), false},
		{"many sides", "compare " + strings.Repeat("Kosovo and NATO versus ", 200), false},
		{"many sentences", strings.Repeat("I say. ", 1000) + "Who?", false},
		{"format verbs", "%s %d %!v(MISSING) ${HOME} {{.}}", false},
		{"regular expression", `(a+)+$ [[:alpha:]] \b(?i)`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, q := range []Question{{Text: c.text}, {Text: c.text, After: c.text}} {
				if ans := ask(t, a, q); c.refused && ans.Kind != Refused {
					t.Errorf("have %s: %+v", ans.Kind, ans.Statements)
				}
			}
			ask(t, a, Question{Text: "Who signed the declaration?", After: c.text})
			ask(t, a, Question{Text: "Who signed the declaration? " + c.text})
			a.Search(c.text, 5)
		})
	}
}

func TestMarksThatCannotBeSeenChangeNothing(t *testing.T) {
	a := shipped()
	want := a.Answer(Question{Text: "Who signed the declaration?"})
	for _, text := range []string{
		"  Who\tsigned\r\nthe  declaration?  ",
		"\u202eWho signed\u202c the decla\u00adration?\u200f",
		"\ufeffWho sig\u200bned the\x00 declaration?",
		"Who signed the\u00a0declaration?",
	} {
		if have := a.Answer(Question{Text: text}); !reflect.DeepEqual(have, want) {
			t.Errorf("%q: have %+v, want %+v", text, have, want)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	own := ownQuestionsOf(shipped())
	for i, q := range mutations(own, 40) {
		f.Add(q, "")
		f.Add("and what about that?", own[i])
	}
	f.Add("What happened between March 2024 and May 2025?", "")
	f.Add("difference between NATO and the declaration", "who signed it")
	f.Add("\xff\u202e?!", "\x00")
	a := shipped()
	small := load(f, small)
	f.Fuzz(func(t *testing.T, text, after string) {
		for _, a := range []*Answerer{a, small} {
			q := Question{Text: text, After: after}
			ans := ask(t, a, q)
			if again := a.Answer(q); !reflect.DeepEqual(again, ans) {
				t.Errorf("%q after %q: have %+v, then %+v", text, after, ans, again)
			}
		}
	})
}

package search

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// treaties is a small folder with headings, ways of asking and plain passages.
var treaties = []Text{
	{ID: "a", Headings: []string{"The declaration", "Who signed it"}, Asks: []string{"signatories of the declaration", "which ministers signed"},
		Sentences: []string{"Three defence ministers signed the declaration in Tirana.", "Nobody else signed."}},
	{ID: "b", Headings: []string{"The declaration", "Ratification"}, Asks: []string{"did parliament approve it"},
		Sentences: []string{"No parliament has ratified the declaration.", "It needs no ratification."}},
	{ID: "c", Headings: []string{"Drones"}, Sentences: []string{"The armies want to buy drones together.", "Factories in Croatia build drones."}},
	{ID: "d", Headings: []string{"Exercises"}, Sentences: []string{"The armies train together every year.", "The first exercise took place in Albania."}},
	{ID: "e", Sentences: []string{"A text without a heading about sabotage of cables."}},
}

// ids are the passages of a search, best first.
func ids(texts []Text, hits []Hit) []string {
	var all []string
	for _, h := range hits {
		all = append(all, texts[h.Doc].ID)
	}
	return all
}

// find searches the texts as an English folder.
func find(texts []Text, question string, n int) []string {
	ix := New(texts, "en", Aliases{})
	return ids(texts, ix.Search(ix.Parse(question), n))
}

func TestSearchFindsThePassage(t *testing.T) {
	for _, c := range []struct{ question, first string }{
		{"Who signed the declaration?", "a"},
		{"signatories", "a"},
		{"was it ratified by a parliament", "b"},
		{"who builds drones", "c"},
		{"first exercise", "d"},
		{"sabotage", "e"},
		{"sabotge of cabels", "e"},
	} {
		if have := find(treaties, c.question, 1); !slices.Equal(have, []string{c.first}) {
			t.Errorf("%q: have %v, want %s", c.question, have, c.first)
		}
	}
}

func TestSearchReturnsAtMostNThatShareAWord(t *testing.T) {
	for _, c := range []struct {
		question string
		n, want  int
	}{
		{"declaration", 10, 2},
		{"declaration", 1, 1},
		{"declaration", 2, 2},
		{"declaration armies sabotage", 4, 4},
		{"declaration armies sabotage", 1_000_000, 5},
		{"declaration", 0, 0},
		{"declaration", -3, 0},
		{"xylophone", 10, 0},
		{"", 10, 0},
		{"?!", 10, 0},
		{"who is it, and what was that", 10, 0},
	} {
		if have := find(treaties, c.question, c.n); len(have) != c.want {
			t.Errorf("%q, %d: have %v, want %d passages", c.question, c.n, have, c.want)
		}
	}
	if have := find(nil, "declaration", 5); have != nil {
		t.Errorf("an empty folder: have %v", have)
	}
	one := []Text{{ID: "only", Sentences: []string{"The declaration."}}}
	if have := find(one, "declaration", 5); !slices.Equal(have, []string{"only"}) {
		t.Errorf("a folder of one passage: have %v", have)
	}
	if have := find([]Text{{ID: "empty"}, one[0], {ID: "blank", Sentences: []string{"", " "}}}, "declaration", 5); !slices.Equal(have, []string{"only"}) {
		t.Errorf("beside passages without words: have %v", have)
	}
}

func TestFewerAreTheFirstOfMore(t *testing.T) {
	ix := New(treaties, "en", Aliases{})
	q := ix.Parse("did ministers and armies sign the declaration on drones and sabotage")
	all := ix.Search(q, 10)
	for n := 1; n <= len(all); n++ {
		if have := ix.Search(q, n); !slices.Equal(have, all[:n]) {
			t.Errorf("%d: have %v, want %v", n, have, all[:n])
		}
	}
}

func TestARarerWordWeighsMore(t *testing.T) {
	texts := []Text{
		{ID: "common", Sentences: []string{"The army moved quietly."}},
		{ID: "rare", Sentences: []string{"The ferry moved quietly."}},
		{ID: "x", Sentences: []string{"The army rested."}}, {ID: "y", Sentences: []string{"An army is big."}}, {ID: "z", Sentences: []string{"That army ate."}},
	}
	if have := find(texts, "army ferry", 1); !slices.Equal(have, []string{"rare"}) {
		t.Errorf("have %v first, want the passage with the rare word", have)
	}
	q := New(texts, "en", Aliases{}).Parse("army ferry unheard")
	if len(q.Slots) != 3 || q.Slots[0].Mass >= q.Slots[1].Mass || q.Slots[1].Mass > q.Slots[2].Mass {
		t.Errorf("have %+v, want more mass for a rarer word", q.Slots)
	}
}

func TestMoreOfTheQuestionRanksHigher(t *testing.T) {
	texts := []Text{
		{ID: "1", Sentences: []string{"Apples grew near the river last autumn."}},
		{ID: "2", Sentences: []string{"Apples and pears grew near the hill last autumn."}},
		{ID: "3", Sentences: []string{"Apples and pears and plums grew near the lake last autumn."}},
	}
	if have := find(texts, "apples, pears, plums", 3); !slices.Equal(have, []string{"3", "2", "1"}) {
		t.Errorf("have %v, want the one with all three first", have)
	}
}

func TestWordsThatStandTogetherRankHigher(t *testing.T) {
	texts := []Text{
		{ID: "apart", Sentences: []string{"The marine school lies far from where any biology was taught."}},
		{ID: "together", Sentences: []string{"The school lies far from where any marine biology was taught."}},
	}
	ix := New(texts, "en", Aliases{})
	hits := ix.Search(ix.Parse("marine biology"), 2)
	if have := ids(texts, hits); !slices.Equal(have, []string{"together", "apart"}) {
		t.Fatalf("have %v", have)
	}
	if hits[0].Parts.Pairs <= hits[1].Parts.Pairs || hits[0].Parts.Proximity <= hits[1].Parts.Proximity {
		t.Errorf("have the parts %+v and %+v", hits[0].Parts, hits[1].Parts)
	}
}

func TestAHeadingOutranksTheTextAndACuratedAskBoth(t *testing.T) {
	const filler = "Several officials gathered beside a quiet lake yesterday."
	texts := []Text{
		{ID: "1 text", Headings: []string{"Alpha"}, Sentences: []string{"Several officials discussed ratification beside a quiet lake yesterday.", filler}},
		{ID: "2 heading", Headings: []string{"Ratification"}, Sentences: []string{"Several officials discussed ratification beside a quiet lake yesterday.", filler}},
		{ID: "3 ask", Headings: []string{"Ratification"}, Asks: []string{"ratification"}, Sentences: []string{"Several officials discussed ratification beside a quiet lake yesterday.", filler}},
		{ID: "4 none", Headings: []string{"Beta"}, Sentences: []string{filler, filler}},
	}
	if have := find(texts, "ratification", 4); !slices.Equal(have, []string{"3 ask", "2 heading", "1 text"}) {
		t.Errorf("have %v", have)
	}
	ask := []Text{
		{ID: "1 text", Headings: []string{"Alpha"}, Sentences: []string{"Several officials discussed ratification beside a quiet lake yesterday.", filler}},
		{ID: "2 ask", Headings: []string{"Beta"}, Asks: []string{"ratification"}, Sentences: []string{filler, filler}},
	}
	if have := find(ask, "ratification", 4); !slices.Equal(have, []string{"2 ask", "1 text"}) {
		t.Errorf("have %v", have)
	}
}

func TestTiesGoByID(t *testing.T) {
	var texts []Text
	for _, id := range []string{"m", "c", "z", "a", "q"} {
		texts = append(texts, Text{ID: id, Headings: []string{"Same"}, Sentences: []string{"The same treaty."}})
	}
	if have := find(texts, "treaty", 10); !slices.Equal(have, []string{"a", "c", "m", "q", "z"}) {
		t.Errorf("have %v", have)
	}
	if have := find(texts, "treaty", 2); !slices.Equal(have, []string{"a", "c"}) {
		t.Errorf("have %v", have)
	}
}

func TestWithoutItsOwnLineAPassageScoresLower(t *testing.T) {
	ix := New(treaties, "en", Aliases{})
	score := func(q Query, doc int) float64 {
		for _, h := range ix.Search(q, 10) {
			if h.Doc == doc {
				return h.Score
			}
		}
		return 0
	}
	asked := 0
	for doc, text := range treaties {
		lines := map[int]string{}
		if n := len(text.Headings); n > 0 {
			lines[-1] = text.Headings[n-1]
		}
		for i, ask := range text.Asks {
			lines[i] = ask
		}
		for i, line := range lines {
			q := ix.Parse(line)
			with, without := score(q, doc), score(q.Without(doc, i), doc)
			if without >= with {
				t.Errorf("%s, %q: have %v without the line, %v with it", text.ID, line, without, with)
			}
			if other := score(q.Without((doc+1)%len(treaties), i), doc); other != with {
				t.Errorf("%s, %q: have %v without the line of another passage, want %v", text.ID, line, other, with)
			}
			if again := score(q, doc); again != with {
				t.Errorf("%s, %q: Without changed the query it was made of: have %v, want %v", text.ID, line, again, with)
			}
			asked++
		}
	}
	if asked == 0 {
		t.Fatal("no line was asked")
	}
}

func TestHeldTellsWhichWordsAPassageHas(t *testing.T) {
	aliases := Aliases{Words: [][]string{{"signatories", "signed"}, {"buy", "purchase"}}}
	ix := New(treaties, "en", aliases)
	for _, c := range []struct {
		question string
		doc      int
		want     []bool
	}{
		{"ministers Tirana drones", 0, []bool{true, true, false}}, // in a sentence
		{"signatories parliament", 0, []bool{true, false}},        // in a way of asking
		{"ratification xylophone", 1, []bool{true, false}},        // in a heading
		{"drnes purchase", 2, []bool{true, true}},                 // misspelt; by a synonym
		{"sabotage declaration", 4, []bool{true, false}},          // no heading
		{"", 0, []bool{}}, // nothing asked
		{"declaration exercise armies", 1, []bool{true, false, false}}, // in the path of headings
	} {
		if have := ix.Held(ix.Parse(c.question), c.doc); !slices.Equal(have, c.want) {
			t.Errorf("%q in %s: have %v, want %v", c.question, treaties[c.doc].ID, have, c.want)
		}
	}
	q := ix.Parse("parliament approve").Without(1, 0)
	if have := ix.Held(q, 1); !slices.Equal(have, []bool{true, false}) {
		t.Errorf("without the way of asking: have %v, want only the word of the text", have)
	}
}

func TestSentencesMeasureEverySentence(t *testing.T) {
	ix := New(treaties, "en", Aliases{})
	q := ix.Parse("Which defence ministers signed in Tirana?")
	have := ix.Sentences(q, 0)
	if len(have) != 2 || have[0].Own <= have[1].Own || have[0].Pairs <= have[1].Pairs || have[0].Letters <= have[1].Letters {
		t.Errorf("have %+v, want two, and more in the first", have)
	}
	if have[1].Context <= have[1].Own {
		t.Errorf("have %+v, want the second to take context from the first", have[1])
	}
	if have := ix.Sentences(ix.Parse("declaration"), 1); have[1].Own != 0 || have[1].Context == 0 {
		t.Errorf("have %+v, want the heading as context", have)
	}
	for _, question := range []string{"", "what is it", "xylophone"} {
		for i, s := range ix.Sentences(ix.Parse(question), 0) {
			if s.Own != 0 || s.Context != 0 || s.Pairs != 0 {
				t.Errorf("%q, sentence %d: have %+v, want nothing", question, i, s)
			}
		}
	}
}

// vocabulary is small, so that made-up passages and questions share words, headings and neighbours.
var vocabulary = []string{"treaty", "signed", "army", "army", "drones", "Tirana", "Kosovo", "the", "of", "cable", "cables", "cabel", "Šibenik", "2025", "x", "minister"}

func drawLine(t *rapid.T, label string, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, most).Draw(t, label), " ")
}

func drawLines(t *rapid.T, label string, most int) []string {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return drawLine(t, label, 8) }), 0, most).Draw(t, label)
}

func drawTexts(t *rapid.T) []Text {
	n := rapid.IntRange(0, 8).Draw(t, "passages")
	texts := make([]Text, n)
	for i := range texts {
		texts[i] = Text{
			ID:       fmt.Sprint("p", i),
			Headings: drawLines(t, "headings", 2), Asks: drawLines(t, "asks", 3), Sentences: drawLines(t, "sentences", 4),
		}
	}
	return texts
}

var someAliases = Aliases{
	Names: [][]string{{"Kosovo", "Kosova"}, {"Tirana treaty", "treaty of Tirana"}},
	Words: [][]string{{"signed", "minister"}, {"army", "troops"}},
}

func TestWhatHoldsForEverySearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := drawTexts(t)
		lang := rapid.SampledFrom([]string{"en", "hr", ""}).Draw(t, "lang")
		ix := New(texts, lang, someAliases)
		q := ix.Parse(drawLine(t, "question", 8))
		if before := drawLine(t, "before", 4); before != "" {
			q = ix.InContext(q, before, 0.5)
		}
		n := rapid.IntRange(0, 10).Draw(t, "n")
		hits := ix.Search(q, n)
		checkHits(t, ix, q, hits, n)
		if again := ix.Search(q, n); !slices.Equal(again, hits) {
			t.Fatalf("asked again: have %v, want %v", again, hits)
		}
		if other := New(texts, lang, someAliases).Search(q, n); !slices.Equal(other, hits) {
			t.Fatalf("from the index built again: have %v, want %v", other, hits)
		}
		for doc := range texts {
			checkMeasures(t, ix, q, doc)
		}
	})
}

// checkHits checks what every search promises.
func checkHits(t rapid.TB, ix *Index, q Query, hits []Hit, n int) {
	t.Helper()
	if len(hits) > max(n, 0) {
		t.Fatalf("have %d hits, want at most %d", len(hits), n)
	}
	seen := map[int]bool{}
	for i, h := range hits {
		if seen[h.Doc] {
			t.Fatalf("passage %d twice", h.Doc)
		}
		seen[h.Doc] = true
		p := h.Parts
		for _, part := range []float64{p.Words, p.Pairs, p.Proximity, p.Sentence, p.Held, p.Asked, p.Letters, p.Claimed} {
			if math.IsNaN(part) || math.IsInf(part, 0) || part < 0 {
				t.Fatalf("have the parts %+v", p)
			}
		}
		if p.Words == 0 {
			t.Fatalf("passage %d shares no telling word", h.Doc)
		}
		if sum := p.Words + p.Pairs + p.Proximity + p.Sentence + p.Held + p.Asked + p.Letters; math.Abs(sum-h.Score) > 1e-9 {
			t.Fatalf("have the score %v, and parts of %v", h.Score, sum)
		}
		if p.Claimed > 1+1e-6 {
			t.Fatalf("have %v claimed, want a share", p.Claimed)
		}
		if i > 0 && (hits[i-1].Score < h.Score || hits[i-1].Score == h.Score && ix.texts[hits[i-1].Doc].ID > ix.texts[h.Doc].ID) {
			t.Fatalf("have %+v before %+v", hits[i-1], h)
		}
	}
	var mass float32
	for _, slot := range q.Slots {
		mass += slot.Mass
		if slot.Mass <= 0 {
			t.Fatalf("have the mass %v for %q", slot.Mass, slot.Word)
		}
	}
	if math.Abs(float64(mass-q.Mass)) > 1e-3 {
		t.Fatalf("have the mass %v, want the slots' %v", q.Mass, mass)
	}
}

// checkMeasures checks what Held and Sentences say of a passage.
func checkMeasures(t rapid.TB, ix *Index, q Query, doc int) {
	t.Helper()
	held := ix.Held(q, doc)
	if len(held) != len(q.Slots) {
		t.Fatalf("have %d held, want one for each of %d words", len(held), len(q.Slots))
	}
	for i, h := range held {
		if h && !q.Slots[i].Known() {
			t.Fatalf("%q is held but not known", q.Slots[i].Word)
		}
	}
	measured := ix.Sentences(q, doc)
	if len(measured) != len(ix.texts[doc].Sentences) {
		t.Fatalf("have %d measured, want %d", len(measured), len(ix.texts[doc].Sentences))
	}
	const most = 1 + 1e-5 // float32
	for _, s := range measured {
		if !(s.Own >= 0 && s.Own <= most && s.Context >= s.Own-1e-5 && s.Context <= most) {
			t.Fatalf("have %+v, want shares, and the context to have what the sentence has", s)
		}
		if !(s.Pairs >= 0 && s.Letters >= 0) || math.IsInf(s.Pairs+s.Letters, 0) {
			t.Fatalf("have %+v", s)
		}
	}
}

func TestTheOrderOfPassagesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := drawTexts(t)
		order := rapid.Permutation(indices(len(texts))).Draw(t, "order")
		shuffled := make([]Text, len(texts))
		for i, at := range order {
			shuffled[i] = texts[at]
		}
		lang := rapid.SampledFrom([]string{"en", "hr"}).Draw(t, "lang")
		question := drawLine(t, "question", 6)
		a, b := New(texts, lang, someAliases), New(shuffled, lang, someAliases)
		want, have := a.Search(a.Parse(question), 10), b.Search(b.Parse(question), 10)
		if len(have) != len(want) {
			t.Fatalf("have %v, want %v", ids(shuffled, have), ids(texts, want))
		}
		// Sums of float32 may differ in their last digits, and so may the order of what is nearly equal.
		scores := map[string]float64{}
		for _, h := range want {
			scores[texts[h.Doc].ID] = h.Score
		}
		for i, h := range have {
			if same := scores[shuffled[h.Doc].ID]; math.Abs(same-h.Score) > 1e-4 || math.Abs(want[i].Score-h.Score) > 1e-4 {
				t.Fatalf("have %v for %s, want %v", h.Score, shuffled[h.Doc].ID, same)
			}
		}
	})
}

func TestManyMaySearchAtOnce(t *testing.T) {
	ix := New(treaties, "en", Aliases{Words: [][]string{{"signed", "ratified"}}})
	other := New(append(slices.Clone(treaties), treaties...), "hr", Aliases{})
	questions := []string{"who signed the declaration", "drones and armies", "was it ratifed", "sabotage of cables in Tirana", ""}
	type reply struct {
		hits      []Hit
		sentences []Sentence
		held      []bool
	}
	ask := func(ix *Index, question string) reply {
		q := ix.Parse(question)
		return reply{ix.Search(q, 5), ix.Sentences(q, 0), ix.Held(q, 1)}
	}
	same := func(a, b reply) bool {
		return slices.Equal(a.hits, b.hits) && slices.Equal(a.sentences, b.sentences) && slices.Equal(a.held, b.held)
	}
	var group sync.WaitGroup
	for _, ix := range []*Index{ix, other} { // what is pooled goes from one index to the other
		for _, question := range questions {
			want := ask(ix, question)
			for range 4 {
				group.Go(func() {
					for range 50 {
						if have := ask(ix, question); !same(have, want) {
							t.Errorf("%q: have %+v, want %+v", question, have, want)
							return
						}
					}
				})
			}
		}
	}
	group.Wait()
}

func TestWhatWasSaidBeforeCountsLess(t *testing.T) {
	ix := New(treaties, "en", Aliases{})
	q := ix.InContext(ix.Parse("who builds drones"), "what about drones and sabotage", 0.5)
	if have := words(q); !slices.Equal(have, []string{"builds", "drones", "sabotage"}) {
		t.Fatalf("have %v, want every word once", have)
	}
	if have, want := q.Slots[2].Mass, ix.Parse("sabotage").Slots[0].Mass/2; have != want {
		t.Errorf("have the mass %v, want %v", have, want)
	}
	if have := ids(treaties, ix.Search(q, 1)); !slices.Equal(have, []string{"c"}) {
		t.Errorf("have %v, want what the question itself asks for", have)
	}
	leaning := ix.InContext(ix.Parse("and who is it"), "drones", 0.5)
	if have := ids(treaties, ix.Search(leaning, 1)); !slices.Equal(have, []string{"c"}) {
		t.Errorf("have %v, want what the question before asked for", have)
	}
	plain := ix.Parse("drones")
	if same := ix.InContext(plain, "", 0.5); !slices.Equal(words(same), words(plain)) || same.Mass != plain.Mass {
		t.Errorf("have %+v after nothing, want %+v", same, plain)
	}
}

func TestAQuestionOfVeryManyWords(t *testing.T) {
	ix := New(treaties, "en", Aliases{})
	var question strings.Builder
	question.WriteString("drones ")
	for i := range 5000 {
		fmt.Fprintf(&question, "wort%d ", i)
	}
	q := ix.Parse(question.String())
	if len(q.Slots) > maxSlots || len(q.Slots) < 2 {
		t.Errorf("have %d words, want at most %d", len(q.Slots), maxSlots)
	}
	if have := ids(treaties, ix.Search(q, 1)); !slices.Equal(have, []string{"c"}) {
		t.Errorf("have %v, want the passage with the first word", have)
	}
	if more := ix.InContext(q, "sabotage", 0.5); len(more.Slots) > maxSlots {
		t.Errorf("have %d words with the question before, want at most %d", len(more.Slots), maxSlots)
	}
	if have := words(ix.Parse(strings.Repeat("drones ", 1000))); !slices.Equal(have, []string{"drones"}) {
		t.Errorf("have %v, want a repeated word once", have)
	}
}

func TestAVeryLongWord(t *testing.T) {
	long := strings.Repeat("declaration", 100_000/11)
	for _, lang := range []string{"en", "hr"} {
		ix := New([]Text{{ID: "long", Headings: []string{long}, Asks: []string{long}, Sentences: []string{long + " and drones"}}, {ID: "b", Sentences: []string{"Other."}}}, lang, Aliases{})
		for _, question := range []string{long, "drones", strings.Repeat("š", 100_000)} {
			q := ix.Parse(question)
			checkHits(t, ix, q, ix.Search(q, 2), 2)
			checkMeasures(t, ix, q, 0)
		}
		if hits := ix.Search(ix.Parse(long), 2); len(hits) != 1 || hits[0].Doc != 0 {
			t.Errorf("%s: have %v, want the passage with the word", lang, hits)
		}
	}
}

func TestLettersJoinInflectedForms(t *testing.T) {
	for _, c := range []struct {
		lang, question string
		texts          []string // the first is the one wanted; all share the word Tirana
	}{
		{"hr", "Tirana naoružanjima", []string{"Tirana kupuje naoružanje.", "Tirana gradi ceste."}},
		{"hr", "Tirana prepotpisivanje", []string{"Tirana i potpisivanje.", "Tirana gradi ceste."}},
		{"sq", "Tirana bashkëpunimeve", []string{"Tirana do bashkëpunim.", "Tirana ndërton rrugë."}},
		{"sq", "Tirana ushtarakëve", []string{"Tirana ka ushtarakë.", "Tirana ka lumenj."}},
	} {
		texts := []Text{{ID: "2", Sentences: c.texts[:1]}, {ID: "1", Sentences: c.texts[1:]}}
		ix := New(texts, c.lang, Aliases{})
		hits := ix.Search(ix.Parse(c.question), 2)
		if len(hits) != 2 || hits[0].Doc != 0 || hits[0].Parts.Letters <= hits[1].Parts.Letters {
			t.Errorf("%s %q: have %+v, want the first for its letters", c.lang, c.question, hits)
		}
	}
}

package answer

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"trilat/knowledge"
)

// quoted are the passages and sentences of an answer, as they are compared.
func quoted(ans Answer) []string {
	var all []string
	for _, st := range ans.Statements {
		all = append(all, st.Passage.ID+": "+st.Text)
	}
	return all
}

// Whatever an answer quotes, its ref fits a button and makes the same answer again.
func TestARefRecallsItsAnswer(t *testing.T) {
	a := shipped()
	rapid.Check(t, func(t *rapid.T) {
		picked := rapid.SliceOfNDistinct(rapid.IntRange(0, len(a.base.Passages)-1), 1, 6, rapid.ID).Draw(t, "passages")
		first := len(picked) > 3 // of many, as in a list of positions, only the first sentences are quoted
		var passages []*knowledge.Passage
		for _, i := range picked {
			passages = append(passages, &a.base.Passages[i])
		}
		ans := a.Quote(passages, func(st Statement) bool { return st.First() || !first && rapid.Bool().Draw(t, "quoted") })
		ans.AsksNow = rapid.Bool().Draw(t, "now")
		ref := ans.Ref()
		if len(ref) > maxRef {
			t.Fatalf("have a ref of %d characters, want at most %d", len(ref), maxRef)
		}
		again, changed := a.Recall(ref)
		if changed || again.AsksNow != ans.AsksNow || !reflect.DeepEqual(quoted(again), quoted(ans)) {
			t.Fatalf("have %q (changed %v), want %q", quoted(again), changed, quoted(ans))
		}
		if !reflect.DeepEqual(again.Sources, ans.Sources) {
			t.Fatalf("have sources %v, want %v", again.Sources, ans.Sources)
		}
	})
}

func TestEveryAnswerOfTheFolderHasARef(t *testing.T) {
	a := shipped()
	for i := range a.base.Passages {
		p := &a.base.Passages[i]
		ans := a.Quote([]*knowledge.Passage{p}, nil)
		again, changed := a.Recall(ans.Ref())
		if changed || !slices.Equal(quoted(again), quoted(ans)) {
			t.Errorf("%s: have %q (changed %v)", p.ID, quoted(again), changed)
		}
		if a.Passage(Key(p)) != p {
			t.Errorf("%s: its key finds another passage", p.ID)
		}
	}
}

// An edit of what an answer quotes shows, one elsewhere does not.
func TestARefKnowsWhetherItsPassageHasChanged(t *testing.T) {
	ref := load(t, small).Quote(find(t, load(t, small), "Who signed it"), Statement.First).Ref()
	for _, tt := range []struct {
		name, old, fresh string
		changed          bool
		says             string
	}{
		{"nothing", "", "", false, "Anna Berg"},
		{"another passage", "three areas", "four areas", false, "Anna Berg"},
		{"a sentence", "Anna Berg", "Anna Burg", true, "Anna Burg"},
		{"a sentence that is not quoted", "Nobody else signed it.", "Nobody else did.", true, "Anna Berg"},
		{"the heading", "## Who signed it", "## By whom it was signed", true, ""},
		{"its footnotes", "[^S1] [^S2]", "[^S1]", false, "Anna Berg"},
	} {
		files := clone(small)
		if tt.old != "" {
			files["treaty.md"].Data = []byte(strings.ReplaceAll(string(files["treaty.md"].Data), tt.old, tt.fresh))
		}
		ans, changed := load(t, files).Recall(ref)
		said := strings.Join(quoted(ans), " ")
		if changed != tt.changed || !strings.Contains(said, tt.says) || (said == "") != (tt.says == "") {
			t.Errorf("%s: have changed %v and %q, want %v and %q", tt.name, changed, said, tt.changed, tt.says)
		}
		if said == "" && ans.Kind != Refused {
			t.Errorf("%s: have %s, want a refusal", tt.name, ans.Kind)
		}
	}
}

// A print changes exactly when readers are told otherwise, and what it was is written down in receipts.
func TestAPrintIsOfWhatAPassageTells(t *testing.T) {
	p := knowledge.Passage{ID: "a#b", File: "a.md", Heading: []string{"B"}, Lines: [2]int{1, 3}, Also: []string{"x"},
		Blocks: []knowledge.Block{{Sentences: []knowledge.Sentence{{Text: "One."}, {Text: "Two.", Sources: []string{"S1"}}}}},
		Meta:   knowledge.Meta{Kind: knowledge.Topic, Status: knowledge.Claim, Party: "Ana", Said: "2025", AsOf: "2025"}}
	const want = "79adaf91e4a827b2"
	if have := Print(&p); have != want {
		t.Errorf("have %s, want %s", have, want)
	}
	for _, tt := range []struct {
		name string
		edit func(p *knowledge.Passage)
		same bool
	}{
		{"where it stands", func(p *knowledge.Passage) { p.ID, p.File, p.Heading, p.Lines = "c#d", "c.md", nil, [2]int{} }, true},
		{"what only editors see", func(p *knowledge.Passage) { p.Also, p.Answers, p.AsOf, p.Order = nil, []string{"q"}, "2026", 1 }, true},
		{"sources", func(p *knowledge.Passage) { p.Blocks[0].Sentences[1].Sources = nil }, true},
		{"paragraphs", func(p *knowledge.Passage) {
			s := p.Blocks[0].Sentences
			p.Blocks = []knowledge.Block{{Sentences: s[:1]}, {Kind: knowledge.List, Sentences: s[1:]}}
		}, true},
		{"a word", func(p *knowledge.Passage) { p.Blocks[0].Sentences[0].Text = "Won." }, false},
		{"the party", func(p *knowledge.Passage) { p.Party = "Ben" }, false},
		{"when it was said", func(p *knowledge.Passage) { p.Said = "2026" }, false},
		{"the status", func(p *knowledge.Passage) { p.Status = knowledge.Reported }, false},
		{"the kind", func(p *knowledge.Passage) { p.Kind = knowledge.Position }, false},
	} {
		edited := p
		edited.Blocks = []knowledge.Block{{Sentences: slices.Clone(p.Blocks[0].Sentences)}}
		tt.edit(&edited)
		if have := Print(&edited); (have == Print(&p)) != tt.same {
			t.Errorf("%s: have the print %s after %s, want the same %v", tt.name, have, Print(&p), tt.same)
		}
	}
}

// find is the passage with a title.
func find(t *testing.T, a *Answerer, title string) []*knowledge.Passage {
	t.Helper()
	for i := range a.base.Passages {
		if a.base.Passages[i].Title() == title {
			return []*knowledge.Passage{&a.base.Passages[i]}
		}
	}
	t.Fatalf("there is no passage %q", title)
	return nil
}

// clone is a folder that can be changed.
func clone(folder fstest.MapFS) fstest.MapFS {
	files := fstest.MapFS{}
	for name, file := range folder {
		copied := *file
		files[name] = &copied
	}
	return files
}

func FuzzRecall(f *testing.F) {
	a := shipped()
	f.Add(a.Answer(Question{Text: "Who signed the declaration?"}).Ref())
	f.Add("")
	f.Add("AQ")
	f.Add("AQDFTc5qDPN2i_____8P")
	f.Fuzz(func(t *testing.T, ref string) {
		ans, _ := a.Recall(ref)
		if (len(ans.Statements) == 0) != (ans.Kind == Refused) {
			t.Errorf("have %s with %d statements", ans.Kind, len(ans.Statements))
		}
		for _, st := range ans.Statements {
			if len(st.Cites) == 0 {
				t.Errorf("%q cites nothing", st.Text)
			}
		}
	})
}

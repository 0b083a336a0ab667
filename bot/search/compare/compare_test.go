package main

import (
	"errors"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"trilat/bot/search"
)

func TestEveryEngineFindsThePassage(t *testing.T) {
	texts := []search.Text{
		{Headings: []string{"Bridges"}, Sentences: []string{"The stone arch was finished in 1557.", "It spans the Neretva."}},
		{Headings: []string{"Lighthouses"}, Sentences: []string{"A keeper lit the lamp every evening.", "Ships were warned of the rocks."}},
		{Headings: []string{"Railways"}, Sentences: []string{"The line crosses twelve tunnels.", "Trains carried ore to the Adriatic."}},
		{Headings: []string{"Vineyards"}, Sentences: []string{"Grapes are picked in September.", "Barrels rest in a cool cellar."}},
	}
	cases := []struct {
		question string
		want     []int // the passages that share a telling word
	}{
		{"When was the stone arch finished?", []int{0}},
		{"Who was lighting the lamps?", []int{1}},
		{"What did the train carry to the Adriatic?", []int{2}},
		{"the picking of grapes \"AND\" NOT OR (", []int{3}},
		{"something about a vineyard", []int{3}},
		{"lighthouse rocks", []int{1}},
		{"What is it?", nil},
		{"", nil},
	}
	for _, e := range engines {
		find, err := e.build(texts)
		if err != nil {
			t.Fatalf("build %s: %v", e.name, err)
		}
		for _, c := range cases {
			if have, err := find(c.question, 5); err != nil || !slices.Equal(have, c.want) {
				t.Errorf("%s: %q: have %v, %v, want %v", e.name, c.question, have, err, c.want)
			}
		}
	}
}

func TestEveryEngineReturnsAtMostN(t *testing.T) {
	texts := make([]search.Text, 9)
	for i := range texts {
		texts[i].Sentences = []string{"A harbour with boats."}
	}
	for _, e := range engines {
		find, err := e.build(texts)
		if err != nil {
			t.Fatalf("build %s: %v", e.name, err)
		}
		if have, err := find("harbour", 5); err != nil || len(have) != 5 {
			t.Errorf("%s: have %v, %v, want 5", e.name, have, err)
		}
	}
}

func TestEnlargedCorpusKeepsEveryQuestionsPassage(t *testing.T) {
	real, questions, err := readXQuAD("../../../../shared/qa/xquad.en.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("../shared is absent")
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(real) != 240 || len(questions) != 1190 {
		t.Fatalf("have %d passages and %d questions, want 240 and 1190", len(real), len(questions))
	}
	texts, moved := enlarge(real, questions, 1000)
	again, _ := enlarge(real, questions, 1000)
	if !reflect.DeepEqual(texts, again) {
		t.Error("the same arguments gave different passages")
	}
	for i, q := range moved {
		have, want := texts[q.gold], real[questions[i].gold]
		if !slices.Equal(have.Sentences, want.Sentences) {
			t.Fatalf("%q: have %q, want %q", q.text, have.Sentences, want.Sentences)
		}
	}
	for i, have := range texts {
		if have.ID == "" || len(have.Headings) != 1 || len(have.Sentences) == 0 {
			t.Fatalf("passage %d: have %+v", i, have)
		}
	}
}

func TestSentencesLoseNothing(t *testing.T) {
	text := `It ended in 1945. "Why?" asked Dr. Smith! (Nobody knew.) about 3.5 of them, e.g. two`
	have := sentences(text)
	if joined := strings.Join(have, " "); joined != text {
		t.Errorf("have %q, want %q", joined, text)
	}
	if len(have) != 4 {
		t.Errorf("have %q, want 4 sentences", have)
	}
}

func TestRunSaysWhatIsMissing(t *testing.T) {
	err := run(options{xquad: t.TempDir() + "/none.json"}, t.Output())
	if err == nil || !strings.Contains(err.Error(), "-xquad") {
		t.Errorf("have %v, want a sentence that names -xquad", err)
	}
}

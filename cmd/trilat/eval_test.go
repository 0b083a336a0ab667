package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trilat/bot/answer"
)

func TestEvalPrintsMissesAndATable(t *testing.T) {
	r := trilat(t, "", "eval", "--knowledge", library, "testdata/questions.yaml")
	if r.code != exitOK || r.errs != "" {
		t.Errorf("have code %d and %q", r.code, r.errs)
	}
	golden(t, "eval.txt", r.out)
}

// An edit mends one answer, breaks two, and leaves one wrong that was wrong.
func TestEvalAgainstShowsWhatAnEditChanges(t *testing.T) {
	edited := t.TempDir()
	if err := os.CopyFS(edited, os.DirFS(library)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(edited, "en/library.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edit := strings.NewReplacer("from Tuesday to Saturday, nine to five", "from Monday to Friday, ten to six", "- Seeds: until the harvest, to be given back in kind.[^L2]\n", "")
	if err := os.WriteFile(file, []byte(edit.Replace(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
	r := trilat(t, "", "eval", "--knowledge", library, "--against", edited, "testdata/questions.yaml")
	if r.code != exitOK || r.errs != "" {
		t.Errorf("have code %d and %q", r.code, r.errs)
	}
	golden(t, "eval-against.txt", r.out)
}

func TestScoring(t *testing.T) {
	texts := func(alternatives ...string) []oneOrMany { return []oneOrMany{alternatives} }
	tests := []struct {
		name    string
		said    string
		kind    answer.Kind
		refusal bool // what is right is a refusal
		must    []oneOrMany
		mustNot []string
		want    bool
	}{
		{name: "contains", said: "It stands on Mill Lane.", must: texts("Mill Lane"), want: true},
		{name: "lacks", said: "It stands on Mill Lane.", must: texts("Main Street")},
		{name: "one of several will do", said: "in March", must: texts("April", "March"), want: true},
		{name: "every entry is needed", said: "in March", must: []oneOrMany{{"March"}, {"Tirana"}}},
		{name: "case does not matter", said: "MILL lane", must: texts("mill LANE"), want: true},
		{name: "diacritics do not matter", said: "Ivan Anušić", must: texts("anusic"), want: true},
		{name: "nor those of the entry", said: "Ivan Anusic", must: texts("Anušić"), want: true},
		{name: "letters that do not decompose", said: "Đoković", must: texts("Djokovic", "Dokovic"), want: true},
		{name: "apostrophes are one", said: "Kosovo’s minister", must: texts("Kosovo's minister"), want: true},
		{name: "in both directions", said: "Kosovo's minister", must: texts("Kosovo’s minister"), want: true},
		{name: "part of a word, when long", said: "the deklarata", must: texts("deklarat"), want: true},
		{name: "short: no part of a word", said: "Nobody knows.", must: texts("no")},
		{name: "short: a word", said: "They said No.", must: texts("no"), want: true},
		{name: "short: no part of a number", said: "300 soldiers", must: texts("30")},
		{name: "short: a number", said: "some 30 soldiers", must: texts("30"), want: true},
		{name: "short: the second time", said: "Nobody, no.", must: texts("no"), want: true},
		{name: "short: the whole text", said: "no", must: texts("no"), want: true},
		{name: "short: beside letters with marks", said: "énoé", must: texts("no")},
		{name: "short: as long as three letters", said: "the European Union", must: texts("eur")},
		{name: "four letters are long", said: "the European Union", must: texts("euro"), want: true},
		{name: "must not contain", said: "in March, not April", must: texts("March"), mustNot: []string{"April"}},
		{name: "must not contain, short", said: "in March, knowingly", must: texts("March"), mustNot: []string{"no"}, want: true},
		{name: "a refusal is no answer", said: "The closest is March.", kind: answer.Refused, must: texts("March")},
		{name: "not known is an answer", said: "No date is known.", kind: answer.NotKnown, must: texts("no date"), want: true},
		{name: "refuse: a refusal", said: "The texts do not cover this.", kind: answer.Refused, refusal: true, want: true},
		{name: "refuse: not known", said: "No date is known.", kind: answer.NotKnown, refusal: true, want: true},
		{name: "refuse: an answer", said: "In March.", refusal: true},
		{name: "refuse: a correction", said: "No.", kind: answer.Corrected, refusal: true},
		{name: "refuse: what must not be said", said: "Not in April.", kind: answer.Refused, refusal: true, mustNot: []string{"April"}},
		{name: "an empty entry matches nothing", said: "In March", must: texts("")},
		{name: "nothing said", said: "", must: texts("no")},
	}
	for _, tt := range tests {
		q := evalQuestion{Answerable: !tt.refusal, MustContain: tt.must, MustNotContain: tt.mustNot}
		if have := q.right(outcome{said: tt.said, kind: tt.kind, refused: tt.kind == answer.Refused}); have != tt.want {
			t.Errorf("%s: have %v, want %v", tt.name, have, tt.want)
		}
	}
}

func TestABrokenSetIsExplained(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "set.yaml holds no questions",
		"[]":                                "set.yaml holds no questions",
		"questions: none":                   "set.yaml:1: this does not fit the form",
		"- id: a":                           "set.yaml: number 1 has no question",
		"- question: a\n- question: ' '":    "set.yaml: number 2 has no question",
		"- id: [a":                          "set.yaml:2: ",
		"- id: a\n  question: [a]":          "set.yaml:2: this does not fit the form",
		"- id: a\n  answerable: perhaps":    "set.yaml:2: this does not fit the form",
		"- id: a\n  must_contain: [[]]":     "set.yaml:2: an entry of must_contain is a text",
		"- id: a\n  must_contain: ['']":     "set.yaml:2: an entry of must_contain is a text",
		"- id: a\n  must_contain: [{b: c}]": "set.yaml:2: an entry of must_contain is a text",
		"\x00":                              "set.yaml:1: ",
	} {
		file := filepath.Join(t.TempDir(), "set.yaml")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		r := trilat(t, "", "eval", "--knowledge", library, file)
		if r.code != exitUsage || r.out != "" || !strings.Contains(r.errs, want) {
			t.Errorf("%q: have code %d, %q and %q", text, r.code, r.out, r.errs)
		}
	}
}

func TestEvalNeedsBothFolders(t *testing.T) {
	r := trilat(t, "", "eval", "--knowledge", library, "--against", "missing", "testdata/questions.yaml")
	if r.code != exitUsage || !strings.Contains(r.errs, `there is no folder "missing"`) {
		t.Errorf("have code %d and %q", r.code, r.errs)
	}
}

package answer

import (
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"trilat/knowledge"
)

// shippedWith is the shipped folder with drafts of answers to some questions, each with its own id.
func shippedWith(t *testing.T, questions []string) *Answerer {
	t.Helper()
	names, err := knowledge.Files(knowledge.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, name := range append(names, "sources.yaml", "aliases.yaml") {
		data, err := fs.ReadFile(knowledge.Shipped(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	day := time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)
	for i, q := range questions {
		d := knowledge.DraftOf{ID: draftID(i), Question: q, Answer: "The team asked the ministry. It has not decided yet.", Source: "from the team", By: "Teuta", Day: day}
		files["en/"+knowledge.DraftName(q)] = &fstest.MapFile{Data: knowledge.Draft(d)}
	}
	if err := knowledge.Check(files, day).Err(); err != nil {
		t.Fatal(err)
	}
	return load(t, files)
}

func draftID(i int) string { return fmt.Sprintf("question%02d", i) }

// settles reports whether an answer cites the passage that says it answers the i-th question.
func settles(ans Answer, i int) bool {
	return slices.ContainsFunc(ans.Passages(), func(p *knowledge.Passage) bool { return slices.Contains(p.Answers, draftID(i)) })
}

// What the team answered is found, once its draft is in the folder, by those who asked it and by those who ask otherwise.
func TestFiguresDrafts(t *testing.T) {
	groups := readLabelled(t).Same[:42] // those that the texts do not cover
	var questions []string
	for _, wordings := range groups {
		questions = append(questions, wordings[0])
	}
	a := shippedWith(t, questions)
	var first, others, of float64
	for i, wordings := range groups {
		for j, q := range wordings {
			found := either(settles(a.Answer(Question{Text: q}), i), 1, 0)
			if j == 0 {
				first += found
				continue
			}
			of++
			others += found
		}
	}
	figure(t, "a draft answers its question, %", 100*first/float64(len(groups)), 100)
	figure(t, "a draft answers other wordings of it, %", 100*others/of, 96)
}

// A draft takes no question from a passage that is asked more like it, and none that leans on another.
func TestADraftAnswersOnlyItsQuestion(t *testing.T) {
	a := shippedWith(t, []string{"When will Slovenia sign the declaration?", "How often do the ministers meet?"})
	for _, tt := range []struct {
		question Question
		draft    int // -1 for neither
	}{
		{Question{Text: "When will Slovenia sign the declaration?"}, 0},
		{Question{Text: "when does slovenia sign the declaration"}, 0},
		{Question{Text: "How often do the ministers meet?"}, 1},
		{Question{Text: "When was the declaration signed?"}, -1},
		{Question{Text: "Who signed the declaration?"}, -1},
		{Question{Text: "Did the ministers meet in Munich?"}, -1},
		{Question{Text: "And when?", After: "Who signed the declaration?"}, -1},
		{Question{Text: "Who won the football match?"}, -1},
	} {
		ans := a.Answer(tt.question)
		for i := range 2 {
			if have, want := settles(ans, i), i == tt.draft; have != want {
				t.Errorf("%v: have draft %d in the answer %v, want %v", tt.question, i, have, want)
			}
		}
	}
}

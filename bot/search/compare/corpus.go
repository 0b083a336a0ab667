package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"

	"trilat/bot/search"
)

// question is a question with the number of the passage it was asked about.
type question struct {
	text string
	gold int
}

// readXQuAD returns the paragraphs of a file in SQuAD's format as passages, headed by their article's title, and the
// questions about them.
func readXQuAD(name string) ([]search.Text, []question, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	var file struct {
		Data []struct {
			Title      string
			Paragraphs []struct {
				Context string
				Qas     []struct{ Question string }
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	var texts []search.Text
	var questions []question
	for _, article := range file.Data {
		for _, p := range article.Paragraphs {
			for _, q := range p.Qas {
				questions = append(questions, question{q.Question, len(texts)})
			}
			title := strings.ReplaceAll(article.Title, "_", " ")
			texts = append(texts, search.Text{Headings: []string{title}, Sentences: sentences(p.Context)})
		}
	}
	return texts, questions, nil
}

var sentenceEnd = regexp.MustCompile(`[.!?]["”)]* +(?:["“(]*\p{Lu})`)

// sentences cuts text after a full stop that a capital letter follows, which is good enough to compare engines.
func sentences(text string) []string {
	var all []string
	for {
		at := sentenceEnd.FindStringIndex(text)
		if at == nil {
			return append(all, text)
		}
		space := at[0] + strings.Index(text[at[0]:at[1]], " ")
		all = append(all, text[:space])
		text = strings.TrimLeft(text[space:], " ")
	}
}

// What a distractor is made of: five sentences in which runs of two to six words are replaced by runs of words from
// elsewhere, and a few words by words that no language has. Runs and not single words, because those would part most
// neighbours and so give an engine that looks at neighbours, as ours does, a sign of what is no real passage.
const (
	distractorSentences = 5
	replacedWords       = 0.37
	pseudoWords         = 0.03
)

// enlarge returns n passages: the real ones, evenly spread, and distractors between them, with the questions pointing
// to the passages' new places. It is the same for the same arguments.
func enlarge(real []search.Text, questions []question, n int) ([]search.Text, []question) {
	m := newMixer(real)
	texts := make([]search.Text, n)
	place := make([]int, len(real))
	for i := range real {
		place[i] = i * n / len(real)
		texts[place[i]] = real[i]
	}
	for i := range texts {
		if texts[i].Sentences == nil {
			texts[i] = m.distractor()
		}
		texts[i].ID = fmt.Sprintf("%06d", i)
	}
	moved := make([]question, len(questions))
	for i, q := range questions {
		moved[i] = question{q.text, place[q.gold]}
	}
	return texts, moved
}

// mixer makes distractors.
type mixer struct {
	random    *rand.Rand
	zipf      *rand.Zipf
	headings  []string // by sentence: that of its passage
	sentences []string
	words     []string // of all sentences, in their order
}

func newMixer(real []search.Text) *mixer {
	m := &mixer{random: rand.New(rand.NewPCG(2025, 318))}
	m.zipf = rand.NewZipf(m.random, 1.1, 20, 1<<24) // few pseudo-words are frequent, most are rare, as real ones
	for _, t := range real {
		for _, s := range t.Sentences {
			m.headings = append(m.headings, t.Headings[0])
			m.sentences = append(m.sentences, s)
			m.words = append(m.words, strings.Fields(s)...)
		}
	}
	return m
}

// distractor is headed by the title of its first sentence's article, disturbed as its sentences are.
func (m *mixer) distractor() search.Text {
	var t search.Text
	for range distractorSentences {
		i := m.random.IntN(len(m.sentences))
		if t.Headings == nil {
			t.Headings = []string{m.disturb(m.headings[i])}
		}
		t.Sentences = append(t.Sentences, m.disturb(m.sentences[i]))
	}
	return t
}

func (m *mixer) disturb(text string) string {
	words := strings.Fields(text)
	for i := 0; i < len(words); {
		run := words[i:min(i+2+m.random.IntN(5), len(words))]
		if m.random.Float64() < replacedWords {
			copy(run, m.words[m.random.IntN(len(m.words)-len(run)):])
		}
		i += len(run)
	}
	for i := range words {
		if m.random.Float64() < pseudoWords {
			words[i] = pseudoWord(m.zipf.Uint64())
		}
	}
	return strings.Join(words, " ")
}

// pseudoWord is the word of number n, of three to five syllables.
func pseudoWord(n uint64) string {
	h := fnv.New64a()
	fmt.Fprint(h, n)
	bits := h.Sum64()
	var b strings.Builder
	for range 3 + n%3 {
		b.WriteByte("bcdfghjklmnprstvz"[bits%17])
		b.WriteByte("aeiou"[bits/17%5])
		bits /= 85
	}
	return b.String()
}

// sample returns at most n questions, evenly spread.
func sample(questions []question, n int) []question {
	if len(questions) <= n {
		return questions
	}
	some := make([]question, n)
	for i := range some {
		some[i] = questions[i*len(questions)/n]
	}
	return some
}

package answer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"trilat/knowledge"
)

// The figures of the README. `go test ./bot/answer -run Figures -v` prints them; each has a floor just under what is
// reached, so that a change that costs accuracy fails.

// xquad is a set of articles cut into paragraphs, with questions that one paragraph answers
// (Artetxe, Ruder and Yogatama, "On the Cross-lingual Transferability of Monolingual Representations", 2020).
type xquad struct {
	articles  []string // title of every paragraph's article
	texts     []string
	questions []xquadQuestion
}

type xquadQuestion struct {
	text      string
	paragraph int
	answers   []string
}

func readXQuAD(t *testing.T, lang string) xquad {
	t.Helper()
	data, err := os.ReadFile("../../../shared/qa/xquad." + lang + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("../shared is absent")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Data []struct {
			Title      string
			Paragraphs []struct {
				Context string
				Qas     []struct {
					Question string
					Answers  []struct{ Text string }
				}
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var x xquad
	for _, a := range file.Data {
		for _, p := range a.Paragraphs {
			for _, qa := range p.Qas {
				q := xquadQuestion{text: qa.Question, paragraph: len(x.texts)}
				for _, answer := range qa.Answers {
					q.answers = append(q.answers, answer.Text)
				}
				x.questions = append(x.questions, q)
			}
			x.articles = append(x.articles, strings.ReplaceAll(a.Title, "_", " "))
			x.texts = append(x.texts, p.Context)
		}
	}
	return x
}

// folder is the set as a plain folder of Markdown, one file a paragraph, without one article.
func (x xquad) folder(t *testing.T, without string) *Answerer {
	t.Helper()
	files := fstest.MapFS{}
	for i, text := range x.texts {
		if x.articles[i] != without {
			files[paragraphFile(i)] = &fstest.MapFile{Data: []byte("# " + x.articles[i] + "\n\n" + text + "\n")}
		}
	}
	base, faults := knowledge.Load(files)
	if base == nil {
		t.Fatal(faults)
	}
	return New(base)
}

func paragraphFile(i int) string { return fmt.Sprintf("%03d.md", i) }

// recall is the share, in percent, of questions whose paragraph is among the first 1 and the first 5.
func (x xquad) recall(a *Answerer, ask func(string) string) (first, five float64) {
	for _, q := range x.questions {
		for i, h := range a.Search(ask(q.text), 5) {
			if h.Passage.File == paragraphFile(q.paragraph) {
				if i == 0 {
					first++
				}
				five++
			}
		}
	}
	n := float64(len(x.questions)) / 100
	return first / n, five / n
}

func asIs(q string) string { return q }

// figure reports what was reached and fails below the floor.
func figure(t *testing.T, name string, have, floor float64) {
	t.Helper()
	t.Logf("%-44s %6.2f  (floor %.2f)", name, have, floor)
	if have < floor {
		t.Errorf("%s: have %.2f, want at least %.2f", name, have, floor)
	}
}

func TestFiguresRanking(t *testing.T) {
	for _, c := range []struct {
		lang        string
		first, five float64
	}{{"en", 95.6, 99.0}, {"ro", 94.7, 99.0}, {"tr", 92.5, 98.5}, {"de", 93.5, 98.3}} {
		x := readXQuAD(t, c.lang)
		first, five := x.recall(x.folder(t, ""), asIs)
		figure(t, "XQuAD "+c.lang+", right passage first (R@1)", first, c.first)
		figure(t, "XQuAD "+c.lang+", right passage in five (R@5)", five, c.five)
	}
}

func TestFiguresSpelling(t *testing.T) {
	x := readXQuAD(t, "en")
	a := x.folder(t, "")
	var sum float64
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 0))
		first, _ := x.recall(a, func(q string) string { return misspell(r, q) })
		sum += first
	}
	figure(t, "XQuAD en with typos (R@1, mean of 3 seeds)", sum/3, 94.9)
}

// misspell gives 30 % of the words of four or more letters one typo behind the first letter.
func misspell(r *rand.Rand, q string) string {
	words := strings.Fields(q)
	for i, w := range words {
		core := strings.TrimRight(w, `?.,!;:"')`)
		n := utf8.RuneCountInString(core)
		if n < 4 || strings.ContainsAny(core, "0123456789") || r.Float64() >= 0.3 {
			continue
		}
		letters := []rune(w)
		at := 1 + r.IntN(n-1)
		letter := 'a' + rune(r.IntN(26))
		switch r.IntN(4) {
		case 0:
			letters = slices.Insert(letters, at, letter)
		case 1:
			letters = slices.Delete(letters, at, at+1)
		case 2:
			at = min(at, n-2)
			letters[at], letters[at+1] = letters[at+1], letters[at]
		case 3:
			letters[at] = letter
		}
		words[i] = string(letters)
	}
	return strings.Join(words, " ")
}

func TestFiguresSentences(t *testing.T) {
	x := readXQuAD(t, "en")
	a := x.folder(t, "")
	var one, two float64
	for _, question := range x.questions {
		p := a.main.read(Question{Text: question.text})[0]
		if len(p.hits) == 0 {
			continue
		}
		said := a.main.choose(p)
		right := func(st Statement) bool {
			return slices.ContainsFunc(question.answers, func(want string) bool { return strings.Contains(st.Text, want) })
		}
		if right(said[0]) {
			one++
		}
		if slices.ContainsFunc(said[:min(2, len(said))], right) {
			two++
		}
	}
	n := float64(len(x.questions)) / 100
	figure(t, "XQuAD en, first sentence is right", one/n, 79.2)
	figure(t, "XQuAD en, right within two sentences", two/n, 90.5)
}

func TestFiguresRefusing(t *testing.T) {
	x := readXQuAD(t, "en")
	score := func(a *Answerer, q string) float64 { return a.Answer(Question{Text: q}).Score }
	whole := x.folder(t, "")
	var covered, left []float64
	for _, q := range x.questions {
		covered = append(covered, score(whole, q.text))
	}
	for i, article := range x.articles {
		if i > 0 && article == x.articles[i-1] {
			continue
		}
		rest := x.folder(t, article)
		for _, q := range x.questions {
			if x.articles[q.paragraph] == article {
				left = append(left, score(rest, q.text))
			}
		}
	}
	sure := func(scores []float64) float64 {
		n := 0.0
		for _, score := range scores {
			if score >= whole.main.threshold {
				n++
			}
		}
		return 100 * n / float64(len(scores))
	}
	figure(t, "XQuAD en, answered, %", sure(covered), 95)
	figure(t, "XQuAD en, refused with the article left out, %", 100-sure(left), 93)
	figure(t, "XQuAD en, AUROC with the article left out, %", 100*auroc(covered, left), 98)

	base, faults := knowledge.Load(knowledge.Shipped())
	if base == nil {
		t.Fatal(faults)
	}
	shipped, refused := New(base), 0.0
	for _, q := range x.questions {
		if shipped.Answer(Question{Text: q.text}).Kind == Refused {
			refused++
		}
	}
	figure(t, "XQuAD en put to the shipped folder, refused", 100*refused/float64(len(x.questions)), 96)
}

// auroc is the chance that a covered question scores higher than one that is not.
func auroc(covered, left []float64) float64 {
	slices.Sort(left)
	var sum float64
	for _, score := range covered {
		lower, _ := slices.BinarySearch(left, score)
		notHigher, _ := slices.BinarySearchFunc(left, score, func(a, b float64) int {
			if a <= b {
				return -1
			}
			return 1
		})
		sum += float64(lower+notHigher) / 2
	}
	return sum / float64(len(covered)) / float64(len(left))
}

func TestSmallFoldersTakeTheShippedThreshold(t *testing.T) {
	base, faults := knowledge.Load(knowledge.Shipped())
	if base == nil {
		t.Fatal(faults)
	}
	if have := New(base).main.threshold; math.Abs(have-shippedThreshold) > 0.02 {
		t.Errorf("the shipped folder's threshold is %.3f: write it in shippedThreshold, which is %.3f", have, shippedThreshold)
	}
}

package search

import (
	"math/rand"
	"sort"
	"unicode/utf8"

	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

type xq struct {
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

func loadXQ(t testing.TB, lang string) (texts []Text, qs []struct {
	q    string
	gold int
}) {
	data, err := os.ReadFile("../../../shared/qa/xquad." + lang + ".json")
	if err != nil {
		t.Skip(err)
	}
	var x xq
	if err := json.Unmarshal(data, &x); err != nil {
		t.Fatal(err)
	}
	for _, a := range x.Data {
		for _, p := range a.Paragraphs {
			for _, q := range p.Qas {
				qs = append(qs, struct {
					q    string
					gold int
				}{q.Question, len(texts)})
			}
			texts = append(texts, Text{ID: fmt.Sprintf("%03d", len(texts)), Headings: []string{strings.ReplaceAll(a.Title, "_", " ")}, Sentences: strings.SplitAfter(p.Context, ". ")})
		}
	}
	return
}

func TestTmpXQ(t *testing.T) {
	for _, lang := range []string{"en", "ro", "tr", "de"} {
		texts, qs := loadXQ(t, lang)
		l := lang
		if l != "en" {
			l = ""
		}
		ix := New(texts, l, Aliases{})
		var r1, r5, r50 int
		for _, q := range qs {
			for i, h := range ix.Search(ix.Parse(q.q), 50) {
				if h.Doc == q.gold {
					if i == 0 {
						r1++
					}
					if i < 5 {
						r5++
					}
					r50++
				}
			}
		}
		n := float64(len(qs)) / 100
		fmt.Printf("%s R@1 %.2f R@5 %.2f R@50 %.2f\n", lang, float64(r1)/n, float64(r5)/n, float64(r50)/n)
	}
}

func typo(r *rand.Rand, q string) string {
	words := strings.Fields(q)
	for i, w := range words {
		core := strings.Trim(w, "?.,!\"'()")
		if utf8.RuneCountInString(core) < 4 || strings.ContainsAny(core, "0123456789") || r.Float64() >= 0.3 {
			continue
		}
		rs := []rune(w)
		n := utf8.RuneCountInString(core)
		p := 1 + r.Intn(n-1)
		letter := rune('a' + r.Intn(26))
		switch r.Intn(4) {
		case 0:
			rs = append(rs[:p], append([]rune{letter}, rs[p:]...)...)
		case 1:
			rs = append(rs[:p], rs[p+1:]...)
		case 2:
			if p+1 < n {
				rs[p], rs[p+1] = rs[p+1], rs[p]
			} else {
				rs[p] = letter
			}
		case 3:
			rs[p] = letter
		}
		words[i] = string(rs)
	}
	return strings.Join(words, " ")
}

func TestTmpTypos(t *testing.T) {
	texts, qs := loadXQ(t, "en")
	ix := New(texts, "en", Aliases{})
	for seed := int64(1); seed <= 3; seed++ {
		r := rand.New(rand.NewSource(seed))
		r1 := 0
		for _, q := range qs {
			tq := typo(r, q.q)
			if h := ix.Search(ix.Parse(tq), 1); len(h) > 0 && h[0].Doc == q.gold {
				r1++
			}
		}
		fmt.Printf("typos R@1 %.2f\n", float64(r1)/11.9)
	}
}

func TestTmpAUROC(t *testing.T) {
	texts, qs := loadXQ(t, "en")
	ix := New(texts, "en", Aliases{})
	var pos, neg []float64
	top := func(ix *Index, q string) float64 {
		if h := ix.Search(ix.Parse(q), 1); len(h) > 0 {
			return h[0].Score
		}
		return 0
	}
	for _, q := range qs {
		pos = append(pos, top(ix, q.q))
	}
	for i := 0; i < len(texts); i += 5 {
		var rest []Text
		for _, x := range texts {
			if x.Headings[0] != texts[i].Headings[0] {
				rest = append(rest, x)
			}
		}
		ix := New(rest, "en", Aliases{})
		for _, q := range qs {
			if texts[q.gold].Headings[0] == texts[i].Headings[0] {
				neg = append(neg, top(ix, q.q))
			}
		}
	}
	fmt.Println("n", len(pos), len(neg), "AUROC", auroc(pos, neg))
	for _, th := range []float64{.8, .9, 1, 1.1, 1.2, 1.3} {
		fmt.Printf("%.2f answered %.1f uncovered %.1f\n", th, share(pos, th), share(neg, th))
	}
}

func share(x []float64, th float64) float64 {
	n := 0
	for _, v := range x {
		if v >= th {
			n++
		}
	}
	return 100 * float64(n) / float64(len(x))
}

func auroc(pos, neg []float64) float64 {
	sort.Float64s(neg)
	var sum float64
	for _, p := range pos {
		lo := sort.SearchFloat64s(neg, p)
		hi := sort.Search(len(neg), func(i int) bool { return neg[i] > p })
		sum += float64(lo) + float64(hi-lo)/2
	}
	return sum / float64(len(pos)) / float64(len(neg))
}

package answer

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// labelled are questions of which it is known whether they ask the same.
type labelled struct {
	Same [][]string
	Near [][2]string
}

func readLabelled(t *testing.T) labelled {
	t.Helper()
	data, err := os.ReadFile("testdata/alike.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var l labelled
	if err := yaml.Unmarshal(data, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// part is every second entry: those of rest 0 served for tuning, those of rest 1 did not.
func (l labelled) part(rest int) labelled {
	var p labelled
	for i, same := range l.Same {
		if i%2 == rest {
			p.Same = append(p.Same, same)
		}
	}
	for i, near := range l.Near {
		if i%2 == rest {
			p.Near = append(p.Near, near)
		}
	}
	return p
}

// tally is pairs of questions of one kind, by what they are taken for.
type tally struct{ merged, apart []string }

func (c *tally) add(x, y Sketch) {
	alike := x.Alike(y)
	pair := fmt.Sprintf("%.2f %q and %q", alike, x.sorted, y.sorted)
	if alike >= SameQuestion {
		c.merged = append(c.merged, pair)
	} else {
		c.apart = append(c.apart, pair)
	}
}

func (c tally) String() string {
	return fmt.Sprintf("%d of %d", len(c.merged), len(c.merged)+len(c.apart))
}

// count compares questions within each list, near ones, and all of different lists.
func (l labelled) count(a *Answerer) (same, near, unrelated tally) {
	var lists [][]Sketch
	for _, list := range l.Same {
		var sketches []Sketch
		for _, q := range list {
			x := a.Sketch(q)
			for _, y := range sketches {
				same.add(x, y)
			}
			for _, y := range slices.Concat(lists...) {
				unrelated.add(x, y)
			}
			sketches = append(sketches, x)
		}
		lists = append(lists, sketches)
	}
	for _, pair := range l.Near {
		near.add(a.Sketch(pair[0]), a.Sketch(pair[1]))
	}
	return same, near, unrelated
}

func TestFiguresAlike(t *testing.T) {
	l, a := readLabelled(t), shipped()
	for _, p := range []struct {
		name              string
		rest              int
		precision, recall float64
	}{{"tuned on", 0, 99, 97.5}, {"not tuned on", 1, 99, 91.5}} {
		same, near, unrelated := l.part(p.rest).count(a)
		if p.rest == 0 {
			for _, pair := range slices.Concat(same.apart, near.merged, unrelated.merged) {
				t.Log(pair)
			}
		}
		found, wrong := float64(len(same.merged)), float64(len(near.merged)+len(unrelated.merged))
		t.Logf("%s: taken for the same are %v of the same, %v near ones and %v unrelated ones", p.name, same, near, unrelated)
		figure(t, "the same question, precision, "+p.name+", %", 100*found/(found+wrong), p.precision)
		figure(t, "the same question, recall, "+p.name+", %", 100*found/(found+float64(len(same.apart))), p.recall)
	}
}

// What tells two questions apart, and what does not.
func TestOneQuestionIsToldFromAnother(t *testing.T) {
	a := shipped()
	for _, tt := range []struct {
		name, x, y string
		same       bool
	}{
		{"the same", "Does it cover drones?", "Does it cover drones?", true},
		{"order, case, punctuation", "Drones: does it cover?", "does it cover DRONES", true},
		{"what people say in a chat", "Does it cover drones?", "hey guys, does it cover drones pls", true},
		{"a typo in a word of the texts", "When was the declaration signed?", "When was the declartion sined?", true},
		{"a typo in another word", "Will there be a parade in Tirana?", "will there be a praade in Tirana", true},
		{"a name spelt otherwise", "What did Vučić say?", "What did Vuchich say?", true},
		{"a capital for its country", "Why did Serbia protest?", "Why did Belgrade protest?", true},
		{"a number as a word", "How did the 3 countries vote?", "how did the three countries vote", true},
		{"a synonym", "Who pays for the drills?", "Who pays for the exercises?", true},
		{"a form", "When does the parade begin?", "What date does the parade begin?", true},
		{"what is said around it", "Does it cover drones?", "I am writing a paper. Does it cover drones?", true},
		{"a denial that denies nothing", "Is Kosovo in NATO?", "Isn't Kosovo in NATO?", true},
		{"a name", "What did Serbia say?", "What did Croatia say?", false},
		{"a name in small letters", "what did serbia say", "what did croatia say", false},
		{"a name that is nearly the same", "Did Austria comment?", "Did Australia comment?", false},
		{"a number", "What is planned for 2026?", "What is planned for 2027?", false},
		{"a number as another word", "What does the second part say?", "What does the third part say?", false},
		{"a denial", "Why did NATO comment?", "Why did NATO not comment?", false},
		{"the form", "When was it signed?", "Where was it signed?", false},
		{"what is more", "Will Slovenia join?", "When will Slovenia join?", false},
		{"one word", "Does it cover drones?", "Does it cover submarines?", false},
		{"speaking of it", "Did Bulgaria join?", "What did Bulgaria say about joining?", false},
		{"no words", "???", "!!!", false},
		{"nothing", "", "", false},
	} {
		if alike := a.Alike(tt.x, tt.y); (alike >= SameQuestion) != tt.same {
			t.Errorf("%s: have %.2f for %q and %q, want the same %v", tt.name, alike, tt.x, tt.y, tt.same)
		}
	}
}

func TestTheSameWordsInAnyOrderAreTheSameQuestion(t *testing.T) {
	a, r := shipped(), rand.New(rand.NewPCG(1, 2))
	for _, list := range readLabelled(t).Same {
		for _, q := range list {
			words := strings.Fields(strings.ReplaceAll(q, ".", ""))
			r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
			if shuffled := strings.Join(words, " "); a.Alike(q, shuffled) != 1 {
				t.Errorf("have %v for %q and %q, want 1", a.Alike(q, shuffled), q, shuffled)
			}
		}
	}
}

func FuzzAlike(f *testing.F) {
	a := shipped()
	f.Add("What did Serbia say?", "What did Croatia say?")
	f.Add("2 x 3", "two. three? four!")
	f.Add("", "\xff")
	f.Add(strings.Repeat("drone ", 300), strings.Repeat("a b c d e f g ", 80))
	f.Fuzz(func(t *testing.T, x, y string) {
		alike := a.Alike(x, y)
		if !(alike >= 0 && alike <= 1) || alike != a.Alike(y, x) {
			t.Errorf("have %v and %v for %q and %q, want the same between 0 and 1", alike, a.Alike(y, x), x, y)
		}
		if self := a.Alike(x, x); self != 1 && self != 0 {
			t.Errorf("have %v for %q and itself", self, x)
		}
	})
}

func BenchmarkSketch(b *testing.B) {
	a := shipped()
	for b.Loop() {
		a.Sketch("Is there a joint peacekeeping battalion of the three armies?")
	}
}

func BenchmarkAlikeAThousand(b *testing.B) {
	a := shipped()
	var all []Sketch
	for _, p := range a.base.Passages {
		for _, q := range p.Also {
			all = append(all, a.Sketch(q))
		}
	}
	one := a.Sketch("Is there a joint peacekeeping battalion of the three armies?")
	for b.Loop() {
		for _, s := range all[:1000] {
			one.Alike(s)
		}
	}
}

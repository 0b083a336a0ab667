package search

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestOneWrongLetterIsCorrected(t *testing.T) {
	ix := New([]Text{{ID: "a", Sentences: []string{"The declaration covers sabotage, drones, Anušić, mortars."}}}, "en", Aliases{})
	for _, c := range []struct{ typed, want string }{
		{"declaraton", "declaration"},   // one left out
		{"declarration", "declaration"}, // one too many
		{"declerat1on", "declaration"},  // two replaced in a long word
		{"decalration", "declaration"},  // two swapped
		{"sabotge", "sabotage"},
		{"sabotagee", "sabotage"},
		{"sabptage", "sabotage"},
		{"asbotage", "sabotage"},
		{"drnes", "drones"},
		{"drpnes", "drones"},
		{"dronse", "drones"},
		{"anusc", "anusic"},
		{"anušjć", "anusic"},
		{"mrotars", "mortars"},
	} {
		q := ix.Parse("why " + c.typed)
		if len(q.Slots) != 1 || !slices.Contains(q.Slots[0].Near, c.want) {
			t.Errorf("%q: have %+v, want %q", c.typed, q.Slots, c.want)
			continue
		}
		if q.Slots[0].Word != Fold(c.typed) {
			t.Errorf("%q: have the word %q, want it as asked", c.typed, q.Slots[0].Word)
		}
		if hits := ix.Search(q, 1); len(hits) != 1 {
			t.Errorf("%q: have no passage, want the one with %q", c.typed, c.want)
		}
	}
}

func TestWhatIsNeverCorrected(t *testing.T) {
	ix := New([]Text{{ID: "a", Headings: []string{"Drones"}, Asks: []string{"mortars"}, Sentences: []string{
		"Cat and ox, zz, signed declaration, sabotage."}}}, "en", Aliases{})
	for _, typed := range []string{
		"ux", "zx", "xo", // one or two letters
		"drones", "drone", "mortars", "mortar", // in a heading or a way of asking
		"signed", "signing", "declaration", "declarations", "sabotage", // forms of a known word
		"xylophone", "harmonica", strings.Repeat("declaration", 5), strings.Repeat("x", 100_000), // nothing like them
	} {
		for _, slot := range ix.Parse(typed).Slots {
			if len(slot.Near) > 0 {
				t.Errorf("%.20q: have it taken for %q", typed, slot.Near)
			}
		}
	}
}

func TestAKnownWordIsNotCorrectedThoughAnotherIsNear(t *testing.T) {
	ix := New([]Text{
		{ID: "a", Sentences: []string{"Croats, Serbs, bats, cats."}},
		{ID: "b", Sentences: []string{"Rats, mats, hats."}},
	}, "en", Aliases{})
	for _, word := range []string{"bats", "cats", "rats", "mats", "hats", "bat", "Rat"} {
		q := ix.Parse(word)
		if len(q.Slots) != 1 || len(q.Slots[0].Near) != 0 {
			t.Errorf("%q: have %+v, want the word alone", word, q.Slots)
		}
	}
}

func TestTheNearestSpellingComesFirst(t *testing.T) {
	ix := New([]Text{{ID: "a", Sentences: []string{"Implementation implementations complementation."}}}, "en", Aliases{})
	q := ix.Parse("inplementation")
	if len(q.Slots) != 1 || len(q.Slots[0].Near) == 0 || q.Slots[0].Near[0] != "implementation" {
		t.Errorf("have %+v, want implementation first", q.Slots)
	}
}

func TestSwappedStopWordsAreStopWords(t *testing.T) {
	ix := New([]Text{{ID: "a", Sentences: []string{"The treaty."}}}, "en", Aliases{})
	for _, typed := range []string{"teh treaty", "whcih treaty", "waht is teh treaty"} {
		if have := words(ix.Parse(typed)); !slices.Equal(have, []string{"treaty"}) {
			t.Errorf("%q: have %v, want only the treaty", typed, have)
		}
	}
}

func TestDistanceIsOptimalStringAlignment(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"same", "same", 0},
		{"teh", "the", 1}, {"abcd", "acbd", 1}, {"abcd", "badc", 2},
		{"ca", "abc", 3}, // 2 if a letter could be edited twice
		{"kitten", "sitting", 3}, {"čć", "cc", 2},
	} {
		if have := distance([]rune(c.a), []rune(c.b), 3); have != c.want {
			t.Errorf("%q to %q: have %d, want %d", c.a, c.b, have, c.want)
		}
	}
	word := rapid.StringOfN(rapid.SampledFrom([]rune("abcč")), 0, longestWord, -1)
	rapid.Check(t, func(t *rapid.T) {
		a := []rune(word.Draw(t, "a"))
		b := []rune(word.Draw(t, "b"))
		if rapid.Bool().Draw(t, "alike") {
			b = mistype(t, a)
		}
		limit := rapid.IntRange(0, 3).Draw(t, "limit")
		// More than the limit is more than the limit, however much.
		have, want := min(distance(a, b, limit), limit+1), min(naiveDistance(a, b), limit+1)
		if have != want {
			t.Fatalf("%q to %q within %d: have %d, want %d", string(a), string(b), limit, have, want)
		}
		if back := min(distance(b, a, limit), limit+1); back != have {
			t.Fatalf("%q to %q: have %d, and %d the other way round", string(a), string(b), have, back)
		}
	})
}

// mistype makes up to three edits.
func mistype(t *rapid.T, word []rune) []rune {
	word = slices.Clone(word)
	for range rapid.IntRange(0, 3).Draw(t, "edits") {
		if len(word) == 0 {
			break
		}
		at := rapid.IntRange(0, len(word)-1).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "edit") {
		case 0:
			word = slices.Delete(word, at, at+1)
		case 1:
			word[at] = 'x'
		case 2:
			if len(word) < longestWord {
				word = slices.Insert(word, at, 'x')
			}
		case 3:
			if at > 0 {
				word[at-1], word[at] = word[at], word[at-1]
			}
		}
	}
	return word
}

// naiveDistance is the textbook's matrix.
func naiveDistance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], 1+d[i-2][j-2])
			}
		}
	}
	return d[len(a)][len(b)]
}

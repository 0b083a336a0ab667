package search

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func FuzzTokens(f *testing.F) {
	for _, text := range []string{
		"", "Who signed it?", "Kosovo's", "they're l'accord d’accord", "Đakovo Straße Ærø", "Vuc\u030cic\u0301",
		"Албания 東京 ١٨", "C-130 1,500.75", "\xff\xfe a", "👩‍💻", "the 18th of March, 22nd",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := Tokens(text)
		for _, w := range words {
			if w == "" {
				t.Fatalf("%q: an empty word in %q", text, words)
			}
			for _, c := range w {
				if unicode.IsUpper(c) || unicode.Is(unicode.M, c) {
					t.Fatalf("%q: %U in %q", text, c, w)
				}
			}
		}
		if again := Tokens(strings.Join(words, " ")); !slices.Equal(again, words) {
			t.Fatalf("%q: have %q from its own words %q", text, again, words)
		}
	})
}

func FuzzSearch(f *testing.F) {
	for _, question := range []string{
		"", "Who signed the declaration?", "drnes", "sabotage of cabels", "who is it", "Kosova Force 2025",
		"\xff", "' OR 1=1 --", "<b>signed</b>", "а б в 東京", strings.Repeat("and what ", 70),
	} {
		f.Add(question, "", 3)
		f.Add("who", question, 50)
	}
	aliases := Aliases{Names: [][]string{{"Kosovo", "Kosova"}, {"KFOR", "Kosovo Force"}}, Words: [][]string{{"drones", "weapons"}, {"signed", "ratified"}}}
	indices := []*Index{New(treaties, "en", aliases), New(treaties, "hr", aliases), New(nil, "en", aliases)}
	f.Fuzz(func(t *testing.T, question, before string, n int) {
		for _, ix := range indices {
			q := ix.InContext(ix.Parse(question), before, 0.5)
			hits := ix.Search(q, n)
			checkHits(t, ix, q, hits, n)
			for doc := range ix.texts {
				checkMeasures(t, ix, q, doc)
				checkMeasures(t, ix, q.Without(doc, -1), doc)
			}
			if again := ix.Search(q, n); !slices.Equal(again, hits) {
				t.Fatalf("%q: have %v, then %v", question, hits, again)
			}
		}
	})
}

// FuzzSpelling types a word into a passage and another into a question.
func FuzzSpelling(f *testing.F) {
	for _, pair := range [][2]string{
		{"declaration", "decalration"}, {"drones", "drone"}, {"Anušić", "anusc"}, {"ab", "ac"}, {"teh", "the"},
		{"東京タワー", "東京タワ"}, {"", "x"}, {"2025", "2026"}, {"whcih", "which"},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, written, typed string) {
		ix := New([]Text{{ID: "a", Sentences: []string{written}}, {ID: "b", Sentences: []string{"quiet hills"}}}, "en", Aliases{})
		known := map[string]bool{}
		for _, w := range Tokens(written + " quiet hills") {
			known[w] = true
		}
		for _, slot := range ix.Parse(typed).Slots {
			if known[slot.Word] && len(slot.Near) > 0 {
				t.Fatalf("%q is known, and taken for %q", slot.Word, slot.Near)
			}
			if n := len([]rune(slot.Word)); n < 3 && len(slot.Near) > 0 {
				t.Fatalf("%q is too short to be taken for %q", slot.Word, slot.Near)
			}
			for _, near := range slot.Near {
				if !known[near] {
					t.Fatalf("%q is taken for %q, which no passage has", slot.Word, near)
				}
				if d := naiveDistance([]rune(slot.Word), []rune(near)); d < 1 || d > 2 {
					t.Fatalf("%q is taken for %q, %d edits away", slot.Word, near, d)
				}
			}
		}
	})
}

package search

import (
	"slices"
	"strings"
	"testing"
)

func TestTokensCutAndFold(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{" \t\n", ""},
		{"?!… — “”", ""},
		{"Who signed it?", "who signed it"},
		{"well-known, up/down", "well known up down"},
		{"snake_case", "snake case"},

		{"Šekerinska Vučić Gašić", "sekerinska vucic gasic"},
		{"Shqipëri Türkiye Málaga", "shqiperi turkiye malaga"},
		{"Đakovo Mađarska", "dakovo madarska"},
		{"Straße STRASSE ẞ", "strasse strasse ss"},
		{"Ærø œuvre Łódź ılıca", "aero oeuvre lodz ilica"},
		{"İstanbul", "istanbul"},
		{"Vuc\u030ci\u0107", "vucic"},    // č as c and a combining caron
		{"e\u0301\u0302\u0303 x", "e x"}, // several marks on one letter
		{"ﬁnance Ｔｉｒａｎａ", "finance tirana"},

		{"Kosovo's army, Kosovo’s army", "kosovo army kosovo army"},
		{"the ministers' visit", "the ministers visit"},
		{"they're l'accord", "they re l accord"},
		{"'a quote'", "a quote"},

		{"18 March 2025", "18 march 2025"},
		{"5G A5 C-130", "5g a5 c 130"},
		{"1,500.75 €", "1 500 75"},
		{"١٨", "١٨"},

		{"Албания и Косово", "албания и косово"},
		{"ЂУРЂИЦА", "ђурђица"},
		{"Ελλάδα", "ελλαδα"},
		{"東京 2025年", "東京 2025年"},
		{"漢字、かな", "漢字 かな"},
		{"\xff\xfe", ""},
		{"a\x00b", "a b"},
		{"🇭🇷🇦🇱 hi 👩‍💻", "hi"},
	} {
		words := Tokens(c.text)
		if have := strings.Join(words, " "); have != c.want {
			t.Errorf("Tokens(%q): have %q, want %q", c.text, have, c.want)
		}
		if want := strings.Fields(c.want); len(words) != len(want) {
			t.Errorf("Tokens(%q): have %d words %q, want %d", c.text, len(words), words, len(want))
		}
	}
}

func TestFoldMakesSpellingsEqual(t *testing.T) {
	for _, group := range [][]string{
		{"", ""},
		{"vucic", "Vučić", "VUČIĆ", "Vuc\u030cic\u0301"},
		{"anusic", "Anušić", "ANUŠIĆ"},
		{"dakovo", "Đakovo", "ĐAKOVO", "đakovo"},
		{"strasse", "Straße", "STRASSE"},
		{"aether", "Æther", "æther"},
		{"thor", "Þor", "þor"},
		{"косово", "КОСОВО", "Косово"},
		{"shkoder", "Shkodër", "SHKODËR"},
	} {
		for _, spelling := range group[1:] {
			if have := Fold(spelling); have != group[0] {
				t.Errorf("Fold(%q): have %q, want %q", spelling, have, group[0])
			}
		}
		if have := Fold(group[0]); have != group[0] {
			t.Errorf("Fold(%q) is not its own fold: %q", group[0], have)
		}
	}
}

func TestNamesAreCapitalsWithinASentence(t *testing.T) {
	ix := New(nil, "en", Aliases{})
	for _, c := range []struct{ question, names string }{
		{"Where is Zagreb", "zagreb"},
		{"Zagreb signed", ""}, // the first word of a sentence has a capital anyway
		{"Signed. Zagreb agreed", ""},
		{"Signed? Zagreb agreed", ""},
		{"signed: Zagreb agreed", ""},
		{"signed, Zagreb agreed", "zagreb"},
		{"Paris called Zagreb", "zagreb"},
		{"the minister Šekerinska", "sekerinska"},
		{"signed in 2025", "2025"},
		{"the party of Албания", "албания"},
		{"lower case words", ""},
	} {
		var names []string
		for _, slot := range ix.Parse(c.question).Slots {
			if slot.Name {
				names = append(names, slot.Word)
			}
		}
		if have := strings.Join(names, " "); have != c.names {
			t.Errorf("%q: have the names %q, want %q", c.question, have, c.names)
		}
	}
}

func TestStopWordsTellNothing(t *testing.T) {
	ix := New([]Text{{ID: "a", Sentences: []string{"Who is it? It is what it is, and the treaty."}}}, "en", Aliases{})
	for _, question := range []string{"", "?", "the", "who is it", "what was that about, please?", "Who? What? Where?"} {
		if q := ix.Parse(question); len(q.Slots) != 0 || q.Mass != 0 {
			t.Errorf("%q: have %v with mass %v, want nothing", question, words(q), q.Mass)
		}
	}
	if have := words(ix.Parse("What is the treaty?")); !slices.Equal(have, []string{"treaty"}) {
		t.Errorf("have %v, want only the treaty", have)
	}
}

func TestEnglishIsStemmedOtherLanguagesShareFirstLetters(t *testing.T) {
	for _, c := range []struct {
		lang, text, question string
		found                bool
	}{
		{"en", "They signed it.", "signing", true},
		{"en", "The ministers met.", "minister", true},
		{"en", "A declaration.", "decline", false},
		{"en", "A declaration.", "declarations", true},

		{"hr", "Ministar je potpisao deklaraciju.", "deklaracija", true},
		{"hr", "Potpisana je deklaracija.", "deklaracijom", true},
		{"hr", "Suradnja s Kosovom.", "Kosovo", true},
		{"hr", "Vojna vježba.", "sporazum", false},
		{"sq", "Deklarata u nënshkrua në Tiranë.", "deklaratën", true},
		{"sq", "Bashkëpunimi ushtarak.", "bashkepunimit", true},
		{"sq", "Forcat e Kosovës.", "stervitje", false},
		{"bg", "Декларацията е подписана.", "декларация", true},
	} {
		ix := New([]Text{{ID: "a", Sentences: []string{c.text}}, {ID: "b", Sentences: []string{"Xyz."}}}, c.lang, Aliases{})
		hits := ix.Search(ix.Parse(c.question), 1)
		if found := len(hits) > 0 && hits[0].Doc == 0; found != c.found {
			t.Errorf("%s: %q in %q: have found %v, want %v", c.lang, c.question, c.text, found, c.found)
		}
	}
}

// words are a query's telling words.
func words(q Query) []string {
	var all []string
	for _, slot := range q.Slots {
		all = append(all, slot.Word)
	}
	return all
}

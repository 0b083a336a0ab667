package knowledge

import (
	"slices"
	"strings"
	"testing"
)

// Each row is a paragraph; "|" stands where a sentence ends.
func TestSentencesEndWhereTheyEnd(t *testing.T) {
	for _, want := range []string{
		"",
		"No full stop",
		"One.| Two.| Three.",
		"One!| Two?| Three?!| Four…| Five...| Six.",
		"One.Two.",
		"Wait… no. lower case goes on.",

		// abbreviations, initials, numbers
		"Mr. Vengu met Gen. Smith.| They spoke.",
		"Prof. Dr. A. B. Anušić of the U.S. Army, e.g. in Tirana, i.e. there, etc. and so on.",
		"It met c. 20 March with approx. 300 people.| Nobody left.",
		"He came at 5 p.m. on 18 Mar. 2025.| It rained.",
		"See No. 5 and Art. 12 and pp. 3 to 5.| Next.",
		"They said no.| He left.",
		"It was his art.| She left.",
		"It costs 3.5 million.| It was 2.5 before.",
		"It ended in 2025.| The next began.",
		"It ended.| 12 people came.",
		"Version 1.2.3 came.| Next.",
		"So did I.| He did too.",
		"J. R. R. Smith vs. Jones.| Next.",

		// quotes and brackets
		"He said “Yes.”| Then he left.",
		"He said \"Yes.\"| Then he left.",
		"(He left.)| She stayed.",
		"He said „Da.“| Then he left.",
		"Kao što reče «Da.»| Onda ode.",
		"It is so.| “Really?”| “Yes.”",
		"He asked “Why?” and left.",

		// other languages
		"Deklaracija je potpisana 18. ožujka 2025. u Tirani.| Potpisali su je ministri.",
		"Npr. Hrvatska, tzv. savez, br. 5.| Dalje.",
		"Deklarata u nënshkrua më 18 mars 2025.| Çfarë thotë ajo?| Asgjë.",
		"P.sh. Kosova dhe Shqipëria.| Ndërsa Kroacia jo.",
		"Die Erklärung wurde am 18. März 2025 unterzeichnet, z. B. in Tirana, d.h. dort.| Übrigens auch hier.",
		"Es war 2025.| März ist vorbei.",
		"宣言。| 第二。",
	} {
		paragraph := strings.ReplaceAll(want, "|", "")
		var texts []string
		for _, s := range sentences(run{text: paragraph, line: func(int) int { return 1 }}) {
			texts = append(texts, s.Text)
		}
		if have := strings.Join(texts, "| "); have != want {
			t.Errorf("have %s\nwant %s", have, want)
		}
	}
}

func TestFootnotesGoToTheSentenceBeforeThem(t *testing.T) {
	const text = "One.  Two three.  "
	for _, c := range []struct {
		at   int
		want []string // of each sentence
	}{
		{0, []string{"x", ""}},
		{2, []string{"x", ""}},
		{4, []string{"x", ""}},
		{5, []string{"x", ""}},
		{6, []string{"x", ""}},
		{7, []string{"", "x"}},
		{16, []string{"", "x"}},
		{18, []string{"", "x"}},
	} {
		var have []string
		for _, s := range sentences(run{text: text, notes: []mark{{offset: c.at, id: "x"}}}) {
			have = append(have, strings.Join(s.Sources, " "))
		}
		if !slices.Equal(have, c.want) {
			t.Errorf("at %d: have %q, want %q", c.at, have, c.want)
		}
	}
}

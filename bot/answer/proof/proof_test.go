package proof

import (
	"slices"
	"strings"
	"testing"
)

// found are sentences of which a reviewer got wrong claims through.
var found = []string{
	"The plan of the 2 ministries lists 16 joint activities and 7,500 soldiers.",
	"Until 2008 Kosovo was a province of Serbia.",
	"Albin Kurti, the prime minister of Kosovo, met Bajram Begaj, the president of Albania, in Tirana.",
	"Former NATO spokesman Jamie Shea praised it.",
	"The factory employs 300 soldiers from Albania and Croatia.",
	"For Serbia, the declaration is a threat.",
	"Soldiers of Kosovo took part in the war in Bosnia.",
	"Two dogs bark. Serbia objects, Vengu said.",
	"The minister took his car.",
}

// said are sentences of the kind that claims rest on.
var said = []string{
	"The ministers Pirro Vengu of Albania, Ivan Anušić of Croatia and Ejup Maqedonci of Kosovo signed the declaration in Tirana on 18 March 2025.",
	"No, NATO is not a party to the declaration and neither drafted nor signed it.",
	"NATO's Deputy Secretary General Radmila Šekerinska told Beta around 13 February 2026 that Albania and Croatia are reliable allies.",
	"The three countries plan to hold 4 joint exercises with at least 1,200 soldiers by 2026.",
	"Membership does not stop allies from making extra arrangements, according to Šekerinska.",
	"Serbia's President Aleksandar Vučić accused Croatia of opening an arms race.",
	"Other states may join if all three agree.",
}

func TestCheck(t *testing.T) {
	said := append(said, found...)
	c := New([][]string{{"Albania", "Albanian"}, {"Croatia", "Croatian"}, {"Kosovo", "Kosova"}, {"United States", "USA"}})
	for _, tt := range []struct {
		in    int
		claim string
		want  []Fault
	}{
		{0, "The ministers Pirro Vengu, Ivan Anušić and Ejup Maqedonci signed the declaration in Tirana on 18 March 2025.", nil},
		{0, "The ministers Pirro Vengu of Albania, Ivan Anušić and Ejup Maqedonci signed the declaration on March 18, 2025.", nil},
		{0, "Ivan Anusic of Croatia signed the declaration on 19 March 2025.", []Fault{Date, Order}},
		{0, "The declaration was signed in March 2025.", []Fault{Date, Order}},
		{0, "Ivan Anušić of Albania signed the declaration.", []Fault{Date, Order}},
		{0, "Ivan Anušić of Serbia signed the declaration.", []Fault{Date, Name, Order, Word}},
		{0, "Ivan Anušić did not sign the declaration.", []Fault{Date, Negation, Order}},
		{0, "Ivan Anušić rejected the declaration.", []Fault{Date, Negation, Speaker, Order, Word}},
		{0, "See [1] for who signed the declaration.", []Fault{Shape}},
		{0, "The ministers signed the declaration:", []Fault{Shape}},
		{1, "NATO is not a party to the declaration.", nil},
		{1, "NATO is a party to the declaration.", []Fault{Negation}},
		{1, "NATO is not a party to the declaration but signed it.", []Fault{Negation, Order}},
		{1, "Yes, NATO is not a party to the declaration.", []Fault{Negation, Order}},
		{2, "Radmila Šekerinska told Beta around 13 February 2026 that Albania and Croatia are reliable allies.", nil},
		{2, "Albania and Croatia are reliable allies.", []Fault{Speaker, Order}},
		{2, "Radmila Šekerinska told Beta on 13 February 2026 that Albania and Croatia are reliable allies.", []Fault{Date}},
		{3, "The three countries plan to hold four joint exercises with at least 1200 soldiers by 2026.", nil},
		{3, "The three countries hold 4 joint exercises.", []Fault{Date, Hedge, Order}},
		{3, "The three countries plan to hold 4 joint exercises with 1200 soldiers.", []Fault{Date, Hedge}},
		{3, "The three countries plan to hold 1200 joint exercises.", []Fault{Number, Date, Hedge, Order}},
		{4, "Membership does not stop allies from making extra arrangements, according to Šekerinska.", nil},
		{4, "Membership stops allies from making extra arrangements, according to Šekerinska.", []Fault{Negation}},
		{5, "Serbia's President Aleksandar Vučić accused Croatia of opening an arms race.", nil},
		{5, "Croatia accused Aleksandar Vučić of opening an arms race.", []Fault{Speaker, Order}},
		{7, "The plan of the 2 ministries lists 16 joint activities and 7500 soldiers.", nil},
		{7, "The plan of the 2 ministries lists 1,6 joint activities and 7,500 soldiers.", []Fault{Number, Order}},
		{7, "The plan of the 2 ministries lists 16 joint activities and 75,00 soldiers.", []Fault{Number, Order}},
		{8, "Kosovo was a province of Serbia.", []Fault{Date}},
		{8, "Kosovo is a province of Serbia.", []Fault{Date, Order}},
		{9, "Albin Kurti is the president of Albania.", []Fault{Order}},
		{9, "Albin Kurti, the president of Albania, in Tirana.", []Fault{Order}},
		{10, "NATO spokesman Jamie Shea praised it.", []Fault{Order}},
		{11, "The factory employs 300 soldiers from Albania.", []Fault{Order}},
		{11, "The factory employs 300 soldiers from Croatia.", []Fault{Order}},
		{12, "The declaration is a threat.", []Fault{Order}},
		{13, "Soldiers of Kosovo took part in the war with Bosnia.", []Fault{Order}},
		{15, "The minister took their car.", []Fault{Order}},
		{14, "Two dogs bark. Serbia objects.", []Fault{Shape}},
		{6, "Other states may join if all three agree.", nil},
		{6, "Other states join if all three agree.", []Fault{Hedge}},
		{6, "Other states may join.", []Fault{Hedge, Order}},
	} {
		sentence, faults := c.Check(Claim{tt.claim, said[tt.in]}, Text{Sentences: said})
		if !slices.Equal(faults, tt.want) {
			t.Errorf("%s\n have %v\n want %v", tt.claim, faults, tt.want)
		}
		if len(faults) == 0 && sentence != tt.in {
			t.Errorf("%s: rests on %d", tt.claim, sentence)
		}
	}
}

// A quote that is cut so that a "not" stands outside it proves nothing else than the whole sentence does.
func TestTheWholeSentenceCounts(t *testing.T) {
	_, faults := New(nil).Check(Claim{"Stop allies from making extra arrangements.", "stop allies from making extra arrangements"}, Text{Sentences: said})
	if !slices.Contains(faults, Negation) || !slices.Contains(faults, Speaker) {
		t.Errorf("have %v", faults)
	}
}

func TestAPartysClaimKeepsItsSpeaker(t *testing.T) {
	text := Text{Sentences: []string{"The initiative is a provocation and a dangerous precedent."}, Party: "Serbia's Foreign Ministry", Said: "18 March 2025"}
	for claim, want := range map[string][]Fault{
		"Serbia's Foreign Ministry said on 18 March 2025 that the initiative is a provocation.": nil,
		"The initiative is a provocation.":                                      {Speaker},
		"Croatia's Foreign Ministry said that the initiative is a provocation.": {Name, Order, Word},
	} {
		if _, faults := New(nil).Check(Claim{claim, text.Sentences[0]}, text); !slices.Equal(faults, want) {
			t.Errorf("%s: have %v, want %v", claim, faults, want)
		}
	}
}

// Whatever comes in, nothing panics, and what passes has its words in the text.
func FuzzCheck(f *testing.F) {
	c := New([][]string{{"Albania", "Albanian"}, {"United States", "USA"}})
	for _, s := range said {
		f.Add(s, s, s, "")
	}
	f.Fuzz(func(t *testing.T, claim, quote, text, party string) {
		sentences := strings.Split(text, "\n")
		at, faults := c.Check(Claim{claim, quote}, Text{Sentences: sentences, Party: party})
		if at < 0 || at >= len(sentences) {
			t.Errorf("it rests on sentence %d", at)
		}
		if len(faults) == 0 && !strings.Contains(" "+strings.Join(foldedWords(text), " ")+" ", " "+strings.Join(foldedWords(quote), " ")+" ") {
			t.Error("it passes with a quote that does not stand in the text")
		}
	})
}

func TestTranslates(t *testing.T) {
	const original = "The three ministers met in Tirana on 18 March 2025 and signed 2 copies for 1,200 soldiers."
	for translation, want := range map[string]bool{
		"Trojica ministara sastala su se u Tirani 18.3.2025. i potpisala 2 primjerka za 1200 vojnika.": true,
		"3 ministra sastala su se u Tirani 18. 3. 2025. i potpisala 2 primjerka za 1.200 vojnika.":     true,
		"Trojica ministara sastala su se u Tirani 18.3.2026. i potpisala 2 primjerka za 1200 vojnika.": false,
		"Trojica ministara sastala su se u Tirani 18.4.2025. i potpisala 2 primjerka za 1200 vojnika.": false,
		"Trojica ministara sastala su se u Tirani 18.3.2025. i potpisala primjerke za 1200 vojnika.":   false,
		"Trojica ministara, 18.3.2025, 2 primjerka, 1200 vojnika: vidi evil.example.":                  false,
		"Trojica ministara, 18.3.2025, 2 primjerka, 1200 vojnika <@123>":                               false,
		"Trojica ministara, 18.3.2025, 2 primjerka, 1200 vojnika\u3164 i više od toga":                 false,
		"18.3.2025, 2, 1200": false,
		"":                   false,
	} {
		if have := Translates(original, translation); have != want {
			t.Errorf("%q: have %t", translation, have)
		}
	}
}

package answer

import "testing"

func TestAnotherLanguageIsNoticed(t *testing.T) {
	a := shipped()
	for question, want := range map[string]bool{
		"Tko je potpisao deklaraciju u Tirani?":          true,
		"Ko je potpisao zajedničku izjavu i zašto?":      true,
		"Kush e nënshkroi deklaratën e përbashkët?":      true,
		"Wer hat eigentlich die Erklärung unterzeichnet": true,
		"Who won the football match yesterday evening?":  false,
		"whn wil teh lift be bilt in teh librry":         false,
		"zebra":                                          false,
		"":                                               false,
	} {
		if ans := a.Answer(Question{Text: question}); ans.Kind != Refused || ans.Foreign != want {
			t.Errorf("%q: have %s, foreign %v, want a refusal, foreign %v", question, ans.Kind, ans.Foreign, want)
		}
	}
}

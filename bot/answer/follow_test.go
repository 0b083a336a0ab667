package answer

import (
	"strings"
	"testing"
)

// What is asked after what, and the beginning of the passage's id that answers; "" for a refusal.
func TestAFollowUpLeansOnWhatCameBefore(t *testing.T) {
	a := shipped()
	for _, tt := range []struct{ before, question, passage string }{
		{"Who signed the declaration?", "and Croatia?", "en/declaration#who-signed"},
		{"Who signed the declaration?", "when was that?", "en/declaration#when-was"},
		{"Who signed the declaration?", "and where?", "en/declaration#where-was"},
		{"What did Vučić say about an arms race?", "when was that?", "en/serbia#what-did-vucic-say-about-an-arms-race"},
		{"What did Vučić say about an arms race?", "and in Munich?", "en/serbia#what-did-vucic-say-in-munich"},
		{"What did Vučić say in Munich?", "and Anušić?", "en/implementation#what-did-anusic-say-in-munich"},
		{"Why does Serbia object?", "and Croatia?", "en/signatories#what-are-croatias"},
		{"Has Bulgaria joined the declaration?", "and Montenegro?", "en/corrections#is-it-true-that-montenegro-joined"},
		{"Which vehicle might they build?", "and who designed it?", "en/implementation#what-is-the-shota"},

		// These say enough to stand alone.
		{"Why does Serbia object?", "What did NATO say?", "en/nato#what-did-nato-first-say"},
		{"What did Vučić say about an arms race?", "Is Kosovo in NATO?", "en/corrections#is-it-true-that-kosovo-became"},
		{"What did Vučić say about an arms race?", "Who signed it?", "en/declaration#who-signed"},

		// Whom "he" is is not guessed.
		{"Who signed the declaration?", "Does he wear a hat?", ""},
	} {
		have := ""
		if ans := a.Answer(Question{Text: tt.question, After: tt.before}); ans.Kind != Refused {
			have = ans.Statements[0].Passage.ID
		}
		if !strings.HasPrefix(have, tt.passage) || (have == "") != (tt.passage == "") {
			t.Errorf("%s %s have %q, want %q", tt.before, tt.question, have, tt.passage)
		}
	}
}

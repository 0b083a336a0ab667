package answer

import (
	"strings"

	"trilat/bot/answer/proof"
	"trilat/bot/search"
	"trilat/knowledge"
)

// Claim is a statement that a model wrote, with the passage and the words of it that it says it rests on.
type Claim struct {
	Text    string
	Passage *knowledge.Passage // nil: it names none that there is
	Quote   string
}

// Verdict is what became of a claim: it is kept if there are no faults.
type Verdict struct {
	Claim
	Faults []proof.Fault
}

// Repeated is the fault of a claim that was made before.
const Repeated proof.Fault = "repeated"

// Prove keeps of a draft the claims that their passages bear out; see package proof. The answer's statements are these
// claims, each with the sources of the sentence that it rests on, and it is a refusal if none is left. There is a verdict for
// each claim of the draft; one that is kept quotes its whole sentence, as the text has it.
func (a *Answerer) Prove(draft []Claim) (Answer, []Verdict) {
	var kept []Statement
	verdicts := make([]Verdict, len(draft))
	said := map[string]bool{}
	for i, c := range draft {
		st, faults := a.prove(&c)
		words := strings.Join(search.Tokens(c.Text), " ")
		if len(faults) == 0 && said[words] {
			faults = []proof.Fault{Repeated}
		}
		if verdicts[i] = (Verdict{c, faults}); len(faults) == 0 {
			kept, said[words] = append(kept, st), true
		}
	}
	return a.of(Answer{Statements: kept}.InOrder()), verdicts
}

// prove is a claim as a statement, or what is wrong with it. A claim that holds quotes its whole sentence afterwards.
func (a *Answerer) prove(c *Claim) (st Statement, faults []proof.Fault) {
	if c.Passage == nil {
		return st, []proof.Fault{proof.Quote}
	}
	sentences := whole(c.Passage)
	text := proof.Text{Party: c.Passage.Party, Said: c.Passage.Said.Words()}
	for _, s := range sentences {
		text.Sentences = append(text.Sentences, s.Text)
	}
	i, faults := a.proofs.Check(proof.Claim{Text: c.Text, Quote: c.Quote}, text)
	if len(faults) > 0 {
		return st, faults
	}
	st = sentences[i]
	c.Quote = st.Text // as it stands there, however the model wrote it
	st.Block, st.Text = knowledge.Prose, c.Text
	return st, nil
}

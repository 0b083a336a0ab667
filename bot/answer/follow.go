package answer

import (
	"regexp"
	"slices"
	"strings"

	"trilat/bot/search"
)

var (
	// fragment begins a question that is only the end of one: "and Croatia?", "what about Munich?"
	fragment = regexp.MustCompile(`^(and|but|or|so|what about|how about|also|then)\b`)
	// bare is a question with no words of its own but what it asks for.
	bare = regexp.MustCompile(`^(and |but |so )?(since when|until when|why|when|where|who|how|how (long|many|much|often|so)|why (not|so))( exactly)?( (is|was|were|are|did)( (that|this|it|they))?)?$`)
	// personal are words that stand for people, whom a folder cannot guess.
	personal = regexp.MustCompile(`\b(he|him|his|she|her|they|them|their)\b`)
)

// followUp answers a question that may lean on what was asked before it. One that can stand alone does; one that leans
// is read with what came before, as long as the passage found holds what it asks itself. Whom "he" and "they" are is not
// guessed: such a question is answered with what came before, or not at all.
func (a *Answerer) followUp(q Question) Answer {
	alone := a.alone(Question{Text: q.Text})
	own, words := a.main.index.Parse(q.Text), strings.Join(search.Tokens(q.Text), " ")
	if alone.Kind != Refused && !leans(words, own) {
		return alone
	}
	with := a.alone(q)
	if !a.asksFor(own, with) {
		// "and Croatia?" after a question about Serbia asks the same of another.
		if other := a.alone(Question{Text: q.Text, After: a.main.withoutNames(q.After)}); a.asksFor(own, other) {
			with = other
		}
	}
	switch {
	case with.Kind == Refused && personal.MatchString(words):
		return with
	case bare.MatchString(words), a.holds(own, with), alone.Kind == Refused:
		return with
	case personal.MatchString(words):
		return a.refusal(with)
	}
	return alone
}

// refusal turns an answer down and names what it would have quoted as what comes closest.
func (a *Answerer) refusal(ans Answer) Answer {
	no := a.refused()
	no.Score, no.Closest, no.AsksNow = ans.Score, ans.Passages(), ans.AsksNow
	return no
}

// leans reports whether a question points to something said before, or says too little to stand alone.
func leans(words string, own search.Query) bool {
	named := slices.ContainsFunc(own.Slots, func(s search.Slot) bool { return s.Name })
	return fragment.MatchString(words) || personal.MatchString(words) || bare.MatchString(words) || len(own.Slots) < 2 && !named
}

// holds reports whether the first passage of an answer has all telling words of a question.
func (a *Answerer) holds(q search.Query, ans Answer) bool {
	doc := a.doc(ans)
	return doc >= 0 && !slices.Contains(a.main.index.Held(q, doc), false)
}

// asksFor reports whether the first passage of an answer is asked for by the names that a question has.
func (a *Answerer) asksFor(q search.Query, ans Answer) bool {
	doc := a.doc(ans)
	if doc < 0 {
		return false
	}
	p := a.main.passages[doc]
	asks := search.Tokens(strings.Join(append([]string{p.Title()}, p.Also...), " "))
	return !slices.ContainsFunc(q.Slots, func(s search.Slot) bool { return s.Name && !slices.Contains(asks, s.Word) })
}

// doc is the number of the first passage of an answer, -1 for a refusal.
func (a *Answerer) doc(ans Answer) int {
	if len(ans.Statements) == 0 {
		return -1
	}
	return slices.Index(a.main.passages, ans.Statements[0].Passage)
}

// withoutNames are the telling words of a text that are no names.
func (s *shelf) withoutNames(text string) string {
	var words []string
	for _, slot := range s.index.Parse(text).Slots {
		if !slot.Name {
			words = append(words, slot.Word)
		}
	}
	return strings.Join(words, " ")
}

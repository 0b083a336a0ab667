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
	// doubting asks whether what was just quoted is so, which quoting it again does not answer.
	doubting = regexp.MustCompile(`^(really|(and )?(is|was) (it|this|that) (really )?(true|right|so|correct|real|a fact))$`)
)

// followUp answers a question that may lean on what was asked before it. One that can stand alone does; one that leans
// is read with what came before, as long as the passage found holds most of what it asks itself. Whom "he" and "they" are
// is not guessed: such a question is answered with what came before, or not at all.
func (a *Answerer) followUp(q Question) Answer {
	alone := a.alone(Question{Text: q.Text})
	own, words := a.main.index.Parse(q.Text), strings.Join(search.Tokens(q.Text), " ")
	if alone.Kind != Refused && !leans(words, own) {
		return alone
	}
	with := a.alone(q)
	if before := a.main.withoutNames(q.After); named(own) && before != q.After && !a.asksFor(own, with) {
		// "and Croatia?" after a question about Serbia asks the same of another.
		with = a.alone(Question{Text: q.Text, After: before})
		if !a.asksFor(own, with) && a.held(a.main.index.Parse(before), with) < mostly && alone.Kind != Refused {
			return alone
		}
	}
	switch {
	case doubting.MatchString(words):
		return a.refusal(with)
	case bare.MatchString(words), a.holds(own, with):
		return with
	case personal.MatchString(words):
		return a.refusal(with)
	}
	return alone
}

// Asks reports whether a text is one question with no words but those of the folder, those of what was given, and those
// without which English does not do, and with no numbers but those of what was given. One that a model has
// written is looked up only then.
func (a *Answerer) Asks(question, given string) bool {
	known := search.Tokens(given)
	return oneQuestion.MatchString(question) && !slices.ContainsFunc(search.Tokens(question), func(w string) bool {
		return !slices.Contains(known, w) && (strings.Trim(w, "0123456789") == "" || !a.main.index.Has(w) && !a.main.index.Little(w))
	})
}

// oneQuestion is one plain question, without signs that could be markup or part of a link.
var oneQuestion = regexp.MustCompile(`^[\p{Latin}\d][\p{Latin}\d ,'’-]*\?$`)

// mostly is how much of a question a passage must hold to be about it.
const mostly = 0.5

// refusal turns an answer down, if it is none yet, and names what it would have quoted as what comes closest.
func (a *Answerer) refusal(ans Answer) Answer {
	if ans.Kind == Refused {
		return ans
	}
	no := a.refused()
	no.Score, no.Closest, no.AsksNow = ans.Score, ans.Passages(), ans.AsksNow
	return no
}

// Leans reports whether a question points to something said before it, or says too little to stand alone.
func (a *Answerer) Leans(question string) bool {
	return leans(strings.Join(search.Tokens(question), " "), a.main.index.Parse(question))
}

// leans reports whether a question points to something said before, or says too little to stand alone.
func leans(words string, own search.Query) bool {
	return fragment.MatchString(words) || leaning.MatchString(words) || bare.MatchString(words) || len(own.Slots) < 2 && !named(own)
}

// named reports whether a question has a name in it.
func named(q search.Query) bool {
	return slices.ContainsFunc(q.Slots, func(s search.Slot) bool { return s.Name })
}

// holds reports whether the first passage of an answer has most of a question's telling words, and all its names.
func (a *Answerer) holds(q search.Query, ans Answer) bool {
	doc := a.doc(ans)
	return doc >= 0 && a.held(q, ans) >= mostly && a.main.namesLacking(q, doc) == 0
}

// held is the share of a question's telling words that the first passage of an answer has.
func (a *Answerer) held(q search.Query, ans Answer) float64 {
	doc := a.doc(ans)
	if doc < 0 || q.Telling == 0 {
		return 0
	}
	var share float64
	for i, held := range a.main.index.Held(q, doc) {
		if held {
			share += float64(q.Slots[i].Telling / q.Telling)
		}
	}
	return share
}

// asksFor reports whether the heading of an answer's first passage has the names that a question has.
func (a *Answerer) asksFor(q search.Query, ans Answer) bool {
	doc := a.doc(ans)
	if doc < 0 {
		return false
	}
	heading := search.Tokens(a.main.passages[doc].Title())
	return !slices.ContainsFunc(q.Slots, func(s search.Slot) bool { return s.Name && !slices.Contains(heading, s.Word) })
}

// doc is the number of the first passage of an answer, -1 for a refusal.
func (a *Answerer) doc(ans Answer) int {
	if len(ans.Statements) == 0 {
		return -1
	}
	return slices.Index(a.main.passages, ans.Statements[0].Passage)
}

// withoutNames is a text less its names; the same text when it has none.
func (s *shelf) withoutNames(text string) string {
	q := s.index.Parse(text)
	if !named(q) {
		return text
	}
	var words []string
	for _, slot := range q.Slots {
		if !slot.Name {
			words = append(words, slot.Word)
		}
	}
	return strings.Join(words, " ")
}

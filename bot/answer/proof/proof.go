// Package proof decides whether a claim is borne out by the words that it rests on.
//
// A claim names the words of a text that it rests on. [Checker.Check] finds them there, takes the whole sentences that they
// stand in, and compares what can be compared without understanding: numbers, dates, names, what is negated, what is only
// planned or possible, who says it, the order of names, and whether the claim has words of its own. A claim that passes says
// nothing that these words do not; whether it leaves out what matters, and whether it answers the question, is not decided
// here. It is strict: many true claims do not pass, since a false one does more harm than a missing one.
//
// The rules are for English. The package knows texts, no folder and no model.
package proof

import (
	"slices"
	"strings"
	"unicode"
)

// Text is what a claim may rest on: the sentences that stand under one heading, in their order.
type Text struct {
	Sentences []string
	// Party says what stands there, and Said names the day in words, "18 March 2025"; "" when nobody does.
	Party, Said string
}

// Claim is one statement, with the words of a text that it rests on.
type Claim struct{ Text, Quote string }

// Fault is why a claim does not pass.
type Fault string

// The faults.
const (
	Shape    Fault = "shape"    // it is empty, too long, or holds characters that no statement needs
	Quote    Fault = "quote"    // the words that it names do not stand in the text, or are too few
	Number   Fault = "number"   // it has a number that is not in them
	Date     Fault = "date"     // it has a date that is not in them, or turns before, after or around it
	Name     Fault = "name"     // it has a name that is not in them
	Negation Fault = "negation" // it negates what they do not, or the other way round
	Hedge    Fault = "hedge"    // it drops or adds that something is planned, possible, partly or only so
	Speaker  Fault = "speaker"  // it drops, adds or changes who says it
	Order    Fault = "order"    // it turns round who does what
	Word     Fault = "word"     // it has words of its own
)

// Checker checks claims. It never changes and may be used by several goroutines.
type Checker struct{ lexicon lexicon }

// New is a Checker that knows spellings of one name, each group of which counts as the same.
func New(names [][]string) *Checker { return &Checker{newLexicon(names)} }

// The longest claim, in bytes, and the fewest words that a claim may rest on.
const (
	maxClaim = 600
	minQuote = 3
)

// Check returns the faults of a claim, none for one that passes, and the numbers of the sentences that its quoted words
// stand in.
func (c *Checker) Check(claim Claim, t Text) (sentences []int, faults []Fault) {
	if !shapely(claim.Text, claim.Quote) {
		return nil, []Fault{Shape}
	}
	sentences = c.find(claim.Quote, t.Sentences)
	if sentences == nil {
		return nil, []Fault{Quote}
	}
	var whole []string
	for _, i := range sentences {
		whole = append(whole, t.Sentences[i])
	}
	p := pair{
		claim: c.lexicon.read(claim.Text),
		quote: c.lexicon.read(claim.Quote),
		whole: c.lexicon.read(strings.Join(whole, " ")),
		party: c.lexicon.read(t.Party),
		said:  c.lexicon.read(t.Said),
	}
	for _, rule := range []struct {
		fault Fault
		holds func(pair) bool
	}{
		{Number, pair.numbers}, {Date, pair.dates}, {Name, pair.names}, {Negation, pair.negations}, {Hedge, pair.hedges},
		{Speaker, pair.speaker}, {Order, pair.order}, {Word, pair.words},
	} {
		if !rule.holds(p) {
			faults = append(faults, rule.fault)
		}
	}
	return sentences, faults
}

// shapely reports whether a claim is a statement by its look: no markup, links or invisible characters, unless the words
// that it rests on have the same.
func shapely(text, quote string) bool {
	if text != strings.TrimSpace(text) || len(text) > maxClaim || len(strings.Fields(text)) < 2 {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		plain := unicode.Is(unicode.Latin, r) || unicode.IsDigit(r) || r == ' ' || strings.ContainsRune(`.,;:'’"“”()–-/%&`, r)
		return !plain && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || !strings.ContainsRune(quote, r))
	})
}

// find returns the numbers of the sentences that words stand in, one after the other; nil when they do not.
func (c *Checker) find(quote string, sentences []string) (in []int) {
	var want, have []string
	for _, w := range cut(quote) {
		want = append(want, w.folded)
	}
	if len(want) < minQuote {
		return nil
	}
	var of []int // by word: its sentence
	for i, s := range sentences {
		for _, w := range cut(s) {
			have, of = append(have, w.folded), append(of, i)
		}
	}
	for at := 0; at+len(want) <= len(have); at++ {
		if slices.Equal(have[at:at+len(want)], want) {
			return slices.Compact(slices.Clone(of[at : at+len(want)]))
		}
	}
	return nil
}

// pair is a claim beside what it rests on: the words that it quotes, the whole sentences that they stand in, and who says
// them.
type pair struct{ claim, quote, whole, party, said reading }

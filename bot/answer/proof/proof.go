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
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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

// The longest claim, in bytes, and the fewest words that a claim may rest on and have.
const (
	maxClaim = 600
	minQuote = 3
	minWords = 4
)

// Check returns the faults of a claim, none for one that passes, and the number of the sentence that it rests on. A claim
// whose words come from several sentences passes only if one of them bears it out by itself.
func (c *Checker) Check(claim Claim, t Text) (sentence int, faults []Fault) {
	if !shapely(claim.Text, strings.Join(append(t.Sentences[:len(t.Sentences):len(t.Sentences)], t.Party), " ")) {
		return 0, []Fault{Shape}
	}
	spans := find(claim.Quote, t.Sentences)
	if spans == nil {
		return 0, []Fault{Quote}
	}
	p := pair{claim: c.lexicon.read(claim.Text), party: c.lexicon.read(t.Party), said: c.lexicon.read(t.Said)}
	for n, s := range spans {
		p.quote, p.whole = c.lexicon.read(t.Sentences[s.sentence][s.from:s.to]), c.lexicon.read(t.Sentences[s.sentence])
		if found := p.faults(); n == 0 || len(found) < len(faults) {
			sentence, faults = s.sentence, found
		}
	}
	return sentence, faults
}

// faults are what is wrong with the claim of a pair.
func (p pair) faults() (all []Fault) {
	for _, rule := range []struct {
		fault Fault
		holds bool
	}{
		{Number, p.numbers()}, {Date, p.dates()}, {Name, p.names()}, {Negation, p.negations()}, {Hedge, p.hedges()},
		{Speaker, p.speaker()}, {Order, p.order()}, {Word, p.words()},
	} {
		if !rule.holds {
			all = append(all, rule.fault)
		}
	}
	return all
}

// shapely reports whether a claim is a statement by its look: of some words, and with no signs, links, markup or invisible
// characters but those of the text that it rests on.
func shapely(claim, text string) bool {
	if claim != strings.TrimSpace(norm.NFC.String(claim)) || len(claim) > maxClaim || len(strings.Fields(claim)) < minWords || !wordly(claim) ||
		strings.ContainsAny(claim[len(claim)-1:], ":;,-") || several.MatchString(claim) { // what follows is missing, or is too much
		return false
	}
	for _, odd := range oddities.FindAllString(claim, -1) {
		if !strings.Contains(text, odd) {
			return false
		}
	}
	return !strings.ContainsFunc(claim, func(c rune) bool {
		plain := unicode.Is(unicode.Latin, c) && unicode.IsLetter(c) || c >= '0' && c <= '9' || strings.ContainsRune(" .,;:'’()-–", c)
		return !plain && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || !strings.ContainsRune(text, c))
	})
}

// wordly reports whether a text begins with a letter or a digit.
func wordly(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLetter(first) || unicode.IsDigit(first)
}

// several is where another sentence begins.
var several = regexp.MustCompile(`\pL[.?!]\s+\p{Lu}`)

// oddities are what looks like an address, and signs before a number.
var oddities = regexp.MustCompile(`[\pL\d][./:]\pL+|(?:^|\s)[-–]\d+`)

// span is the part of a sentence that is quoted.
type span struct {
	sentence int
	from, to int // in bytes
}

// find returns the spans of the sentences that quoted words stand in, one after the other; nil when they do not.
func find(quote string, sentences []string) (spans []span) {
	want := foldedWords(quote)
	if len(want) < minQuote {
		return nil
	}
	var have []word
	var of []int // by word: its sentence
	for i, s := range sentences {
		for _, w := range cut(s) {
			have, of = append(have, w), append(of, i)
		}
	}
	for at := 0; at+len(want) <= len(have); at++ {
		if !slices.EqualFunc(have[at:at+len(want)], want, func(w word, folded string) bool { return w.folded == folded }) {
			continue
		}
		for i := at; i < at+len(want); i++ {
			if i == at || of[i] != of[i-1] {
				spans = append(spans, span{of[i], have[i].from, have[i].to})
			}
			spans[len(spans)-1].to = have[i].to
		}
		return spans
	}
	return nil
}

// pair is a claim beside what it rests on: the words that it quotes, the whole sentences that they stand in, and who says
// them.
type pair struct{ claim, quote, whole, party, said reading }

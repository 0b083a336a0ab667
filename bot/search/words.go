package search

import (
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

// analyser knows how words of one language are compared.
type analyser struct {
	lang  string
	stops map[string]bool
}

func newAnalyser(lang string) analyser {
	if lang == "en" {
		return analyser{lang, englishStops}
	}
	return analyser{lang: lang}
}

// stems reports whether words are compared by a stemmer made for the language.
func (a analyser) stems() bool { return a.lang == "en" }

// key is the English stem (Snowball), and elsewhere the first five letters, which in inflected languages joins more
// forms of a word than the stemmers that exist for them.
func (a analyser) key(folded string) string {
	if a.stems() {
		return english.Stem(folded, false)
	}
	n := 0
	for i := range folded {
		if n == 5 {
			return folded[:i]
		}
		n++
	}
	return folded
}

// Tokens cuts text at everything that is neither letter nor digit, and folds what remains: lower case, no diacritics.
// An apostrophe ends a word; a single letter after it ("Kosovo's") is dropped.
func Tokens(text string) []string {
	var all []string
	var b strings.Builder
	apostrophe := false
	flush := func(next rune) {
		if b.Len() > 0 {
			if s := b.String(); !apostrophe || len(s) > 1 {
				all = append(all, s)
			}
			b.Reset()
			apostrophe = false
		}
		if next == '\'' || next == '’' {
			apostrophe = len(all) > 0
		} else if next != 0 {
			apostrophe = false
		}
	}
	for _, c := range Fold(text) {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			b.WriteRune(c)
			continue
		}
		flush(c)
	}
	flush(0)
	return all
}

// folds are letters that Unicode does not decompose, as people type them without their marks.
var folds = strings.NewReplacer("đ", "d", "ø", "o", "ł", "l", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i", "ð", "d", "þ", "th")

// Fold makes letters comparable: lower case, compatibility forms resolved, marks dropped.
func Fold(text string) string {
	text = strings.ToLower(text)
	if ascii(text) {
		return text
	}
	var b strings.Builder
	for _, c := range norm.NFKD.String(text) {
		if !unicode.Is(unicode.Mn, c) {
			b.WriteRune(c)
		}
	}
	return folds.Replace(b.String())
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// englishStops are words that tell nothing of what a question is about: grammar, question words, and what people say
// around a question in a chat.
var englishStops = set(`a an the this that these those there here
	i me my mine you your yours he him his she her hers it its we us our they them their
	am is are was were be been being do does did doing done have has had having
	will would shall should can could may might must ought
	and or but if then so than as of in on at by for with from to into onto about over under between through during per via up down out off again
	not no nor yes very too also just only even ever still yet
	what which who whom whose when where why how
	s t d ll re ve m don didn doesn isn aren wasn weren hasn haven won wouldn couldn shouldn ain
	please pls plz thanks thx hi hello hey ok okay lol lmao haha nah yeah yep btw guys dude bro u ur r y wat wut wen whats whos hows wheres whens cuz coz bout thingy thing things stuff
	tell say give show explain know want like get got let exactly actually really anything something someone somebody anyone anybody everyone any some
	wanna gonna kinda idk im ive dont doesnt didnt isnt arent cant wont`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

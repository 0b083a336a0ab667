package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

// analyser knows how words of one language are compared.
type analyser struct {
	lang  string
	stops map[string]bool // as written
	light map[string]bool // by key

	senses map[string][]int // groups of words that ask for the same, by key
}

func newAnalyser(lang string) analyser {
	a := analyser{lang: lang}
	if lang == "en" {
		a.stops = englishStops
		a.light = map[string]bool{}
		for w := range strings.FieldsSeq(englishLight) {
			a.light[a.key(w)] = true
		}
		a.senses = a.groups(englishNear)
	}
	return a
}

// groups are the numbers of the lines in which words stand, by key.
func (a analyser) groups(lines string) map[string][]int {
	in := map[string][]int{}
	for i, line := range strings.Split(lines, "\n") {
		for w := range strings.FieldsSeq(line) {
			if key := a.key(w); !slices.Contains(in[key], i) {
				in[key] = append(in[key], i)
			}
		}
	}
	return in
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

// token is one word of a text.
type token struct {
	word string // folded
	name bool   // written with a capital within a sentence, or a number
}

// Tokens cuts text at everything that is neither letter nor digit, and folds what remains: lower case, no diacritics.
// An apostrophe ends a word; a single letter after it ("Kosovo's") is dropped.
func Tokens(text string) []string {
	tokens := tokenise(text)
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.word
	}
	return words
}

func tokenise(text string) []token {
	var all []token
	first := true // of a sentence
	apostrophe := false
	for len(text) > 0 {
		n := strings.IndexFunc(text, func(c rune) bool { return !wordly(c) })
		if n < 0 {
			n = len(text)
		}
		if n > 0 {
			word := cardinal(Fold(text[:n]))
			if !apostrophe || utf8.RuneCountInString(word) > 1 {
				c, _ := utf8.DecodeRuneInString(text)
				all = append(all, token{word, unicode.IsUpper(c) && !first || strings.Trim(word, "0123456789") == ""})
			}
			first, text = false, text[n:]
			continue
		}
		c, size := utf8.DecodeRuneInString(text)
		apostrophe = (c == '\'' || c == '’') && len(all) > 0
		first = first || strings.ContainsRune(".?!:“\"", c)
		text = text[size:]
	}
	return all
}

// cardinal makes "18th" and "22nd" the numbers that dates are written with.
func cardinal(word string) string {
	digits := strings.TrimRight(word, "stndrh")
	switch word[len(digits):] {
	case "st", "nd", "rd", "th":
		if strings.Trim(digits, "0123456789") == "" {
			return digits
		}
	}
	return word
}

// wordly reports what words are made of: letters with their marks, and digits.
func wordly(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.Mn, c)
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
	many much often
	what which who whom whose when where why how
	s t d ll re ve m don didn doesn isn aren wasn weren hasn haven won wouldn couldn shouldn ain
	please pls plz thanks thx hi hello hey ok okay lol lmao haha nah yeah yep btw guys dude bro u ur r y wat wut wen whats whos hows wheres whens cuz coz bout thingy thing things stuff
	tell say give show explain know want like get got let exactly actually really anything something someone somebody anyone anybody everyone any some
	smth ppl hav abt bc cos rn tho dunno gotta lemme sth ive
	wanna gonna kinda idk im ive dont doesnt didnt isnt arent cant wont`)

// englishLight are words that are rare in a small folder but common in English, so that whether a passage has them tells
// less than their rarity there says. Compared by stem.
const englishLight = `able above absolutely accept according across add after again age ago ahead almost alone along already although always
	among amount another answer apart appear around ask attempt away
	back bad based basic basically be beat become been before began begin behind believe belong below best better big bit board body both bring brought build built bunch
	call came care carry case cause certain chance change charge choose clear clearly close come common complete concrete consider contain continue correct course cover create current
	day deal decide depend detail differ different difficult direct double draw drop due during
	each early easy effect either elsewhere else end enough entire especially everybody everyone everything everywhere example expect explain extra
	face fact fail fair fall false famous far fast feel few field figure final finally find fine first five follow forever form forward found four free friend full further fuss
	gain general give given glad go goes going gone good great ground group grow guess guy
	half hand handle happen hard head hear heard held help high hit hold home hope hour huge hundred
	idea imagine immediate important in include indeed inside instead interest involve issue item itself
	join keep kept kick kind know known
	large last late later latest lead learn least leave led left less let level life lift light like likely line list little live local long look lose lost lot love low
	made main major make making man manner mark matter maybe mean meant meet member mention mere middle might mind minute mix moment month more most mostly move
	nature near nearly necessary need never new next nice nobody none normal note nothing now nowhere number
	obvious occur odd offer often old once one ones open opposite order original other others outside overall own
	pact page pair paper part particular party past pay people perhaps person pick piece place plain plan play point possible present pretty previous probably problem promise proper provide public pull purpose push put
	question quick quite
	raise ran rather reach read ready real reason receive recent refer regard related remain remember rest result return reveal rid right role round rule run
	said same save saw second see seem seen sell send sense sent separate serious set several shape share short shot shut side sign similar simple simply since single sit situation six size small so sold soon sort sound space speak special specific spend spoke spot spread stage stand start state stay step stick stop straight strange strong stuck such sudden suggest suppose sure
	table take taken talk team ten tend term than then thing think third though thought thousand three through throughout throw time times to today together told tomorrow tonight too took top total touch toward towards tried trip trouble true truly try turn twice two type
	under understand unless until upon upset use used useful usual
	value various version view visit
	wait walk want watch way week well went whatever whenever whether while whole wide win wish within without wonder word words work world worry worse worst worth write written wrong wrote
	year years yesterday young yourself`

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// Stem is what the forms of an English word that is folded have in common (Snowball).
func Stem(folded string) string { return english.Stem(folded, false) }

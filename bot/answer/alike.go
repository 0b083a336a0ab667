package answer

import (
	"regexp"
	"slices"
	"strings"

	"trilat/bot/search"
)

// SameQuestion is how alike two questions must be to be taken for the same. Nearly all that are ask the same; some that
// ask the same are less alike, since a question that is merged by mistake would be hidden.
const SameQuestion = 0.58

// What is left of the words that two questions share when something tells them apart.
const (
	clashShare  = 0.3 // each has a name or a number of its own
	negateShare = 0.5 // one asks whether or why something is not so
	saidShare   = 0.6 // one asks what somebody said, the other does not
	namedCost   = 0.7 // how much more a name counts that only one has
	apartCost   = 1.0 // how much more words count when each has some of its own
)

// Sketch is a question made ready for being compared with many others. It never changes.
type Sketch struct {
	words   search.Sketch
	sorted  string // its words in order
	form    form
	said    bool // asks what somebody said
	negated bool
}

// Sketch makes a question ready. Only sketches of one Answerer can be compared.
func (a *Answerer) Sketch(question string) Sketch { return a.main.sketch(question) }

func (s *shelf) sketch(question string) Sketch {
	asked, around := focus(clean(question))
	words := search.Tokens(asked + " " + around)
	slices.Sort(words)
	x := Sketch{sorted: strings.Join(words, " "), said: speech.MatchString(asked), negated: negated(asked)}
	x.form, asked = formOf(asked)
	x.words = s.index.Sketch(speech.ReplaceAllString(asked, " "), around, asideWeight)
	return x
}

// Alike is how alike two questions are, from 0 to 1, the same from either side; 1 for the same words in whatever order.
func (s Sketch) Alike(o Sketch) float64 {
	if s.sorted == o.sorted {
		return either(s.sorted != "", 1, 0)
	}
	l := s.words.Likeness(o.words)
	alike := l.Shared * s.form.like(o.form) * max(0, 1-apartCost*l.Apart) * max(0, 1-namedCost*l.Named)
	alike *= either(l.Clash, clashShare, 1)
	alike *= either(s.said != o.said, saidShare, 1)
	alike *= either(s.negated != o.negated, negateShare, 1)
	return alike
}

// Alike is how alike two questions are. To compare one with many, or many with each other, see [Answerer.Sketch].
func (a *Answerer) Alike(x, y string) float64 { return a.Sketch(x).Alike(a.Sketch(y)) }

var (
	// speech are words that ask for what somebody said, whatever they call it.
	speech = regexp.MustCompile(`(?i)\b(say|says|said|statements?|comment(s|ed|ing)?|react(s|ed|ions?)?|respon(d|ds|ded|ses?)|repl(y|ied|ies)|answer(s|ed)?|opinions?|views?|thinks?|position|stance)\b`)
	denial = regexp.MustCompile(`\b(not|no|never|without|neither|nor|nobody|nothing|none|cannot|[a-z]+n['’]t|(do|does|did|is|are|was|were|wo|ca|could|should|would|have|has|had)nt)\b`)
	// idle is a denial that denies nothing: "Isn't it …?", "…, isn't it?", "yes or no".
	idle = regexp.MustCompile(`^\s*[a-z]+n['’]t\b|\b[a-z]+n['’]t (it|they|he|she|we|you)\s*\?|\b(yes )?or (no|not|nah)\b`)
)

// negated reports whether a question asks about what is not so.
func negated(asked string) bool {
	return denial.MatchString(idle.ReplaceAllString(strings.ToLower(asked), " "))
}

// form is what kind of answer a question wants.
type form int

const (
	elliptic form = iota // no question word: "budget 2026?"
	yesNo
	aThing // what, which
	aName
	aMoment
	aSpot
	aCount
	aReason
	aManner
)

// forms are how people ask for each, the first that fits counts, and the words that say no more than that.
var forms = []struct {
	form
	asks, says *regexp.Regexp
}{
	{aCount, numberForm, nil},
	{aCount, regexp.MustCompile(`^(what (is|was) )?(the )?(number|amount) of\b`), regexp.MustCompile(`(?i)\b(number|amount)\b`)},
	{aMoment, timeForm, regexp.MustCompile(`(?i)\b(dates?|days?)\b`)},
	{aName, personForm, nil},
	{aReason, regexp.MustCompile(`\b(why|how come|reasons?|what for)\b`), regexp.MustCompile(`(?i)\breasons?\b`)},
	{aSpot, placeForm, regexp.MustCompile(`(?i)\b(city|town|place)\b`)},
	{aSpot, regexp.MustCompile(`\b(place|venue|location) of\b`), regexp.MustCompile(`(?i)\b(place|venue|location)\b`)},
	{aManner, regexp.MustCompile(`\bhow\b`), nil},
	{aThing, regexp.MustCompile(`\b(what|which|whats|wat|wich)\b`), nil},
	{yesNo, regexp.MustCompile(`\b(is|are|was|were|do|does|did|will|would|can|could|may|should|has|have|had)\b`), nil},
}

// formOf finds the form of a question; topic is what it asks less the words that only make its form.
func formOf(asked string) (f form, topic string) {
	words := strings.Join(search.Tokens(asked), " ")
	for _, f := range forms {
		switch {
		case !f.asks.MatchString(words):
		case f.says == nil:
			return f.form, asked
		default:
			return f.form, f.says.ReplaceAllString(asked, " ")
		}
	}
	return elliptic, asked
}

// like is how far two forms ask for the same kind of answer.
func (f form) like(o form) float64 {
	f, o = min(f, o), max(f, o)
	switch {
	case f == o:
		return 1
	case f == elliptic, f == yesNo && o == aThing, f == aThing && (o == aCount || o == aManner):
		return 0.95
	case f == aThing:
		return 0.75
	}
	return 0.5
}

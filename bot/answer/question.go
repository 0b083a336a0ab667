package answer

import (
	"regexp"
	"strings"
	"unicode"

	"trilat/bot/search"
)

// Question is what somebody asks.
type Question struct {
	Text string
	// After is the question before it, when this one follows up on it.
	After string
}

// MaxQuestion is the longest question that is read, in characters.
const MaxQuestion = 1000

// expects is what kind of words an answer should hold.
type expects int

const (
	anything expects = iota
	aPerson
	aTime
	aPlace
	aNumber
)

// intent is what the form of a question says about the answer.
type intent struct {
	text     string // folded words
	expects  expects
	list     bool // asks for several things
	timeline bool // asks for events in order
	said     bool // asks for what somebody said
	now      bool // asks for the latest state
	person   bool // asks who somebody is
	term     bool // asks what something means
	beyond   bool // asks for advice, a forecast or private matters, of which texts of facts rarely hold any
}

var (
	personForm   = regexp.MustCompile(`\b(who|whos|whom|whose|which (minister|politician|person|president|leader|official|analyst)s?)\b`)
	timeForm     = regexp.MustCompile(`\b(when|wen|whens|what (day|date|year|month|time)|(which|what) (day|date|year|month)|how long|since when|date)\b`)
	placeForm    = regexp.MustCompile(`\b(where|wheres|(which|what) (city|town|country|capital|place))\b`)
	numberForm   = regexp.MustCompile(`\b(how (many|much|meny|mny|big|heavy|large)|what number)\b`)
	listForm     = regexp.MustCompile(`\b(list|name|names|all|which|what) (of |are |were |the |all |other |four |three |two |five |kinds? of |main |key )*[a-z]+s\b|\b(list|enumerate|overview|steps|points)\b`)
	timelineForm = regexp.MustCompile(`\b(timeline|time line|chronolog\w*|sequence of events|what (has |all )?happen\w*|(date|chronological) order|course of events|history of|(key|main|important) dates|date by date|step by step)\b`)
	saidForm     = regexp.MustCompile(`\b(sa(y|ys|id)|claim\w*|respon\w*|repl(y|ied|ies)|react\w*|respond\w*|call(s|ed)?|think|thinks|view|views|opinion|comment\w*|accus\w*|argue\w*|warn\w*|statement|position|according to|describe\w*|told|stance|make of|made of|feel about)\b`)
	nowForm      = regexp.MustCompile(`\b(now|latest|newest|current|currently|today|still|so far|recent|recently|at present|at the moment|these days|up to date|any news|yet)\b`)
	whoIsForm    = regexp.MustCompile(`\b(who is|who was|whos|who are) [a-z]+|\bwho (the \w+ )?is [a-z]+`)
	beyondForm   = regexp.MustCompile(`\b(should (i|we)|recommend|do you (personally )?(think|believe|like)|your (opinion|view)|who is right|will there be|going to (win|happen)|next (year|election|war)|predict\w*|forecast|phone|mobile|e ?mail|married|wife|husband|children|salary|how old|religion)\b`)
	termForm     = regexp.MustCompile(`\bwh?at (is|are|was|does|do|s) |\b(mean|means|meaning|define|definition|stand for|stands for|explain|short for)\b`)
)

func readIntent(text string) intent {
	t := strings.Join(search.Tokens(text), " ")
	in := intent{
		text:     t,
		list:     listForm.MatchString(t),
		timeline: timelineForm.MatchString(t),
		said:     saidForm.MatchString(t),
		now:      nowForm.MatchString(t),
		person:   whoIsForm.MatchString(t),
		term:     termForm.MatchString(t),
		beyond:   beyondForm.MatchString(t),
	}
	switch {
	case numberForm.MatchString(t):
		in.expects = aNumber
	case timeForm.MatchString(t):
		in.expects = aTime
	case personForm.MatchString(t):
		in.expects = aPerson
	case placeForm.MatchString(t):
		in.expects = aPlace
	}
	return in
}

var (
	months  = `january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter`
	aDate   = regexp.MustCompile(`(?i)\b(1[0-9]{3}|20[0-9]{2}|` + months + `|monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|year)`)
	aFigure = regexp.MustCompile(`(?i)\b(\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million|billion|half|none|no)\b`)
)

// fits reports whether a sentence holds what the question expects, in words that the question does not have itself.
func (in intent) fits(sentence string) bool {
	switch in.expects {
	case aTime:
		return aDate.MatchString(sentence)
	case aNumber:
		for _, f := range aFigure.FindAllString(sentence, -1) {
			if !strings.Contains(in.text, strings.ToLower(f)) {
				return true
			}
		}
	case aPerson, aPlace:
		for i, w := range strings.Fields(sentence) {
			w = strings.TrimFunc(w, func(c rune) bool { return !unicode.IsLetter(c) })
			if i > 0 && w != "" && unicode.IsUpper([]rune(w)[0]) && !strings.Contains(in.text, search.Fold(w)) {
				return true
			}
		}
	}
	return false
}

// names reports whether the question names a party: any of its words that are names.
func (in intent) names(party string) bool {
	for _, w := range strings.Fields(party) {
		w = strings.TrimSuffix(strings.TrimSuffix(w, "'s"), "’s")
		if w != "" && (unicode.IsUpper([]rune(w)[0]) || w == "article") && strings.Contains(" "+in.text+" ", " "+search.Fold(w)+" ") {
			return true
		}
	}
	return false
}

// clean drops what cannot be asked: control characters and marks that turn the direction of writing.
func clean(text string) string {
	text = strings.ToValidUTF8(text, " ")
	return strings.Join(strings.Fields(strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case unicode.IsControl(c) || unicode.Is(unicode.Cf, c):
			return -1
		}
		return c
	}, text)), " ")
}

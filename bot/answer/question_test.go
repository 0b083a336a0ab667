package answer

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestReadIntentExpects(t *testing.T) {
	for _, c := range []struct {
		question string
		want     expects
	}{
		{"Who signed it?", aPerson},
		{"whom did they meet", aPerson},
		{"Whose idea was it?", aPerson},
		{"Which minister signed for Croatia?", aPerson},
		{"which politicians spoke", aPerson},
		{"When was it signed?", aTime},
		{"WHEN?", aTime},
		{"wen was it", aTime},
		{"On which date was it signed?", aTime},
		{"what year did it start", aTime},
		{"How long does it run?", aTime},
		{"Since when do they cooperate?", aTime},
		{"Where was it signed?", aPlace},
		{"In which city did they meet?", aPlace},
		{"what town is it", aPlace},
		{"How many soldiers are there?", aNumber},
		{"how much does it cost", aNumber},
		{"How large is the army?", aNumber},
		{"What number of tanks do they have?", aNumber},
		{"how meny soldiers", aNumber},
		{"How many days until when?", aNumber}, // the number is what is asked for
		{"What does it cover?", anything},
		{"Why did they sign it?", anything},
		{"Is it binding?", anything},
		{"whole nowhere whenever", anything}, // parts of words
		{"", anything},
		{"?!", anything},
	} {
		if have := readIntent(c.question).expects; have != c.want {
			t.Errorf("%q: have %d, want %d", c.question, have, c.want)
		}
	}
}

func TestReadIntentForms(t *testing.T) {
	forms := map[string]func(intent) bool{
		"list":     func(in intent) bool { return in.list },
		"timeline": func(in intent) bool { return in.timeline },
		"said":     func(in intent) bool { return in.said },
		"now":      func(in intent) bool { return in.now },
		"person":   func(in intent) bool { return in.person },
		"term":     func(in intent) bool { return in.term },
	}
	for _, c := range []struct {
		question string
		form     string
		want     bool
	}{
		{"Which countries signed it?", "list", true},
		{"what are the areas of cooperation", "list", true},
		{"List the ministers.", "list", true},
		{"name all four topics", "list", true},
		{"what kinds of weapons are there", "list", true},
		{"Give me an overview", "list", true},
		{"the next steps", "list", true},
		{"Who signed it?", "list", false},
		{"Why did Croatia sign it?", "list", false},
		{"listen to the listing", "list", false},

		{"timeline of the declaration", "timeline", true},
		{"Give me a chronology.", "timeline", true},
		{"What happened in March 2025?", "timeline", true},
		{"what has happened since", "timeline", true},
		{"events in chronological order", "timeline", true},
		{"the history of the cooperation", "timeline", true},
		{"step by step", "timeline", true},
		{"When was it signed?", "timeline", false},
		{"Does it often happen?", "timeline", false},

		{"What did Vučić say about it?", "said", true},
		{"Serbia's response", "said", true},
		{"how did Serbia react", "said", true},
		{"According to Kosovo, why?", "said", true},
		{"What do they make of it?", "said", true},
		{"Croatia's stance", "said", true},
		{"Who signed it?", "said", false},
		{"the essay", "said", false},

		{"What is the latest?", "now", true},
		{"Is it still valid?", "now", true},
		{"has parliament ratified it yet", "now", true},
		{"the current state", "now", true},
		{"so far, who joined", "now", true},
		{"Do you know who signed it?", "now", false}, // "know" is not "now"
		{"When was it signed?", "now", false},

		{"Who is Albin Kurti?", "person", true},
		{"who was the minister", "person", true},
		{"Whos Kurti", "person", true},
		{"tell me who Pirro is exactly", "person", false},
		{"Who signed it?", "person", false},
		{"What is KFOR?", "person", false},

		{"What is KFOR?", "term", true},
		{"wat is kfor", "term", true},
		{"What does KFOR mean?", "term", true},
		{"what does NATO stand for", "term", true},
		{"the definition of deterrence", "term", true},
		{"Explain interoperability", "term", true},
		{"KFOR is short for what?", "term", true},
		{"Who signed it?", "term", false},
		{"by all means sign", "term", true}, // no better can be told without grammar
	} {
		if have := forms[c.form](readIntent(c.question)); have != c.want {
			t.Errorf("%q: have %s %v, want %v", c.question, c.form, have, c.want)
		}
	}
}

func TestTheFormOfAQuestionDoesNotDependOnHowItIsTyped(t *testing.T) {
	for _, group := range [][]string{
		{"When was it signed?", "when was it signed", "WHEN WAS IT SIGNED???", "  When,  was it: signed", "Whén was it signed?"},
		{"What did Vučić say?", "what did vucic say", "What did VUČIĆ say…"},
	} {
		want := readIntent(group[0])
		for _, typed := range group[1:] {
			if have := readIntent(typed); have != want {
				t.Errorf("%q: have %+v, want %+v", typed, have, want)
			}
		}
	}
}

func TestFits(t *testing.T) {
	for _, c := range []struct {
		question, sentence string
		want               bool
	}{
		{"When was it signed?", "It was signed on 18 March 2025.", true},
		{"When was it signed?", "It was signed in 1999.", true},
		{"When was it signed?", "They met on a Tuesday.", true},
		{"When was it signed?", "Three ministers signed it.", false},
		{"How many signed?", "Three ministers signed it.", true},
		{"How many signed?", "1,500 soldiers came.", true},
		{"How many signed?", "Nobody can tell.", false},
		{"How many of the three signed?", "The three agreed.", false}, // the question's own number
		{"Who signed it?", "It was signed by Pirro Vengu.", true},
		{"Who signed it?", "It was signed by ministers.", false},
		{"Who signed it?", "Ministers signed it.", false}, // a sentence begins with a capital anyway
		{"Who spoke to Vučić?", "They spoke to Vučić again.", false},
		{"Where was it signed?", "It was signed in Tirana.", true},
		{"Where in Tirana was it signed?", "It was signed in Tirana.", false},
		{"Where was it signed?", "It was signed “Indoors” there.", true},
		{"Why was it signed?", "It was signed on 18 March 2025 by Pirro Vengu.", false}, // nothing is expected
		{"Who signed it?", "", false},
		{"Who signed it?", "— … 5 !", false},
		{"How many signed it?", "", false},
	} {
		if have := readIntent(c.question).fits(c.sentence); have != c.want {
			t.Errorf("%q, %q: have %v, want %v", c.question, c.sentence, have, c.want)
		}
	}
}

func TestNamesAParty(t *testing.T) {
	for _, c := range []struct {
		question, party string
		want            bool
	}{
		{"What did Vučić say?", "Aleksandar Vučić", true},
		{"what did vucic say", "Aleksandar Vučić", true},
		{"What does Serbia's ministry say?", "Serbia's Foreign Ministry", true},
		{"What does the Ministry say?", "Serbia’s Foreign Ministry", true},
		{"what does the article claim", "the seed article", true},
		{"What did Plenković say?", "Aleksandar Vučić", false},
		{"What do Serbians say?", "Serb leaders", false}, // a part of a word
		{"What did the government say?", "the government", false},
		{"What did they say?", "", false},
		{"", "Aleksandar Vučić", false},
	} {
		if have := readIntent(c.question).names(c.party); have != c.want {
			t.Errorf("%q, %q: have %v, want %v", c.question, c.party, have, c.want)
		}
	}
}

func TestCleanDropsWhatCannotBeAsked(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"  who \t signed\r\n it ", "who signed it"},
		{"a\x00b\x1b", "ab"},
		{"\u202eevil\u2069", "evil"},
		{"zero\u200bwidth\ufeff", "zerowidth"},
		{"non\u00a0breaking", "non breaking"},
		{"a\xffb", "a b"},
		{"👍🏽 ok", "👍🏽 ok"},
		{"Šekerinska, “Vučić”?", "Šekerinska, “Vučić”?"},
	} {
		have := clean(c.text)
		if have != c.want {
			t.Errorf("%q: have %q, want %q", c.text, have, c.want)
		}
		if clean(have) != have || !utf8.ValidString(have) || strings.ContainsFunc(have, unicode.IsControl) {
			t.Errorf("%q: %q is not clean", c.text, have)
		}
	}
}

package answer

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestClauses(t *testing.T) {
	for _, c := range []struct {
		question string
		want     []string
	}{
		{"", []string{""}},
		{"Who signed it?", []string{"Who signed it?"}},
		{"Who signed it, and when?", []string{"Who signed it", "when?"}},
		{"Who signed it and where was it signed?", []string{"Who signed it", "where was it signed?"}},
		{"Who signed it? When? Where?", []string{"Who signed it", "When", "Where?"}},
		{"Who signed it; why did they?", []string{"Who signed it", "why did they?"}},
		{"WHO SIGNED IT AND WHEN WAS IT", []string{"WHO SIGNED IT", "WHEN WAS IT"}},
		{"Is it binding, but does it name Serbia?", []string{"Is it binding", "does it name Serbia?"}},
		{"the ministers, in which town", []string{"the ministers", "in which town"}},

		{"What do Albania and Croatia want?", []string{"What do Albania and Croatia want?"}}, // no new question word
		{"Tell me who signed it", []string{"Tell me who signed it"}},                         // nothing before it to cut at
		{"the day when, and only when", []string{"the day when, and only when"}},

		{", who signed it?", []string{", who signed it?"}},
		{"? who signed it", []string{"? who signed it"}},
		{"??? who ??? when ???", []string{"??", "who ??", "when ???"}},
		{"and and who", []string{"and", "who"}},
		{"who signed it,,, and when", []string{"who signed it,,", "when"}},
		{"who\tsigned\tit,\twhen", []string{"who\tsigned\tit", "when"}},
	} {
		if have := clauses(c.question); !slices.Equal(have, c.want) {
			t.Errorf("%q: have %q, want %q", c.question, have, c.want)
		}
	}
}

func TestManyClauses(t *testing.T) {
	if have := clauses(strings.Repeat("and what ", 500)); len(have) > 501 {
		t.Errorf("have %d parts of 500 questions", len(have))
	}
	if have := clauses(strings.Repeat("?", 1000)); len(have) != 1 {
		t.Errorf("have %d parts of no question", len(have))
	}
}

func TestSides(t *testing.T) {
	for _, c := range []struct {
		clause string
		want   []string
	}{
		{"Who signed it and left?", []string{"Who signed it and left?"}},
		{"Compare Albania and Croatia", []string{"Albania", "Croatia"}},
		{"the difference between KFOR and the KSF?", []string{"the between KFOR", "the KSF?"}},
		{"Albania versus Croatia", []string{"Albania", "Croatia"}},
		{"How does it differ from the Serbian deal?", []string{"How does it", "the Serbian deal?"}},
		{"KFOR compared with the KSF", []string{"KFOR", "the KSF"}},
		{"comparison", []string{"comparison"}},
		{"compare", []string{"compare"}},
		{"compare and", []string{"compare and"}}, // nothing on the other side
		{"What is the difference?", []string{"What is the difference?"}},
		{"", []string{""}},
	} {
		var have []string
		for _, side := range sides(c.clause) {
			have = append(have, strings.Join(strings.Fields(side), " "))
		}
		if !slices.Equal(have, c.want) {
			t.Errorf("%q: have %q, want %q", c.clause, have, c.want)
		}
	}
}

func TestFocusFindsWhatIsAsked(t *testing.T) {
	for _, c := range []struct{ text, asked, said string }{
		{"", "", ""},
		{"Who signed it?", "Who signed it?", ""},
		{"who signed it", "who signed it", ""},
		{"I read the news. Who signed it?", "Who signed it?", "I read the news."},
		{"Who signed it? I read the news.", "Who signed it? I read the news.", ""}, // no question mark at an end
		{"Hello! Who signed it? Thanks.", "Hello! Who signed it? Thanks.", ""},
		{"So many... Who signed it?", "Who signed it?", "So many..."},
		{"I saw it. Is it true? I doubt it. Who says so?", "Who says so?", "I saw it. Is it true? I doubt it."},
		{"I read it. I know it.", "I read it. I know it.", ""}, // nothing is asked
		{"At 3.5 percent of GDP?", "At 3.5 percent of GDP?", ""},
		{"...", "...", ""},
		{"?", "?", ""},
		{". ?", "?", "."},
	} {
		asked, said := focus(c.text)
		if asked != c.asked || said != c.said {
			t.Errorf("%q: have %q and %q, want %q and %q", c.text, asked, said, c.asked, c.said)
		}
	}
}

func TestReadPeriod(t *testing.T) {
	for _, c := range []struct{ text, from, to string }{ // the first months in it and after it; "" for none
		{"what happened in 2025", "2025-01", "2026-01"},
		{"what happened in march 2025", "2025-03", "2025-04"},
		{"what happened in december 2025", "2025-12", "2026-01"},
		{"from march to may 2025", "2025-03", "2025-06"},
		{"between november 2024 and february 2025", "2024-11", "2025-03"},
		{"2024 to 2026", "2024-01", "2027-01"},
		{"in spring 2025", "2025-03", "2025-06"},
		{"in the summer of 2025", "2025-06", "2025-09"},
		{"autumn 2025", "2025-09", "2025-12"},
		{"fall 2025", "2025-09", "2025-12"},
		{"early 2026", "2026-01", "2026-04"},
		{"late 2025", "2025-10", "2026-01"},
		{"late 2024 to early 2025", "2024-10", "2025-04"},
		{"on 18 march 2025", "2025-03", "2025-04"},
		{"", "", ""},
		{"what happened in march", "", ""}, // no year
		{"what happened in 1999", "1999-01", "2000-01"},
		{"sept 2025 to feb 2026", "2025-09", "2026-03"},
		{"what happened in 1899", "", ""},           // before the last century
		{"what happened in 20250", "", ""},          // no year
		{"from may 2025 to march 2025", "", ""},     // backwards
		{"from 2026 to 2024", "", ""},               // backwards
		{"between december and march 2025", "", ""}, // backwards within the year
	} {
		p, ok := readPeriod(c.text)
		if ok != (c.from != "") {
			t.Errorf("%q: have %v %v", c.text, p, ok)
			continue
		}
		if from, to := p.from.Format("2006-01"), p.to.Format("2006-01"); ok && (from != c.from || to != c.to) {
			t.Errorf("%q: have %s to %s, want %s to %s", c.text, from, to, c.from, c.to)
		}
	}
}

func TestAPeriodHoldsEvents(t *testing.T) {
	p, ok := readPeriod("from march to may 2025")
	if !ok {
		t.Fatal("no period")
	}
	for event, want := range map[string]bool{
		"18 March 2025: The ministers sign.":        true,
		"1 March 2025: The first day.":              true,
		"31 May 2025: The last day.":                true,
		"April 2025: A month.":                      true,
		"Late May 2025: Something.":                 true,
		"around May 2025: something":                true,
		"28 February 2025: The day before.":         false,
		"1 June 2025: The day after.":               false,
		"18 March 2024: A year before.":             false,
		"2025: A year without a month.":             false,
		"The ministers sign.":                       false,
		"18 July 2025: As agreed on 18 March 2025.": false,
		"": false,
		"December 2024: It was announced for 4 March 2025.": false,
	} {
		if have := p.holds(event); have != want {
			t.Errorf("%q: have %v, want %v", event, have, want)
		}
	}
}

func TestATimelineShowsThePeriodThatIsAskedFor(t *testing.T) {
	a := load(t, small)
	for _, c := range []struct {
		question string
		want     []string // how the events begin
	}{
		{"timeline of the harbour treaty in 2024", []string{"4 March 2024", "December 2024"}},
		{"timeline of the harbour treaty in 2025", []string{"1 May 2025", "2 May 2025"}},
		{"timeline of the harbour treaty, december 2024", []string{"December 2024"}},
		{"timeline of the harbour treaty from december 2024 to may 2025", []string{"December 2024", "1 May 2025", "2 May 2025"}},
	} {
		var have []string
		events, _ := a.main.timeline(readIntent(c.question))
		for _, st := range events {
			day, _, _ := strings.Cut(st.Text, ":")
			have = append(have, day)
		}
		if !slices.Equal(have, c.want) {
			t.Errorf("%q: have %q, want %q", c.question, have, c.want)
		}
	}
	for _, question := range []string{"timeline of the harbour treaty", "timeline for 2031", "timeline from 2025 to 2024"} {
		if have, _ := a.main.timeline(readIntent(question)); have != nil {
			t.Errorf("%q: have %v, want none", question, have)
		}
	}
}

func TestALongTimelineKeepsTheFirstEventOfEachDay(t *testing.T) {
	var text strings.Builder
	text.WriteString("---\nkind: timeline\n---\n# Timeline\n\nSo it went.\n\n- March 2025: Sometime.\n")
	for _, day := range []string{"1", "2", "3"} {
		for _, event := range []string{"First", "Second", "Third", "Fourth"} {
			text.WriteString("- " + day + " March 2025: " + event + ".\n")
		}
	}
	a := load(t, fstest.MapFS{"timeline.md": {Data: []byte(text.String())}})
	var have []string
	events, _ := a.main.timeline(readIntent("timeline of march 2025"))
	for _, st := range events {
		have = append(have, st.Text)
	}
	if want := []string{"1 March 2025: First.", "2 March 2025: First.", "3 March 2025: First."}; !slices.Equal(have, want) {
		t.Errorf("have %q, want %q", have, want)
	}
}

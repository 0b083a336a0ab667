package search

import (
	"strings"
	"testing"
)

// named is an index in which only passage 0 holds text.
func named(text string, aliases Aliases) *Index {
	return New([]Text{
		{ID: "0", Sentences: []string{text}},
		{ID: "1", Sentences: []string{"Nothing of the kind happened anywhere."}},
		{ID: "2", Sentences: []string{"Rain fell on quiet hills."}},
	}, "en", aliases)
}

func TestEverySpellingOfANameFindsTheOthers(t *testing.T) {
	groups := [][]string{
		{"Kosovo", "Kosova", "Kosovës", "Косово"},
		{"Anušić", "Anushiq"},
		{"NATO", "North Atlantic Treaty Organization", "Atlantic Alliance", "OTAN"},
		{"Ministry of Defence", "Defence Ministry", "MoD"},
		{"KFOR", "Kosovo Force"},
		{"Kosovo Security Force", "KSF"},
		{"Article 5", "Article V", "fifth article"},
		{"RFE/RL", "Radio Free Europe"},
	}
	for _, group := range groups {
		for _, written := range group {
			ix := named("Yesterday the speaker praised "+written+" again.", Aliases{Names: groups})
			for _, asked := range group {
				hits := ix.Search(ix.Parse("what about "+asked+"?"), 3)
				if len(hits) == 0 || hits[0].Doc != 0 {
					t.Errorf("%q does not find %q: have %v", asked, written, hits)
				}
			}
		}
	}
}

func TestSpellingsOfANameScoreTheSame(t *testing.T) {
	aliases := Aliases{Names: [][]string{{"Kosovo", "Kosova", "Kosovë"}}}
	ix := named("The army of Kosovo grows.", aliases)
	want := ix.Search(ix.Parse("the army of Kosovo"), 1)
	for _, spelling := range []string{"Kosova", "Kosovë", "KOSOVA", "kosove"} {
		have := ix.Search(ix.Parse("the army of "+spelling), 1)
		if len(have) != 1 || len(want) != 1 || have[0].Score != want[0].Score {
			t.Errorf("%s: have %v, want %v", spelling, have, want)
		}
	}
}

func TestWordsOfALongNameStillFindIt(t *testing.T) {
	ix := named("The North Atlantic Treaty Organization replied.", Aliases{Names: [][]string{{"NATO", "North Atlantic Treaty Organization"}}})
	if hits := ix.Search(ix.Parse("atlantic"), 1); len(hits) != 1 || hits[0].Doc != 0 {
		t.Errorf("have %v, want the passage", hits)
	}
}

func TestTheLongestSpellingWins(t *testing.T) {
	ix := named("Kosovo Force and Kosovo.", Aliases{Names: [][]string{{"Kosovo", "Kosova"}, {"KFOR", "Kosovo Force"}, {"KSF", "Kosovo Security Force"}}})
	for _, c := range []struct{ question, want string }{
		{"Kosovo Force", "kfor"},
		{"Kosovo Forces", "kosovo forces"}, // no spelling of the name
		{"Kosovo Security Force", "ksf"},
		{"Kosovo Security", "kosovo security"},
		{"Kosova Force", "kosovo force"},
		{"Kosovo", "kosovo"},
	} {
		if have := strings.Join(words(ix.Parse(c.question)), " "); have != c.want {
			t.Errorf("%q: have %q, want %q", c.question, have, c.want)
		}
	}
}

func TestEmptySpellingsAreLeftAlone(t *testing.T) {
	for _, aliases := range []Aliases{
		{Names: [][]string{{}, {""}, {"?!", "treaty"}, {"treaty"}}},
		{Words: [][]string{{}, {""}, {"treaty"}, {"treaty", ""}}},
	} {
		ix := named("The treaty stands.", aliases)
		if hits := ix.Search(ix.Parse("treaty"), 3); len(hits) == 0 || hits[0].Doc != 0 {
			t.Errorf("%v: have %v, want the passage", aliases, hits)
		}
	}
}

func TestNearSynonymsRankBelowTheWordItself(t *testing.T) {
	group := []string{"treaty", "convention", "covenant"}
	texts := []Text{
		{ID: "0", Sentences: []string{"They read the covenant aloud."}},
		{ID: "1", Sentences: []string{"They read the convention aloud."}},
		{ID: "2", Sentences: []string{"They read the treaty aloud."}},
		{ID: "3", Sentences: []string{"They read the letter aloud."}},
	}
	ix := New(texts, "en", Aliases{Words: [][]string{group}})
	for _, asked := range group {
		hits := ix.Search(ix.Parse(asked), 10)
		if len(hits) != len(group) {
			t.Fatalf("%q: have %d passages, want every one with a word of the group: %v", asked, len(hits), hits)
		}
		if first := texts[hits[0].Doc].Sentences[0]; !strings.Contains(first, asked) {
			t.Errorf("%q: have %q first, want the word itself", asked, first)
		}
		if hits[0].Score <= hits[1].Score {
			t.Errorf("%q: have the word itself at %v, not above its synonym at %v", asked, hits[0].Score, hits[1].Score)
		}
	}
}

func TestAWordOfAGroupIsKnownByAnother(t *testing.T) {
	ix := named("The treaty stands.", Aliases{Words: [][]string{{"treaty", "covenant"}}})
	q := ix.Parse("covenant")
	if len(q.Slots) != 1 || !q.Slots[0].Known() || len(q.Slots[0].Near) != 0 {
		t.Errorf("have %+v, want the word known by its synonym, and not corrected", q.Slots)
	}
	if have := ix.Held(q, 0); len(have) != 1 || !have[0] {
		t.Errorf("have %v, want it held", have)
	}
}

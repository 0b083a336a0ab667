package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trilat/bot/playground"
	"trilat/bot/store/postgres"
)

// What is asked, which the library's texts do not cover, and what the team says to it.
const (
	uncovered = "Does the granary sell bread?"
	bread     = "The granary sells bread on Fridays"
)

// A question that the texts do not cover finds its way to the team, back to those who asked, and into the texts, while
// the bot is killed whenever Discord has done something for it and before it hears of that. Counted is what people see.
func TestAQuestionSurvivesEveryDeath(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		closeTheLoop(tell(t, filepath.Join(t.TempDir(), "trilat.db"), 1))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		closeTheLoop(tell(t, database(t), 1))
	})
	t.Run("four bots", func(t *testing.T) {
		t.Parallel()
		s := tell(t, database(t), 4)
		if _, err := s.d.Break(playground.Fault{Kind: "duplicate"}); err != nil { // each bot hears of everything twice
			t.Fatal(err)
		}
		closeTheLoop(s)
	})
}

func closeTheLoop(s *story) {
	asked := s.passItOn()
	card := s.one("teuta", "team", uncovered)
	s.teamAnswers(card)
	told := s.told("ana", 0)[0]
	if told.Reference.ID != asked.ID || len(told.Mentions) != 1 || told.Mentions[0].Username != "ana" {
		s.Errorf("ana is told by %+v, want a reply to %s that mentions her alone", told, asked.ID)
	}
	s.takeIntoTheTexts(card)
	s.inTheEnd()
}

// passItOn has ana ask openly and boris in private, and both ask the team. It returns the answer that ana gets.
func (s *story) passItOn() (asked message) {
	say := s.words.Say
	s.step("ana asks", func() string { return s.run("ana", "ask", "question", uncovered, "everyone", true) },
		func() bool { return len(s.with("ana", "questions", say("team.button"))) > 0 })
	asked = s.with("ana", "questions", say("team.button"))[0]
	s.step("ana asks the team", func() string { return s.click("ana", "questions", asked, say("team.button")) },
		func() bool { return len(s.with("teuta", "team", say("answer.button"))) > 0 })
	s.step("boris asks", func() string { return s.run("boris", "ask", "question", uncovered) },
		func() bool { return len(s.with("boris", "questions", say("team.button"))) > 1 })
	private := s.with("boris", "questions", say("team.button"))
	s.step("boris asks the team", func() string { return s.click("boris", "questions", private[len(private)-1], say("team.button")) },
		func() bool { return strings.Contains(s.one("teuta", "team", uncovered).Content, s.ids["boris"]) })
	return asked
}

// teamAnswers has teuta answer, and both hear of it: ana where she asked, boris when he next uses the bot.
func (s *story) teamAnswers(card message) {
	say := s.words.Say
	s.step("teuta answers", func() string {
		if form := s.takeForm("teuta"); form != "" {
			return s.submit("teuta", form, map[string]string{"text": bread + ".", "source": say("answer.ours")})
		}
		return s.click("teuta", "team", card, say("answer.button"))
	}, func() bool { return len(s.told("ana", 0)) > 0 })
	s.until("boris is found to take no direct messages", func() bool { return s.held() > 0 })
	s.step("boris comes back", func() string { return s.run("boris", "about") },
		func() bool { return len(s.with("boris", "questions", say("about.covered"))) > 0 })
	// Of what is shown in private Discord keeps nothing by which another bot could see that it was: here, none dies.
	s.act("boris comes again", func() string { return s.run("boris", "about") }, func() bool { return len(s.told("boris", ephemeral)) > 0 })
	s.until("it is noted that boris was told", func() bool { return s.held() == 0 })
}

// takeIntoTheTexts has a draft made and put into the folder, until the bot answers by itself and tells how that came.
func (s *story) takeIntoTheTexts(card message) {
	say := s.words.Say
	s.step("teuta drafts", func() string { return s.click("teuta", "team", card, say("draft.button")) },
		func() bool { return len(s.with("teuta", "team", say("draft.done"))) > 0 })
	id := s.shownID(card)
	drafted := trilatIn(s.TB.(*testing.T), s.env(), "", "knowledge", "draft", id, "--to", s.folder)
	if drafted.code != exitOK || !strings.Contains(drafted.out, "is written") {
		s.Fatalf("the draft: have code %d, %q and %q", drafted.code, drafted.out, drafted.errs)
	}
	s.until("every bot has read the folder again", func() bool { return s.everyLog("read again") })
	s.step("ana asks again", func() string { return s.run("ana", "ask", "question", uncovered) },
		func() bool { return len(s.with("ana", "questions", say("rate.button"))) > 0 })
	answer := s.with("ana", "questions", say("rate.button"))[0]
	if !strings.Contains(answer.Content, bread) {
		s.Errorf("the texts' answer is %q", answer.Content)
	}
	receipt := regexp.MustCompile(`Answer ([0-9a-z]{10})`).FindStringSubmatch(answer.Content)
	if receipt == nil {
		s.Fatalf("the answer shows no id: %q", answer.Content)
	}
	s.step("ana asks why", func() string { return s.run("ana", "why", "id", receipt[1]) },
		func() bool { return len(s.with("ana", "questions", "The question "+id+" to the team")) > 0 })
	why := s.with("ana", "questions", "The question "+id+" to the team")[0]
	for _, part := range []string{"2 people", "Teuta answered it for the team", "The texts answer it since"} {
		if !strings.Contains(why.Content, part) {
			s.Errorf("the story is %q, without %q", why.Content, part)
		}
	}
}

// inTheEnd counts what people see when nothing is owed to anybody any more.
func (s *story) inTheEnd() {
	s.killAll()
	owed, err := s.kept.Take(s.Context(), 100, 1)
	if err != nil || len(owed) > 0 {
		s.Errorf("still owed: %+v, %v", owed, err)
	}
	s.one("teuta", "team", uncovered)
	s.one("ana", "questions", s.words.Say("team.button"))
	if openly, privately := s.told("ana", 0), s.told("boris", ephemeral); len(openly) != 1 || len(privately) != 1 {
		s.Errorf("ana is told by %+v and boris by %+v, want one message each\n%s", openly, privately, s.logs())
	}
	if s.deaths < 8 {
		s.Errorf("the bots died %d times, want more", s.deaths)
	}
	s.Logf("the bots died %d times", s.deaths)
}

// database is the address of a PostgreSQL that is there for the test alone.
func database(t *testing.T) string {
	t.Helper()
	url, stop, err := postgres.Start()
	if errors.Is(err, postgres.ErrAbsent) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return url
}

// held is how many posts to the server's members wait.
func (s *story) held() int {
	s.Helper()
	held, err := s.kept.Held(s.Context(), s.ids["@everyone"], 10)
	if err != nil {
		s.Fatal(err)
	}
	return len(held)
}

// told are the messages that tell somebody of the team's answer: those for all to see, or the ephemeral ones.
func (s *story) told(who string, flag int) []message {
	s.Helper()
	return slices.DeleteFunc(s.with(who, "questions", s.words.Say("told.answered")), func(m message) bool { return m.Flags&ephemeral != flag })
}

// shownID is the id of a question, as it is shown in the small print of a message.
func (s *story) shownID(m message) string {
	s.Helper()
	id := regexp.MustCompile(`Question ([0-9a-z]{10})`).FindStringSubmatch(m.Content)
	if id == nil {
		s.Fatalf("no id is shown in %q", m.Content)
	}
	return id[1]
}

// env is what the bots have in their environment, for a run of the program beside them.
func (s *story) env() map[string]string {
	return map[string]string{"KNOWLEDGE_DIR": s.folder, "TRILAT_DB": s.db}
}

// TestMain is the bot, alone in its process, when a test starts it as one.
func TestMain(m *testing.M) {
	if api := os.Getenv("TRILAT_ALONE"); api != "" {
		if err := alone(api); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

package bot

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// Questions are answered whatever becomes of the store, and people are told what was not remembered.
func TestQuestionsAreAnsweredWithoutTheStore(t *testing.T) {
	var log bytes.Buffer
	b := rememberingBot(t)
	b.log = slog.New(slog.NewTextHandler(&log, nil))
	away := b.store
	b.store = memory(t, b.now)
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	ana := Person{ID: "1", Name: "Ana", Speaks: true}
	ask := func(id, question string) Reply {
		return do(t, b, Call{ID: id, Command: "ask", Args: map[string]string{"question": question}, By: ana, In: Place{Server: "desk", Channel: "general"}})
	}
	reply := ask("1", "When is the library open?")
	if !strings.Contains(reply.Text, "Tuesday") || reply.Note != b.words.Say("receipt.lost") || reply.Receipt != "" {
		t.Errorf("have %+v, want an answer that says it was not remembered", reply)
	}
	if reply := ask("2", "What do the owls eat?"); !strings.Contains(reply.Text, "do not cover") || reply.Note != b.words.Say("receipt.lost") {
		t.Errorf("have %+v, want a refusal that says it was not remembered", reply)
	}
	for _, c := range Commands() {
		if reply := do(t, b, Call{ID: "3", Command: c.Name, Args: map[string]string{"receipt": "none", "question": "none"}, By: ana, In: Place{Server: "desk"}}); reply.Text == "" && reply.Form == nil {
			t.Errorf("%s: nothing is said", c.Name)
		}
	}
	if reply := do(t, b, Call{ID: "4", Command: "why", Args: map[string]string{"id": "none"}, By: ana, In: Place{Server: "desk"}}); reply.Text != b.words.Say("store.down") {
		t.Errorf("have %q, want %q", reply.Text, b.words.Say("store.down"))
	}
	if !b.First(t.Context(), "5") || !b.Hears(t.Context(), Place{Server: "desk"}) {
		t.Error("an event is dropped because nobody knows whether it came before")
	}
	if _, err := b.Posts(t.Context()); err == nil {
		t.Error("no error is reported for posts that cannot be had")
	}
	if err := b.Upkeep(t.Context()); err == nil {
		t.Error("no error is reported for an upkeep that cannot be done")
	}
	b.store = away
	if reply := ask("6", "When is the library open?"); reply.Receipt == "" {
		t.Errorf("have %+v, want an answer that is remembered again", reply)
	}
	if have := strings.Count(log.String(), "level=ERROR"); have != 1 || !strings.Contains(log.String(), "works again") {
		t.Errorf("have the log\n%s\nwant one error and its end", log.String())
	}
}

// What belongs to one server is seen from no other, and by nobody who has no part in it.
func TestServersAreApart(t *testing.T) {
	b := rememberingBot(t)
	if err := b.Upkeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	call := func(who, server, command string, args ...string) Reply {
		t.Helper()
		n++
		c := Call{ID: strings.Repeat("x", n), Command: command, Args: map[string]string{}, By: person(who), In: Place{Server: server, Channel: "c"}}
		for i := 0; i < len(args); i += 2 {
			c.Args[args[i]] = args[i+1]
		}
		return do(t, b, c)
	}
	for _, server := range []string{"one", "two"} {
		call("ivo", server, "setup team", "channel", "team", "role", "team")
	}
	asked := call("ana", "one", "ask", "question", "What do the owls eat?")
	call("ana", "one", "team", "receipt", asked.Receipt)
	id := call("teuta", "one", "inbox").Menu.Choices[0].Value
	call("teuta", "one", "answered", "question", id, "text", "Mice, said in confidence.", "source", "from the team")
	secret := func(r Reply) bool {
		return strings.Contains(r.Text, "owls") || strings.Contains(r.Text, "confidence") || r.Menu != nil && strings.Contains(r.Menu.Choices[0].Label, "owls") || r.File != nil && strings.Contains(string(r.File.Data), "confidence")
	}
	if !secret(call("boris", "one", "ask", "question", "What do owls eat?")) {
		t.Error("the team's answer is not found in its own server")
	}
	for _, who := range []string{"boris", "teuta", "ivo"} {
		for _, server := range []string{"two", ""} {
			for _, c := range Commands() {
				r := call(who, server, c.Name, "id", id, "question", id, "receipt", asked.Receipt, "of", id, "text", "x", "source", "from the team", "version", "1", "reason", "wrong", "asking", id, "round", "0")
				if secret(r) && !strings.HasPrefix(c.Name, "privacy") { // which is about oneself, wherever one is
					t.Errorf("%s by %s in %q: have %q", c.Name, who, server, r.Text)
				}
			}
			if r := call(who, server, "ask", "question", "What do owls eat in the wild?"); strings.Contains(r.Text, "confidence") {
				t.Errorf("ask by %s in %q finds another server's answer", who, server)
			}
			if r := call(who, server, "why", "id", asked.Receipt); strings.Contains(r.Question, "owls") {
				t.Errorf("why by %s in %q tells of another server", who, server)
			}
		}
	}
	if r := call("boris", "one", "why", "id", asked.Receipt); r.Question != "" {
		t.Error("what one asked in private is told to another")
	}
	for _, who := range []string{"ana", "teuta"} {
		if r := call(who, "one", "why", "id", asked.Receipt); r.Question == "" {
			t.Errorf("why is not told to %s", who)
		}
	}
}

package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestNobodyMayCallTooOften(t *testing.T) {
	now := time.Unix(1764547200, 0).UTC()
	b := shelfBot(t)
	b.now, b.gate = func() time.Time { return now }, newGate(Limits{Person: 20, Server: 40})
	call := func(who, server string) bool {
		t.Helper()
		reply := do(t, b, Call{Command: "about", By: Person{ID: who, Speaks: true}, In: Place{Server: server}})
		refused := strings.Contains(reply.Text, "at once")
		if refused && !strings.Contains(reply.Text, "\x02") {
			t.Errorf("the refusal does not say when to go on: %q", reply.Text)
		}
		return !refused
	}
	for i := range 5 {
		if !call("ana", "one") {
			t.Fatalf("call %d was refused", i+1)
		}
	}
	if call("ana", "one") {
		t.Error("a sixth call at once was answered")
	}
	if !call("boris", "one") {
		t.Error("one person's calls are held against another")
	}
	now = now.Add(3 * time.Second)
	if !call("ana", "one") || call("ana", "one") {
		t.Error("a call every three seconds is what one a person may make")
	}
	served := 0
	for i := range 30 {
		if call(fmt.Sprintf("member %d", i), "two") {
			served++
		}
	}
	if served != 10 {
		t.Errorf("have %d calls of a server answered at once, want 10", served)
	}
	if !call("", "two") {
		t.Error("the terminal has a limit")
	}
}

func TestWhoCallsIsForgottenInTheEnd(t *testing.T) {
	g := newGate(Limits{Person: 20})
	now := time.Unix(1764547200, 0)
	for i := range 20 * counted {
		g.wait(Call{By: Person{ID: fmt.Sprint(i)}}, now)
	}
	g.of.CleanUp()
	if n := g.of.EstimatedSize(); n > counted {
		t.Errorf("have %d people in mind, want at most %d", n, counted)
	}
}

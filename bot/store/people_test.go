package store

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestAboutIsAllOfOnePersonEverywhere(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		live(t, w, "anna")
		live(t, w, "ben")
		r := got(w.About(t.Context(), "anna"))(t)
		have := map[string]int{"receipts": len(r.Receipts), "verdicts": len(r.Verdicts), "askings": len(r.Askings), "answers": len(r.Answers), "acts": len(r.Acts), "spent": len(r.Spent)}
		want := map[string]int{"receipts": 2, "verdicts": 1, "askings": 2, "answers": 1, "acts": 2, "spent": 1}
		if !reflect.DeepEqual(have, want) {
			t.Errorf("have %v, want %v", have, want)
		}
		if !reflect.DeepEqual(r.MutedIn, []string{"muting"}) || !reflect.DeepEqual(r.SetUp, []string{"home-of-anna"}) {
			t.Errorf("have muted in %q and set up %q", r.MutedIn, r.SetUp)
		}
		for _, a := range r.Askings {
			if !strings.Contains(a.Text, "anna") {
				t.Errorf("have %+v, want only what anna asks", a)
			}
		}
	})
}

// live does all that a person can leave something by: asks, is answered, judges, answers, sets up, is muted, and spends.
func live(t *testing.T, w *world, user string) { t.Helper(); liveAs(t, w, user, user) }

// liveAs is live for a user whose id is not part of any other.
func liveAs(t *testing.T, w *world, user, name string) {
	t.Helper()
	by := Actor{user, "Name of " + name}
	r := w.receipt("a1-"+name, "s1", user)
	r.Question = "a secret of " + name
	ok(t, w.Remember(t.Context(), r))
	ok(t, w.Remember(t.Context(), w.receipt("a2-"+name, "", user)))
	ok(t, w.Shown(t.Context(), "a1-"+name, Message{"c1", "m1"}))
	ok(t, w.Rate(t.Context(), "a1-"+name, user, "a verdict of "+name))
	ok(t, w.Ask(t.Context(), Question{ID: "q1-" + name, Server: "s1", Text: "a worry of " + name, Reason: "a reason of " + name},
		Asking{ID: "k1-" + name, User: user, Text: "a worry of " + name, At: w.clock.Now()}, Post{Key: "to " + name, Server: "s1", User: user}))
	ok(t, w.Ask(t.Context(), Question{ID: "q2-" + name, Server: "s1", Text: "a wish of " + name},
		Asking{ID: "k2-" + name, User: user, Text: "a wish of " + name, At: w.clock.Now()}))
	ok(t, w.Settle(t.Context(), "q2-"+name, Answered, by, "", &TeamAnswer{Question: "what of it?", Text: "this", By: by, At: w.clock.Now()}, tell, nil))
	ok(t, w.SetUp(t.Context(), Setup{Server: "home-of-" + name, By: user}, by, "team"))
	ok(t, w.Mute(t.Context(), "muting", user, true, Actor{"tom", "Tom"}))
	got(w.Reserve(t.Context(), Spender{"s1", user}, Amount{70, 7}, Limits{}))(t)
}

func TestForgetLeavesNothingOfAPerson(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		live(t, w, "anna")
		w.clock.Move(time.Minute)
		live(t, w, "ben")
		wantEqual(t, "gone", got(w.Forget(t.Context(), "anna", nil))(t) > 0, true)
		r := got(w.About(t.Context(), "anna"))(t)
		spent := []SpentOn{{"s1", today, Spending{Amount: Amount{70, 7}}}}
		if want := (Record{MutedIn: []string{"muting"}, Spent: spent}); !reflect.DeepEqual(r, want) {
			t.Errorf("have %+v, want only that she is muted, and what she spent today", r)
		}
		wantEqual(t, "the question nobody asks", got(w.Question(t.Context(), "q1-anna"))(t).State, Withdrawn)
		a := got(w.TeamAnswer(t.Context(), "q2-anna"))(t)
		wantEqual(t, "who answered", a.By, Actor{})
		wantEqual(t, "what was answered", a.Text, "this")
		wantEqual(t, "ben's receipts", len(got(w.About(t.Context(), "ben"))(t).Receipts), 2)
		_, err := w.Receipt(t.Context(), "a1-anna")
		wantError(t, err, ErrNotFound)
		for _, p := range w.deliver(t) {
			if strings.Contains(p.Key, "anna") {
				t.Errorf("have %+v put out, want nothing that tells anna", p)
			}
		}
		wantEqual(t, "gone the second time", got(w.Forget(t.Context(), "anna", nil))(t), 0)
	})
}

func TestForgetIsGoneFromTheFile(t *testing.T) {
	w := newWorld(t, "sqlite")
	const user = "900000000000000042"
	live(t, w, "ben")
	liveAs(t, w, user, "anna")
	live(t, w, "carl")
	traces := []string{user, "secret of anna", "verdict of anna", "worry of anna", "wish of anna", "reason of anna", "Name of anna"}
	for _, trace := range traces {
		wantEqual(t, trace+" is in the file before", inFile(t, w, trace), true)
	}
	got(w.Forget(t.Context(), user, nil))(t)
	for _, trace := range traces {
		wantEqual(t, trace+" is in the file after", inFile(t, w, trace), false)
	}
	wantEqual(t, "what ben asks is in the file after", inFile(t, w, "a worry of ben"), true)
}

// inFile reports whether a text is anywhere in an SQLite store's file or its journal.
func inFile(t *testing.T, w *world, text string) bool {
	t.Helper()
	for _, part := range []string{"", "-wal"} {
		data, err := os.ReadFile(w.where + part)
		ok(t, err)
		if bytes.Contains(data, []byte(text)) {
			return true
		}
	}
	return false
}

func TestQuestionThatOthersAskStaysInTheirWords(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.clock.Move(time.Minute)
		w.ask(t, "q1", "k2", "ben")
		got(w.Forget(t.Context(), "anna", nil))(t)
		q := got(w.Question(t.Context(), "q1"))(t)
		wantEqual(t, "state", q.State, Pending)
		wantEqual(t, "count", q.Count, 1)
		wantEqual(t, "text", q.Text, "ben asks")
		wantEqual(t, "receipt", q.Receipt, "a-k2")
		got(w.Forget(t.Context(), "ben", nil))(t)
		q = got(w.Question(t.Context(), "q1"))(t)
		wantEqual(t, "state without anybody", q.State, Withdrawn)
		wantEqual(t, "text without anybody", q.Text, "")
	})
}

func TestForgetReachesWhatWasMergedOrWithdrawn(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "ben")
		w.ask(t, "q2", "k2", "anna")
		w.ask(t, "q3", "k3", "anna")
		ok(t, w.Merge(t.Context(), "q2", "q1", Actor{}))
		got(w.Withdraw(t.Context(), "k3", "anna"))(t)
		got(w.Forget(t.Context(), "anna", nil))(t)
		for _, id := range []string{"q2", "q3"} {
			wantEqual(t, "text of "+id, got(w.Question(t.Context(), id))(t).Text, "")
		}
		wantEqual(t, "text of q1", got(w.Question(t.Context(), "q1"))(t).Text, "what of q1")
	})
}

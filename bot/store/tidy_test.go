package store

import (
	"fmt"
	"testing"
	"time"
)

const month = 30 * 24 * time.Hour

// rows counts a table.
func (w *world) rows(t *testing.T, table string) int {
	t.Helper()
	var n int
	ok(t, w.reads.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n))
	return n
}

func TestTidyDeletesWhatIsOver(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		age := func(n string) { // something of everything, with n in its name
			ok(t, w.Remember(t.Context(), w.receipt("a"+n, "s1", "anna")))
			ok(t, w.Shown(t.Context(), "a"+n, Message{"c1", "m1"}))
			ok(t, w.Rate(t.Context(), "a"+n, "anna", "helpful"))
			w.ask(t, "open"+n, "k1"+n, "anna")
			w.ask(t, "closed"+n, "k2"+n, "anna")
			until := w.clock.Now().Add(24 * time.Hour)
			ok(t, w.Settle(t.Context(), "closed"+n, Answered, Actor{}, "", &TeamAnswer{Text: "this", At: w.clock.Now(), Until: until}, tell, nil))
			w.deliver(t)
		}
		age("1")
		w.clock.Move(2 * month)
		age("2")
		gone := got(w.Tidy(t.Context(), month))(t)
		for table, want := range map[string]int{
			"receipts": 1, "shown": 1, "verdicts": 1, "questions": 3, "askings": 3, "answers": 1, "posts": 1, "acts": 1,
		} {
			wantEqual(t, table, w.rows(t, table), want)
		}
		wantEqual(t, "gone", gone > 0, true)
		wantEqual(t, "the open question", got(w.Question(t.Context(), "open1"))(t).State, Pending)
		wantEqual(t, "gone the second time", got(w.Tidy(t.Context(), month))(t), 0)
	})
}

func TestTidyKeepsWhatACorrectionNeeds(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		a := TeamAnswer{ID: "q1", Text: "this", At: start, Until: start.Add(6 * month)}
		ok(t, w.Settle(t.Context(), "q1", Answered, Actor{}, "", &a, tell, nil))
		w.deliver(t)
		w.clock.Move(2 * month)
		got(w.Tidy(t.Context(), month))(t)
		wantEqual(t, "the question of an answer that counts", got(w.Question(t.Context(), "q1"))(t).State, Answered)
		a = got(w.TeamAnswer(t.Context(), "q1"))(t)
		a.Text = "that"
		ok(t, w.Revise(t.Context(), a, Actor{}, func(told Post, _ int) Post { return Post{Key: "corrected/" + told.Key, Server: "s1"} }))
		wantKeys(t, "put out", w.deliver(t), "corrected/told/k1/0")
		w.clock.Move(12 * month)
		got(w.Tidy(t.Context(), month))(t)
		_, err := w.Question(t.Context(), "q1")
		wantError(t, err, ErrNotFound)
	})
}

func TestTidyForgetsWhomNobodyCouldTell(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna", Post{Key: "p1", Server: "s1", User: "anna"})
		for _, p := range got(w.Take(t.Context(), 9, time.Minute))(t) {
			ok(t, w.Hold(t.Context(), p, "closed"))
		}
		w.clock.Move(89 * 24 * time.Hour)
		got(w.Tidy(t.Context(), 12*month))(t)
		wantEqual(t, "user before ninety days", got(w.Question(t.Context(), "q1"))(t).Askings[0].User, "anna")
		w.clock.Move(2 * 24 * time.Hour)
		got(w.Tidy(t.Context(), 12*month))(t)
		wantEqual(t, "user after ninety days", got(w.Question(t.Context(), "q1"))(t).Askings[0].User, "")
		wantEqual(t, "posts", w.rows(t, "posts"), 0)
		wantEqual(t, "her open questions", len(got(w.AskedBy(t.Context(), "s1", "anna"))(t)), 1)
	})
}

func TestTidyDeletesServersThatWereLeftForAMonth(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		live(t, w, "anna")
		ok(t, w.Leave(t.Context(), "s1"))
		w.clock.Move(29 * 24 * time.Hour)
		got(w.Tidy(t.Context(), 12*month))(t)
		wantEqual(t, "anna's receipts before", len(got(w.About(t.Context(), "anna"))(t).Receipts), 2)
		w.clock.Move(2 * 24 * time.Hour)
		got(w.Tidy(t.Context(), 12*month))(t)
		for _, table := range []string{"receipts", "verdicts", "questions", "askings", "answers", "posts", "acts", "reservations", "spending", "servers"} {
			var n int
			ok(t, w.reads.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT count(*) FROM %s WHERE server = 's1'`, table)).Scan(&n))
			wantEqual(t, table+" of the server", n, 0)
		}
		wantEqual(t, "servers", w.rows(t, "servers"), 3)
		wantEqual(t, "anna's receipts after", len(got(w.About(t.Context(), "anna"))(t).Receipts), 1)
	})
}

func TestTidyKeepsTheTextsThatSomethingRefersTo(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		keep := func(revision, body string) {
			got(w.Keep(t.Context(), Snapshot{revision, w.clock.Now(), []Kept{{"a", "same"}, {"b", body}}}))(t)
		}
		keep("r1", "first")
		keep("r2", "second")
		w.clock.Move(time.Hour)
		keep("r3", "third")
		w.clock.Move(2 * month)
		ok(t, w.Remember(t.Context(), w.receipt("a1", "s1", "anna"))) // from r1
		got(w.Tidy(t.Context(), month))(t)
		_, err := w.Snapshot(t.Context(), "r2")
		wantError(t, err, ErrNotFound)
		wantEqual(t, "what a receipt refers to", got(w.Snapshot(t.Context(), "r1"))(t).Passages[1].Body, "first")
		wantEqual(t, "what was there a month ago", got(w.SnapshotAt(t.Context(), w.clock.Now().Add(-month)))(t).Revision, "r3")
		wantEqual(t, "texts", w.rows(t, "bodies"), 3)
	})
}

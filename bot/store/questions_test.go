package store

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// ask keeps user's asking k of question q in server s1.
func (w *world) ask(t testing.TB, q, k, user string, posts ...Post) {
	t.Helper()
	ok(t, w.Ask(t.Context(), Question{ID: q, Server: "s1", Text: "what of " + q}, w.asking(k, user), posts...))
}

func (w *world) asking(id, user string) Asking {
	return Asking{ID: id, User: user, Text: user + " asks", Receipt: "a-" + id, At: w.clock.Now(), Where: Message{"c1", "m-" + id}, Open: true}
}

// tell is what tells an asker of what became of a question.
func tell(q Question, a Asking) Post {
	return Post{Key: "told/" + a.ID + "/" + string(rune('0'+q.Round)), Kind: Told, Subject: q.ID, Asking: a.ID, Server: q.Server, User: a.User}
}

// keys lists the keys of posts in order.
func keys(posts []Post) []string {
	var all []string
	for _, p := range posts {
		all = append(all, p.Key)
	}
	slices.Sort(all)
	return all
}

func wantKeys(t testing.TB, what string, have []Post, want ...string) {
	t.Helper()
	if h := keys(have); !slices.Equal(h, want) {
		t.Errorf("%s: have posts %q, want %q", what, h, want)
	}
}

// deliver sends every post that is due, as message "m/" and its key.
func (w *world) deliver(t testing.TB) []Post {
	t.Helper()
	posts := got(w.Take(t.Context(), 100, time.Minute))(t)
	for _, p := range posts {
		ok(t, w.Sent(t.Context(), p, Message{"sent", "m/" + p.Key}))
	}
	return posts
}

func TestQuestionIsAskedBySeveral(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna", Post{Key: "posed/q1", Kind: Posed, Subject: "q1", Server: "s1", Channel: "team"})
		w.clock.Move(time.Hour)
		w.ask(t, "q1", "k2", "ben")
		q := got(w.Question(t.Context(), "q1"))(t)
		wantEqual(t, "count", q.Count, 2)
		wantEqual(t, "state", q.State, Pending)
		wantEqual(t, "first asked", q.Asked, start)
		wantEqual(t, "last asked", q.Last, start.Add(time.Hour))
		want := w.asking("k2", "ben")
		want.Question = "q1"
		if len(q.Askings) != 2 || q.Askings[1] != want {
			t.Errorf("have %+v, want the second to be %+v", q.Askings, want)
		}
		again := w.asking("k3", "anna")
		wantError(t, w.Ask(t.Context(), Question{ID: "q1", Server: "s1"}, again, Post{Key: "no"}), ErrAlready)
		wantError(t, w.Ask(t.Context(), Question{ID: "q1", Server: "s2"}, again, Post{Key: "no"}), ErrNotFound)
		wantKeys(t, "put out", w.deliver(t), "posed/q1")
		wantEqual(t, "where the team sees it", got(w.Question(t.Context(), "q1"))(t).Post, Message{"sent", "m/posed/q1"})
		_, err := w.Question(t.Context(), "q9")
		wantError(t, err, ErrNotFound)
	})
}

func TestQuestionsAreListedByStateOldestFirst(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for _, id := range []string{"q3", "q1", "q2"} {
			w.ask(t, id, "k-"+id, "anna")
			w.clock.Move(time.Minute)
		}
		ok(t, w.Ask(t.Context(), Question{ID: "q4", Server: "s2"}, w.asking("k4", "anna")))
		ok(t, w.Settle(t.Context(), "q1", Dismissed, Actor{"tom", "Tom"}, "spam", nil, nil, nil))
		for _, test := range []struct {
			server string
			state  State
			n      int
			want   []string
		}{
			{"s1", Pending, 10, []string{"q3", "q2"}},
			{"s1", Pending, 1, []string{"q3"}},
			{"s1", Dismissed, 10, []string{"q1"}},
			{"s2", Pending, 10, []string{"q4"}},
			{"*", Pending, 10, []string{"q3", "q2", "q4"}},
			{"s3", Pending, 10, nil},
		} {
			var have []string
			for _, q := range got(w.Questions(t.Context(), test.server, test.state, test.n))(t) {
				have = append(have, q.ID)
			}
			if !slices.Equal(have, test.want) {
				t.Errorf("%d of %q in state %q: have %q, want %q", test.n, test.server, test.state, have, test.want)
			}
		}
		wantEqual(t, "anna asks", len(got(w.AskedBy(t.Context(), "s1", "anna"))(t)), 3)
		wantEqual(t, "ben asks", len(got(w.AskedBy(t.Context(), "s1", "ben"))(t)), 0)
		wantEqual(t, "elsewhere", len(got(w.AskedBy(t.Context(), "s9", "anna"))(t)), 0)
	})
}

func TestWithdrawnByAllIsWithdrawn(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.ask(t, "q1", "k2", "ben")
		gone := Post{Key: "gone", Server: "s1", Channel: "team"}
		_, err := w.Withdraw(t.Context(), "k1", "ben", gone)
		wantError(t, err, ErrNotFound)
		_, err = w.Withdraw(t.Context(), "k9", "ben", gone)
		wantError(t, err, ErrNotFound)
		wantKeys(t, "put out by who may not", w.deliver(t))
		q := got(w.Withdraw(t.Context(), "k1", "anna", gone))(t)
		wantEqual(t, "state after the first", q.State, Pending)
		wantEqual(t, "count after the first", q.Count, 1)
		wantKeys(t, "put out after the first", w.deliver(t), "gone")
		gone.Key = "gone too"
		q = got(w.Withdraw(t.Context(), "k2", "ben", gone))(t)
		wantEqual(t, "state after the last", q.State, Withdrawn)
		wantEqual(t, "closed", q.Closed, w.clock.Now())
		wantKeys(t, "put out after the last", w.deliver(t), "gone too")
		wantError(t, w.Ask(t.Context(), Question{ID: "q1", Server: "s1"}, w.asking("k3", "eve")), ErrClosed)
	})
}

func TestWithdrawDropsWhatWasToBeTold(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.ask(t, "q1", "k2", "ben")
		ok(t, w.Settle(t.Context(), "q1", Answered, Actor{"tom", "Tom"}, "", nil, tell, nil))
		q := got(w.Withdraw(t.Context(), "k1", "anna"))(t)
		wantEqual(t, "state", q.State, Answered)
		wantKeys(t, "told", w.deliver(t), "told/k2/0")
	})
}

func TestSettleTellsEveryAskingAndIsDoneOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.ask(t, "q1", "k2", "ben")
		tom := Actor{"tom", "Tom"}
		answer := &TeamAnswer{Question: "what of q1", Text: "this", Source: "from the team", By: tom, At: w.clock.Now(), Until: start.AddDate(0, 0, 90)}
		ok(t, w.Settle(t.Context(), "q1", Answered, tom, "", answer, tell, nil, Post{Key: "edit/q1", Server: "s1", Channel: "team"}))
		wantError(t, w.Settle(t.Context(), "q1", Dismissed, Actor{"eve", "Eve"}, "", nil, tell, nil, Post{Key: "no"}), ErrClosed)
		wantError(t, w.Settle(t.Context(), "q9", Dismissed, tom, "", nil, tell, nil), ErrNotFound)
		q := got(w.Question(t.Context(), "q1"))(t)
		wantEqual(t, "closed by", q.By, tom)
		want := *answer
		want.ID, want.Server, want.Version = "q1", "s1", 1
		wantEqual(t, "answer", got(w.TeamAnswer(t.Context(), "q1"))(t), want)
		wantKeys(t, "put out", w.deliver(t), "edit/q1", "told/k1/0", "told/k2/0")
		for _, a := range got(w.Question(t.Context(), "q1"))(t).Askings {
			if !a.Told || a.User != "" {
				t.Errorf("have %+v, want it told and its user forgotten", a)
			}
		}
		wantEqual(t, "anna still waits for", len(got(w.AskedBy(t.Context(), "s1", "anna"))(t)), 0)
	})
}

func TestMergeMovesAskingsOnePerUser(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.clock.Move(time.Minute)
		w.ask(t, "q2", "k2", "anna")
		w.ask(t, "q2", "k3", "ben")
		ok(t, w.Ask(t.Context(), Question{ID: "other", Server: "s2"}, w.asking("k4", "anna")))
		wantError(t, w.Merge(t.Context(), "q1", "other", Actor{}), ErrNotFound)
		wantError(t, w.Merge(t.Context(), "q1", "q1", Actor{}), ErrNotFound)
		ok(t, w.Merge(t.Context(), "q2", "q1", Actor{"tom", "Tom"}, Post{Key: "edit/q2", Server: "s1"}))
		wantError(t, w.Merge(t.Context(), "q2", "q1", Actor{}), ErrClosed)
		duplicate, into := got(w.Question(t.Context(), "q2"))(t), got(w.Question(t.Context(), "q1"))(t)
		wantEqual(t, "state", duplicate.State, Duplicate)
		wantEqual(t, "remark", duplicate.Remark, "q1")
		wantEqual(t, "count", into.Count, 2)
		wantEqual(t, "askings", len(into.Askings), 2)
		wantEqual(t, "first", into.Askings[0].ID, "k1")
		wantEqual(t, "taken over", into.Askings[1].ID, "k3")
		wantKeys(t, "put out", w.deliver(t), "edit/q2")
	})
}

func TestReopenIsForOneAskingAndOneRound(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.ask(t, "q1", "k2", "ben")
		ok(t, w.Settle(t.Context(), "q1", Covered, Actor{}, "r2", nil, tell, nil))
		w.deliver(t)
		q := got(w.Question(t.Context(), "q1"))(t)
		wantError(t, w.Reopen(t.Context(), q, "k1", "ben"), ErrNotFound)
		ok(t, w.Reopen(t.Context(), q, "k1", "anna", Post{Key: "reopened/1", Server: "s1"}))
		wantError(t, w.Reopen(t.Context(), q, "k2", "ben"), ErrChanged)
		q = got(w.Question(t.Context(), "q1"))(t)
		wantEqual(t, "state", q.State, Pending)
		wantEqual(t, "round", q.Round, 1)
		wantEqual(t, "remark", q.Remark, "")
		wantError(t, w.Reopen(t.Context(), q, "k1", "anna"), ErrAlready)
		ok(t, w.Reopen(t.Context(), q, "k2", "ben"))
		wantEqual(t, "round that ben joins", got(w.Question(t.Context(), "q1"))(t).Round, 1)
		wantKeys(t, "put out", w.deliver(t), "reopened/1")
		ok(t, w.Settle(t.Context(), "q1", Answered, Actor{}, "", nil, tell, nil))
		told := w.deliver(t)
		wantKeys(t, "told again", told, "told/k1/1", "told/k2/1")
		users := map[string]string{told[0].Key: told[0].User, told[1].Key: told[1].User}
		wantEqual(t, "user told again", users["told/k1/1"], "anna")
	})
}

func TestTeamAnswerCountsUntilItEnds(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for _, id := range []string{"q1", "q2"} {
			w.ask(t, id, "k-"+id, "anna")
			a := &TeamAnswer{Text: "this", Source: "from the team", At: w.clock.Now(), Until: start.Add(time.Hour)}
			ok(t, w.Settle(t.Context(), id, Answered, Actor{}, "", a, nil, nil))
			w.clock.Move(time.Minute)
		}
		found := got(w.TeamAnswers(t.Context(), "s1"))(t)
		if len(found) != 2 || found[0].ID != "q2" {
			t.Errorf("have %+v, want q2 and q1", found)
		}
		wantEqual(t, "answers of another server", len(got(w.TeamAnswers(t.Context(), "s2"))(t)), 0)
		longer := found[0]
		longer.Until = start.Add(3 * time.Hour)
		ok(t, w.Revise(t.Context(), longer, Actor{}, nil))
		withdrawn := found[1]
		withdrawn.Withdrawn = true
		ok(t, w.Revise(t.Context(), withdrawn, Actor{}, nil))
		w.clock.Move(2 * time.Hour)
		found = got(w.TeamAnswers(t.Context(), "s1"))(t)
		if len(found) != 1 || found[0].ID != "q2" || !found[0].Edited.IsZero() || found[0].Version != 2 {
			t.Errorf("have %+v, want q2, confirmed and not edited", found)
		}
		w.clock.Move(2 * time.Hour)
		wantEqual(t, "answers after all", len(got(w.TeamAnswers(t.Context(), "s1"))(t)), 0)
		wantEqual(t, "still to be read", got(w.TeamAnswer(t.Context(), "q2"))(t).Text, "this")
	})
}

func TestReviseCorrectsThoseWhoWereTold(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.ask(t, "q1", "k2", "ben")
		ok(t, w.Settle(t.Context(), "q1", Answered, Actor{}, "", &TeamAnswer{Text: "this", Source: "x", At: start}, tell, nil))
		first := got(w.Take(t.Context(), 1, time.Minute))(t)[0]
		ok(t, w.Sent(t.Context(), first, Message{"dm", "m1"}))
		a := got(w.TeamAnswer(t.Context(), "q1"))(t)
		a.Text = "that"
		correct := func(told Post, _ int) Post {
			return Post{Key: "corrected/" + told.Key, Server: told.Server, Channel: told.Sent.Channel, ReplyTo: told.Sent.ID}
		}
		ok(t, w.Revise(t.Context(), a, Actor{"tom", "Tom"}, correct, Post{Key: "edit", Server: "s1"}))
		wantError(t, w.Revise(t.Context(), a, Actor{}, correct), ErrChanged)
		wantError(t, w.Revise(t.Context(), TeamAnswer{ID: "q9"}, Actor{}, correct), ErrNotFound)
		a = got(w.TeamAnswer(t.Context(), "q1"))(t)
		wantEqual(t, "text", a.Text, "that")
		wantEqual(t, "version", a.Version, 2)
		wantEqual(t, "edited", a.Edited, w.clock.Now())
		posts := w.deliver(t)
		i := slices.IndexFunc(posts, func(p Post) bool { return p.Key == "corrected/"+first.Key })
		if len(posts) != 3 || i < 0 || posts[i].Channel != "dm" || posts[i].ReplyTo != "m1" {
			t.Errorf("have %+v, want the edit, the correction of %s in dm, and what the other is still told", posts, first.Key)
		}
	})
}

// What was sent before a question was opened again tells nobody who waits since.
func TestSentBelongsToItsRound(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.deliver(t)
		ok(t, w.Settle(t.Context(), "q1", Answered, Actor{}, "", &TeamAnswer{Text: "this", At: start}, tell, nil))
		taken := got(w.Take(t.Context(), 9, time.Minute))(t)
		ok(t, w.Reopen(t.Context(), got(w.Question(t.Context(), "q1"))(t), "k1", "anna"))
		for _, p := range taken {
			ok(t, w.Sent(t.Context(), p, Message{"c", "m"}))
		}
		if a := got(w.Question(t.Context(), "q1"))(t).Askings[0]; a.Told || a.User != "anna" {
			t.Errorf("have %+v, want an asking that waits", a)
		}
	})
}

// An answer in place of one from a round before is told to who waits, and corrects what the others were told.
func TestAnotherAnswerCorrectsTheOneBefore(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.ask(t, "q1", "k2", "ben")
		w.deliver(t)
		correct := func(told Post, version int) Post {
			return Post{Key: fmt.Sprint("corrected/", told.Asking, "/", version), Server: "s1", Channel: "c"}
		}
		ok(t, w.Settle(t.Context(), "q1", Answered, Actor{}, "", &TeamAnswer{Text: "this", At: start}, tell, correct))
		w.deliver(t)
		ok(t, w.Reopen(t.Context(), got(w.Question(t.Context(), "q1"))(t), "k1", "anna"))
		ok(t, w.Settle(t.Context(), "q1", Answered, Actor{}, "", &TeamAnswer{Text: "that", At: start}, tell, correct))
		wantKeys(t, "put out", w.deliver(t), "corrected/k2/2", "told/k1/1")
		for who, want := range map[string]bool{"anna": true, "ben": true, "eve": false} {
			wantEqual(t, who+" asks", got(w.Asks(t.Context(), "q1", who))(t), want)
		}
	})
}

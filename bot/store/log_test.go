package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

// receipt is an answer to user in a server, at a moment of the tests' clock.
func (w *world) receipt(id, server, user string) Receipt {
	return Receipt{ID: id, Server: server, Channel: "c1", By: user, At: w.clock.Now(), Question: "who signed it?", Kind: "answer",
		Topic: "signing", Revision: "r1", Detail: `{"checks":1}`}
}

func TestEventIsClaimedOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		other := w.another(t)
		wantEqual(t, "first sight", got(w.First(t.Context(), "e1"))(t), true)
		wantEqual(t, "second sight, by another process", got(other.First(t.Context(), "e1"))(t), false)
		w.clock.Move(23 * time.Hour)
		got(w.Tidy(t.Context(), time.Hour))(t)
		wantEqual(t, "the next day", got(w.First(t.Context(), "e1"))(t), false)
		w.clock.Move(2 * time.Hour)
		got(w.Tidy(t.Context(), time.Hour))(t)
		wantEqual(t, "after a day", got(w.First(t.Context(), "e1"))(t), true)
	})
}

func TestReceiptIsKeptOnceAndWithoutTheUser(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		r := w.receipt("a1", "s1", "anna")
		ok(t, w.Remember(t.Context(), r))
		again := r
		again.Question = "something else"
		ok(t, w.Remember(t.Context(), again))
		want := r
		want.By = ""
		if have := got(w.Receipt(t.Context(), "a1"))(t); !reflect.DeepEqual(have, want) {
			t.Errorf("have %+v\nwant %+v", have, want)
		}
		wantEqual(t, "anna's", got(w.IsBy(t.Context(), "a1", "anna"))(t), true)
		wantEqual(t, "ben's", got(w.IsBy(t.Context(), "a1", "ben"))(t), false)
		wantEqual(t, "nobody's", got(w.IsBy(t.Context(), "a1", ""))(t), false)
		_, err := w.Receipt(t.Context(), "a2")
		wantError(t, err, ErrNotFound)
		_, err = w.IsBy(t.Context(), "a2", "anna")
		wantError(t, err, ErrNotFound)
	})
}

func TestReceiptIsAmendedInItsDetailOnly(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		r := w.receipt("a1", "s1", "anna")
		ok(t, w.Remember(t.Context(), r))
		ok(t, w.Remember(t.Context(), w.receipt("a2", "s1", "anna")))
		ok(t, w.Amend(t.Context(), "a1", `{"checks":2}`))
		r.Detail, r.By = `{"checks":2}`, ""
		if have := got(w.Receipt(t.Context(), "a1"))(t); !reflect.DeepEqual(have, r) {
			t.Errorf("have %+v\nwant %+v", have, r)
		}
		wantEqual(t, "anna's", got(w.IsBy(t.Context(), "a1", "anna"))(t), true)
		wantEqual(t, "detail of another", got(w.Receipt(t.Context(), "a2"))(t).Detail, `{"checks":1}`)
		wantError(t, w.Amend(t.Context(), "a9", ""), ErrNotFound)
	})
}

func TestReceiptOfDirectMessagesAndOfNobody(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ok(t, w.Remember(t.Context(), w.receipt("a1", "", "anna")))
		ok(t, w.Remember(t.Context(), w.receipt("a2", "", "")))
		wantEqual(t, "anna's", got(w.IsBy(t.Context(), "a1", "anna"))(t), true)
		wantEqual(t, "nobody's", got(w.IsBy(t.Context(), "a2", ""))(t), false)
		wantEqual(t, "receipts about anna", len(got(w.About(t.Context(), "anna"))(t).Receipts), 1)
		wantEqual(t, "receipts about nobody", len(got(w.About(t.Context(), ""))(t).Receipts), 0)
	})
}

func TestTextOfAnyCharactersIsKept(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		r := w.receipt("a1", "s1", "anna")
		r.Question = "e nënshkruar\x00? \xff 🕊 '; DROP TABLE receipts"
		ok(t, w.Remember(t.Context(), r))
		wantEqual(t, "question", got(w.Receipt(t.Context(), "a1"))(t).Question, "e nënshkruar? � 🕊 '; DROP TABLE receipts")
	})
}

func TestSharedListsWhatEverybodyCouldSee(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for i, server := range []string{"s1", "left", "unwanted"} {
			id := fmt.Sprint("a", i)
			ok(t, w.Remember(t.Context(), w.receipt(id, server, "anna")))
			ok(t, w.Shown(t.Context(), id, Message{"c1", "m1"}))
			ok(t, w.Shown(t.Context(), id, Message{"c1", "m1"}))
			w.clock.Move(time.Second)
		}
		ok(t, w.Remember(t.Context(), w.receipt("private", "s1", "anna")))
		ok(t, w.Leave(t.Context(), "left"))
		ok(t, w.SetUp(t.Context(), Setup{Server: "unwanted"}, Actor{}, "setup"))
		ok(t, w.SetUp(t.Context(), Setup{Server: "s1", Corrections: true}, Actor{}, "setup"))
		shared := got(w.Shared(t.Context(), start))(t)
		if len(shared) != 1 || shared[0].ID != "a0" || !reflect.DeepEqual(shared[0].Shown, []Message{{"c1", "m1"}}) {
			t.Errorf("have %+v, want a0, shown once", shared)
		}
		wantEqual(t, "shared later", len(got(w.Shared(t.Context(), w.clock.Now()))(t)), 0)
		wantError(t, w.Shown(t.Context(), "a9", Message{}), ErrNotFound)
	})
}

func TestStatsCountDaysTopicsAndQuestions(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		keep := func(id, server, kind, topic string) {
			r := w.receipt(id, server, "anna")
			r.Kind, r.Topic = kind, topic
			ok(t, w.Remember(t.Context(), r))
		}
		keep("old", "s1", "answer", "costs")
		w.clock.Move(48 * time.Hour)
		since := w.clock.Now()
		keep("a1", "s1", "answer", "signing")
		keep("a2", "s1", "refusal", "")
		keep("a3", "s2", "answer", "signing")
		w.clock.Move(24 * time.Hour)
		keep("a4", "s1", "answer", "signing")
		keep("a5", "s1", "answer", "aims")
		ok(t, w.Rate(t.Context(), "a1", "anna", "wrong"))
		ok(t, w.Rate(t.Context(), "a1", "anna", "helpful"))
		ok(t, w.Rate(t.Context(), "a1", "ben", "outdated"))
		w.ask(t, "q1", "k1", "anna")
		w.ask(t, "q2", "k2", "anna")
		ok(t, w.Settle(t.Context(), "q2", Answered, Actor{}, "", nil, nil, nil))
		want := Stats{
			Days: []Day{
				{Date: "2026-03-20", Asked: 2, Answered: 1, Refused: 1, Helpful: 1, Unhelpful: 1},
				{Date: "2026-03-21", Asked: 2, Answered: 2},
			},
			Topics: []Topic{{"signing", 2}, {"aims", 1}},
			Open:   1, Closed: 1,
		}
		if have := got(w.Stats(t.Context(), "s1", since))(t); !reflect.DeepEqual(have, want) {
			t.Errorf("have %+v\nwant %+v", have, want)
		}
		wantError(t, w.Rate(t.Context(), "a9", "anna", "helpful"), ErrNotFound)
	})
}

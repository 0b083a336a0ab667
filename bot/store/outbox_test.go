package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPostIsPutOutOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		p := Post{Key: "digest/s1", Kind: "digest", Subject: "s1", Number: 3, Server: "s1", Channel: "c1", ReplyTo: "m1", Edit: "m2"}
		wantEqual(t, "new", got(w.Put(t.Context(), p, Post{Key: "other", Server: "s1"}))(t), 2)
		wantEqual(t, "new again", got(w.Put(t.Context(), p, Post{Key: "third", Server: "s1"}))(t), 1)
		_, err := w.Put(t.Context(), Post{Key: "fourth", Server: "s1"}, Post{Server: "s1"})
		if err == nil {
			t.Error("have no error, want one for a post without a key")
		}
		posts := w.deliver(t)
		wantKeys(t, "put out", posts, "digest/s1", "other", "third")
		p.Due, p.Since, p.Attempt = w.clock.Now(), w.clock.Now(), 1
		wantEqual(t, "post", posts[0], p)
		wantKeys(t, "sent again", w.deliver(t))
		wantEqual(t, "new after it was sent", got(w.Put(t.Context(), p))(t), 0)
	})
}

func TestPostsAreTakenWhenDueLongestFirst(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for i, due := range []int{3, 1, 2, 60} {
			got(w.Put(t.Context(), Post{Key: fmt.Sprint("p", i), Server: "s1", Due: start.Add(time.Duration(due) * time.Minute)}))(t)
		}
		wantKeys(t, "due at once", got(w.Take(t.Context(), 9, time.Minute))(t))
		w.clock.Move(3 * time.Minute)
		wantKeys(t, "two of three", got(w.Take(t.Context(), 2, time.Minute))(t), "p1", "p2")
		wantKeys(t, "the third", got(w.Take(t.Context(), 9, time.Minute))(t), "p0")
		wantKeys(t, "while they are held", got(w.Take(t.Context(), 9, time.Minute))(t))
	})
}

func TestLeaseThatRanOutIsSomebodyElses(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		got(w.Put(t.Context(), Post{Key: "p1", Server: "s1"}))(t)
		slow := got(w.Take(t.Context(), 1, time.Minute))(t)[0]
		w.clock.Move(time.Minute)
		quick := got(w.another(t).Take(t.Context(), 1, time.Minute))(t)[0]
		wantEqual(t, "attempt", quick.Attempt, 2)
		wantError(t, w.Sent(t.Context(), slow, Message{"c1", "m1"}), ErrChanged)
		wantError(t, w.Retry(t.Context(), slow, start, "slow"), ErrChanged)
		wantError(t, w.Hold(t.Context(), slow, "slow"), ErrChanged)
		wantError(t, w.Drop(t.Context(), slow), ErrChanged)
		ok(t, w.Sent(t.Context(), quick, Message{"c1", "m2"}))
		wantError(t, w.Sent(t.Context(), quick, Message{"c1", "m2"}), ErrChanged)
	})
}

func TestHolderMayBeLateAsLongAsNobodyElseCame(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		got(w.Put(t.Context(), Post{Key: "p1", Server: "s1"}))(t)
		slow := got(w.Take(t.Context(), 1, time.Minute))(t)[0]
		w.clock.Move(time.Hour)
		ok(t, w.Sent(t.Context(), slow, Message{"c1", "m1"}))
		wantKeys(t, "after it was sent", w.deliver(t))
	})
}

func TestPostThatFailedComesAgainWithItsTrouble(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		got(w.Put(t.Context(), Post{Key: "p1", Server: "s1"}, Post{Key: "p2", Server: "s1"}))(t)
		p := got(w.Take(t.Context(), 1, time.Minute))(t)[0]
		ok(t, w.Retry(t.Context(), p, start.Add(10*time.Minute), "503"))
		held := got(w.Held(t.Context(), "s1", 9))(t)
		if len(held) != 1 || held[0].Key != p.Key || held[0].Trouble != "503" || held[0].Due != start.Add(10*time.Minute) {
			t.Errorf("have %+v, want %s, in trouble", held, p.Key)
		}
		w.clock.Move(9 * time.Minute)
		wantEqual(t, "due early", len(w.deliver(t)), 1)
		w.clock.Move(time.Minute)
		wantKeys(t, "due again", w.deliver(t), p.Key)
		wantEqual(t, "in trouble after that", len(got(w.Held(t.Context(), "s1", 9))(t)), 0)
	})
}

func TestHeldPostWaitsForWhatItNeeds(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		got(w.Put(t.Context(), Post{Key: "channel", Server: "s1", Channel: "c1"}, Post{Key: "user", Server: "s1", User: "anna"},
			Post{Key: "elsewhere", Server: "s2", Channel: "c2"}))(t)
		for _, p := range got(w.Take(t.Context(), 9, time.Minute))(t) {
			ok(t, w.Hold(t.Context(), p, "closed"))
		}
		w.clock.Move(time.Hour)
		wantKeys(t, "held", got(w.Held(t.Context(), "s1", 9))(t), "channel", "user")
		wantKeys(t, "due while held", w.deliver(t))
		wantKeys(t, "waiting for ben", got(w.Waiting(t.Context(), "s1", "ben", time.Minute))(t))
		wantKeys(t, "waiting for nobody", got(w.Waiting(t.Context(), "s1", "", time.Minute))(t))
		waiting := got(w.Waiting(t.Context(), "s1", "anna", time.Minute))(t)
		wantKeys(t, "waiting for anna", waiting, "user")
		wantKeys(t, "waiting for anna twice", got(w.Waiting(t.Context(), "s1", "anna", time.Minute))(t))
		ok(t, w.Sent(t.Context(), waiting[0], Message{"c1", "m1"}))
		ok(t, w.Release(t.Context(), "s1"))
		wantKeys(t, "released", w.deliver(t), "channel")
		ok(t, w.SetUp(t.Context(), Setup{Server: "s2"}, Actor{}, "setup"))
		wantKeys(t, "released by setting up", w.deliver(t), "elsewhere")
	})
}

func TestPostForWhomOnlyTheHashIsKnownWaitsForThem(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		got(w.Put(t.Context(), Post{Key: "correction", Asking: "k1", Server: "s1"}))(t)
		ok(t, w.Hold(t.Context(), got(w.Take(t.Context(), 1, time.Minute))(t)[0], "nobody to send it to"))
		ok(t, w.Release(t.Context(), "s1"))
		wantKeys(t, "released", w.deliver(t))
		wantKeys(t, "waiting for ben", got(w.Waiting(t.Context(), "s1", "ben", time.Minute))(t))
		wantKeys(t, "waiting for anna elsewhere", got(w.Waiting(t.Context(), "s2", "anna", time.Minute))(t))
		wantKeys(t, "waiting for anna", got(w.Waiting(t.Context(), "s1", "anna", time.Minute))(t), "correction")
	})
}

func TestPostsOfServersThatWereLeftStay(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		got(w.Put(t.Context(), Post{Key: "p1", Server: "s1"}, Post{Key: "p2", Server: "s2"}, Post{Key: "dm", Server: "", User: "anna"}))(t)
		ok(t, w.Leave(t.Context(), "s1"))
		wantKeys(t, "while it is left", w.deliver(t), "dm", "p2")
		ok(t, w.Return(t.Context(), "s1"))
		wantKeys(t, "after a return", w.deliver(t), "p1")
	})
}

func TestSentPostForgetsItsUser(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna", Post{Key: "p1", Server: "s1", User: "anna"}, Post{Key: "p2", Server: "s1", User: "anna"})
		ok(t, w.Settle(t.Context(), "q1", Dismissed, Actor{}, "", nil, tell, nil))
		posts := got(w.Take(t.Context(), 9, time.Minute))(t)
		ok(t, w.Drop(t.Context(), posts[0]))
		ok(t, w.Sent(t.Context(), posts[1], Message{"c1", "m1"}))
		ok(t, w.Sent(t.Context(), posts[2], Message{"c1", "m2"}))
		for _, table := range []string{"posts", "askings"} {
			var n int
			ok(t, w.writes.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table+` WHERE user_id <> ''`).Scan(&n))
			wantEqual(t, "users left in "+table, n, 0)
		}
	})
}

// TestOutboxNeverHasTwoHolders lets several workers do anything in any order while the clock moves on, and follows who
// holds what: nobody gets what another holds, what was given back or ended is out of one's hands, and in the end
// every post was sent or dropped, once.
func TestOutboxNeverHasTwoHolders(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t, kind)
			var round int
			rapid.Check(t, func(rt *rapid.T) {
				round++
				m := outboxModel{world: w, t: t, prefix: fmt.Sprint("r", round, "/"), holder: map[string]Post{}, until: map[string]time.Time{}, ended: map[string]int{}}
				rt.Repeat(map[string]func(*rapid.T){
					"put": m.put, "take": m.take, "end": m.end, "giveBack": m.giveBack, "release": m.release, "wait": m.wait,
				})
				m.finish(rt)
			})
		})
	}
}

// outboxModel is who holds which post, as far as they know.
type outboxModel struct {
	*world
	t      testing.TB
	prefix string
	all    []string
	holder map[string]Post
	until  map[string]time.Time
	ended  map[string]int
	stale  []Post // what somebody held whom another took it from
}

func (m *outboxModel) put(rt *rapid.T) {
	key := m.prefix + rapid.StringMatching(`[a-e]`).Draw(rt, "key")
	due := m.clock.Now().Add(time.Duration(rapid.IntRange(0, 5).Draw(rt, "minutes")) * time.Minute)
	fresh := got(m.Put(m.t.Context(), Post{Key: key, Server: "s1", Channel: "c1", Due: due}))(m.t)
	if known := slices.Contains(m.all, key); known != (fresh == 0) {
		rt.Fatalf("%s: have %d new, known before: %t", key, fresh, known)
	}
	if fresh == 1 {
		m.all = append(m.all, key)
	}
}

func (m *outboxModel) take(rt *rapid.T) {
	n := rapid.IntRange(1, 3).Draw(rt, "n")
	posts := got(m.Take(m.t.Context(), n, 3*time.Minute))(m.t)
	if len(posts) > n {
		rt.Fatalf("have %d posts, want at most %d", len(posts), n)
	}
	for _, p := range posts {
		if before, held := m.holder[p.Key]; held {
			if m.until[p.Key].After(m.clock.Now()) {
				rt.Fatalf("%s was handed out while somebody held it", p.Key)
			}
			m.stale = append(m.stale, before)
		}
		if m.ended[p.Key] > 0 {
			rt.Fatalf("%s was handed out after its end", p.Key)
		}
		m.holder[p.Key], m.until[p.Key] = p, m.clock.Now().Add(3*time.Minute)
	}
}

// pick picks somebody who holds a post, or held it until another took it.
func (m *outboxModel) pick(rt *rapid.T) (p Post, holds bool) {
	var all []Post
	for _, key := range m.all {
		if p, held := m.holder[key]; held {
			all = append(all, p)
		}
	}
	all = append(all, m.stale...)
	if len(all) == 0 {
		rt.Skip("nobody holds anything")
	}
	p = rapid.SampledFrom(all).Draw(rt, "post")
	now, held := m.holder[p.Key]
	return p, held && now.Attempt == p.Attempt
}

func (m *outboxModel) end(rt *rapid.T) {
	p, holds := m.pick(rt)
	var err error
	if rapid.Bool().Draw(rt, "sent") {
		err = m.Sent(m.t.Context(), p, Message{"c1", "m1"})
	} else {
		err = m.Drop(m.t.Context(), p)
	}
	m.gone(rt, p, holds, err)
	if err == nil {
		m.ended[p.Key]++
	}
}

func (m *outboxModel) giveBack(rt *rapid.T) {
	p, holds := m.pick(rt)
	var err error
	if rapid.Bool().Draw(rt, "retry") {
		err = m.Retry(m.t.Context(), p, m.clock.Now().Add(time.Minute), "later")
	} else {
		err = m.Hold(m.t.Context(), p, "not now")
	}
	m.gone(rt, p, holds, err)
}

// gone checks that only the holder could do something with a post, which nobody holds then.
func (m *outboxModel) gone(rt *rapid.T, p Post, holds bool, err error) {
	if holds != (err == nil) {
		rt.Fatalf("%s, attempt %d: have error %v, holds it: %t", p.Key, p.Attempt, err, holds)
	}
	if holds {
		delete(m.holder, p.Key)
	}
}

func (m *outboxModel) release(*rapid.T) { ok(m.t, m.Release(m.t.Context(), "s1")) }

func (m *outboxModel) wait(rt *rapid.T) {
	m.clock.Move(time.Duration(rapid.IntRange(1, 4).Draw(rt, "minutes")) * time.Minute)
}

// finish sends all that is left, after which nothing is.
func (m *outboxModel) finish(rt *rapid.T) {
	m.clock.Move(time.Hour)
	ok(m.t, m.Release(m.t.Context(), "s1"))
	for _, p := range m.deliver(m.t) {
		m.ended[p.Key]++
	}
	for _, key := range m.all {
		if m.ended[key] != 1 {
			rt.Fatalf("%s ended %d times, want once", key, m.ended[key])
		}
	}
}

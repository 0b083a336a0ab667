package store

import (
	"slices"
	"testing"
	"time"
)

// digest sets up the digest of a server, due now.
func (w *world) digest(t testing.TB, server string) Digest {
	t.Helper()
	d := Digest{Server: server, Channel: "news", Zone: "Europe/Zagreb", Minute: 540, Days: "daily", By: "ivo", Next: w.clock.Now()}
	ok(t, w.SetDigest(t.Context(), d, Actor{}, "digest"))
	return d
}

// tomorrow plans a digest for a date, and the next one for the day after.
func tomorrow(d Digest, date string) Plan {
	return Plan{Digest: d, Next: d.Next.AddDate(0, 0, 1), Deliveries: []Delivery{{Server: d.Server, Date: date, Due: d.Next, Fate: Planned}}}
}

// today is the date of start.
const today = "2026-03-18"

// send sends what is due.
func (w *world) send(t testing.TB) []Post {
	t.Helper()
	posts := got(w.Take(t.Context(), 9, time.Minute))(t)
	for _, p := range posts {
		ok(t, w.Sent(t.Context(), p, Message{"news", "m/" + p.Key}))
	}
	return posts
}

func (w *world) due(t testing.TB) []string {
	t.Helper()
	var servers []string
	for _, d := range got(w.DueDigests(t.Context(), 9))(t) {
		servers = append(servers, d.Server)
	}
	return servers
}

func TestDigestIsKeptAsItWasSetUp(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		_, err := w.Digest(t.Context(), "s1")
		wantError(t, err, ErrNotFound)
		d := w.digest(t, "s1")
		wantEqual(t, "digest", got(w.Digest(t.Context(), "s1"))(t), d)
		d.Channel, d.Role, d.Quiet, d.Paused, d.Next = "other", "readers", true, true, d.Next.AddDate(0, 0, 2)
		ok(t, w.SetDigest(t.Context(), d, Actor{"ivo", "Ivo"}, "digest"))
		wantEqual(t, "digest after a change", got(w.Digest(t.Context(), "s1"))(t), d)
		wantEqual(t, "who changed it", got(w.Acts(t.Context(), "s1", 9))(t)[0].By.Name, "Ivo")
	})
}

func TestCrowdPlansEachDateOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.digest(t, "s1")
		crowd(t, w, func(s *Store, _ int) {
			due, err := s.DueDigests(t.Context(), 9)
			for _, d := range due {
				if err == nil {
					err = s.PlanDigests(t.Context(), []Plan{tomorrow(d, today)})
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
		wantEqual(t, "deliveries", w.rows(t, "deliveries"), 1)
		wantEqual(t, "posts", len(w.send(t)), 1)
		wantEqual(t, "next", got(w.Digest(t.Context(), "s1"))(t).Next, start.AddDate(0, 0, 1))
	})
}

func TestPlanOfADigestThatWasChangedDoesNothing(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		d := w.digest(t, "s1")
		changed := d
		changed.Next = d.Next.Add(time.Hour)
		ok(t, w.SetDigest(t.Context(), changed, Actor{}, "digest"))
		ok(t, w.PlanDigests(t.Context(), []Plan{tomorrow(d, today)}))
		changed.Next, changed.Paused = d.Next, true
		ok(t, w.SetDigest(t.Context(), changed, Actor{}, "digest"))
		ok(t, w.PlanDigests(t.Context(), []Plan{tomorrow(d, today)}))
		wantEqual(t, "deliveries", w.rows(t, "deliveries"), 0)
		wantEqual(t, "posts", w.rows(t, "posts"), 0)
		wantEqual(t, "next", got(w.Digest(t.Context(), "s1"))(t).Next, d.Next)
	})
}

func TestADateThatHasADigestStaysAsItIs(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		d := w.digest(t, "s1")
		skipped := tomorrow(d, today)
		skipped.Deliveries[0].Fate, skipped.Deliveries[0].Reason = Skipped, "away"
		ok(t, w.PlanDigests(t.Context(), []Plan{skipped}))
		d.Next = skipped.Next
		ok(t, w.PlanDigests(t.Context(), []Plan{tomorrow(d, today)}))
		wantEqual(t, "fate", got(w.Delivery(t.Context(), "s1", today))(t).Fate, Skipped)
		wantEqual(t, "posts", w.rows(t, "posts"), 0)
	})
}

func TestWhatADigestTellsIsSettledOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ok(t, w.PlanDigests(t.Context(), []Plan{tomorrow(w.digest(t, "s1"), today)}))
		first := got(w.Delivery(t.Context(), "s1", today))(t)
		first.From, first.Until, first.Since, first.Revision, first.Passage, first.At.Channel = start.Add(-time.Hour), start, "r1", "r2", "p1", "news"
		first.Opening = "Two things are new.\nNone is old."
		wantEqual(t, "settled", got(w.Settled(t.Context(), first))(t), first)
		later := first
		later.Until, later.Revision, later.Passage, later.Opening, later.At.Channel = start.Add(time.Hour), "r3", "p2", "Nothing.", "other"
		wantEqual(t, "settled again", got(w.Settled(t.Context(), later))(t), first)
	})
}

func TestOnlyWhatIsPlannedIsSkipped(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		d := w.digest(t, "s1")
		ok(t, w.PlanDigests(t.Context(), []Plan{tomorrow(d, today)}))
		ok(t, w.Skip(t.Context(), "s1", today, "barred"))
		ok(t, w.Skip(t.Context(), "s1", today, "quiet"))
		have := got(w.Delivery(t.Context(), "s1", today))(t)
		wantEqual(t, "fate", have.Fate, Skipped)
		wantEqual(t, "reason", have.Reason, "barred")
		for _, p := range got(w.Take(t.Context(), 9, time.Minute))(t) {
			ok(t, w.Drop(t.Context(), p))
		}
		d.Next = d.Next.AddDate(0, 0, 1)
		ok(t, w.PlanDigests(t.Context(), []Plan{tomorrow(d, "2026-03-19")}))
		w.send(t)
		ok(t, w.Skip(t.Context(), "s1", "2026-03-19", "barred"))
		wantEqual(t, "fate of one that was posted", got(w.Delivery(t.Context(), "s1", "2026-03-19"))(t).Fate, Posted)
	})
}

func TestADigestIsPostedWithItsPost(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ok(t, w.PlanDigests(t.Context(), []Plan{tomorrow(w.digest(t, "s1"), today)}))
		posts := got(w.Take(t.Context(), 9, time.Minute))(t)
		w.clock.Move(time.Hour)
		again := got(w.Take(t.Context(), 9, time.Minute))(t)
		wantError(t, w.Sent(t.Context(), posts[0], Message{"news", "m1"}), ErrChanged)
		wantEqual(t, "fate after a report that came too late", got(w.Delivery(t.Context(), "s1", today))(t).Fate, Planned)
		ok(t, w.Sent(t.Context(), again[0], Message{"news", "m2"}))
		have := got(w.Delivery(t.Context(), "s1", today))(t)
		wantEqual(t, "fate", have.Fate, Posted)
		wantEqual(t, "where", have.At, Message{"news", "m2"})
		wantEqual(t, "when", have.Sent, w.clock.Now())
	})
}

func TestWhichDigestsAreDue(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for _, s := range []string{"here", "later", "left", "paused", "under way"} {
			d := w.digest(t, s)
			switch s {
			case "later":
				d.Next = d.Next.Add(time.Second)
				ok(t, w.SetDigest(t.Context(), d, Actor{}, "digest"))
			case "left":
				ok(t, w.Leave(t.Context(), s))
			case "paused":
				d.Paused = true
				ok(t, w.SetDigest(t.Context(), d, Actor{}, "digest"))
			case "under way":
				ok(t, w.PlanDigests(t.Context(), []Plan{{Digest: d, Next: d.Next, Deliveries: tomorrow(d, today).Deliveries}}))
			}
		}
		if have := w.due(t); !slices.Equal(have, []string{"here"}) {
			t.Errorf("have %q due, want the one that is due, is there, goes on and has none under way", have)
		}
		w.send(t)
		w.clock.Move(time.Second)
		if have := w.due(t); !slices.Equal(have, []string{"here", "under way", "later"}) {
			t.Errorf("have %q due after a second and a post, want three, longest first", have)
		}
	})
}

func TestTidyKeepsTheTextsThatDigestsTellOf(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for _, r := range []string{"r1", "r2", "r3"} {
			got(w.Keep(t.Context(), Snapshot{r, w.clock.Now(), []Kept{{"a", r}}}))(t)
			w.clock.Move(time.Hour)
		}
		w.clock.Move(2 * month)
		for server, revision := range map[string]string{"s1": "r1", "s2": "r2"} {
			d := w.digest(t, server)
			ok(t, w.PlanDigests(t.Context(), []Plan{tomorrow(d, today)}))
			until := w.clock.Now()
			if server == "s2" {
				until = until.Add(-month - time.Hour)
			}
			got(w.Settled(t.Context(), Delivery{Server: server, Date: today, From: start, Until: until, Revision: revision}))(t)
		}
		got(w.Tidy(t.Context(), month))(t)
		wantEqual(t, "what a digest tells of", got(w.Snapshot(t.Context(), "r1"))(t).Passages[0].Body, "r1")
		_, err := w.Snapshot(t.Context(), "r2")
		wantError(t, err, ErrNotFound)
		wantEqual(t, "what was kept last", got(w.LastKept(t.Context()))(t), "r3")
	})
}

func TestNothingIsLastKeptBeforeTextsAre(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		_, err := w.LastKept(t.Context())
		wantError(t, err, ErrNotFound)
	})
}

func TestTidyDeletesTheDigestsOfServersThatWereLeft(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for _, s := range []string{"s1", "s2"} {
			ok(t, w.PlanDigests(t.Context(), []Plan{tomorrow(w.digest(t, s), today)}))
		}
		ok(t, w.Leave(t.Context(), "s1"))
		w.clock.Move(month - time.Hour)
		got(w.Tidy(t.Context(), 12*month))(t)
		wantEqual(t, "digests before", w.rows(t, "digests"), 2)
		w.clock.Move(2 * time.Hour)
		got(w.Tidy(t.Context(), 12*month))(t)
		wantEqual(t, "digests after", w.rows(t, "digests"), 1)
		wantEqual(t, "deliveries after", w.rows(t, "deliveries"), 1)
		wantEqual(t, "the other server's", got(w.Delivery(t.Context(), "s2", today))(t).Fate, Planned)
	})
}

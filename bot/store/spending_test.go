package store

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anna is who spends.
var anna = Spender{"s1", "anna"}

// reserve reserves tokens without limit.
func (w *world) reserve(t testing.TB, by Spender, tokens int64) Reservation {
	t.Helper()
	return got(w.Reserve(t.Context(), by, Amount{tokens, 10 * tokens}, Limits{}))(t)
}

// spent is how the limits of somebody stand.
func (w *world) spent(t testing.TB, by Spender) Spent {
	t.Helper()
	return got(w.Spent(t.Context(), by))(t)
}

// calls is what some calls cost.
func calls(n, tokens int64) Spending { return Spending{Amount{tokens, 10 * tokens}, n, 0} }

func TestSpendingCountsForThePersonTheServerAndTheDay(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for i, by := range []Spender{anna, {"s1", "ben"}, {"s1", ""}, {"s2", "anna"}, {"", "anna"}} {
			ok(t, w.Charge(t.Context(), w.reserve(t, by, 1000), Amount{1 << i, 10 << i}))
		}
		for by, want := range map[Spender]Spent{
			anna:           {Person: calls(1, 1), Server: calls(3, 7)},
			{"s1", "ben"}:  {Person: calls(1, 2), Server: calls(3, 7)},
			{"s1", ""}:     {Server: calls(3, 7)},
			{"s2", "anna"}: {Person: calls(1, 8), Server: calls(1, 8)},
			{"", "anna"}:   {Person: calls(1, 16), Server: calls(1, 16)},
			{"s1", "eve"}:  {Server: calls(3, 7)},
			{"s9", "eve"}:  {},
		} {
			want.Day, want.Week, want.Month = calls(5, 31), want.Server, want.Server
			wantEqual(t, fmt.Sprint(by), w.spent(t, by), want)
		}
	})
}

func TestLimitThatIsMetChangesNothing(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.reserve(t, anna, 90)
		before := w.spent(t, anna)
		for name, c := range map[string]struct {
			most   Amount
			limits Limits
			want   Scope
		}{
			"a person's tokens":        {Amount{11, 0}, Limits{Person: Amount{Tokens: 100}}, ScopePerson},
			"a person's money":         {Amount{0, 101}, Limits{Person: Amount{Micros: 1000}}, ScopePerson},
			"a server's tokens":        {Amount{11, 0}, Limits{Server: Amount{Tokens: 100}}, ScopeServer},
			"a server's money":         {Amount{0, 101}, Limits{Server: Amount{Micros: 1000}}, ScopeServer},
			"the day's tokens":         {Amount{11, 0}, Limits{Day: Amount{Tokens: 100}}, ScopeDay},
			"the day's money":          {Amount{0, 101}, Limits{Day: Amount{Micros: 1000}}, ScopeDay},
			"the narrowest of several": {Amount{11, 0}, Limits{Amount{1000, 0}, Amount{100, 0}, Amount{100, 0}}, ScopeServer},
			"less than one call":       {Amount{11, 0}, Limits{Day: Amount{Tokens: 10}}, ScopeDay},
		} {
			_, err := w.Reserve(t.Context(), anna, c.most, c.limits)
			wantError(t, err, ErrSpent)
			if spent, is := errors.AsType[SpentError](err); !is || spent.Scope != c.want {
				t.Errorf("%s: have error %v, want the %s's", name, err, c.want)
			}
			wantEqual(t, name, w.spent(t, anna), before)
		}
		wantEqual(t, "reservations", w.rows(t, "reservations"), 1)
		_, err := w.Reserve(t.Context(), Spender{"s2", "eve"}, Amount{11, 0}, Limits{Person: Amount{Tokens: 10}})
		wantError(t, err, ErrSpent)
		wantEqual(t, "what a first call over the limit left", w.spent(t, Spender{"s2", "eve"}).Person, Spending{})
		got(w.Reserve(t.Context(), anna, Amount{10, 100}, Limits{Amount{100, 1000}, Amount{100, 1000}, Amount{100, 1000}}))(t)
	})
}

func TestNobodyInParticularHasNoLimitOfAPerson(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		limits := Limits{Person: Amount{Tokens: 10}, Server: Amount{Tokens: 100}}
		got(w.Reserve(t.Context(), Spender{Server: "s1"}, Amount{Tokens: 100}, limits))(t)
		_, err := w.Reserve(t.Context(), Spender{Server: "s1"}, Amount{Tokens: 1}, limits)
		wantError(t, err, ErrSpent)
	})
}

func TestReservationIsChargedOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		lost, less, more := w.reserve(t, anna, 100), w.reserve(t, anna, 100), w.reserve(t, anna, 100)
		wantEqual(t, "reserved", w.spent(t, anna).Person, calls(0, 300))
		for range 2 {
			ok(t, w.another(t).Charge(t.Context(), less, Amount{40, 400}))
			ok(t, w.Charge(t.Context(), more, Amount{160, 1600}))
			ok(t, w.Charge(t.Context(), Reservation{}, Amount{1000, 1000}))
		}
		wantEqual(t, "charged, with one that never will be", w.spent(t, anna).Day, calls(2, 300))
		ok(t, w.Charge(t.Context(), lost, Amount{}))
		wantEqual(t, "charged with nothing", w.spent(t, anna).Day, calls(3, 200))
	})
}

func TestMoreThanReservedIsFoundByTheNextCall(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		limits := Limits{Day: Amount{Tokens: 100}}
		ok(t, w.Charge(t.Context(), got(w.Reserve(t.Context(), anna, Amount{Tokens: 90}, limits))(t), Amount{Tokens: 120}))
		_, err := w.Reserve(t.Context(), anna, Amount{}, limits)
		wantError(t, err, ErrSpent)
	})
}

func TestServiceThatCountsNonsenseBreaksNoSum(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for range 3 {
			ok(t, w.Charge(t.Context(), w.reserve(t, anna, 1), Amount{math.MinInt64, -1}))
		}
		wantEqual(t, "after less than nothing", w.spent(t, anna).Month, calls(3, 0))
		for range 3 {
			ok(t, w.Charge(t.Context(), w.reserve(t, anna, 1), Amount{math.MaxInt64, math.MaxInt64}))
		}
		wantEqual(t, "after more than there is", w.spent(t, anna).Month.Tokens > 1e12, true)
		_, err := w.Reserve(t.Context(), anna, Amount{Tokens: 1}, Limits{Day: Amount{Tokens: 1e12}})
		wantError(t, err, ErrSpent)
	})
}

func TestSavedCallsAreCountedWhateverTheLimit(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ok(t, w.Saved(t.Context(), anna))
		ok(t, w.Charge(t.Context(), w.reserve(t, anna, 5), Amount{5, 50}))
		ok(t, w.Saved(t.Context(), anna))
		ok(t, w.Saved(t.Context(), Spender{"s2", ""}))
		have := w.spent(t, anna)
		wantEqual(t, "hers", have.Person, Spending{Amount{5, 50}, 1, 2})
		wantEqual(t, "all", have.Day, Spending{Amount{5, 50}, 1, 3})
	})
}

func TestDaysAreThoseOfUTC(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		limits := Limits{Person: Amount{Tokens: 100}}
		w.clock.Move(15*time.Hour - time.Second) // a second before midnight
		late := got(w.Reserve(t.Context(), anna, Amount{Tokens: 100}, limits))(t)
		w.clock.Move(time.Second)
		wantEqual(t, "at midnight", w.spent(t, anna).Person, Spending{})
		got(w.Reserve(t.Context(), anna, Amount{Tokens: 100}, limits))(t)
		ok(t, w.Charge(t.Context(), late, Amount{Tokens: 30}))
		have := w.spent(t, anna)
		wantEqual(t, "today, when yesterday's is charged", have.Server.Tokens, 100)
		wantEqual(t, "calls today", have.Server.Calls, 0)
		wantEqual(t, "in two days", have.Week, Spending{Amount{Tokens: 130}, 1, 0})
		for _, move := range []struct{ days, week, month int64 }{{5, 130, 130}, {1, 100, 130}, {1, 0, 130}, {21, 0, 130}, {1, 0, 100}, {1, 0, 0}} {
			w.clock.Move(time.Duration(move.days) * 24 * time.Hour)
			got(w.Tidy(t.Context(), time.Hour))(t) // A month stays whatever is said.
			have := w.spent(t, anna)
			wantEqual(t, "week to "+w.clock.Now().Format(time.DateOnly), have.Week.Tokens, move.week)
			wantEqual(t, "month to "+w.clock.Now().Format(time.DateOnly), have.Month.Tokens, move.month)
		}
	})
}

func TestWhatSomebodySpentIsKeptForADay(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.reserve(t, anna, 1)
		w.clock.Move(24 * time.Hour)
		open := w.reserve(t, anna, 2)
		want := []SpentOn{{"s1", today, calls(0, 1)}, {"s1", "2026-03-19", calls(0, 2)}}
		if have := got(w.About(t.Context(), "anna"))(t).Spent; !reflect.DeepEqual(have, want) {
			t.Errorf("have %+v, want %+v", have, want)
		}
		w.clock.Move(time.Millisecond)
		got(w.Tidy(t.Context(), 12*month))(t)
		if have := got(w.About(t.Context(), "anna"))(t).Spent; !reflect.DeepEqual(have, want[1:]) {
			t.Errorf("after it was tidied: have %+v, want %+v", have, want[1:])
		}
		wantEqual(t, "what the server spent", w.spent(t, anna).Week, calls(0, 3))
		wantEqual(t, "reservations", w.rows(t, "reservations"), 1)
		ok(t, w.Charge(t.Context(), open, Amount{}))
		wantEqual(t, "after a charge", w.spent(t, anna).Week, calls(1, 1))
	})
}

func TestForgettingRenewsNoBudget(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.reserve(t, anna, 1)
		w.clock.Move(24 * time.Hour)
		open := w.reserve(t, anna, 2)
		wantEqual(t, "gone", got(w.Forget(t.Context(), "anna", nil))(t), 1)
		if have, want := got(w.About(t.Context(), "anna"))(t).Spent, []SpentOn{{"s1", "2026-03-19", calls(0, 2)}}; !slices.Equal(have, want) {
			t.Errorf("have %+v, want %+v", have, want)
		}
		ok(t, w.Charge(t.Context(), open, Amount{2, 20}))
		wantEqual(t, "hers today", w.spent(t, anna).Person, calls(1, 2))
		_, err := w.Reserve(t.Context(), anna, Amount{Tokens: 1}, Limits{Person: Amount{Tokens: 2}})
		wantError(t, err, ErrSpent)
	})
}

func TestCrowdSpendsALimitToTheLastToken(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for scope, limits := range map[Scope]Limits{
			ScopePerson: {Person: Amount{Tokens: 150}}, ScopeServer: {Server: Amount{Tokens: 150}}, ScopeDay: {Day: Amount{Tokens: 150, Micros: 1500}},
		} {
			w.clock.Move(24 * time.Hour)
			var reserved atomic.Int64
			crowd(t, w, func(s *Store, i int) {
				by := anna
				if scope != ScopePerson {
					by.User = fmt.Sprint("user", i)
				}
				if scope == ScopeDay {
					by.Server = fmt.Sprint("s", i%3)
				}
				for range 40 {
					_, err := s.Reserve(t.Context(), by, Amount{5, 50}, limits)
					if spent, is := errors.AsType[SpentError](err); is && spent.Scope == scope {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					reserved.Add(1)
				}
			})
			wantEqual(t, "reserved under the limit of a "+string(scope), reserved.Load(), 30)
			wantEqual(t, "spent under the limit of a "+string(scope), w.spent(t, anna).Day, calls(0, 150))
		}
	})
}

func TestCrowdChargesAReservationOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for range 10 {
			w.clock.Move(24 * time.Hour)
			r := w.reserve(t, anna, 100)
			crowd(t, w, func(s *Store, i int) {
				if err := s.Charge(t.Context(), r, Amount{7, 70}); err != nil {
					t.Error(err)
				}
			})
			wantEqual(t, "spent", w.spent(t, anna).Day, calls(1, 7))
		}
	})
}

// spree is one call of many at once.
type spree struct {
	by         Spender
	most, used Amount
	charged    bool
	err        error
}

// TestSumsAreWhatWasChargedAndWithinTheLimits makes calls at once, over two stores, on a new day for each attempt.
func TestSumsAreWhatWasChargedAndWithinTheLimits(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		stores := []*Store{w.Store, w.another(t)}
		amount := rapid.Custom(func(rt *rapid.T) Amount {
			return Amount{rapid.Int64Range(0, 9).Draw(rt, "tokens"), rapid.Int64Range(0, 9).Draw(rt, "micros")}
		})
		call := rapid.Custom(func(rt *rapid.T) *spree {
			most, used := amount.Draw(rt, "most"), amount.Draw(rt, "used")
			return &spree{
				by:   Spender{rapid.SampledFrom([]string{"", "s1", "s2"}).Draw(rt, "server"), rapid.SampledFrom([]string{"", "anna", "ben"}).Draw(rt, "user")},
				most: most, used: Amount{min(used.Tokens, most.Tokens), min(used.Micros, most.Micros)},
				charged: rapid.IntRange(0, 3).Draw(rt, "charged") > 0,
			}
		})
		rapid.Check(t, func(rt *rapid.T) {
			limits := Limits{amount.Draw(rt, "person"), amount.Draw(rt, "server"), amount.Draw(rt, "day")}
			sprees := rapid.SliceOfN(rapid.SliceOfN(call, 1, 4), 1, 8).Draw(rt, "calls")
			w.clock.Move(24 * time.Hour)
			var all sync.WaitGroup
			for i, calls := range sprees {
				all.Go(func() {
					for _, c := range calls {
						c.do(t, stores[i%2], limits)
					}
				})
			}
			all.Wait()
			for _, c := range slices.Concat(sprees...) {
				c.check(rt, w.spent(t, c.by), slices.Concat(sprees...), limits)
			}
		})
	})
}

// do makes the call, and looks meanwhile whether more was spent than may be.
func (c *spree) do(t *testing.T, s *Store, limits Limits) {
	var r Reservation
	if r, c.err = s.Reserve(t.Context(), c.by, c.most, limits); c.err != nil {
		return
	}
	spent, err := s.Spent(t.Context(), c.by)
	if err == nil && c.charged {
		err = s.Charge(t.Context(), r, c.used)
	}
	if err != nil {
		t.Error(err)
	}
	for scope, have := range scopes(spent) {
		if exceeds(have.Amount, limits.of(scope)) {
			t.Errorf("have %+v spent, want at most the %s's %+v", have, scope, limits.of(scope))
		}
	}
}

// check looks whether what counts for the call's person, server and day is what all calls cost that were made, and, if
// it was not made itself, whether its limit could have been met.
func (c *spree) check(rt *rapid.T, have Spent, all []*spree, limits Limits) {
	cost := func(c *spree) Spending { return Spending{Amount: c.most} }
	reserved := scopes(c.sum(all, cost))
	want := scopes(c.sum(all, func(c *spree) Spending {
		if c.charged {
			return Spending{Amount: c.used, Calls: 1}
		}
		return cost(c)
	}))
	for scope, have := range scopes(have) {
		if have != want[scope] {
			rt.Errorf("%s of %v: have %+v spent, want %+v", scope, c.by, have, want[scope])
		}
	}
	if c.err == nil {
		return
	}
	spent, is := errors.AsType[SpentError](c.err)
	if !is {
		rt.Fatal(c.err)
	}
	most := plus(reserved[spent.Scope], cost(c)).Amount
	if !exceeds(most, limits.of(spent.Scope)) {
		rt.Errorf("%s of %v: have the limit met by at most %+v, want it met by more than %+v", spent.Scope, c.by, most, limits.of(spent.Scope))
	}
}

// sum is what the calls that were made cost the person, the server and the day of this one.
func (c *spree) sum(all []*spree, cost func(*spree) Spending) (sum Spent) {
	for _, other := range all {
		if other.err != nil {
			continue
		}
		sum.Day = plus(sum.Day, cost(other))
		if other.by.Server == c.by.Server {
			sum.Server = plus(sum.Server, cost(other))
		}
		if other.by == c.by && c.by.User != "" {
			sum.Person = plus(sum.Person, cost(other))
		}
	}
	return sum
}

func scopes(s Spent) map[Scope]Spending {
	return map[Scope]Spending{ScopePerson: s.Person, ScopeServer: s.Server, ScopeDay: s.Day}
}

func plus(a, b Spending) Spending {
	return Spending{Amount{a.Tokens + b.Tokens, a.Micros + b.Micros}, a.Calls + b.Calls, a.Saved + b.Saved}
}

// exceeds reports whether an amount is over a limit.
func exceeds(a, limit Amount) bool {
	return limit.Tokens > 0 && a.Tokens > limit.Tokens || limit.Micros > 0 && a.Micros > limit.Micros
}

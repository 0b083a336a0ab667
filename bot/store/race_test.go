package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// crowd does something in eight goroutines over two stores of one database at once.
func crowd(t *testing.T, w *world, do func(s *Store, i int)) {
	t.Helper()
	stores := []*Store{w.Store, w.another(t)}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() { do(stores[i%2], i) })
	}
	all.Wait()
}

func TestCrowdClaimsEachEventOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		var first atomic.Int64
		crowd(t, w, func(s *Store, _ int) {
			for n := range 20 {
				if got(s.First(t.Context(), fmt.Sprint("e", n)))(t) {
					first.Add(1)
				}
			}
		})
		wantEqual(t, "claims", first.Load(), 20)
	})
}

func TestCrowdTakesEachPostOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for n := range 60 {
			got(w.Put(t.Context(), Post{Key: fmt.Sprint("p", n), Server: "s1"}))(t)
		}
		var mu sync.Mutex
		taken := map[string]int{}
		crowd(t, w, func(s *Store, _ int) {
			for {
				posts, err := s.Take(t.Context(), 3, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if len(posts) == 0 {
					return
				}
				mu.Lock()
				for _, p := range posts {
					taken[p.Key]++
				}
				mu.Unlock()
			}
		})
		wantEqual(t, "posts taken", len(taken), 60)
		for key, n := range taken {
			wantEqual(t, key+" taken", n, 1)
		}
	})
}

func TestCrowdSettlesAQuestionOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for n := range 5 {
			q := fmt.Sprint("q", n)
			w.ask(t, q, "k-"+q, "anna")
			var won atomic.Int64
			crowd(t, w, func(s *Store, i int) {
				err := s.Settle(t.Context(), q, Answered, Actor{Name: fmt.Sprint(i)}, "", &TeamAnswer{Text: fmt.Sprint(i)}, tell, nil)
				if err == nil {
					won.Add(1)
				} else if !errors.Is(err, ErrClosed) {
					t.Error(err)
				}
			})
			wantEqual(t, "won", won.Load(), 1)
			wantEqual(t, "who closed it, and whose answer it is", got(w.Question(t.Context(), q))(t).By.Name, got(w.TeamAnswer(t.Context(), q))(t).Text)
			wantKeys(t, "told", w.deliver(t), "told/k-"+q+"/0")
		}
	})
}

func TestCrowdAsksOneQuestionTogether(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		crowd(t, w, func(s *Store, i int) {
			a := w.asking(fmt.Sprint("k", i), fmt.Sprint("user", i))
			ok(t, s.Ask(t.Context(), Question{ID: "q1", Server: "s1"}, a, Post{Key: "posed/q1", Server: "s1"}))
		})
		wantEqual(t, "count", got(w.Question(t.Context(), "q1"))(t).Count, 8)
		wantKeys(t, "put out", w.deliver(t), "posed/q1")
	})
}

func TestCrowdMergesBothWays(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask(t, "q1", "k1", "anna")
		w.ask(t, "q2", "k2", "ben")
		var won atomic.Int64
		crowd(t, w, func(s *Store, i int) {
			from, into := "q1", "q2"
			if i%4 > 1 {
				from, into = into, from
			}
			if err := s.Merge(t.Context(), from, into, Actor{}); err == nil {
				won.Add(1)
			} else if !errors.Is(err, ErrClosed) {
				t.Error(err)
			}
		})
		wantEqual(t, "won", won.Load(), 1)
		left := got(w.Questions(t.Context(), "s1", Pending, 9))(t)
		if len(left) != 1 || left[0].Count != 2 {
			t.Errorf("have %+v, want one question of two people", left)
		}
	})
}

func TestCrowdKeepsTextsOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		var fresh atomic.Int64
		crowd(t, w, func(s *Store, _ int) {
			if got(s.Keep(t.Context(), Snapshot{"r1", start, []Kept{{"a", "x"}}}))(t) {
				fresh.Add(1)
			}
		})
		wantEqual(t, "fresh", fresh.Load(), 1)
		wantEqual(t, "readings", w.rows(t, "readings"), 1)
	})
}

func TestCrowdOpensANewDatabase(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			where := filepath.Join(t.TempDir(), "trilat.db")
			if kind == "postgres" {
				where = newDatabase(t)
			}
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					s, err := Open(t.Context(), Config{Where: where})
					if err != nil {
						t.Error(err)
						return
					}
					defer s.Close()
					if err := s.Ready(t.Context()); err != nil {
						t.Error(err)
					}
					if _, err := s.First(t.Context(), fmt.Sprint(i)); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		})
	}
}

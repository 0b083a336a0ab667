package store

import (
	"database/sql"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// benchBoth runs a benchmark on both databases.
func benchBoth(b *testing.B, bench func(b *testing.B, w *world)) {
	for _, kind := range kinds {
		b.Run(kind, func(b *testing.B) { bench(b, newWorld(b, kind)) })
	}
}

// BenchmarkRemember is what an answer takes longer because it is remembered; p50 is the usual one.
func BenchmarkRemember(b *testing.B) {
	benchBoth(b, func(b *testing.B, w *world) {
		var took []time.Duration
		for b.Loop() {
			r := w.receipt(fmt.Sprint("a", len(took)), "s1", fmt.Sprint("user", len(took)%1000))
			r.Detail = fmt.Sprintf("%2000d", len(took))
			begin := time.Now()
			ok(b, w.Remember(b.Context(), r))
			took = append(took, time.Since(begin))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	})
}

// BenchmarkSpend is what a call of the model takes longer because it is reserved and charged; p50 is the usual one.
func BenchmarkSpend(b *testing.B) {
	limits := Limits{Amount{1 << 50, 1 << 50}, Amount{1 << 50, 1 << 50}, Amount{1 << 50, 1 << 50}}
	benchBoth(b, func(b *testing.B, w *world) {
		var took []time.Duration
		for b.Loop() {
			by := Spender{"s1", fmt.Sprint("user", len(took)%1000)}
			begin := time.Now()
			ok(b, w.Charge(b.Context(), got(w.Reserve(b.Context(), by, Amount{4000, 900}, limits))(b), Amount{1500, 300}))
			took = append(took, time.Since(begin))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	})
}

// BenchmarkSpendTogether is the same, by eight at once.
func BenchmarkSpendTogether(b *testing.B) {
	benchBoth(b, func(b *testing.B, w *world) {
		var users atomic.Int64
		b.SetParallelism(4)
		b.RunParallel(func(pb *testing.PB) {
			by := Spender{"s1", fmt.Sprint("user", users.Add(1))}
			for pb.Next() {
				r, err := w.Reserve(b.Context(), by, Amount{4000, 900}, Limits{Day: Amount{Tokens: 1 << 50}})
				if err == nil {
					err = w.Charge(b.Context(), r, Amount{1500, 300})
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkIdleTake asks for posts when 50 000 were sent and none is due.
func BenchmarkIdleTake(b *testing.B) {
	benchBoth(b, func(b *testing.B, w *world) {
		fill(b, w, 50_000, `INSERT INTO posts (key, kind, subject, asking, number, server, channel, user_id, reply_to, edit, state, due_ms, next_ms, since_ms)
			VALUES ($1, 'told', 'q', '', 0, 's1', 'c1', '', '', '', 'sent', $2, $2, $2)`, func(i int) []any { return []any{fmt.Sprint("p", i), i} })
		for b.Loop() {
			got(w.Take(b.Context(), 10, time.Minute))(b)
		}
	})
}

// BenchmarkInbox lists the 1 000 questions that are open among 100 000.
func BenchmarkInbox(b *testing.B) {
	benchBoth(b, func(b *testing.B, w *world) {
		fillLog(b, w)
		for b.Loop() {
			if n := len(got(w.Questions(b.Context(), "s1", Pending, 10_000))(b)); n != 1000 {
				b.Fatalf("have %d, want 1000", n)
			}
		}
	})
}

// BenchmarkStats counts 100 000 receipts of ninety days and as many questions.
func BenchmarkStats(b *testing.B) {
	benchBoth(b, func(b *testing.B, w *world) {
		fillLog(b, w)
		for b.Loop() {
			if n := got(w.Stats(b.Context(), "s1", start))(b).Open; n != 1000 {
				b.Fatalf("have %d, want 1000", n)
			}
		}
	})
}

// fillLog keeps what 100 000 asked in ninety days, of whom every hundredth is open.
func fillLog(b *testing.B, w *world) {
	const n = 100_000
	moment := func(i int) time.Time { return start.Add(time.Duration(i) * 90 * 24 * time.Hour / n) }
	fill(b, w, n, `INSERT INTO receipts (id, server, channel, person, at_ms, day, question, kind, topic, revision, detail)
		VALUES ($1, 's1', 'c1', $2, $3, $4, 'who signed it?', $5, $6, 'r1', '{}')`, func(i int) []any {
		return []any{fmt.Sprint("a", i), fmt.Sprint("person", i%5000), ms(moment(i)), day(moment(i)), []string{"answer", refusal}[i%2], fmt.Sprint("topic", i%20)}
	})
	fill(b, w, n, `INSERT INTO questions (id, server, person, text, receipt, reason, state, asked_ms, last_ms, closed_ms)
		VALUES ($1, 's1', $2, 'who paid for it?', '', '', $3, $4, $4, $5)`, func(i int) []any {
		if i%100 == 0 {
			return []any{fmt.Sprint("q", i), fmt.Sprint("person", i%5000), string(Pending), ms(moment(i)), 0}
		}
		return []any{fmt.Sprint("q", i), fmt.Sprint("person", i%5000), string(Answered), ms(moment(i)), ms(moment(i))}
	})
}

// fill does a statement n times, in one transaction.
func fill(b *testing.B, w *world, n int, statement string, args func(int) []any) {
	b.Helper()
	ok(b, w.write(b.Context(), "fill the store", func(tx *sql.Tx) error {
		prepared, err := tx.PrepareContext(b.Context(), statement)
		if err != nil {
			return err
		}
		defer prepared.Close()
		for i := range n {
			if _, err := prepared.ExecContext(b.Context(), args(i)...); err != nil {
				return err
			}
		}
		return nil
	}))
}

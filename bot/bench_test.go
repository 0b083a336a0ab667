package bot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"trilat/knowledge"
)

// BenchmarkSuggest is what one key stroke costs, on the folder that is shipped.
func BenchmarkSuggest(b *testing.B) {
	bot := shippedBot(b)
	for _, typed := range []string{"", "w", "who sig", "what did vucic say about the arms rac", "zzz"} {
		b.Run(fmt.Sprintf("%q", typed), func(b *testing.B) {
			for b.Loop() {
				bot.Suggest(Call{Command: "ask", Args: map[string]string{"question": typed}, By: Person{ID: "1"}}, "question")
			}
		})
	}
}

// shippedBot is one on the folder that is shipped.
func shippedBot(b *testing.B) *Bot {
	b.Helper()
	base, faults := knowledge.Load(knowledge.Shipped())
	if base == nil {
		b.Fatal(faults.Err())
	}
	bot, err := New(Config{Knowledge: base})
	if err != nil {
		b.Fatal(err)
	}
	return bot
}

// BenchmarkRemembered is what a question in a server takes, the usual one, when nothing is remembered and when it is kept
// in SQLite.
func BenchmarkRemembered(b *testing.B) {
	for _, remembers := range []bool{false, true} {
		b.Run(fmt.Sprint(remembers), func(b *testing.B) {
			bot := shippedBot(b)
			if remembers {
				bot.store = memory(b, bot.now)
			}
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				reply, err := bot.Do(b.Context(), Call{ID: fmt.Sprint(len(took)), Command: "ask", By: person("ana"), In: Place{Server: "desk", Channel: "general"},
					Args: map[string]string{"question": "Who signed the declaration?"}}, func(Reply) {})
				took = append(took, time.Since(began))
				if err != nil || remembers != (reply.Receipt != "") {
					b.Fatalf("have %+v, %v", reply, err)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
		})
	}
}

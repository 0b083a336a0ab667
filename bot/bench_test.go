package bot

import (
	"fmt"
	"testing"

	"trilat/knowledge"
)

// BenchmarkSuggest is what one key stroke costs, on the folder that is shipped.
func BenchmarkSuggest(b *testing.B) {
	base, faults := knowledge.Load(knowledge.Shipped())
	if base == nil {
		b.Fatal(faults.Err())
	}
	bot, err := New(Config{Knowledge: base})
	if err != nil {
		b.Fatal(err)
	}
	for _, typed := range []string{"", "w", "who sig", "what did vucic say about the arms rac", "zzz"} {
		b.Run(fmt.Sprintf("%q", typed), func(b *testing.B) {
			for b.Loop() {
				bot.Suggest(Call{Command: "ask", Args: map[string]string{"question": typed}, By: Person{ID: "1"}}, "question")
			}
		})
	}
}

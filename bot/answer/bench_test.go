package answer

import (
	"testing"

	"trilat/knowledge"
)

func BenchmarkNew(b *testing.B) {
	base, faults := knowledge.Load(knowledge.Shipped())
	if base == nil {
		b.Fatal(faults)
	}
	for b.Loop() {
		New(base)
	}
}

func BenchmarkAnswer(b *testing.B) {
	base, faults := knowledge.Load(knowledge.Shipped())
	if base == nil {
		b.Fatal(faults)
	}
	a := New(base)
	for b.Loop() {
		a.Answer(Question{Text: "What did Croatia's president say about the legal force of the declaration?"})
	}
}

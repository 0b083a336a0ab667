package main

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"
)

// TestFiguresQuestions holds the floors, in right answers a bucket, just under what `trilat eval` reaches.
func TestFiguresQuestions(t *testing.T) {
	for _, set := range []struct {
		file   string
		floors map[string]int
	}{
		{"../../knowledge/questions.yaml", map[string]int{"plain": 135, "typo": 32, "off": 31, "fp": 26}},
		{"../../../shared/facts/questions-dev.yaml", map[string]int{"plain": 57, "typo": 11, "off": 11, "fp": 6}},
	} {
		t.Run(set.file, func(t *testing.T) {
			if _, err := os.Stat(set.file); errors.Is(err, fs.ErrNotExist) {
				t.Skip("../shared is absent")
			}
			questions, err := readQuestions(set.file)
			if err != nil {
				t.Fatal(err)
			}
			tool := &tool{ctx: t.Context(), out: bufio.NewWriter(io.Discard)}
			outcomes, err := tool.evaluate("", questions)
			if err != nil {
				t.Fatal(err)
			}
			right := map[string]int{}
			for i, q := range questions {
				if outcomes[i].right {
					right[q.Bucket]++
				}
			}
			for bucket, floor := range set.floors {
				t.Logf("%-5s %d right (floor %d)", bucket, right[bucket], floor)
				if right[bucket] < floor {
					t.Errorf("%s: have %d right, want at least %d", bucket, right[bucket], floor)
				}
			}
		})
	}
}

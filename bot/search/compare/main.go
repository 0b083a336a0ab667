// Command compare runs our index, bleve and SQLite FTS5 over the same passages with the same questions and prints how
// long each takes, what it holds in memory and how often it finds the right passage, with the ratio to ours.
//
// Every engine runs in a process of its own, one after the other, on one thread (GOMAXPROCS=1). The passages are those
// of XQuAD English, and beyond them distractors made of its sentences; see enlarge.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"trilat/bot/search"
)

// options are the command's flags. Engine and size are given to the processes that it starts.
type options struct {
	xquad, profiles, engine string
	size                    int
	huge                    bool
}

// From manyPassages on, only manyQuestions of the questions are asked.
const (
	manyPassages  = 24_000
	manyQuestions = 300
)

func main() {
	var o options
	flag.StringVar(&o.xquad, "xquad", "../../../../shared/qa/xquad.en.json", "XQuAD English, in SQuAD's `file` format")
	flag.StringVar(&o.profiles, "profiles", "", "write CPU and heap profiles of our own engine to this `folder`; measures it a little slower")
	flag.BoolVar(&o.huge, "huge", false, "measure 240000 passages too, which takes many minutes and some GiB")
	flag.StringVar(&o.engine, "engine", "", "measure only this engine, with -size, and print JSON")
	flag.IntVar(&o.size, "size", 0, "measure only this many passages")
	flag.Parse()
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(o options, out io.Writer) error {
	real, questions, err := readXQuAD(o.xquad)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no %s: give XQuAD English (github.com/google-deepmind/xquad, xquad.en.json) with -xquad", o.xquad)
	}
	if err != nil {
		return err
	}
	if o.size != 0 && o.size < len(real) {
		return fmt.Errorf("-size %d is less than the %d passages of the file", o.size, len(real))
	}
	if o.engine != "" {
		return child(o, real, questions, out)
	}
	sizes := []int{len(real), 2_400, manyPassages}
	if o.huge {
		sizes = append(sizes, 240_000)
	}
	if o.size != 0 {
		sizes = []int{o.size}
	}
	start := time.Now()
	machine(out)
	for _, size := range sizes {
		if err := compare(o, real, questions, size, out); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\n%v in all, load now %s\n", time.Since(start).Round(time.Second), load())
	return nil
}

// child measures one engine and prints its figures for the process that started it.
func child(o options, real []search.Text, questions []question, out io.Writer) error {
	at := slices.IndexFunc(engines, func(e engine) bool { return e.name == o.engine })
	if at < 0 {
		return fmt.Errorf("there is no engine %q", o.engine)
	}
	if at > 0 {
		o.profiles = ""
	}
	texts, questions := enlarge(real, questions, max(o.size, len(real)))
	f, err := measure(engines[at], texts, chosen(questions, len(texts)), o.profiles)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(f)
}

func chosen(questions []question, size int) []question {
	if size < manyPassages {
		return questions
	}
	return sample(questions, manyQuestions)
}

// compare measures every engine in a process of its own and prints a table.
func compare(o options, real []search.Text, questions []question, size int, out io.Writer) error {
	texts, _ := enlarge(real, questions, size)
	fmt.Fprintf(out, "\n%d passages, %d different words, %d questions\n", size, vocabulary(texts), len(chosen(questions, size)))
	fmt.Fprintf(out, "%-8s %16s %16s %9s %16s %16s %14s %14s\n", "", "build ms", "RSS MiB", "heap MiB", "p50 µs", "p99 µs", "R@1 %", "R@5 %")
	var ours figures
	for i, e := range engines {
		f, err := started(o, e.name, size)
		if err != nil {
			return fmt.Errorf("measure %s at %d passages: %w", e.name, size, err)
		}
		if i == 0 {
			ours = f
		}
		fmt.Fprintf(out, "%-8s %s %s %9.1f %s %s %s %s\n", e.name,
			column(16, 0, ms(f.Build), ms(ours.Build)), column(16, 1, mib(f.RSS), mib(ours.RSS)), mib(f.Heap),
			column(16, 0, µs(f.P50), µs(ours.P50)), column(16, 0, µs(f.P99), µs(ours.P99)),
			column(14, 1, f.R1, ours.R1), column(14, 1, f.R5, ours.R5))
	}
	return nil
}

func started(o options, engine string, size int) (figures, error) {
	var f figures
	self, err := os.Executable()
	if err != nil {
		return f, err
	}
	command := exec.Command(self, "-engine", engine, "-size", fmt.Sprint(size), "-xquad", o.xquad, "-profiles", o.profiles)
	command.Env = append(os.Environ(), "GOMAXPROCS=1")
	command.Stderr = os.Stderr
	printed, err := command.Output()
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(printed, &f)
}

// column is a figure with its ratio to ours.
func column(width, digits int, have, ours float64) string {
	return fmt.Sprintf("%*s", width, fmt.Sprintf("%.*f (%.2fx)", digits, have, have/ours))
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }
func µs(d time.Duration) float64 { return float64(d) / 1e3 }
func mib(bytes int64) float64    { return float64(bytes) / (1 << 20) }

func vocabulary(texts []search.Text) int {
	words := map[string]bool{}
	for _, t := range texts {
		for _, s := range t.Sentences {
			for _, w := range search.Tokens(s) {
				words[w] = true
			}
		}
	}
	return len(words)
}

// machine prints what was compared, where, and how.
func machine(out io.Writer) {
	fmt.Fprintf(out, "%s %s/%s, %d cores, load before %s", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load())
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, d := range build.Deps {
			if d.Path == "github.com/blevesearch/bleve/v2" || d.Path == "modernc.org/sqlite" {
				fmt.Fprintf(out, ", %s %s", d.Path, d.Version)
			}
		}
	}
	fmt.Fprintf(out, `
Each engine in a process of its own, one thread, top 5. (n x) is the ratio to trilat.
RSS and heap: growth of the process from before the build to after a first round of questions, each after a forced
collection that gives memory back; the passages themselves are held before and after and do not count. SQLite's memory
is not in Go's heap. Times: every question %d times, its median; p50 and p99 over questions.
Distractors: %d real sentences in which %.0f %% of the runs of words are replaced by others, and %.0f %% of the words by
pseudo-words. They are hard and synthetic: compare the engines, do not read R@1 as what a real folder would give.
`, rounds, distractorSentences, 100*replacedWords, 100*pseudoWords)
}

func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(data)); err == nil && len(fields) > 0 {
		return fields[0]
	}
	return "unknown"
}

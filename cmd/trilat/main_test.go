package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// library is the folder that most tests ask.
const library = "../../bot/testdata/library"

// result is what a run of the program left behind.
type result struct {
	code      int
	out, errs string
}

// trilat runs the program with nothing in its environment.
func trilat(t *testing.T, in string, args ...string) result {
	t.Helper()
	return trilatIn(t, nil, in, args...)
}

func trilatIn(t *testing.T, env map[string]string, in string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), args, func(name string) string { return env[name] }, strings.NewReader(in), &out, &errs)
	return result{code, out.String(), errs.String()}
}

// folder writes a txtar archive as files and returns where they are.
func folder(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, f.Name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, f.Data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// golden compares a text with a file in testdata, or writes the file anew.
func golden(t *testing.T, name, have string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	want, err := os.ReadFile(file)
	if *update {
		err = os.WriteFile(file, []byte(have), 0o644)
		want = []byte(have)
	}
	if err != nil {
		t.Fatal(err)
	}
	if have != string(want) {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
}

func TestHelpOfEveryCommandShowsAnExample(t *testing.T) {
	top := trilat(t, "", "--help")
	_, list, _ := strings.Cut(top.out, "\nCommands:\n")
	calls := [][]string{{"--help"}, {"knowledge", "--help"}}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+( \w+)?)  `).FindAllStringSubmatch(list, -1) {
		calls = append(calls, append(strings.Fields(m[1]), "--help"))
	}
	if len(calls) < 8 {
		t.Fatalf("have %q, want every command", calls)
	}
	for _, args := range calls {
		r := trilat(t, "", args...)
		if r.code != exitOK || r.errs != "" || !strings.Contains(r.out, "Example: trilat ") {
			t.Errorf("%q: have code %d, stderr %q and no example in\n%s", args, r.code, r.errs, r.out)
		}
	}
}

func TestExitCodes(t *testing.T) {
	broken := folder(t, "-- a.md --\n---\nstatus: wild\n---\n## A\n\nText.\n")
	tests := []struct {
		args string
		code int
		errs string // part of standard error
	}{
		{"ask --knowledge LIBRARY When is the library open?", exitOK, ""},
		{"ask --knowledge LIBRARY Who won the football match?", exitOK, ""},
		{"ask --knowledge LIBRARY ?", exitOK, ""},
		{"search --knowledge LIBRARY xyzzy", exitOK, ""},
		{"version", exitOK, ""},
		{"ask", exitUsage, `expected "<question> ..."`},
		{"ask --loud Why?", exitUsage, "unknown flag --loud"},
		{"sing", exitUsage, "unexpected argument sing"},
		{"search --knowledge LIBRARY -n 0 lift", exitUsage, "at least 1"},
		{"search --knowledge LIBRARY -n many lift", exitUsage, "many"},
		{"eval", exitUsage, "<file>"},
		{"eval missing.yaml", exitUsage, "missing.yaml"},
		{"ask --knowledge BROKEN Why?", exitFault, "a.md:2: "},
		{"search --knowledge BROKEN Why?", exitFault, "a.md:2: "},
		{"version --knowledge BROKEN", exitFault, "a.md:2: "},
		{"knowledge check LIBRARY", exitOK, ""},
		{"knowledge check BROKEN", exitFault, ""},
		{"knowledge check missing", exitUsage, "there is no folder"},
		{"knowledge check --fix", exitUsage, "name a folder"},
	}
	for _, tt := range tests {
		args := strings.Fields(strings.NewReplacer("LIBRARY", library, "BROKEN", broken).Replace(tt.args))
		r := trilat(t, "", args...)
		if r.code != tt.code || !strings.Contains(r.errs, tt.errs) || (r.errs == "") != (tt.errs == "") {
			t.Errorf("%s: have code %d and %q, want %d and %q", tt.args, r.code, r.errs, tt.code, tt.errs)
		}
		if tt.errs != "" && r.out != "" {
			t.Errorf("%s: have %q on standard output of a run that did not work", tt.args, r.out)
		}
	}
}

func TestVersionNamesTheTexts(t *testing.T) {
	r := trilat(t, "", "version", "--knowledge", library)
	if !regexp.MustCompile(`^trilat \S+\ntexts [0-9a-f]{12}, 23 passages, 4 sources\n$`).MatchString(r.out) {
		t.Errorf("have %q", r.out)
	}
}

func TestAskPrintsTheAnswerAndItsSources(t *testing.T) {
	r := trilat(t, "When is the library open?\n\nWho won the football match?\n", "ask", "--knowledge", library, "-")
	golden(t, "ask.txt", r.out)
}

func TestSearchPrintsWhatItFinds(t *testing.T) {
	r := trilat(t, "", "search", "--knowledge", library, "-n", "1", "--explain", "opening hours")
	for _, part := range []string{"1. en/library#when-is-the-library-open  ", "\n   The library › When is the library open?\n", "asked like this"} {
		if !strings.Contains(r.out, part) {
			t.Errorf("have %q without %q", r.out, part)
		}
	}
}

// A program behind a pipe gets each answer before it writes the next question.
func TestEveryLineIsAnsweredAtOnce(t *testing.T) {
	in, questions := io.Pipe()
	answers, out := io.Pipe()
	done := make(chan int)
	go func() {
		done <- run(t.Context(), []string{"ask", "--knowledge", library, "--json", "-"}, func(string) string { return "" }, in, out, io.Discard)
	}()
	lines := bufio.NewReader(answers)
	for _, question := range []string{"When is the library open?", "{", "Who won?"} {
		if _, err := io.WriteString(questions, question+"\n"); err != nil {
			t.Fatal(err)
		}
		if line, err := lines.ReadString('\n'); err != nil || line == "" {
			t.Fatalf("%s: have %q, %v", question, line, err)
		}
	}
	questions.Close()
	if code := <-done; code != exitOK {
		t.Errorf("have code %d", code)
	}
}

func TestAStoppedProgramReadsNoFurther(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out bytes.Buffer
	code := run(ctx, []string{"ask", "--knowledge", library, "--json", "-"}, func(string) string { return "" }, strings.NewReader("a\nb\nc\n"), &out, io.Discard)
	if lines := strings.Count(out.String(), "\n"); code != exitOK || lines > 1 {
		t.Errorf("have code %d and %d lines", code, lines)
	}
}

// broken is an input and an output that do not work.
type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, errors.New("the cable is cut") }
func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestBrokenInputAndOutputAreReported(t *testing.T) {
	var errs bytes.Buffer
	env := func(string) string { return "" }
	args := []string{"ask", "--knowledge", library, "--json"}
	if code := run(t.Context(), append(args, "-"), env, broken{}, io.Discard, &errs); code != exitFault || !strings.Contains(errs.String(), "read standard input: the cable is cut") {
		t.Errorf("input: have code %d and %q", code, errs.String())
	}
	errs.Reset()
	if code := run(t.Context(), append(args, "Why?"), env, broken{}, broken{}, &errs); code != exitFault || !strings.Contains(errs.String(), "the disk is full") {
		t.Errorf("output: have code %d and %q", code, errs.String())
	}
}

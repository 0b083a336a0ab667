package openai_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"trilat/bot/openai"
	"trilat/prompts"
)

// TestAimock asks a stand-in that nobody here wrote, so that the client does not only agree with ours.
func TestAimock(t *testing.T) {
	address := aimock(t)
	for _, c := range []struct {
		question string
		want     string // the text, or "error: " and what is in the error
		again    string // what is in the error of the next call, if there is one
	}{
		{"Who has signed?", `{"claims":["Three ministers have."]}`, ""},
		{"Who was busy?", `{"claims":[]}`, ""},
		{"Who asks too much?", "error: refuses with 429: Rate limit reached", "wants no request for another 1h0m0s"},
		{"Who breaks off?", "error: the answer breaks off", "the answer breaks off"},
		{"Who talks in plain words?", "error: refuses with 400: Unsupported parameter", "refuses with 400"},
	} {
		t.Run(c.question, func(t *testing.T) {
			client, err := openai.New(openai.Config{Model: "gpt-4o", Key: key, BaseURL: address + "/v1"})
			if err != nil {
				t.Fatal(err)
			}
			p, seen := ask, ""
			p.User = c.question
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			done, err := client.Complete(ctx, p, func(text string) { seen = text })
			if part, wrong := strings.CutPrefix(c.want, "error: "); wrong {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Fatalf("have %v, want %q", err, part)
				}
				if _, err = client.Complete(ctx, p, nil); err == nil || !strings.Contains(err.Error(), c.again) {
					t.Errorf("again: have %v, want %q", err, c.again)
				}
				return
			}
			if err != nil || done.Text != c.want || seen != c.want || done.In == 0 || done.Out == 0 {
				t.Errorf("have %+v, %v, at the end %q; want %q", done, err, seen, c.want)
			}
			if c.question == "Who has signed?" && (done.In != 31 || done.Out != 9) {
				t.Errorf("have %d and %d tokens, want 31 and 9", done.In, done.Out)
			}
		})
	}
	t.Run("another key", func(t *testing.T) {
		client, err := openai.New(openai.Config{Model: "gpt-4o", Key: "another", BaseURL: address + "/v1"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = client.Complete(t.Context(), prompts.Prompt{Name: "answer", User: "Who has signed?"}, nil); !errors.Is(err, openai.ErrRefused) {
			t.Errorf("have %v", err)
		}
	})
}

// aimock starts the stand-in, which ends with the test, and returns its address.
func aimock(t *testing.T) string {
	t.Helper()
	const program = "aimock/node_modules/@copilotkit/aimock/dist/cli.js"
	_, err := exec.LookPath("node")
	if _, absent := os.Stat(program); err == nil {
		err = absent
	}
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("%v: install Node, and run npm ci in bot/openai/aimock", err)
	default:
		t.Skipf("%v: install Node, and run npm ci in bot/openai/aimock", err)
	}
	cmd := exec.CommandContext(t.Context(), "node", program, "--port", "0", "--fixtures", "aimock/fixtures.json", "--strict")
	cmd.Env = append(os.Environ(), "AIMOCK_API_KEYS="+key)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // t.Context has ended it
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "listening on "); ok {
			return address
		}
	}
	t.Fatal("aimock has not started")
	return ""
}

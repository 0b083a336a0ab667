package conformance

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestDiscordJS lets discord.js use the local Discord. The script prints a line for each of its checks.
func TestDiscordJS(t *testing.T) {
	needs(t, "node", "node_modules/discord.js")
	d := open(t, load(t))
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	script := exec.CommandContext(ctx, "node", "discordjs.mjs", d.url, d.discord.Token())
	var said, complained bytes.Buffer
	script.Stdout, script.Stderr = &said, &complained
	err := script.Run()
	done := map[string]bool{}
	for line := range strings.Lines(said.String()) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "ok ")
		if !ok {
			t.Error(strings.TrimSpace(line))
		}
		done[name] = ok
	}
	for _, name := range scripted(t) {
		if !done[name] {
			t.Errorf("%s: have not seen it go well", name)
		}
	}
	if err != nil {
		t.Errorf("%v: %s", err, complained.String())
	}
}

// needs skips a test where a program or a folder is missing, but never where everything must be checked.
func needs(t *testing.T, program, folder string) {
	t.Helper()
	_, err := exec.LookPath(program)
	if _, absent := os.Stat(folder); err == nil {
		err = absent
	}
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("%v: install Node, and run npm ci in this folder", err)
	default:
		t.Skipf("%v: install Node, and run npm ci in this folder", err)
	}
}

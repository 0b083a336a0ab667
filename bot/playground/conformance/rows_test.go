package conformance

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// check is one thing that plain HTTP and WebSocket show.
type check struct {
	name string
	run  func(*desk)
}

func checks() []check {
	return slices.Concat(
		sessionChecks(), commandChecks(), callbackChecks(), messageChecks(), threadChecks(), lookupChecks(), ownChecks(),
		connectionChecks(), resumeChecks(), closeChecks(), eventChecks(), intentChecks(), changeChecks(),
		commandPayloads(), payloadChecks(), responseChecks(),
		timeErrors(), accessErrors(), bodyErrors(), limitChecks(), restFaults(), sessionFaults(), gatewayFaults(),
	)
}

func TestHTTP(t *testing.T) {
	spec := load(t)
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) { c.run(open(t, spec)) })
	}
}

// TestEveryRowHasACheck reads rows.txt: each row has a check or says why not, and each check belongs to a row.
func TestEveryRowHasACheck(t *testing.T) {
	text, err := os.ReadFile("rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	belongs := map[string]bool{}
	for _, name := range named(t) {
		belongs[name] = false
	}
	row, proved := "", true
	for line := range strings.Lines(string(text) + "E.\n") {
		name, below := strings.CutPrefix(strings.TrimRight(line, "\n"), "\t")
		switch {
		case strings.HasPrefix(line, "E."):
			if !proved {
				t.Errorf("no check for the row %q", row)
			}
			row, proved = name, false
		case below:
			_, exists := belongs[name]
			if !exists && !strings.HasPrefix(name, "not kept: ") {
				t.Errorf("row %q: there is no check %q", row, name)
			}
			belongs[name], proved = true, true
		}
	}
	for name, found := range belongs {
		if !found {
			t.Errorf("the check %q belongs to no row", name)
		}
	}
}

// named lists all checks, with the client that makes them before the name.
func named(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, c := range checks() {
		names = append(names, "http: "+c.name)
	}
	for _, c := range disgoChecks() {
		names = append(names, "disgo: "+c.name)
	}
	for _, name := range scripted(t) {
		names = append(names, "discord.js: "+name)
	}
	return names
}

// scripted lists the checks of discordjs.mjs.
func scripted(t *testing.T) []string {
	t.Helper()
	script, err := os.ReadFile("discordjs.mjs")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, call := range regexp.MustCompile(`check\('([^']+)'`).FindAllStringSubmatch(string(script), -1) {
		names = append(names, call[1])
	}
	return names
}

package playground

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// bodyCase is one of testdata/limits.txt: a body, and what is wrong with it.
type bodyCase struct {
	name, body string
	path, code string // code "" for what is accepted
}

// bodies reads a section of testdata/limits.txt.
func bodies(t testing.TB, section string) []bodyCase {
	t.Helper()
	text, err := os.ReadFile("testdata/limits.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "== "+section+"\n\n")
	if !found {
		t.Fatalf("no section %s", section)
	}
	rest, _, _ = strings.Cut(rest, "\n== ")
	var list []bodyCase
	for block := range strings.SplitSeq(strings.TrimSpace(rest), "\n\n") {
		lines := strings.Split(block, "\n")
		c := bodyCase{name: lines[0], body: expand(strings.Join(lines[1:len(lines)-1], ""))}
		if wrong := lines[len(lines)-1]; wrong != "accepted" {
			where := strings.LastIndex(wrong, " ")
			c.path, c.code = wrong[:max(0, where)], wrong[where+1:]
		}
		list = append(list, c)
	}
	return list
}

var repeated = regexp.MustCompile(`<(\d+) (\*? ?)([^<>]*)>`)

// expand writes out what a body repeats.
func expand(body string) string {
	for repeated.MatchString(body) {
		body = repeated.ReplaceAllStringFunc(body, func(hit string) string {
			parts := repeated.FindStringSubmatch(hit)
			n, _ := strconv.Atoi(parts[1])
			if parts[2] == "" {
				return strings.Repeat(parts[3], n)
			}
			return rep(n, parts[3])
		})
	}
	return body
}

// rep repeats a part, separated by commas, with its number in place of #.
func rep(n int, part string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(part, "#", strconv.Itoa(i))
	}
	return strings.Join(list, ",")
}

func x(n int) string { return strings.Repeat("x", n) }

// check compares an answer with what is wrong, at a path below prefix.
func (c bodyCase) check(t *testing.T, prefix string, got response) {
	t.Helper()
	if c.code == "" {
		if got.status >= 300 {
			t.Errorf("%s: have %d %s, want it accepted", c.name, got.status, got.body)
		}
		return
	}
	path := strings.Trim(prefix+"."+c.path, ".")
	have := fmt.Sprintf("%d/%s %v", got.status, got.text("code"), at(got.body, strings.Trim("errors."+path, ".")+"._errors.0.code"))
	if want := "400/50035 " + c.code; have != want {
		t.Errorf("%s: have %s in %s, want %s at %s", c.name, have, got.body, want, path)
	}
}

func TestMessagesKeepTheirLimits(t *testing.T) {
	r := newRoom(t)
	for _, c := range append(bodies(t, "messages"), bodies(t, "nonces")...) {
		r.s.Advance(5 * time.Second)
		c.check(t, "", r.call("POST "+r.messages("general"), c.body))
	}
}

// TestResponsesKeepTheLimitsOfMessages sends the same as first responses; what was refused may be tried again.
func TestResponsesKeepTheLimitsOfMessages(t *testing.T) {
	r := newRoom(t)
	r.commands()
	g := r.online()
	for _, c := range bodies(t, "messages") {
		a := g.run("ask", r.channel("general"))
		a.check(c, 4)
		if c.code != "" {
			a.callback("204", `{"type":4,"data":{"content":"better"}}`)
		}
	}
}

// check sends a body as the data of a first response.
func (a asked) check(c bodyCase, kind int) {
	a.Helper()
	route := "POST /interactions/" + a.id + "/" + a.token + "/callback"
	c.check(a.T, "data", a.call(route, fmt.Sprintf(`{"type":%d,"data":%s}`, kind, c.body)))
}

func TestFormsKeepTheirLimits(t *testing.T) {
	r := newRoom(t)
	r.commands()
	g := r.online()
	for _, c := range bodies(t, "forms") {
		g.run("ask", r.channel("general")).check(c, 9)
	}
}

func TestSuggestionsKeepTheirLimits(t *testing.T) {
	r := newRoom(t)
	r.commands()
	a := asked{gate: r.online()}
	for _, c := range bodies(t, "suggestions") {
		typed(a).check(c, 8)
	}
}

func TestCommandsKeepTheirLimits(t *testing.T) {
	r := newRoom(t)
	for _, c := range bodies(t, "commands") {
		r.s.Advance(25 * time.Hour)
		c.check(t, "", r.call("PUT /applications/"+r.s.world.app.String()+"/commands", c.body))
	}
}

// TestAFormNamesTheWholeOrItsParts holds what Discord's description says of the tree: a node is one or the other.
func TestAFormNamesTheWholeOrItsParts(t *testing.T) {
	f := &form{}
	f.fail("list", "A", "too long")
	f.fail("list.0.name", "B", "too short")
	f.fail("other.0", "C", "wrong")
	f.fail("other", "D", "too long")
	have, err := json.Marshal(f.errors)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"list":{"_errors":[{"code":"A","message":"too long"}]},"other":{"0":{"_errors":[{"code":"C","message":"wrong"}]}}}`
	same(t, "tree", string(have), want)
}

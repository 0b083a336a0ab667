package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"trilat/bot"
	"trilat/bot/discord"
	"trilat/bot/playground"
	"trilat/knowledge"
)

// start runs the program until the test ends, and returns the address of the local Discord's page.
func start(t *testing.T, env map[string]string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, nil, func(name string) string { return env[name] }, strings.NewReader(""), in, io.Discard)
		in.Close()
	}()
	t.Cleanup(func() {
		stop()
		go io.Copy(io.Discard, out)
		if code := <-ended; code != exitOK {
			t.Errorf("have code %d at the end, want %d", code, exitOK)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address := regexp.MustCompile(`http://\S+`).FindString(lines.Text()); address != "" {
			return address
		}
	}
	t.Fatal("the program ended and named no address")
	return ""
}

// local speaks to the local Discord as its page does.
func local(t *testing.T, method, url string, body, into any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		said, _ := io.ReadAll(res.Body)
		t.Fatalf("%s %s: have status %d: %s", method, url, res.StatusCode, said)
	}
	if into == nil {
		return
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// state is what the test needs of what somebody sees in the local Discord.
type state struct {
	Application struct{ Online bool }
	Channels    []struct{ ID, Name string }
	Commands    []struct{ ID, Name string }
}

func (s state) channel(name string) string {
	for _, c := range s.Channels {
		if c.Name == name {
			return c.ID
		}
	}
	return ""
}

// follow reads what somebody sees happen until it holds a text.
func follow(t *testing.T, events *http.Response, text string) {
	t.Helper()
	defer time.AfterFunc(30*time.Second, func() { events.Body.Close() }).Stop()
	lines := bufio.NewScanner(events.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
	t.Fatalf("the events ended without %q", text)
}

// A newcomer without an account starts the program and asks in the browser.
func TestWithoutATokenThereIsALocalDiscord(t *testing.T) {
	page := start(t, map[string]string{"KNOWLEDGE_DIR": library})
	events, err := http.Get(page + "/local/events?as=ana")
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	var s state
	if local(t, "GET", page+"/local/state?as=ana", nil, &s); len(s.Commands) == 0 {
		follow(t, events, `"name":"ask"`)
		local(t, "GET", page+"/local/state?as=ana", nil, &s)
	}
	local(t, "POST", page+"/local/run", map[string]any{"as": "ana", "channel": s.channel("questions"), "command": "ask",
		"options": []any{map[string]string{"name": "question", "value": "When is the library open?"}}}, nil)
	follow(t, events, "Tuesday to Saturday")
}

// So that the whole loop can be tried at once, the local Discord's server has a team from the start.
func TestTheLocalDiscordHasATeam(t *testing.T) {
	page := start(t, map[string]string{"KNOWLEDGE_DIR": library})
	events, err := http.Get(page + "/local/events?as=ivo")
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	var s state
	if local(t, "GET", page+"/local/state?as=ivo", nil, &s); len(s.Commands) == 0 {
		follow(t, events, `"name":"ask"`)
		local(t, "GET", page+"/local/state?as=ivo", nil, &s)
	}
	run := map[string]any{"as": "ivo", "channel": s.channel("questions"), "command": "ask",
		"options": []any{map[string]string{"name": "question", "value": "Does the granary sell bread?"}}}
	local(t, "POST", page+"/local/run", run, nil)
	follow(t, events, "Ask the team")
	run["command"], run["options"] = "setup", []any{map[string]string{"name": "status"}}
	local(t, "POST", page+"/local/run", run, nil)
	follow(t, events, "Ivo changed how trilat is set up")
}

func TestOpsSayWhatThoseWhoRunItMustKnow(t *testing.T) {
	d := playground.New(playground.Config{})
	discordServer := httptest.NewServer(d)
	defer discordServer.Close()
	defer d.Close()
	base, faults := knowledge.Load(os.DirFS(library))
	if base == nil {
		t.Fatal(faults.Err())
	}
	front := newFront(t, d.Token(), discordServer.URL, base)
	ops := httptest.NewServer(opsHandler(front))
	defer ops.Close()
	for path, want := range map[string]string{"/healthz": "200 OK ok", "/readyz": "503 Service Unavailable not connected", "/metrics": "200 OK # HELP"} {
		res, err := http.Get(ops.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if have := res.Status + " " + string(body); !strings.HasPrefix(have, want) {
			t.Errorf("%s: have %.60q, want %q", path, have, want)
		}
	}
}

// A broken edit is reported by file and line, once, and the texts read before stay in use until it is mended.
func TestTheFolderIsReadAgain(t *testing.T) {
	dir := folder(t, "-- lamps.md --\n## What do the lamps burn?\n\nThe lamps burn oil.\n")
	files, err := knowledge.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	base, faults := knowledge.Load(files)
	if base == nil {
		t.Fatal(faults.Err())
	}
	b, err := bot.New(bot.Config{Knowledge: base})
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	w := newWatcher(b, files, slog.New(slog.NewTextHandler(&logged, nil)))
	look := func(text string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "lamps.md"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		logged.Reset()
		before := b.Revision()
		if w.look(); w.last != w.used && (b.Revision() != before || logged.Len() > 0) {
			t.Errorf("what has only just changed is read already, and logged %q", logged.String())
		}
		w.look()
		reply, err := b.Do(t.Context(), bot.Call{Command: "ask", Args: map[string]string{"question": "What do the lamps burn?"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return reply.Plain
	}
	steps := []struct{ text, says, logs string }{
		{"## What do the lamps burn?\n\nThe lamps burn oil.\n", "The lamps burn oil.", ""},
		{"## What do the lamps burn?\n\nThe lamps burn gas.\n", "The lamps burn gas.", "read again"},
		{"---\nstatus: wild\n---\n## What do the lamps burn?\n\nThe lamps burn tar.\n", "The lamps burn gas.", "lamps.md:2: "},
		{"---\nstatus: wild\n---\n## What do the lamps burn?\n\nThe lamps burn tar.\n", "The lamps burn gas.", ""},
		{"## What do the lamps burn?\n\nThe lamps burn tar.\n", "The lamps burn tar.", "read again"},
		{"---\nshape: round\n---\n## What do the lamps burn?\n\nThe lamps burn wax.\n", "The lamps burn wax.", "lamps.md:2: warning"},
	}
	for i, s := range steps {
		if have := look(s.text); have != s.says {
			t.Errorf("step %d: have %q, want %q", i, have, s.says)
		}
		if have := logged.String(); !strings.Contains(have, s.logs) || (have == "") != (s.logs == "") {
			t.Errorf("step %d: logged %q, want %q", i, have, s.logs)
		}
	}
}

func TestTheDoctorSaysWhatToMend(t *testing.T) {
	d := playground.New(playground.Config{})
	server := httptest.NewServer(d)
	defer server.Close()
	defer d.Close()
	for _, tt := range []struct {
		token string
		want  error
		says  []string
	}{
		{"", errFaults, []string{"ok     texts: 23 passages", "fault  token: none is set", "DISCORD_TOKEN"}},
		{"wrong", errFaults, []string{"fault  token: Discord does not accept it", "Developer Portal"}},
		{d.Token(), errFaults, []string{"ok     store: ", "trilat.db is not there yet", "ok     token: ", "invite: https://discord.com/oauth2/authorize?client_id=", "fault  commands: ", "Start the bot once", "ok     clock: "}},
	} {
		var out bytes.Buffer
		tool := &tool{config: config{folder: library, tokenText: tt.token, api: server.URL, state: t.TempDir()}, ctx: t.Context(), out: bufio.NewWriter(&out)}
		if err := new(doctorCommand).Run(tool); !errors.Is(err, tt.want) {
			t.Errorf("token %q: have error %v, want %v", tt.token, err, tt.want)
		}
		tool.out.Flush()
		for _, s := range tt.says {
			if !strings.Contains(out.String(), s) {
				t.Errorf("token %q: have no %q in\n%s", tt.token, s, out.String())
			}
		}
	}
}

func TestATokenIsReadFromOnePlace(t *testing.T) {
	dir := folder(t, "-- token --\n abc.def \n-- empty --\n\n")
	for _, tt := range []struct {
		config config
		token  string
		fault  string
	}{
		{config{}, "", ""},
		{config{tokenText: "x"}, "x", ""},
		{config{tokenFile: dir + "/token"}, "abc.def", ""},
		{config{tokenFile: dir + "/empty"}, "", "is empty"},
		{config{tokenFile: dir + "/none"}, "", "cannot be read"},
		{config{tokenText: "x", tokenFile: dir + "/token"}, "", "keep one"},
	} {
		token, err := tt.config.token()
		if token != tt.token || !strings.Contains(fmt.Sprint(err), tt.fault) || (err == nil) != (tt.fault == "") {
			t.Errorf("%+v: have %q and %v, want %q and %q", tt.config, token, err, tt.token, tt.fault)
		}
	}
}

func newFront(t *testing.T, token, api string, base *knowledge.Base) *discord.Front {
	t.Helper()
	b, err := bot.New(bot.Config{Knowledge: base})
	if err != nil {
		t.Fatal(err)
	}
	front, err := discord.New(discord.Config{Token: token, API: api, Bot: b})
	if err != nil {
		t.Fatal(err)
	}
	return front
}

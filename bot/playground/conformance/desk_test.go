package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"trilat/bot/playground"
	"trilat/bot/playground/openapi"
)

// desk is a local Discord of its own for one check, and a client of it that speaks plain HTTP.
type desk struct {
	*testing.T
	discord *playground.Server
	spec    *openapi.Spec // nil where Discord's description is absent
	url     string
	app     string // the id of the application, which is that of the bot
	guild   string
}

// open starts a local Discord. When the check is done, everything that was exchanged over REST is judged.
func open(t *testing.T, spec *openapi.Spec) *desk {
	t.Helper()
	d := &desk{T: t, discord: playground.New(playground.Config{}), spec: spec}
	server := httptest.NewServer(d.discord)
	t.Cleanup(func() {
		d.discord.Close()
		server.Close()
		judge(t, spec, d.discord.Requests())
	})
	d.url = server.URL
	d.app = d.rest("GET /users/@me", nil).text("id")
	d.guild = d.page("GET state?as=ana", nil).text("guild/id")
	return d
}

// answer is what came back.
type answer struct {
	*testing.T
	asked  string
	status int
	header http.Header
	body   []byte
}

// rest asks as the bot does: "GET /users/@me". The body is sent as JSON unless it is raw.
func (d *desk) rest(route string, body any, change ...func(*http.Request)) answer {
	d.Helper()
	method, path, _ := strings.Cut(route, " ")
	if !strings.HasPrefix(path, "/api/") {
		path = "/api/v10" + path
	}
	token := func(r *http.Request) { r.Header.Set("Authorization", "Bot "+d.discord.Token()) }
	return d.send(method, path, body, append([]func(*http.Request){token}, change...)...)
}

// page asks as the page does, for what people do.
func (d *desk) page(route string, body any) answer {
	d.Helper()
	method, path, _ := strings.Cut(route, " ")
	a := d.send(method, "/local/"+path, body)
	if a.status >= 400 {
		d.Fatalf("%s: have %d %s", route, a.status, a.body)
	}
	return a
}

func (d *desk) send(method, path string, body any, change ...func(*http.Request)) answer {
	d.Helper()
	kind, text := "", []byte(nil)
	switch body := body.(type) {
	case nil:
	case raw:
		kind, text = body.kind, []byte(body.text)
	default:
		kind, text = "application/json", encode(d.T, body)
	}
	ctx, stop := context.WithTimeout(d.Context(), patience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, method, d.url+path, bytes.NewReader(text))
	if err != nil {
		d.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	for _, f := range change {
		f(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		d.Fatal(err)
	}
	return answer{d.T, method + " " + path, resp.StatusCode, resp.Header, got}
}

// object is JSON that is sent.
type object = map[string]any

// raw is a body that is sent as it is.
type raw struct{ kind, text string }

func encode(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// at returns what stands at a path in the answer, such as "embeds/0/title", and nil if nothing does.
func (a answer) at(path string) any {
	a.Helper()
	return at(decode(a.T, a.body), path)
}

// text is what at returns, as text. It must be there.
func (a answer) text(path string) string {
	a.Helper()
	found := a.at(path)
	if found == nil {
		a.Fatalf("%s: nothing at %s of %d %s", a.asked, path, a.status, a.body)
	}
	return fmt.Sprint(found)
}

// ok wants a status, and values at paths of the answer: pairs of path and value.
func (a answer) ok(status int, pairs ...any) answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("%s: have %d %s\nwant %d", a.asked, a.status, a.body, status)
	}
	for i := 0; i < len(pairs); i += 2 {
		same(a.T, a.asked+" "+pairs[i].(string), a.at(pairs[i].(string)), pairs[i+1])
	}
	return a
}

// refused wants an error of Discord's.
func (a answer) refused(status, code int) answer {
	a.Helper()
	return a.ok(status, "code", code)
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // ids would lose digits, were they numbers
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func at(v any, path string) any {
	if path == "" {
		return v
	}
	for step := range strings.SplitSeq(path, "/") {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// same compares as JSON, so that 5 is 5, whatever type it has.
func same(t *testing.T, what string, have, want any) {
	t.Helper()
	h, w := encode(t, have), encode(t, want)
	if !bytes.Equal(h, w) {
		t.Errorf("%s: have %s, want %s", what, h, w)
	}
}

// channel is the id of one of the guild's channels.
func (d *desk) channel(name string) string {
	d.Helper()
	list, _ := decode(d.T, d.rest("GET /guilds/"+d.guild+"/channels", nil).body).([]any)
	for _, c := range list {
		if at(c, "name") == name {
			return fmt.Sprint(at(c, "id"))
		}
	}
	d.Fatalf("there is no channel #%s", name)
	return ""
}

// user is the id of a person.
func (d *desk) user(name string) string {
	d.Helper()
	return d.page("GET state?as="+name, nil).text("me/id")
}

// says lets somebody write, and returns the id of the message.
func (d *desk) says(as, channel, content string) string {
	d.Helper()
	return d.page("POST say", object{"as": as, "channel": channel, "content": content}).text("id")
}

// sees is what somebody has before their eyes in a channel, as answer to ask for places in.
func (d *desk) sees(as, channel string) []any {
	d.Helper()
	list, _ := decode(d.T, d.page("GET messages?as="+as+"&channel="+channel, nil).body).([]any)
	return list
}

package playground

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"trilat/bot/playground/openapi"
)

// room is a server for one test, with a bot that speaks plain HTTP.
type room struct {
	*testing.T
	s   *Server
	url string
}

// newRoom opens a server. What it answered is held against Discord's own description when the test ends.
func newRoom(t *testing.T) *room {
	t.Helper()
	s := New(Config{})
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		web.Close()
		judge(t, s.Requests())
	})
	return &room{t, s, web.URL}
}

// description is read once: that takes longer than most tests.
var description = sync.OnceValues(func() (*openapi.Spec, error) { return openapi.Load("") })

// judge checks answers with the description that Discord publishes, where that is at hand.
func judge(t *testing.T, exchanges []Exchange) {
	t.Helper()
	spec, err := description()
	if errors.Is(err, openapi.ErrAbsent) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exchanges {
		if e.Response == nil || strings.HasSuffix(e.Path, "/commands/permissions") { // which it takes for a command
			continue
		}
		err := spec.CheckResponse(openapi.Exchange{Method: e.Method, Path: e.Path, Query: e.Query, Status: e.Status, Response: e.Response})
		if err != nil && !errors.Is(err, openapi.ErrNotDescribed) {
			t.Errorf("%s %s: %v\nanswer %s", e.Method, e.Path, err, e.Response)
		}
	}
}

// response is what the bot got.
type response struct {
	status int
	header http.Header
	body   []byte
}

// at reads a value from JSON by a path such as "embeds.0.title"; nil where there is none.
func at(data []byte, path string) any {
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	_ = d.Decode(&v)
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n >= len(in) {
				return nil
			}
			v = in[n]
		default:
			return nil
		}
	}
	return v
}

// text is what is at the paths, with spaces between.
func (r response) text(paths ...string) string {
	var all []string
	for _, path := range paths {
		all = append(all, fmt.Sprint(at(r.body, path)))
	}
	return strings.Join(all, " ")
}

// call sends a request as the bot. body is JSON, or a value that has one.
func (r *room) call(route string, body any, change ...func(*http.Request)) response {
	r.Helper()
	method, path, _ := strings.Cut(route, " ")
	var data []byte
	switch b := body.(type) {
	case nil:
	case string:
		data = []byte(b)
	default:
		data = encode(b)
	}
	if !strings.HasPrefix(path, "/local/") {
		path = "/api/v10" + path
	}
	req, err := http.NewRequestWithContext(r.Context(), method, r.url+path, bytes.NewReader(data))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+r.s.Token())
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	req.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return response{}
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		r.Fatal(err)
	}
	return response{resp.StatusCode, resp.Header, all}
}

// want sends a request and checks the status and, for a refusal, the code: "404/10003".
func (r *room) want(answer, route string, body any) response {
	r.Helper()
	got := r.call(route, body)
	have := strconv.Itoa(got.status)
	if strings.Contains(answer, "/") {
		have += "/" + got.text("code")
	}
	if have != answer {
		r.Errorf("%s: have %s %s, want %s", route, have, got.body, answer)
	}
	return got
}

func (r *room) channel(name string) string { return channelID(r.s, name) }

// messages is the path of a channel's messages.
func (r *room) messages(name string) string { return "/channels/" + r.channel(name) + "/messages" }

// whatIsTyped is /ask with a question that has been begun.
func whatIsTyped(question string) Invocation {
	return Invocation{Command: "ask", Options: []Option{{Name: "question", Value: question}}}
}

// says writes a message as a person and returns its id.
func (r *room) says(as, channel, text string) string {
	r.Helper()
	m, err := r.s.Say(as, channel, Saying{Content: text})
	if err != nil {
		r.Fatal(err)
	}
	return fmt.Sprint(at(m, "id"))
}

// gate is a connection to the gateway.
type gate struct {
	*room
	ws      *websocket.Conn
	session string
	seq     string
}

func (r *room) dial(query string) *gate {
	r.Helper()
	ws, _, err := websocket.DefaultDialer.DialContext(r.Context(), strings.Replace(r.url, "http", "ws", 1)+"/gateway/?"+query, nil)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { ws.Close() })
	_ = ws.SetReadDeadline(time.Now().Add(10 * time.Second)) // so that a test that waits in vain ends
	return &gate{room: r, ws: ws}
}

// online is a bot that is ready, with intents for what happens in guilds and direct messages.
func (r *room) online() *gate {
	r.Helper()
	g := r.dial("v=10&encoding=json")
	g.op("10")
	g.send(`{"op":2,"d":{"token":"` + r.s.Token() + `","intents":4609,"properties":{}}}`)
	g.event("GUILD_CREATE")
	return g
}

func (g *gate) send(text string) {
	g.Helper()
	if err := g.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		g.Fatal(err)
	}
}

// next reads one frame.
func (g *gate) next() []byte {
	g.Helper()
	_, data, err := g.ws.ReadMessage()
	if err != nil {
		g.Fatal(err)
	}
	if n := at(data, "s"); n != nil {
		g.seq = fmt.Sprint(n)
	}
	if at(data, "t") == "READY" {
		g.session = fmt.Sprint(at(data, "d.session_id"))
	}
	return data
}

// op reads the next frame, which has that op.
func (g *gate) op(want string) []byte {
	g.Helper()
	data := g.next()
	if have := fmt.Sprint(at(data, "op")); have != want {
		g.Fatalf("frame: have %s, want op %s", data, want)
	}
	return data
}

// event reads until an event with a name comes, and returns its data.
func (g *gate) event(name string) response {
	g.Helper()
	for {
		if data := g.next(); at(data, "t") == name {
			var e said
			if err := json.Unmarshal(data, &e); err != nil {
				g.Fatal(err)
			}
			return response{body: e.Data}
		}
	}
}

// closed reads until the connection closes, with that code.
func (g *gate) closed(code int) {
	g.Helper()
	for {
		_, _, err := g.ws.ReadMessage()
		var end *websocket.CloseError
		if errors.As(err, &end) {
			if end.Code != code {
				g.Errorf("close: have %d, want %d", end.Code, code)
			}
			return
		}
		if err != nil {
			g.Fatalf("close: have %v, want %d", err, code)
		}
	}
}

// asked is an interaction that waits for its first response.
type asked struct {
	*gate
	id, token string
	data      response // INTERACTION_CREATE
}

// commands registers what the tests use.
func (r *room) commands() {
	r.Helper()
	r.want("200", "PUT /applications/"+r.s.world.app.String()+"/commands", `[
		{"name": "ask", "description": "Asks", "options": [
			{"type": 3, "name": "question", "description": "What", "autocomplete": true},
			{"type": 4, "name": "count", "description": "How many", "min_value": 1, "max_value": 9},
			{"type": 5, "name": "everyone", "description": "Openly"},
			{"type": 6, "name": "who", "description": "Whom"}]},
		{"name": "pick", "description": "Picks", "options": [{"type": 3, "name": "colour", "description": "Which", "required": true,
			"choices": [{"name": "Red", "value": "red"}]}]},
		{"name": "Ask about this", "type": 3},
		{"name": "guarded", "description": "For few", "default_member_permissions": "8192"}]`)
}

// run uses a command and takes its event.
func (g *gate) run(command, channel string, options ...Option) asked {
	g.Helper()
	if _, err := g.s.Run("ana", channel, Invocation{Command: command, Options: options}); err != nil {
		g.Fatal(err)
	}
	return g.taken()
}

// taken is the next interaction that comes.
func (g *gate) taken() asked {
	g.Helper()
	e := g.event("INTERACTION_CREATE")
	return asked{g, e.text("id"), e.text("token"), e}
}

// open registers commands, connects, and runs /ask in general.
func (r *room) open() asked {
	r.Helper()
	r.commands()
	return r.online().run("ask", r.channel("general"))
}

func (a asked) callback(answer string, body any) response {
	a.Helper()
	return a.want(answer, "POST /interactions/"+a.id+"/"+a.token+"/callback", body)
}

// hook sends a request about the messages of an interaction: "POST", "GET /@original".
func (a asked) hook(answer, what string, body any) response {
	a.Helper()
	method, path, _ := strings.Cut(what, " ")
	if path != "" {
		path = "/messages" + path
	}
	return a.want(answer, method+" /webhooks/"+a.s.world.app.String()+"/"+a.token+path, body)
}

// sees lists what a person reads in a channel.
func (r *room) sees(as, channel string) []string {
	r.Helper()
	data := r.want("200", "GET /local/messages?as="+as+"&channel="+channel, nil).body
	var list []struct{ Content string }
	if err := json.Unmarshal(data, &list); err != nil {
		r.Fatal(err)
	}
	texts := []string{}
	for _, m := range list {
		texts = append(texts, m.Content)
	}
	return texts
}

// same compares two values by their JSON.
func same(t *testing.T, what string, have, want any) {
	t.Helper()
	h, w := fmt.Sprint(have), fmt.Sprint(want)
	if h != w {
		t.Errorf("%s: have %s, want %s", what, h, w)
	}
}

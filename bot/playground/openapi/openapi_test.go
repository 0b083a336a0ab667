package openapi

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// requests are routes with a body that is good for them.
var requests = map[string]string{
	"POST /api/v9/channels/10/messages":                     "message.json",
	"PATCH /api/v9/channels/10/messages/31":                 "message.json",
	"PUT /api/v10/applications/1/commands":                  "commands.json",
	"PUT /api/v9/applications/1/guilds/3/commands":          "commands.json",
	"POST /api/v9/interactions/40/token/callback":           "answer.json",
	"POST /api/v9/interactions/41/token/callback":           "form.json",
	"POST /api/v9/interactions/42/token/callback":           "suggestions.json",
	"PATCH /api/v9/webhooks/1/token/messages/%40original":   "message.json",
	"POST /api/v9/webhooks/1/token/":                        "message.json",
	"POST /api/v9/channels/10/messages/31/threads":          "thread.json",
	"POST /api/v9/channels/10/threads":                      "thread.json",
	"GET /api/v9/channels/10/messages/31":                   "",
	"PUT /api/v9/channels/10/messages/31/reactions/%F0/@me": "",
	"POST /api/v9/channels/10/typing":                       "",
}

func TestGoodRequests(t *testing.T) {
	spec := load(t)
	for route, body := range requests {
		if err := spec.CheckRequest(request(t, route, read(t, body))); err != nil {
			t.Errorf("%s with %s:\nhave %v\nwant nothing", route, body, err)
		}
	}
}

// TestBadRequests changes one thing in a good body, and wants to hear of that, and of nothing else.
func TestBadRequests(t *testing.T) {
	spec := load(t)
	for _, c := range []struct{ route, at, becomes, want string }{
		{"POST /api/v9/channels/10/messages", "/content", text(2001), "/content: maxLength: got 2,001, want 2,000"},
		{"POST /api/v9/channels/10/messages", "/content", `7`, "/content: got number, want null or string"},
		{"POST /api/v9/channels/10/messages", "/nonce", text(26), "/nonce: maxLength: got 26, want 25"},
		{"POST /api/v9/channels/10/messages", "/embeds", list(11, `{}`), "/embeds: maxItems: got 11, want 10"},
		{"POST /api/v9/channels/10/messages", "/embeds/0/title", text(257), "/embeds/0/title: maxLength: got 257, want 256"},
		{"POST /api/v9/channels/10/messages", "/embeds/0/description", text(4097), "/embeds/0/description: maxLength: got 4,097, want 4,096"},
		{"POST /api/v9/channels/10/messages", "/embeds/0/fields", list(26, `{"name": "a", "value": "b"}`), "/embeds/0/fields: maxItems: got 26, want 25"},
		{"POST /api/v9/channels/10/messages", "/embeds/0/fields/0/value", text(1025), "/embeds/0/fields/0/value: maxLength: got 1,025, want 1,024"},
		{"POST /api/v9/channels/10/messages", "/components/0/components/0/custom_id", text(101), "/components/0/components/0/custom_id: maxLength: got 101, want 100"},
		{"POST /api/v9/channels/10/messages", "/components/0/components/0/label", text(81), "/components/0/components/0/label: maxLength: got 81, want 80"},
		{"POST /api/v9/channels/10/messages", "/components/0/components", list(6, `{"type": 2, "style": 1, "custom_id": "a"}`), "/components/0/components: maxItems: got 6, want 5"},
		{"POST /api/v9/channels/10/messages", "/components/1/components/0/options", list(26, `{"label": "a", "value": "b"}`), "/components/1/components/0/options: maxItems: got 26, want 25"},
		{"POST /api/v9/channels/10/messages", "/components/1/components/0/placeholder", text(151), "/components/1/components/0/placeholder: maxLength: got 151, want 150"},
		{"POST /api/v9/channels/10/messages", "/components/0/type", `77`, "/components/0: has none of the shapes allowed here"},
		{"POST /api/v9/channels/10/messages", "/allowed_mentions/parse", `["all"]`, "/allowed_mentions/parse/0: has none of the shapes allowed here"},
		{"POST /api/v9/channels/10/messages", "/message_reference/message_id", `"x"`, "/message_reference/message_id: 'x' is not valid snowflake"},
		{"PATCH /api/v9/webhooks/1/token/messages/%40original", "/content", text(2001), "/content: maxLength: got 2,001, want 2,000"},
		{"PUT /api/v10/applications/1/commands", "/0/name", text(33), "/0/name: maxLength: got 33, want 32"},
		{"PUT /api/v10/applications/1/commands", "/0/description", text(101), "/0/description: maxLength: got 101, want 100"},
		{"PUT /api/v10/applications/1/commands", "/0/options/0/description", `""`, "/0/options/0/description: minLength: got 0, want 1"},
		{"PUT /api/v10/applications/1/commands", "/0/options/0/type", `99`, "/0/options/0: has none of the shapes allowed here"},
		{"PUT /api/v10/applications/1/commands", "/0/options/0/choices", list(26, `{"name": "a", "value": "b"}`), "/0/options/0/choices: maxItems: got 26, want 25"},
		{"PUT /api/v10/applications/1/commands", "/0/contexts", `[0, 0]`, "/0/contexts: items at 0 and 1 are equal"},
		{"PUT /api/v10/applications/1/commands", "/0/default_member_permissions", `"many"`, "/0/default_member_permissions: 'many' does not match pattern"},
		{"POST /api/v9/interactions/40/token/callback", "/type", `77`, "request body: has none of the shapes allowed here"},
		{"POST /api/v9/interactions/40/token/callback", "/data/content", text(2001), "/data/content: maxLength: got 2,001, want 2,000"},
		{"POST /api/v9/interactions/41/token/callback", "/data/title", text(46), "/data/title: maxLength: got 46, want 45"},
		{"POST /api/v9/interactions/41/token/callback", "/data/components", `[]`, "/data/components: minItems: got 0, want 1"},
		{"POST /api/v9/interactions/41/token/callback", "/data/components/0/components/0/label", text(46), "/data/components/0/components/0/label: maxLength: got 46, want 45"},
		{"POST /api/v9/interactions/42/token/callback", "/data/choices", list(26, `{"name": "a", "value": "b"}`), "/data/choices: maxItems: got 26, want 25"},
		{"POST /api/v9/interactions/42/token/callback", "/data/choices/0/name", text(101), "/data/choices/0/name: maxLength: got 101, want 100"},
		{"POST /api/v9/channels/10/messages/31/threads", "/name", `""`, "/name: minLength: got 0, want 1"},
		{"POST /api/v9/channels/10/messages/31/threads", "/auto_archive_duration", `5`, "/auto_archive_duration: has none of the shapes allowed here"},
	} {
		body := change(t, read(t, requests[c.route]), c.at, c.becomes)
		wantOne(t, c.route+" "+c.at, spec.CheckRequest(request(t, c.route, body)), c.want)
	}
}

// TestWhatTheFileDoesNotSay keeps a list of what is wrong with a body although Check finds nothing. If one of these fails,
// the file has learnt it.
func TestWhatTheFileDoesNotSay(t *testing.T) {
	spec := load(t)
	for _, c := range []struct{ what, route, at, becomes string }{
		{"an empty message", "POST /api/v9/channels/10/messages", "", `{}`},
		{"an empty value in a field", "POST /api/v9/channels/10/messages", "/embeds/0/fields/0/value", `""`},
		{"a custom id given twice", "POST /api/v9/channels/10/messages", "/components/1/components/0/custom_id", `"share:1"`},
		{"a button with neither custom id nor link", "POST /api/v9/channels/10/messages", "/components/0/components/0", `{"type": 2, "style": 1, "label": "a"}`},
		{"six rows", "POST /api/v9/channels/10/messages", "/components", list(6, `{"type": 1, "components": [{"type": 2, "style": 5, "url": "https://example.org", "label": "a"}]}`)},
		{"parse beside a list of the same", "POST /api/v9/channels/10/messages", "/allowed_mentions", `{"parse": ["users"], "users": ["1"]}`},
		{"an answer without data", "POST /api/v9/interactions/40/token/callback", "", `{"type": 4}`},
		{"capitals in the name of a command", "PUT /api/v10/applications/1/commands", "/0/name", `"Ask"`},
		{"a command of that name twice", "PUT /api/v10/applications/1/commands", "", list(2, `{"name": "ask", "description": "a"}`)},
		{"choices beside autocomplete", "PUT /api/v10/applications/1/commands", "/0/options/0/choices", `[{"name": "a", "value": "b"}]`},
	} {
		body := change(t, read(t, requests[c.route]), c.at, c.becomes)
		if err := spec.CheckRequest(request(t, c.route, body)); err != nil {
			t.Errorf("%s: have %v, want nothing: strike it off the list", c.what, err)
		}
	}
}

// TestBadResponses does the same with answers.
func TestBadResponses(t *testing.T) {
	spec := load(t)
	for _, c := range []struct{ route, status, body, at, becomes, want string }{
		{"GET /api/v9/channels/10/messages/31", "200", "posted.json", "/flags", `0`, ""},
		{"GET /api/v9/channels/10/messages/31", "200", "posted.json", "/flags", `"0"`, "/flags: got string, want integer"},
		{"GET /api/v9/channels/10/messages/31", "200", "posted.json", "/flags", `4294967296`, "/flags: 4294967296 is not valid int32"},
		{"GET /api/v9/channels/10/messages/31", "200", "posted.json", "/id", `31`, "/id: got number, want string"},
		{"GET /api/v9/channels/10/messages/31", "200", "posted.json", "/id", `"99999999999999999999"`, "/id: '99999999999999999999' is not valid snowflake"},
		{"GET /api/v9/channels/10/messages/31", "200", "posted.json", "/timestamp", `"today"`, "/timestamp: 'today' is not valid date-time"},
		{"GET /api/v9/channels/10/messages/31", "200", "posted.json", "/author/public_flags", `null`, "/author/public_flags: got null, want integer"},
		{"GET /api/v9/channels/10/messages/31", "200", "posted.json", "/author", `{}`, "/author: missing properties"},
		{"GET /api/v9/channels/10/messages/31", "200", "posted.json", "/mentions", `null`, "/mentions: got null, want array"},
		{"GET /api/v9/channels/10/messages/31", "201", "posted.json", "/flags", `0`, "response 201: not a status of this route"},
		{"GET /api/v9/channels/10/messages/31", "503", "posted.json", "", `"whatever"`, ""},
		{"DELETE /api/v9/channels/10/messages/31", "204", "posted.json", "", `{}`, "response 204: has a body, should have none"},
		{"GET /api/v9/applications/@me", "200", "application.json", "/flags", `0`, ""},
		{"GET /api/v9/applications/@me", "200", "application.json", "/team", `{}`, "/team: missing properties"},
		{"GET /api/v9/applications/@me", "404", "badform.json", "/code", `50035`, ""},
		{"GET /api/v9/applications/@me", "404", "badform.json", "/code", `"50035"`, "/code: got string, want integer"},
		{"GET /api/v9/applications/@me", "400", "badform.json", "/errors/embeds/0/description/_errors", `[{"code": "A"}]`, "missing property 'message'"},
		{"GET /api/v9/applications/@me", "429", "wait.json", "/global", `true`, ""},
		{"GET /api/v9/applications/@me", "429", "wait.json", "/retry_after", `"1"`, "/retry_after: got string, want number"},
	} {
		x := request(t, c.route, nil)
		x.Status, _ = strconv.Atoi(c.status)
		x.Response = change(t, read(t, c.body), c.at, c.becomes)
		wantOne(t, c.route+" "+c.status+" "+c.at, spec.CheckResponse(x), c.want)
	}
}

// TestAroundTheBody is about all that is wrong outside of the JSON, and about what is not JSON.
func TestAroundTheBody(t *testing.T) {
	spec := load(t)
	for _, c := range []struct {
		x    Exchange
		want string
	}{
		{Exchange{Method: "GET", Path: "/api/v9/channels/10/messages", Query: "limit=5&before=31"}, ""},
		{Exchange{Method: "GET", Path: "/api/v9/channels/10/messages", Query: "limit=101"}, `query parameter "limit": maximum: got 101, want 100`},
		{Exchange{Method: "GET", Path: "/api/v9/channels/10/messages", Query: "before=yesterday"}, `query parameter "before": 'yesterday' is not valid snowflake`},
		{Exchange{Method: "GET", Path: "/api/v9/channels/10/messages", Query: "last=5"}, `query parameter "last": not one of this route`},
		{Exchange{Method: "GET", Path: "/api/v9/channels/10/messages", Query: "limit=%"}, `query: invalid URL escape`},
		{Exchange{Method: "GET", Path: "/api/v9/channels/general"}, `path parameter "channel_id": 'general' is not valid snowflake`},
		{Exchange{Method: "GET", Path: "/api/v9/gateway", ContentType: "application/json", Request: []byte(`{}`)}, "request body: has one, should have none"},
		{Exchange{Method: "POST", Path: "/api/v9/channels/10/messages"}, `content type "": not one of this route`},
		{Exchange{Method: "POST", Path: "/api/v9/channels/10/messages", ContentType: "text/plain", Request: []byte(`{}`)}, `content type "text/plain": not one of this route`},
		{Exchange{Method: "POST", Path: "/api/v9/channels/10/messages", ContentType: "application/json", Request: []byte(`{`)}, "request body: not JSON"},
		{Exchange{Method: "POST", Path: "/api/v9/channels/10/messages", ContentType: "application/json", Request: []byte(`{} {}`)}, "request body: not JSON"},
		{Exchange{Method: "POST", Path: "/api/v9/channels/10/messages", ContentType: "multipart/form-data; boundary=x", Request: []byte(`{"content": 5}`)}, "/content: got number, want null or string"},
	} {
		wantOne(t, c.x.Path+"?"+c.x.Query, spec.CheckRequest(c.x), c.want)
	}
}

func TestUnknownRoutesAreNotJudged(t *testing.T) {
	spec := load(t)
	for _, route := range []string{"GET /api/v9/nothing", "PUT /api/v9/gateway", "GET /api/v8/gateway", "GET /gateway", "GET /api/v9/channels/%zz"} {
		if err := spec.Check(request(t, route, nil)); !errors.Is(err, ErrNotDescribed) {
			t.Errorf("%s: have %v, want %v", route, err, ErrNotDescribed)
		}
	}
}

func TestCheckJudgesBothSides(t *testing.T) {
	x := request(t, "POST /api/v9/channels/10/messages", []byte(`{"content": 5}`))
	x.Status, x.Response = 200, []byte(`{}`)
	err := load(t).Check(x)
	if err == nil || !strings.Contains(err.Error(), "request body /content") || !strings.Contains(err.Error(), "response 200") {
		t.Errorf("have %v, want a fault of the request and one of the response", err)
	}
}

func TestObjectsAreJudgedByName(t *testing.T) {
	spec := load(t)
	good := read(t, "posted.json")
	if err := spec.CheckObject("MessageResponse", good); err != nil {
		t.Errorf("a good one: have %v, want nothing", err)
	}
	wantOne(t, "a bad one", spec.CheckObject("MessageResponse", change(t, good, "/id", `5`)), "MessageResponse /id: got number, want string")
	wantOne(t, "no such name", spec.CheckObject("Letter", good), "does not describe a Letter")
}

func TestLoadSaysWhatIsMissing(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, ErrAbsent) {
		t.Errorf("no file: have %v, want %v", err, ErrAbsent)
	}
	t.Chdir(t.TempDir())
	if _, err := Load(""); !errors.Is(err, ErrAbsent) {
		t.Errorf("no file beside any folder above: have %v, want %v", err, ErrAbsent)
	}
	for content, want := range map[string]string{
		`{`:             "unexpected end",
		`{"paths": {}}`: "which is not there",
	} {
		path := filepath.Join(t.TempDir(), "broken.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: have %v, want %q", content, err, want)
		}
	}
}

func TestASchemaThatIsNoneStopsTheLoading(t *testing.T) {
	_, err := parse([]byte(`{"paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": 5}}}}}}}}}`), nil)
	if err == nil {
		t.Error("have no error, want one")
	}
}

func load(t *testing.T) *Spec {
	t.Helper()
	spec, err := Load("")
	if errors.Is(err, ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// request makes an exchange of "METHOD /path" and a body.
func request(t *testing.T, route string, body []byte) Exchange {
	t.Helper()
	method, path, ok := strings.Cut(route, " ")
	if !ok {
		t.Fatalf("%q is no route", route)
	}
	return Exchange{Method: method, Path: path, ContentType: "application/json", Request: body}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	if name == "" {
		return nil
	}
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// change puts a value where a JSON pointer points.
func change(t *testing.T, body []byte, pointer, value string) []byte {
	t.Helper()
	var whole, now any
	if err := json.Unmarshal(body, &whole); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(value), &now); err != nil {
		t.Fatal(err)
	}
	changed, err := json.Marshal(put(whole, strings.Split(pointer, "/")[1:], now))
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func put(in any, steps []string, value any) any {
	if len(steps) == 0 {
		return value
	}
	switch in := in.(type) {
	case map[string]any:
		in[steps[0]] = put(in[steps[0]], steps[1:], value)
	case []any:
		i, _ := strconv.Atoi(steps[0])
		in[i] = put(in[i], steps[1:], value)
	}
	return in
}

// wantOne wants one fault that says so, or none if there is nothing to say.
func wantOne(t *testing.T, what string, err error, want string) {
	t.Helper()
	have := ""
	if err != nil {
		have = err.Error()
	}
	if (want == "") != (have == "") || !strings.Contains(have, want) || strings.Contains(have, "\n") {
		t.Errorf("%s:\nhave %s\nwant %s", what, have, want)
	}
}

func text(n int) string { return `"` + strings.Repeat("x", n) + `"` }

func list(n int, item string) string { return "[" + strings.Repeat(item+",", n-1) + item + "]" }

package standin_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"trilat/bot/openai/standin"
)

// The service turns away what OpenAI would, and says so in its form.
func TestStrictness(t *testing.T) {
	script := func(standin.Request) standin.Answer {
		return standin.Answer{Pieces: []string{"Ye", "s."}, In: 3, Out: 2}
	}
	s, err := standin.New(standin.Config{Key: "k", Script: script})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const hello = `"model":"m","stream":true,"messages":[{"role":"system","content":"Speak."},{"role":"user","content":"Hello"}]`
	schema := func(schema string) string {
		return `{` + hello + `,"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":` + schema + `}}}`
	}
	for _, c := range []struct{ key, body, want string }{
		{"k", `{` + hello + `}`, `"content":"Ye"`},
		{"k", `{` + hello + `,"stream_options":{"include_usage":true}}`, `"prompt_tokens":3`},
		{"k", schema(`{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}},"required":["a"],"additionalProperties":false}`), "[DONE]"},
		{"k", schema(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`), "'additionalProperties' is required"},
		{"k", schema(`{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`), "Missing 'a'"},
		{"k", schema(`{"type":"object","properties":{"a":{"type":"object"}},"required":["a"],"additionalProperties":false}`), "'additionalProperties' is required"},
		{"k", schema(`{"type":"array","items":{"type":"object"}}`), "'additionalProperties' is required"},
		{"k", schema(`7`), "Invalid schema"},
		{"k", `{` + hello + `,"response_format":{"type":"json_schema","json_schema":{"schema":{}}}}`, "json_schema.name"},
		{"k", `{` + hello + `,"response_format":{"type":"json_object"}}`, "the word 'json'"},
		{"k", `{` + hello + `,"max_tokens":1,"max_completion_tokens":1}`, "at the same time"},
		{"k", `{` + hello + `,"temprature":1}`, "Unrecognized request argument supplied: temprature"},
		{"k", `{"model":"m","messages":[]}`, "only streams"},
		{"k", `{"model":"m","stream":true,"messages":[{"role":"dog"}]}`, "Invalid value: 'dog'"},
		{"k", `{"model":`, "could not parse"},
		{"x", `{` + hello + `}`, "Incorrect API key provided: x"},
	} {
		have := post(t, s.URL()+"/chat/completions", c.key, c.body)
		if !strings.Contains(have, c.want) {
			t.Errorf("%s: have %s, want %s", c.body, have, c.want)
		}
	}
	if have := post(t, s.URL()+"/completions", "k", "{}"); !strings.Contains(have, "Invalid URL (POST /v1/completions)") {
		t.Errorf("have %s", have)
	}
	first := s.Requests()[0]
	if first.N != 1 || first.Model != "m" || first.System != "Speak." || first.User != "Hello" || first.Schema != nil {
		t.Errorf("have %+v", first)
	}
}

func post(t *testing.T, url, key, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}

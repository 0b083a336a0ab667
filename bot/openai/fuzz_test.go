package openai_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"trilat/bot/openai"
)

// says is a service that answers everything alike.
type says struct {
	status     int
	kind, body string
}

func (s says) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Header: http.Header{"Content-Type": {s.kind}}, Body: io.NopCloser(strings.NewReader(s.body))}, nil
}

// Whatever a service says, it is made out, and neither the key nor the prompt is repeated.
func FuzzWhatAServiceSays(f *testing.F) {
	for _, body := range []string{
		"data: {\"choices\":[{\"delta\":{\"content\":\"Yes\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
		"data: {\"error\":{\"message\":[\"no " + key + "\"],\"code\":\"x\"}}\n\n",
		`{"error":{"message":"Write {\"ok\": true} as JSON. ` + key + `","param":"max_completion_tokens"}}`,
		`{"error":"response_format ` + key + `"}`, `{"message":null}`, `{"detail":[{"msg":"stream_options"}]}`, "<html>" + key, "", strings.Replace(key, "-", "-\xff", 1), "[7]", "null",
	} {
		f.Add(200, "text/event-stream", body)
		f.Add(400, "application/json", body)
		f.Add(404, key, body)
		f.Add(500, "text/html", body)
	}
	f.Fuzz(func(t *testing.T, status int, kind, body string) {
		client, err := openai.New(openai.Config{Model: "gpt-x", Key: key, HTTP: says{status, kind, body}})
		if err != nil {
			t.Fatal(err)
		}
		said, fix := client.Probe(t.Context())
		for _, secret := range []string{key, "Answer with a JSON"} {
			if strings.Contains(said+fix, secret) {
				t.Errorf("%q is in %q, %q", secret, said, fix)
			}
		}
		if said == "" || strings.ContainsAny(said, "\n\r") {
			t.Errorf("have %q", said)
		}
	})
}

package openapi

import (
	"os"
	"slices"
	"testing"
)

// TestExceptionsAreNeeded judges something that the file gets wrong, with and without the exception for it. If both agree,
// the file has been corrected and the exception can go.
func TestExceptionsAreNeeded(t *testing.T) {
	spec := load(t)
	cases := map[string]struct {
		x    Exchange
		good bool
	}{
		"default_member_permissions of a command": {
			x:    request(t, "POST /api/v10/applications/1/commands", []byte(`{"name": "a", "description": "b", "default_member_permissions": "32"}`)),
			good: true,
		},
		"codes in the tree of errors of a bad form": {
			x:    answered(t, "GET /api/v10/gateway", 400, "badform.json"),
			good: true,
		},
		"code of an answer that says to wait": {
			x:    answered(t, "GET /api/v10/gateway", 429, "wait.json"),
			good: true,
		},
		"length of a message's content": {
			x: request(t, "POST /api/v10/channels/10/messages", []byte(`{"content": `+text(2001)+`}`)),
		},
		"flags_new and eligible_oauth2_scopes of /applications/@me": {
			x:    answered(t, "GET /api/v10/applications/@me", 200, "application.json"),
			good: true,
		},
	}
	for i, e := range exceptions() {
		c, ok := cases[e.about]
		if !ok {
			t.Errorf("%s: no case for this exception", e.about)
			continue
		}
		if err := judged(spec, c.x); (err == nil) != c.good {
			t.Errorf("%s: with the exception: have %v, want good: %v", e.about, err, c.good)
		}
		if err := judged(without(t, i), c.x); (err == nil) == c.good {
			t.Errorf("%s: the exception is no longer needed: %s", e.about, e.why)
		}
	}
}

// without loads the file with all exceptions but one.
func without(t *testing.T, i int) *Spec {
	t.Helper()
	text, err := os.ReadFile(beside("shared/discord/openapi-subset.json"))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := parse(text, slices.Delete(exceptions(), i, i+1))
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func answered(t *testing.T, route string, status int, body string) Exchange {
	t.Helper()
	x := request(t, route, nil)
	x.Status, x.Response = status, read(t, body)
	return x
}

// judged judges the side of the exchange that is there.
func judged(spec *Spec, x Exchange) error {
	if x.Status == 0 {
		return spec.CheckRequest(x)
	}
	return spec.CheckResponse(x)
}

package openai_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"trilat/bot/openai"
	"trilat/bot/openai/standin"
)

func TestConfig(t *testing.T) {
	for _, c := range []struct {
		config openai.Config
		faults []string
	}{
		{openai.Config{Model: "gpt-x", Key: key}, nil},
		{openai.Config{Model: "llama3.2:3b", BaseURL: "http://localhost:11434/v1"}, nil},
		{openai.Config{Model: "hf.co/bartowski/x-GGUF:Q4_K_M", BaseURL: "https://models.example/v1/"}, nil},
		{openai.Config{}, []string{"OPENAI_MODEL is not set", "neither OPENAI_API_KEY nor OPENAI_BASE_URL is set"}},
		{openai.Config{Model: "gpt x", Key: "Bearer " + key, BaseURL: "localhost:11434"}, []string{`OPENAI_MODEL is "gpt x"`, "OPENAI_API_KEY has spaces", "OPENAI_BASE_URL is no address"}},
		{openai.Config{Model: "gpt-x", Key: `"` + key + `"`}, []string{"OPENAI_API_KEY has spaces, quotes"}},
		{openai.Config{Model: "gpt-x", Key: key + "\n"}, []string{"OPENAI_API_KEY has spaces"}},
		{openai.Config{Model: "gpt-x", BaseURL: "ftp://models.example"}, []string{"http:// or https://"}},
		{openai.Config{Model: "gpt-x", BaseURL: "http://"}, []string{"http:// or https://"}},
		{openai.Config{Model: "gpt-x", BaseURL: "http://a b"}, []string{"http:// or https://"}},
		{openai.Config{Model: "gpt-x", BaseURL: "https://me:" + key + "@models.example/v1"}, []string{"has a name or a password in it"}},
		{openai.Config{Model: "gpt-x", BaseURL: "https://models.example/v1?key=" + key}, []string{"behind a ?"}},
		{openai.Config{Model: "gpt-x", BaseURL: "https://models.example/v1/chat/completions"}, []string{"ends in /chat/completions"}},
	} {
		_, err := openai.New(c.config)
		if err == nil && len(c.faults) > 0 || err != nil && strings.Count(err.Error(), "\n") != len(c.faults)-1 {
			t.Errorf("%+v: have %v, want %d faults", c.config, err, len(c.faults))
		}
		for _, fault := range c.faults {
			if err == nil || !strings.Contains(err.Error(), fault) {
				t.Errorf("%+v: have %v, want %q", c.config, err, fault)
			}
		}
		if err != nil && strings.Contains(err.Error(), key) {
			t.Errorf("the key is in %q", err)
		}
	}
}

// seen is a service that only looks at where a request goes, and with what.
type seen struct{ request *http.Request }

func (s *seen) RoundTrip(r *http.Request) (*http.Response, error) {
	s.request = r
	return &http.Response{StatusCode: http.StatusUnauthorized, Body: io.NopCloser(strings.NewReader(""))}, nil
}

func TestWhereRequestsGo(t *testing.T) {
	const azure = "https://team.openai.azure.com/openai/deployments/gpt-3.5/chat/completions?api-version=2024-10-21"
	for _, c := range []struct{ base, want, header, value string }{
		{"", "https://api.openai.com/v1/chat/completions", "Authorization", "Bearer " + key},
		{"http://localhost:11434/v1/", "http://localhost:11434/v1/chat/completions", "Authorization", "Bearer " + key},
		{"https://team.openai.azure.com", azure, "Api-Key", key},
		{"https://team.openai.azure.com/openai/", azure, "Api-Key", key},
		{"https://team.openai.azure.com/openai/v1/", "https://team.openai.azure.com/openai/v1/chat/completions", "Authorization", "Bearer " + key},
	} {
		var s seen
		client, err := openai.New(openai.Config{Model: "gpt-3.5", Key: key, BaseURL: c.base, HTTP: &s})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Complete(t.Context(), ask, nil); !errors.Is(err, openai.ErrRefused) {
			t.Errorf("%s: have %v", c.base, err)
		}
		if have := s.request.URL.String(); have != c.want {
			t.Errorf("%s: have %s, want %s", c.base, have, c.want)
		}
		if have := s.request.Header.Get(c.header); have != c.value {
			t.Errorf("%s: have %s %q", c.base, c.header, have)
		}
	}
}

// go-openai sends nothing for models that it knows to be none for chats.
func TestAModelThatIsNoneForChats(t *testing.T) {
	var s seen
	client, err := openai.New(openai.Config{Model: "text-davinci-003", Key: key, HTTP: &s})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Complete(t.Context(), ask, nil); !errors.Is(err, openai.ErrRefused) || s.request != nil {
		t.Errorf("have %v", err)
	}
	if _, fix := client.Probe(t.Context()); !strings.Contains(fix, "set OPENAI_MODEL to another") {
		t.Errorf("have %q", fix)
	}
	if client.Name() != "text-davinci-003" {
		t.Errorf("have %q", client.Name())
	}
}

func TestAServiceThatAsksForAKey(t *testing.T) {
	client, err := openai.New(openai.Config{Model: "gpt-x", BaseURL: "http://models.example/v1", HTTP: &seen{}})
	if err != nil {
		t.Fatal(err)
	}
	if said, fix := client.Probe(t.Context()); fix != "set OPENAI_API_KEY: models.example asks for a key" {
		t.Errorf("have %q, %q", said, fix)
	}
}

func TestProbe(t *testing.T) {
	ok := standin.Answer{Pieces: []string{`{"ok": true}`}}
	for _, c := range []struct {
		name      string
		config    standin.Config
		said, fix string
	}{
		{"prose", standin.Config{Script: plays(well)}, "not in the form", "can write JSON"},
		{"well", standin.Config{Script: plays(ok)}, "gpt-x at standin answers; structured output, max_completion_tokens", ""},
		{"it only thinks", standin.Config{Script: plays(standin.Answer{Finish: "length"})}, "answers; structured output", ""},
		{"an old service", standin.Config{Script: plays(ok), Rejects: []string{"max_completion_tokens", "json_schema", "stream_options"}}, "answers; JSON without a schema, max_tokens, tokens estimated", ""},
		{"an older one", standin.Config{Script: plays(ok), Rejects: []string{"max_completion_tokens", "max_tokens", "response_format"}}, "answers; no structured output, no limit of tokens", ""},
		{"401", standin.Config{Script: plays(standin.Answer{Status: 401, Message: key})}, "refuses with 401: [key]", "set OPENAI_API_KEY to a key that standin takes"},
		{"402", standin.Config{Script: plays(standin.Answer{Status: 402})}, "402", "the account at standin has nothing left"},
		{"403", standin.Config{Script: plays(standin.Answer{Status: 403})}, "403", "the right to use gpt-x"},
		{"404", standin.Config{Script: plays(standin.Answer{Status: 404, Message: "no such model"})}, "404: no such model", "set OPENAI_MODEL to a model that standin has"},
		{"308", standin.Config{Script: plays(standin.Answer{Status: 308, Header: header("Location", "https://b.example/")})}, "leads to https://b.example/", "set OPENAI_BASE_URL to where"},
		{"418", standin.Config{Script: plays(standin.Answer{Status: 418, Message: "a teapot"})}, "418: a teapot", "another model"},
		{"429, of the account", standin.Config{Script: plays(standin.Answer{Status: 429, Code: "insufficient_quota"})}, "429", "has nothing left"},
		{"429", standin.Config{Script: plays(standin.Answer{Status: 429})}, "429", "wait"},
		{"500", standin.Config{Script: plays(standin.Answer{Status: 500})}, "500", "the fault is with standin"},
		{"no word", standin.Config{Script: plays(silent)}, "nothing has come for 15s", "takes too long"},
		{"another kind of service", standin.Config{Script: plays(standin.Answer{Raw: "Hello"})}, "text/plain rather than", "it mostly ends in /v1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, c.config, func(d *desk) {
				said, fix := d.Probe(d.Context())
				d.silentOn(said + fix)
				if !strings.Contains(said, c.said) || !strings.Contains(fix, c.fix) || (fix == "") != (c.fix == "") {
					d.Errorf("have %q, %q; want %q, %q", said, fix, c.said, c.fix)
				}
			})
		})
	}
}

// away is a network on which nothing is reached.
type away struct{ err error }

func (a away) RoundTrip(*http.Request) (*http.Response, error) { return nil, a.err }

func TestWhatIsNotReached(t *testing.T) {
	for _, c := range []struct {
		err error
		fix string
	}{
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "is Ollama, or what you use, running at localhost:11434?"},
		{&net.DNSError{Err: "no such host", Name: "models.example"}, "written right"},
		{errors.New("tls: bad certificate of " + key), "see what the service says"},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, err := openai.New(openai.Config{Model: "gpt-x", Key: key, BaseURL: "http://localhost:11434/v1", HTTP: away{c.err}})
			if err != nil {
				t.Fatal(err)
			}
			said, fix := client.Probe(t.Context())
			if !strings.Contains(fix, c.fix) || strings.Contains(said, key) {
				t.Errorf("have %q, %q", said, fix)
			}
			start := time.Now()
			if _, err := client.Complete(t.Context(), ask, nil); err == nil || errors.Is(err, openai.ErrRefused) || strings.Contains(err.Error(), key) {
				t.Errorf("have %v", err)
			}
			if took := time.Since(start); took != 1500*time.Millisecond {
				t.Errorf("have %v, want three tries", took)
			}
		})
	}
}

// One connection is enough for all that goes well.
func TestConnectionsAreUsedAgain(t *testing.T) {
	open(t, standin.Config{Script: plays(well)}, func(d *desk) {
		for n := range 3 {
			var again bool
			ctx := httptrace.WithClientTrace(d.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { again = i.Reused }})
			if _, err := d.Complete(ctx, ask, nil); err != nil || again != (n > 0) {
				d.Errorf("call %d: have %v, a connection again: %v", n, err, again)
			}
			synctest.Wait()
		}
	})
}

// Over real connections, too, a break in the middle is told as one, and at the end no goroutine is left.
func TestNothingStays(t *testing.T) {
	before := runtime.NumGoroutine()
	script := func(r standin.Request) standin.Answer {
		if r.N%3 == 0 {
			return standin.Answer{Pieces: []string{"Y"}, Then: standin.Reset}
		}
		return well
	}
	s, err := standin.New(standin.Config{Key: key, Script: script})
	if err != nil {
		t.Fatal(err)
	}
	wire := s.Transport()
	client, err := openai.New(openai.Config{Model: "gpt-x", Key: key, BaseURL: s.URL(), HTTP: wire})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 9 {
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		_, err := client.Complete(ctx, ask, nil)
		stop()
		if broken := n%3 == 2; (err != nil) != broken || broken && !strings.Contains(err.Error(), "the answer breaks off") {
			t.Errorf("call %d: have %v", n, err)
		}
	}
	wire.CloseIdleConnections()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for runtime.NumGoroutine() > before { // what is left ends, or the test never does
		runtime.Gosched()
	}
}

package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
	"trilat/bot/playground"
	"trilat/bot/playground/openapi"
)

// However a request goes wrong, the question gets exactly one answer. Without our own retries discordgo gives up on all
// of these but 502, and that one it repeats without a nonce: an answer that had arrived appears three times more.
func TestEveryFaultEndsInOneMessage(t *testing.T) {
	t.Parallel()
	faults := []playground.Fault{
		{Kind: "status", Status: 500}, {Kind: "status", Status: 500, Applied: true},
		{Kind: "status", Status: 502}, {Kind: "status", Status: 502, Applied: true},
		{Kind: "status", Status: 503}, {Kind: "status", Status: 504, Applied: true},
		{Kind: "status", Status: 429, RetryAfter: time.Second},
		{Kind: "ratelimit", RetryAfter: 200 * time.Millisecond}, {Kind: "ratelimit", RetryAfter: 200 * time.Millisecond, Global: true},
		{Kind: "reset"}, {Kind: "reset", Applied: true},
		{Kind: "slow", Delay: 300 * time.Millisecond},
	}
	ways := map[string]struct {
		match string
		slow  bool // the reply takes longer than a second
		ask   func(d *desk, channel string)
	}{
		"response": {"POST */callback", false, func(d *desk, channel string) { d.run("ivo", channel, "about") }},
		"promise":  {"POST */callback", true, func(d *desk, channel string) { d.run("ivo", channel, "about") }},
		"edit":     {"PATCH */@original", true, func(d *desk, channel string) { d.run("ivo", channel, "about") }},
		"form":     {"POST */callback", false, nil},
		"thread":   {"POST */threads", false, func(d *desk, channel string) { d.say("ivo", channel, "@trilat When?") }},
		"message":  {"POST */messages", false, func(d *desk, channel string) { d.say("ivo", channel, "@trilat When?") }},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, saying("Here.", func(ctx context.Context) {
				if way.slow {
					wait(ctx, 150*time.Millisecond)
				}
			}))
			ivo := d.watch("ivo")
			if way.ask == nil {
				d.front.do = library(t).Do
			}
			channels := []string{"questions", "general", "announcements", "team"} // each has its own rate limits
			for n, fault := range faults {
				fault.Match, fault.Times = way.match, 2
				if fault.Kind == "slow" || fault.RetryAfter >= time.Second {
					fault.Times = 1
				}
				if way.ask == nil {
					d.checkForm(ivo, fault)
					continue
				}
				d.breakdown(fault)
				way.ask(d, channels[n%len(channels)])
				d.until("it is answered", func() bool { return len(d.allAnswers("ivo")) > n })
			}
			if way.ask == nil {
				return
			}
			d.stop() // what might come twice has come then
			if seen := d.allAnswers("ivo"); len(seen) != len(faults) {
				t.Errorf("have %d messages after %d faults\n%s", len(seen), len(faults), d.log)
			}
		})
	}
}

// allAnswers are the bot's finished messages wherever somebody sees one.
func (d *desk) allAnswers(as string) []shown {
	d.Helper()
	var all []shown
	for _, c := range d.everywhere(as) {
		all = append(all, d.answers(as, c)...)
	}
	return slices.DeleteFunc(all, shown.loading)
}

// checkForm opens a form despite a fault.
func (d *desk) checkForm(ivo eyes, fault playground.Fault) {
	d.Helper()
	d.run("ivo", "questions", "ask", "question", "When is the library open?")
	answer := ivo.message()
	d.breakdown(fault)
	form := must(d.local.Click("ivo", answer.ID, answer.button(bot.FollowUp), nil))(d.TB)
	ivo.next("MODAL", nil)
	must(d.local.Submit("ivo", form, map[string]string{"question": "And where does it stand?"}))(d.TB)
	ivo.message()
}

// everywhere are the channels, threads and direct messages that somebody sees.
func (d *desk) everywhere(as string) []string {
	d.Helper()
	resp, err := http.Get(d.url + "/local/state?as=" + as)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	var state struct{ Channels []struct{ ID string } }
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil {
		d.Fatal(err)
	}
	var ids []string
	for _, c := range state.Channels {
		ids = append(ids, c.ID)
	}
	return ids
}

// to is a rest that speaks with a handler.
func to(t *testing.T, h http.HandlerFunc) *rest {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	api, err := url.Parse(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(Config{Token: "t", Bot: library(t), API: web.URL})
	if err != nil {
		t.Fatal(err)
	}
	if f.rest.wire.(elsewhere).api.Host != api.Host {
		t.Fatal("the address is not used")
	}
	return f.rest
}

var anywhere = route{"GET", "channels/{!}/messages/{}", []string{"1", "2"}}

// A rate limit is waited for no longer than the context lasts. discordgo sleeps it out: with its own care for limits this
// test ends after an hour.
func TestARateLimitIsWaitedForWithTheContext(t *testing.T) {
	t.Parallel()
	for _, limit := range []func(http.ResponseWriter){
		func(w http.ResponseWriter) {
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset-After", "3600")
			w.WriteHeader(200)
			fmt.Fprint(w, "{}")
		},
		func(w http.ResponseWriter) {
			w.WriteHeader(429)
			fmt.Fprint(w, `{"message":"","retry_after":3600,"global":false}`)
		},
	} {
		r := to(t, func(w http.ResponseWriter, _ *http.Request) { limit(w) })
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		err := errors.Join(r.do(ctx, anywhere, nil, nil), r.do(ctx, anywhere, nil, nil))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("have %v", err)
		}
	}
}

// Requests that share a limit are under way together. discordgo holds a lock during each: with one bucket per address the
// second request would never begin, as the first waits for it here.
func TestRequestsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	meet := make(chan struct{})
	r := to(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case meet <- struct{}{}:
		case <-meet:
		case <-r.Context().Done():
		}
		fmt.Fprint(w, "{}")
	})
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	second := make(chan error)
	go func() { second <- r.do(ctx, anywhere, nil, nil) }()
	if err := errors.Join(r.do(ctx, anywhere, nil, nil), <-second); err != nil {
		t.Error(err)
	}
}

// discordgo repeats a request by itself when it is answered with 502. Once is once: without the option for it, this has
// four.
func TestTheLibraryRepeatsNothing(t *testing.T) {
	t.Parallel()
	var times atomic.Int32
	r := to(t, func(w http.ResponseWriter, _ *http.Request) {
		times.Add(1)
		w.WriteHeader(502)
	})
	if _, err := r.once(t.Context(), anywhere, nil, ""); err == nil || times.Load() != 1 {
		t.Errorf("have %v after %d requests", err, times.Load())
	}
}

// discordgo keeps a bucket for every address it was ever asked for; with bucket ids made of addresses this has 1000. And
// it sleeps when a bucket has nothing left, which is none of the next borrower's business: with the headers left in the
// answers, this ends after an hour.
func TestBucketsAreBounded(t *testing.T) {
	t.Parallel()
	r := to(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset-After", "3600")
		fmt.Fprint(w, "{}")
	})
	for i := range 1000 {
		to := route{"POST", "interactions/{!}/{!}/callback", []string{fmt.Sprint(i), "token"}}
		if err := r.do(t.Context(), to, callback{Type: 5}, nil); err != nil {
			t.Fatal(err)
		}
	}
	buckets := reflect.ValueOf(r.session.Ratelimiter).Elem().FieldByName("buckets").Len()
	if buckets > maxRequests {
		t.Errorf("have %d buckets, want at most %d", buckets, maxRequests)
	}
}

func TestAnswersThatAreNotJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		write func(http.ResponseWriter)
		final bool // it is not tried again
		code  int
	}{
		{"a page instead of an error", func(w http.ResponseWriter) { w.WriteHeader(403); fmt.Fprint(w, "<html>") }, true, 0},
		{"an error", func(w http.ResponseWriter) { w.WriteHeader(404); fmt.Fprint(w, `{"message":"Unknown","code":10003}`) }, true, 10003},
		{"an error with a list", func(w http.ResponseWriter) {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"message":"Invalid","code":50035,"errors":{"content":{"_errors":[]}}}`)
		}, true, 50035},
		{"cut off", func(w http.ResponseWriter) { fmt.Fprint(w, `{"id":`) }, false, 0},
		{"shorter than announced", func(w http.ResponseWriter) { w.Header().Set("Content-Length", "10"); fmt.Fprint(w, `{}`) }, false, 0},
		{"a page instead of a limit", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "0.05")
			w.WriteHeader(429)
			fmt.Fprint(w, "<html>")
		}, false, 0},
	}
	for _, tt := range tests {
		var times atomic.Int32
		r := to(t, func(w http.ResponseWriter, _ *http.Request) {
			if times.Add(1) > 1 {
				fmt.Fprint(w, `{"id":"1"}`)
				return
			}
			tt.write(w)
		})
		var into struct{ ID string }
		err := r.do(t.Context(), anywhere, nil, &into)
		if (err != nil) != tt.final || codeOf(err) != tt.code || !tt.final && into.ID != "1" {
			t.Errorf("%s: have %v after %d times", tt.name, err, times.Load())
		}
	}
}

// What may be left out is sent once, whatever comes of it, and not at all when it would have to wait.
func TestWhatMayBeLeftOut(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(http.ResponseWriter){
		"a failure": func(w http.ResponseWriter) { w.WriteHeader(500) },
		"no JSON":   func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") },
		"a limit": func(w http.ResponseWriter) {
			w.WriteHeader(429)
			fmt.Fprint(w, `{"message":"","retry_after":3600,"global":false}`)
		},
		"the last but one": func(w http.ResponseWriter) {
			w.Header().Set("X-RateLimit-Remaining", "1")
			w.Header().Set("X-RateLimit-Reset-After", "3600")
			fmt.Fprint(w, "{}")
		},
	} {
		var times atomic.Int32
		r := to(t, func(w http.ResponseWriter, _ *http.Request) {
			times.Add(1)
			refuse(w)
		})
		err := r.perhaps(t.Context(), anywhere, nil, nil)
		if have := times.Load(); have != 1 || (err == nil) != (name == "the last but one") {
			t.Errorf("%s: have %v after %d times", name, err, have)
		}
		limited := name == "a limit" || name == "the last but one"
		err = r.perhaps(t.Context(), anywhere, nil, nil)
		if have := times.Load() == 1; have != limited || err == nil {
			t.Errorf("%s: have %v, and it was left out is %v", name, err, have)
		}
	}
}

// A message goes without what is not allowed in its channel.
func TestWhatAChannelForbidsIsLeftOut(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]int{"files": 50013, "a reply": 160002} {
		bodies := make(chan string, 4)
		r := to(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			bodies <- string(body)
			if len(bodies) == 1 {
				w.WriteHeader(403)
				fmt.Fprintf(w, `{"code":%d,"message":"Missing"}`, code)
			}
		})
		f := &Front{rest: r, log: r.log, failed: library(t).Failed, words: english(t)}
		m := message{Content: "Here.", Nonce: "1", ReplyTo: "2", Files: []bot.File{{Name: "whole.md", Data: []byte("The whole.")}}}
		if _, err := f.put(t.Context(), messagesIn("3"), m); err != nil {
			t.Fatal(err)
		}
		<-bodies
		body := <-bodies
		if have := strings.Contains(body, "The whole."); have != (code != 50013) {
			t.Errorf("%s: the file is there: %v", name, have)
		}
		if have := strings.Contains(body, `"message_reference"`); have != (code != 160002) {
			t.Errorf("%s: the reply is one: %v", name, have)
		}
	}
}

func TestRoutes(t *testing.T) {
	r := route{"PATCH", "webhooks/{!}/{!}/messages/{}", []string{"1", "a/b?c", "3"}}
	if have, want := r.path(), "webhooks/1/a%2Fb%3Fc/messages/3"; have != want {
		t.Errorf("have %q, want %q", have, want)
	}
	if have, want := r.bucket(), "PATCH webhooks/1/a%2Fb%3Fc/messages/{}"; have != want {
		t.Errorf("have %q, want %q", have, want)
	}
	r = route{"GET", "channels/{!}/messages?limit=9&after={}", []string{"1", "2"}}
	if have, want := r.path(), "channels/1/messages?limit=9&after=2"; have != want {
		t.Errorf("have %q, want %q", have, want)
	}
	if have, want := r.bucket(), "GET channels/1/messages?limit=9&after={}"; have != want {
		t.Errorf("have %q, want %q", have, want)
	}
}

// description is Discord's own of its REST interface, which takes longer to read than most tests.
var description = sync.OnceValues(func() (*openapi.Spec, error) { return openapi.Load("") })

// checkRequests fails the test if anything was sent that could ping somebody, or that Discord's description does not
// allow. It is called at the end of every test with a local Discord, so that no way of sending escapes it.
func (d *desk) checkRequests() {
	spec, err := description()
	if err != nil && !errors.Is(err, openapi.ErrAbsent) {
		d.Fatal(err)
	}
	for _, e := range d.local.Requests() {
		meant := d.pings != "" && strings.Contains(string(e.Body), d.pings)
		if sends(e.Body) && !strings.Contains(string(e.Body), pingsNobody) && !meant {
			d.Errorf("%s %s could ping: %s", e.Method, e.Path, e.Body)
		}
		if spec == nil || e.Status == http.StatusBadRequest {
			continue // not at hand, or meant to be refused
		}
		err := spec.CheckRequest(openapi.Exchange{Method: e.Method, Path: e.Path, Query: e.Query, ContentType: e.Header.Get("Content-Type"), Request: e.Body})
		if err != nil && !errors.Is(err, openapi.ErrNotDescribed) {
			d.Errorf("%s %s: %v: %s", e.Method, e.Path, err, e.Body)
		}
	}
}

// pingsNobody is in every message.
const pingsNobody = `"allowed_mentions":{"parse":[],"replied_user":false}`

// sends reports whether a body has a message in it.
func sends(body []byte) bool {
	var m struct {
		Content *string
		Data    struct{ Content *string }
	}
	return json.Unmarshal(body, &m) == nil && (m.Content != nil || m.Data.Content != nil)
}

func TestEveryMessagePingsNobody(t *testing.T) {
	for _, body := range []any{message{}, message{Content: "@everyone", Nonce: "1", ReplyTo: "2"}, callback{4, message{}}} {
		data, err := json.Marshal(body)
		if err != nil || !strings.Contains(string(data), pingsNobody) {
			t.Errorf("have %s and %v", data, err)
		}
	}
}

// Only rest.go calls what sends in discordgo, so that nothing goes out without its care.
func TestOnlyRESTSends(t *testing.T) {
	session := reflect.TypeFor[*discordgo.Session]()
	harmless := map[string]bool{"Open": true, "Close": true, "AddHandler": true, "TryRLock": true, "RUnlock": true, "Lock": true, "Unlock": true}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") || e.Name() == "rest.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || harmless[method.Sel.Name] {
				return true
			}
			if _, sends := session.MethodByName(method.Sel.Name); sends {
				t.Errorf("%s calls %s, which only rest.go may", e.Name(), method.Sel.Name)
			}
			return true
		})
	}
}

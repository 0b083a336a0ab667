package openai_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"trilat/bot/openai"
	"trilat/bot/openai/standin"
	"trilat/prompts"
)

const key = "sk-trilat-0123456789abcdef"

// ask is a prompt with words that are not to be found anywhere but in a request.
var ask = prompts.Prompt{
	Name:   "answer",
	System: "Answer as JSON, from the passages between the marks.",
	User:   "Has the heron of Durres signed the declaration?",
	Schema: json.RawMessage(`{"type":"object","properties":{"claims":{"type":"array","items":{"type":"string"}}},"required":["claims"],"additionalProperties":false}`),
	Limit:  200,
}

// desk is a client and a scripted service, in a bubble where time passes only when all wait.
type desk struct {
	*testing.T
	*openai.Client
	*standin.Server
	log *bytes.Buffer
}

// open runs a test at a desk. Nothing may be left running at its end.
func open(t *testing.T, c standin.Config, test func(d *desk)) {
	t.Helper()
	openAs(t, c, openai.Config{Model: "gpt-x"}, test)
}

func openAs(t *testing.T, c standin.Config, as openai.Config, test func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c.Key, c.Memory = key, true
		s, err := standin.New(c)
		if err != nil {
			t.Fatal(err)
		}
		wire, log := s.Transport(), &bytes.Buffer{}
		as.Key, as.BaseURL, as.HTTP = key, s.URL(), wire
		as.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		client, err := openai.New(as)
		if err != nil {
			t.Fatal(err)
		}
		d := &desk{t, client, s, log}
		test(d)
		d.keepsSecrets()
		wire.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// keepsSecrets looks for the key and the question where they must not be.
func (d *desk) keepsSecrets() {
	d.Helper()
	d.silentOn(d.log.String())
	for _, r := range d.Requests() {
		header := r.Header.Clone()
		header.Del("Authorization")
		said, err := json.Marshal(header)
		if err != nil {
			d.Fatal(err)
		}
		if strings.Contains(r.Body+string(said), key) {
			d.Errorf("the key is in request %d, outside of its header", r.N)
		}
	}
}

func (d *desk) silentOn(words string) {
	d.Helper()
	for _, secret := range []string{key, "heron of Durres", "between the marks"} {
		if strings.Contains(words, secret) {
			d.Errorf("%q is in %q", secret, words)
		}
	}
}

// complete asks with twenty seconds to spare, and says how long it took.
func (d *desk) complete() (prompts.Completion, time.Duration, error) {
	d.Helper()
	ctx, stop := context.WithTimeout(d.Context(), 20*time.Second)
	defer stop()
	start := time.Now()
	done, err := d.Complete(ctx, ask, nil)
	if err != nil {
		d.silentOn(err.Error())
	}
	return done, time.Since(start), err
}

// plays answers each request with the next answer, and with the last one again and again.
func plays(answers ...standin.Answer) func(standin.Request) standin.Answer {
	return func(r standin.Request) standin.Answer {
		a := answers[min(r.N, len(answers))-1]
		if a.Wait == silence {
			a.Wait = make(chan struct{}) // one of the bubble's own
		}
		return a
	}
}

// silent never says anything.
var (
	silence = make(<-chan struct{})
	silent  = standin.Answer{Wait: silence}
)

func header(pairs ...string) map[string]string {
	all := map[string]string{}
	for pair := range slices.Chunk(pairs, 2) {
		all[pair[0]] = pair[1]
	}
	return all
}

func TestTheTextGrows(t *testing.T) {
	answer := standin.Answer{Pieces: []string{"Yes, ", "it ", "has."}, In: 31, Out: 7}
	open(t, standin.Config{Script: plays(answer)}, func(d *desk) {
		var seen []string
		done, err := d.Complete(d.Context(), ask, func(text string) { seen = append(seen, text) })
		if err != nil {
			d.Fatal(err)
		}
		if want := []string{"Yes, ", "Yes, it ", "Yes, it has."}; !slices.Equal(seen, want) {
			d.Errorf("have %q, want %q", seen, want)
		}
		if want := (prompts.Completion{Text: "Yes, it has.", In: 31, Out: 7}); done != want {
			d.Errorf("have %+v, want %+v", done, want)
		}
		r := d.Requests()[0]
		if r.Model != "gpt-x" || r.System != ask.System || r.User != ask.User || !bytes.Equal(r.Schema, ask.Schema) {
			d.Errorf("have %+v", r)
		}
		if limit := string(r.Params["max_completion_tokens"]); limit != "200" {
			d.Errorf("limit: have %s", limit)
		}
		if r.Params["temperature"] != nil {
			d.Error("the temperature is sent")
		}
	})
}

// What a service can do wrong, how often it is asked for it, and how long that takes.
func TestFaults(t *testing.T) {
	good := standin.Answer{Pieces: []string{"Yes."}, In: 1, Out: 1}
	begun := func(end standin.End) standin.Answer { return standin.Answer{Pieces: []string{"Yes"}, Then: end} }
	refuses := func(status int, message string) standin.Answer {
		return standin.Answer{Status: status, Message: message}
	}
	html := header("Content-Type", "text/html; charset=utf-8")
	events := header("Content-Type", "text/event-stream")
	for _, c := range []struct {
		name     string
		script   []standin.Answer
		want     string // the text, or "error: " and what is in the error
		requests int
		took     time.Duration
	}{
		{"400", []standin.Answer{refuses(400, "no")}, "error: complete with gpt-x: standin refuses with 400: no", 2, 0},
		{"400 with the prompt in it", []standin.Answer{refuses(400, "cannot parse 'Has the heron of Durres signed the declaration?'")}, "error: cannot parse '[…]'", 2, 0},
		{"400, too long", []standin.Answer{refuses(400, "'max_tokens' is too large: this model's maximum context length is 4096 tokens")}, "error: too large", 1, 0},
		{"401 with the key in it", []standin.Answer{refuses(401, "Incorrect API key provided: "+key)}, "error: refused with 401", 1, 0},
		{"402", []standin.Answer{refuses(402, "pay")}, "error: refused with 402: pay", 1, 0},
		{"403", []standin.Answer{refuses(403, "not for you")}, "error: refused with 403", 1, 0},
		{"404", []standin.Answer{{Status: 404, Message: "The model 'gpt-x' does not exist", Code: "model_not_found"}}, "error: refused with 404", 1, 0},
		{"404 of another kind of service", []standin.Answer{{Status: 404, Raw: `{"error":"model 'gpt-x' not found"}`}}, "error: refused with 404: model 'gpt-x' not found", 1, 0},
		{"404, HTML", []standin.Answer{{Status: 404, Raw: "<html>" + key, Header: html}}, "error: refused with 404: a page of HTML", 1, 0},
		{"302", []standin.Answer{{Status: 302, Header: header("Location", "https://elsewhere.example/v1?"+key)}}, "error: refused with 302: it leads to https://elsewhere.example/v1?[key]", 1, 0},
		{"429", []standin.Answer{refuses(429, "slowly")}, "error: 429: slowly", 3, 1500 * time.Millisecond},
		{"429, of the account", []standin.Answer{{Status: 429, Message: "You exceeded your quota", Code: "insufficient_quota"}}, "error: refused with 429", 1, 0},
		{"429, in seconds", []standin.Answer{{Status: 429, Message: "slowly", Header: header("Retry-After", "7")}, good}, "Yes.", 2, 7 * time.Second},
		{"429, as a date", []standin.Answer{{Status: 429, Header: header("Date", "Sat, 01 Jan 2000 00:00:00 GMT", "Retry-After", "Sat, 01 Jan 2000 00:00:09 GMT")}, good}, "Yes.", 2, 9 * time.Second},
		{"429, longer than there is time", []standin.Answer{{Status: 429, Message: "slowly", Header: header("Retry-After", "3600")}, good}, "error: 429: slowly", 1, 0},
		{"500", []standin.Answer{refuses(500, "oh")}, "error: 500: oh", 3, 1500 * time.Millisecond},
		{"500, then well", []standin.Answer{refuses(500, "oh"), refuses(502, "oh"), good}, "Yes.", 3, 1500 * time.Millisecond},
		{"503, HTML, in seconds", []standin.Answer{{Status: 503, Raw: "<html>", Header: header("Content-Type", "text/html", "Retry-After", "2")}, good}, "Yes.", 2, 2 * time.Second},
		{"500, nothing", []standin.Answer{{Status: 500, Raw: " "}}, "error: 500: it does not say why", 3, 1500 * time.Millisecond},
		{"half a refusal", []standin.Answer{{Status: 500, Raw: `{"error":{"mess`, Then: standin.Reset}}, `error: 500`, 3, 1500 * time.Millisecond},
		{"a refusal without end", []standin.Answer{{Status: 401, Raw: strings.Repeat("no ", 1<<20)}}, "error: refused with 401: no no", 1, 0},
		{"reset at once", []standin.Answer{wordless(standin.Reset), good}, "Yes.", 2, 500 * time.Millisecond},
		{"reset always", []standin.Answer{wordless(standin.Reset)}, "error: the answer breaks off", 3, 1500 * time.Millisecond},
		{"reset in the middle", []standin.Answer{begun(standin.Reset), good}, "error: the answer breaks off", 1, 0},
		{"cut in the middle", []standin.Answer{begun(standin.Cut), good}, "error: the answer breaks off", 1, 0},
		{"no [DONE]", []standin.Answer{begun(standin.NoDone)}, "Yes", 1, 0},
		{"no end after the last word", []standin.Answer{begun(standin.Open)}, "Yes", 1, time.Second},
		{"no word", []standin.Answer{silent}, "error: nothing has come for 15s", 1, 15 * time.Second},
		{"no word more", []standin.Answer{begun(standin.Hang)}, "error: nothing has come for 15s", 1, 15 * time.Second},
		{"text without end", []standin.Answer{begun(standin.Endless)}, "error: the answer does not end", 1, 0},
		{"a line without end", []standin.Answer{{Raw: "data: " + strings.Repeat("x", 9<<20), Header: events}}, "error: the answer does not end", 1, 0},
		{"a page of HTML", []standin.Answer{{Raw: "<html>Welcome</html>", Header: html}}, "error: the answer is text/html rather than a stream", 1, 0},
		{"an answer that is no stream", []standin.Answer{{Raw: `{"choices":[{"message":{"content":"Yes."}}]}`, Header: header("Content-Type", "application/json")}}, "error: the answer is application/json rather", 1, 0},
		{"another kind of success", []standin.Answer{{Status: 204, Raw: " "}}, "error: standin answers with 204 rather than 200", 1, 0},
		{"a kind of answer with the key in it", []standin.Answer{{Raw: "Hello", Header: header("Content-Type", "text/"+key)}}, "error: the answer is text/[key] rather", 1, 0},
		{"429, in no known form", []standin.Answer{{Status: 429, Message: "slowly", Header: header("Retry-After", "soon")}, good}, "Yes.", 2, 500 * time.Millisecond},
		{"429, as a date without another", []standin.Answer{{Status: 429, Header: header("Date", "", "Retry-After", "Sat, 01 Jan 2000 00:00:03 GMT")}, good}, "Yes.", 2, 3 * time.Second},
		{"422, as another kind of service writes it", []standin.Answer{{Status: 422, Raw: `{"detail":[{"loc":["body","messages"],"msg":"too few"}]}`}}, `error: refuses with 422: {"detail":[{"loc":["body","messages"],"msg":"too few"}]}`, 2, 0},
		{"half an event", []standin.Answer{{Raw: "data: {\"choices\":[{\"del\n\n", Header: events}}, "error: an event of the answer is no JSON", 1, 0},
		{"an event of another form", []standin.Answer{{Raw: "data: {\"choices\":7}\n\n", Header: events}}, "error: another form", 1, 0},
		{"no choices", []standin.Answer{{Raw: "data: {\"choices\":[]}\n\ndata: [DONE]\n\n", Header: events}}, "error: the answer breaks off", 3, 1500 * time.Millisecond},
		{"an error as an event", []standin.Answer{{Raw: "data: {\"error\":{\"message\":\"no memory " + key + "\"}}\n\n", Header: events}}, "error: breaks off: no memory [key]", 1, 0},
		{"an error as an event that passes", []standin.Answer{{Raw: "data: {\"error\":{\"message\":\"busy\",\"code\":503}}\n\n", Header: events}, good}, "Yes.", 2, 500 * time.Millisecond},
		{"such an error after some text", []standin.Answer{{Raw: "data: {\"choices\":[{\"delta\":{\"content\":\"Y\"}}]}\n\ndata: {\"error\":{\"message\":\"busy\",\"code\":503}}\n\n", Header: events}}, "error: breaks off: busy", 1, 0},
		{"an error after some text", []standin.Answer{{Raw: "data: {\"choices\":[{\"delta\":{\"content\":\"Y\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n", Header: events}}, "error: ", 1, 0},
		{"nothing", []standin.Answer{{}}, "error: the answer has no text", 1, 0},
		{"all spent on thinking", []standin.Answer{{Finish: "length"}}, "error: used up the 200 tokens", 2, 0},
		{"too little room", []standin.Answer{{Pieces: []string{"Yes, b"}, Finish: "length"}}, "Yes, b", 1, 0},
		{"filtered", []standin.Answer{{Pieces: []string{"Yes"}, Finish: "content_filter"}}, "error: filtered", 1, 0},
		{"filtered before", []standin.Answer{{Status: 400, Message: "the prompt was filtered", Code: "content_filter"}}, "error: the prompt was filtered", 1, 0},
		{"declined", []standin.Answer{{Raw: "data: {\"choices\":[{\"delta\":{\"refusal\":\"I cannot\"},\"finish_reason\":\"stop\"}]}\n\n", Header: events}}, "error: declines", 1, 0},
		{"comments between", []standin.Answer{{Raw: strings.Repeat(": wait\n\n", 400) + "data: {\"choices\":[{\"delta\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}]}\n\n", Header: events}}, "Yes.", 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, standin.Config{Script: plays(c.script...)}, func(d *desk) {
				done, took, err := d.complete()
				part, wrong := strings.CutPrefix(c.want, "error: ")
				part, mend := strings.CutPrefix(part, "refused with ")
				switch {
				case !wrong && (err != nil || done.Text != c.want):
					d.Errorf("have %q, %v; want %q", done.Text, err, c.want)
				case wrong && (err == nil || !strings.Contains(err.Error(), part) || done.Text != ""):
					d.Errorf("have %q, %v; want an error with %q", done.Text, err, part)
				case wrong && errors.Is(err, openai.ErrRefused) != mend:
					d.Errorf("%v: have mend %v, want %v", err, !mend, mend)
				}
				if n := len(d.Requests()); n != c.requests {
					d.Errorf("have %d requests, want %d", n, c.requests)
				}
				if took != c.took {
					d.Errorf("have %v, want %v", took, c.took)
				}
			})
		})
	}
}

// A text that does not end is given up long before the memory is full.
func TestATextIsNotMuchLongerThanItsLimit(t *testing.T) {
	endless := standin.Answer{Pieces: []string{strings.Repeat("yes ", 64)}, Then: standin.Endless}
	open(t, standin.Config{Script: plays(endless)}, func(d *desk) {
		for limit, longest := range map[int]int{10: 1<<10 + 160, 1 << 20: 64 << 10, 0: 64 << 10} {
			p, length := ask, 0
			p.Limit = limit
			_, err := d.Complete(d.Context(), p, func(text string) { length = len(text) })
			if err == nil || length > longest || length < longest-300 {
				d.Errorf("limit %d: have %v after %d bytes, want %d", limit, err, length, longest)
			}
		}
	})
}

// wordless ends before the first word.
func wordless(end standin.End) standin.Answer { return standin.Answer{Then: end} }

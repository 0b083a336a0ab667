package openai_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"trilat/bot/openai"
	"trilat/bot/openai/standin"
)

// What a service does not take is found out with the first call, and remembered: the second is one request.
func TestWhatAServiceDoesNotTakeIsFoundOutOnce(t *testing.T) {
	for _, c := range []struct {
		name     string
		model    string
		rejects  []string
		vague    bool
		requests int
		sends    string // besides the model, the messages and that it is to be streamed
		format   string
	}{
		{"nothing", "gpt-x", nil, false, 1, "max_completion_tokens response_format stream_options", "json_schema"},
		{"max_completion_tokens", "gpt-x", []string{"max_completion_tokens"}, false, 2, "max_tokens response_format stream_options", "json_schema"},
		{"no limit at all", "gpt-x", []string{"max_completion_tokens", "max_tokens"}, false, 3, "response_format stream_options", "json_schema"},
		{"schemas", "gpt-x", []string{"json_schema"}, false, 2, "max_completion_tokens response_format stream_options", "json_object"},
		{"schemas and JSON", "gpt-x", []string{"json_schema", "json_object"}, false, 3, "max_completion_tokens stream_options", ""},
		{"response_format", "gpt-x", []string{"response_format"}, false, 3, "max_completion_tokens stream_options", ""},
		{"stream_options", "gpt-x", []string{"stream_options"}, false, 2, "max_completion_tokens response_format", "json_schema"},
		{"all of it", "gpt-x", []string{"max_completion_tokens", "response_format", "stream_options"}, false, 5, "max_tokens", ""},
		{"all of it, unsaid", "gpt-x", []string{"max_completion_tokens", "json_schema", "stream_options"}, true, 2, "max_tokens", ""},
		{"schemas, unsaid", "gpt-x", []string{"json_schema"}, true, 2, "max_tokens", ""},
		{"schemas, unsaid, of a model for which go-openai refuses max_tokens", "gpt-5-mini", []string{"json_schema"}, true, 2, "max_completion_tokens", ""},
		{"max_completion_tokens, of such a model", "o3-mini", []string{"max_completion_tokens"}, false, 2, "response_format stream_options", "json_schema"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := standin.Answer{Pieces: []string{"{}"}, In: 5, Out: 2}
			config := standin.Config{Rejects: c.rejects, Vague: c.vague, Script: plays(answer)}
			openAs(t, config, openai.Config{Model: c.model}, func(d *desk) {
				for call := range 2 {
					done, _, err := d.complete()
					if err != nil || done.Text != "{}" {
						d.Fatalf("have %+v, %v", done, err)
					}
					if want := c.requests + call; len(d.Requests()) != want {
						d.Errorf("call %d: have %d requests, want %d", call+1, len(d.Requests()), want)
					}
					if counted := strings.Contains(c.sends, "stream_options"); counted != (done.In == 5 && done.Out == 2) || done.In == 0 {
						d.Errorf("have %d and %d tokens", done.In, done.Out)
					}
				}
				if n := strings.Count(d.log.String(), "another form"); n != min(c.requests-1, 1) {
					d.Errorf("the log says it %d times", n)
				}
				all := d.Requests()
				last := all[len(all)-1]
				sent := slices.DeleteFunc(slices.Sorted(maps.Keys(last.Params)), func(name string) bool {
					return slices.Contains([]string{"model", "messages", "stream"}, name)
				})
				if have := strings.Join(sent, " "); have != c.sends {
					d.Errorf("have %s, want %s", have, c.sends)
				}
				if have := string(last.Params["response_format"]); c.format != "" && !strings.Contains(have, `"`+c.format+`"`) {
					d.Errorf("have %s, want %s", have, c.format)
				}
			})
		})
	}
}

// One that says "use max_completion_tokens" when asked plainly is asked so, though it did not say before what was wrong.
func TestALimitOfTokensIsKeptWhereItCanBe(t *testing.T) {
	script := func(r standin.Request) standin.Answer {
		switch {
		case r.Params["response_format"] != nil:
			return standin.Answer{Status: 400, Message: "Invalid request."}
		case r.Params["max_tokens"] != nil:
			return standin.Answer{Status: 400, Message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."}
		}
		return standin.Answer{Pieces: []string{"{}"}}
	}
	openAs(t, standin.Config{Script: script}, openai.Config{Model: "openai/gpt-5"}, func(d *desk) {
		if _, _, err := d.complete(); err != nil {
			d.Fatal(err)
		}
		if limit := string(d.Requests()[2].Params["max_completion_tokens"]); len(d.Requests()) != 3 || limit != "200" {
			d.Errorf("have the limit %q after %d requests", limit, len(d.Requests()))
		}
	})
}

// Nothing is remembered of a request that fails in every form.
func TestARefusalTeachesNothing(t *testing.T) {
	script := func(r standin.Request) standin.Answer {
		if r.N <= 2 {
			return standin.Answer{Status: 422, Message: "cannot"}
		}
		return standin.Answer{Pieces: []string{"{}"}}
	}
	open(t, standin.Config{Script: script}, func(d *desk) {
		if _, _, err := d.complete(); err == nil || errors.Is(err, openai.ErrRefused) {
			d.Errorf("have %v", err)
		}
		if _, _, err := d.complete(); err != nil {
			d.Error(err)
		}
		if r := d.Requests()[2]; r.Schema == nil {
			d.Errorf("have %v, want the schema again", r.Params)
		}
	})
}

// Calls at once find out the same, and do not make each other forget it.
func TestManyFindOutAtOnce(t *testing.T) {
	answer := standin.Answer{Pieces: []string{"{}"}}
	config := standin.Config{Rejects: []string{"max_completion_tokens", "json_schema"}, Script: plays(answer)}
	open(t, config, func(d *desk) {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := d.Complete(d.Context(), ask, nil); err != nil {
					d.Error(err)
				}
			})
		}
		all.Wait()
		synctest.Wait()
		before := len(d.Requests())
		if _, _, err := d.complete(); err != nil || len(d.Requests()) != before+1 {
			d.Errorf("have %v after %d requests more, want 1", err, len(d.Requests())-before)
		}
	})
}

// The bodies are those that people have reported, shortened. Each time the next request is without what was named.
func TestRejectionsInTheWordsOfServices(t *testing.T) {
	has := func(name string) func(standin.Request) bool {
		return func(r standin.Request) bool { return r.Params[name] != nil }
	}
	is := func(format string) func(standin.Request) bool {
		return func(r standin.Request) bool {
			return strings.Contains(string(r.Params["response_format"]), `"`+format+`"`)
		}
	}
	system := func(r standin.Request) bool { return r.System != "" }
	for _, c := range []struct {
		status int
		wrong  func(standin.Request) bool
		body   string
	}{
		{400, has("max_completion_tokens"), `{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted', 'input': 8192}]","type":"BadRequestError","param":null,"code":400}`},
		{422, has("max_completion_tokens"), `{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted","input":32000}]},"type":"invalid_request_error","param":null,"code":null}`},
		{422, has("max_completion_tokens"), `{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted","input":8192}]}`},
		{400, has("stream_options"), `{"error":{"message":"Unknown parameter: 'stream_options'.","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}`},
		{400, has("stream_options"), `{"error":{"message":"Unrecognized request argument supplied: stream_options. Please contact us","type":"invalid_request_error","param":"","code":null}}`},
		{400, is("json_schema"), `{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with model version gpt-4o.","type":"invalid_request_error","param":"response_format"}}`},
		{400, has("response_format"), `{"error":"'response_format.type' must be 'json_schema' or 'text'"}`},
		{400, is("json_schema"), `{"error":"'response_format.json_schema.schema' must be an object"}`},
		{400, is("json_schema"), `{"error":{"code":400,"message":"Failed to initialize samplers: failed to parse grammar","type":"invalid_request_error"}}`},
		{400, system, `{"error":{"message":"Unsupported value: 'messages[0].role' does not support 'system' with this model.","type":"invalid_request_error","param":"messages[0].role","code":"unsupported_value"}}`},
		{400, system, `{"object":"error","message":"System role not supported","type":"BadRequestError","param":null,"code":400}`},
	} {
		t.Run(c.body, func(t *testing.T) {
			script := func(r standin.Request) standin.Answer {
				if c.wrong(r) {
					return standin.Answer{Status: c.status, Raw: c.body, Header: header("Content-Type", "application/json")}
				}
				return standin.Answer{Pieces: []string{"{}"}}
			}
			open(t, standin.Config{Script: script}, func(d *desk) {
				if _, _, err := d.complete(); err != nil {
					d.Fatal(err)
				}
				all := d.Requests()
				last := all[len(all)-1]
				if words := last.System + "\n\n" + last.User; strings.TrimSpace(words) != ask.System+"\n\n"+ask.User {
					d.Errorf("have %q", words)
				}
				if kept := last.Params["max_completion_tokens"] != nil || last.Params["max_tokens"] != nil; !kept {
					d.Error("the limit is lost")
				}
				if _, _, err := d.complete(); err != nil || len(d.Requests()) != len(all)+1 || len(all) > 3 {
					d.Errorf("have %v, after %d and then %d requests", err, len(all), len(d.Requests())-len(all))
				}
			})
		})
	}
}

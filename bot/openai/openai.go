// Package openai lets a language model write, through any service that speaks as OpenAI's does: OpenAI, Azure, Ollama,
// vLLM, llama.cpp, LM Studio and others.
//
// A Client hides what such services differ in and what goes wrong with them. It finds out which parameters the service
// takes and remembers it. It repeats what may pass, within the time that the caller has, and leaves a service alone that
// fails again and again or asks to be. It never says the key, nor what was asked, in an error or in the log.
// It knows nothing of what is written, nor of what it is used for.
package openai

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	api "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"

	"trilat/prompts"
)

// Client asks one model of one service. All its methods may be used by several goroutines.
type Client struct {
	model   string
	key     string
	host    string
	service api.ClientConfig
	http    *http.Client
	log     *slog.Logger
	breaker *gobreaker.CircuitBreaker[prompts.Completion]

	mu      sync.Mutex
	without lacks     // what the service was found not to take
	busy    time.Time // the service wants no request before
}

// How often a request is sent at most, how long is waited between, and when a service that fails is left alone.
const (
	maxTries     = 3
	firstPause   = 500 * time.Millisecond
	longestPause = 5 * time.Second
	longestRoom  = time.Minute // for all tries, where the caller sets no deadline
	maxFailures  = 3
	leftAlone    = 30 * time.Second
)

// New makes a client, or reports all that is wrong in the configuration at once. It sends nothing.
func New(c Config) (*Client, error) {
	base, err := c.check()
	if err != nil {
		return nil, err
	}
	client := &Client{model: c.Model, key: c.Key, host: base.Host, service: service(c.Key, base), log: c.Log}
	if client.log == nil {
		client.log = slog.New(slog.DiscardHandler)
	}
	client.http = &http.Client{Transport: c.HTTP, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	client.breaker = gobreaker.NewCircuitBreaker[prompts.Completion](gobreaker.Settings{
		Timeout:     leftAlone,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= maxFailures },
		IsExcluded:  func(err error) bool { return err != nil && !isFailure(err) },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			client.log.Warn("model service", "host", client.host, "was", from.String(), "is", to.String())
		},
	})
	return client, nil
}

// Name is the model's.
func (c *Client) Name() string { return c.model }

// Complete lets the model write. Whenever more of the text has come, grow, if there is one, gets all of it so far; it is
// called one call at a time, and never after Complete has returned. The context should have a deadline: a service that is
// slow, but never silent for long, is not ended otherwise. No text has the key in it.
//
// An error is ErrRefused if a person must mend the configuration; any other may pass by itself. The completion has all
// tokens that were probably used up, also by requests that went wrong, and with an error nothing else. A text that was cut
// off at the prompt's limit is no error.
func (c *Client) Complete(ctx context.Context, p prompts.Prompt, grow func(text string)) (prompts.Completion, error) {
	var last error
	var spent prompts.Completion
	heard := grow
	if grow != nil {
		heard = func(text string) { grow(c.keyless(text)) }
	}
	pause := &backoff.ExponentialBackOff{InitialInterval: firstPause, Multiplier: 2, MaxInterval: longestPause}
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		done, err := c.try(ctx, p, heard)
		last, spent = err, sum(spent, done)
		return struct{}{}, err
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(maxTries), backoff.WithMaxElapsedTime(room(ctx)),
		backoff.WithNotify(func(err error, pause time.Duration) { c.log.Debug("model again", "in", pause, "err", err) }))
	switch {
	case err == nil:
		spent.Text = c.keyless(spent.Text)
		return spent, nil
	case ctx.Err() != nil && !errors.Is(last, context.Cause(ctx)): // while it waited
		return spent, fmt.Errorf("complete with %s: %w: %w", c.model, context.Cause(ctx), last)
	}
	return spent, fmt.Errorf("complete with %s: %w", c.model, last)
}

// keyless is a text without the key, which a service may hand back. What is as short as a word is none that is secret.
func (c *Client) keyless(text string) string {
	if len(c.key) < shortestKey {
		return text
	}
	return strings.ReplaceAll(text, c.key, "[key]")
}

// shortestKey is how long a key is at least that opens anything.
const shortestKey = 12

// sum adds up tokens. The text is that of the last.
func sum(before, last prompts.Completion) prompts.Completion {
	return prompts.Completion{Text: last.Text, In: before.In + last.In, Out: before.Out + last.Out}
}

// room is how long all tries may take together.
func room(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return longestRoom
	}
	return max(time.Until(deadline), 1) // 0 would be without limit
}

// try asks once, if the service is not to be left alone. An error that a repeat cannot mend is marked as permanent.
func (c *Client) try(ctx context.Context, p prompts.Prompt, grow func(string)) (prompts.Completion, error) {
	if pause := c.pause(); pause > 0 {
		return prompts.Completion{}, backoff.Permanent(&fault{said: fmt.Sprintf("%s wants no request for another %v", c.host, pause.Round(time.Second))})
	}
	done, err := c.breaker.Execute(func() (prompts.Completion, error) { return c.adapt(ctx, p, grow) })
	f := (*fault)(nil)
	switch {
	case err == nil:
		return done, nil
	case !errors.As(err, &f): // of the breaker
		return done, backoff.Permanent(&fault{said: fmt.Sprintf("%s has failed %d times in a row and is left alone for a while", c.host, maxFailures)})
	case !f.again, c.breaker.State() == gobreaker.StateOpen:
		return done, backoff.Permanent(f)
	}
	return done, f
}

// pause is for how long the service wants no request.
func (c *Client) pause() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Until(c.busy)
}

// rest notes that the service wants no request for a while.
func (c *Client) rest(pause time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := time.Now().Add(pause); until.After(c.busy) {
		c.busy = until
	}
}

// adapt asks in the form that the service is known to take, and in others as long as it says that it does not take that.
func (c *Client) adapt(ctx context.Context, p prompts.Prompt, grow func(string)) (prompts.Completion, error) {
	known := c.known()
	without, plain := known, false
	var spent prompts.Completion
	for {
		done, f := c.once(ctx, p, without, grow)
		spent = sum(spent, done)
		if without != known && (f == nil || f.status == http.StatusOK) {
			c.remember(without)
		}
		if f == nil {
			return spent, nil
		}
		next, ok := without.after(f)
		if !ok && f.vague && !plain {
			next, ok, plain = c.plainest(p, without), true, true
		}
		if !ok || next == without {
			return spent, f
		}
		without = next
	}
}

// known is what the service was found not to take so far.
func (c *Client) known() lacks {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.without
}

// remember keeps what the service was found not to take.
func (c *Client) remember(without lacks) {
	c.log.Info("model service takes another form of request", "host", c.host, "form", without.String())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.without = without
}

// asks writes a prompt as a request in a form that a service takes.
func (c *Client) asks(p prompts.Prompt, without lacks) api.ChatCompletionRequest {
	r := api.ChatCompletionRequest{Model: c.model}
	switch {
	case p.System == "":
	case without&systemRole == 0:
		r.Messages = []api.ChatCompletionMessage{{Role: api.ChatMessageRoleSystem, Content: p.System}}
	default:
		p.User = p.System + "\n\n" + p.User
	}
	r.Messages = append(r.Messages, api.ChatCompletionMessage{Role: api.ChatMessageRoleUser, Content: p.User})
	switch {
	case without&completionTokens == 0:
		r.MaxCompletionTokens = p.Limit
	case without&maxTokens == 0:
		//lint:ignore SA1019 older services know no other
		r.MaxTokens = p.Limit
	}
	switch {
	case p.Schema == nil:
	case without&jsonSchema == 0:
		r.ResponseFormat = &api.ChatCompletionResponseFormat{Type: api.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &api.ChatCompletionResponseFormatJSONSchema{Name: p.Name, Schema: p.Schema, Strict: true}}
	case without&jsonObject == 0:
		r.ResponseFormat = &api.ChatCompletionResponseFormat{Type: api.ChatCompletionResponseFormatTypeJSONObject}
	}
	if without&freeThought != 0 {
		r.ReasoningEffort = api.ReasoningEffortLow
	}
	if without&streamOptions == 0 {
		r.StreamOptions = &api.StreamOptions{IncludeUsage: true}
	}
	return r
}

// estimate fills in the tokens that the service did not tell.
func estimate(done prompts.Completion, p prompts.Prompt, text string) prompts.Completion {
	if done.In == 0 && done.Out == 0 {
		done.In, done.Out = prompts.Tokens(p.System+p.User), prompts.Tokens(text)
	}
	return done
}

package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	api "github.com/sashabaranov/go-openai"

	"trilat/prompts"
)

// How long nothing may come, how long that is to be held against a service for which the caller has no time left, how long
// is waited for the count of tokens when the text is whole, and how long the text may be, as bytes.
const (
	longestSilence = 15 * time.Second
	slowSilence    = 5 * time.Second
	lastSilence    = time.Second
	maxText        = 64 << 10
)

var (
	errSilence  = fmt.Errorf("nothing has come for %v", longestSilence)
	errEnd      = errors.New("the answer ends too early")
	errEndless  = errors.New("the answer does not end")
	errNothing  = errors.New("the answer has no text")
	errFiltered = errors.New("the service has filtered the answer")
	errDeclined = errors.New("the model declines to answer")
)

// once sends one request and reads the answer to its end.
func (c *Client) once(ctx context.Context, p prompts.Prompt, without lacks, grow func(string)) (prompts.Completion, *fault) {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	alarm := time.AfterFunc(longestSilence, func() { cancel(errSilence) })
	defer alarm.Stop()
	a := answer{limit: longestText(p), grow: grow}
	e := ears{http: c.http, last: time.Now()}
	e.heard = func() {
		e.last = time.Now()
		alarm.Reset(a.patience())
	}
	err := a.read(inner, c.service, &e, c.asks(p, without))
	done := prompts.Completion{In: a.in, Out: a.out}
	if e.status == http.StatusOK {
		done = estimate(done, p, a.text.String())
	}
	if err == nil {
		done.Text = a.text.String()
		return done, nil
	}
	if cause := context.Cause(inner); cause != nil {
		err = cause
	}
	return done, c.fault(ctx, p, &e, &a, err)
}

// longestText is far more than a model can write within its limit.
func longestText(p prompts.Prompt) int {
	if p.Limit <= 0 {
		return maxText
	}
	return min(maxText, 1<<10+p.Limit*16)
}

// answer is what has come of a stream.
type answer struct {
	limit    int
	grow     func(string)
	text     strings.Builder
	reason   api.FinishReason // "" until the model has stopped
	declined bool
	in, out  int
}

// patience is for how long nothing may come from now on.
func (a *answer) patience() time.Duration {
	if a.reason != "" {
		return lastSilence
	}
	return longestSilence
}

// read sends a request and reads what comes back.
func (a *answer) read(ctx context.Context, service api.ClientConfig, e *ears, r api.ChatCompletionRequest) error {
	service.HTTPClient = e
	stream, err := api.NewClientWithConfig(service).CreateChatCompletionStream(ctx, r)
	if err != nil {
		return err
	}
	defer stream.Close()
	for {
		chunk, err := stream.Recv()
		switch {
		case err != nil && a.reason != "": // all that matters is there
			if errors.Is(err, io.EOF) {
				e.drain()
			}
			return a.verdict()
		case errors.Is(err, io.EOF):
			return errEnd
		case err != nil:
			return err
		}
		if err := a.take(chunk); err != nil {
			return err
		}
		if a.reason != "" {
			e.heard() // and less patience from now on
		}
	}
}

// take adds an event to the answer.
func (a *answer) take(chunk api.ChatCompletionStreamResponse) error {
	if chunk.Usage != nil {
		a.in, a.out = chunk.Usage.PromptTokens, chunk.Usage.CompletionTokens
	}
	if len(chunk.Choices) == 0 {
		return nil
	}
	choice := chunk.Choices[0]
	a.declined = a.declined || choice.Delta.Refusal != ""
	if a.text.Len()+len(choice.Delta.Content) > a.limit {
		return errEndless
	}
	if choice.Delta.Content != "" {
		a.text.WriteString(choice.Delta.Content)
		if a.grow != nil {
			a.grow(a.text.String())
		}
	}
	if choice.FinishReason != "" && choice.FinishReason != api.FinishReasonNull {
		a.reason = choice.FinishReason
	}
	return nil
}

// verdict says whether a whole answer is of use.
func (a *answer) verdict() error {
	switch {
	case a.reason == api.FinishReasonContentFilter:
		return errFiltered
	case a.reason == "error":
		return errEnd
	case a.declined:
		return errDeclined
	case strings.TrimSpace(a.text.String()) == "":
		return errNothing
	}
	return nil
}

package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/cenkalti/backoff/v5"
	api "github.com/sashabaranov/go-openai"

	"trilat/prompts"
)

// ErrRefused is of a service that will not answer before a person has mended the configuration: the key, the model's
// name, the address, or the account.
var ErrRefused = errors.New("refused until the configuration is mended")

// fault is why there is no answer.
type fault struct {
	said    string // in words, with neither the key nor the prompt in them
	cause   error  // what it can be told by, or nil
	status  int    // of the answer, 0 if there was none
	failing bool   // the service is at fault
	again   bool   // a repeat may help
	after   time.Duration

	words string // those of a rejection, in small letters, as they came: never to be shown
	form  bool   // the form of the request may be what was rejected
	vague bool   // and it does not say so
	spent bool   // the model had no token left to write with
}

func (f *fault) Error() string { return f.said }

// Unwrap tells what a fault can be told by, and backoff how long to wait.
func (f *fault) Unwrap() []error {
	var all []error
	if f.cause != nil {
		all = append(all, f.cause)
	}
	if f.after > 0 {
		all = append(all, &backoff.RetryAfterError{Duration: f.after})
	}
	return all
}

func isFailure(err error) bool {
	f := (*fault)(nil)
	return !errors.As(err, &f) || f.failing
}

// fault makes out what went wrong.
func (c *Client) fault(ctx context.Context, p prompts.Prompt, e *ears, a *answer, err error) *fault {
	begun := a.text.Len() > 0
	switch stated := (*api.APIError)(nil); {
	case ctx.Err() != nil:
		slow := errors.Is(ctx.Err(), context.DeadlineExceeded) && time.Since(e.last) >= slowSilence
		return &fault{said: fmt.Sprintf("%s has not answered in time: %v", c.host, context.Cause(ctx)), cause: context.Cause(ctx), failing: slow}
	case errors.Is(err, errStatus):
		return c.refused(p, e)
	case errors.Is(err, errSilence):
		return &fault{said: c.host + ": " + err.Error(), cause: err, status: e.status, failing: true}
	case errors.Is(err, errFiltered), errors.Is(err, errDeclined), errors.Is(err, errNothing):
		f := &fault{said: c.host + ": " + err.Error(), cause: err, status: e.status}
		if f.spent = a.reason == api.FinishReasonLength; f.spent {
			f.said += fmt.Sprintf(", as the model has used up the %d tokens that it may write", p.Limit)
		}
		return f
	case errors.As(err, &stated): // an error in place of an event
		return &fault{said: c.host + " breaks off: " + c.quote(p, stated.Message), failing: true, status: e.status, again: !begun && passing(stated)}
	case e.status == http.StatusOK:
		if garbage := e.garbage(err); garbage != "" {
			return &fault{said: c.host + ": " + c.quote(p, garbage), status: e.status, failing: true}
		}
		return &fault{said: c.host + ": the answer breaks off", cause: err, status: e.status, failing: true, again: !begun}
	case errors.Is(err, api.ErrReasoningModelMaxTokensDeprecated): // of go-openai, which has sent nothing
		return &fault{said: "go-openai refuses max_tokens for " + c.model, words: "max_tokens", form: true, cause: ErrRefused}
	case e.sent:
		if named := (*url.Error)(nil); errors.As(err, &named) {
			err = named.Err // it is named already
		}
		return &fault{said: "the connection to " + c.host + " fails: " + c.quote(p, err.Error()), cause: err, failing: true, again: true}
	}
	return &fault{said: "go-openai refuses the request: " + c.quote(p, err.Error()), cause: ErrRefused}
}

// passing reports whether an error in the stream is one of those that pass.
func passing(e *api.APIError) bool {
	code, _ := e.Code.(int)
	return code == http.StatusTooManyRequests || code >= 500
}

// garbage says what makes no sense in an answer, "" if it only breaks off.
func (e *ears) garbage(err error) string {
	kind, _, _ := strings.Cut(e.header.Get("Content-Type"), ";")
	syntax, form := (*json.SyntaxError)(nil), (*json.UnmarshalTypeError)(nil)
	switch {
	case kind != "" && kind != "text/event-stream":
		return "the answer is " + kind + " rather than a stream of events"
	case errors.As(err, &syntax):
		return "an event of the answer is no JSON"
	case errors.As(err, &form):
		return "an event of the answer has another form than OpenAI's"
	case errors.Is(err, errEndless):
		return err.Error()
	}
	return ""
}

// tooLong finds the prompt that is longer than the model can read, of which services speak as of a parameter.
var tooLong = regexp.MustCompile(`context.{0,12}(length|window|size)|too long`)

// refused makes out an answer that is not 200.
func (c *Client) refused(p prompts.Prompt, e *ears) *fault {
	message, words := readRefusal(e.refusal)
	f := &fault{said: fmt.Sprintf("%s refuses with %d: %s", c.host, e.status, c.quote(p, message)), status: e.status, words: words}
	switch s := e.status; {
	case s < 300:
		f.said, f.failing = fmt.Sprintf("%s answers with %d rather than 200", c.host, s), true
	case s < 400:
		f.said, f.cause = fmt.Sprintf("%s refuses with %d: it leads to %s", c.host, s, c.quote(p, e.header.Get("Location"))), ErrRefused
	case s == http.StatusTooManyRequests && strings.Contains(words, "insufficient_quota"):
		f.cause = ErrRefused
	case s == http.StatusTooManyRequests:
		f.again, f.after = true, e.after()
		c.rest(f.after)
	case s >= 500, s == http.StatusRequestTimeout:
		f.again, f.failing, f.after = true, true, e.after()
	case tooLong.MatchString(words), strings.Contains(words, "content_filter"):
	case s == http.StatusBadRequest, s == http.StatusUnprocessableEntity:
		f.form, f.vague = true, true
	case s == http.StatusNotFound:
		f.form, f.cause = true, ErrRefused
	case s == http.StatusUnauthorized, s == http.StatusPaymentRequired, s == http.StatusForbidden, s == http.StatusMethodNotAllowed, s == http.StatusGone:
		f.cause = ErrRefused
	}
	return f
}

// readRefusal finds the message in the body of a refusal, as the various services write it, and all words that may name
// a parameter, in small letters.
func readRefusal(body []byte) (message, words string) {
	text := strings.TrimSpace(string(body))
	words = strings.ToLower(text)
	var all map[string]any
	if json.Unmarshal(body, &all) != nil {
		if strings.HasPrefix(text, "<") {
			return "a page of HTML", ""
		}
		return text, words
	}
	for _, name := range []string{"error", "message", "detail"} {
		switch value := all[name].(type) {
		case string:
			return value, words
		case map[string]any:
			if said, ok := value["message"].(string); ok {
				return said, words
			}
		}
	}
	return text, words
}

// How much of a service's words is repeated, and how long the words of a prompt must be to be left out of them.
const (
	maxQuote = 300
	maxEcho  = 12
)

// quote repeats a service's words without the key and without what was asked, in one line.
func (c *Client) quote(p prompts.Prompt, words string) string {
	words = strings.ToValidUTF8(words, "")
	words = strings.Join(strings.FieldsFunc(words, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if c.key != "" {
		words = strings.ReplaceAll(words, c.key, "[key]")
	}
	if len(words) > maxQuote {
		words = strings.ToValidUTF8(words[:maxQuote], "") + "…"
	}
	words = withoutEcho(words, p.System+"\n"+p.User)
	if words == "" {
		return "it does not say why"
	}
	return words
}

// withoutEcho leaves out of some words whatever they share with a prompt.
func withoutEcho(words, prompt string) string {
	prompt = strings.Join(strings.Fields(prompt), " ")
	var left strings.Builder
	for words != "" {
		n := 0
		for n < len(words) && strings.Contains(prompt, words[:n+1]) {
			n++
		}
		switch {
		case n >= maxEcho:
			left.WriteString("[…]")
		default:
			n = 1
			left.WriteString(words[:1])
		}
		words = words[n:]
	}
	return strings.ToValidUTF8(left.String(), "")
}

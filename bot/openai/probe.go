package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"trilat/prompts"
)

// probe is about the smallest prompt with a schema. Models that think before they write may well use it up.
var probe = prompts.Prompt{
	Name:   "probe",
	System: "Answer with a JSON object.",
	User:   `Write {"ok": true} as JSON.`,
	Schema: json.RawMessage(`{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"],"additionalProperties":false}`),
	Limit:  1000,
}

// Probe asks the model for next to nothing, whatever was found out before, and says what came of it. If that is not well,
// fix is what a person can do about it, in a sentence; otherwise it is "".
func (c *Client) Probe(ctx context.Context) (said, fix string) {
	done, err := c.adapt(ctx, probe, nil)
	if err == nil && !strings.Contains(done.Text, "{") {
		return fmt.Sprintf("%s at %s answers, but not in the form that it is asked for", c.model, c.host), "set OPENAI_MODEL to a model that can write JSON"
	}
	if err == nil || errors.Is(err, errNothing) {
		return fmt.Sprintf("%s at %s answers; %s", c.model, c.host, c.known()), ""
	}
	return fmt.Sprintf("%s does not answer: %v", c.model, err), c.fix(err)
}

// fix is what a person can do about a fault.
func (c *Client) fix(err error) string {
	f, unknown := (*fault)(nil), (*net.DNSError)(nil)
	if !errors.As(err, &f) {
		return "see what it says" // unreachable: all errors of a request are faults
	}
	switch s := f.status; {
	case s == http.StatusUnauthorized && c.key == "":
		return fmt.Sprintf("set OPENAI_API_KEY: %s asks for a key", c.host)
	case s == http.StatusUnauthorized:
		return fmt.Sprintf("set OPENAI_API_KEY to a key that %s takes", c.host)
	case s == http.StatusForbidden:
		return fmt.Sprintf("give the key in OPENAI_API_KEY the right to use %s, or set OPENAI_MODEL to a model that it may use", c.model)
	case s == http.StatusPaymentRequired, s == http.StatusTooManyRequests && errors.Is(f, ErrRefused):
		return fmt.Sprintf("the account at %s has nothing left: add to it, or raise its limit", c.host)
	case s == http.StatusNotFound, s == http.StatusMethodNotAllowed, s == http.StatusGone:
		return fmt.Sprintf("set OPENAI_MODEL to a model that %s has, and see that OPENAI_BASE_URL is right: it mostly ends in /v1", c.host)
	case s >= 300 && s < 400:
		return "set OPENAI_BASE_URL to where the service leads"
	case s == http.StatusTooManyRequests:
		return "too much was asked of the service: wait and try again"
	case s >= 500:
		return fmt.Sprintf("the fault is with %s: try again later", c.host)
	case errors.Is(f, syscall.ECONNREFUSED):
		return fmt.Sprintf("start the service, or set OPENAI_BASE_URL to where it runs: is Ollama, or what you use, running at %s?", c.host)
	case errors.As(f, &unknown):
		return fmt.Sprintf("see that this computer reaches %s, and that OPENAI_BASE_URL is written right if it is set", c.host)
	case strings.Contains(f.Error(), "HTTP response to HTTPS client"):
		return fmt.Sprintf("write http:// in OPENAI_BASE_URL: %s does not speak https", c.host)
	case errors.Is(f, errSilence), errors.Is(f, context.DeadlineExceeded):
		return fmt.Sprintf("%s takes too long: see whether it is overloaded or still loads the model, and try again", c.host)
	case s == http.StatusOK:
		return fmt.Sprintf("see that OPENAI_BASE_URL leads to a service that speaks as OpenAI's does: it mostly ends in /v1, and %s may lack that", c.host)
	}
	return "see what the service says, or set OPENAI_MODEL to another model"
}

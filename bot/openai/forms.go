package openai

import (
	"regexp"
	"strings"

	api "github.com/sashabaranov/go-openai"

	"trilat/prompts"
)

// lacks are the parts of a request that a service does not take.
type lacks uint8

const (
	completionTokens lacks = 1 << iota // max_completion_tokens, in place of which max_tokens is sent
	maxTokens                          // and max_tokens, in place of which nothing is
	jsonSchema                         // a response_format with a schema, in place of which any JSON is asked for
	jsonObject                         // and that, in place of which nothing is
	streamOptions                      // the wish to be told how many tokens were used
	systemRole                         // a message of its own for the system, in place of which the user's begins with it
	freeThought                        // as much thought as it likes, in place of which little is asked for
)

// named finds in the words of a rejection what is meant.
var named = map[lacks]*regexp.Regexp{
	completionTokens: regexp.MustCompile(`max_completion_tokens`),
	maxTokens:        regexp.MustCompile(`max_tokens`),
	jsonSchema:       regexp.MustCompile(`response_?format|json_?object|json.mode|structured.output|grammar|schema`),
	streamOptions:    regexp.MustCompile(`stream_options|include_usage`),
	systemRole:       regexp.MustCompile(`system role|role.{0,40}'system'`),
}

// after is what to leave out besides when a service has rejected what was sent, or the model has thought until no token
// was left to write with. It reports whether the fault says so.
func (l lacks) after(f *fault) (lacks, bool) {
	if f.spent {
		return l | freeThought, true
	}
	if !f.form {
		return l, false
	}
	names := func(part lacks) bool { return named[part].MatchString(f.words) }
	switch {
	case l&completionTokens == 0 && names(completionTokens):
		return l | completionTokens, true
	case l&completionTokens != 0 && l&maxTokens == 0 && names(maxTokens):
		if names(completionTokens) { // "use that instead": it was only taken to be unknown
			l &^= completionTokens
		}
		return l | maxTokens, true
	case l&streamOptions == 0 && names(streamOptions):
		return l | streamOptions, true
	case l&systemRole == 0 && names(systemRole):
		return l | systemRole, true
	case l&jsonSchema == 0 && names(jsonSchema):
		return l | jsonSchema, true
	case l&jsonObject == 0 && names(jsonSchema):
		return l | jsonObject, true
	}
	return l, false
}

// plainest is the form for a service that rejects without saying why: with what even the oldest take.
func (c *Client) plainest(p prompts.Prompt, l lacks) lacks {
	plain := l | completionTokens | jsonSchema | jsonObject | streamOptions
	if api.NewReasoningValidator().Validate(c.asks(p, plain)) != nil { // go-openai knows that the model does not take max_tokens
		plain = plain&^completionTokens | l&completionTokens
	}
	return plain
}

// String says what is sent, for people.
func (l lacks) String() string {
	parts := []string{"structured output", "max_completion_tokens"}
	switch {
	case l&jsonSchema != 0 && l&jsonObject != 0:
		parts[0] = "no structured output"
	case l&jsonSchema != 0:
		parts[0] = "JSON without a schema"
	}
	switch {
	case l&completionTokens != 0 && l&maxTokens != 0:
		parts[1] = "no limit of tokens"
	case l&completionTokens != 0:
		parts[1] = "max_tokens"
	}
	if l&freeThought != 0 {
		parts = append(parts, "little thought")
	}
	if l&streamOptions != 0 {
		parts = append(parts, "tokens estimated")
	}
	return strings.Join(parts, ", ")
}

package standin

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// refusal is an error as OpenAI writes it.
type refusal struct {
	Status  int    `json:"-"`
	Message string `json:"message"`
	Type    string `json:"type"`
	Param   string `json:"param,omitempty"`
	Code    string `json:"code,omitempty"`
}

// known are the parameters that the service has heard of.
var known = []string{"model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "response_format", "reasoning_effort"}

// read makes out what is asked, and says what is wrong with it.
func (s *Server) read(r *http.Request, body []byte) (Request, *refusal) {
	q := Request{Header: r.Header.Clone(), Body: string(body)}
	if key := s.config.Key; key != "" && r.Header.Get("Authorization") != "Bearer "+key {
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		return q, &refusal{http.StatusUnauthorized, "Incorrect API key provided: " + given + ".", "invalid_request_error", "", "invalid_api_key"}
	}
	if r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions" {
		return q, &refusal{http.StatusNotFound, "Invalid URL (" + r.Method + " " + r.URL.Path + ")", "invalid_request_error", "", ""}
	}
	var asked struct {
		Model    string `json:"model"`
		Messages []struct{ Role, Content string }
		Stream   bool           `json:"stream"`
		Format   responseFormat `json:"response_format"`
	}
	if json.Unmarshal(body, &asked) != nil || json.Unmarshal(body, &q.Params) != nil {
		return q, bad("", "We could not parse the JSON body of your request.")
	}
	q.Model, q.Schema = asked.Model, asked.Format.JSONSchema.Schema
	for _, m := range asked.Messages {
		switch m.Role {
		case "system":
			q.System += m.Content + "\n"
		case "user":
			q.User += m.Content + "\n"
		default:
			return q, bad("messages", "Invalid value: '"+m.Role+"'.")
		}
	}
	q.System, q.User = strings.TrimSuffix(q.System, "\n"), strings.TrimSuffix(q.User, "\n")
	if wrong := s.rejected(q, asked.Format.Type); wrong != nil {
		if s.config.Vague {
			return q, bad("", "Bad request.")
		}
		return q, wrong
	}
	if !asked.Stream {
		return q, bad("stream", "This service only streams.")
	}
	return q, asked.Format.wrong(q)
}

func bad(param, message string) *refusal {
	return &refusal{http.StatusBadRequest, message, "invalid_request_error", param, ""}
}

// rejected finds a parameter that the service does not take.
func (s *Server) rejected(q Request, format string) *refusal {
	for _, name := range slices.Sorted(maps.Keys(q.Params)) {
		switch {
		case !slices.Contains(known, name):
			return bad("", "Unrecognized request argument supplied: "+name)
		case slices.Contains(s.config.Rejects, name):
			wrong := bad(name, fmt.Sprintf("Unsupported parameter: '%s' is not supported with this model.", name))
			wrong.Code = "unsupported_parameter"
			return wrong
		}
	}
	if slices.Contains(s.config.Rejects, format) {
		return bad("response_format", fmt.Sprintf("Invalid parameter: 'response_format' of type '%s' is not supported with this model.", format))
	}
	if q.Params["max_tokens"] != nil && q.Params["max_completion_tokens"] != nil {
		return bad("max_tokens", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
	}
	return nil
}

type responseFormat struct {
	Type       string `json:"type"`
	JSONSchema struct {
		Name   string          `json:"name"`
		Strict bool            `json:"strict"`
		Schema json.RawMessage `json:"schema"`
	} `json:"json_schema"`
}

func (f responseFormat) wrong(q Request) *refusal {
	switch f.Type {
	case "json_object":
		if !strings.Contains(strings.ToLower(q.System+q.User), "json") {
			return bad("messages", "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.")
		}
	case "json_schema":
		if f.JSONSchema.Name == "" {
			return bad("response_format.json_schema.name", "Missing required parameter: 'response_format.json_schema.name'.")
		}
		if err := strict(f.JSONSchema.Schema); err != nil && f.JSONSchema.Strict {
			return bad("response_format", fmt.Sprintf("Invalid schema for response_format '%s': %v.", f.JSONSchema.Name, err))
		}
	}
	return nil
}

// strict checks what OpenAI asks of a schema that a model must keep to: every object names all its properties as required,
// and allows no others.
func strict(schema json.RawMessage) error {
	var s struct {
		Type       any                        `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
		Required   []string                   `json:"required"`
		Additional *bool                      `json:"additionalProperties"`
		Items      json.RawMessage            `json:"items"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return err
	}
	if s.Type == "object" && (s.Additional == nil || *s.Additional) {
		return fmt.Errorf("'additionalProperties' is required to be supplied and to be false")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if !slices.Contains(s.Required, name) {
			return fmt.Errorf("'required' must include every key in properties. Missing '%s'", name)
		}
		if err := strict(s.Properties[name]); err != nil {
			return err
		}
	}
	if s.Items != nil {
		return strict(s.Items)
	}
	return nil
}

package openapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// exception is one place where the file contradicts what Discord documents or does. Each has a test that fails as soon as
// the file agrees, so that none outlives its reason.
type exception struct {
	about string
	why   string
	edits []edit
}

// edit changes one value of the file.
type edit struct {
	at      string // under /components/schemas
	becomes string // JSON, or
	without string // the name that a list loses
}

// exceptions is the whole list. That clients write null for an empty list is none: the file allows it wherever they do.
func exceptions() []exception {
	permissions := `{"anyOf": [{"type": ["integer", "null"], "minimum": 0}, {"type": "string", "pattern": "^[0-9]+$"}]}`
	return []exception{
		{
			about: "default_member_permissions of a command",
			why: "The file wants a number. The documentation says it is a string, as all sets of permissions are, the API " +
				"accepts it, and its own answers have a string.",
			edits: []edit{
				{at: "ApplicationCommandCreateRequest/properties/default_member_permissions", becomes: permissions},
				{at: "ApplicationCommandUpdateRequest/properties/default_member_permissions", becomes: permissions},
				{at: "ApplicationCommandPatchRequestPartial/properties/default_member_permissions", becomes: permissions},
			},
		},
		{
			about: "codes in the tree of errors of a bad form",
			why:   "The file wants numbers. The documentation shows names such as BASE_TYPE_MAX_LENGTH, and so do answers.",
			edits: []edit{{at: "InnerErrors/properties/_errors/items", becomes: `{
				"type": "object", "required": ["code", "message"],
				"properties": {"code": {"type": "string"}, "message": {"type": "string"}}}`}},
		},
		{
			about: "code of an answer that says to wait",
			why:   "The file wants one in every 429. The documentation says it is optional, and answers mostly have none.",
			edits: []edit{{at: "RatelimitedResponse/allOf", becomes: `[{
				"type": "object", "required": ["message", "retry_after", "global"],
				"properties": {"code": {"type": "integer"}, "message": {"type": "string"},
					"retry_after": {"type": "number"}, "global": {"type": "boolean"}}}]`}},
		},
		{
			about: "length of a message's content",
			why: "The file allows 4000 characters, which people with a subscription have. The documentation says 2000, and " +
				"that is what a bot has.",
			edits: []edit{
				{at: "MessageCreateRequest/properties/content/maxLength", becomes: `2000`},
				{at: "MessageEditRequestPartial/properties/content/maxLength", becomes: `2000`},
				{at: "BaseCreateMessageCreateRequest/properties/content/maxLength", becomes: `2000`},
			},
		},
		{
			about: "flags_new and eligible_oauth2_scopes of /applications/@me",
			why:   "The file demands them. The documentation does not know them, and no client reads them.",
			edits: []edit{
				{at: "PrivateApplicationResponse/required", without: "flags_new"},
				{at: "PrivateApplicationResponse/required", without: "eligible_oauth2_scopes"},
			},
		},
	}
}

// apply makes the edit in the schemas of the file.
func (e edit) apply(schemas map[string]any) error {
	steps := strings.Split(e.at, "/")
	parent, last := schemas, len(steps)-1
	for _, step := range steps[:last] {
		parent, _ = parent[step].(map[string]any)
	}
	old, ok := parent[steps[last]]
	if !ok {
		return fmt.Errorf("an exception wants to change %s, which is not there", e.at)
	}
	if e.without != "" {
		list, _ := old.([]any)
		parent[steps[last]] = slices.DeleteFunc(list, func(v any) bool { return v == e.without })
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(e.becomes))
	if err != nil {
		return fmt.Errorf("the exception for %s: %w", e.at, err) // unreachable: they are written above
	}
	parent[steps[last]] = value
	return nil
}

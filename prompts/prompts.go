// Package prompts is the words sent to a language model, and how what it writes back is read.
//
// Each use of a model has a file of its own, NAME.tmpl, with a part for the system and one for the user. What people or
// files wrote goes into a prompt as data between marks that it cannot itself contain. Nothing else about people goes in:
// no names, ids or channels.
package prompts

import "encoding/json"

// Prompt is what a model is asked to write.
type Prompt struct {
	// Name is that of the template: "answer".
	Name string
	// System says what to do and how, User holds what to do it with.
	System, User string
	// Schema is the JSON schema of the object that is to be written; nil for plain text. A model may not keep to it.
	Schema json.RawMessage
	// Limit is how many tokens the model may write at most.
	Limit int
}

// Completion is what a model wrote.
type Completion struct {
	Text string
	// In and Out are the tokens that were read and written, as the service counted them, or as estimated when it did not.
	In, Out int
}

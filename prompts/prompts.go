// Package prompts is the words sent to a language model, and how what it writes back is read.
//
// Each use of a model has a file of its own, NAME.tmpl: what the model is to do. What it is to do it with goes beside it as
// one JSON object, so that nothing that people or files wrote can pass for an instruction's end or begin another. Nothing
// about people is in it: no names, ids or channels.
//
// A model writes claims, each with the words that it rests on; [Claims] reads them from whatever came back, however odd.
// Whether they hold is not decided here.
package prompts

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"trilat/knowledge"
)

// Prompt is what a model is asked to write.
type Prompt struct {
	// Name is that of its file, without the ending: "answer".
	Name string
	// System says what to do and how, User is what to do it with.
	System, User string
	// Schema is the JSON schema of the object that is to be written. A model may not keep to it.
	Schema json.RawMessage
	// Limit is how many tokens the model may write at most, those that it only thinks included.
	Limit int
}

// Completion is what a model wrote.
type Completion struct {
	Text string
	// In and Out are the tokens that were read and written, as the service counted them, or as estimated when it did not.
	In, Out int
}

// Tokens is about how many tokens a text has, rather too many: a service says exactly how many there were.
func Tokens(text string) int { return len(text)/3 + 1 }

// Version is a short hash of all that a prompt says besides its data: another one asks otherwise.
func (p Prompt) Version() string {
	sum := sha256.Sum256([]byte(p.System + "\x00" + string(p.Schema)))
	return hex.EncodeToString(sum[:4])
}

// Repeats reports whether a text has several words in a row from what the prompt says besides its data.
func (p Prompt) Repeats(text string) bool {
	said, words := " "+strings.Join(plain(p.System), " ")+" ", plain(text)
	for i := 0; i+repeated <= len(words); i++ {
		if strings.Contains(said, " "+strings.Join(words[i:i+repeated], " ")+" ") {
			return true
		}
	}
	return false
}

// plain are the words of a text in small letters.
func plain(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

// repeated is how many words in a row are no chance.
const repeated = 6

//go:embed *.tmpl
var files embed.FS

// claimsSchema and textsSchema are the objects that models are asked for.
const (
	claimsSchema = `{"type":"object","properties":{"claims":{"type":"array","items":{"type":"object","properties":{"passage":{"type":"integer"},"quote":{"type":"string"},"text":{"type":"string"}},"required":["passage","quote","text"],"additionalProperties":false}}},"required":["claims"],"additionalProperties":false}`
	textsSchema  = `{"type":"object","properties":{"texts":{"type":"array","items":{"type":"string"}}},"required":["texts"],"additionalProperties":false}`
)

// prompt is the prompt of a file with its data.
func prompt(name, schema string, limit int, data any) Prompt {
	system, err := files.ReadFile(name + ".tmpl")
	if err != nil {
		panic(err) // unreachable: the names stand in this file
	}
	var user bytes.Buffer
	enc := json.NewEncoder(&user)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(data); err != nil {
		panic(err) // unreachable: the data are texts and numbers
	}
	return Prompt{name, strings.TrimSpace(string(system)), strings.TrimSpace(user.String()), json.RawMessage(schema), limit}
}

// passage is a passage as a model sees it.
type passage struct {
	Number  int    `json:"number"`
	Heading string `json:"heading"`
	// Speaker says it; the text reports no fact then, but what they say.
	Speaker string `json:"speaker,omitempty"`
	Text    string `json:"text"`
}

func numbered(passages []*knowledge.Passage) []passage {
	var all []passage
	for i, p := range passages {
		speaker := p.Party
		if speaker != "" && p.Said != "" {
			speaker = fmt.Sprintf("%s, %s", p.Party, p.Said.Words())
		}
		all = append(all, passage{i + 1, p.Title(), speaker, p.Text()})
	}
	return all
}

// Answer asks for an answer to a question, in claims that rest on passages. before is what was asked before it, "" for
// nothing.
func Answer(question, before string, passages []*knowledge.Passage) Prompt {
	return prompt("answer", claimsSchema, 1500, struct {
		Question string    `json:"question"`
		Before   string    `json:"before,omitempty"`
		Passages []passage `json:"passages"`
	}{question, before, numbered(passages)})
}

// Brief asks for the gist of a topic, in claims that rest on its passages.
func Brief(topic string, passages []*knowledge.Passage) Prompt {
	return prompt("brief", claimsSchema, 2000, struct {
		Topic    string    `json:"topic"`
		Passages []passage `json:"passages"`
	}{topic, numbered(passages)})
}

// Digest asks for the opening lines of a day's digest, in claims that rest on the passages it tells of.
func Digest(passages []*knowledge.Passage) Prompt {
	return prompt("digest", claimsSchema, 1000, struct {
		Passages []passage `json:"passages"`
	}{numbered(passages)})
}

// Rewrite asks for a question as it would be asked in a language, by somebody who has not heard what was said before it, and
// for the code of the language that it was asked in. before may be empty.
func Rewrite(question, before, lang string) Prompt {
	return prompt("rewrite", textsSchema, 600, struct {
		Question string `json:"question"`
		Before   string `json:"before,omitempty"`
		Language string `json:"language"`
	}{question, before, lang})
}

// Translate asks for texts in a language, each by itself.
func Translate(texts []string, lang string) Prompt {
	return prompt("translate", textsSchema, 3000, struct {
		Language string   `json:"language"`
		Texts    []string `json:"texts"`
	}{lang, texts})
}

package prompts

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Claim is a statement that a model wrote, with the number of the passage and the words that it says it rests on.
type Claim struct {
	Text    string
	Passage int // from 1; 0 for none
	Quote   string
}

// maxRead is how many claims or texts are read at most; a model that writes more has lost its way.
const maxRead = 12

// Claims are the claims in what a model wrote, or has written so far: every whole object with a text and a quote, wherever it
// stands.
func Claims(written string) (all []Claim) {
	objects(written, func(object []byte) bool {
		var c struct {
			Text, Quote *string
			Passage     json.RawMessage
		}
		if json.Unmarshal(object, &c) == nil && c.Text != nil && c.Quote != nil {
			all = append(all, Claim{strings.TrimSpace(*c.Text), number(c.Passage), *c.Quote})
		}
		return len(all) < maxRead
	})
	return all
}

// Texts are the texts in what a model wrote; nil when it wrote no such object.
func Texts(written string) (all []string) {
	objects(written, func(object []byte) bool {
		var t struct{ Texts []string }
		if json.Unmarshal(object, &t) == nil && t.Texts != nil && len(t.Texts) <= maxTexts {
			all = t.Texts
		}
		return all == nil
	})
	return all
}

// Readable reports whether there is an object such as was asked for in what a model wrote, even if there is nothing in it.
func Readable(written string) (readable bool) {
	objects(written, func(object []byte) bool {
		var o struct{ Claims, Texts, Quote json.RawMessage }
		readable = json.Unmarshal(object, &o) == nil && (o.Claims != nil || o.Texts != nil || o.Quote != nil)
		return !readable
	})
	return readable
}

// maxTexts is how many texts are read at most.
const maxTexts = 64

// spoken is a text without what a model thought before it, which some services hand over too.
func spoken(text string) string {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "<think>") {
		return text
	}
	_, text, _ = strings.Cut(text, "</think>")
	return text
}

// maxDepth is how deep objects may lie in each other.
const maxDepth = 8

// number reads the number of a passage, however it is written: 1, "1", "[1]", "passage 1".
func number(raw json.RawMessage) int {
	digits := strings.TrimFunc(string(raw), func(c rune) bool { return c < '0' || c > '9' })
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) > 4 {
		return 0
	}
	return n
}

// objects calls found for every whole JSON object in a text, those within others first, until it returns false or they lie
// too deep, which no answer does and which would take long to read.
func objects(text string, found func(object []byte) bool) {
	text = spoken(text)
	var open []int // where the objects begin that have not ended
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && len(open) > 0:
			quoted = !quoted
		case quoted:
		case c == '{':
			if open = append(open, i); len(open) > maxDepth {
				return
			}
		case c == '}' && len(open) > 0:
			begin := open[len(open)-1]
			open = open[:len(open)-1]
			if !found([]byte(text[begin : i+1])) {
				return
			}
		}
	}
}

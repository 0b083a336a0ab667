package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// shape is the keys of an object with the type of each; "[]" before a type is a list of it.
type shape map[string]string

var (
	replyShape = shape{"question": "string", "kind": "string", "answered": "bool", "text": "string", "display": "string",
		"lang": "string", "score": "number", "threshold": "number", "as_of": "string", "revision": "string",
		"statements": "[]statement", "sources": "[]source", "closest": "[]place", "ms": "number"}
	searchShape = shape{"query": "string", "hits": "[]hit", "ms": "number"}
	errorShape  = shape{"error": "string"}

	shapes = map[string]shape{
		"statement": {"text": "string", "sources": "[]number", "passage": "string", "file": "string", "heading": "string",
			"lines": "[]number", "status": "string", "party": "string", "said": "string"},
		"source": {"n": "number", "publisher": "string", "title": "string", "url": "string", "date": "string", "cited_by": "[]number"},
		"place":  {"passage": "string", "file": "string", "heading": "string"},
		"hit":    {"passage": "string", "file": "string", "heading": "string", "lines": "[]number", "score": "number", "text": "string"},
	}
)

// wrong says where a value decoded from JSON differs from a type; "" when it does not.
func wrong(at, want string, v any) string {
	if item, ok := strings.CutPrefix(want, "[]"); ok {
		list, ok := v.([]any)
		if !ok {
			return fmt.Sprintf("%s is %v, want a list", at, v)
		}
		for i, v := range list {
			if w := wrong(fmt.Sprintf("%s[%d]", at, i), item, v); w != "" {
				return w
			}
		}
		return ""
	}
	if s, ok := shapes[want]; ok {
		return s.wrong(at, v)
	}
	if have := map[string]string{"string": "string", "float64": "number", "bool": "bool"}[fmt.Sprintf("%T", v)]; have != want {
		return fmt.Sprintf("%s is %v, want a %s", at, v, want)
	}
	return ""
}

func (s shape) wrong(at string, v any) string {
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s is %v, want an object", at, v)
	}
	have, want := slices.Sorted(maps.Keys(object)), slices.Sorted(maps.Keys(s))
	if !slices.Equal(have, want) {
		return fmt.Sprintf("%s has keys %v, want %v", at, have, want)
	}
	for _, key := range have {
		if w := wrong(at+"."+key, s[key], object[key]); w != "" {
			return w
		}
	}
	return ""
}

// objects decodes standard output, each line of which must be one object.
func objects(t *testing.T, r result) []map[string]any {
	t.Helper()
	if r.code != exitOK || r.errs != "" {
		t.Fatalf("have code %d and %q", r.code, r.errs)
	}
	if r.out != "" && !strings.HasSuffix(r.out, "\n") {
		t.Errorf("the last line %q does not end", r.out)
	}
	var all []map[string]any
	for line := range strings.Lines(r.out) {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%q is no object: %v", line, err)
		}
		all = append(all, object)
	}
	return all
}

// askLines asks what stands in standard input.
func askLines(t *testing.T, in string, flags ...string) []map[string]any {
	t.Helper()
	return objects(t, trilat(t, in, append([]string{"ask", "--knowledge", library, "--json", "-"}, flags...)...))
}

func TestAskKeepsItsContract(t *testing.T) {
	tests := []struct {
		question, kind string
		answered       bool
	}{
		{"When is the library open?", "answer", true},
		{"What can be borrowed?", "answer", true},
		{"Why is the library closing down?", "correction", true},
		{"When will the lift be built?", "unknown", true},
		{"What does the mayor want for the roof?", "answer", true},
		{"Does the granary sell bread?", "refusal", false},
		{"Who won the football match?", "refusal", false},
		{"", "refusal", false},
		{"and who", "refusal", false},
		{strings.Repeat("When is the library open? ", 400), "refusal", false},
	}
	for _, tt := range tests {
		all := objects(t, trilat(t, "", "ask", "--knowledge", library, "--json", tt.question))
		if len(all) != 1 {
			t.Fatalf("%q: have %d objects", tt.question, len(all))
		}
		o := all[0]
		if w := replyShape.wrong("reply", o); w != "" {
			t.Errorf("%q: %s", tt.question, w)
			continue
		}
		if o["question"] != tt.question || o["kind"] != tt.kind || o["answered"] != tt.answered || o["text"] == "" || o["lang"] != "en" {
			t.Errorf("%q: have %v", tt.question, o)
		}
		if stated := len(o["statements"].([]any)) > 0 && len(o["sources"].([]any)) > 0; stated != tt.answered {
			t.Errorf("%q: have statements and sources %v, want %v", tt.question, stated, tt.answered)
		}
		if tt.answered && (len(o["closest"].([]any)) > 0 || o["score"].(float64) < o["threshold"].(float64)) {
			t.Errorf("%q: have an answer with closest passages or a low score: %v", tt.question, o)
		}
	}
}

func TestAnAnswerInFull(t *testing.T) {
	o := askLines(t, "What does the mayor want for the roof?")[0]
	for _, varies := range []string{"score", "threshold", "revision", "ms"} {
		delete(o, varies)
	}
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "answer.json", string(text)+"\n")
}

func TestSearchKeepsItsContract(t *testing.T) {
	for query, want := range map[string]bool{"opening hours": true, "xyzzy": false, "": false, "?": false, "the": false} {
		all := objects(t, trilat(t, "", "search", "--knowledge", library, "--json", query))
		if len(all) != 1 {
			t.Fatalf("%q: have %d objects", query, len(all))
		}
		if w := searchShape.wrong("reply", all[0]); w != "" {
			t.Errorf("%q: %s", query, w)
		} else if found := len(all[0]["hits"].([]any)) > 0; all[0]["query"] != query || found != want {
			t.Errorf("%q: have %v", query, all[0])
		}
	}
}

func TestSearchReturnsAtMostN(t *testing.T) {
	for n, args := range map[int][]string{1: {"-n", "1"}, 3: {"-n", "3"}, 5: nil} {
		o := objects(t, trilat(t, "", append([]string{"search", "--knowledge", library, "--json", "library books"}, args...)...))[0]
		if have := len(o["hits"].([]any)); have != n {
			t.Errorf("%v: have %d hits, want %d", args, have, n)
		}
	}
}

func TestSearchTiesGoById(t *testing.T) {
	const text = "## Lamps\n\nThe lamps burn oil.\n"
	dir := folder(t, "-- c.md --\n"+text+"-- a.md --\n"+text+"-- b.md --\n"+text)
	hits := objects(t, trilat(t, "", "search", "--knowledge", dir, "--json", "lamps"))[0]["hits"].([]any)
	var ids []string
	for _, h := range hits {
		ids = append(ids, h.(map[string]any)["passage"].(string))
	}
	if want := []string{"a#lamps", "b#lamps", "c#lamps"}; !slices.Equal(ids, want) {
		t.Errorf("have %v, want %v", ids, want)
	}
}

// Every line that is not blank has one object, in order, whatever stands in it.
func TestEveryLineOfInputHasOneObject(t *testing.T) {
	const bad, open = "error", "When is the library open?"
	tests := []struct {
		line string
		want string // the question of the object, or bad
	}{
		{open, open},
		{open + "\r", open},
		{"  " + open, "  " + open},
		{`{"question":"` + open + `"}`, open},
		{` {"question":"` + open + `","after":""}` + "\r", open},
		{`{"after":"` + open + `"}`, ""},
		{`{}`, ""},
		{`{"question":null}`, ""},
		{`{"question":5}`, bad},
		{`{"question":["` + open + `"]}`, bad},
		{`{"question":"` + open + `","lang":"en"}`, bad},
		{`{"question":"` + open, bad},
		{`{"question":"a"} {"question":"b"}`, bad},
		{"{what?", bad},
		{"[1]", "[1]"},
		{"-", "-"},
		{"\x00", "\x00"},
		{"When\x00 is the library open?", "When\x00 is the library open?"},
		{"When is the \xff library open?", "When is the \ufffd library open?"},
		{`{"question":"\u0000\u2028\ud800"}`, "\x00\u2028\ufffd"},
		{"\u202e\u200f", "\u202e\u200f"},
		{strings.Repeat("a", 2<<20), bad},
		{`{"question":"` + strings.Repeat("a", 2<<20) + `"}`, bad},
		{strings.Repeat("a", 100_000), strings.Repeat("a", 100_000)},
	}
	var in strings.Builder
	for _, tt := range tests {
		in.WriteString(tt.line + "\n\n \t\r\n")
	}
	all := askLines(t, in.String())
	if len(all) != len(tests) {
		t.Fatalf("have %d objects, want %d", len(all), len(tests))
	}
	for i, tt := range tests {
		name := tt.line[:min(60, len(tt.line))]
		if tt.want == bad {
			if w := errorShape.wrong("object", all[i]); w != "" || all[i]["error"] == "" {
				t.Errorf("%q: %s", name, w)
			}
			continue
		}
		if w := replyShape.wrong("object", all[i]); w != "" {
			t.Errorf("%q: %s", name, w)
		} else if all[i]["question"] != tt.want {
			t.Errorf("%q: have the question %.80q", name, all[i]["question"])
		}
	}
}

func TestTheLastLineNeedsNoEnd(t *testing.T) {
	if all := askLines(t, "\ufeffWhen is the library open?"); len(all) != 1 || all[0]["question"] != "When is the library open?" {
		t.Errorf("have %v", all)
	}
	if all := askLines(t, ""); len(all) != 0 {
		t.Errorf("nothing asked: have %v", all)
	}
}

func TestAFollowUpIsReadWithTheQuestionBefore(t *testing.T) {
	const before, followUp = "When is the library open?", "And when is that?"
	line := func(question, after string) string {
		return fmt.Sprintf("{%q:%q,%q:%q}\n", "question", question, "after", after)
	}
	// What a line gives wins over the flag, and holds for that line alone.
	all := askLines(t, line(followUp, before)+followUp+"\n"+line(followUp, ""))
	all = append(all, askLines(t, line(followUp, "Who won?")+followUp+"\n", "--after", before)...)
	for i, want := range []bool{true, false, false, false, true} {
		if all[i]["answered"] != want {
			t.Errorf("number %d: have answered %v, want %v: %v", i, all[i]["answered"], want, all[i]["text"])
		}
	}
}

func TestSearchReadsTheSameLinesAsAsk(t *testing.T) {
	in := "opening hours\n{\"query\":\"opening hours\"}\n{\"question\":\"opening hours\",\"after\":\"Who runs the library?\"}\n{\"find\":\"opening hours\"}\n"
	all := objects(t, trilat(t, in, "search", "--knowledge", library, "--json", "-"))
	if len(all) != 4 {
		t.Fatalf("have %d objects", len(all))
	}
	for _, o := range all[:3] {
		if w := searchShape.wrong("object", o); w != "" || o["query"] != "opening hours" {
			t.Errorf("have %v %s", o["query"], w)
		}
	}
	if w := errorShape.wrong("object", all[3]); w != "" {
		t.Error(w)
	}
}

func TestAFileIsHandedOver(t *testing.T) {
	if r := trilat(t, "", "brief", "--knowledge", library, "voices"); !strings.HasPrefix(r.out, "# Voices\n") {
		t.Errorf("have %.80q, want the file itself", r.out)
	}
	r := trilat(t, "", "brief", "--knowledge", library, "--json", "voices")
	var line replyLine
	if err := json.Unmarshal([]byte(r.out), &line); err != nil {
		t.Fatal(err)
	}
	if line.File == nil || line.File.Name != "brief-voices.md" || !strings.HasPrefix(line.File.Text, "# Voices\n") {
		t.Errorf("have %+v", line.File)
	}
}

package prompts

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What models write comes in many forms.
func TestClaims(t *testing.T) {
	one := Claim{"It is open.", 1, "The library is open."}
	for _, c := range []struct {
		name, written string
		want          []Claim
	}{
		{"as asked", `{"claims":[{"passage":1,"quote":"The library is open.","text":"It is open."}]}`, []Claim{one}},
		{"in a fence, with a word before", "Sure!\n```json\n{\"claims\":[{\"passage\":1,\"quote\":\"The library is open.\",\"text\":\" It is open. \"}]}\n```\nDone.", []Claim{one}},
		{"without what holds them", `{"text":"It is open.","quote":"The library is open.","passage":"1"}{"text":"It is open.","quote":"The library is open.","passage":"[1]"}`, []Claim{one, one}},
		{"a number in words", `{"text":"It is open.","quote":"The library is open.","passage":"passage 1"}`, []Claim{one}},
		{"no number", `{"text":"It is open.","quote":"The library is open."}`, []Claim{{"It is open.", 0, "The library is open."}}},
		{"no whole number", `{"text":"It is open.","quote":"The library is open.","passage":1.5}`, []Claim{{"It is open.", 0, "The library is open."}}},
		{"too long a number", `{"text":"It is open.","quote":"The library is open.","passage":99999999999999999999}`, []Claim{{"It is open.", 0, "The library is open."}}},
		{"cut off", `{"claims":[{"passage":1,"quote":"The library is open.","text":"It is open."},{"passage":1,"quote":"The`, []Claim{one}},
		{"no quote", `{"claims":[{"passage":1,"text":"It is open."}]}`, nil},
		{"another type", `{"claims":[{"passage":1,"quote":["The library is open."],"text":"It is open."}]}`, nil},
		{"braces in texts", `{"claims":[{"passage":1,"quote":"The {library} \"is} open.","text":"}{"}]}`, []Claim{{"}{", 1, `The {library} "is} open.`}}},
		{"thought before", `<think>{"passage":1,"quote":"The library is open.","text":"It is shut."}</think>{"passage":1,"quote":"The library is open.","text":"It is open."}`, []Claim{one}},
		{"thought without end", `<think>{"passage":1,"quote":"The library is open.","text":"It is shut."}`, nil},
		{"prose", "The library is open. [1]", nil},
		{"nothing", "", nil},
	} {
		if have := Claims(c.written); !slices.Equal(have, c.want) {
			t.Errorf("%s: have %+v, want %+v", c.name, have, c.want)
		}
	}
	if have := len(Claims(strings.Repeat(`{"text":"a","quote":"b"}`, 100))); have != maxRead {
		t.Errorf("have %d claims, want at most %d", have, maxRead)
	}
}

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		written string
		want    []string
	}{
		{`{"texts":["Kada?","hr"]}`, []string{"Kada?", "hr"}},
		{"Here:\n```\n{\"texts\": [\"Kada?\"]}\n```", []string{"Kada?"}},
		{`{"texts":[]}`, []string{}},
		{`{"texts":["Kada?"]}{"texts":["Gdje?"]}`, []string{"Kada?"}},
		{`{"texts":["Kada?",1]}`, nil},
		{`{"texts":["Kad`, nil},
		{`["Kada?"]`, nil},
		{`{"texts":[` + strings.Repeat(`"a",`, maxTexts) + `"a"]}`, nil},
		{"", nil},
	} {
		if have := Texts(c.written); !slices.Equal(have, c.want) || (have == nil) != (c.want == nil) {
			t.Errorf("%q: have %q, want %q", c.written, have, c.want)
		}
	}
}

// seeds are what a fuzzer begins with.
var seeds = []string{
	"", "{}", "{{{{{{{{{{}}}}}}}}}}", `{"claims":[{"passage":1,"quote":"The library is open.","text":"It is open."},{"passage":"2","quote":"q","text":"t"}]}`,
	`{"texts":["Kada?","hr"]}`, "```json\n{\"text\":\"\\u0041\",\"quote\":\"\\\"\"}\n```", `<think>{"text":"a","quote":"b"}</think>{"text":"c","quote":"d"}`,
	`{"text":"\ud800","quote":"\`, "{\"text\":\"\xff\",\"quote\":\"\x00\"}",
}

// Whatever a model writes, at most so many claims are read, each of them stands in what was written, and what was read of the
// beginning stays as more comes.
func FuzzClaims(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, len(s)/2)
	}
	f.Fuzz(func(t *testing.T, written string, cut int) {
		all := Claims(written)
		if len(all) > maxRead {
			t.Errorf("have %d claims", len(all))
		}
		plain := unescaped(written)
		for _, c := range all {
			if c.Passage < 0 || c.Passage > 9999 || !strings.Contains(plain, c.Text) || !strings.Contains(plain, c.Quote) {
				t.Errorf("%+v does not stand in %q", c, written)
			}
		}
		if cut >= 0 && cut <= len(written) {
			if begun := Claims(written[:cut]); len(begun) > len(all) || !slices.Equal(begun, all[:len(begun)]) {
				t.Errorf("have %+v of %q, and %+v of it all", begun, written[:cut], all)
			}
		}
	})
}

// Whatever a model writes, at most so many texts are read, and each of them stands in what was written.
func FuzzTexts(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, written string) {
		all := Texts(written)
		if len(all) > maxTexts {
			t.Errorf("have %d texts", len(all))
		}
		plain := unescaped(written)
		for _, text := range all {
			if !strings.Contains(plain, text) {
				t.Errorf("%q does not stand in %q", text, written)
			}
		}
	})
}

// escape is a JSON escape, or two that are one character.
var escape = regexp.MustCompile(`\\(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|["\\/bfnrt])`)

// unescaped is a text with what its JSON escapes stand for, wherever they are.
func unescaped(text string) string {
	text = escape.ReplaceAllStringFunc(text, func(code string) string {
		var c string
		if json.Unmarshal([]byte(`"`+code+`"`), &c) != nil {
			return code // unreachable: it is one
		}
		return c
	})
	return string([]rune(text)) // with a mark for every byte that is no text
}

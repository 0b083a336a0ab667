package playground

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// form collects what is wrong with a body, as the tree that Discord answers with code 50035.
type form struct{ errors map[string]any }

// fail notes a fault at a path such as "embeds.0.title"; "" is the body itself.
func (f *form) fail(path, code, message string) {
	if f.errors == nil {
		f.errors = map[string]any{}
	}
	node := f.errors
	for name := range strings.SplitSeq(path, ".") {
		if name == "" {
			continue
		}
		if node["_errors"] != nil {
			return // what is wrong with the whole is said alone
		}
		below, ok := node[name].(map[string]any)
		if !ok {
			below = map[string]any{}
			node[name] = below
		}
		node = below
	}
	list, found := node["_errors"].([]map[string]string)
	if !found && len(node) > 0 {
		return // what is wrong with the parts has been said
	}
	node["_errors"] = append(list, map[string]string{"code": code, "message": message})
}

// err is nil if nothing is wrong.
func (f *form) err() error {
	if f.errors == nil {
		return nil
	}
	return &Error{Status: 400, Code: 50035, Message: "Invalid Form Body", Errors: f.errors}
}

// invalid is the refusal of a body for one fault.
func invalid(path, code, message string) error {
	f := &form{}
	f.fail(path, code, message)
	return f.err()
}

func (f *form) required(path string) {
	f.fail(path, "BASE_TYPE_REQUIRED", "This field is required")
}

// text checks how long a text is, in code points.
func (f *form) text(path, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	if n == 0 && least > 0 {
		f.required(path)
		return
	}
	f.count(path, n, least, most)
}

// count checks how long a list is.
func (f *form) count(path string, n, least, most int) {
	switch {
	case n > most && least == 0:
		f.fail(path, "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", most))
	case n < least || n > most:
		f.fail(path, "BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", least, most))
	}
}

func (f *form) number(path string, n *int, least, most int) {
	switch {
	case n == nil:
	case *n < least:
		f.fail(path, "NUMBER_TYPE_MIN", fmt.Sprintf("int value should be greater than or equal to %d.", least))
	case *n > most:
		f.fail(path, "NUMBER_TYPE_MAX", fmt.Sprintf("int value should be less than or equal to %d.", most))
	}
}

func (f *form) oneOf(path string, n int, choices ...int) {
	if slices.Contains(choices, n) {
		return
	}
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = strconv.Itoa(c)
	}
	f.fail(path, "BASE_TYPE_CHOICES", fmt.Sprintf("Value must be one of {%s}.", strings.Join(words, ", ")))
}

func (f *form) url(path, s string, schemes ...string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme == "" || u.Host == "" && u.Scheme != "attachment" && u.Opaque == "":
		f.fail(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
	case !slices.Contains(schemes, u.Scheme):
		f.fail(path, "URL_TYPE_INVALID_SCHEME",
			fmt.Sprintf("Scheme %q is not supported. Scheme must be one of ('%s').", u.Scheme, strings.Join(schemes, "', '")))
	}
}

// deref is the zero value for nil.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

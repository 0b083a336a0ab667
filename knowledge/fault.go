package knowledge

import (
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Fault is something wrong in a folder, said so that the person who wrote the text can mend it.
type Fault struct {
	File    string
	Line    int // 1-based; 0 when the whole file is meant
	Message string
	Warning bool // the Base can be used all the same
}

// String is "file:line: message", the form that editors jump to.
func (f Fault) String() string {
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	if f.Warning {
		return where + ": warning: " + f.Message
	}
	return where + ": " + f.Message
}

// Faults are all that is wrong in a folder.
type Faults []Fault

// Err lists every fault that is not a warning, one a line; nil when there is none.
func (fs Faults) Err() error {
	var errs []error
	for _, f := range fs {
		if !f.Warning {
			errs = append(errs, errors.New(f.String()))
		}
	}
	return errors.Join(errs...)
}

// sort orders faults by place, then text.
func (fs Faults) sort() {
	sort.SliceStable(fs, func(i, j int) bool {
		a, b := fs[i], fs[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Message < b.Message
	})
}

// yamlFaults turns the YAML library's errors into faults; above is how many lines of the file stand before the YAML.
func yamlFaults(name string, err error, above int) Faults {
	var several *yaml.LoadErrors
	if errors.As(err, &several) {
		var faults Faults
		for _, e := range several.Errors {
			faults = append(faults, Fault{File: name, Line: e.Mark.Line + above, Message: inWords(e.Message, above)})
		}
		return faults
	}
	var one *yaml.LoadError
	if errors.As(err, &one) {
		return Faults{{File: name, Line: one.Mark.Line + above, Message: one.Message}}
	}
	return Faults{{File: name, Message: strings.TrimPrefix(err.Error(), "yaml: ")}}
}

var (
	wrongShape   = regexp.MustCompile("(?s)^cannot construct !!(\\w+)(?: `.*`)? into (.*)$")
	unknownField = regexp.MustCompile(`^field (.*) not found in type .*$`)
	twice        = regexp.MustCompile(`^mapping key (".*") already defined at line (\d+)$`)
)

// inWords says what the YAML library means to somebody who knows no Go; above is how many lines stand before the YAML.
func inWords(message string, above int) string {
	if m := unknownField.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("unknown key %q", m[1])
	}
	if m := twice.FindStringSubmatch(message); m != nil {
		line, _ := strconv.Atoi(m[2])
		return fmt.Sprintf("the key %s stands on line %d already", m[1], line+above)
	}
	m := wrongShape.FindStringSubmatch(message)
	if m == nil {
		return message
	}
	have, want := "one value", "one value"
	switch m[1] {
	case "seq":
		have = "a list"
	case "map":
		have = "lines of `key: value`"
	}
	switch {
	case strings.HasPrefix(m[2], "[]"):
		want = "a list"
	case strings.HasPrefix(m[2], "map["), strings.HasPrefix(m[2], "knowledge.") && m[2] != "knowledge.Kind" && m[2] != "knowledge.Status" && m[2] != "knowledge.Date":
		want = "lines of `key: value`"
	}
	return fmt.Sprintf("have %s here, want %s", have, want)
}

package knowledge

import (
	"errors"
	"fmt"
	"sort"
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
			faults = append(faults, Fault{File: name, Line: e.Mark.Line + above, Message: e.Message})
		}
		return faults
	}
	var one *yaml.LoadError
	if errors.As(err, &one) {
		return Faults{{File: name, Line: one.Mark.Line + above, Message: one.Message}}
	}
	return Faults{{File: name, Message: strings.TrimPrefix(err.Error(), "yaml: ")}}
}

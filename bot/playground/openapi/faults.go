package openapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// describe turns what the validator found into a line for each fault, with a JSON pointer to where it is.
func describe(where string, err error) []string {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	var lines []string
	english := message.NewPrinter(language.English)
	for _, fault := range leaves(invalid) {
		at, says := where, fault.ErrorKind.LocalizedString(english)
		if len(fault.InstanceLocation) > 0 {
			at += " /" + strings.Join(fault.InstanceLocation, "/")
		}
		if isChoice(fault) {
			says = "has none of the shapes allowed here"
		}
		lines = append(lines, fmt.Sprintf("%s: %s", at, says))
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// leaves returns the faults at the ends of the tree. Where a value has none of several shapes, each shape complains; only
// the one that was most likely meant is heard.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	causes := e.Causes
	if isChoice(e) {
		meant := slices.MinFunc(causes, func(a, b *jsonschema.ValidationError) int { return doubt(e, a) - doubt(e, b) })
		if doubt(e, meant) >= otherShape {
			return []*jsonschema.ValidationError{e}
		}
		causes = []*jsonschema.ValidationError{meant}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

func isChoice(e *jsonschema.ValidationError) bool {
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		return true
	}
	return false
}

// otherShape is more than the faults of any shape that was meant.
const otherShape = 1000

// doubt grows with the faults of a shape, and most of all if the value is not even of its kind, or names another one in
// its field "type".
func doubt(choice, shape *jsonschema.ValidationError) int {
	n := 0
	for _, fault := range leaves(shape) {
		switch deeper := fault.InstanceLocation[len(choice.InstanceLocation):]; {
		case len(deeper) == 0 && otherKind(fault), len(deeper) == 1 && deeper[0] == "type":
			n += otherShape
		case isChoice(fault): // it got stuck there, another shape got further
			n += 2
		default:
			n++
		}
	}
	return n
}

func otherKind(e *jsonschema.ValidationError) bool {
	switch e.ErrorKind.(type) {
	case *kind.Type, *kind.Const, *kind.Enum:
		return true
	}
	return false
}

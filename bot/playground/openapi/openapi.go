// Package openapi judges REST exchanges with Discord, or with a stand-in for it, by the description that Discord itself
// publishes in the OpenAPI format.
//
// Load reads the file, Check says what is wrong with one request and the answer it got:
//
//	spec, err := openapi.Load("") // ErrAbsent: the file is not on this machine
//	err = spec.Check(openapi.Exchange{Method: "GET", Path: "/api/v10/gateway", Status: 200, Response: body})
//
// It sees shapes and sizes alone: neither permissions, nor the state that an answer should reflect, nor the rules that the
// file does not state (an empty message, a custom id given twice). Where the file is known to be wrong, exceptions.go
// corrects it, and says why. It knows nothing of the gateway.
package openapi

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// ErrAbsent says that this machine does not have the file. It comes with material that only some machines have.
var ErrAbsent = errors.New("../shared is absent")

// ErrNotDescribed says that the file has no such route. Nothing is known about the exchange then, good or bad.
var ErrNotDescribed = errors.New("the file does not describe this route")

// Exchange is one request and the answer to it.
type Exchange struct {
	Method      string
	Path        string // with the /api/v9 or /api/v10 before it
	Query       string // as in the URL, without the question mark
	ContentType string // of the request
	Request     []byte // JSON: the body, or of a multipart body the field payload_json
	Status      int
	Response    []byte
}

// Spec is a loaded description. It may be used by several goroutines at once.
type Spec struct {
	routes  []*route
	schemas map[string]*jsonschema.Schema // by name
}

// Load reads the description from a file. With an empty path it looks for shared/discord/openapi-subset.json beside the
// working directory and beside each folder above that.
func Load(path string) (*Spec, error) {
	if path == "" {
		path = beside(filepath.Join("shared", "discord", "openapi-subset.json"))
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %v", ErrAbsent, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read Discord's description: %w", err)
	}
	spec, err := parse(text, exceptions())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return spec, nil
}

// beside looks for name next to the working directory and the folders above it. It returns name if it finds none.
func beside(name string) string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if path := filepath.Join(dir, name); exists(path) {
			return path
		}
	}
	return name
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Check returns what is wrong with the request and with the answer, a line for each fault, or nil.
func (s *Spec) Check(x Exchange) error {
	return errors.Join(s.CheckRequest(x), s.CheckResponse(x))
}

// CheckRequest judges the request alone: its route, its parameters, its body.
func (s *Spec) CheckRequest(x Exchange) error {
	r, values := s.find(x)
	if r == nil {
		return notDescribed(x)
	}
	var faults []string
	for name, value := range values {
		faults = append(faults, r.parameter("path", name, value)...)
	}
	query, err := url.ParseQuery(x.Query)
	if err != nil {
		faults = append(faults, fmt.Sprintf("query: %v", err))
	}
	for name, given := range query {
		for _, value := range given {
			faults = append(faults, r.parameter("query", name, value)...)
		}
	}
	return report(x, append(faults, r.checkBody(x)...))
}

// CheckResponse judges the answer alone. That is what one wants to know after sending something wrong on purpose. Of 5xx
// the file says nothing, so nothing is wrong with them.
func (s *Spec) CheckResponse(x Exchange) error {
	r, _ := s.find(x)
	if r == nil {
		return notDescribed(x)
	}
	if x.Status >= 500 {
		return nil
	}
	schema, known := r.responses[fmt.Sprint(x.Status)]
	if !known {
		schema, known = r.responses[fmt.Sprintf("%dXX", x.Status/100)]
	}
	where := fmt.Sprintf("response %d", x.Status)
	switch {
	case !known:
		return report(x, []string{where + ": not a status of this route"})
	case schema == nil && len(x.Response) > 0:
		return report(x, []string{where + ": has a body, should have none"})
	case schema == nil:
		return nil
	}
	return report(x, judge(schema, where, x.Response))
}

// CheckObject judges JSON that was not exchanged over REST, such as a message in an event of the gateway, by the schema
// that the file has under a name, such as "MessageResponse". A name that the file does not have is an error as well.
func (s *Spec) CheckObject(name string, text []byte) error {
	schema, ok := s.schemas[name]
	if !ok {
		return fmt.Errorf("the file does not describe a %s", name)
	}
	var errs []error
	for _, fault := range judge(schema, name, text) {
		errs = append(errs, errors.New(fault))
	}
	return errors.Join(errs...)
}

func (r *route) checkBody(x Exchange) []string {
	if len(x.Request) == 0 && !r.needsBody {
		return nil
	}
	if len(r.requests) == 0 {
		return []string{"request body: has one, should have none"}
	}
	kind, _, err := mime.ParseMediaType(x.ContentType)
	schema, known := r.requests[kind]
	if err != nil || !known {
		return []string{fmt.Sprintf("content type %q: not one of this route", x.ContentType)}
	}
	return judge(schema, "request body", x.Request)
}

// parameter judges one value of the path or the query. All of them are text there: what is no good text may be a number,
// or true or false.
func (r *route) parameter(in, name, value string) []string {
	schema, known := r.parameters[in+" "+name]
	if !known {
		return []string{fmt.Sprintf("%s parameter %q: not one of this route", in, name)}
	}
	err := schema.Validate(value)
	if number, bad := jsonschema.UnmarshalJSON(strings.NewReader(value)); err != nil && bad == nil {
		err = schema.Validate(number)
	}
	return describe(fmt.Sprintf("%s parameter %q", in, name), err)
}

// judge says what is wrong with a JSON text.
func judge(schema *jsonschema.Schema, where string, text []byte) []string {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return []string{fmt.Sprintf("%s: not JSON: %v", where, err)}
	}
	return describe(where, schema.Validate(value))
}

func notDescribed(x Exchange) error {
	return fmt.Errorf("%s %s: %w", x.Method, x.Path, ErrNotDescribed)
}

// report makes one error of the faults, each on its own line with the exchange before it.
func report(x Exchange, faults []string) error {
	slices.Sort(faults)
	var errs []error
	for _, fault := range faults {
		errs = append(errs, fmt.Errorf("%s %s: %s", x.Method, x.Path, fault))
	}
	return errors.Join(errs...)
}

package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// document is what is read of the file to find the routes. The compiler reads the schemas.
type document struct {
	Paths      map[string]path
	Components struct {
		Responses map[string]response
		Schemas   map[string]struct{}
	}
}

type path struct {
	Parameters                    []parameter // of all methods
	Get, Put, Post, Patch, Delete *operation
}

func (p path) methods() map[string]*operation {
	return map[string]*operation{"get": p.Get, "put": p.Put, "post": p.Post, "patch": p.Patch, "delete": p.Delete}
}

type operation struct {
	Parameters  []parameter
	RequestBody struct {
		Required bool
		Content  content
	}
	Responses map[string]response
}

type parameter struct{ Name, In string }

type response struct {
	Ref     string `json:"$ref"` // to one of the components
	Content content
}

type content map[string]struct{} // by media type

// parse reads the description, corrects it, and compiles all of it, so that a fault in the file shows at once.
func parse(text []byte, corrections []exception) (*Spec, error) {
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	compiler, err := prepare(text, corrections)
	if err != nil {
		return nil, err
	}
	s := &Spec{schemas: map[string]*jsonschema.Schema{}}
	for name := range doc.Components.Schemas {
		s.schemas[name] = compiler.schema("components", "schemas", name)
	}
	for name, p := range doc.Paths {
		for method, o := range p.methods() {
			if o != nil {
				s.routes = append(s.routes, compiler.route(doc, name, method, p, o))
			}
		}
	}
	// What is said literally (@original, @me) goes before what stands for anything.
	slices.SortFunc(s.routes, func(a, b *route) int { return a.open() - b.open() })
	return s, compiler.err
}

// home is the file's address for the compiler, which never opens it.
const home = "file:///openapi.json"

// compiler compiles schemas where they stand in the file, and remembers what went wrong first.
type compiler struct {
	*jsonschema.Compiler
	err error
}

func prepare(text []byte, corrections []exception) (*compiler, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err // unreachable: it was read before
	}
	components, _ := doc.(map[string]any)["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	for _, exception := range corrections {
		for _, edit := range exception.edits {
			if err := edit.apply(schemas); err != nil {
				return nil, err
			}
		}
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.RegisterFormat(&jsonschema.Format{Name: "int32", Validate: fitsInt32})
	c.RegisterFormat(&jsonschema.Format{Name: "snowflake", Validate: isSnowflake})
	return &compiler{Compiler: c}, c.AddResource(home, doc)
}

func (c *compiler) schema(at ...string) *jsonschema.Schema {
	pointer := ""
	for _, step := range at {
		pointer += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(step))
	}
	schema, err := c.Compile(home + "#" + pointer)
	if err != nil && c.err == nil {
		c.err = err
	}
	return schema
}

func (c *compiler) route(doc document, name, method string, p path, o *operation) *route {
	r := &route{
		method:     strings.ToUpper(method),
		segments:   strings.Split(strings.TrimPrefix(name, "/"), "/"),
		parameters: map[string]*jsonschema.Schema{},
		needsBody:  o.RequestBody.Required,
		requests:   c.content(o.RequestBody.Content, "paths", name, method, "requestBody"),
		responses:  map[string]*jsonschema.Schema{},
	}
	c.parameters(r, p.Parameters, "paths", name)
	c.parameters(r, o.Parameters, "paths", name, method)
	for status, answer := range o.Responses {
		at := []string{"paths", name, method, "responses", status}
		if shared, ok := strings.CutPrefix(answer.Ref, "#/components/responses/"); ok {
			answer, at = doc.Components.Responses[shared], []string{"components", "responses", shared}
		}
		r.responses[status] = c.content(answer.Content, at...)["application/json"]
	}
	return r
}

func (c *compiler) parameters(r *route, list []parameter, at ...string) {
	for i, p := range list {
		r.parameters[p.In+" "+p.Name] = c.schema(append(slices.Clone(at), "parameters", strconv.Itoa(i), "schema")...)
	}
}

func (c *compiler) content(kinds content, at ...string) map[string]*jsonschema.Schema {
	schemas := map[string]*jsonschema.Schema{}
	for kind := range kinds {
		schemas[kind] = c.schema(append(slices.Clone(at), "content", kind, "schema")...)
	}
	return schemas
}

// fitsInt32 and isSnowflake check what the file says about sizes with its own names for formats.
func fitsInt32(v any) error {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	if f, err := n.Float64(); err != nil || f < math.MinInt32 || f > math.MaxInt32 {
		return errors.New("does not fit into 32 bits")
	}
	return nil
}

func isSnowflake(v any) error {
	s, ok := v.(string)
	if !ok {
		return nil
	}
	if _, err := strconv.ParseUint(s, 10, 64); err != nil {
		return errors.New("does not fit into 64 bits")
	}
	return nil
}

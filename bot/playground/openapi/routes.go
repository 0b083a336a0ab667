package openapi

import (
	"net/url"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// route is one method of one path, as the file describes it.
type route struct {
	method     string
	segments   []string                      // of the path; "{name}" stands for anything
	parameters map[string]*jsonschema.Schema // by where they stand and their name: "path channel_id"
	requests   map[string]*jsonschema.Schema // by media type
	needsBody  bool
	responses  map[string]*jsonschema.Schema // by status ("200", "4XX"); nil where there is no body
}

// find returns the route that an exchange took, and the values that its path gives to parameters.
func (s *Spec) find(x Exchange) (*route, map[string]string) {
	path, ok := strings.CutPrefix(x.Path, "/api/v10/")
	if !ok {
		path, ok = strings.CutPrefix(x.Path, "/api/v9/")
	}
	if !ok {
		return nil, nil
	}
	given := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for _, r := range s.routes {
		if values, ok := r.match(x.Method, given); ok {
			return r, values
		}
	}
	return nil, nil
}

func (r *route) match(method string, given []string) (map[string]string, bool) {
	if r.method != method || len(given) != len(r.segments) {
		return nil, false
	}
	values := map[string]string{}
	for i, want := range r.segments {
		have, err := url.PathUnescape(given[i])
		if err != nil {
			return nil, false
		}
		if name, ok := placeholder(want); ok {
			values[name] = have
		} else if have != want {
			return nil, false
		}
	}
	return values, true
}

// open counts the segments that stand for anything.
func (r *route) open() (n int) {
	for _, segment := range r.segments {
		if _, ok := placeholder(segment); ok {
			n++
		}
	}
	return n
}

func placeholder(segment string) (name string, ok bool) {
	name, opened := strings.CutPrefix(segment, "{")
	name, closed := strings.CutSuffix(name, "}")
	return name, opened && closed
}

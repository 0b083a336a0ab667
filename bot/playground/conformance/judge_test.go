package conformance

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"trilat/bot/playground"
	"trilat/bot/playground/openapi"
)

// undescribed are the routes of Discord that its description, as we have it, leaves out.
var undescribed = regexp.MustCompile(`/oauth2/applications/@me$|/members$|/bulk-delete$|/commands/permissions$|^PATCH /api/v10/applications/@me$|^PATCH /api/v10/channels/\d+$`)

// judge holds exchanges against Discord's description. What was refused may have been wrong on purpose: of that, only the
// answer is judged. Connections that broke and pages of HTML, as proxies send them, are faults that were asked for.
func judge(t *testing.T, spec *openapi.Spec, exchanges []playground.Exchange) {
	t.Helper()
	if spec == nil {
		return
	}
	for _, x := range exchanges {
		if x.Status == 0 || x.Status == 429 && x.Response == nil || undescribed.MatchString(x.Method+" "+x.Path) {
			continue
		}
		seen := openapi.Exchange{
			Method: x.Method, Path: x.Path, Query: x.Query, ContentType: x.Header.Get("Content-Type"),
			Request: x.Body, Status: x.Status, Response: x.Response,
		}
		judged := spec.Check
		if x.Status >= 400 {
			judged = spec.CheckResponse
		}
		err := judged(seen)
		if err != nil && !(noRoute(x) && errors.Is(err, openapi.ErrNotDescribed)) {
			t.Errorf("%v\nanswer %s", err, x.Response)
		}
	}
}

// shaped holds what an event has at a path against the shape that REST gives it. "" is the event, "*" all items of a list.
func (d *desk) shaped(name string, event any, path string) {
	d.Helper()
	if d.spec == nil {
		return
	}
	list, isList := strings.CutSuffix(path, "/*")
	found := []any{at(event, list)}
	if isList {
		found, _ = found[0].([]any)
	}
	if len(found) == 0 || found[0] == nil {
		d.Errorf("nothing at %s, want a %s", path, name)
	}
	for _, v := range found {
		if err := d.spec.CheckObject(name, encode(d.T, v)); err != nil {
			d.Errorf("%s: %v", path, err)
		}
	}
}

// noRoute reports whether the server does not have the route either.
func noRoute(x playground.Exchange) bool {
	return (x.Status == 404 || x.Status == 405) && bytes.Contains(x.Response, []byte(`"code":0`))
}

// load reads Discord's description, once for all checks. It is nil where there is none, and nothing is judged then.
func load(t *testing.T) *openapi.Spec {
	t.Helper()
	spec, err := openapi.Load("")
	if err != nil && !errors.Is(err, openapi.ErrAbsent) {
		t.Fatal(err)
	}
	return spec
}

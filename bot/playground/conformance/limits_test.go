package conformance

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// limitChecks are about sizes and rules of bodies. Each body is wrong in one place, which the answer must name.
func limitChecks() []check {
	return []check{
		{"limits of messages", messageLimits},
		{"limits of components", componentLimits},
		{"limits of layouts", layoutLimits},
		{"limits of forms", formLimits},
		{"limits of commands", commandLimits},
		{"limits of options", optionLimits},
		{"limits of suggestions", suggestionLimits},
		{"limits of threads", func(d *desk) {
			d.wrong("POST /channels/"+d.channel("general")+"/threads", map[string]any{
				"name":                  object{"name": x(101), "type": 11},
				"auto_archive_duration": object{"name": "a", "type": 11, "auto_archive_duration": 61},
			})
		}},
	}
}

func messageLimits(d *desk) {
	route := "POST /channels/" + d.channel("general") + "/messages"
	embed := func(e object) object { return object{"embeds": []object{e}} }
	d.wrong(route, map[string]any{
		"content":                 object{"content": x(2001)},
		"nonce":                   object{"content": "a", "nonce": x(26)},
		"message_reference":       object{"content": "a", "message_reference": object{"message_id": "1"}},
		"embeds":                  object{"embeds": many(11, object{"title": "a"})},
		"embeds/0/title":          embed(object{"title": x(257)}),
		"embeds/0/url":            embed(object{"title": "a", "url": "ftp://example.org"}),
		"embeds/0/footer/text":    embed(object{"footer": object{"text": x(2049)}}),
		"embeds/0/author/name":    embed(object{"author": object{"name": x(257)}}),
		"embeds/0/fields":         embed(object{"fields": many(26, object{"name": "a", "value": "b"})}),
		"embeds/0/fields/0/name":  embed(object{"fields": []object{{"name": x(257), "value": "b"}}}),
		"embeds/0/fields/0/value": embed(object{"fields": []object{{"name": "a", "value": x(1025)}}}),
		"embeds/0/fields/1/value": embed(object{"fields": []object{{"name": "a", "value": "b"}, {"name": "a", "value": ""}}}),
	})
	d.discord.Advance(time.Minute)
	long := object{"embeds": []object{{"description": x(3001)}, {"description": x(3000)}}}
	d.rest(route, long).refused(400, 50035)
	both := object{"content": "a", "allowed_mentions": object{"parse": []string{"users"}, "users": []string{"1"}}}
	d.rest(route, both).refused(400, 50035)
}

func componentLimits(d *desk) {
	button := object{"type": 2, "style": 1, "label": "a", "custom_id": "a"}
	menu := object{"type": 3, "custom_id": "a", "options": []object{{"label": "a", "value": "a"}}}
	option := func(change object) []object { return []object{with(object{"label": "a", "value": "a"}, change)} }
	bodies := map[string]any{
		"components":                          object{"components": many(6, row(button))},
		"components/0/components":             object{"components": []object{row(different(6)...)}},
		"components/1/components/0/custom_id": object{"components": many(2, row(button))},
	}
	for path, component := range map[string]object{
		"custom_id":             with(button, object{"custom_id": x(101)}),
		"custom_id ":            {"type": 2, "style": 1, "label": "a"},
		"label":                 with(button, object{"label": x(81)}),
		"url":                   {"type": 2, "style": 5, "label": "a", "url": "https://example.org/" + x(512)},
		"url ":                  {"type": 2, "style": 5, "label": "a"},
		"placeholder":           with(menu, object{"placeholder": x(151)}),
		"options":               with(menu, object{"options": many(26, object{"label": "a", "value": "a"})}),
		"options/0/label":       with(menu, object{"options": option(object{"label": x(101)})}),
		"options/0/value":       with(menu, object{"options": option(object{"value": x(101)})}),
		"options/0/description": with(menu, object{"options": option(object{"description": x(101)})}),
		"options/1/value":       with(menu, object{"options": many(2, object{"label": "a", "value": "a"})}),
	} {
		bodies["components/0/components/0/"+path] = object{"components": []object{row(component)}}
	}
	d.wrong("POST /channels/"+d.channel("general")+"/messages", bodies)
}

// layoutLimits are those of messages that consist of components alone.
func layoutLimits(d *desk) {
	route, layout := "POST /channels/"+d.channel("general")+"/messages", 1<<15
	text := object{"type": 10, "content": "a"}
	d.rest(route, object{"flags": layout, "components": many(40, text)}).ok(200, "flags", layout)
	d.wrong(route, map[string]any{
		"components":           object{"flags": layout, "components": many(41, text)},
		"components/0/content": object{"flags": layout, "components": []object{with(text, object{"content": x(4001)})}},
		"content":              object{"flags": layout, "components": []object{text}, "content": "beside it"},
	})
}

func formLimits(d *desk) {
	i := d.asked()
	field := object{"type": 4, "custom_id": "a", "label": "a", "style": 1}
	form := func(title string, rows ...object) object {
		return object{"type": 9, "data": object{"custom_id": "a", "title": title, "components": rows}}
	}
	i.callback(form(x(46), row(field))).wrongAt("data/title")
	i.callback(form("a", many(6, row(field))...)).wrongAt("data/components")
	i.callback(form("a")).wrongAt("data/components")
	for path, change := range map[string]object{
		"label": {"label": x(46)}, "placeholder": {"placeholder": x(101)}, "value": {"value": x(4001)},
		"max_length": {"max_length": 4001}, "custom_id": {"custom_id": x(101)},
	} {
		i.callback(form("a", row(with(field, change)))).wrongAt("data/components/0/components/0/" + path)
	}
}

func commandLimits(d *desk) {
	route, c := "PUT /applications/"+d.app+"/commands", object{"name": "a", "description": "a"}
	d.wrong(route, map[string]any{
		"0/name":         []object{with(c, object{"name": "Ask"})},
		"0/name ":        []object{with(c, object{"name": "a b"})},
		"0/name  ":       []object{with(c, object{"name": x(33)})},
		"0/description":  []object{with(c, object{"description": x(101)})},
		"0/description ": []object{{"name": "a"}},
		"0/options":      []object{with(c, object{"options": many(26, object{"type": 3, "name": "b", "description": "b"})})},
		"1/name":         []object{c, c},
		"1/description":  []object{c, {"name": "Look", "type": 3, "description": "not here"}},
		"1/options":      []object{c, {"name": "Look", "type": 3, "options": []object{{"type": 3, "name": "b", "description": "b"}}}},
	})
	d.discord.Advance(time.Minute)
	choices := many(25, object{"name": x(100), "value": x(100)})
	big := []object{{"type": 3, "name": "b", "description": "b", "choices": choices}, {"type": 3, "name": "c", "description": "c", "choices": choices}}
	d.rest(route, []object{with(c, object{"options": big})}).refused(400, 50035)
	menus := numbered(16)
	for _, m := range menus {
		m["type"] = 3
		delete(m, "description")
	}
	d.rest(route, menus).refused(400, 30032)
	d.rest(route, menus[:15]).ok(200)
}

func optionLimits(d *desk) {
	a := object{"name": "a", "value": "a"}
	bodies := map[string]any{
		"0/options/1/required": []object{{"name": "a", "description": "a", "options": []object{
			{"type": 3, "name": "b", "description": "b"}, {"type": 3, "name": "c", "description": "c", "required": true}}}},
	}
	for path, change := range map[string]object{
		"name": {"name": x(33)}, "description": {"description": ""}, "type": {"type": 12},
		"choices":         {"choices": many(26, a)},
		"choices/0/name":  {"choices": []object{{"name": x(101), "value": "a"}}},
		"choices/0/value": {"choices": []object{{"name": "a", "value": x(101)}}},
		"autocomplete":    {"choices": []object{a}, "autocomplete": true},
		"max_length":      {"max_length": 6001},
	} {
		option := with(object{"type": 3, "name": "b", "description": "b"}, change)
		bodies["0/options/0/"+path] = []object{{"name": "a", "description": "a", "options": []object{option}}}
	}
	d.wrong("PUT /applications/"+d.app+"/commands", bodies)
}

func suggestionLimits(d *desk) {
	i := d.asked()
	typed := i.types("wh")
	choices := func(list ...object) object { return object{"type": 8, "data": object{"choices": list}} }
	typed.callback(choices(many(26, object{"name": "a", "value": "a"})...)).wrongAt("data/choices")
	typed.callback(choices(object{"name": x(101), "value": "a"})).wrongAt("data/choices/0/name")
	typed.callback(choices(object{"name": "a"})).wrongAt("data/choices/0/value")
	typed.callback(choices()).ok(204)
	(<-typed.offered).ok(200, "choices/0", nil)
}

// wrong sends bodies that are wrong at a place, and wants to hear of that. Spaces after a place tell bodies apart.
func (d *desk) wrong(route string, bodies map[string]any) {
	d.Helper()
	for _, path := range slices.Sorted(maps.Keys(bodies)) {
		d.discord.Advance(time.Minute) // past any rate limit
		d.rest(route, bodies[path]).wrongAt(strings.TrimRight(path, " "))
	}
}

// wrongAt wants a bad form, with a fault at a place.
func (a answer) wrongAt(path string) {
	a.Helper()
	a.refused(400, 50035)
	if a.at("errors/"+path+"/_errors/0/code") == nil {
		a.Errorf("%s: nothing wrong at %s in %s", a.asked, path, a.body)
	}
}

func x(n int) string { return strings.Repeat("x", n) }

func many(n int, item object) []object { return slices.Repeat([]object{item}, n) }

// different are buttons that have nothing wrong but their number.
func different(n int) []object {
	var list []object
	for i := range n {
		list = append(list, object{"type": 2, "style": 1, "label": "a", "custom_id": strconv.Itoa(i)})
	}
	return list
}

func row(components ...object) object { return object{"type": 1, "components": components} }

func with(body, change object) object {
	changed := maps.Clone(body)
	maps.Copy(changed, change)
	return changed
}

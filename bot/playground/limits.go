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

// The lengths that messages keep.
const (
	maxContent    = 2000
	maxEmbeds     = 10
	maxEmbedTotal = 6000
	maxRows       = 5
	maxLayout     = 40 // components of a message that has no content
	maxFiles      = 10
)

// check validates what a message is made of, by whoever sends it.
func (d *draft) check(f *form) {
	if d.Content != nil {
		f.text("content", *d.Content, 0, maxContent)
	}
	if d.Embeds != nil {
		f.embeds("embeds", *d.Embeds)
	}
	if d.Components != nil {
		f.layout(*d.Components, d.Flags&flagLayout != 0)
	}
	if d.Flags&flagLayout != 0 && (deref(d.Content) != "" || len(deref(d.Embeds)) > 0) {
		f.fail("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
			"The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	f.mentions(d.Mentions)
	f.files(d)
	if n := strings.Trim(string(d.Nonce), `"`); utf8.RuneCountInString(n) > 25 {
		f.fail("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer in length.")
	}
}

// files checks that every described attachment is an uploaded file or one that is kept.
func (f *form) files(d *draft) {
	f.count("files", len(d.files), 0, maxFiles)
	for i, a := range deref(d.Attachments) {
		path := fmt.Sprintf("attachments.%d", i)
		uploaded := slices.ContainsFunc(d.files, func(u file) bool { return u.key == a.ID.String() })
		if !uploaded && a.ID < 1<<22 { // not that of an attachment from before
			f.fail(path+".id", "ATTACHMENT_NOT_FOUND", fmt.Sprintf("No file with the id %d was uploaded.", a.ID))
		}
		f.text(path+".description", a.Description, 0, 1024)
	}
}

func (f *form) mentions(m *allowedMentions) {
	if m == nil {
		return
	}
	for i, p := range m.Parse {
		if p != "users" && p != "roles" && p != "everyone" {
			f.fail(fmt.Sprintf("allowed_mentions.parse.%d", i), "BASE_TYPE_CHOICES",
				"Value must be one of {'everyone', 'roles', 'users'}.")
		}
	}
	for kind, ids := range map[string][]snowflake{"users": m.Users, "roles": m.Roles} {
		f.count("allowed_mentions."+kind, len(ids), 0, 100)
		if len(ids) > 0 && slices.Contains(m.Parse, kind) {
			f.fail("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
				fmt.Sprintf("parse:[%q] and %s: [ids...] are mutually exclusive.", kind, kind))
		}
	}
}

func (f *form) embeds(path string, list []richEmbed) {
	f.count(path, len(list), 0, maxEmbeds)
	total := 0
	for i, e := range list {
		f.embed(fmt.Sprintf("%s.%d", path, i), e)
		total += e.size()
	}
	if total > maxEmbedTotal {
		f.fail(path, "MAX_EMBED_SIZE_EXCEEDED", fmt.Sprintf("Embed size exceeds maximum size of %d", maxEmbedTotal))
	}
}

func (f *form) embed(path string, e richEmbed) {
	if e.empty() {
		f.required(path + ".description")
	}
	f.text(path+".title", e.Title, 0, 256)
	f.text(path+".description", e.Description, 0, 4096)
	f.url(path+".url", e.URL, "http", "https")
	f.number(path+".color", e.Color, 0, 0xffffff)
	if e.Footer != nil {
		f.text(path+".footer.text", e.Footer.Text, 1, 2048)
		f.url(path+".footer.icon_url", e.Footer.IconURL, "http", "https", "attachment")
	}
	if e.Author != nil {
		f.text(path+".author.name", e.Author.Name, 1, 256)
		f.url(path+".author.url", e.Author.URL, "http", "https")
		f.url(path+".author.icon_url", e.Author.IconURL, "http", "https", "attachment")
	}
	f.url(path+".image.url", deref(e.Image).URL, "http", "https", "attachment")
	f.url(path+".thumbnail.url", deref(e.Thumbnail).URL, "http", "https", "attachment")
	f.count(path+".fields", len(e.Fields), 0, 25)
	for i, field := range e.Fields {
		f.text(fmt.Sprintf("%s.fields.%d.name", path, i), field.Name, 1, 256)
		f.text(fmt.Sprintf("%s.fields.%d.value", path, i), field.Value, 1, 1024)
	}
}

// layout checks the components of a message.
func (f *form) layout(list []component, free bool) {
	if !free {
		f.count("components", len(list), 0, maxRows)
	} else if n := countComponents(list); n > maxLayout {
		f.fail("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
			fmt.Sprintf("The total number of components exceeds %d.", maxLayout))
	}
	seen := map[string]bool{}
	for i, c := range list {
		path := fmt.Sprintf("components.%d", i)
		if free {
			f.oneOf(path+".type", c.Type, actionRow, section, textDisplay, mediaGallery, fileComponent, separator, container)
		} else {
			f.oneOf(path+".type", c.Type, actionRow)
		}
		f.component(path, c, seen)
	}
}

func countComponents(list []component) int {
	n := 0
	for _, c := range list {
		n += 1 + countComponents(c.Components)
		if c.Accessory != nil {
			n++
		}
	}
	return n
}

// component checks one component and what is in it. seen are the custom ids before it.
func (f *form) component(path string, c component, seen map[string]bool) {
	switch c.Type {
	case actionRow:
		f.row(path, c, seen)
	case button:
		f.button(path, c, seen)
	case stringSelect, userSelect, roleSelect, mentionableSelect, channelSelect:
		f.selectMenu(path, c, seen)
	case section:
		f.count(path+".components", len(c.Components), 1, 3)
		f.children(path, c, seen, textDisplay)
		if c.Accessory == nil {
			f.required(path + ".accessory")
		} else {
			f.oneOf(path+".accessory.type", c.Accessory.Type, button, thumbnail)
			f.component(path+".accessory", *c.Accessory, seen)
		}
	case container:
		f.count(path+".components", len(c.Components), 1, maxLayout)
		f.children(path, c, seen, actionRow, section, textDisplay, mediaGallery, fileComponent, separator)
	case textDisplay:
		f.text(path+".content", c.Content, 1, 4000)
	case mediaGallery:
		f.count(path+".items", len(c.Items), 1, 10)
	}
}

func (f *form) children(path string, c component, seen map[string]bool, types ...int) {
	for i, child := range c.Components {
		below := fmt.Sprintf("%s.components.%d", path, i)
		f.oneOf(below+".type", child.Type, types...)
		f.component(below, child, seen)
	}
}

// row checks that an action row holds up to five buttons or one menu.
func (f *form) row(path string, c component, seen map[string]bool) {
	f.count(path+".components", len(c.Components), 1, 5)
	width := 0
	for _, child := range c.Components {
		width++
		if child.Type != button {
			width += 4
		}
	}
	if width > 5 {
		f.fail(path+".components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
	}
	f.children(path, c, seen, button, stringSelect, userSelect, roleSelect, mentionableSelect, channelSelect)
}

// The styles of buttons that differ from the others.
const (
	linkButton    = 5
	premiumButton = 6
)

func (f *form) button(path string, c component, seen map[string]bool) {
	f.oneOf(path+".style", c.Style, 1, 2, 3, 4, linkButton, premiumButton)
	f.text(path+".label", c.Label, 0, 80)
	if c.Label == "" && c.Emoji == nil && c.Style != premiumButton {
		f.fail(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button needs a label or an emoji")
	}
	switch {
	case c.Style == linkButton && c.URL == "":
		f.fail(path+".url", "BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
	case c.Style == linkButton && c.CustomID != "":
		f.fail(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
	case c.Style == linkButton:
		f.text(path+".url", c.URL, 1, 512)
		f.url(path+".url", c.URL, "http", "https", "discord")
	case c.Style != premiumButton:
		f.customID(path, c.CustomID, seen)
	}
}

func (f *form) customID(path, id string, seen map[string]bool) {
	if id == "" {
		f.fail(path+".custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
		return
	}
	f.text(path+".custom_id", id, 1, 100)
	if seen[id] {
		f.fail(path+".custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	seen[id] = true
}

func (f *form) selectMenu(path string, c component, seen map[string]bool) {
	f.customID(path, c.CustomID, seen)
	f.text(path+".placeholder", c.Placeholder, 0, 150)
	f.number(path+".min_values", c.MinValues, 0, 25)
	f.number(path+".max_values", c.MaxValues, 1, 25)
	if c.Type != stringSelect {
		return
	}
	f.count(path+".options", len(c.Options), 1, 25)
	if most := deref(c.MaxValues); most > max(1, len(c.Options)) {
		f.fail(path+".max_values", "SELECT_COMPONENT_MAX_VALUES_EXCEEDED", "The maximum exceeds the number of options")
	}
	values := map[string]bool{}
	for i, o := range c.Options {
		below := fmt.Sprintf("%s.options.%d", path, i)
		f.text(below+".label", o.Label, 1, 100)
		f.text(below+".value", o.Value, 1, 100)
		f.text(below+".description", o.Description, 0, 100)
		if values[o.Value] {
			f.fail(below+".value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[o.Value] = true
	}
}

// modal checks a form that is to be shown.
func (f *form) modal(m *callbackData) {
	f.text("data.title", m.Title, 1, 45)
	f.text("data.custom_id", m.CustomID, 1, 100)
	list := deref(m.Components)
	f.count("data.components", len(list), 1, 5)
	seen := map[string]bool{}
	for i, c := range list {
		path := fmt.Sprintf("data.components.%d", i)
		f.oneOf(path+".type", c.Type, actionRow, textDisplay, label)
		switch {
		case c.Type == actionRow:
			f.count(path+".components", len(c.Components), 1, 1)
			for j, input := range c.Components {
				f.input(fmt.Sprintf("%s.components.%d", path, j), input, true, seen)
			}
		case c.Type == label && c.Component == nil:
			f.required(path + ".component")
		case c.Type == label:
			f.text(path+".label", c.Label, 1, 45)
			f.text(path+".description", c.Description, 0, 100)
			f.input(path+".component", *c.Component, false, seen)
		}
	}
}

// input checks a field of a modal, which has its label itself if it is not in one.
func (f *form) input(path string, c component, labelled bool, seen map[string]bool) {
	if !labelled && c.Type != textInput {
		f.component(path, c, seen)
		return
	}
	f.oneOf(path+".type", c.Type, textInput)
	f.customID(path, c.CustomID, seen)
	f.oneOf(path+".style", c.Style, 1, 2)
	if labelled {
		f.text(path+".label", c.Label, 1, 45)
	}
	f.text(path+".placeholder", c.Placeholder, 0, 100)
	f.text(path+".value", c.Value, 0, 4000)
	f.number(path+".min_length", c.MinLength, 0, 4000)
	f.number(path+".max_length", c.MaxLength, 1, 4000)
}

// deref is the zero value for nil.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

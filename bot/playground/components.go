package playground

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
)

// The types of components.
const (
	actionRow         = 1
	button            = 2
	stringSelect      = 3
	textInput         = 4
	userSelect        = 5
	roleSelect        = 6
	mentionableSelect = 7
	channelSelect     = 8
	section           = 9
	textDisplay       = 10
	thumbnail         = 11
	mediaGallery      = 12
	fileComponent     = 13
	separator         = 14
	container         = 17
	label             = 18
)

// component is any of them; each type uses some of the fields.
type component struct {
	Type         int             `json:"type"`
	ID           int             `json:"id"`
	CustomID     string          `json:"custom_id,omitempty"`
	Style        int             `json:"style,omitempty"`
	Label        string          `json:"label,omitempty"`
	Description  string          `json:"description,omitempty"`
	Placeholder  string          `json:"placeholder,omitempty"`
	Value        string          `json:"value,omitempty"`
	Content      string          `json:"content,omitempty"`
	URL          string          `json:"url,omitempty"`
	SKU          snowflake       `json:"sku_id,omitzero"`
	Emoji        *emoji          `json:"emoji,omitempty"`
	Disabled     bool            `json:"disabled,omitempty"`
	Required     *bool           `json:"required,omitempty"`
	MinValues    *int            `json:"min_values,omitempty"`
	MaxValues    *int            `json:"max_values,omitempty"`
	MinLength    *int            `json:"min_length,omitempty"`
	MaxLength    *int            `json:"max_length,omitempty"`
	Options      []selectOption  `json:"options,omitempty"`
	ChannelTypes []int           `json:"channel_types,omitempty"`
	Defaults     json.RawMessage `json:"default_values,omitempty"`
	Components   []component     `json:"components,omitempty"`
	Component    *component      `json:"component,omitempty"`
	Accessory    *component      `json:"accessory,omitempty"`
	Items        []mediaItem     `json:"items,omitempty"`
	Media        *media          `json:"media,omitempty"`
	File         *media          `json:"file,omitempty"`
	AccentColor  *int            `json:"accent_color,omitempty"`
	Divider      *bool           `json:"divider,omitempty"`
	Spacing      int             `json:"spacing,omitempty"`
	Spoiler      bool            `json:"spoiler,omitempty"`
}

func (c *component) isMenu() bool {
	return c.Type == stringSelect || c.Type >= userSelect && c.Type <= channelSelect
}

type emoji struct {
	ID       snowflake `json:"id,omitzero"`
	Name     string    `json:"name"`
	Animated bool      `json:"animated,omitempty"`
}

type selectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Emoji       *emoji `json:"emoji,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// MarshalJSON writes a component. Some types always have fields that others only have when they say something.
func (c component) MarshalJSON() ([]byte, error) {
	type plain component
	switch c.Type {
	case container:
		return json.Marshal(struct {
			plain
			AccentColor *int `json:"accent_color"`
			Spoiler     bool `json:"spoiler"`
		}{plain(c), c.AccentColor, c.Spoiler})
	case separator:
		return json.Marshal(struct {
			plain
			Divider bool `json:"divider"`
			Spacing int  `json:"spacing"`
		}{plain(c), c.Divider == nil || *c.Divider, cmp.Or(c.Spacing, 1)})
	case thumbnail, fileComponent:
		return json.Marshal(struct {
			plain
			Description *string `json:"description"`
			Name        *string `json:"name"`
			Size        *int    `json:"size"`
			Spoiler     bool    `json:"spoiler"`
		}{plain: plain(c), Description: &c.Description, Spoiler: c.Spoiler})
	}
	return json.Marshal(plain(c))
}

type mediaItem struct {
	Media       media  `json:"media"`
	Description string `json:"description"`
	Spoiler     bool   `json:"spoiler"`
}

// media is a picture or a file of a layout. It is not fetched, so that nothing is known of it but its address.
type media struct {
	ID    snowflake `json:"id"`
	URL   string    `json:"url"`
	Proxy string    `json:"proxy_url"`
}

// all are components and those in them, each before what is in it.
func all(list []component) iter.Seq[*component] {
	return func(yield func(*component) bool) {
		for i := range list {
			if !list[i].walk(yield) {
				return
			}
		}
	}
}

func (c *component) walk(yield func(*component) bool) bool {
	if !yield(c) {
		return false
	}
	for _, part := range c.parts() {
		if !part.walk(yield) {
			return false
		}
	}
	return true
}

// parts are the components that a component holds.
func (c *component) parts() []*component {
	var list []*component
	for i := range c.Components {
		list = append(list, &c.Components[i])
	}
	for _, single := range []*component{c.Component, c.Accessory} {
		if single != nil {
			list = append(list, single)
		}
	}
	return list
}

// find is the component with a custom id, nil if there is none.
func find(list []component, customID string) *component {
	for c := range all(list) {
		if c.CustomID == customID {
			return c
		}
	}
	return nil
}

// number gives components that have no id one, and menus the bounds that they have by default.
func number(list []component) {
	last := 0
	for c := range all(list) {
		if c.ID == 0 {
			last++
			c.ID = last
		}
		if c.isMenu() {
			c.MinValues, c.MaxValues = cmp.Or(c.MinValues, new(1)), cmp.Or(c.MaxValues, new(1))
		}
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
	for range all(list) {
		n++
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
	if !labelled && c.isMenu() {
		f.component(path, c, seen)
		if c.Disabled {
			f.fail(path+".disabled", "COMPONENT_MODAL_DISABLED", "A component of a modal cannot be disabled")
		}
		return
	}
	if labelled {
		f.oneOf(path+".type", c.Type, textInput)
	} else {
		f.oneOf(path+".type", c.Type, textInput, stringSelect, userSelect, roleSelect, mentionableSelect, channelSelect)
	}
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

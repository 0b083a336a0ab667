package playground

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// The flags of messages that mean something here.
const (
	flagSuppressEmbeds = 1 << 2
	flagThread         = 1 << 5
	flagPrivate        = 1 << 6 // ephemeral
	flagLoading        = 1 << 7
	flagSilent         = 1 << 12
	flagLayout         = 1 << 15 // its components are all there is to it
)

// The types of messages.
const (
	plainMessage    = 0
	threadCreated   = 18
	replyMessage    = 19
	commandMessage  = 20
	threadStarter   = 21
	contextMessage  = 23
	maxRemembered   = 500 // messages of a channel
	attachmentLimit = 10 << 20
)

type message struct {
	ID           snowflake       `json:"id"`
	ChannelID    snowflake       `json:"channel_id"`
	Type         int             `json:"type"`
	Author       *user           `json:"author"`
	Content      string          `json:"content"`
	Timestamp    time.Time       `json:"timestamp"`
	Edited       *time.Time      `json:"edited_timestamp"`
	TTS          bool            `json:"tts"`
	Everyone     bool            `json:"mention_everyone"`
	Mentions     []*user         `json:"mentions"`
	MentionRoles []snowflake     `json:"mention_roles"`
	Attachments  []attachment    `json:"attachments"`
	Embeds       []richEmbed     `json:"embeds"`
	Components   []component     `json:"components"`
	Reactions    []reaction      `json:"reactions,omitempty"`
	Flags        int             `json:"flags"`
	Pinned       bool            `json:"pinned"`
	Nonce        json.RawMessage `json:"nonce,omitempty"`
	Reference    *reference      `json:"message_reference,omitempty"`
	Metadata     *metadata       `json:"interaction_metadata,omitempty"`
	Interaction  *interactionRef `json:"interaction,omitempty"`
	Application  snowflake       `json:"application_id,omitzero"`
	Webhook      snowflake       `json:"webhook_id,omitzero"`

	channel *channel
	to      *user // the only one who sees it, nil for everybody
}

// shown is a message as it is sent: with what it refers to, as that is at the time.
type shown struct {
	*message
	Thread     *channel `json:"thread,omitempty"`
	Referenced any      `json:"referenced_message,omitempty"`
}

// heard is a message as the gateway sends it.
type heard struct {
	shown
	GuildID     snowflake `json:"guild_id,omitzero"`
	ChannelType int       `json:"channel_type"`
	Member      *member   `json:"member,omitempty"`
	Mentions    []pinged  `json:"mentions"`
}

// pinged is a mentioned user with their membership.
type pinged struct {
	*user
	Member *member `json:"member,omitempty"`
}

type reference struct {
	Type      int       `json:"type"`
	MessageID snowflake `json:"message_id,omitzero"`
	ChannelID snowflake `json:"channel_id"`
	GuildID   snowflake `json:"guild_id,omitzero"`
	Fail      *bool     `json:"fail_if_not_exists,omitempty"`
}

// interactionRef is the older way to say which interaction a message answers.
type interactionRef struct {
	ID   snowflake `json:"id"`
	Type int       `json:"type"`
	Name string    `json:"name"`
	User *user     `json:"user"`
}

// metadata says which interaction a message answers.
type metadata struct {
	ID         snowflake            `json:"id"`
	Type       int                  `json:"type"`
	User       *user                `json:"user"`
	Name       string               `json:"name,omitempty"`
	Owners     map[string]snowflake `json:"authorizing_integration_owners"`
	Original   snowflake            `json:"original_response_message_id,omitzero"`
	Interacted snowflake            `json:"interacted_message_id,omitzero"`
	Target     snowflake            `json:"target_message_id,omitzero"`
	Triggering *metadata            `json:"triggering_interaction_metadata,omitempty"`
}

type attachment struct {
	ID          snowflake `json:"id"`
	Filename    string    `json:"filename"`
	Description string    `json:"description,omitempty"`
	Kind        string    `json:"content_type,omitempty"`
	Size        int       `json:"size"`
	URL         string    `json:"url"`
	Proxy       string    `json:"proxy_url"`
	Ephemeral   bool      `json:"ephemeral,omitempty"`
}

type reaction struct {
	Emoji   map[string]any `json:"emoji"`
	Count   int            `json:"count"`
	Details map[string]int `json:"count_details"`
	Colors  []string       `json:"burst_colors"`
	Burst   bool           `json:"me_burst"`
	Me      bool           `json:"me"`
}

type richEmbed struct {
	Type        string       `json:"type"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Timestamp   *time.Time   `json:"timestamp,omitempty"`
	Color       *int         `json:"color,omitempty"`
	Footer      *embedFooter `json:"footer,omitempty"`
	Image       *embedImage  `json:"image,omitempty"`
	Thumbnail   *embedImage  `json:"thumbnail,omitempty"`
	Author      *embedAuthor `json:"author,omitempty"`
	Fields      []embedField `json:"fields,omitempty"`
}

type embedFooter struct {
	Text    string `json:"text"`
	IconURL string `json:"icon_url,omitempty"`
}

type embedImage struct {
	URL string `json:"url"`
}

type embedAuthor struct {
	Name    string `json:"name"`
	URL     string `json:"url,omitempty"`
	IconURL string `json:"icon_url,omitempty"`
}

type embedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// size is what counts towards the limit over all embeds of a message.
func (e richEmbed) size() int {
	text := e.Title + e.Description + deref(e.Footer).Text + deref(e.Author).Name
	for _, f := range e.Fields {
		text += f.Name + f.Value
	}
	return utf8.RuneCountInString(text)
}

func (e richEmbed) empty() bool {
	return e.size() == 0 && e.Image == nil && e.Thumbnail == nil && len(e.Fields) == 0
}

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

// find is the component with a custom id among these and those in them, nil if there is none.
func find(list []component, customID string) *component {
	for i := range list {
		c := &list[i]
		if c.CustomID == customID {
			return c
		}
		if below := find(c.Components, customID); below != nil {
			return below
		}
		for _, single := range []*component{c.Component, c.Accessory} {
			if single != nil && single.CustomID == customID {
				return single
			}
		}
	}
	return nil
}

// number gives components that have no id one, counting on from last, and menus the bounds that they have by default.
func number(list []component, last int) int {
	for i := range list {
		last = list[i].number(last)
	}
	return last
}

func (c *component) number(last int) int {
	if c.ID == 0 {
		last++
		c.ID = last
	}
	if c.isMenu() {
		c.MinValues, c.MaxValues = cmp.Or(c.MinValues, new(1)), cmp.Or(c.MaxValues, new(1))
	}
	last = number(c.Components, last)
	for _, single := range []*component{c.Component, c.Accessory} {
		if single != nil {
			last = single.number(last)
		}
	}
	return last
}

// span says which part of a list is wanted.
type span struct {
	limit                 int
	before, after, around snowflake
}

// readSpan reads it from a query, which may say how many are wanted.
func readSpan(r *request, usual, most int) (span, error) {
	query := r.URL.Query()
	q := span{limit: usual}
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return q, invalid("limit", "NUMBER_TYPE_COERCE", "Value is not int.")
		}
		f := &form{}
		f.number("limit", &n, 1, most)
		if err := f.err(); err != nil {
			return q, err
		}
		q.limit = n
	}
	q.before, q.after, q.around = parseID(query.Get("before")), parseID(query.Get("after")), parseID(query.Get("around"))
	return q, nil
}

// of picks from messages in the order of their ids, leaves out those for one person, and puts the latest first.
func (q span) of(all []*message) []*message {
	list := slices.DeleteFunc(slices.Clone(all), func(m *message) bool { return m.to != nil })
	at := func(id snowflake) int {
		i, _ := slices.BinarySearchFunc(list, id, byID)
		return i
	}
	from, to := 0, len(list)
	switch {
	case q.around != 0:
		from = max(0, at(q.around)-q.limit/2)
		to = min(to, from+q.limit)
	case q.after != 0:
		from = at(q.after + 1)
		to = min(to, from+q.limit)
	case q.before != 0:
		to = at(q.before)
	}
	list = list[max(from, to-q.limit):to]
	slices.Reverse(list)
	return list
}

package playground

import (
	"cmp"
	"encoding/json"
	"slices"
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
	plainMessage   = 0
	threadCreated  = 18
	replyMessage   = 19
	commandMessage = 20
	threadStarter  = 21
	contextMessage = 23
)

const (
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

// keep adds a message to its channel, which forgets its oldest one when it has many.
func (s *Server) keep(c *channel, m *message) {
	c.messages = append(latest(c.messages, maxRemembered), m)
	if m.to == nil {
		c.Last = m.ID
		if c.threadCounts != nil && m.Type != threadStarter {
			c.Messages++
			c.Sent++
			s.restart(c)
		}
	}
}

// latest is a list without its older part, once it is twice as long as what is to be remembered.
func latest[T any](list []T, most int) []T {
	if len(list) < 2*most {
		return list
	}
	return slices.Clone(list[len(list)-most:])
}

// byID orders messages, which are in the order of their ids.
func byID(m *message, id snowflake) int { return cmp.Compare(m.ID, id) }

// message is the one with an id, nil if the channel does not have it any more.
func (c *channel) message(id snowflake) *message {
	i, ok := slices.BinarySearchFunc(c.messages, id, byID)
	if !ok {
		return nil
	}
	return c.messages[i]
}

// remove deletes a message and tells of it.
func (s *Server) remove(m *message) {
	c := m.channel
	c.messages = slices.DeleteFunc(c.messages, func(other *message) bool { return other == m })
	if c.threadCounts != nil && m.to == nil {
		c.Messages--
	}
	s.tellDeleted(m)
}

// target is the message that one replies to, nil if there is none.
func (s *Server) target(m *message) *message {
	if m.Reference == nil {
		return nil
	}
	c := s.world.channels[m.Reference.ChannelID]
	if c == nil {
		return nil
	}
	return c.message(m.Reference.MessageID)
}

// show is a message as REST gives it.
func (s *Server) show(m *message) shown {
	v := shown{message: m}
	if m.Flags&flagThread != 0 {
		v.Thread = s.world.channels[m.ID]
	}
	if m.Reference != nil && m.Reference.MessageID != 0 {
		v.Referenced = json.RawMessage("null")
		if target := s.target(m); target != nil {
			v.Referenced = shown{message: target}
		}
	}
	return v
}

// hear is a message as the gateway gives it to the bot.
func (s *Server) hear(m *message) heard {
	h := heard{shown: s.showBot(m), GuildID: m.channel.GuildID, ChannelType: m.channel.Type, Mentions: []pinged{}}
	g := m.channel.guild
	for _, u := range m.Mentions {
		p := pinged{user: u}
		if g != nil {
			p.Member = g.members[u.ID].alone()
		}
		h.Mentions = append(h.Mentions, p)
	}
	if g != nil {
		h.Member = g.members[m.Author.ID].alone()
	}
	return h
}

// blank is a message as an application gets it that may not read what people write. Its own, direct messages and those
// that mention it are whole.
func (s *Server) blank(m *message) *message {
	if m.Author == s.world.bot || m.channel.guild == nil || slices.Contains(m.Mentions, s.world.bot) {
		return m
	}
	b := *m
	b.Content, b.Embeds, b.Attachments, b.Components = "", []richEmbed{}, []attachment{}, []component{}
	return &b
}

// fetched is a message as the bot gets it that asks for it later: the nonce is told only when it is sent.
func (s *Server) fetched(m *message) shown {
	v := s.showBot(m)
	if len(m.Nonce) > 0 {
		old := *v.message
		old.Nonce = nil
		v.message = &old
	}
	return v
}

// showBot is what REST gives to the bot.
func (s *Server) showBot(m *message) shown {
	v := s.show(s.blank(m))
	if target := s.target(m); target != nil {
		v.Referenced = shown{message: s.blank(target)}
	}
	return v
}

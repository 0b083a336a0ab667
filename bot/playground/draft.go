package playground

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// draft is what somebody wants to send, or to change in a message: what is nil stays as it is.
type draft struct {
	Content      *string          `json:"content"`
	Embeds       *[]richEmbed     `json:"embeds"`
	Components   *[]component     `json:"components"`
	Attachments  *[]attachment    `json:"attachments"`
	Mentions     *allowedMentions `json:"allowed_mentions"`
	Flags        int              `json:"flags"`
	TTS          bool             `json:"tts"`
	Nonce        json.RawMessage  `json:"nonce"`
	EnforceNonce bool             `json:"enforce_nonce"`
	Reference    *reference       `json:"message_reference"`

	files []file
}

type allowedMentions struct {
	Parse       []string    `json:"parse"`
	Users       []snowflake `json:"users"`
	Roles       []snowflake `json:"roles"`
	RepliedUser *bool       `json:"replied_user"`
}

// allows reports whether a mention may ping; without a word about it, all do.
func (a *allowedMentions) allows(kind string, id snowflake) bool {
	if a == nil || slices.Contains(a.Parse, kind) {
		return true
	}
	return kind == "users" && slices.Contains(a.Users, id) || kind == "roles" && slices.Contains(a.Roles, id)
}

// readDraft reads a message from a request, or what is to change in one: old. What is a layout stays one.
func (r *request) readDraft(old *message) (*draft, error) {
	d := &draft{}
	if err := r.decode(d); err != nil {
		return nil, err
	}
	d.files = r.files
	if old != nil {
		d.Flags |= old.Flags & flagLayout
		if d.Content == nil && r.emptied() {
			d.Content = new("")
		}
	}
	return d, d.valid()
}

// emptied reports whether the content is null, which in an edit takes it away.
func (r *request) emptied() bool {
	var said struct {
		Content json.RawMessage `json:"content"`
	}
	return json.Unmarshal(r.body, &said) == nil && string(said.Content) == "null"
}

// valid checks the draft alone, and that it is not empty as far as that shows.
func (d *draft) valid() error {
	f := &form{}
	d.check(f)
	return f.err()
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

// sender is who writes a message, and as what.
type sender struct {
	author *user
	can    permissions
	kind   int
	to     *user // the only one who is to see it, nil for everybody
	flags  int
	about  *metadata // the interaction that it answers
}

// send makes a message of a draft, keeps it and tells of it.
func (s *Server) send(c *channel, d *draft, from sender) (*message, error) {
	m := s.blankMessage(c, from.kind, from.author)
	m.to = from.to
	if from.about != nil {
		s.answers(m, from)
	}
	m.Flags = from.flags | d.Flags&(flagSuppressEmbeds|flagSilent|flagLayout)
	m.TTS = d.TTS
	if len(d.Nonce) > 0 && !bytes.Equal(d.Nonce, []byte("null")) {
		m.Nonce = d.Nonce
	}
	if d.Reference != nil {
		if err := s.refer(m, d); err != nil {
			return nil, err
		}
	}
	s.fill(m, d)
	if m.empty() && from.flags&flagLoading == 0 {
		return nil, errEmpty
	}
	s.mention(m, d.Mentions, from.can)
	s.keep(c, m)
	s.tellMessage("MESSAGE_CREATE", m)
	return m, nil
}

// blankMessage is one that says nothing yet.
func (s *Server) blankMessage(c *channel, kind int, by *user) *message {
	return &message{ID: s.newID(), ChannelID: c.ID, channel: c, Type: kind, Author: by, Timestamp: s.clock.Now(),
		Mentions: []*user{}, MentionRoles: []snowflake{}, Attachments: []attachment{}, Embeds: []richEmbed{}, Components: []component{}}
}

// answers marks a message as the answer to an interaction. To one with a button, it is a reply to the button's message.
func (s *Server) answers(m *message, from sender) {
	about := from.about
	m.Metadata, m.Application, m.Webhook = about, s.world.app, s.world.app
	if about.Type == commandInteraction {
		m.Interaction = &interactionRef{ID: about.ID, Type: about.Type, Name: about.Name, User: about.User}
	}
	if source := m.channel.message(about.Interacted); source != nil && source.to == nil {
		m.Type = replyMessage
		m.Reference = &reference{MessageID: source.ID, ChannelID: m.ChannelID, GuildID: m.channel.GuildID}
	}
}

// fill puts what a draft says into a message.
func (s *Server) fill(m *message, d *draft) {
	if d.Content != nil {
		m.Content = strings.TrimSpace(*d.Content)
	}
	if d.Embeds != nil {
		m.Embeds = append([]richEmbed{}, *d.Embeds...)
		for i := range m.Embeds {
			m.Embeds[i].Type = "rich"
		}
	}
	if d.Components != nil {
		m.Components = append([]component{}, *d.Components...)
		number(m.Components)
	}
	m.Attachments = s.attach(m, d)
	m.link()
}

func (m *message) empty() bool {
	return m.Content == "" && len(m.Embeds) == 0 && len(m.Attachments) == 0 && len(m.Components) == 0
}

// attach is the attachments that a message has after a draft: those that it keeps, and the uploaded files.
func (s *Server) attach(m *message, d *draft) []attachment {
	kept := m.Attachments
	described := map[string]attachment{}
	if d.Attachments != nil {
		kept = []attachment{}
		for _, a := range *d.Attachments {
			described[a.ID.String()] = a
			if i := slices.IndexFunc(m.Attachments, func(old attachment) bool { return old.ID == a.ID }); i >= 0 {
				kept = append(kept, m.Attachments[i])
			}
		}
	}
	for _, f := range d.files {
		kept = append(kept, s.store(f, described[f.key], m.Flags&flagPrivate != 0))
	}
	return kept
}

// refer makes a message a reply.
func (s *Server) refer(m *message, d *draft) error {
	ref := *d.Reference
	target := m.channel.message(ref.MessageID)
	lax := ref.Fail != nil && !*ref.Fail
	switch {
	case target == nil && lax:
		return nil
	case target == nil || target.to != nil:
		return invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
	case !s.world.allowed(m.Author, m.channel).has(mayReadHistory):
		return errReplyWithoutRead
	}
	m.Type = replyMessage
	m.Reference = &reference{MessageID: target.ID, ChannelID: m.ChannelID, GuildID: m.channel.GuildID}
	return nil
}

var mentionSyntax = regexp.MustCompile(`<@(!|&)?(\d{1,20})>|@everyone|@here`)

// mention works out whom a message pings.
func (s *Server) mention(m *message, allowed *allowedMentions, can permissions) {
	m.Mentions, m.MentionRoles, m.Everyone = []*user{}, []snowflake{}, false
	if target := s.target(m); target != nil && target.Author != m.Author && (allowed == nil || deref(allowed.RepliedUser)) {
		m.Mentions = append(m.Mentions, target.Author)
	}
	for _, hit := range mentionSyntax.FindAllStringSubmatch(m.text(), -1) {
		id := parseID(hit[2])
		switch {
		case id == 0:
			m.Everyone = m.Everyone || can.has(mayMentionEveryone) && allowed.allows("everyone", 0)
		case hit[1] == "&":
			s.mentionRole(m, id, allowed, can)
		default:
			u := s.world.users[id]
			if u != nil && allowed.allows("users", id) && !slices.Contains(m.Mentions, u) {
				m.Mentions = append(m.Mentions, u)
			}
		}
	}
}

func (s *Server) mentionRole(m *message, id snowflake, allowed *allowedMentions, can permissions) {
	if m.channel.guild == nil || slices.Contains(m.MentionRoles, id) || !allowed.allows("roles", id) {
		return
	}
	if r := m.channel.guild.role(id); r.ID == id && (r.Mentionable || can.has(mayMentionEveryone)) {
		m.MentionRoles = append(m.MentionRoles, id)
	}
}

// text is where a message can mention people: its content, or the texts of its layout.
func (m *message) text() string {
	if m.Flags&flagLayout == 0 {
		return m.Content
	}
	var b strings.Builder
	for c := range all(m.Components) {
		b.WriteString(c.Content + "\n")
	}
	return b.String()
}

// change lets the bot edit a message, and tells of it.
func (s *Server) change(m *message, d *draft) error {
	before := *m
	m.Flags = m.Flags&^flagLoading | d.Flags&(flagLayout|flagSuppressEmbeds)
	s.fill(m, d)
	if m.empty() {
		*m = before
		return errEmpty
	}
	if d.Content != nil || d.Mentions != nil {
		s.mention(m, d.Mentions, s.botMay(m.channel))
	}
	if before.Flags&flagLoading == 0 {
		m.Edited = new(s.clock.Now())
	}
	s.tellMessage("MESSAGE_UPDATE", m)
	return nil
}

package playground

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
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
		number(m.Components, 0)
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
	return layoutText(m.Components)
}

func layoutText(list []component) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString(c.Content + "\n" + layoutText(c.Components))
	}
	return b.String()
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

// showBot is what REST gives to the bot.
func (s *Server) showBot(m *message) shown {
	v := s.show(s.blank(m))
	if target := s.target(m); target != nil {
		v.Referenced = shown{message: s.blank(target)}
	}
	return v
}

// reach is the channel of a request, if the bot sees it.
func (s *Server) reach(r *request) (*channel, error) {
	c := s.world.channels[r.id("channel")]
	switch {
	case c == nil:
		return nil, errChannel
	case !s.botSees(c):
		return nil, errAccess
	}
	return c, nil
}

// reachMessage is the message of a request, if the bot sees it.
func (s *Server) reachMessage(r *request) (*message, error) {
	c, err := s.reach(r)
	if err != nil {
		return nil, err
	}
	m := c.message(r.id("message"))
	switch {
	case !s.botMay(c).has(mayReadHistory):
		return nil, errPermissions
	case m == nil || m.to != nil:
		return nil, errMessage
	}
	return m, nil
}

func (s *Server) postMessage(r *request, c *channel) (any, error) {
	d, err := r.readDraft(nil)
	if err != nil {
		return nil, err
	}
	if err := s.mayPost(c, d); err != nil {
		return nil, err
	}
	if d.EnforceNonce {
		if m := s.repeated(c, d.Nonce); m != nil {
			return s.show(m), nil
		}
	}
	m, err := s.send(c, d, sender{author: s.world.bot, can: s.botMay(c)})
	if err != nil {
		return nil, err
	}
	return s.show(m), nil
}

// mayPost checks that the bot may send a draft to a channel that it sees.
func (s *Server) mayPost(c *channel, d *draft) error {
	p := s.botMay(c)
	switch {
	case c.guild == nil && c.Recipients[0].closed:
		return errClosed
	case !c.maySpeak(p), len(d.files) > 0 && !p.has(mayAttach):
		return errPermissions
	case c.isThread() && c.Metadata.Locked && !p.has(mayManageThreads):
		return errThreadLocked
	}
	if c.isThread() {
		s.archive(c, false)
	}
	return nil
}

// nonceWindow is how long a nonce keeps a message from being sent twice.
const nonceWindow = 5 * time.Minute

// repeated is the bot's message that was sent with the same nonce a short while ago.
func (s *Server) repeated(c *channel, nonce json.RawMessage) *message {
	since := s.clock.Now().Add(-nonceWindow)
	for _, m := range slices.Backward(c.messages) {
		if m.Timestamp.Before(since) {
			return nil
		}
		if m.Author == s.world.bot && len(m.Nonce) > 0 && bytes.Equal(m.Nonce, nonce) {
			return m
		}
	}
	return nil
}

func (s *Server) getMessage(_ *request, m *message) (any, error) { return s.showBot(m), nil }

func (s *Server) listMessages(r *request, c *channel) (any, error) {
	q, err := readSpan(r, 50, 100)
	if err != nil {
		return nil, err
	}
	list := []shown{}
	if !s.botMay(c).has(mayReadHistory) {
		return list, nil
	}
	for _, m := range q.of(c.messages) {
		list = append(list, s.showBot(m))
	}
	return list, nil
}

func (s *Server) patchMessage(r *request, m *message) (any, error) {
	d, err := r.readDraft(m)
	if err != nil {
		return nil, err
	}
	switch {
	case m.Author != s.world.bot:
		return nil, errOtherAuthor
	case m.channel.isThread() && m.channel.Metadata.Archived:
		return nil, errArchived
	}
	if err := s.change(m, d); err != nil {
		return nil, err
	}
	return s.show(m), nil
}

func (s *Server) deleteMessage(_ *request, m *message) (any, error) {
	switch {
	case m.Author != s.world.bot && m.channel.guild == nil:
		return nil, errDirect
	case m.Author != s.world.bot && !s.botMay(m.channel).has(mayManageMessages):
		return nil, errPermissions
	case m.channel.isThread() && m.channel.Metadata.Archived:
		return nil, errArchived
	}
	s.remove(m)
	return nil, nil
}

func (s *Server) bulkDelete(r *request, c *channel) (any, error) {
	var want struct {
		Messages []snowflake `json:"messages"`
	}
	if err := r.decode(&want); err != nil {
		return nil, err
	}
	f := &form{}
	f.count("messages", len(want.Messages), 2, 100)
	switch {
	case c.guild == nil:
		return nil, errDirect
	case !s.botMay(c).has(mayManageMessages):
		return nil, errPermissions
	case f.err() != nil:
		return nil, f.err()
	}
	for _, id := range want.Messages {
		if m := c.message(id); m != nil && m.to == nil {
			s.remove(m)
		}
	}
	return nil, nil
}

func (s *Server) react(r *request, m *message) (any, error) {
	switch {
	case m.reaction(r.PathValue("emoji")) >= 0:
		return nil, nil
	case !s.botMay(m.channel).has(mayAddReactions):
		return nil, errPermissions
	}
	e := map[string]any{"id": nil, "name": r.PathValue("emoji")}
	once := map[string]int{"burst": 0, "normal": 1}
	m.Reactions = append(m.Reactions, reaction{Emoji: e, Count: 1, Details: once, Colors: []string{}, Me: true})
	s.tellReaction("MESSAGE_REACTION_ADD", m, e)
	return nil, nil
}

func (s *Server) unreact(r *request, m *message) (any, error) {
	if i := m.reaction(r.PathValue("emoji")); i >= 0 {
		e := m.Reactions[i].Emoji
		m.Reactions = slices.Delete(m.Reactions, i, i+1)
		s.tellReaction("MESSAGE_REACTION_REMOVE", m, e)
	}
	return nil, nil
}

// reaction is the place of the bot's reaction, -1 if it has not made it.
func (m *message) reaction(name string) int {
	return slices.IndexFunc(m.Reactions, func(r reaction) bool { return r.Emoji["name"] == name })
}

func (s *Server) typing(_ *request, c *channel) (any, error) {
	if !c.maySpeak(s.botMay(c)) {
		return nil, errPermissions
	}
	s.tellTyping(c, s.world.bot)
	return nil, nil
}

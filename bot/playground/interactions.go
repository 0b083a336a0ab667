package playground

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"trilat/bot/playground/clock"
)

// The kinds of interactions.
const (
	commandInteraction   = 2
	componentInteraction = 3
	suggestInteraction   = 4
	modalInteraction     = 5
)

// The kinds of first responses.
const (
	answerMessage = 4
	deferMessage  = 5
	deferUpdate   = 6
	answerUpdate  = 7
	answerChoices = 8
	answerModal   = 9
)

const (
	firstWord      = 3 * time.Second  // how long the bot has for a first response
	lastWord       = 15 * time.Minute // and for what follows
	maxRemembering = 50_000           // interactions that are remembered at once
)

// interaction is what a person did and the bot is to answer.
type interaction struct {
	id      snowflake
	token   string
	kind    int
	user    *user
	channel *channel
	name    string    // of the command
	target  snowflake // what a context menu was opened on
	source  *message  // what the component is on
	trigger *metadata // what opened the submitted form

	response int // the kind of the first one, 0 before it
	original snowflake
	thinking bool // the next follow-up takes the place of the deferred message
	timer    *clock.Timer
	modal    string      // the custom id of the form that it opened
	form     []component // what is in it, nil when it has been sent
	lapsed   bool        // no first response came in time
	option   int         // the type of the option for which choices are wanted
	choices  chan []Choice
}

// newToken is opaque to the bot, but tells the server when it was given, also when the interaction is forgotten.
func newToken(id snowflake) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "interaction:%d:%s", id, rand.Text()))
}

// tokenID is the interaction that a token was given for, zero if it is none.
func tokenID(token string) snowflake {
	text, _ := base64.RawURLEncoding.DecodeString(token)
	rest, ok := strings.CutPrefix(string(text), "interaction:")
	if !ok {
		return 0
	}
	id, _, _ := strings.Cut(rest, ":")
	return parseID(id)
}

// begin sends an interaction to the bot, which has three seconds for a first response.
func (s *Server) begin(i *interaction, data map[string]any) *interaction {
	i.id = s.newID()
	i.token = newToken(i.id)
	s.forgetInteractions()
	s.interactions[i.id] = i
	s.order = append(s.order, i.id)
	i.timer = s.clock.After(firstWord, func() { s.lapse(i) })
	s.tellInteraction(i, "sent", nil)
	payload := s.payload(i, data)
	if s.endpoint != "" && !s.closed {
		endpoint, body, now := s.endpoint, encode(payload), s.clock.Now()
		s.running.Go(func() {
			if err := s.deliver(i, endpoint, body, now); err != nil {
				s.log.Warn("endpoint", "interaction", i.id, "err", err)
			}
		})
		return i
	}
	s.dispatch(dispatch{name: "INTERACTION_CREATE", guild: i.channel.GuildID, data: payload})
	return i
}

// forgetInteractions drops those whose time is up, and the oldest if there are very many.
func (s *Server) forgetInteractions() {
	now := s.clock.Now()
	n := 0
	for _, id := range s.order {
		if len(s.order)-n < maxRemembering && now.Sub(id.moment()) < lastWord+firstWord {
			break
		}
		delete(s.interactions, id)
		n++
	}
	s.order = s.order[n:]
}

// lapse tells the person that no answer came in time.
func (s *Server) lapse(i *interaction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case i.response == 0:
		i.lapsed = true
		if i.choices != nil {
			close(i.choices)
		}
		s.tellInteraction(i, "failed", nil)
	case i.thinking:
		s.tellInteraction(i, "failed", nil)
	}
}

// payload is an interaction as the gateway sends it.
func (s *Server) payload(i *interaction, data map[string]any) map[string]any {
	c := i.channel
	p := map[string]any{
		"id": i.id, "application_id": s.world.app, "type": i.kind, "token": i.token, "version": 1, "data": data,
		"channel_id": c.ID, "channel": s.partial(c, i.user), "app_permissions": s.botMay(c),
		"locale": i.user.lang, "entitlements": []any{}, "attachment_size_limit": attachmentLimit,
	}
	if i.source != nil {
		p["message"] = s.show(i.source)
	}
	if c.guild == nil {
		p["user"], p["context"], p["authorizing_integration_owners"] = i.user, 1, map[string]any{"0": "0"}
		return p
	}
	p["context"], p["authorizing_integration_owners"] = 0, map[string]any{"0": c.GuildID}
	p["guild_id"], p["guild_locale"] = c.GuildID, usual
	p["guild"] = map[string]any{"id": c.GuildID, "features": []string{}, "locale": usual}
	p["member"] = struct {
		*member
		Permissions permissions `json:"permissions"`
	}{c.guild.members[i.user.ID], s.world.allowed(i.user, c)}
	return p
}

// partial is a channel as interactions give it, with what somebody may do there.
func (s *Server) partial(c *channel, u *user) any {
	return struct {
		*channel
		Permissions permissions `json:"permissions"`
	}{c, s.world.allowed(u, c)}
}

// about says in a message which interaction it answers.
func (s *Server) about(i *interaction) *metadata {
	m := &metadata{ID: i.id, Type: i.kind, User: i.user, Name: i.name, Target: i.target, Triggering: i.trigger}
	m.Owners = map[string]snowflake{"0": i.channel.GuildID}
	if i.source != nil {
		m.Interacted = i.source.ID
	}
	if i.response != 0 {
		m.Original = i.original
	}
	return m
}

// callbackRequest is a first response.
type callbackRequest struct {
	Type int           `json:"type"`
	Data *callbackData `json:"data"`
}

// callbackData is a message, choices or a modal, as the type says.
type callbackData struct {
	draft
	Choices  []choice `json:"choices"`
	CustomID string   `json:"custom_id"`
	Title    string   `json:"title"`
}

// responses lists the kinds of first responses that an interaction may have.
func (i *interaction) responses() []int {
	list := []int{answerMessage, deferMessage}
	switch {
	case i.kind == suggestInteraction:
		return []int{answerChoices}
	case i.kind == modalInteraction && i.source == nil:
		return list
	case i.kind == modalInteraction:
		return append(list, deferUpdate, answerUpdate)
	case i.kind == componentInteraction:
		return append(list, deferUpdate, answerUpdate, answerModal)
	}
	return append(list, answerModal)
}

func (s *Server) callback(r *request) (any, error) {
	i := s.interactions[r.id("interaction")]
	if i == nil || i.token != r.PathValue("token") {
		return nil, errInteraction
	}
	if err := s.firstResponse(i, r); err != nil {
		return nil, err
	}
	if r.URL.Query().Get("with_response") == "true" {
		return s.callbackResult(i), nil
	}
	return nil, nil
}

// firstResponse reads the first response to an interaction and does what it says.
func (s *Server) firstResponse(i *interaction, r *request) error {
	switch {
	case i.lapsed:
		return errInteraction
	case i.response != 0:
		return errAcknowledged
	}
	var want callbackRequest
	if err := r.decode(&want); err != nil {
		return err
	}
	f := &form{}
	f.oneOf("type", want.Type, i.responses()...)
	if want.Data == nil && (want.Type == answerMessage || want.Type == answerChoices || want.Type == answerModal) {
		f.required("data")
	}
	if err := f.err(); err != nil {
		return err
	}
	if want.Data == nil {
		want.Data = &callbackData{}
	}
	want.Data.files = r.files
	return s.respond(i, want.Type, want.Data)
}

// respond does what a first response says.
func (s *Server) respond(i *interaction, kind int, data *callbackData) error {
	var m *message
	var err error
	switch kind {
	case answerMessage:
		m, err = s.reply(i, &data.draft, data.Flags)
	case deferMessage:
		m, err = s.send(i.channel, &draft{}, s.sender(i, data.Flags&flagPrivate|flagLoading))
		i.thinking = err == nil
	case deferUpdate:
		m = i.source
	case answerUpdate:
		m = i.source
		err = s.update(i, m, &data.draft)
	case answerChoices:
		err = s.suggested(i, data.Choices)
	case answerModal:
		err = s.ask(i, data)
	}
	if err != nil {
		return err
	}
	s.clock.Stop(i.timer)
	i.response = kind
	if m != nil {
		i.original = m.ID
	}
	if i.thinking {
		i.timer = s.clock.After(lastWord-s.clock.Now().Sub(i.id.moment()), func() { s.lapse(i) })
	}
	s.tellInteraction(i, "answered", m)
	return nil
}

// sender is the bot answering an interaction, whatever it may do in the channel otherwise.
func (s *Server) sender(i *interaction, flags int) sender {
	from := sender{author: s.world.bot, can: s.botMay(i.channel), flags: flags, about: s.about(i)}
	switch {
	case i.source != nil: // a reply to it, if others see it too
	case i.target != 0:
		from.kind = contextMessage
	default:
		from.kind = commandMessage
	}
	if flags&flagPrivate != 0 {
		from.to = i.user
	}
	return from
}

// reply sends a message that belongs to an interaction.
func (s *Server) reply(i *interaction, d *draft, flags int) (*message, error) {
	f := &form{}
	d.check(f)
	if err := below(f, "data", i.response == 0); err != nil {
		return nil, err
	}
	d.Reference = nil
	return s.send(i.channel, d, s.sender(i, flags&flagPrivate))
}

// below is the error of a form that is inside another body, at a path.
func below(f *form, path string, inside bool) error {
	if f.errors != nil && inside {
		f.errors = map[string]any{path: f.errors}
	}
	return f.err()
}

// update changes the message that a component is on.
func (s *Server) update(i *interaction, m *message, d *draft) error {
	d.Flags |= m.Flags & flagLayout
	f := &form{}
	d.check(f)
	if err := below(f, "data", true); err != nil {
		return err
	}
	if m.channel.message(m.ID) == nil {
		return errMessage
	}
	return s.change(m, d)
}

// suggested hands the choices to whoever is typing.
func (s *Server) suggested(i *interaction, list []choice) error {
	f := &form{}
	f.choices("data.choices", list, i.option)
	if err := f.err(); err != nil {
		return err
	}
	offered := make([]Choice, len(list))
	for n, c := range list {
		offered[n] = Choice{Name: c.Name, Value: c.Value}
	}
	i.choices <- offered
	return nil
}

// ask shows a form to the person.
func (s *Server) ask(i *interaction, data *callbackData) error {
	f := &form{}
	f.modal(data)
	if err := f.err(); err != nil {
		return err
	}
	i.modal, i.form = data.CustomID, deref(data.Components)
	number(i.form)
	s.tellModal(i, data)
	return nil
}

func (s *Server) callbackResult(i *interaction) any {
	about := i.channel.where()
	about["id"], about["type"] = i.id, i.kind
	v := map[string]any{"interaction": about}
	m := i.channel.message(i.original)
	if m == nil {
		return v
	}
	about["response_message_id"] = m.ID
	about["response_message_loading"], about["response_message_ephemeral"] = m.Flags&flagLoading != 0, m.to != nil
	v["resource"] = map[string]any{"type": i.response, "message": s.show(m)}
	return v
}

// webhook is the interaction whose token a request has, if it can be followed up.
func (s *Server) webhook(r *request) (*interaction, error) {
	token := r.PathValue("token")
	id := tokenID(token)
	i := s.interactions[id]
	switch {
	case r.id("app") != s.world.app || id == 0:
		return nil, errWebhook
	case s.clock.Now().Sub(id.moment()) > lastWord:
		return nil, errToken
	case i == nil || i.token != token || i.response == 0 || i.response == answerChoices:
		return nil, errWebhook
	}
	return i, nil
}

func (s *Server) followUp(r *request, i *interaction) (any, error) {
	d, err := r.readDraft(nil)
	if err != nil {
		return nil, err
	}
	if loading := i.channel.message(i.original); i.thinking && loading != nil {
		if err := s.settle(i, loading, d); err != nil {
			return nil, err
		}
		return s.show(loading), nil
	}
	m, err := s.reply(i, d, d.Flags)
	if err != nil {
		return nil, err
	}
	return s.show(m), nil
}

// settle puts an answer in the place of the message that says that the bot is thinking.
func (s *Server) settle(i *interaction, m *message, d *draft) error {
	if err := s.change(m, d); err != nil {
		return err
	}
	if i.thinking && m.ID == i.original {
		i.thinking = false
		s.clock.Stop(i.timer)
	}
	return nil
}

// hookMessage is the message of a webhook request: the original response, or one that followed it.
func (s *Server) hookMessage(r *request, i *interaction) (*message, error) {
	id := r.id("message")
	if r.PathValue("message") == "@original" {
		id = i.original
		if id == 0 {
			return nil, errWebhook
		}
	}
	m := i.channel.message(id)
	if m == nil || m.Author != s.world.bot || id != i.original && (m.Metadata == nil || m.Metadata.ID != i.id) {
		return nil, errMessage
	}
	return m, nil
}

func (s *Server) webhookMessage(r *request, i *interaction) (any, error) {
	m, err := s.hookMessage(r, i)
	if err != nil {
		return nil, err
	}
	return s.show(m), nil
}

func (s *Server) editWebhookMessage(r *request, i *interaction) (any, error) {
	m, err := s.hookMessage(r, i)
	if err != nil {
		return nil, err
	}
	d, err := r.readDraft(m)
	if err != nil {
		return nil, err
	}
	if err := s.settle(i, m, d); err != nil {
		return nil, err
	}
	return s.show(m), nil
}

func (s *Server) deleteWebhookMessage(r *request, i *interaction) (any, error) {
	m, err := s.hookMessage(r, i)
	if err != nil {
		return nil, err
	}
	if m.ID == i.original {
		i.thinking = false
	}
	s.remove(m)
	return nil, nil
}

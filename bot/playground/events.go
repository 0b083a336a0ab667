package playground

import (
	"encoding/json"
)

// The intents that events of this server need.
const (
	intentGuilds          = 1 << 0
	intentMembers         = 1 << 1 // privileged, and not given to this application
	intentMessages        = 1 << 9
	intentReactions       = 1 << 10
	intentTyping          = 1 << 11
	intentDirectMessages  = 1 << 12
	intentDirectReactions = 1 << 13
	intentDirectTyping    = 1 << 14
)

// dispatch is an event for the bot.
type dispatch struct {
	name    string
	guild   snowflake // zero: direct messages
	intents int       // one of them is needed; zero: none
	data    any
}

// dispatch sends an event to every session that asked for it.
func (s *Server) dispatch(d dispatch) {
	var data json.RawMessage
	s.forgetSessions()
	for _, e := range s.sessions {
		if d.intents != 0 && e.intents&d.intents == 0 || !e.covers(d.guild) {
			continue
		}
		if data == nil {
			data = encode(d.data)
		}
		e.push(s, d.name, data)
	}
}

// Event is something that happens before a person's eyes. Data is JSON.
type Event struct {
	Name string
	Data json.RawMessage
}

// watcher is one who watches as a person.
type watcher struct {
	user   *user
	events chan Event
}

// maxWaiting is how many events may wait for one who watches.
const maxWaiting = 4096

// Watch tells what a person sees happen, from now on. The channel is closed by stop, by Close, and when the reader is
// thousands of events behind. Watching as somebody unknown shows nothing.
func (s *Server) Watch(as string) (events <-chan Event, stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &watcher{s.world.person(as), make(chan Event, maxWaiting)}
	if s.closed {
		close(w.events)
		return w.events, func() {}
	}
	s.watchers[w] = struct{}{}
	return w.events, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.unwatch(w)
	}
}

func (s *Server) unwatch(w *watcher) {
	if _, watching := s.watchers[w]; watching {
		delete(s.watchers, w)
		close(w.events)
	}
}

// tell shows an event to the people for whom it is.
func (s *Server) tell(name string, v any, who func(*user) bool) {
	var data json.RawMessage
	for w := range s.watchers {
		if w.user == nil || !who(w.user) {
			continue
		}
		if data == nil {
			data = encode(v)
		}
		select {
		case w.events <- Event{name, data}:
		default:
			s.unwatch(w)
		}
	}
}

func everybody(*user) bool { return true }

func only(u *user) func(*user) bool { return func(other *user) bool { return u == other } }

// whoSees picks those who see a channel.
func (s *Server) whoSees(c *channel) func(*user) bool {
	return func(u *user) bool { return s.world.sees(u, c) }
}

// botSees reports whether the bot is told of what happens in a channel.
func (s *Server) botSees(c *channel) bool { return s.world.sees(s.world.bot, c) }

// botMay is what the bot may do in a channel.
func (s *Server) botMay(c *channel) permissions { return s.world.allowed(s.world.bot, c) }

// intent picks the one of a channel.
func (c *channel) intent(guild, direct int) int {
	if c.guild == nil {
		return direct
	}
	return guild
}

// tellBot tells the bot of what happens in a channel, if it sees the channel.
func (s *Server) tellBot(name string, c *channel, intents int, data any) {
	if s.botSees(c) {
		s.dispatch(dispatch{name, c.GuildID, intents, data})
	}
}

// where says which channel something is about.
func (c *channel) where() map[string]any {
	v := map[string]any{"channel_id": c.ID}
	if c.guild != nil {
		v["guild_id"] = c.GuildID
	}
	return v
}

// tellMessage tells of a message to those who see it. One for a single person is not sent through the gateway.
func (s *Server) tellMessage(name string, m *message) {
	c := m.channel
	if m.to != nil {
		s.tell(name, s.show(m), only(m.to))
		return
	}
	s.tell(name, s.show(m), s.whoSees(c))
	s.tellBot(name, c, c.intent(intentMessages, intentDirectMessages), s.hear(m))
}

func (s *Server) tellDeleted(m *message) {
	c := m.channel
	gone := c.where()
	gone["id"] = m.ID
	if m.to != nil {
		s.tell("MESSAGE_DELETE", gone, only(m.to))
		return
	}
	s.tell("MESSAGE_DELETE", gone, s.whoSees(c))
	s.tellBot("MESSAGE_DELETE", c, c.intent(intentMessages, intentDirectMessages), gone)
}

func (s *Server) tellReaction(name string, m *message, emoji map[string]any) {
	c := m.channel
	what := c.where()
	what["user_id"], what["message_id"], what["emoji"], what["burst"] = s.world.bot.ID, m.ID, emoji, false
	s.tell("MESSAGE_UPDATE", s.show(m), s.whoSees(c))
	s.tellBot(name, c, c.intent(intentReactions, intentDirectReactions), what)
}

func (s *Server) tellTyping(c *channel, u *user) {
	what := c.where()
	what["user_id"], what["timestamp"] = u.ID, s.clock.Now().Unix()
	s.tell("TYPING_START", what, s.whoSees(c))
	s.tellBot("TYPING_START", c, c.intent(intentTyping, intentDirectTyping), what)
}

// tellChannel tells of a channel or thread. The bot hears nothing of new direct messages before there is one.
func (s *Server) tellChannel(name string, c *channel) {
	s.tell(name, c, s.whoSees(c))
	if c.guild != nil {
		s.tellBot(name, c, intentGuilds, c)
	}
}

func (s *Server) tellNewThread(t *channel) {
	s.tell("THREAD_CREATE", t, s.whoSees(t))
	s.tellBot("THREAD_CREATE", t, intentGuilds, struct {
		*channel
		New bool `json:"newly_created"`
	}{t, true})
	s.tellThreadMembers(t, s.world.bot)
}

func (s *Server) tellThreadMembers(t *channel, added *user) {
	s.tellBot("THREAD_MEMBERS_UPDATE", t, intentGuilds, map[string]any{
		"id": t.ID, "guild_id": t.GuildID, "member_count": t.Members, "added_members": []any{t.memberOf(added.ID)}})
}

func (s *Server) tellCommands() {
	s.tell("COMMANDS_UPDATE", map[string]any{"commands": s.available()}, everybody)
}

func (s *Server) tellPresence() {
	s.tell("PRESENCE", map[string]any{"online": s.online()}, everybody)
}

// online reports whether the bot is connected.
func (s *Server) online() bool {
	for _, e := range s.sessions {
		if e.conn != nil {
			return true
		}
	}
	return false
}

func (s *Server) tellClock() {
	s.tell("CLOCK", s.clockState(), everybody)
}

func (s *Server) clockState() map[string]any {
	return map[string]any{"now": s.clock.Now(), "moved_ms": s.clock.Offset().Milliseconds()}
}

// tellInteraction tells the person what became of what they did.
func (s *Server) tellInteraction(i *interaction, state string, m *message) {
	if i.kind == suggestInteraction {
		return
	}
	what := map[string]any{"interaction": i.id, "state": state, "channel_id": i.channel.ID}
	if m != nil {
		what["message"] = s.show(m)
	}
	s.tell("INTERACTION", what, only(i.user))
}

// tellModal shows a form to the person.
func (s *Server) tellModal(i *interaction, data *callbackData) {
	s.tell("MODAL", map[string]any{"interaction": i.id, "custom_id": data.CustomID, "title": data.Title, "components": i.form,
		"channel_id": i.channel.ID}, only(i.user))
}

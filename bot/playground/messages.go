package playground

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

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

func (s *Server) getMessage(_ *request, m *message) (any, error) { return s.fetched(m), nil }

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
		list = append(list, s.fetched(m))
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

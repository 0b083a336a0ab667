package playground

import "slices"

// Read notes that a person has seen all that is in a channel so far.
func (s *Server) Read(as, channel string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.actor(as, channel)
	if err != nil {
		return err
	}
	u.read[c.ID] = c.latest()
	return nil
}

// latest is the last message of a channel, zero for none.
func (c *channel) latest() snowflake {
	if len(c.messages) == 0 {
		return 0
	}
	return c.messages[len(c.messages)-1].ID
}

// unread reports whether others wrote something in a channel that a person has not seen yet, and how often that pings
// the person.
func (u *user) unread(c *channel) (unseen bool, pings int) {
	for _, m := range slices.Backward(c.messages) {
		if m.ID <= u.read[c.ID] {
			break
		}
		if m.Author == u || !m.isFor(u) {
			continue
		}
		unseen = true
		if m.pings(u) {
			pings++
		}
	}
	return unseen, pings
}

// pings reports whether a message draws somebody's attention to it. All direct messages do.
func (m *message) pings(u *user) bool {
	g := m.channel.guild
	if g == nil || m.Everyone || slices.Contains(m.Mentions, u) {
		return true
	}
	held := g.members[u.ID]
	return held != nil && slices.ContainsFunc(m.MentionRoles, held.has)
}

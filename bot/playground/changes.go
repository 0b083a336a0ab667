package playground

import "slices"

// Change is something that an administrator changes in the server.
//
//   - create: a text channel called Name
//   - rename, delete: Channel, which may be a thread
//   - hide, show: Channel, from the bot; mute, unmute: Channel, in which the bot may not write
//   - lock, unlock: Channel, which is a thread
//   - role: one called Name is made; drop: Role is deleted
//   - give, take: Role, to and from User
//   - remove, invite: User, who may be the bot
type Change struct {
	Kind    string `json:"kind"`
	Channel string `json:"channel"` // an id
	Name    string `json:"name"`
	User    string `json:"user"` // an id or a name
	Role    string `json:"role"` // an id or a name
}

// Change changes the server as an administrator.
func (s *Server) Change(as string, c Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.person(as)
	if err != nil {
		return err
	}
	g := s.world.desk
	if !g.base(g.members[u.ID]).has(mayAdminister) {
		return cannot(403, "Only an administrator may change the server.")
	}
	if err := s.carryOut(c); err != nil {
		return err
	}
	s.tell("CHANGED", struct{}{}, everybody)
	return nil
}

func (s *Server) carryOut(c Change) error {
	if named := c.Kind == "create" || c.Kind == "rename" || c.Kind == "role"; named && c.Name == "" {
		return cannot(400, "A name is needed.")
	}
	switch c.Kind {
	case "create", "rename", "delete", "hide", "show", "mute", "unmute", "lock", "unlock":
		return s.changeChannel(c)
	case "role", "drop", "give", "take":
		return s.changeRole(c)
	case "remove", "invite":
		return s.changeMember(c)
	}
	return cannot(400, "There is no change %q.", c.Kind)
}

func (s *Server) changeChannel(c Change) error {
	if c.Kind == "create" {
		s.tellChannel("CHANNEL_CREATE", s.world.newChannel(s.world.desk, s.newID(), c.Name))
		return nil
	}
	in := s.world.channels[parseID(c.Channel)]
	if in == nil || in.guild != s.world.desk {
		return cannot(404, "There is no such channel.")
	}
	before := s.botSees(in)
	switch c.Kind {
	case "delete":
		s.deleteChannel(in)
		return nil
	case "rename":
		in.Name = c.Name
	case "lock", "unlock":
		if !in.isThread() {
			return cannot(400, "Only threads are locked.")
		}
		in.Metadata.Locked = c.Kind == "lock"
	case "hide", "show", "mute", "unmute":
		if in.isThread() {
			return cannot(400, "A thread has the permissions of its channel.")
		}
		denied := map[string]permissions{"hide": mayView, "mute": maySend | maySendInThreads}
		in.deny(s.world.bot, denied[c.Kind])
	}
	s.tellChannelUpdate(in, before)
	return nil
}

// deny takes permissions in a channel from a user, and gives back what was taken before.
func (c *channel) deny(from *user, what permissions) {
	c.Overwrites = slices.DeleteFunc(c.Overwrites, func(o overwrite) bool { return o.ID == from.ID })
	if what != 0 {
		c.Overwrites = append(c.Overwrites, overwrite{ID: from.ID, Type: 1, Deny: what})
	}
}

// tellChannelUpdate tells the bot also of a channel that it sees no longer.
func (s *Server) tellChannelUpdate(c *channel, before bool) {
	name := "CHANNEL_UPDATE"
	if c.isThread() {
		name = "THREAD_UPDATE"
	}
	s.tell(name, c, s.whoSees(c))
	if before || s.botSees(c) {
		s.dispatch(dispatch{name, c.GuildID, intentGuilds, c})
	}
}

func (s *Server) deleteChannel(c *channel) {
	for _, t := range c.guild.threads() {
		if t.parent == c {
			s.deleteChannel(t)
		}
	}
	name := "CHANNEL_DELETE"
	if c.isThread() {
		name = "THREAD_DELETE"
		s.clock.Stop(c.idle)
	}
	s.tellChannel(name, c)
	s.world.dropChannel(c)
}

// findRole is the one with an id or a name, nil for none and for the role that everybody has.
func (g *guild) findRole(name string) *role {
	for _, r := range g.roles[1:] {
		if r.Name == name || r.ID == parseID(name) {
			return r
		}
	}
	return nil
}

func (s *Server) changeRole(c Change) error {
	g := s.world.desk
	if c.Kind == "role" {
		r := s.world.newRole(g, s.newID(), c.Name, 0)
		s.tellRole("GUILD_ROLE_CREATE", map[string]any{"role": r})
		return nil
	}
	r := g.findRole(c.Role)
	m := g.member(c.User)
	switch {
	case r == nil:
		return cannot(404, "There is no role %q.", c.Role)
	case c.Kind == "drop" && r.Managed:
		return cannot(403, "The role of an application stays as long as the application.")
	case c.Kind == "drop":
		s.dropRole(r)
		return nil
	case m == nil:
		return cannot(404, "There is no member %q.", c.User)
	}
	m.Roles = slices.DeleteFunc(m.Roles, func(id snowflake) bool { return id == r.ID })
	if c.Kind == "give" {
		m.Roles = append(m.Roles, r.ID)
	}
	s.tellMember("GUILD_MEMBER_UPDATE", m)
	return nil
}

func (s *Server) dropRole(r *role) {
	g := s.world.desk
	g.roles = slices.DeleteFunc(g.roles, func(other *role) bool { return other == r })
	for _, m := range g.members {
		m.Roles = slices.DeleteFunc(m.Roles, func(id snowflake) bool { return id == r.ID })
	}
	s.tellRole("GUILD_ROLE_DELETE", map[string]any{"role_id": r.ID})
}

func (s *Server) tellRole(name string, what map[string]any) {
	what["guild_id"] = s.world.desk.id
	s.dispatch(dispatch{name, s.world.desk.id, intentGuilds, what})
}

// changeMember lets somebody leave or come back. The bot hears of the guild, and of others only with an intent that it
// does not have.
func (s *Server) changeMember(c Change) error {
	g := s.world.desk
	m := g.member(c.User)
	switch {
	case c.Kind == "remove" && m == nil, m != nil && m.User.ID == g.owner:
		return cannot(400, "%q can not be removed.", c.User)
	case c.Kind == "remove":
		s.removeMember(m)
		return nil
	case m != nil:
		return nil // is there
	}
	for _, u := range s.world.users {
		if u.Username == c.User || u.ID == parseID(c.User) {
			s.inviteMember(u)
			return nil
		}
	}
	return cannot(404, "There is nobody called %q.", c.User)
}

func (s *Server) removeMember(m *member) {
	g := s.world.desk
	delete(g.members, m.User.ID)
	if m.User == s.world.bot {
		s.dispatch(dispatch{"GUILD_DELETE", g.id, intentGuilds, map[string]any{"id": g.id}})
		return
	}
	s.tellMember("GUILD_MEMBER_REMOVE", m)
}

func (s *Server) inviteMember(u *user) {
	g := s.world.desk
	s.world.join(g, u)
	m := g.members[u.ID]
	if u == s.world.bot {
		m.Roles = append(m.Roles, g.findRole(u.Username).ID)
		s.dispatch(dispatch{"GUILD_CREATE", g.id, intentGuilds, s.wholeGuild(g)})
		return
	}
	s.tellMember("GUILD_MEMBER_ADD", m)
}

// tellMember tells of a member: the bot of itself, and of others with the intent for members.
func (s *Server) tellMember(name string, m *member) {
	intents := intentMembers
	if m.User == s.world.bot {
		intents = intentGuilds
	}
	s.dispatch(dispatch{name, s.world.desk.id, intents, struct {
		*member
		GuildID snowflake `json:"guild_id"`
	}{m, s.world.desk.id}})
}

package playground

import (
	"slices"
)

func (s *Server) getChannel(_ *request, c *channel) (any, error) { return c, nil }

func (s *Server) getUser(r *request) (any, error) {
	if u := s.world.users[r.id("user")]; u != nil {
		return u, nil
	}
	return nil, errUser
}

// reachGuild is the guild of a request.
func (s *Server) reachGuild(r *request) (*guild, error) {
	if g := s.world.guild(r.id("guild")); g != nil {
		return g, nil
	}
	return nil, errGuild
}

func (s *Server) getGuild(r *request, g *guild) (any, error) {
	v := g.facts()
	if r.URL.Query().Get("with_counts") == "true" {
		v["approximate_member_count"], v["approximate_presence_count"] = len(g.members), len(g.members)
	}
	return v, nil
}

// facts is a guild without those in it.
func (g *guild) facts() map[string]any {
	return map[string]any{
		"id": g.id, "name": g.name, "icon": nil, "description": nil, "home_header": nil, "splash": nil, "discovery_splash": nil,
		"features": []string{}, "banner": nil, "owner_id": g.owner, "application_id": nil, "region": "deprecated",
		"afk_channel_id": nil, "afk_timeout": 300, "system_channel_id": nil, "system_channel_flags": 0, "widget_enabled": false,
		"widget_channel_id": nil, "verification_level": 0, "roles": g.roles, "default_message_notifications": 0, "mfa_level": 0,
		"explicit_content_filter": 0, "max_presences": nil, "max_members": 500000, "max_stage_video_channel_users": 50,
		"max_video_channel_users": 25, "vanity_url_code": nil, "premium_tier": 0, "premium_subscription_count": 0,
		"preferred_locale": usual, "rules_channel_id": nil, "safety_alerts_channel_id": nil, "public_updates_channel_id": nil,
		"premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0, "emojis": []any{}, "stickers": []any{},
		"incidents_data": nil,
	}
}

// guildChannels lists the channels, not the threads. The bot is told of those that it may not see, too.
func (s *Server) guildChannels(_ *request, g *guild) (any, error) {
	return g.textChannels(), nil
}

func (s *Server) guildRoles(_ *request, g *guild) (any, error) { return g.roles, nil }

// guildMembers needs the privileged intent that this application does not have.
func (s *Server) guildMembers(*request, *guild) (any, error) { return nil, errAccess }

func (s *Server) guildMember(r *request, g *guild) (any, error) {
	if m := g.members[r.id("user")]; m != nil {
		return m, nil
	}
	if s.world.users[r.id("user")] == nil {
		return nil, errUser
	}
	return nil, errMember
}

func (s *Server) myGuilds(r *request) (any, error) {
	q, err := readSpan(r, 200, 200)
	if err != nil {
		return nil, err
	}
	guilds := slices.DeleteFunc(slices.Clone(s.world.joined()), func(g *guild) bool {
		return g.id <= q.after || q.before != 0 && g.id >= q.before
	})
	if extra := len(guilds) - q.limit; extra > 0 && q.before != 0 {
		guilds = guilds[extra:]
	}
	list := []map[string]any{}
	for _, g := range guilds[:min(q.limit, len(guilds))] {
		list = append(list, map[string]any{"id": g.id, "name": g.name, "icon": nil, "banner": nil, "owner": false,
			"permissions": g.base(g.members[s.world.bot.ID]), "features": []string{}})
	}
	return list, nil
}

func (s *Server) postDirect(r *request) (any, error) {
	var want struct {
		Recipient snowflake `json:"recipient_id"`
	}
	if err := r.decode(&want); err != nil {
		return nil, err
	}
	u := s.world.users[want.Recipient]
	if u == nil || u.Bot {
		return nil, invalid("recipient_id", "INVALID_RECIPIENT", "Invalid Recipient(s)")
	}
	return s.openDirect(u), nil
}

// openDirect is the channel of a user's direct messages, which is made and told of if there is none.
func (s *Server) openDirect(u *user) *channel {
	if u.direct == nil {
		u.direct = &channel{ID: s.newID(), Type: directChannel, Recipients: []*user{u}, bot: s.world.bot}
		s.world.addChannel(u.direct)
		s.tellChannel("CHANNEL_CREATE", u.direct)
	}
	return u.direct
}

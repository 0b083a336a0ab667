package playground

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

func (s *Server) gatewayURL(r *request) (any, error) {
	return map[string]any{"url": "ws://" + r.Host + "/gateway"}, nil
}

func (s *Server) gatewayBot(r *request) (any, error) {
	limit := map[string]any{"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
	return map[string]any{"url": "ws://" + r.Host + "/gateway", "shards": 1, "session_start_limit": limit}, nil
}

func (s *Server) me(*request) (any, error) {
	return struct {
		*user
		MFA      bool    `json:"mfa_enabled"`
		Locale   string  `json:"locale"`
		Verified bool    `json:"verified"`
		Email    *string `json:"email"`
	}{s.world.bot, false, "en-GB", true, nil}, nil
}

// application is that of the bot. It has no privileged intents, and may be invited by anybody.
func (s *Server) application(*request) (any, error) {
	install := map[string]any{"scopes": []string{"applications.commands", "bot"}, "permissions": ownPermissions}
	return map[string]any{
		"id": s.world.app, "name": s.world.bot.Username, "icon": nil, "description": "", "type": nil, "bot": s.world.bot,
		"bot_public": true, "bot_require_code_grant": false, "install_params": install,
		"integration_types_config": map[string]any{"0": map[string]any{"oauth2_install_params": install}},
		"verify_key":               verifyKey(), "flags": 0, "flags_new": "0", "explicit_content_filter": 0,
		"redirect_uris": []string{}, "interactions_endpoint_url": nullable(s.endpoint), "role_connections_verification_url": nil,
		"owner": s.world.users[s.world.desk.owner], "team": nil, "approximate_guild_count": len(s.world.joined()),
		"approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
		"eligible_oauth2_scopes": []string{"applications.commands", "bot"},
	}, nil
}

// nullable is null where there is nothing.
func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

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
		"preferred_locale": "en-GB", "rules_channel_id": nil, "safety_alerts_channel_id": nil, "public_updates_channel_id": nil,
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

// threadRequest is the body of the two requests that make a thread.
type threadRequest struct {
	Name        string `json:"name"`
	AutoArchive *int   `json:"auto_archive_duration"`
	Type        *int   `json:"type"`
	Slow        *int   `json:"rate_limit_per_user"`
	Invitable   *bool  `json:"invitable"`
}

func (r *request) readThread() (threadRequest, error) {
	var want threadRequest
	if err := r.decode(&want); err != nil {
		return want, err
	}
	f := &form{}
	f.text("name", strings.TrimSpace(want.Name), 1, 100)
	f.archive(want.AutoArchive)
	f.number("rate_limit_per_user", want.Slow, 0, 21600)
	if want.Type != nil {
		f.oneOf("type", *want.Type, 10, publicThread, privateThread)
	}
	return want, f.err()
}

func (f *form) archive(minutes *int) {
	if minutes != nil {
		f.oneOf("auto_archive_duration", *minutes, 60, 1440, 4320, 10080)
	}
}

func (s *Server) threadFromMessage(r *request, m *message) (any, error) {
	p := s.botMay(m.channel)
	want, err := r.readThread()
	switch {
	case err != nil:
		return nil, err
	case m.channel.Type != textChannel:
		return nil, errChannelType
	case !p.has(mayCreateThreads):
		return nil, errPermissions
	case m.Flags&flagThread != 0:
		return nil, errThreadExists
	}
	t := s.newThread(m.channel, m.ID, publicThread, want)
	m.Flags |= flagThread
	s.tellMessage("MESSAGE_UPDATE", m)
	s.tellNewThread(t)
	s.tellThreadMembers(t, s.world.bot)
	starter := s.notice(t, threadStarter, m.Author)
	starter.Reference = &reference{MessageID: m.ID, ChannelID: m.ChannelID, GuildID: m.channel.GuildID}
	s.tellMessage("MESSAGE_CREATE", starter)
	return result{http.StatusCreated, t}, nil
}

func (s *Server) threadAlone(r *request, c *channel) (any, error) {
	p := s.botMay(c)
	want, err := r.readThread()
	kind := privateThread // as Discord has it where nothing is said
	if want.Type != nil {
		kind = *want.Type
	}
	needs := mayCreateThreads
	if kind == privateThread {
		needs = mayCreatePrivate
	}
	switch {
	case err != nil:
		return nil, err
	case c.Type != textChannel:
		return nil, errChannelType
	case !p.has(needs):
		return nil, errPermissions
	}
	t := s.newThread(c, s.newID(), kind, want)
	s.tellNewThread(t)
	s.tellThreadMembers(t, s.world.bot)
	if kind == publicThread {
		said := s.notice(c, threadCreated, s.world.bot)
		said.Content = t.Name
		said.Reference = &reference{ChannelID: t.ID, GuildID: t.GuildID}
		s.tellMessage("MESSAGE_CREATE", said)
	}
	return result{http.StatusCreated, t}, nil
}

// notice keeps a message that Discord itself writes.
func (s *Server) notice(c *channel, kind int, by *user) *message {
	m := s.blankMessage(c, kind, by)
	s.keep(c, m)
	return m
}

// maxThreads is how many threads of a guild are remembered; beyond it the oldest is forgotten.
const maxThreads = 1000

func (s *Server) newThread(in *channel, id snowflake, kind int, want threadRequest) *channel {
	now := s.clock.Now()
	t := &channel{ID: id, Type: kind, GuildID: in.GuildID, guild: in.guild, ParentID: in.ID, parent: in, Owner: s.world.bot.ID,
		Name: strings.TrimSpace(want.Name), Slow: deref(want.Slow), joined: map[snowflake]time.Time{s.world.bot.ID: now}}
	t.threadCounts = &threadCounts{Members: 1}
	t.Metadata = &threadMetadata{ArchivedAt: now, AutoArchive: 1440, CreatedAt: &now}
	if want.AutoArchive != nil {
		t.Metadata.AutoArchive = *want.AutoArchive
	}
	if kind == privateThread {
		t.Metadata.Invitable = new(want.Invitable == nil || *want.Invitable)
	}
	s.world.addChannel(t)
	s.restart(t)
	s.forgetThreads(in.guild)
	return t
}

// restart lets a thread be archived when nothing has happened in it for as long as it says from now on.
func (s *Server) restart(t *channel) {
	s.clock.Stop(t.idle)
	t.idle = s.clock.After(time.Duration(t.Metadata.AutoArchive)*time.Minute, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.archive(t, true)
	})
}

// archive closes or opens a thread, and tells of it.
func (s *Server) archive(t *channel, archived bool) {
	if t.Metadata.Archived == archived {
		return
	}
	t.Metadata.Archived, t.Metadata.ArchivedAt = archived, s.clock.Now()
	if !archived {
		s.restart(t)
	}
	s.tellChannel("THREAD_UPDATE", t)
}

// forgetThreads drops the oldest thread of a guild that has very many.
func (s *Server) forgetThreads(g *guild) {
	if threads := g.threads(); len(threads) > maxThreads {
		s.clock.Stop(threads[0].idle)
		s.world.dropChannel(threads[0])
	}
}

// threads are those of a guild, the oldest first.
func (g *guild) threads() []*channel {
	return slices.DeleteFunc(slices.Clone(g.channels), func(c *channel) bool { return !c.isThread() })
}

// textChannels are those of a guild, without the threads.
func (g *guild) textChannels() []*channel {
	return slices.DeleteFunc(slices.Clone(g.channels), (*channel).isThread)
}

// patchChannel renames, archives and locks a thread; the bot may not change other channels.
func (s *Server) patchChannel(r *request, c *channel) (any, error) {
	p := s.botMay(c)
	var want struct {
		Name        *string `json:"name"`
		Archived    *bool   `json:"archived"`
		Locked      *bool   `json:"locked"`
		AutoArchive *int    `json:"auto_archive_duration"`
	}
	if err := r.decode(&want); err != nil {
		return nil, err
	}
	f := &form{}
	if want.Name != nil {
		f.text("name", *want.Name, 1, 100)
	}
	f.archive(want.AutoArchive)
	own := c.Owner == s.world.bot.ID
	switch {
	case f.err() != nil:
		return nil, f.err()
	case !c.isThread(), want.Locked != nil && !p.has(mayManageThreads), !own && !p.has(mayManageThreads):
		return nil, errPermissions
	case c.Metadata.Archived && (want.Archived == nil || *want.Archived):
		return nil, errArchived
	}
	set(&c.Name, want.Name)
	set(&c.Metadata.Locked, want.Locked)
	set(&c.Metadata.AutoArchive, want.AutoArchive)
	set(&c.Metadata.Archived, want.Archived)
	c.Metadata.ArchivedAt = s.clock.Now()
	s.restart(c)
	s.tellChannel("THREAD_UPDATE", c)
	return c, nil
}

// set gives *to a new value if there is one.
func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

func (s *Server) joinThread(_ *request, c *channel) (any, error) {
	switch {
	case !c.isThread():
		return nil, errChannelType
	case c.Metadata.Archived:
		return nil, errArchived
	}
	s.enter(c, s.world.bot)
	return nil, nil
}

// enter makes somebody a member of a thread.
func (s *Server) enter(t *channel, u *user) {
	if !t.joined[u.ID].IsZero() {
		return
	}
	t.joined[u.ID] = s.clock.Now()
	t.Members = len(t.joined)
	s.tellThreadMembers(t, u)
}

// active lists the threads of a guild that are open, of those that the bot sees.
func (s *Server) active(g *guild) []*channel {
	return slices.DeleteFunc(g.threads(), func(t *channel) bool { return t.Metadata.Archived || !s.botSees(t) })
}

func (s *Server) activeThreads(_ *request, g *guild) (any, error) {
	threads, members := s.active(g), []map[string]any{}
	for _, c := range threads {
		if !c.joined[s.world.bot.ID].IsZero() {
			members = append(members, c.memberOf(s.world.bot.ID))
		}
	}
	return map[string]any{"threads": threads, "members": members, "has_more": false}, nil
}

// memberOf is somebody's membership of a thread.
func (c *channel) memberOf(id snowflake) map[string]any {
	return map[string]any{"id": c.ID, "user_id": id, "join_timestamp": c.joined[id], "flags": 0}
}

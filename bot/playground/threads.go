package playground

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

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
	want, err := r.readThread()
	switch {
	case err != nil:
		return nil, err
	case m.channel.Type != textChannel:
		return nil, errChannelType
	case !s.botMay(m.channel).has(mayCreateThreads):
		return nil, errPermissions
	case m.Flags&flagThread != 0:
		return nil, errThreadExists
	}
	t := s.newThread(m.channel, m.ID, publicThread, want)
	m.Flags |= flagThread
	s.tellMessage("MESSAGE_UPDATE", m)
	s.tellNewThread(t)
	starter := s.notice(t, threadStarter, m.Author)
	starter.Reference = &reference{MessageID: m.ID, ChannelID: m.ChannelID, GuildID: m.channel.GuildID}
	s.tellMessage("MESSAGE_CREATE", starter)
	return result{http.StatusCreated, t}, nil
}

func (s *Server) threadAlone(r *request, c *channel) (any, error) {
	want, err := r.readThread()
	kind := privateThread // as Discord has it where nothing is said
	set(&kind, want.Type)
	needs := mayCreateThreads
	if kind == privateThread {
		needs = mayCreatePrivate
	}
	switch {
	case err != nil:
		return nil, err
	case c.Type != textChannel:
		return nil, errChannelType
	case !s.botMay(c).has(needs):
		return nil, errPermissions
	}
	t := s.newThread(c, s.newID(), kind, want)
	s.tellNewThread(t)
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
	set(&t.Metadata.AutoArchive, want.AutoArchive)
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

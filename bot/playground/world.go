package playground

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"trilat/bot/playground/clock"
)

// snowflake is an id: a moment and a counter. It travels as a decimal string; numbers are understood too.
type snowflake uint64

// dawn is the first moment that a snowflake can name, in milliseconds.
const dawn = 1420070400000

// MarshalText writes the id in decimal.
func (id snowflake) MarshalText() ([]byte, error) {
	return strconv.AppendUint(nil, uint64(id), 10), nil
}

// UnmarshalJSON reads an id that is a string, a number, or null, which leaves it zero.
func (id *snowflake) UnmarshalJSON(data []byte) error {
	text := string(data)
	if text == "null" || text == `""` {
		return nil
	}
	if n := len(text); n > 2 && text[0] == '"' {
		text = text[1 : n-1]
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return &notSnowflake{text}
	}
	*id = snowflake(n)
	return nil
}

func (id snowflake) String() string { return strconv.FormatUint(uint64(id), 10) }

// moment is when the id was given.
func (id snowflake) moment() time.Time { return time.UnixMilli(int64(id>>22) + dawn).UTC() }

// parseID is zero for what is no id.
func parseID(s string) snowflake {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return 0
	}
	return snowflake(n)
}

// notSnowflake says that something is no id.
type notSnowflake struct{ text string }

func (e *notSnowflake) Error() string { return fmt.Sprintf("Value %q is not snowflake.", e.text) }

type user struct {
	ID           snowflake `json:"id"`
	Username     string    `json:"username"`
	GlobalName   *string   `json:"global_name"`
	Avatar       *string   `json:"avatar"`
	Number       string    `json:"discriminator"`
	Bot          bool      `json:"bot,omitempty"`
	PublicFlags  int       `json:"public_flags"`
	Flags        int       `json:"flags"`
	PrimaryGuild *string   `json:"primary_guild"`

	lang   string                  // that their client speaks
	closed bool                    // the bot may not write to them before they have written to it
	direct *channel                // their direct messages with the bot, nil before they are opened
	read   map[snowflake]snowflake // the latest message that they have seen, by channel
}

type role struct {
	ID          snowflake      `json:"id"`
	Name        string         `json:"name"`
	Permissions permissions    `json:"permissions"`
	Position    int            `json:"position"`
	Color       int            `json:"color"`
	Colors      map[string]any `json:"colors"`
	Hoist       bool           `json:"hoist"`
	Managed     bool           `json:"managed"`
	Mentionable bool           `json:"mentionable"`
	Icon        *string        `json:"icon"`
	Emoji       *string        `json:"unicode_emoji"`
	Flags       int            `json:"flags"`
	Tags        map[string]any `json:"tags,omitempty"`
}

func (r *role) paint(color int) {
	r.Color = color
	r.Colors = map[string]any{"primary_color": color, "secondary_color": nil, "tertiary_color": nil}
}

type member struct {
	User     *user       `json:"user,omitempty"`
	Nick     *string     `json:"nick"`
	Roles    []snowflake `json:"roles"`
	JoinedAt time.Time   `json:"joined_at"`
	Avatar   *string     `json:"avatar"`
	Banner   *string     `json:"banner"`
	Silenced *string     `json:"communication_disabled_until"`
	Boosts   *string     `json:"premium_since"`
	Flags    int         `json:"flags"`
	Pending  bool        `json:"pending"`
	Mute     bool        `json:"mute"`
	Deaf     bool        `json:"deaf"`
}

func (m *member) has(role snowflake) bool { return slices.Contains(m.Roles, role) }

// alone is the member without the user, as events give it beside one.
func (m *member) alone() *member {
	if m == nil {
		return nil
	}
	c := *m
	c.User = nil
	return &c
}

// The types of channels that this server has.
const (
	textChannel   = 0
	directChannel = 1
	publicThread  = 11
	privateThread = 12
)

type channel struct {
	ID         snowflake       `json:"id"`
	Type       int             `json:"type"`
	GuildID    snowflake       `json:"guild_id,omitzero"`
	Name       string          `json:"name,omitempty"`
	ParentID   snowflake       `json:"parent_id,omitzero"`
	Flags      int             `json:"flags"`
	Last       snowflake       `json:"last_message_id,omitzero"`
	Recipients []*user         `json:"recipients,omitempty"`
	Overwrites []overwrite     `json:"permission_overwrites,omitzero"` // nil where there can be none
	Owner      snowflake       `json:"owner_id,omitzero"`
	Metadata   *threadMetadata `json:"thread_metadata,omitempty"`
	Slow       int             `json:"rate_limit_per_user"`
	*textFields
	*threadCounts

	guild    *guild   // nil: direct messages
	parent   *channel // of a thread
	bot      *user    // whose direct messages these are
	messages []*message
	joined   map[snowflake]time.Time // who is in the thread
	idle     *clock.Timer            // archives the thread
}

// textFields are what only text channels have.
type textFields struct {
	Position int     `json:"position"`
	Topic    *string `json:"topic"`
	NSFW     bool    `json:"nsfw"`
}

// threadCounts are what only threads have.
type threadCounts struct {
	Messages int `json:"message_count"`
	Members  int `json:"member_count"`
	Sent     int `json:"total_message_sent"`
}

type threadMetadata struct {
	Archived    bool       `json:"archived"`
	ArchivedAt  time.Time  `json:"archive_timestamp"`
	AutoArchive int        `json:"auto_archive_duration"`
	Locked      bool       `json:"locked"`
	CreatedAt   *time.Time `json:"create_timestamp,omitempty"`
	Invitable   *bool      `json:"invitable,omitempty"`
}

func (c *channel) isThread() bool { return c.Type == publicThread || c.Type == privateThread }

// place is the channel whose overwrites count: a thread has those of its parent.
func (c *channel) place() *channel {
	if c.parent != nil {
		return c.parent
	}
	return c
}

func (c *channel) hasRecipient(u *user) bool { return u == c.bot || slices.Contains(c.Recipients, u) }

type guild struct {
	id       snowflake
	name     string
	owner    snowflake
	roles    []*role
	members  map[snowflake]*member
	channels []*channel // with the threads
}

// role is the guild's role with an id, an empty one if there is none.
func (g *guild) role(id snowflake) *role {
	for _, r := range g.roles {
		if r.ID == id {
			return r
		}
	}
	return &role{}
}

// member is the one with an id or a user name, nil if there is none.
func (g *guild) member(name string) *member {
	for _, m := range g.members {
		if m.User.Username == name || m.User.ID == parseID(name) {
			return m
		}
	}
	return nil
}

// sorted lists the members in the order of their ids.
func (g *guild) sorted() []*member {
	return slices.SortedFunc(maps.Values(g.members), func(a, b *member) int {
		return cmp.Compare(a.User.ID, b.User.ID)
	})
}

// threads are those of a guild, the oldest first.
func (g *guild) threads() []*channel {
	return slices.DeleteFunc(slices.Clone(g.channels), func(c *channel) bool { return !c.isThread() })
}

// textChannels are those of a guild, without the threads.
func (g *guild) textChannels() []*channel {
	return slices.DeleteFunc(slices.Clone(g.channels), (*channel).isThread)
}

// world is everybody and every place. The server's mutex guards it.
type world struct {
	bot      *user
	app      snowflake
	desk     *guild // the one that people use
	guilds   []*guild
	users    map[snowflake]*user
	channels map[snowflake]*channel
	last     snowflake // given while the server runs
	fixed    snowflake // given to what is there from the start
}

// founded is when the world begins; the ids of what is in it then are made from it, and stay the same from run to run.
var founded = time.Date(2025, 3, 18, 9, 0, 0, 0, time.UTC)

const ownPermissions = mayView | maySend | mayEmbedLinks | mayAttach | mayReadHistory | mayUseCommands |
	mayCreateThreads | maySendInThreads

const memberPermissions = ownPermissions | mayAddReactions

func newWorld() *world {
	w := &world{users: map[snowflake]*user{}, channels: map[snowflake]*channel{}}
	w.bot = w.newUser("trilat", "")
	w.bot.Bot = true
	w.app = w.bot.ID
	w.found()
	return w
}

// found makes the server that people use, its members and its channels.
func (w *world) found() {
	ana, boris := w.newUser("ana", "Ana"), w.newUser("boris", "Boris")
	teuta, ivo := w.newUser("teuta", "Teuta"), w.newUser("ivo", "Ivo")
	boris.closed = true
	g := w.newGuild("Adriatic Desk", ivo)
	w.desk = g
	team := w.newRole(g, w.fixedID(), "Team", memberPermissions)
	admin := w.newRole(g, w.fixedID(), "Admin", mayAdminister)
	own := w.newRole(g, w.fixedID(), w.bot.Username, ownPermissions)
	team.paint(0x3498db)
	team.Mentionable = true
	admin.paint(0xe67e22)
	own.Managed, own.Tags = true, map[string]any{"bot_id": w.bot.ID}
	w.join(g, ana)
	w.join(g, boris)
	w.join(g, teuta, team.ID)
	w.join(g, ivo, admin.ID)
	w.join(g, w.bot, own.ID)
	w.newChannel(g, w.fixedID(), "general")
	w.newChannel(g, w.fixedID(), "questions")
	w.newChannel(g, w.fixedID(), "announcements", overwrite{ID: g.id, Deny: maySend}, overwrite{ID: team.ID, Allow: maySend},
		overwrite{ID: own.ID, Allow: maySend})
	w.newChannel(g, w.fixedID(), "team", overwrite{ID: g.id, Deny: mayView}, overwrite{ID: team.ID, Allow: mayView},
		overwrite{ID: own.ID, Allow: mayView})
	w.newChannel(g, w.fixedID(), "quiet", overwrite{ID: w.bot.ID, Type: 1, Deny: mayView})
}

// newID is later than every id before it.
func (w *world) newID(at time.Time) snowflake {
	w.last = max(w.last+1, snowflake(at.UnixMilli()-dawn)<<22)
	return w.last
}

// fixedID is the same in every run, if it is asked for in the same order.
func (w *world) fixedID() snowflake {
	w.fixed = max(w.fixed, snowflake(founded.UnixMilli()-dawn)<<22) + 1<<22
	return w.fixed
}

func (w *world) newUser(name, display string) *user {
	u := &user{ID: w.fixedID(), Username: name, Number: "0", lang: usual, read: map[snowflake]snowflake{}}
	if display != "" {
		u.GlobalName = &display
	}
	w.users[u.ID] = u
	return u
}

// newGuild has the role that everybody has, and nobody in it.
func (w *world) newGuild(name string, owner *user) *guild {
	g := &guild{id: w.fixedID(), name: name, owner: owner.ID, members: map[snowflake]*member{}}
	w.newRole(g, g.id, "@everyone", memberPermissions)
	w.guilds = append(w.guilds, g)
	return g
}

func (w *world) newRole(g *guild, id snowflake, name string, p permissions) *role {
	r := &role{ID: id, Name: name, Permissions: p, Position: len(g.roles)}
	r.paint(0)
	g.roles = append(g.roles, r)
	return r
}

func (w *world) join(g *guild, u *user, roles ...snowflake) {
	g.members[u.ID] = &member{User: u, Roles: append([]snowflake{}, roles...), JoinedAt: founded}
}

func (w *world) newChannel(g *guild, id snowflake, name string, list ...overwrite) *channel {
	c := &channel{ID: id, Type: textChannel, GuildID: g.id, Name: name, Overwrites: append([]overwrite{}, list...), guild: g}
	c.textFields = &textFields{Position: len(g.channels)}
	w.addChannel(c)
	return c
}

func (w *world) addChannel(c *channel) {
	w.channels[c.ID] = c
	if c.guild != nil {
		c.guild.channels = append(c.guild.channels, c)
	}
}

// dropChannel forgets a channel or thread of a guild.
func (w *world) dropChannel(c *channel) {
	delete(w.channels, c.ID)
	c.guild.channels = slices.DeleteFunc(c.guild.channels, func(other *channel) bool { return other == c })
}

// populate adds guilds with a few channels each, of which the bot is a member.
func (w *world) populate(n int) {
	for i := range n {
		owner := w.newUser(fmt.Sprintf("owner%d", i+1), "")
		g := w.newGuild(fmt.Sprintf("Guild %d", i+1), owner)
		own := w.newRole(g, w.fixedID(), w.bot.Username, ownPermissions)
		w.join(g, owner)
		w.join(g, w.bot, own.ID)
		for _, name := range []string{"general", "questions", "off-topic"} {
			w.newChannel(g, w.fixedID(), name)
		}
	}
}

// guild is nil for one that the bot is not in.
func (w *world) guild(id snowflake) *guild {
	for _, g := range w.joined() {
		if g.id == id {
			return g
		}
	}
	return nil
}

// joined lists the guilds that the bot is in.
func (w *world) joined() []*guild {
	if w.desk.members[w.bot.ID] == nil {
		return slices.DeleteFunc(slices.Clone(w.guilds), func(g *guild) bool { return g == w.desk })
	}
	return w.guilds
}

// person finds a member of the desk by id or user name, and nil for the bot, which does not act here.
func (w *world) person(as string) *user {
	if m := w.desk.member(as); m != nil && !m.User.Bot {
		return m.User
	}
	return nil
}

// sees reports whether a user may know of a channel.
func (w *world) sees(u *user, c *channel) bool {
	p := w.allowed(u, c)
	if c.Type == privateThread && c.joined[u.ID].IsZero() && !p.has(mayManageThreads) {
		return false
	}
	return p.has(mayView)
}

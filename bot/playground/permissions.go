package playground

import (
	"encoding/json"
	"strconv"
	"strings"
)

// permissions is a set of Discord's permission bits. It travels as a decimal string.
type permissions uint64

const (
	mayAddReactions    permissions = 1 << 6
	mayAdminister      permissions = 1 << 3
	mayView            permissions = 1 << 10
	maySend            permissions = 1 << 11
	mayManageMessages  permissions = 1 << 13
	mayEmbedLinks      permissions = 1 << 14
	mayAttach          permissions = 1 << 15
	mayReadHistory     permissions = 1 << 16
	mayMentionEveryone permissions = 1 << 17
	mayUseCommands     permissions = 1 << 31
	mayManageThreads   permissions = 1 << 34
	mayCreateThreads   permissions = 1 << 35
	mayCreatePrivate   permissions = 1 << 36
	maySendInThreads   permissions = 1 << 38

	everything permissions = 1<<53 - 1
	// inDirect is what everybody may do in direct messages.
	inDirect = mayView | maySend | mayReadHistory | mayAttach | mayEmbedLinks | mayAddReactions | mayUseCommands
)

func (p permissions) has(want permissions) bool { return p&want == want }

// MarshalText writes the permissions as a number in decimal, as Discord does.
func (p permissions) MarshalText() ([]byte, error) {
	return strconv.AppendUint(nil, uint64(p), 10), nil
}

// UnmarshalJSON reads a string or a number.
func (p *permissions) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseUint(strings.Trim(string(data), `"`), 10, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "string"}
	}
	*p = permissions(v)
	return nil
}

// overwrite allows and denies a role or a member something in one channel.
type overwrite struct {
	ID    snowflake   `json:"id"`
	Type  int         `json:"type"` // 0 role, 1 member
	Allow permissions `json:"allow"`
	Deny  permissions `json:"deny"`
}

// base is what a member may do where no channel says otherwise.
func (g *guild) base(m *member) permissions {
	if m.User.ID == g.owner {
		return everything
	}
	p := g.role(g.id).Permissions
	for _, id := range m.Roles {
		p |= g.role(id).Permissions
	}
	if p.has(mayAdminister) {
		return everything
	}
	return p
}

// allowed is what a user may do in a channel; nothing if they are not there.
func (w *world) allowed(u *user, c *channel) permissions {
	if c.guild == nil {
		if c.hasRecipient(u) {
			return inDirect
		}
		return 0
	}
	m := c.guild.members[u.ID]
	if m == nil {
		return 0
	}
	p := c.guild.base(m)
	if !p.has(mayAdminister) {
		p = overwritten(p, c.place().Overwrites, c.guild.id, m)
	}
	return c.effective(p)
}

// overwritten applies a channel's overwrites in Discord's order: everyone, the roles together, the member.
func overwritten(p permissions, list []overwrite, everyone snowflake, m *member) permissions {
	var allow, deny permissions
	var own overwrite
	for _, o := range list {
		switch {
		case o.ID == everyone:
			p = p&^o.Deny | o.Allow
		case o.Type == 1 && o.ID == m.User.ID:
			own = o
		case o.Type == 0 && m.has(o.ID):
			allow, deny = allow|o.Allow, deny|o.Deny
		}
	}
	return (p&^deny|allow)&^own.Deny | own.Allow
}

// effective takes away what is worth nothing without another permission.
func (c *channel) effective(p permissions) permissions {
	if !p.has(mayView) {
		return 0
	}
	speak := maySend
	if c.isThread() {
		speak = maySendInThreads
	}
	if !p.has(speak) {
		p &^= mayMentionEveryone | mayAttach | mayEmbedLinks
	}
	return p
}

// maySpeak reports whether the permissions allow to write in the channel.
func (c *channel) maySpeak(p permissions) bool {
	if c.isThread() {
		return p.has(mayView | maySendInThreads)
	}
	return p.has(mayView | maySend)
}

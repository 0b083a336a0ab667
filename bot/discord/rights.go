package discord

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/bwmarrin/discordgo"
)

// rights are permissions, as the set of bits that Discord makes of them. It sends them as a string.
type rights int64

// UnmarshalJSON reads a string, or a number as older versions of the API sent it.
func (r *rights) UnmarshalJSON(data []byte) error {
	text := string(data)
	if json.Unmarshal(data, &text) != nil {
		text = string(data)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("read permissions: %w", err)
	}
	*r = rights(n)
	return nil
}

// allow reports whether all of some permissions are among them. An administrator may do everything.
func (r rights) allow(want rights) bool {
	return r&discordgo.PermissionAdministrator != 0 || r&want == want
}

// manages is the right to change a server, which Discord's settings name Manage Server.
const manages rights = discordgo.PermissionManageGuild

// needs are what the bot must be allowed to do in a server, by the names that Discord's settings have for them.
func needs() []struct {
	right rights
	name  string
} {
	return []struct {
		right rights
		name  string
	}{
		{discordgo.PermissionViewChannel, "View Channel"},
		{discordgo.PermissionSendMessages, "Send Messages"},
		{discordgo.PermissionSendMessagesInThreads, "Send Messages in Threads"},
		{discordgo.PermissionCreatePublicThreads, "Create Public Threads"},
		{discordgo.PermissionAttachFiles, "Attach Files"},
		{discordgo.PermissionReadMessageHistory, "Read Message History"},
	}
}

// needed is all that the bot asks for.
func needed() rights {
	var all rights
	for _, n := range needs() {
		all |= n.right
	}
	return all
}

// missing names what the bot needs and is not among the rights.
func (r rights) missing() []string { return r.lacks(needed()) }

// lacks names those of some rights that are not among these.
func (r rights) lacks(wanted rights) []string {
	var names []string
	for _, n := range needs() {
		if wanted&n.right != 0 && !r.allow(n.right) {
			names = append(names, n.name)
		}
	}
	return names
}

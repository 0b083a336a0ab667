package discord

import (
	"context"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
)

// servers is what the bot hears of the servers that it is in.
type servers struct {
	joined func(context.Context, bot.Server)
	left   func(ctx context.Context, server string)
	only   func(ctx context.Context, servers []string)
	gone   func(ctx context.Context, server, id string)
	turn   chan struct{} // news are told one at a time: there are thousands when the bot starts
}

func newServers(b *bot.Bot) *servers {
	return &servers{joined: b.Joined, left: b.Left, only: b.Only, gone: b.Gone, turn: make(chan struct{}, 1)}
}

// guild is what the gateway tells of one.
type guild struct {
	ID          string  `json:"id"`
	Unavailable bool    `json:"unavailable"` // Discord has trouble with it, and the bot is still in it
	Roles       idsOnly `json:"roles"`
	Channels    idsOnly `json:"channels"`
}

// idsOnly is a list of which no more than the ids is looked at.
type idsOnly []struct {
	ID string `json:"id"`
}

func (all idsOnly) ids() []string {
	ids := make([]string, len(all))
	for i, one := range all {
		ids[i] = one.ID
	}
	return ids
}

// news tells the bot what an event says of servers, when its turn comes.
func (f *Front) news(ctx context.Context, e *discordgo.Event) {
	tell := f.newsIn(e)
	if tell == nil {
		return
	}
	select {
	case f.servers.turn <- struct{}{}:
		defer func() { <-f.servers.turn }()
	case <-ctx.Done():
		return
	}
	f.crew.run(ctx, func(ctx context.Context) {
		if err := safely(func() error { tell(ctx); return nil }); err != nil {
			f.log.Error("news of servers", "type", e.Type, "err", err)
		}
	})
}

// newsIn is how to tell the bot what an event says, nil if it says nothing.
func (f *Front) newsIn(e *discordgo.Event) (tell func(context.Context)) {
	var s guild
	var all struct {
		Guilds idsOnly `json:"guilds"`
	}
	var part struct {
		Server string `json:"guild_id"`
		Role   string `json:"role_id"`
		ID     string `json:"id"`
	}
	switch e.Type {
	case "READY":
		if f.decode(e, &all) {
			return func(ctx context.Context) { f.servers.only(ctx, all.Guilds.ids()) }
		}
	case "GUILD_CREATE":
		if f.decode(e, &s) && !s.Unavailable {
			known := bot.Server{ID: s.ID, Roles: s.Roles.ids(), Channels: s.Channels.ids()}
			return func(ctx context.Context) { f.servers.joined(ctx, known) }
		}
	case "GUILD_DELETE":
		if f.decode(e, &s) && !s.Unavailable {
			return func(ctx context.Context) { f.servers.left(ctx, s.ID) }
		}
	case "GUILD_ROLE_DELETE":
		if f.decode(e, &part) {
			return func(ctx context.Context) { f.servers.gone(ctx, part.Server, part.Role) }
		}
	case "CHANNEL_DELETE":
		if f.decode(e, &part) && part.Server != "" {
			return func(ctx context.Context) { f.servers.gone(ctx, part.Server, part.ID) }
		}
	}
	return nil
}

package discord

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"testing"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
	"trilat/bot/playground"
)

// heard is what the bot hears of servers.
type heard struct {
	joined chan bot.Server
	left   chan string
	only   chan []string
	gone   chan [2]string
}

func hearing() (change func(*Front), h heard) {
	h = heard{make(chan bot.Server, 16), make(chan string, 16), make(chan []string, 16), make(chan [2]string, 16)}
	return func(f *Front) {
		f.servers.joined = func(_ context.Context, s bot.Server) { h.joined <- s }
		f.servers.left = func(_ context.Context, id string) { h.left <- id }
		f.servers.only = func(_ context.Context, ids []string) { h.only <- ids }
		f.servers.gone = func(_ context.Context, server, id string) { h.gone <- [2]string{server, id} }
	}, h
}

// The bot hears of the servers that it is in, and of what it may have been set up with there and is deleted.
func TestNewsOfServers(t *testing.T) {
	t.Parallel()
	change, h := hearing()
	d := open(t, change)
	if all := <-h.only; !slices.Contains(all, d.guild) {
		t.Errorf("have %q, want %s among them", all, d.guild)
	}
	s := <-h.joined
	for len(h.joined) > 0 && s.ID != d.guild {
		s = <-h.joined
	}
	if s.ID != d.guild || !slices.Contains(s.Channels, d.channels["team"]) || len(s.Roles) < 2 {
		t.Errorf("have %+v", s)
	}
	alter := func(c playground.Change) {
		t.Helper()
		if err := d.local.Change("ivo", c); err != nil {
			t.Fatal(err)
		}
	}
	alter(playground.Change{Kind: "delete", Channel: d.channels["team"]})
	if have, want := <-h.gone, [2]string{d.guild, d.channels["team"]}; have != want {
		t.Errorf("have %q, want the channel %q", have, want)
	}
	alter(playground.Change{Kind: "drop", Role: "Team"})
	if have := <-h.gone; have[0] != d.guild || !slices.Contains(s.Roles, have[1]) {
		t.Errorf("have %q, want a role of %q", have, s.Roles)
	}
	alter(playground.Change{Kind: "remove", User: d.front.self.user})
	if have := <-h.left; have != d.guild {
		t.Errorf("have %s, want %s", have, d.guild)
	}
	alter(playground.Change{Kind: "invite", User: d.front.self.user})
	if s := <-h.joined; s.ID != d.guild || slices.Contains(s.Channels, d.channels["team"]) {
		t.Errorf("have %+v", s)
	}
}

// A server that Discord has trouble with is one that the bot is still in, and direct messages are no server's.
func TestWhatIsNoNews(t *testing.T) {
	f := &Front{log: slog.New(slog.DiscardHandler)}
	for kind, data := range map[string]string{
		"GUILD_CREATE":   `{"id":"1","unavailable":true}`,
		"GUILD_DELETE":   `{"id":"1","unavailable":true}`,
		"CHANNEL_DELETE": `{"id":"1"}`,
		"READY":          `[]`,
	} {
		if f.newsIn(&discordgo.Event{Type: kind, RawData: json.RawMessage(data)}) != nil {
			t.Errorf("%s is news", kind)
		}
	}
}

// A panic over news is in the log and costs no more than that.
func TestNewsCanFail(t *testing.T) {
	t.Parallel()
	d := open(t, func(f *Front) { f.servers.left = func(context.Context, string) { panic("the shelf fell over") } })
	for range 2 {
		d.front.news(t.Context(), &discordgo.Event{Type: "GUILD_DELETE", RawData: json.RawMessage(`{"id":"1"}`)})
	}
	if lines := d.log.lines("level=ERROR", "the shelf fell over"); len(lines) != 2 {
		t.Errorf("the log has\n%s", d.log)
	}
}

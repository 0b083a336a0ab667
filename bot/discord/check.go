package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
)

// Finding is one thing that was looked at.
type Finding struct {
	Name string // what it is
	Said string // what was found
	Fix  string // what to do about it; "" when all is well
}

// checkTime is how long Discord may take for everything that is looked at, and checkSkew how wrong the clock may be.
const (
	checkTime = 20 * time.Second
	checkSkew = 5 * time.Second
)

// application is the bot's application as the Developer Portal has it.
type application struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Endpoint string `json:"interactions_endpoint_url"`
}

// Check looks at everything that must be right on Discord's side for the bot to work, and changes nothing. It needs no
// connection to the gateway and may be called on a Front that does not run.
func (f *Front) Check(ctx context.Context) []Finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var me user
	if err := f.rest.do(ctx, route{http.MethodGet, "users/@me", nil}, nil, &me); err != nil {
		return []Finding{unreachable("token", err)}
	}
	all := []Finding{{Name: "token", Said: "Discord accepts it for " + me.Username}}
	var app application
	if err := f.rest.do(ctx, route{http.MethodGet, "applications/@me", nil}, nil, &app); err != nil {
		return append(all, unreachable("application", err))
	}
	all = append(all, app.finding(),
		Finding{Name: "intents", Said: "none that Discord must permit are needed"},
		Finding{Name: "invite", Said: app.invite()},
		f.checkCommands(ctx, app))
	all = append(all, f.checkServers(ctx, me)...)
	return append(all, f.checkClock())
}

// unreachable is what is found when a request for something has no answer, or one that is final.
func unreachable(name string, err error) Finding {
	var r *refusal
	switch {
	case errors.As(err, &r) && r.status == http.StatusUnauthorized:
		return Finding{name, "Discord does not accept it", "Copy the bot's token from the Developer Portal again."}
	case errors.As(err, &r):
		return Finding{name, err.Error(), "Check the application in the Developer Portal."}
	}
	return Finding{"network", err.Error(), "Check that this computer reaches Discord over HTTPS, and try again."}
}

func (a application) finding() Finding {
	if a.Endpoint != "" {
		return Finding{"application", a.Name + " sends its interactions to " + a.Endpoint, "Clear the Interactions Endpoint URL in the Developer Portal: with it, no command reaches the bot."}
	}
	return Finding{Name: "application", Said: a.Name + ", " + a.ID}
}

// invite is the link with which somebody adds the bot to their server, with what it needs there and nothing else.
func (a application) invite() string {
	return fmt.Sprintf("https://discord.com/oauth2/authorize?client_id=%s&scope=bot+applications.commands&permissions=%d", a.ID, needed())
}

func (f *Front) checkCommands(ctx context.Context, app application) Finding {
	want, err := commands(bot.Commands(), f.words, bot.Translations)
	same := false
	if err == nil {
		same, err = f.compare(ctx, app.ID, want)
	}
	switch {
	case err != nil:
		return Finding{"commands", err.Error(), "Invite the bot with the link above."}
	case !same:
		return Finding{"commands", "those that Discord has are not those of this version", "Start the bot once: it registers them."}
	}
	return Finding{Name: "commands", Said: "registered"}
}

func (f *Front) checkClock() Finding {
	skew := f.rest.skew()
	if skew.Abs() > checkSkew {
		return Finding{"clock", fmt.Sprintf("%s off from Discord's", skew.Round(time.Second)), "Set this computer's clock, by NTP for example."}
	}
	return Finding{Name: "clock", Said: "right"}
}

// server is what is looked at in a server, and in its channels.
type server struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Owner bool   `json:"owner"`
	Roles []struct {
		ID          string `json:"id"`
		Permissions rights `json:"permissions"`
	} `json:"roles"`
}

type serverChannel struct {
	channel
	Name       string `json:"name"`
	Overwrites []struct {
		ID    string `json:"id"`
		Allow rights `json:"allow"`
		Deny  rights `json:"deny"`
	} `json:"permission_overwrites"`
}

func (f *Front) checkServers(ctx context.Context, me user) []Finding {
	var servers []server
	if err := f.rest.do(ctx, route{http.MethodGet, "users/@me/guilds", nil}, nil, &servers); err != nil {
		return []Finding{unreachable("servers", err)}
	}
	if len(servers) == 0 {
		return []Finding{{"servers", "the bot is in none", "Invite it with the link above."}}
	}
	var all []Finding
	for _, s := range servers {
		if f.guild == "" || f.guild == s.ID {
			all = append(all, f.checkServer(ctx, s, me))
		}
	}
	return all
}

// checkServer looks for channels that the bot sees, but in which it may not do all that it needs.
func (f *Front) checkServer(ctx context.Context, s server, me user) Finding {
	name := "server " + s.Name
	var channels []serverChannel
	var self struct {
		Roles []string `json:"roles"`
	}
	err := errors.Join(
		f.rest.do(ctx, route{http.MethodGet, "guilds/{!}", []string{s.ID}}, nil, &s),
		f.rest.do(ctx, route{http.MethodGet, "guilds/{!}/channels", []string{s.ID}}, nil, &channels),
		f.rest.do(ctx, route{http.MethodGet, "guilds/{!}/members/{}", []string{s.ID, me.ID}}, nil, &self),
	)
	if err != nil {
		return unreachable(name, err)
	}
	var short []string
	seen := 0
	for _, c := range channels {
		if c.Type != discordgo.ChannelTypeGuildText && c.Type != discordgo.ChannelTypeGuildNews {
			continue
		}
		may := s.rights(c, me.ID, self.Roles)
		if !may.allow(discordgo.PermissionViewChannel) {
			continue // hidden from the bot, which is what somebody wanted
		}
		seen++
		if missing := may.missing(); len(missing) > 0 {
			short = append(short, fmt.Sprintf("#%s lacks %s", c.Name, strings.Join(missing, ", ")))
		}
	}
	if len(short) > 0 {
		return Finding{name, strings.Join(short, "; "), "Give the bot's role these permissions there, or hide the channel from it."}
	}
	return Finding{Name: name, Said: fmt.Sprintf("all that is needed, in %d channels", seen)}
}

// lacks names what the bot needs and may not do in a channel of a server to post there.
func (f *Front) lacks(ctx context.Context, id, channel string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	var s server
	var in serverChannel
	var self struct {
		Roles []string `json:"roles"`
	}
	err := errors.Join(
		f.rest.do(ctx, route{http.MethodGet, "guilds/{!}", []string{id}}, nil, &s),
		f.rest.do(ctx, route{http.MethodGet, "guilds/{!}/members/{}", []string{id, f.self.user}}, nil, &self),
	)
	if err != nil {
		return nil, err
	}
	err = f.rest.do(ctx, route{http.MethodGet, "channels/{!}", []string{channel}}, nil, &in)
	switch {
	case codeOf(err) == discordgo.ErrCodeMissingAccess, codeOf(err) == discordgo.ErrCodeMissingPermissions:
		return rights(0).lacks(toPost), nil
	case err != nil:
		return nil, err
	}
	return s.rights(in, f.self.user, self.Roles).lacks(toPost), nil
}

// toPost is what it takes to post in a channel, and to find there what was posted.
const toPost = rights(discordgo.PermissionViewChannel | discordgo.PermissionSendMessages | discordgo.PermissionReadMessageHistory)

// rights are what a member with roles may do in a channel.
func (s server) rights(c serverChannel, member string, roles []string) rights {
	var may rights
	for _, r := range s.Roles {
		if r.ID == s.ID || slices.Contains(roles, r.ID) {
			may |= r.Permissions
		}
	}
	if may.allow(discordgo.PermissionAdministrator) {
		return may
	}
	apply := func(holds func(id string) bool) {
		var allow, deny rights
		for _, o := range c.Overwrites {
			if holds(o.ID) {
				allow, deny = allow|o.Allow, deny|o.Deny
			}
		}
		may = may&^deny | allow
	}
	apply(func(id string) bool { return id == s.ID }) // everyone
	apply(func(id string) bool { return id != s.ID && slices.Contains(roles, id) })
	apply(func(id string) bool { return id == member })
	return may
}

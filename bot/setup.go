package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"trilat/bot/store"
)

// setUp keeps a server's setup after an edit of it.
func (b *Bot) setUp(ctx context.Context, call Call, edit func(*store.Setup), mends ...string) (Reply, error) {
	setup, err := b.setup(ctx, call.In.Server)
	if err != nil {
		return Reply{}, err
	}
	edit(&setup)
	setup.Server, setup.By = call.In.Server, call.By.ID
	if err := b.store.SetUp(ctx, setup, actor(call), "setup", mends...); err != nil {
		return Reply{}, down(err)
	}
	b.stir()
	return b.status(ctx, call)
}

// setupTeam names who answers questions, and where.
func (b *Bot) setupTeam(ctx context.Context, call Call) (Reply, error) {
	if call.Args["role"] == call.In.Server { // as Discord has everyone
		return b.say(b.words.Say("setup.role.everyone")), nil
	}
	if err := b.reachable(ctx, call.In.Server, call.Args["channel"]); err != nil {
		return Reply{}, err
	}
	return b.setUp(ctx, call, func(u *store.Setup) {
		u.Channel, u.Role = call.Args["channel"], cmp.Or(call.Args["role"], u.Role)
	}, faultChannel, faultRole)
}

// channelMark is how a chat writes a channel into a text.
var channelMark = regexp.MustCompile(`<#([0-9]+)>`)

// setupMentions names the only channels where mentions are answered; none for everywhere.
func (b *Bot) setupMentions(ctx context.Context, call Call) (Reply, error) {
	typed := strings.TrimSpace(call.Args["channels"])
	var channels []string
	for _, m := range channelMark.FindAllStringSubmatch(typed, -1) {
		channels = append(channels, m[1])
	}
	if typed != "" && len(channels) == 0 {
		return b.say(b.words.Say("setup.mentions.unread")), nil
	}
	return b.setUp(ctx, call, func(u *store.Setup) { u.Mentions = channels })
}

// setupCorrections switches corrections of shared answers on or off.
func (b *Bot) setupCorrections(ctx context.Context, call Call) (Reply, error) {
	return b.setUp(ctx, call, func(u *store.Setup) { u.Corrections = call.Args["on"] == "true" })
}

// What a status shows of the audit log and of what waits to be sent.
const shownActs = 10

// status says how a server is set up, what keeps that from working, and what was done of late.
func (b *Bot) status(ctx context.Context, call Call) (Reply, error) {
	setup, err := b.setup(ctx, call.In.Server)
	if err != nil {
		return Reply{}, err
	}
	lines := []string{
		b.words.say(either(setup.Channel == "", "setup.team.none", "setup.team.is"), map[string]any{"Channel": Where(setup.Channel)}),
		b.words.say(either(len(setup.Mentions) == 0, "setup.mentions.all", "setup.mentions.some"), map[string]any{"Channels": wheres(setup.Mentions)}),
		b.words.Say(either(setup.Corrections, "setup.corrections.on", "setup.corrections.off")),
	}
	if setup.Channel != "" {
		lines = slices.Insert(lines, 1, b.words.say(either(setup.Role == "", "setup.role.none", "setup.role.is"), map[string]any{"Role": Role(setup.Role)}))
	}
	lines = append(lines, b.modelStatus(setup)...)
	for _, f := range setup.Faults {
		lines = append(lines, b.words.say("setup.fault", map[string]any{"Fault": f.Text, "When": Moment(f.Since)}))
	}
	held, err := b.store.Held(ctx, call.In.Server, shownActs)
	if err != nil {
		return Reply{}, down(err)
	}
	for _, p := range held {
		if p.User != "" {
			continue // somebody's closed direct messages, which nobody else can mend
		}
		lines = append(lines, b.words.say("setup.held", map[string]any{"When": Moment(p.Since), "What": b.words.Say("setup.held." + p.Kind)}))
	}
	text := b.words.Say("setup.head") + items(lines)
	acts, err := b.store.Acts(ctx, call.In.Server, shownActs)
	if err != nil {
		return Reply{}, down(err)
	}
	var done []string
	for _, a := range acts {
		name := either(a.By.Name != "", a.By.Name, b.words.Say("question.nobody"))
		done = append(done, fmt.Sprintf("%s: %s", Moment(a.At), b.words.say("act."+act(a.What), map[string]any{"Name": name, "ID": a.Subject})))
	}
	if len(done) > 0 {
		text += "\n" + b.words.Say("setup.acts") + items(done)
	}
	return b.say(text), nil
}

// act is an entry of the audit log as its words have it; what another version wrote is some change.
func act(what string) string {
	known := []string{"setup", "digest", "answered", "dismissed", "duplicate", "covered", "edited", "confirmed", "withdrawn", "muted", "unmuted"}
	return either(slices.Contains(known, what), what, "setup")
}

func wheres(channels []string) string {
	var marks []string
	for _, c := range channels {
		marks = append(marks, Where(c))
	}
	return strings.Join(marks, ", ")
}

// Server is what a front knows of a server that the bot is in.
type Server struct {
	ID              string
	Roles, Channels []string // ids
}

// Joined reports that the bot is in a server, each time that a front learns of it.
func (b *Bot) Joined(ctx context.Context, s Server) {
	b.hear(func() error { return b.joined(ctx, s) })
}

// Left reports that the bot was removed from a server.
func (b *Bot) Left(ctx context.Context, server string) {
	b.hear(func() error { return b.store.Leave(ctx, server) })
}

// Only reports all servers that the bot is in: it was removed from any other that it remembers.
func (b *Bot) Only(ctx context.Context, servers []string) {
	b.hear(func() error {
		known, err := b.store.Servers(ctx)
		for _, s := range known {
			if err == nil && s != "" && !slices.Contains(servers, s) {
				err = b.store.Leave(ctx, s)
			}
		}
		return err
	})
}

// Gone reports that a role or channel of a server was deleted.
func (b *Bot) Gone(ctx context.Context, server, id string) {
	b.hear(func() error { return b.check(ctx, server, func(other string) bool { return other == id }) })
}

// hear has the store learn something that nobody waits for.
func (b *Bot) hear(learn func() error) {
	if b.store == nil {
		return
	}
	if err := learn(); err != nil {
		b.ails(err)
		return
	}
	b.well()
}

func (b *Bot) joined(ctx context.Context, s Server) error {
	setup, err := b.store.Setup(ctx, s.ID)
	if err != nil {
		return err
	}
	if !setup.Left.IsZero() {
		if err := b.store.Return(ctx, s.ID); err != nil {
			return err
		}
		b.stir()
	}
	return b.check(ctx, s.ID, func(id string) bool { return !slices.Contains(s.Channels, id) && !slices.Contains(s.Roles, id) })
}

// check notes what a server has set up and is gone.
func (b *Bot) check(ctx context.Context, server string, gone func(id string) bool) error {
	setup, err := b.store.Setup(ctx, server)
	if err != nil {
		return err
	}
	digest, err := b.store.Digest(ctx, server)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	for _, part := range []struct{ id, fault string }{{setup.Channel, faultChannel}, {setup.Role, faultRole}, {digest.Channel, faultDigest}} {
		if part.id != "" && gone(part.id) {
			if err := b.faulty(ctx, server, part.fault); err != nil {
				return err
			}
		}
	}
	return nil
}

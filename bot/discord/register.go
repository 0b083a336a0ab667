package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
)

// register makes Discord's commands those of the table, with one request, and only if they differ: it counts
// registrations, and people's clients take the commands anew.
func (f *Front) register(ctx context.Context) error {
	if err := f.self.wait(ctx); err != nil {
		return nil // the bot ends before it began
	}
	app := f.self.application
	want, err := commands(bot.Commands(), f.words, bot.Translations)
	if err != nil {
		return err // unreachable: the words are compiled in, and tested
	}
	same, err := f.compare(ctx, app, want)
	if err == nil && !same {
		err = f.rest.do(ctx, f.commandsAt(http.MethodPut, app), want, nil)
	}
	if err != nil {
		return f.unregistered(ctx, err)
	}
	f.log.Info("commands registered", "new", !same)
	f.registered.Store(true)
	return nil
}

// unregistered decides what an error means: a person can give the bot a right, but not end a daily limit.
func (f *Front) unregistered(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	switch codeOf(err) {
	case discordgo.ErrCodeMissingAccess, discordgo.ErrCodeMissingPermissions, discordgo.ErrCodeUnknownGuild:
		return &mendable{fmt.Sprintf("Discord does not let the bot have commands in the server %q: invite it there, or name another server", f.guild)}
	}
	f.log.Error("commands not registered; those that Discord has stay", "err", err)
	return nil
}

// compare reports whether Discord has the wanted commands already.
func (f *Front) compare(ctx context.Context, app string, want []*discordgo.ApplicationCommand) (same bool, err error) {
	var have []*discordgo.ApplicationCommand
	if err := f.rest.do(ctx, f.commandsAt(http.MethodGet, app), nil, &have); err != nil {
		return false, err
	}
	return sameCommands(have, want), nil
}

func (f *Front) commandsAt(method, app string) route {
	if f.guild != "" {
		return route{method, "applications/{!}/guilds/{!}/commands" + translated(method), []string{app, f.guild}}
	}
	return route{method, "applications/{!}/commands" + translated(method), []string{app}}
}

// translated asks for the translations, which Discord leaves out of its list otherwise.
func translated(method string) string {
	if method == http.MethodGet {
		return "?with_localizations=true"
	}
	return ""
}

// translate finds a text in other languages, by the language.
type translate func(id string) (map[string]string, error)

// commands are the rows of the table that people call by name, as Discord wants them. Rows with two words are the
// subcommands of one command.
func commands(rows []bot.Command, words bot.Words, others translate) ([]*discordgo.ApplicationCommand, error) {
	var all []*discordgo.ApplicationCommand
	var faults []error
	w := wording{words, func(id string) map[discordgo.Locale]string {
		texts, err := others(id)
		faults = append(faults, err)
		return localized(texts)
	}}
	done := map[string]bool{}
	for _, row := range rows {
		first, _, nested := strings.Cut(row.Name, " ")
		switch {
		case row.Kind == bot.OnMessage:
			all = append(all, w.base(row.Name, discordgo.MessageApplicationCommand, row))
		case row.Kind == bot.Typed && !nested:
			all = append(all, w.typed(row))
		case row.Kind == bot.Typed && !done[first]:
			all, done[first] = append(all, w.group(first, rows)), true
		}
	}
	return all, errors.Join(faults...)
}

// wording is what commands are called and described with.
type wording struct {
	bot.Words
	in func(id string) map[discordgo.Locale]string // a text in other languages
}

// localized are texts in those of the languages that Discord has, by its names for them.
func localized(texts map[string]string) map[discordgo.Locale]string {
	all := map[discordgo.Locale]string{}
	for lang, text := range texts {
		if _, known := discordgo.Locales[discordgo.Locale(lang)]; known {
			all[discordgo.Locale(lang)] = limit(text, maxDescription)
		}
	}
	return all
}

// base is what all commands have: a name, and where and by whom they can be used, which is as closed as all of their rows.
func (w wording) base(name string, kind discordgo.ApplicationCommandType, rows ...bot.Command) *discordgo.ApplicationCommand {
	c := &discordgo.ApplicationCommand{
		Type: kind,
		Name: name,
		Contexts: &[]discordgo.InteractionContextType{
			discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM,
		},
		IntegrationTypes: &[]discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall},
		Options:          []*discordgo.ApplicationCommandOption{},
	}
	if names := w.in(name + ".name"); len(names) > 0 {
		c.NameLocalizations = &names
	}
	if every(rows, func(row bot.Command) bool { return row.Server }) {
		c.Contexts = &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild}
	}
	if every(rows, func(row bot.Command) bool { return row.Needs == bot.Admin }) {
		may := int64(manages)
		c.DefaultMemberPermissions = &may
	}
	return c
}

func every(rows []bot.Command, is func(bot.Command) bool) bool {
	return !slices.ContainsFunc(rows, func(row bot.Command) bool { return !is(row) })
}

// maxDescription is how long the description of a command or an argument may be.
const maxDescription = 100

func (w wording) typed(row bot.Command) *discordgo.ApplicationCommand {
	c := w.base(row.Name, discordgo.ChatApplicationCommand, row)
	w.describe(c, row.Help)
	c.Options = w.arguments(row)
	return c
}

// group is the command whose subcommands are the rows with a first word in common.
func (w wording) group(name string, rows []bot.Command) *discordgo.ApplicationCommand {
	var own []bot.Command
	for _, row := range rows {
		if row.Kind == bot.Typed && strings.HasPrefix(row.Name, name+" ") {
			own = append(own, row)
		}
	}
	c := w.base(name, discordgo.ChatApplicationCommand, own...)
	w.describe(c, name+".group.help")
	for _, row := range own {
		c.Options = append(c.Options, &discordgo.ApplicationCommandOption{
			Type: discordgo.ApplicationCommandOptionSubCommand, Name: strings.TrimPrefix(row.Name, name+" "),
			NameLocalizations:        w.in(row.Name + ".name"),
			Description:              limit(w.Say(row.Help), maxDescription),
			DescriptionLocalizations: w.in(row.Help),
			Options:                  w.arguments(row),
		})
	}
	return c
}

func (w wording) describe(c *discordgo.ApplicationCommand, help string) {
	c.Description = limit(w.Say(help), maxDescription)
	if texts := w.in(help); len(texts) > 0 {
		c.DescriptionLocalizations = &texts
	}
}

func (w wording) arguments(row bot.Command) []*discordgo.ApplicationCommandOption {
	all := []*discordgo.ApplicationCommandOption{}
	for _, p := range row.Params {
		if p.Chat {
			all = append(all, w.argument(p))
		}
	}
	return all
}

func (w wording) argument(p bot.Param) *discordgo.ApplicationCommandOption {
	o := &discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: p.Name, Required: p.Required,
		Description:              limit(w.Say(p.Help), maxDescription),
		DescriptionLocalizations: w.in(p.Help),
		Autocomplete:             p.Suggests(),
	}
	switch p.Type {
	case bot.YesNo:
		o.Type = discordgo.ApplicationCommandOptionBoolean
	case bot.ARole:
		o.Type = discordgo.ApplicationCommandOptionRole
	case bot.AChannel:
		o.Type = discordgo.ApplicationCommandOptionChannel
		o.ChannelTypes = []discordgo.ChannelType{discordgo.ChannelTypeGuildText}
	case bot.AUser:
		o.Type = discordgo.ApplicationCommandOptionUser
	}
	return o
}

// sameCommands compares what Discord has with what it should have. What it adds by itself does not count.
func sameCommands(have, want []*discordgo.ApplicationCommand) bool {
	if len(have) != len(want) {
		return false
	}
	type key struct {
		name string
		kind discordgo.ApplicationCommandType
	}
	byKey := map[key]any{}
	for _, c := range have {
		byKey[key{c.Name, max(c.Type, discordgo.ChatApplicationCommand)}] = plain(*c)
	}
	for _, c := range want {
		if !reflect.DeepEqual(byKey[key{c.Name, c.Type}], plain(*c)) {
			return false
		}
	}
	return true
}

// plain is a command as the JSON that tells it from others: without what Discord gives it, and without what is empty.
func plain(c discordgo.ApplicationCommand) any {
	c.Type = max(c.Type, discordgo.ChatApplicationCommand)
	data, err := json.Marshal(c)
	var value map[string]any
	if err != nil || json.Unmarshal(data, &value) != nil {
		return err // unreachable: it came from JSON, or is made of texts
	}
	for _, given := range []string{"id", "application_id", "guild_id", "version", "default_permission", "dm_permission", "nsfw"} {
		delete(value, given)
	}
	return withoutEmpty(value)
}

// withoutEmpty drops from a JSON value what means the same as its absence.
func withoutEmpty(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, part := range v {
			if part = withoutEmpty(part); part == nil {
				delete(v, name)
			} else {
				v[name] = part
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = withoutEmpty(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	}
	return value
}

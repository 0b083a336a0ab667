package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"

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

// commands are the rows of the table that people call by name, as Discord wants them.
func commands(rows []bot.Command, words bot.Words, others translate) ([]*discordgo.ApplicationCommand, error) {
	var all []*discordgo.ApplicationCommand
	var faults []error
	in := func(id string) map[discordgo.Locale]string {
		texts, err := others(id)
		faults = append(faults, err)
		return localized(texts)
	}
	for _, row := range rows {
		switch row.Kind {
		case bot.Typed:
			all = append(all, typed(row, words, in))
		case bot.OnMessage:
			all = append(all, base(row, discordgo.MessageApplicationCommand, in))
		}
	}
	return all, errors.Join(faults...)
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

// base is what all commands have: a name, and where they can be used.
func base(row bot.Command, kind discordgo.ApplicationCommandType, in func(id string) map[discordgo.Locale]string) *discordgo.ApplicationCommand {
	c := &discordgo.ApplicationCommand{
		Type: kind,
		Name: row.Name,
		Contexts: &[]discordgo.InteractionContextType{
			discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM,
		},
		IntegrationTypes: &[]discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall},
		Options:          []*discordgo.ApplicationCommandOption{},
	}
	if names := in(row.Name + ".name"); len(names) > 0 {
		c.NameLocalizations = &names
	}
	return c
}

// maxDescription is how long the description of a command or an argument may be.
const maxDescription = 100

func typed(row bot.Command, words bot.Words, in func(id string) map[discordgo.Locale]string) *discordgo.ApplicationCommand {
	c := base(row, discordgo.ChatApplicationCommand, in)
	c.Description = limit(words.Say(row.Help), maxDescription)
	if texts := in(row.Help); len(texts) > 0 {
		c.DescriptionLocalizations = &texts
	}
	for _, p := range row.Params {
		if p.Chat {
			c.Options = append(c.Options, argument(p, words, in))
		}
	}
	return c
}

func argument(p bot.Param, words bot.Words, in func(id string) map[discordgo.Locale]string) *discordgo.ApplicationCommandOption {
	o := &discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: p.Name, Required: p.Required,
		Description:              limit(words.Say(p.Help), maxDescription),
		DescriptionLocalizations: in(p.Help),
		Autocomplete:             p.Suggests(),
	}
	if p.YesNo {
		o.Type = discordgo.ApplicationCommandOptionBoolean
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
	for _, given := range []string{"id", "application_id", "guild_id", "version", "default_permission", "dm_permission", "nsfw", "default_member_permissions"} {
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

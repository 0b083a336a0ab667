package discord

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
)

// direct reports whether the interaction took place in direct messages with the bot.
func (i interaction) direct() bool {
	return i.GuildID == "" && i.Context != discordgo.InteractionContextPrivateChannel
}

// where is the place that the interaction was made in, and the message that it was made on.
func (i interaction) where() bot.Place {
	in := bot.Place{Server: i.GuildID, Channel: i.ChannelID}
	if i.Message != nil {
		in.Message = i.Message.ID
		in.Open = i.GuildID != "" && i.Message.Flags&discordgo.MessageFlagsEphemeral == 0
	}
	return in
}

// person is who is behind an interaction.
func (i interaction) person() (bot.Person, error) {
	if i.Member == nil {
		return personOf(i.User, nil, true)
	}
	speaks := rights(discordgo.PermissionSendMessages)
	if i.Channel.thread() {
		speaks = discordgo.PermissionSendMessagesInThreads
	}
	p, err := personOf(i.Member.User, i.Member, i.Member.Permissions.allow(speaks))
	p.Admin = err == nil && i.Member.Permissions.allow(manages)
	return p, err
}

// personOf is a person as others see them, in a server as its member. Somebody without an id is nobody, and never the
// person at the terminal.
func personOf(u *user, in *member, speaks bool) (bot.Person, error) {
	if u == nil || u.ID == "" {
		return bot.Person{}, errors.New("nobody is named as who did this")
	}
	if in == nil {
		in = &member{}
	}
	p := bot.Person{ID: u.ID, Name: u.Username, Speaks: speaks, Roles: in.Roles}
	for _, name := range []string{u.GlobalName, in.Nick} {
		if name != "" {
			p.Name = name
		}
	}
	return p, nil
}

// call is what an interaction asks for, and the argument that is being typed, if one is.
func (i interaction) call() (call bot.Call, focused string, err error) {
	switch i.Type {
	case discordgo.InteractionApplicationCommand, discordgo.InteractionApplicationCommandAutocomplete:
		call, focused, err = i.command()
	case discordgo.InteractionMessageComponent:
		var chosen string
		call, chosen, err = decodeID(i.Data.CustomID)
		if err == nil && chosen != "" && len(i.Data.Values) > 0 {
			call.Args[chosen] = i.Data.Values[0]
		}
	case discordgo.InteractionModalSubmit:
		call, _, err = decodeID(i.Data.CustomID)
		if err == nil {
			each(i.Data.Components, func(c component) { call.Args[c.CustomID] = c.filled() })
		}
	default:
		err = fmt.Errorf("interactions of type %d are not known", i.Type)
	}
	row, _ := bot.Find(call.Command)
	for name, text := range call.Args {
		if !verbatim(row, name) {
			call.Args[name] = spoken(text)
		}
	}
	by, nobody := i.person()
	by.Lang = i.Locale
	call.ID, call.By, call.In = i.ID, by, i.where()
	return call, focused, errors.Join(err, nobody)
}

// verbatim reports whether markup stays in the value of a command's parameter.
func verbatim(row bot.Command, name string) bool {
	return slices.ContainsFunc(row.Params, func(p bot.Param) bool { return p.Name == name && p.Verbatim })
}

// command reads a slash command, or one from the menu of a message.
func (i interaction) command() (call bot.Call, focused string, err error) {
	if i.Data.Type == discordgo.MessageApplicationCommand {
		return i.onMessage()
	}
	call = bot.Call{Command: i.Data.Name, Args: map[string]string{}}
	options := i.Data.Options
	for len(options) == 1 && options[0].Type == discordgo.ApplicationCommandOptionSubCommand {
		call.Command += " " + options[0].Name
		options = options[0].Options
	}
	for _, o := range options {
		switch v := o.Value.(type) {
		case string:
			call.Args[o.Name] = v
		case bool:
			if v {
				call.Args[o.Name] = "true"
			}
		}
		if o.Focused {
			focused = o.Name
		}
	}
	return call, focused, nil
}

// onMessage reads a command from the menu of a message, whose text fills the first parameter.
func (i interaction) onMessage() (call bot.Call, focused string, err error) {
	row, ok := bot.Find(i.Data.Name)
	if !ok || len(row.Params) == 0 {
		return bot.Call{Command: i.Data.Name}, "", fmt.Errorf("no command for messages is named %q", i.Data.Name)
	}
	text := i.Data.Resolved.Messages[i.Data.TargetID].Content
	return bot.Call{Command: row.Name, Args: map[string]string{row.Params[0].Name: text}}, "", nil
}

// filled is what somebody has written into a field of a form, or chosen there.
func (c component) filled() string {
	if len(c.Values) > 0 {
		return c.Values[0]
	}
	return c.Value
}

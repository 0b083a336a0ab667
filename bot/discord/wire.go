package discord

import (
	"encoding/json"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
)

// The types below are what Discord sends and takes, as far as it is used here. Events are decoded from their raw form:
// discordgo hands over half a struct when any field of it is new to it, and would lose a question for the sake of a
// component that nobody looks at.

type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

type member struct {
	User        *user    `json:"user"`
	Nick        string   `json:"nick"`
	Roles       []string `json:"roles"`
	Permissions rights   `json:"permissions"`
}

type channel struct {
	ID       string                `json:"id"`
	Type     discordgo.ChannelType `json:"type"`
	ParentID string                `json:"parent_id"` // of a thread, the channel that it was made in
}

// thread reports whether the channel is one.
func (c channel) thread() bool {
	switch c.Type {
	case discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread:
		return true
	}
	return false
}

// branches reports whether threads can be made from the channel's messages.
func (c channel) branches() bool {
	return c.Type == discordgo.ChannelTypeGuildText || c.Type == discordgo.ChannelTypeGuildNews
}

// interaction is a command, a button, a menu, a form, or a key stroke in an argument.
type interaction struct {
	ID            string                           `json:"id"`
	ApplicationID string                           `json:"application_id"`
	Type          discordgo.InteractionType        `json:"type"`
	Token         string                           `json:"token"`
	GuildID       string                           `json:"guild_id"`
	ChannelID     string                           `json:"channel_id"`
	Channel       channel                          `json:"channel"`
	Context       discordgo.InteractionContextType `json:"context"`
	Member        *member                          `json:"member"`
	User          *user                            `json:"user"`
	Locale        string                           `json:"locale"`  // of whoever did it
	Message       *said                            `json:"message"` // that a button, menu or form stands on
	Data          struct {
		Name     string                           `json:"name"`
		Type     discordgo.ApplicationCommandType `json:"type"`
		Options  []option                         `json:"options"`
		TargetID string                           `json:"target_id"`
		Resolved struct {
			Messages map[string]said `json:"messages"`
		} `json:"resolved"`
		CustomID   string      `json:"custom_id"`
		Values     []string    `json:"values"`
		Components []component `json:"components"`
	} `json:"data"`
}

// option is an argument of a command, or a subcommand with Options of its own.
type option struct {
	Type    discordgo.ApplicationCommandOptionType `json:"type"`
	Name    string                                 `json:"name"`
	Value   any                                    `json:"value"`
	Focused bool                                   `json:"focused"`
	Options []option                               `json:"options"`
}

// component is anything in a message or a form; a row has Components, a label has Component.
type component struct {
	CustomID   string      `json:"custom_id"`
	Value      string      `json:"value"`
	Values     []string    `json:"values"`
	Components []component `json:"components"`
	Component  *component  `json:"component"`
}

// each calls visit for every component that has a custom id.
func each(all []component, visit func(component)) {
	for _, c := range all {
		if c.CustomID != "" {
			visit(c)
		}
		if c.Component != nil {
			each([]component{*c.Component}, visit)
		}
		each(c.Components, visit)
	}
}

// said is a message that somebody wrote.
type said struct {
	ID          string                 `json:"id"`
	Flags       discordgo.MessageFlags `json:"flags"`
	ChannelID   string                 `json:"channel_id"`
	GuildID     string                 `json:"guild_id"`
	ChannelType *discordgo.ChannelType `json:"channel_type"`
	Type        discordgo.MessageType  `json:"type"`
	Content     string                 `json:"content"`
	Author      *user                  `json:"author"`
	Member      *member                `json:"member"`
	WebhookID   string                 `json:"webhook_id"`
	Mentions    []user                 `json:"mentions"`
	Components  []component            `json:"components"`
	Referenced  *said                  `json:"referenced_message"`
}

// message is what is sent. It can not be encoded without saying whom it pings, which is mostly nobody.
type message struct {
	Content    string
	Components []discordgo.MessageComponent
	Flags      discordgo.MessageFlags
	Nonce      string // what is sent twice with the same one appears once
	ReplyTo    string // the message that it answers
	Files      []bot.File
	// PingUser and PingRole are all whom it pings, if its content names them.
	PingUser, PingRole string
	// Receipt is that of the reply which it shows to everybody in a place; "" for none. It is not sent.
	Receipt string
}

// MarshalJSON writes the message as Discord takes it, in responses, edits and channels alike.
func (m message) MarshalJSON() ([]byte, error) {
	type attachment struct {
		ID   string `json:"id"` // which of the files that are sent along
		Name string `json:"filename"`
	}
	type reference struct {
		MessageID string `json:"message_id"`
		MustExist bool   `json:"fail_if_not_exists"`
	}
	body := struct {
		Content    string                       `json:"content"`
		Components []discordgo.MessageComponent `json:"components"`
		Flags      discordgo.MessageFlags       `json:"flags,omitempty"`
		Nonce      string                       `json:"nonce,omitempty"`
		Enforce    bool                         `json:"enforce_nonce,omitempty"`
		Reference  *reference                   `json:"message_reference,omitempty"`
		// An edit that is repeated replaces the files of the one before.
		Attachments []attachment `json:"attachments"`
		Pings       struct {
			Parse   []string `json:"parse"`
			Users   []string `json:"users,omitempty"`
			Roles   []string `json:"roles,omitempty"`
			Replied bool     `json:"replied_user"`
		} `json:"allowed_mentions"`
	}{Content: m.Content, Components: m.Components, Flags: m.Flags, Nonce: m.Nonce, Enforce: m.Nonce != "", Attachments: []attachment{}}
	body.Pings.Parse, body.Pings.Users, body.Pings.Roles = []string{}, only(m.PingUser), only(m.PingRole)
	if m.ReplyTo != "" {
		body.Reference = &reference{MessageID: m.ReplyTo}
	}
	if body.Components == nil {
		body.Components = []discordgo.MessageComponent{}
	}
	for i, f := range m.Files {
		body.Attachments = append(body.Attachments, attachment{strconv.Itoa(i), f.Name})
	}
	return json.Marshal(body)
}

func only(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// callback is the first response to an interaction.
type callback struct {
	Type discordgo.InteractionResponseType `json:"type"`
	Data any                               `json:"data,omitempty"`
}

// accepted is what Discord says of a callback when it is asked to.
type accepted struct {
	Resource struct {
		Message said `json:"message"`
	} `json:"resource"`
}

// deferred is the data of a callback that promises a message.
type deferred struct {
	Flags discordgo.MessageFlags `json:"flags,omitempty"`
}

// suggestions is the data of a callback with choices for an argument.
type suggestions struct {
	Choices []choice `json:"choices"`
}

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// form is the data of a callback that opens one.
type form struct {
	CustomID   string  `json:"custom_id"`
	Title      string  `json:"title"`
	Components []label `json:"components"`
}

// label is a field of a form with what is said of it; discordgo does not know it, nor what may stand in it.
type label struct {
	Type      discordgo.ComponentType `json:"type"`
	Label     string                  `json:"label"`
	Component any                     `json:"component"` // an input, or a choosing
}

const typeLabel discordgo.ComponentType = 18

// input is a field to write in.
type input struct {
	Type        discordgo.ComponentType  `json:"type"`
	CustomID    string                   `json:"custom_id"`
	Style       discordgo.TextInputStyle `json:"style"`
	Placeholder string                   `json:"placeholder,omitempty"`
	Value       string                   `json:"value,omitempty"`
	Required    bool                     `json:"required"`
	MaxLength   int                      `json:"max_length,omitempty"`
}

// choosing is a field to choose one of several things in.
type choosing struct {
	Type        discordgo.ComponentType `json:"type"`
	CustomID    string                  `json:"custom_id"`
	Placeholder string                  `json:"placeholder,omitempty"`
	Required    bool                    `json:"required"`
	Options     []chosenOption          `json:"options"`
}

type chosenOption struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

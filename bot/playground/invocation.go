package playground

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Invocation is a command that a person uses.
type Invocation struct {
	Command string // its id or its name
	Options []Option
	Target  string // the id of the message, for a command of the context menu
}

// Option is a value of a command's parameter, or a command below it with Options of its own.
type Option struct {
	Name    string   `json:"name"`
	Value   any      `json:"value,omitempty"`
	Options []Option `json:"options,omitempty"`
}

// text is the value as it is typed; "" for none.
func (o Option) text() string {
	if o.Value == nil {
		return ""
	}
	return fmt.Sprint(o.Value)
}

// Choice is something that the bot suggests while a person types.
type Choice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Run uses a command as a person, and returns the id of the interaction. What comes of it shows in [Server.Watch].
func (s *Server) Run(as, channel string, what Invocation) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, cmd, err := s.use(as, channel, what.Command)
	if err != nil {
		return "", err
	}
	i.kind = commandInteraction
	data := cmd.data()
	if cmd.Type == messageCommand {
		err = s.aim(i, data, what.Target)
	} else {
		i.name += path(what.Options)
		err = s.fillOptions(i, cmd, what.Options, data)
	}
	if err != nil {
		return "", err
	}
	return s.begin(i, data).id.String(), nil
}

// path names the command below a command that is used, after a space; "" if there is none.
func path(options []Option) string {
	if len(options) != 1 || options[0].Value != nil {
		return ""
	}
	return " " + options[0].Name + path(options[0].Options)
}

// use is an interaction of a person with a command.
func (s *Server) use(as, channel, command string) (*interaction, *command, error) {
	u, c, err := s.actor(as, channel)
	if err != nil {
		return nil, nil, err
	}
	cmd, err := s.usable(u, c, command)
	if err != nil {
		return nil, nil, err
	}
	return &interaction{user: u, channel: c, name: cmd.Name}, cmd, nil
}

// data says in an interaction which command it is about.
func (c *command) data() map[string]any {
	v := map[string]any{"id": c.ID, "name": c.Name, "type": c.Type}
	if c.GuildID != 0 {
		v["guild_id"] = c.GuildID
	}
	return v
}

// aim adds the message that a command of the context menu is used on.
func (s *Server) aim(i *interaction, data map[string]any, target string) error {
	m := i.channel.message(parseID(target))
	if m == nil || !m.isFor(i.user) {
		return cannot(404, "There is no such message.")
	}
	i.target = m.ID
	data["target_id"] = m.ID
	data["resolved"] = map[string]any{"messages": map[string]any{m.ID.String(): s.show(m)}}
	return nil
}

// available lists the commands that can be used, those of the guild before those of everywhere.
func (s *Server) available() []*command {
	return append(s.scoped(s.world.desk.id), s.scoped(0)...)
}

// usable is a command that a person sees in a channel.
func (s *Server) usable(u *user, c *channel, name string) (*command, error) {
	p := s.world.allowed(u, c)
	for _, cmd := range s.available() {
		if cmd.Name != name && cmd.ID.String() != name {
			continue
		}
		switch {
		case c.guild != nil && c.guild.members[s.world.bot.ID] == nil:
			return nil, cannot(404, "%s is not in this server.", s.world.bot.Username)
		case !cmd.shownIn(c), cmd.Needs != nil && c.guild != nil && !cmd.permits(p):
			return nil, cannot(403, "You may not use this command here.")
		case !p.has(mayUseCommands), cmd.Type == chatCommand && !c.maySpeak(p):
			return nil, cannot(403, "You may not use commands in this channel.")
		}
		return cmd, nil
	}
	return nil, cannot(404, "There is no command %q.", name)
}

// shownIn reports whether a command can be used in this kind of place.
func (c *command) shownIn(in *channel) bool {
	if in.guild != nil {
		return c.Contexts == nil || slices.Contains(c.Contexts, 0)
	}
	if c.Contexts == nil {
		return c.GuildID == 0 && (c.DM == nil || *c.DM)
	}
	return c.GuildID == 0 && slices.Contains(c.Contexts, 1)
}

// permits reports whether somebody who may do p sees the command. One that needs nothing at all is for administrators.
func (c *command) permits(p permissions) bool {
	return p.has(mayAdminister) || *c.Needs != 0 && p.has(*c.Needs)
}

// resolution is what ids stand for, by kind and id.
type resolution map[string]map[string]any

// fillOptions puts the values for a command's parameters into its data, checked as Discord's client does.
func (s *Server) fillOptions(i *interaction, cmd *command, given []Option, data map[string]any) error {
	resolved := resolution{}
	values, err := s.values(i, cmd.Options, given, resolved)
	if err != nil {
		return err
	}
	if len(values) > 0 {
		data["options"] = values
	}
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	return nil
}

// values are the given options as the bot gets them. What they refer to is added to resolved.
func (s *Server) values(i *interaction, options []option, given []Option, resolved resolution) ([]map[string]any, error) {
	list := []map[string]any{}
	for _, g := range given {
		o := findOption(options, g.Name)
		if o == nil {
			return nil, cannot(400, "There is no option %q.", g.Name)
		}
		v := map[string]any{"name": o.Name, "type": o.Type}
		var err error
		if o.Type <= optGroup {
			v["options"], err = s.values(i, o.Options, g.Options, resolved)
		} else {
			v["value"], err = s.value(i, o, g.text(), resolved)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	for _, o := range options {
		missing := !slices.ContainsFunc(given, func(g Option) bool { return g.Name == o.Name })
		if o.Required && missing {
			return nil, cannot(400, "The option %q is required.", o.Name)
		}
	}
	return list, nil
}

func findOption(list []option, name string) *option {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

// value is what the client sends for something that was typed or picked. What it refers to has to be there.
func (s *Server) value(i *interaction, o *option, text string, resolved resolution) (any, error) {
	v, err := o.value(text)
	if err != nil || o.Type < optUser || o.Type > optMentionable {
		return v, err
	}
	if in := s.world.channels[parseID(text)]; in != nil && len(o.ChannelTypes) > 0 && !slices.Contains(o.ChannelTypes, in.Type) {
		return nil, cannot(400, "The option %q does not take this kind of channel.", o.Name)
	}
	if !s.resolve(i, o.Type, text, resolved) {
		return nil, cannot(404, "The option %q names nothing that is here.", o.Name)
	}
	return v, nil
}

// value is what was typed or picked, checked as far as that goes without the world.
func (o *option) value(text string) (any, error) {
	switch o.Type {
	case optInteger, optNumber:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || o.Type == optInteger && n != float64(int64(n)) ||
			o.MinValue != nil && n < *o.MinValue || o.MaxValue != nil && n > *o.MaxValue {
			return nil, cannot(400, "The option %q does not take %q.", o.Name, text)
		}
		return n, o.picks(n)
	case optBoolean:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, cannot(400, "The option %q is true or false.", o.Name)
		}
		return b, nil
	case optString:
		n := utf8.RuneCountInString(text)
		if n == 0 || n < deref(o.MinLength) || n > 6000 || o.MaxLength != nil && n > *o.MaxLength {
			return nil, cannot(400, "The option %q is too short or too long.", o.Name)
		}
		return text, o.picks(text)
	}
	if parseID(text) == 0 {
		return nil, cannot(400, "The option %q does not take %q.", o.Name, text)
	}
	return text, nil
}

// picks checks that a value is one of the choices, where there are some.
func (o *option) picks(v any) error {
	if len(o.Choices) == 0 || slices.ContainsFunc(o.Choices, func(c choice) bool { return c.Value == v }) {
		return nil
	}
	return cannot(400, "The option %q offers no %q.", o.Name, fmt.Sprint(v))
}

// resolve adds what an id stands for, as the person sees it, and reports whether it stands for something of that kind.
func (s *Server) resolve(i *interaction, kind int, text string, resolved resolution) bool {
	id, c, found := parseID(text), i.channel, false
	add := func(name string, v any) {
		if resolved[name] == nil {
			resolved[name] = map[string]any{}
		}
		resolved[name][id.String()], found = v, true
	}
	if u := s.world.users[id]; u != nil && (kind == optUser || kind == optMentionable) {
		add("users", u)
		if c.guild != nil && c.guild.members[id] != nil {
			add("members", c.guild.members[id].alone())
		}
	}
	if c.guild != nil && (kind == optRole || kind == optMentionable) && c.guild.role(id).ID == id {
		add("roles", c.guild.role(id))
	}
	if in := s.world.channels[id]; in != nil && kind == optChannel && s.world.sees(i.user, in) {
		add("channels", s.partial(in, i.user))
	}
	return found
}

// Suggest is what the bot suggests for the option that a person is typing, whose name is focused. The value of that
// option is not checked. It is an error if nothing comes within three seconds.
func (s *Server) Suggest(ctx context.Context, as, channel string, what Invocation, focused string) ([]Choice, error) {
	i, err := s.beginSuggest(as, channel, what, focused)
	if err != nil {
		return nil, err
	}
	select {
	case list, ok := <-i.choices:
		if !ok {
			return nil, cannot(504, "Loading options failed.")
		}
		return list, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.done:
		return nil, cannot(503, "The server is closing.")
	}
}

func (s *Server) beginSuggest(as, channel string, what Invocation, focused string) (*interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, cmd, err := s.use(as, channel, what.Command)
	if err != nil {
		return nil, err
	}
	data := cmd.data()
	data["options"], i.option = typing(cmd.Options, what.Options, focused)
	if i.option == 0 {
		return nil, cannot(400, "The option %q suggests nothing.", focused)
	}
	i.kind, i.choices = suggestInteraction, make(chan []Choice, 1)
	return s.begin(i, data), nil
}

// typing is what has been filled in so far, with the option that is being typed marked, and the type of that option, 0 if
// it is not there.
func typing(options []option, given []Option, focused string) (list []map[string]any, kind int) {
	for _, g := range given {
		o := findOption(options, g.Name)
		if o == nil {
			continue
		}
		v := map[string]any{"name": o.Name, "type": o.Type}
		switch {
		case o.Type <= optGroup:
			below, k := typing(o.Options, g.Options, focused)
			v["options"], kind = below, max(kind, k)
		case o.Name == focused && o.Autocomplete:
			v["value"], v["focused"], kind = g.text(), true, o.Type
		default:
			v["value"] = g.Value
		}
		list = append(list, v)
	}
	return list, kind
}

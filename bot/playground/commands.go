package playground

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The types of commands.
const (
	chatCommand    = 1
	userCommand    = 2
	messageCommand = 3
)

// The types of options that are handled in their own way.
const (
	optSubcommand  = 1
	optGroup       = 2
	optString      = 3
	optInteger     = 4
	optBoolean     = 5
	optUser        = 6
	optChannel     = 7
	optRole        = 8
	optMentionable = 9
	optNumber      = 10
	optAttachment  = 11
)

// command is one that the bot has registered.
type command struct {
	ID           snowflake         `json:"id"`
	Application  snowflake         `json:"application_id"`
	GuildID      snowflake         `json:"guild_id,omitzero"`
	Version      snowflake         `json:"version"`
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations"`
	Options      []option          `json:"options,omitempty"`
	Needs        *permissions      `json:"default_member_permissions"`
	DM           *bool             `json:"dm_permission,omitempty"`
	Contexts     []int             `json:"contexts"`
	Integration  []int             `json:"integration_types"`
	NSFW         bool              `json:"nsfw"`
}

// option is a parameter of a command, or a command below one.
type option struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Required     bool              `json:"required,omitempty"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	Choices      []choice          `json:"choices,omitempty"`
	Options      []option          `json:"options,omitempty"`
	ChannelTypes []int             `json:"channel_types,omitempty"`
	MinValue     *float64          `json:"min_value,omitempty"`
	MaxValue     *float64          `json:"max_value,omitempty"`
	MinLength    *int              `json:"min_length,omitempty"`
	MaxLength    *int              `json:"max_length,omitempty"`
}

type choice struct {
	Name  string            `json:"name"`
	Names map[string]string `json:"name_localizations,omitempty"`
	Value any               `json:"value"`
}

// commandScope is the application, or the application in one guild, whose commands a request is about.
func (s *Server) commandScope(r *request) (snowflake, error) {
	if r.id("app") != s.world.app {
		return 0, errApplication
	}
	if r.PathValue("guild") != "" && s.world.guild(r.id("guild")) == nil {
		return 0, errAccess
	}
	return r.id("guild"), nil
}

// scoped lists the commands of a scope, in the order in which they were registered.
func (s *Server) scoped(scope snowflake) []*command {
	list := []*command{}
	for _, c := range s.commands {
		if c.GuildID == scope {
			list = append(list, c)
		}
	}
	return list
}

func (s *Server) listCommands(_ *request, scope snowflake) (any, error) { return s.scoped(scope), nil }

func (s *Server) putCommands(r *request, scope snowflake) (any, error) {
	var want []*command
	if err := r.decode(&want); err != nil {
		return nil, err
	}
	f := &form{}
	f.commands(want)
	if err := f.err(); err != nil {
		return nil, err
	}
	if tooMany(want) {
		return nil, errTooManyCommands
	}
	before := s.scoped(scope)
	if err := s.countCreates(want, before); err != nil {
		return nil, err
	}
	s.commands = slices.DeleteFunc(s.commands, func(c *command) bool { return c.GuildID == scope })
	for _, c := range want {
		s.register(c, scope, before)
	}
	s.tellCommands()
	return s.scoped(scope), nil
}

// dailyCreates is how many commands may be created in a day.
const dailyCreates = 200

// countCreates refuses a registration that creates more commands than a day allows.
func (s *Server) countCreates(want, before []*command) error {
	for _, c := range want {
		if sameCommand(before, c) == nil && s.creates.take(limit{dailyCreates, 24 * 60 * 60}, s.clock.Now()) > 0 {
			return errDailyCommands
		}
	}
	return nil
}

// register adds a command. One of the same name and type as before keeps its id, and its version if nothing changed.
func (s *Server) register(c *command, scope snowflake, before []*command) {
	old := sameCommand(before, c)
	c.ID, c.Version = s.newID(), s.newID()
	c.Application, c.GuildID = s.world.app, scope
	if c.Integration == nil {
		c.Integration = []int{0}
	}
	if old != nil {
		c.ID = old.ID
		if c.equal(old) {
			c.Version = old.Version
		}
	}
	s.commands = append(s.commands, c)
}

func sameCommand(list []*command, c *command) *command {
	for _, other := range list {
		if other.Name == c.Name && other.Type == c.Type {
			return other
		}
	}
	return nil
}

func (c *command) equal(other *command) bool {
	a, b := *c, *other
	b.Version = a.Version
	left, _ := json.Marshal(a)
	right, _ := json.Marshal(b)
	return string(left) == string(right)
}

func (s *Server) postCommand(r *request, scope snowflake) (any, error) {
	c := &command{}
	if err := r.decode(c); err != nil {
		return nil, err
	}
	f := &form{}
	f.command("", c)
	before := s.scoped(scope)
	old := sameCommand(before, c)
	switch {
	case f.err() != nil:
		return nil, f.err()
	case old == nil && tooMany(append(before, c)):
		return nil, errTooManyCommands
	}
	if err := s.countCreates([]*command{c}, before); err != nil {
		return nil, err
	}
	s.commands = slices.DeleteFunc(s.commands, func(other *command) bool { return other == old })
	s.register(c, scope, before)
	s.tellCommands()
	if old != nil {
		return c, nil
	}
	return result{http.StatusCreated, c}, nil
}

// findCommand is the command of a request.
func (s *Server) findCommand(r *request) (*command, error) {
	scope, err := s.commandScope(r)
	if err != nil {
		return nil, err
	}
	for _, c := range s.scoped(scope) {
		if c.ID == r.id("command") {
			return c, nil
		}
	}
	return nil, errCommand
}

func (s *Server) getCommand(_ *request, c *command) (any, error) { return c, nil }

func (s *Server) patchCommand(r *request, c *command) (any, error) {
	changed, err := c.with(r)
	if err != nil {
		return nil, err
	}
	changed.ID, changed.Type, changed.Application, changed.GuildID = c.ID, c.Type, c.Application, c.GuildID
	f := &form{}
	f.command("", changed)
	if err := f.err(); err != nil {
		return nil, err
	}
	*c = *changed
	c.Version = s.newID()
	s.tellCommands()
	return c, nil
}

// with is the command with the fields that a request gives in the place of its own.
func (c *command) with(r *request) (*command, error) {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(encode(c), &fields) // just written
	if err := r.decode(&fields); err != nil {
		return nil, err
	}
	changed := &command{}
	return changed, decodeForm(encode(fields), changed)
}

func (s *Server) deleteCommand(_ *request, c *command) (any, error) {
	s.commands = slices.DeleteFunc(s.commands, func(other *command) bool { return other == c })
	s.tellCommands()
	return nil, nil
}

// commandPermissions is empty: nobody has changed who may use a command.
func (s *Server) commandPermissions(*request, snowflake) (any, error) { return []any{}, nil }

// tooMany reports whether a scope would have more commands of a type than it may.
func tooMany(list []*command) bool {
	count := map[int]int{}
	for _, c := range list {
		count[c.Type]++
	}
	return count[chatCommand] > 100 || count[userCommand] > 15 || count[messageCommand] > 15
}

// commands checks a list that replaces all commands of a scope.
func (f *form) commands(list []*command) {
	f.count("", len(list), 0, 130)
	seen := map[string]bool{}
	for i, c := range list {
		path := strconv.Itoa(i)
		if c == nil {
			f.required(path)
			list[i] = &command{Type: chatCommand}
			continue
		}
		f.command(path, c)
		key := fmt.Sprint(c.Type, c.Name)
		if seen[key] {
			f.fail(path+".name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[key] = true
	}
}

// commandName is what a slash command and an option may be called.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func (f *form) commandName(path, name string) {
	f.text(path, name, 1, 32)
	if name != "" && (!commandName.MatchString(name) || name != strings.ToLower(name)) {
		f.fail(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

// command checks one command, and makes it a slash command if it does not say what it is.
func (f *form) command(path string, c *command) {
	if c.Type == 0 {
		c.Type = chatCommand
	}
	at := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	f.oneOf(at("type"), c.Type, chatCommand, userCommand, messageCommand)
	if c.Type != chatCommand {
		f.text(at("name"), c.Name, 1, 32)
		f.text(at("description"), c.Description, 0, 0)
		f.count(at("options"), len(c.Options), 0, 0)
		return
	}
	f.commandName(at("name"), c.Name)
	f.text(at("description"), c.Description, 1, 100)
	for locale, name := range c.Names {
		f.commandName(at("name_localizations."+locale), name)
	}
	for locale, text := range c.Descriptions {
		f.text(at("description_localizations."+locale), text, 1, 100)
	}
	f.options(at("options"), c.Options, 0)
	if c.size() > 8000 {
		f.fail(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
	}
}

// size is what counts towards the limit of a command.
func (c *command) size() int {
	n := utf8.RuneCountInString(c.Name) + utf8.RuneCountInString(c.Description)
	for _, o := range c.Options {
		n += o.size()
	}
	return n
}

func (o option) size() int {
	n := utf8.RuneCountInString(o.Name) + utf8.RuneCountInString(o.Description)
	for _, c := range o.Choices {
		n += utf8.RuneCountInString(c.Name)
		if text, ok := c.Value.(string); ok {
			n += utf8.RuneCountInString(text)
		}
	}
	for _, below := range o.Options {
		n += below.size()
	}
	return n
}

// options checks those of a command, or of an option that is a command or a group itself: in is its type, 0 for the
// command.
func (f *form) options(path string, list []option, in int) {
	f.count(path, len(list), 0, 25)
	seen := map[string]bool{}
	optional := false
	for i := range list {
		o := &list[i]
		below := fmt.Sprintf("%s.%d", path, i)
		f.option(below, o, in)
		switch {
		case seen[o.Name]:
			f.fail(below+".name", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED", "Option name already used")
		case o.Required && optional:
			f.fail(below+".required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
				"Required options must be placed before non-required options")
		}
		seen[o.Name] = true
		optional = optional || !o.Required
	}
}

func (f *form) option(path string, o *option, in int) {
	f.commandName(path+".name", o.Name)
	f.text(path+".description", o.Description, 1, 100)
	if in == optSubcommand && o.Type <= optGroup || in == optGroup && o.Type != optSubcommand {
		f.fail(path+".type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type is invalid")
	}
	f.oneOf(path+".type", o.Type, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
	f.number(path+".min_length", o.MinLength, 0, 6000)
	f.number(path+".max_length", o.MaxLength, 1, 6000)
	f.choices(path+".choices", o.Choices, o.Type)
	switch {
	case o.Autocomplete && len(o.Choices) > 0:
		f.fail(path+".autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_AND_CHOICES",
			"Options with choices can not have autocomplete")
	case o.Autocomplete && o.Type != optString && o.Type != optInteger && o.Type != optNumber:
		f.fail(path+".autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE", "Autocomplete is not supported for this type")
	}
	switch o.Type {
	case optSubcommand, optGroup:
		f.options(path+".options", o.Options, o.Type)
	default:
		f.count(path+".options", len(o.Options), 0, 0)
	}
}

// choices checks those of an option, or those that are offered while somebody types.
func (f *form) choices(path string, list []choice, kind int) {
	f.count(path, len(list), 0, 25)
	for i, c := range list {
		below := fmt.Sprintf("%s.%d", path, i)
		f.text(below+".name", c.Name, 1, 100)
		text, isText := c.Value.(string)
		_, isNumber := c.Value.(float64)
		switch {
		case c.Value == nil:
			f.required(below + ".value")
		case isText != (kind == optString) || !isText && !isNumber:
			f.fail(below+".value", "BASE_TYPE_BAD_TYPE", "The value is not of the type of the option.")
		case isText:
			f.text(below+".value", text, 1, 100)
		}
	}
}

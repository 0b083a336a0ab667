package playground

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Saying is what a person writes.
type Saying struct {
	Content string
	ReplyTo string // the id of the message that it answers, "" for none
	Ping    bool   // the reply mentions who wrote that message
	Files   []File
}

// File is one that a person adds to a message.
type File struct {
	Name string
	Type string // such as "text/plain"
	Data []byte
}

// cannot is the refusal of Discord's own client, which lets nobody do what the server would refuse.
func cannot(status int, format string, args ...any) *Error {
	return &Error{Status: status, Message: fmt.Sprintf(format, args...)}
}

// person is a member by id or user name.
func (s *Server) person(as string) (*user, error) {
	if u := s.world.person(as); u != nil {
		return u, nil
	}
	return nil, cannot(404, "There is nobody called %q.", as)
}

// actor is a person and the channel in which they do something.
func (s *Server) actor(as, channel string) (*user, *channel, error) {
	u, err := s.person(as)
	if err != nil {
		return nil, nil, err
	}
	c := s.world.channels[parseID(channel)]
	if c == nil || !s.world.sees(u, c) {
		return nil, nil, cannot(404, "There is no such channel.")
	}
	return u, c, nil
}

// Say writes a message as a person, and returns it as REST would.
func (s *Server) Say(as, channel string, what Saying) (json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.actor(as, channel)
	if err != nil {
		return nil, err
	}
	p := s.world.allowed(u, c)
	switch {
	case !c.maySpeak(p):
		return nil, cannot(403, "You may not write in this channel.")
	case c.isThread() && c.Metadata.Locked && !p.has(mayManageThreads):
		return nil, cannot(403, "This thread is locked.")
	}
	all := &allowedMentions{Parse: []string{"users", "roles", "everyone"}, RepliedUser: &what.Ping}
	d := &draft{Content: &what.Content, Mentions: all}
	for i, f := range what.Files {
		d.files = append(d.files, file{strconv.Itoa(i), f.Name, f.Type, f.Data})
	}
	if what.ReplyTo != "" {
		d.Reference = &reference{MessageID: parseID(what.ReplyTo)}
	}
	if err := d.valid(); err != nil {
		return nil, err
	}
	if c.isThread() {
		s.archive(c, false)
		s.enter(c, u)
	}
	if c.guild == nil {
		u.closed = false
	}
	m, err := s.send(c, d, sender{author: u, can: p})
	if err != nil {
		return nil, err
	}
	return encode(s.show(m)), nil
}

// Direct opens a person's direct messages with the bot, and returns the channel as REST would.
func (s *Server) Direct(as string) (json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.person(as)
	if err != nil {
		return nil, err
	}
	return encode(s.openDirect(u)), nil
}

// Click presses a button, or chooses values in a menu, as a person who sees the message.
func (s *Server) Click(as, message, customID string, values []string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.person(as)
	if err != nil {
		return "", err
	}
	m := s.seen(u, parseID(message))
	if m == nil {
		return "", cannot(404, "There is no such message.")
	}
	c := find(m.Components, customID)
	if c == nil || customID == "" || c.Disabled {
		return "", cannot(404, "There is nothing to press.")
	}
	i := &interaction{kind: componentInteraction, user: u, channel: m.channel, source: m}
	data := map[string]any{"custom_id": customID, "component_type": c.Type, "id": c.ID}
	if c.isMenu() {
		if err := c.chosen(values); err != nil {
			return "", err
		}
		data["values"] = append([]string{}, values...)
		if c.Type != stringSelect {
			data["resolved"] = s.resolved(i, c.Type, values)
		}
	}
	return s.begin(i, data).id.String(), nil
}

// seen is a message that a person sees, nil if there is none.
func (s *Server) seen(u *user, id snowflake) *message {
	for _, c := range s.places(u) {
		if m := c.message(id); m != nil && m.isFor(u) {
			return m
		}
	}
	return nil
}

// isFor reports whether a message is shown to somebody who sees its channel.
func (m *message) isFor(u *user) bool { return m.to == nil || m.to == u }

// places are the channels and threads that a person sees, and their direct messages.
func (s *Server) places(u *user) []*channel {
	var list []*channel
	for _, c := range s.world.desk.channels {
		if s.world.sees(u, c) {
			list = append(list, c)
		}
	}
	if u.direct != nil {
		list = append(list, u.direct)
	}
	return list
}

// chosen checks the values of a menu.
func (c *component) chosen(values []string) error {
	if n := len(values); n < *c.MinValues || n > *c.MaxValues {
		return cannot(400, "Choose %d to %d.", *c.MinValues, *c.MaxValues)
	}
	for _, v := range values {
		if c.Type == stringSelect && !c.offers(v) {
			return cannot(400, "The menu does not offer %q.", v)
		}
	}
	return nil
}

func (c *component) offers(value string) bool {
	return slices.ContainsFunc(c.Options, func(o selectOption) bool { return o.Value == value })
}

// resolved is what the ids chosen in a menu stand for.
func (s *Server) resolved(i *interaction, kind int, values []string) resolution {
	as := map[int]int{userSelect: optUser, roleSelect: optRole, mentionableSelect: optMentionable, channelSelect: optChannel}
	found := resolution{}
	for _, v := range values {
		s.resolve(i, as[kind], v, found)
	}
	return found
}

// Submit sends the form that an interaction of this person has opened, with what is in its fields by custom id: a text, or
// what is chosen in a menu, several values with commas between them.
func (s *Server) Submit(as, id string, fields map[string]string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.world.person(as)
	opened := s.interactions[parseID(id)]
	if u == nil || opened == nil || opened.user != u || opened.response != answerModal || opened.form == nil {
		return "", cannot(404, "There is no such form.")
	}
	list, err := filled(opened.form, fields)
	if err != nil {
		return "", err
	}
	data := map[string]any{"custom_id": opened.modal, "components": list}
	i := &interaction{kind: modalInteraction, user: u, channel: opened.channel, source: opened.source}
	i.trigger = s.about(opened)
	opened.form = nil
	return s.begin(i, data).id.String(), nil
}

// filled is a form as it is sent. Fields without a word hold what they were opened with.
func filled(form []component, fields map[string]string) ([]map[string]any, error) {
	list := []map[string]any{}
	rest := maps.Clone(fields)
	for _, c := range form {
		row := map[string]any{"type": c.Type, "id": c.ID}
		var inputs []map[string]any
		for _, input := range c.parts() {
			v, err := input.fill(fields)
			if err != nil {
				return nil, err
			}
			delete(rest, input.CustomID)
			inputs = append(inputs, v)
		}
		switch c.Type {
		case actionRow:
			row["components"] = inputs
		case label:
			row["component"] = inputs[0]
		}
		list = append(list, row)
	}
	if len(rest) > 0 {
		return nil, cannot(400, "The form has no %s.", strings.Join(slices.Sorted(maps.Keys(rest)), ", "))
	}
	return list, nil
}

// preset is what a menu has chosen when it opens.
func (c *component) preset() []string {
	values := []string{}
	for _, o := range c.Options {
		if o.Default {
			values = append(values, o.Value)
		}
	}
	return values
}

// split takes apart values with commas between them, unless a value has a comma itself.
func (c *component) split(text string) []string {
	switch {
	case text == "":
		return []string{}
	case c.offers(text):
		return []string{text}
	}
	return strings.Split(text, ",")
}

// picked checks the values of a menu in a form, which may be left alone if it is not required.
func (c *component) picked(values []string) error {
	if len(values) == 0 && c.Required != nil && !*c.Required {
		return nil
	}
	return c.chosen(values)
}

// fill is a field of a form as it is sent.
func (c *component) fill(fields map[string]string) (map[string]any, error) {
	v, given := fields[c.CustomID]
	out := map[string]any{"type": c.Type, "id": c.ID, "custom_id": c.CustomID}
	if c.isMenu() {
		values := c.preset()
		if given {
			values = c.split(v)
		}
		out["values"] = values
		return out, c.picked(values)
	}
	if !given {
		v = c.Value
	}
	n := utf8.RuneCountInString(v)
	most := 4000
	set(&most, c.MaxLength)
	switch {
	case n == 0 && (c.Required == nil || *c.Required):
		return nil, cannot(400, "The field %q is required.", c.CustomID)
	case n > 0 && n < deref(c.MinLength), n > most:
		return nil, cannot(400, "The field %q takes %d to %d characters.", c.CustomID, deref(c.MinLength), most)
	}
	out["value"] = v
	return out, nil
}

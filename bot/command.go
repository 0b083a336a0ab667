package bot

import (
	"context"
	"slices"
)

// Command is a row of the table of what people can do.
type Command struct {
	Name string
	// Help, and a Param's, are ids of texts in words/*.json, see [Words]; so is Example, a line for the terminal. A step
	// has neither.
	Help, Example string
	Params        []Param
	Kind          Kind
	Needs         Right
	// Open replies are for everybody in the place to see; others only if the call says so, see [Command.Private].
	Open bool
	// Form reports whether its reply is a form, which a front must show at once.
	Form bool

	run func(*Bot, context.Context, Call) (Reply, error)
}

// Kind is how a command is called.
type Kind int

// The kinds of commands.
const (
	Typed     Kind = iota // by its name: a slash command, `trilat NAME …`
	OnMessage             // from the menu of a message, whose text fills the first parameter
	Step                  // by a button, menu or form of a reply
)

// Right is what a person must be allowed to do.
type Right int

// The rights. A row that names none asks for the most.
const (
	Speaker Right = iota // may write in the place for others to see
	Anyone               // sees the command
)

// Param is an argument of a command.
type Param struct {
	Name     string
	Help     string
	Required bool
	// YesNo reports whether its value is "true" or "", rather than a text.
	YesNo bool
	// Chat and Terminal report where people fill it in; one that is offered nowhere is filled by replies.
	Chat, Terminal bool

	suggest func(l *library, typed string) []Choice
}

// Suggests reports whether [Bot.Suggest] knows values for the parameter.
func (p Param) Suggests() bool { return p.suggest != nil }

// Private reports whether the reply to a call is only for the person who made it. It is known before the call runs. Who
// may not write in a place gets every reply in private, the one that says so too.
func (c Command) Private(call Call) bool { return !c.shown(call) || !call.By.Speaks }

// shown reports whether a call asks for a reply that everybody in the place sees.
func (c Command) shown(call Call) bool { return c.Open || call.Args["everyone"] == "true" }

// FollowUp is the step whose button carries, as argument "ref", what the next question may lean on. A front that sees a
// question in answer to one of the bot's own messages hands that argument on to "ask".
const FollowUp = "follow"

// Commands is the table.
func Commands() []Command {
	return []Command{
		{
			Name: "ask", Help: "ask.help", Example: "ask.example", Needs: Anyone, run: (*Bot).ask,
			Params: []Param{
				{Name: "question", Help: "ask.question.help", Required: true, Chat: true, Terminal: true, suggest: (*library).questions},
				{Name: "everyone", Help: "ask.everyone.help", YesNo: true, Chat: true},
				{Name: "after", Help: "ask.after.help", Terminal: true},
				{Name: "ref"},
			},
		},
		{
			Name: "topics", Help: "topics.help", Example: "topics.example", Needs: Anyone, run: (*Bot).browse,
			Params: []Param{{Name: "topic", Help: "topics.topic.help", Chat: true, Terminal: true, suggest: (*library).names}},
		},
		{
			Name: "timeline", Help: "timeline.help", Example: "timeline.example", Needs: Anyone, run: (*Bot).timeline,
			Params: []Param{{Name: "period", Help: "timeline.period.help", Chat: true, Terminal: true, suggest: (*library).periods}},
		},
		{
			Name: "positions", Help: "positions.help", Example: "positions.example", Needs: Anyone, run: (*Bot).positions,
			Params: []Param{{Name: "topic", Help: "positions.topic.help", Required: true, Chat: true, Terminal: true, suggest: (*library).parties}},
		},
		{
			Name: "glossary", Help: "glossary.help", Example: "glossary.example", Needs: Anyone, run: (*Bot).glossary,
			Params: []Param{{Name: "term", Help: "glossary.term.help", Chat: true, Terminal: true, suggest: (*library).terms}},
		},
		{
			Name: "brief", Help: "brief.help", Example: "brief.example", Needs: Anyone, run: (*Bot).brief,
			Params: []Param{{Name: "topic", Help: "brief.topic.help", Required: true, Chat: true, Terminal: true, suggest: (*library).names}},
		},
		{Name: "sources", Help: "sources.help", Example: "sources.example", Needs: Anyone, run: (*Bot).sources},
		{Name: "about", Help: "about.help", Example: "about.example", Needs: Anyone, run: (*Bot).about},
		{Name: "help", Help: "help.help", Example: "help.example", Needs: Anyone, run: (*Bot).help},

		{Name: "Ask about this", Help: "message.help", Kind: OnMessage, Needs: Anyone, Params: []Param{{Name: "question"}}, run: (*Bot).ask},

		{Name: "share", Kind: Step, Needs: Speaker, Open: true, Params: []Param{{Name: "ref"}}, run: (*Bot).share},
		{Name: "quotes", Kind: Step, Needs: Anyone, Params: []Param{{Name: "ref"}}, run: (*Bot).quotes},
		{Name: FollowUp, Kind: Step, Needs: Anyone, Form: true, Params: []Param{{Name: "ref"}}, run: (*Bot).follow},
		{Name: "read", Kind: Step, Needs: Anyone, Params: []Param{{Name: "passage"}}, run: (*Bot).read},
	}
}

// Find returns the row with a name.
func Find(name string) (c Command, ok bool) {
	all := Commands()
	i := slices.IndexFunc(all, func(c Command) bool { return c.Name == name })
	if i < 0 {
		return Command{}, false
	}
	return all[i], true
}

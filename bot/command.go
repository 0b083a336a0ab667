package bot

import (
	"context"
	"slices"
)

// Command is a row of the table of what people can do.
type Command struct {
	// Name is a word, or of a Typed one two words, of which the first is shared by several rows.
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
	// Server reports whether it is only for servers, Chat whether it is not for the terminal, Store whether it is about what
	// is remembered.
	Server, Chat, Store bool

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
	Admin   Right = iota // may change the server
	Team                 // has the role that answers questions in the server, or may change it
	Speaker              // may write in the place for others to see
	Anyone               // sees the command
)

// Param is an argument of a command.
type Param struct {
	Name     string
	Help     string
	Required bool
	Type     Type
	// Verbatim reports whether markup stays in its value as it was written.
	Verbatim bool
	// Chat and Terminal report where people fill it in; one that is offered nowhere is filled by replies.
	Chat, Terminal bool

	suggest func(l *library, typed string) []Choice
}

// Type is what the value of a parameter is.
type Type int

// The types of parameters. Those that name something in a server have its id as their value.
const (
	Text  Type = iota
	YesNo      // "true" or ""
	ARole
	AChannel
	AUser
)

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
				{Name: "everyone", Help: "ask.everyone.help", Type: YesNo, Chat: true},
				{Name: "after", Help: "ask.after.help", Terminal: true},
				{Name: "model", Help: "ask.model.help", Type: YesNo, Terminal: true},
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
			Params: []Param{
				{Name: "topic", Help: "brief.topic.help", Required: true, Chat: true, Terminal: true, suggest: (*library).names},
				{Name: "model", Help: "brief.model.help", Type: YesNo, Terminal: true},
			},
		},
		{
			Name: "changes", Help: "changes.help", Example: "changes.example", Needs: Anyone, Store: true, run: (*Bot).changes,
			Params: []Param{{Name: "since", Help: "changes.since.help", Chat: true, Terminal: true}},
		},
		{Name: "sources", Help: "sources.help", Example: "sources.example", Needs: Anyone, run: (*Bot).sources},
		{Name: "about", Help: "about.help", Example: "about.example", Needs: Anyone, run: (*Bot).about},
		{Name: "help", Help: "help.help", Example: "help.example", Needs: Anyone, run: (*Bot).help},

		{
			Name: "why", Help: "why.help", Example: "why.example", Needs: Anyone, Store: true, run: (*Bot).why,
			Params: []Param{{Name: "id", Help: "why.id.help", Required: true, Chat: true, Terminal: true}},
		},
		{Name: "questions", Help: "questions.help", Needs: Anyone, Server: true, Chat: true, Store: true, run: (*Bot).asked},
		{Name: "inbox", Help: "inbox.help", Example: "inbox.example", Needs: Team, Server: true, Store: true, run: (*Bot).inbox},
		{
			Name: "mute", Help: "mute.help", Needs: Team, Server: true, Chat: true, Store: true, run: (*Bot).mute,
			Params: []Param{
				{Name: "user", Help: "mute.user.help", Required: true, Type: AUser, Chat: true},
				{Name: "off", Help: "mute.off.help", Type: YesNo, Chat: true},
			},
		},
		{
			Name: "stats", Help: "stats.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).stats,
			Params: []Param{{Name: "days", Help: "stats.days.help", Chat: true}},
		},
		{Name: "budget", Help: "budget.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).budget},
		{
			Name: "setup team", Help: "setup.team.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).setupTeam,
			Params: []Param{
				{Name: "channel", Help: "setup.channel.help", Required: true, Type: AChannel, Chat: true},
				{Name: "role", Help: "setup.role.help", Type: ARole, Chat: true},
			},
		},
		{
			Name: "setup mentions", Help: "setup.mentions.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).setupMentions,
			Params: []Param{{Name: "channels", Help: "setup.channels.help", Verbatim: true, Chat: true}},
		},
		{
			Name: "setup corrections", Help: "setup.corrections.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).setupCorrections,
			Params: []Param{{Name: "on", Help: "setup.on.help", Required: true, Type: YesNo, Chat: true}},
		},
		{
			Name: "setup model", Help: "setup.model.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).setupModel,
			Params: []Param{
				{Name: "on", Help: "setup.model.on.help", Required: true, Type: YesNo, Chat: true},
				{Name: "use", Help: "setup.use.help", Chat: true, suggest: suggestUses},
			},
		},
		{Name: "setup status", Help: "setup.status.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).status},
		{
			Name: "digest setup", Help: "digest.setup.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).digestSetup,
			Params: []Param{
				{Name: "channel", Help: "digest.channel.help", Required: true, Type: AChannel, Chat: true},
				{Name: "time", Help: "digest.time.help", Required: true, Chat: true},
				{Name: "timezone", Help: "digest.timezone.help", Required: true, Chat: true, suggest: zones},
				{Name: "days", Help: "digest.days.help", Chat: true},
				{Name: "quiet", Help: "digest.quiet.help", Type: YesNo, Chat: true},
				{Name: "role", Help: "digest.role.help", Type: ARole, Chat: true},
			},
		},
		{Name: "digest preview", Help: "digest.preview.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).digestPreview},
		{Name: "digest now", Help: "digest.now.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).digestNow},
		{Name: "digest pause", Help: "digest.pause.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).digestPause},
		{Name: "digest resume", Help: "digest.resume.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).digestResume},
		{Name: "digest status", Help: "digest.status.help", Needs: Admin, Server: true, Chat: true, Store: true, run: (*Bot).digestStatus},
		{
			Name: "digest why", Help: "digest.why.help", Needs: Anyone, Server: true, Chat: true, Store: true, run: (*Bot).digestWhy,
			Params: []Param{{Name: "date", Help: "digest.date.help", Required: true, Chat: true}},
		},
		{Name: "privacy show", Help: "privacy.show.help", Needs: Anyone, Chat: true, Store: true, run: (*Bot).privacyShow},
		{Name: "privacy export", Help: "privacy.export.help", Needs: Anyone, Chat: true, Store: true, run: (*Bot).privacyExport},
		{Name: "privacy forget", Help: "privacy.forget.help", Needs: Anyone, Chat: true, Store: true, run: (*Bot).privacyForget},

		{Name: "Ask about this", Help: "message.help", Kind: OnMessage, Needs: Anyone, Params: []Param{{Name: "question"}}, run: (*Bot).ask},

		{Name: "share", Kind: Step, Needs: Speaker, Open: true, Params: []Param{{Name: "ref"}, {Name: "receipt"}}, run: (*Bot).share},
		{Name: "quotes", Kind: Step, Needs: Anyone, Params: []Param{{Name: "ref"}, {Name: "lang"}}, run: (*Bot).quotes},
		{Name: FollowUp, Kind: Step, Needs: Anyone, Form: true, Params: []Param{{Name: "ref"}}, run: (*Bot).follow},
		{Name: "read", Kind: Step, Needs: Anyone, Params: []Param{{Name: "passage"}}, run: (*Bot).read},
		{Name: "rate", Kind: Step, Needs: Anyone, Store: true, Params: []Param{{Name: "receipt"}}, run: (*Bot).rate},
		{Name: "unhelpful", Kind: Step, Needs: Anyone, Form: true, Params: []Param{{Name: "receipt"}}, run: (*Bot).rateForm},
		{Name: "rated", Kind: Step, Needs: Anyone, Store: true, Params: []Param{{Name: "receipt"}, {Name: "reason"}}, run: (*Bot).rated},
		{Name: "forget", Kind: Step, Needs: Anyone, Store: true, run: (*Bot).forget},

		{Name: "team", Kind: Step, Needs: Anyone, Store: true, Server: true, Params: []Param{{Name: "receipt"}, {Name: "reason"}}, run: (*Bot).askTeam},
		{Name: "withdraw", Kind: Step, Needs: Anyone, Store: true, Params: []Param{{Name: "asking"}}, run: (*Bot).withdraw},
		{Name: "again", Kind: Step, Needs: Anyone, Store: true, Params: []Param{{Name: "question"}, {Name: "asking"}, {Name: "round"}}, run: (*Bot).again},

		{Name: "question", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}}, run: (*Bot).show},
		{Name: "answer", Kind: Step, Needs: Team, Store: true, Server: true, Form: true, Params: []Param{{Name: "question"}}, run: (*Bot).answerForm},
		{Name: "answered", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}, {Name: "text", Verbatim: true}, {Name: "source", Verbatim: true}}, run: (*Bot).answered},
		{Name: "point", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}}, run: (*Bot).point},
		{Name: "pointed", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}, {Name: "passage"}}, run: (*Bot).pointed},
		{Name: "duplicate", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}}, run: (*Bot).duplicate},
		{Name: "duplicated", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}, {Name: "of"}}, run: (*Bot).duplicated},
		{Name: "dismiss", Kind: Step, Needs: Team, Store: true, Server: true, Form: true, Params: []Param{{Name: "question"}}, run: (*Bot).dismissForm},
		{Name: "dismissed", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}, {Name: "reason", Verbatim: true}}, run: (*Bot).dismissed},
		{Name: "edit", Kind: Step, Needs: Team, Store: true, Server: true, Form: true, Params: []Param{{Name: "question"}}, run: (*Bot).editForm},
		{Name: "edited", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}, {Name: "version"}, {Name: "text", Verbatim: true}, {Name: "source", Verbatim: true}}, run: (*Bot).edited},
		{Name: "retract", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}}, run: (*Bot).retract},
		{Name: "retracted", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}}, run: (*Bot).retracted},
		{Name: "confirm", Kind: Step, Needs: Team, Store: true, Server: true, Params: []Param{{Name: "question"}}, run: (*Bot).confirm},
		{Name: "draft", Kind: Step, Needs: Team, Server: true, Store: true, Params: []Param{{Name: "question"}}, run: (*Bot).draft},
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

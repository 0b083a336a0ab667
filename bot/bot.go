// Package bot is what people can do with trilat, whatever they do it with.
//
// Everything goes through one door: [Bot.Do] takes a [Call] and returns a [Reply]. Slash commands, buttons, menus, forms,
// mentions and the terminal all become a Call; a Reply knows neither Discord nor a terminal. What can be called is one
// table, [Commands]: fronts register, help and complete from it and list nothing themselves. Who may call what is
// checked here, for calls and for suggestions alike, and nowhere else.
//
// Where a [Model] is used, the answer in the texts' own words stands first, and what the model makes of it takes its place only
// as far as the texts prove it (summary.go).
//
// What a reply leads on to is a Call too, short enough to travel in a button, so that a button works after a restart and
// months later. The package speaks to no network, and the clock is handed to it.
package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"trilat/bot/answer"
	"trilat/bot/store"
	"trilat/knowledge"
)

// Config is what a Bot is made of.
type Config struct {
	Knowledge *knowledge.Base  // required
	Store     *store.Store     // nil: nothing is remembered, and no team can be asked
	Writing   Writing          // zero: answers are the texts' own words
	Keep      time.Duration    // how long answers are remembered; 0: ninety days
	Log       *slog.Logger     // hears when the store fails, and when it works again; nil: nobody does
	Limits    Limits           // zero: none
	Now       func() time.Time // nil: the computer's clock
}

// Bot answers calls. It may be used by several goroutines.
type Bot struct {
	words   Words
	now     func() time.Time
	current atomic.Pointer[edition]
	store   *store.Store // nil: nothing is remembered
	keep    time.Duration
	log     *slog.Logger
	wake    chan struct{} // has room for one note
	ailing  atomic.Bool   // the store failed last time
	tended  upkeep
	gate    *gate
	reach   Reach // nil: nobody can tell
	writer  *writer
}

// Reach tells what the bot lacks to write in a channel of a server, by the names that its settings have for them.
type Reach func(ctx context.Context, server, channel string) (lacks []string, err error)

// Reaches lets a front say, before it runs, how the bot finds out what it may do in a channel that somebody names.
func (b *Bot) Reaches(r Reach) { b.reach = r }

// reachable is an error that says what the bot lacks in a channel. When that cannot be found out, sending there will tell.
func (b *Bot) reachable(ctx context.Context, server, channel string) error {
	if b.reach == nil {
		return nil
	}
	lacks, err := b.reach(ctx, server, channel)
	if err != nil || len(lacks) == 0 {
		return nil
	}
	return b.sorry("setup.lacks", map[string]any{"Channel": Where(channel), "Lacks": strings.Join(lacks, ", ")})
}

// edition is the folder that is answered from, with what is made of it.
type edition struct {
	base    *knowledge.Base
	answers *answer.Answerer
	library *library
	read    time.Time
	asked   *otter.Cache[string, answer.Sketch] // what was asked before, prepared for being compared
}

// sketch is a question prepared for being compared with others of the same edition.
func (ed *edition) sketch(question string) answer.Sketch {
	s, _ := ed.asked.ComputeIfAbsent(question, func() (answer.Sketch, bool) { return ed.answers.Sketch(question), false })
	return s
}

// defaultKeep is how long answers are remembered when nobody says otherwise.
const defaultKeep = 90 * 24 * time.Hour

// New prepares a Bot; indexing the folder takes milliseconds per hundred passages.
func New(c Config) (*Bot, error) {
	if c.Knowledge == nil {
		return nil, errors.New("a bot needs knowledge")
	}
	w, err := NewWords("en")
	if err != nil {
		return nil, err
	}
	b := &Bot{words: w, now: c.Now, store: c.Store, keep: cmp.Or(c.Keep, defaultKeep), log: c.Log, wake: make(chan struct{}, 1),
		gate: newGate(c.Limits), writer: newWriter(c.Writing)}
	if b.now == nil {
		b.now = time.Now
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	b.Reload(c.Knowledge)
	return b, nil
}

// Reload answers from another reading of the folder from now on. Calls that are under way finish with the one before.
func (b *Bot) Reload(base *knowledge.Base) {
	answers := answer.New(base)
	b.current.Store(&edition{base: base, answers: answers, library: newLibrary(base, answers), read: b.now(),
		asked: otter.Must(&otter.Options[string, answer.Sketch]{MaximumSize: counted})})
}

// Answers is the part of the bot that ranks and answers, for tools that measure it.
func (b *Bot) Answers() *answer.Answerer { return b.current.Load().answers }

// Revision is that of the folder that is answered from.
func (b *Bot) Revision() string { return b.current.Load().base.Revision }

// Call is what somebody wants.
type Call struct {
	// ID is that of the event that it comes from, the same however often it comes; "" at the terminal.
	ID      string
	Command string
	Args    map[string]string // by the name of a Param
	By      Person            // who wants it
	In      Place             // where

	show func(Reply) // what comes of it so far; never nil in a call that runs
}

// Person is who calls, as far as the place they call from tells. Whoever has no ID sits at the terminal.
type Person struct {
	ID   string
	Name string // as others there see it
	// Speaks reports whether they may write there for others to see.
	Speaks bool
	// Roles are those they have in the server that they call from, Admin whether they may change that server.
	Roles []string
	Admin bool
	// Lang is the language that their program speaks, as "hr" or "en-US"; "" when that is not told.
	Lang string
}

// Place is where a call is made.
type Place struct {
	Server  string // "" in direct messages and at the terminal
	Channel string
	// Message is the one that the call was made on, by its buttons or by writing it; "" for none. Open reports whether
	// everybody there sees it.
	Message string
	Open    bool
}

// Reply is what they get. Its texts are plain: a line that begins with "- " is an item, one with "> " a quotation, and
// nothing else is markup.
type Reply struct {
	// Question is what the reply answers, as it was asked; "" when it answers no question. A chat shows it above.
	Question string
	// Text is for people, with markers [1] that refer to Sources.
	Text string
	// Plain is Text without markers.
	Plain   string
	Sources []Source
	// Answer is what the text was made from; nil when the reply is no answer to a question.
	Answer *answer.Answer
	// Actions are what can be done next, at most five.
	Actions []Action
	// Menu offers one of several things; nil for none.
	Menu *Menu
	// Form asks for more, instead of all the above; only a command whose row says Form returns one.
	Form *Form
	// Note is what to know besides, in small print below; "" for nothing.
	Note string
	// Receipt is the id under which the answer is remembered; "" when it is not.
	Receipt string
	// File is to be kept, or holds what is too long for a message; nil for none.
	File *File
}

// Source is what statements of a reply rest on.
type Source = answer.Source

// Action is a button: a label and the call it makes. The arguments' values are short enough for a custom id.
type Action struct {
	Label string
	Call  Call // without By
}

// Menu makes a call with the chosen value as one more argument.
type Menu struct {
	Label   string // what is chosen
	Call    Call   // without By
	Param   string // the argument that the choice fills
	Choices []Choice
}

// MaxChoices is how many choices a menu has at most, and how many suggestions are made.
const MaxChoices = 25

// Choice is one of several: of a menu, or a suggestion for an argument. Label and Value have at most MaxChoice
// characters.
type Choice struct{ Label, Value string }

// MaxChoice is the longest label and value of a [Choice], in characters.
const MaxChoice = 100

// Form makes a call with what was filled in as further arguments.
type Form struct {
	Title  string // at most 45 characters
	Call   Call   // without By
	Fields []Field
}

// Field is one line of a [Form], several if Long, or one of some Choices if there are any.
type Field struct {
	Param    string // the argument that it fills
	Label    string // at most 45 characters
	Hint     string // shown while it is empty, at most 100 characters
	Value    string // what stands there already
	Long     bool
	Required bool
	Max      int // characters
	Choices  []Choice
}

// File is a text that is handed over as one.
type File struct {
	Name string // with an ending: "brief.md"
	Data []byte
}

// Do runs a call. show hears, before Do returns, of a reply that is good already and will be better, any number of times;
// the returned one is final. What a person did wrong is a Reply, what the bot could not do is an error, and so is a panic.
func (b *Bot) Do(ctx context.Context, call Call, show func(Reply)) (reply Reply, err error) {
	defer func() {
		if r := recover(); r != nil {
			reply, err = Reply{}, fmt.Errorf("run %s: panic: %v\n%s", call.Command, r, debug.Stack())
		}
	}()
	call.show = show
	c, ok := Find(call.Command)
	if !ok {
		return b.say(b.words.say("command.unknown", map[string]any{"Name": call.Command})), nil
	}
	if pause := b.gate.wait(call, b.now()); pause > 0 {
		return b.say(b.words.say("command.often", map[string]any{"When": Moment(b.now().Add(pause + time.Second))})), nil
	}
	refusal, err := b.forbids(ctx, c, call)
	switch {
	case err != nil:
	case refusal != "":
		err = b.sorry(refusal, nil)
	case c.Store && b.store == nil:
		err = b.sorry("store.none", nil)
	default:
		reply, err = c.run(b, ctx, call)
	}
	var down *storeError
	var instead *sorry
	switch {
	case errors.As(err, &instead):
		return instead.Reply, nil
	case errors.As(err, &down):
		b.ails(err)
		return b.say(b.words.Say("store.down")), nil
	case err != nil:
		return Reply{}, fmt.Errorf("run %s: %w", call.Command, err)
	}
	return reply, nil
}

// sorry ends a call with what a person did wrong, or came too late for.
type sorry struct{ Reply }

func (s *sorry) Error() string { return s.Text }

// sorry is an error that becomes a reply with a text.
func (b *Bot) sorry(id string, data map[string]any) error {
	return &sorry{b.say(b.words.say(id, data))}
}

// Suggest offers values for the argument of a call that somebody is typing: at most MaxChoices, best first, none to
// somebody who may not make the call. It is quick enough for every key stroke.
func (b *Bot) Suggest(call Call, param string) []Choice {
	c, ok := Find(call.Command)
	if !ok {
		return nil
	}
	if refusal, err := b.forbids(context.Background(), c, call); err != nil || refusal != "" {
		return nil
	}
	for _, p := range c.Params {
		if p.Name == param && p.suggest != nil {
			choices := p.suggest(b.current.Load().library, call.Args[param])
			return choices[:min(len(choices), MaxChoices)]
		}
	}
	return nil
}

// forbids is the id of the text that says why a person may not make a call, "" if they may. It is the only place where
// this is decided, and what it does not know is forbidden. What belongs to somebody, a question or an answer, is guarded
// where it is fetched: see [Bot.question] and [Bot.receipt].
func (b *Bot) forbids(ctx context.Context, c Command, call Call) (refusal string, err error) {
	if call.By.ID == "" { // the terminal
		return "", nil
	}
	if c.Server && call.In.Server == "" {
		return "command.server", nil
	}
	if c.shown(call) && !call.By.Speaks {
		return "command.silent", nil
	}
	switch c.Needs {
	case Anyone:
		return "", nil
	case Speaker:
		return either(call.By.Speaks, "", "command.silent"), nil
	case Team:
		team, err := b.inTeam(ctx, call)
		return either(team, "", "command.team"), err
	case Admin:
		return either(call.By.Admin, "", "command.admin"), nil
	}
	return "command.silent", nil
}

// inTeam reports whether the caller has the role that answers questions in the server, or may change the server.
func (b *Bot) inTeam(ctx context.Context, call Call) (bool, error) {
	if call.By.Admin || b.store == nil {
		return call.By.Admin, nil
	}
	setup, err := b.setup(ctx, call.In.Server)
	return setup.Role != "" && slices.Contains(call.By.Roles, setup.Role), err
}

func either(yes bool, one, other string) string {
	if yes {
		return one
	}
	return other
}

// Failed is the reply when Do returned an error that was logged with an id.
func (b *Bot) Failed(id string) Reply {
	return b.say(b.words.say("command.failed", map[string]any{"ID": id}))
}

// under is the reply under a line that introduces it.
func (r Reply) under(line string) Reply {
	r.Text, r.Plain = line+"\n"+r.Text, line+"\n"+r.Plain
	return r
}

func (b *Bot) say(text string) Reply { return Reply{Text: text, Plain: text} }

package discord

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
)

// eagerness is how long a reply may take to be the first word, for which Discord waits three seconds; a later one is
// promised first. patience is how long a call may run.
const (
	eagerness = time.Second
	patience  = 2 * time.Minute
)

// interaction answers a command, button, menu or form with one message, and a key stroke with suggestions.
func (f *Front) interaction(ctx context.Context, i interaction) {
	since := time.Now()
	call, focused, err := i.call()
	if i.Type == discordgo.InteractionApplicationCommandAutocomplete {
		f.complete(ctx, i, call, focused)
		return
	}
	row, known := bot.Find(call.Command)
	if !f.claim(ctx, i.ID) {
		f.figures.interaction(row.Name, foreign)
		return
	}
	p := place{channel: i.ChannelID, person: call.By.ID, private: !known || row.Private(call), direct: i.direct()}
	became := f.respond(ctx, i, p, f.run(ctx, i.ID, call, err), row.Form, since)
	f.figures.interaction(row.Name, became)
	if became == answered {
		f.handOver(ctx, i, p, call)
	}
}

// claimTime is how long it may take to find out whether another process answers an event.
const claimTime = time.Second

// claim reports whether this process is to answer an event.
func (f *Front) claim(ctx context.Context, id string) bool {
	ctx, cancel := context.WithTimeout(ctx, claimTime)
	defer cancel()
	return f.first(ctx, id)
}

// complete offers values for the argument that somebody is typing. Nobody waits for them longer than Discord does.
func (f *Front) complete(ctx context.Context, i interaction, call bot.Call, focused string) {
	ctx, cancel := context.WithTimeout(ctx, discordgo.InteractionDeadline)
	defer cancel()
	offered := suggestions{Choices: []choice{}}
	for _, c := range f.suggest(call, focused) {
		offered.Choices = append(offered.Choices, choice{limit(c.Label, bot.MaxChoice), c.Value})
	}
	outcome := answered
	if err := f.callback(ctx, i, callback{discordgo.InteractionApplicationCommandAutocompleteResult, offered}, nil); err != nil {
		f.log.Debug("suggestions not delivered", "id", i.ID, "err", err)
		outcome = lost
	}
	f.figures.interaction(call.Command, outcome)
}

// run runs a call, unless it is none for the reason given. The reply always comes, also when the bot could not make one
// or takes for ever; then it names the id that the log has, below what was shown before.
func (f *Front) run(ctx context.Context, id string, call bot.Call, broken error) *growth {
	g := newGrowth()
	go func() {
		reply, err := bot.Reply{}, broken
		if err == nil {
			reply, err = f.try(ctx, call, g.show)
		}
		if err != nil {
			reply = f.failure(id, call.Command, err, g.last.Load())
		}
		g.final <- reply
	}()
	return g
}

// try runs a call for as long as it may take; a panic is an error.
func (f *Front) try(ctx context.Context, call bot.Call, show func(bot.Reply)) (bot.Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, f.patience)
	defer cancel()
	type result struct {
		reply bot.Reply
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		r.err = safely(func() (err error) {
			r.reply, err = f.do(ctx, call, show)
			return err
		})
		done <- r
	}()
	select {
	case r := <-done:
		return r.reply, r.err
	case <-ctx.Done():
		return bot.Reply{}, context.Cause(ctx)
	}
}

// failure logs an error and makes the reply that names its id: alone, or in the small print of what stands already.
func (f *Front) failure(id, command string, err error, stands *bot.Reply) bot.Reply {
	f.log.Error("command", "id", id, "command", command, "err", err)
	told := f.failed(id)
	if stands == nil {
		return told
	}
	return noted(*stands, told.Text)
}

// noted is a reply with one more thing in its small print.
func noted(r bot.Reply, note string) bot.Reply {
	r.Note = strings.TrimPrefix(r.Note+" · "+note, " · ")
	return r
}

// respond delivers the reply to an interaction: as the response, as an edit of a promise, or where Discord takes neither
// any more, as a message. While it grows it is shown in the same way.
func (f *Front) respond(ctx context.Context, i interaction, p place, g *growth, opensForm bool, since time.Time) outcome {
	s := f.response(i, p, since)
	promise := func(ctx context.Context) time.Duration {
		s.late = f.callback(ctx, i, callback{discordgo.InteractionResponseDeferredChannelMessageWithSource, deferred{p.flags()}}, nil)
		s.made = s.late == nil
		f.figures.first(time.Since(since))
		return 0
	}
	if opensForm {
		promise = nil // after one Discord opens no form
	}
	reply := s.follow(ctx, g, promise)
	if reply.Form != nil {
		var opened bool
		if reply, opened = f.openForm(ctx, i, reply.Form, s); opened {
			f.figures.first(time.Since(since))
			return answered
		}
	}
	return s.finish(ctx, reply)
}

// response is the message that the reply to an interaction becomes.
func (f *Front) response(i interaction, p place, since time.Time) *standing {
	original := route{"PATCH", "webhooks/{!}/{!}/messages/@original", []string{i.ApplicationID, i.Token}}
	return &standing{
		front: f, id: i.ID, at: sent{channel: i.ChannelID},
		draft: func(r bot.Reply) message {
			m := f.draft(r, i.ID)
			if !p.open() {
				m.Receipt = ""
			}
			return m
		},
		begin:   func(ctx context.Context, m message) (sent, error) { return f.answer(ctx, i, p, m, since) },
		edit:    func(sent) route { return original },
		instead: func(ctx context.Context, m message) error { return f.instead(ctx, p, m) },
	}
}

// answer sends a message as the first response to an interaction. Where it stands is known if it has a receipt.
func (f *Front) answer(ctx context.Context, i interaction, p place, m message, since time.Time) (sent, error) {
	m.Flags = p.flags()
	var there *said
	if m.Receipt != "" {
		there = &said{}
	}
	at := sent{channel: i.ChannelID}
	err := f.callback(ctx, i, callback{discordgo.InteractionResponseChannelMessageWithSource, m}, there)
	if err != nil {
		return at, err
	}
	f.figures.first(time.Since(since))
	if there != nil {
		at.message = there.ID
	}
	return at, nil
}

// stands tells the bot where everybody sees a reply that it remembers, and reports whether there was that to tell.
func (f *Front) stands(ctx context.Context, m message, at sent) bool {
	if m.Receipt == "" || at.message == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	f.shown(ctx, m.Receipt, at.channel, at.message)
	return true
}

// openForm opens a form, or says what to reply instead.
func (f *Front) openForm(ctx context.Context, i interaction, shown *bot.Form, s *standing) (instead bot.Reply, opened bool) {
	data, err := renderForm(shown)
	if s.made {
		err = errors.New("a form came too late for one: its command's row does not announce it")
	}
	if err == nil {
		err = f.callback(ctx, i, callback{discordgo.InteractionResponseModal, data}, nil)
		if err == nil {
			return bot.Reply{}, true
		}
		if !unfit(err) {
			s.late = err
		}
	}
	return f.failure(i.ID, shown.Call.Command, err, s.reply), false
}

// unfit reports whether Discord would take another message in this one's place.
func unfit(err error) bool {
	switch codeOf(err) {
	case discordgo.ErrCodeInvalidFormBody, discordgo.ErrCodeCannotSendEmptyMessage, discordgo.ErrCodeTheRequestBodyContainsInvalidJSON, discordgo.ErrCodeRequestEntityTooLarge:
		return true
	}
	return false
}

// draft writes a reply as a message.
func (f *Front) draft(reply bot.Reply, id string) message {
	m, err := render(reply, f.words.Say("chat.attached"))
	if err != nil {
		f.log.Error("component left out", "id", id, "err", err)
	}
	m.Receipt = reply.Receipt
	return m
}

// callback sends the first response to an interaction, and fetches the message that it became unless there is nil. One
// that Discord already has is not an error: it took effect when it was sent before, though the answer was lost.
func (f *Front) callback(ctx context.Context, i interaction, body callback, there *said) error {
	to := route{"POST", "interactions/{!}/{!}/callback", []string{i.ID, i.Token}}
	if there == nil {
		return f.taken(ctx, i, body, nil, f.rest.do(ctx, to, body, nil))
	}
	var a accepted
	to.template += "?with_response=true"
	err := f.rest.do(ctx, to, body, &a)
	*there = a.Resource.Message
	return f.taken(ctx, i, body, there, err)
}

// taken is what an error means that a callback ended with: nothing, when Discord has the response.
func (f *Front) taken(ctx context.Context, i interaction, body callback, there *said, err error) error {
	acknowledged := codeOf(err) == discordgo.ErrCodeInteractionHasAlreadyBeenAcknowledged
	expired := codeOf(err) == discordgo.ErrCodeUnknownInteraction && body.Type != discordgo.InteractionApplicationCommandAutocompleteResult
	if acknowledged && there == nil {
		return nil
	}
	if !acknowledged && !expired {
		return err
	}
	var original said
	missing := f.rest.do(ctx, route{"GET", "webhooks/{!}/{!}/messages/@original", []string{i.ApplicationID, i.Token}}, nil, &original)
	if missing != nil && expired {
		return err
	}
	if there != nil {
		*there = original
	}
	return nil
}

// codeOf is Discord's code for why it refused; 0 for other errors.
func codeOf(err error) int {
	var r *refusal
	if errors.As(err, &r) {
		return r.code
	}
	return 0
}

// place is where a reply belongs.
type place struct {
	channel, person string
	private         bool // the reply is for the person alone
	direct          bool // it is their direct messages
	ongoing         bool // it is one conversation, in which a question may lean on what was said last
}

// flags are those of a response there. Direct messages are private as they are, and stay.
func (p place) flags() discordgo.MessageFlags {
	if p.private && !p.direct {
		return discordgo.MessageFlagsEphemeral
	}
	return 0
}

// open reports whether everybody there sees a reply.
func (p place) open() bool { return !p.private && !p.direct }

// instead sends a reply as a message: into its channel, or to the person if it is only for them or the channel is closed.
func (f *Front) instead(ctx context.Context, p place, m message) error {
	if !p.private || p.direct {
		id, err := f.put(ctx, messagesIn(p.channel), m)
		if err == nil {
			f.stands(ctx, m, sent{p.channel, id})
		}
		if err == nil || p.direct || unfit(err) {
			return err
		}
	}
	dm, err := f.directMessages(ctx, p.person)
	if err != nil {
		return err
	}
	_, err = f.put(ctx, messagesIn(dm), m)
	return err
}

// directMessages is the channel of somebody's direct messages with the bot.
func (f *Front) directMessages(ctx context.Context, person string) (string, error) {
	var dm channel
	err := f.rest.do(ctx, route{"POST", "users/@me/channels", nil}, map[string]string{"recipient_id": person}, &dm)
	return dm.ID, err
}

// messagesIn is how a message is sent to a channel.
func messagesIn(channel string) route {
	return route{"POST", "channels/{!}/messages", []string{channel}}
}

// put sends a message or edits one, and returns its id. Where files or replies are not allowed, it goes without.
func (f *Front) put(ctx context.Context, to route, m message) (id string, err error) {
	var there said
	err = f.rest.do(ctx, to, m, &there)
	switch {
	case codeOf(err) == discordgo.ErrCodeMissingPermissions && len(m.Files) > 0:
		m.Files = nil
	case codeOf(err) == discordgo.ErrCodeCannotReplyWithoutPermissionToReadMessageHistory:
		m.ReplyTo = ""
	default:
		return there.ID, err
	}
	err = f.rest.do(ctx, to, m, &there)
	return there.ID, err
}

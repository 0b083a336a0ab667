package discord

import (
	"context"
	"errors"
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
	replies := f.run(ctx, i.ID, call, err)
	became := f.respond(ctx, i, p, replies, row.Form, since)
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
// or takes for ever; then it names the id that the log has.
func (f *Front) run(ctx context.Context, id string, call bot.Call, broken error) <-chan bot.Reply {
	replies := make(chan bot.Reply, 1)
	go func() {
		if broken != nil {
			replies <- f.failure(id, call.Command, broken)
			return
		}
		ctx, cancel := context.WithTimeout(ctx, f.patience)
		defer cancel()
		done := make(chan result, 1)
		go func() { done <- f.try(ctx, call) }()
		select {
		case r := <-done:
			if r.err != nil {
				r.reply = f.failure(id, call.Command, r.err)
			}
			replies <- r.reply
		case <-ctx.Done():
			replies <- f.failure(id, call.Command, context.Cause(ctx))
		}
	}()
	return replies
}

type result struct {
	reply bot.Reply
	err   error
}

// try runs a call; a panic is an error.
func (f *Front) try(ctx context.Context, call bot.Call) (r result) {
	r.err = safely(func() (err error) {
		r.reply, err = f.do(ctx, call, func(bot.Reply) {}) // a reply that grows is shown when it is complete
		return err
	})
	return r
}

// failure logs an error and makes the reply that names its id.
func (f *Front) failure(id, command string, err error) bot.Reply {
	f.log.Error("command", "id", id, "command", command, "err", err)
	return f.failed(id)
}

// respond delivers the reply to an interaction: as the response, as an edit of a promise, or where Discord takes neither
// any more, as a message.
func (f *Front) respond(ctx context.Context, i interaction, p place, replies <-chan bot.Reply, opensForm bool, since time.Time) outcome {
	send := func(m message) error { return f.answer(ctx, i, p, m, since) }
	var late error
	reply, ready := await(replies, f.eagerness, opensForm)
	if !ready {
		late = f.callback(ctx, i, callback{discordgo.InteractionResponseDeferredChannelMessageWithSource, deferred{p.flags()}}, nil)
		f.figures.first(time.Since(since))
		send = func(m message) error { return f.keep(ctx, i, m) }
		reply = <-replies
	}
	if reply.Form != nil {
		var opened bool
		if reply, opened, late = f.openForm(ctx, i, reply.Form, ready); opened {
			f.figures.first(time.Since(since))
			return answered
		}
	}
	m := f.draft(reply, i.ID)
	if !p.open() {
		m.Receipt = ""
	}
	if late == nil {
		m, late = f.deliver(i.ID, m, send)
	}
	return f.settle(ctx, i.ID, p, m, late)
}

// answer sends a message as the first response to an interaction.
func (f *Front) answer(ctx context.Context, i interaction, p place, m message, since time.Time) error {
	m.Flags = p.flags()
	var there *said
	if m.Receipt != "" {
		there = &said{}
	}
	err := f.callback(ctx, i, callback{discordgo.InteractionResponseChannelMessageWithSource, m}, there)
	if err != nil {
		return err
	}
	f.figures.first(time.Since(since))
	if there != nil {
		f.stands(ctx, m, i.ChannelID, there.ID)
	}
	return nil
}

// keep makes a promise the message that was promised.
func (f *Front) keep(ctx context.Context, i interaction, m message) error {
	var there said
	err := f.rest.do(ctx, route{"PATCH", "webhooks/{!}/{!}/messages/@original", []string{i.ApplicationID, i.Token}}, m, &there)
	if err == nil {
		f.stands(ctx, m, i.ChannelID, there.ID)
	}
	return err
}

// stands tells the bot where everybody sees a reply that it remembers.
func (f *Front) stands(ctx context.Context, m message, channel, id string) {
	if m.Receipt == "" || id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	f.shown(ctx, m.Receipt, channel, id)
}

// openForm opens a form, or says what to reply instead, and why it can not be a response any more.
func (f *Front) openForm(ctx context.Context, i interaction, shown *bot.Form, first bool) (instead bot.Reply, opened bool, late error) {
	data, err := renderForm(shown)
	if !first {
		err = errors.New("a form came too late for one: its command's row does not announce it")
	}
	if err == nil {
		err = f.callback(ctx, i, callback{discordgo.InteractionResponseModal, data}, nil)
		if err == nil {
			return bot.Reply{}, true, nil
		}
		if !unfit(err) {
			late = err
		}
	}
	return f.failure(i.ID, shown.Call.Command, err), false, late
}

// deliver sends a message. If Discord finds fault with it, which is ours, people are told so instead of nothing.
func (f *Front) deliver(id string, m message, send func(message) error) (message, error) {
	err := send(m)
	if unfit(err) {
		told := f.draft(f.failure(id, "", err), id)
		told.Nonce, told.ReplyTo = m.Nonce, m.ReplyTo
		return told, send(told)
	}
	return m, err
}

// unfit reports whether Discord would take another message in this one's place.
func unfit(err error) bool {
	switch codeOf(err) {
	case discordgo.ErrCodeInvalidFormBody, discordgo.ErrCodeCannotSendEmptyMessage, discordgo.ErrCodeTheRequestBodyContainsInvalidJSON, discordgo.ErrCodeRequestEntityTooLarge:
		return true
	}
	return false
}

// await waits for a reply, for a while only unless it must be there before anything is said.
func await(replies <-chan bot.Reply, limit time.Duration, must bool) (bot.Reply, bool) {
	if must {
		return <-replies, true
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r := <-replies:
		return r, true
	case <-timer.C:
		return bot.Reply{}, false
	}
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

// settle ends an interaction: when Discord did not take the reply where it belongs, it becomes a message.
func (f *Front) settle(ctx context.Context, id string, p place, m message, err error) outcome {
	if err == nil {
		return answered
	}
	f.log.Debug("reply goes by message", "id", id, "err", err)
	m.Nonce = id
	if err = f.instead(ctx, p, m); err != nil {
		f.log.Error("no answer", "id", id, "err", err)
		return lost
	}
	return elsewhereAnswered
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
		err := f.post(ctx, p.channel, m)
		if err == nil || p.direct {
			return err
		}
	}
	dm, err := f.directMessages(ctx, p.person)
	if err != nil {
		return err
	}
	m.Receipt = "" // what one person sees is not shown
	return f.post(ctx, dm, m)
}

// directMessages is the channel of somebody's direct messages with the bot.
func (f *Front) directMessages(ctx context.Context, person string) (string, error) {
	var dm channel
	err := f.rest.do(ctx, route{"POST", "users/@me/channels", nil}, map[string]string{"recipient_id": person}, &dm)
	return dm.ID, err
}

// post sends a message, which has a nonce, to a channel, or one that says what failed if Discord finds fault with it.
func (f *Front) post(ctx context.Context, channel string, m message) error {
	_, err := f.deliver(m.Nonce, m, func(m message) error {
		id, err := f.put(ctx, channel, m)
		if err == nil {
			f.stands(ctx, m, channel, id)
		}
		return err
	})
	return err
}

// put sends a message to a channel and returns its id. Where files or replies are not allowed, it goes without.
func (f *Front) put(ctx context.Context, channel string, m message) (id string, err error) {
	to := route{"POST", "channels/{!}/messages", []string{channel}}
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

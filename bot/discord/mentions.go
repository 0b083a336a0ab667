package discord

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
)

// question is the command that a message to the bot is a call of.
const question = "ask"

// byPerson reports whether a message is one that a person wrote.
func (m said) byPerson() bool {
	written := m.Type == discordgo.MessageTypeDefault || m.Type == discordgo.MessageTypeReply
	return written && m.Author != nil && m.Author.ID != "" && !m.Author.Bot && m.WebhookID == ""
}

// to reports whether a message is for the bot: by mention, as a reply to it, or in direct messages. Other messages in a
// server arrive without their text.
func (m said) to(self string) bool {
	if m.GuildID == "" || slices.ContainsFunc(m.Mentions, func(u user) bool { return u.ID == self }) {
		return true
	}
	return m.Content != "" && m.Referenced.by(self)
}

// by reports whether there is a message and the bot wrote it.
func (m *said) by(self string) bool { return m != nil && m.Author != nil && m.Author.ID == self }

// markup is how a message names people, channels, commands, emoji and times, and where code begins and ends.
var markup = regexp.MustCompile("<(?:@[!&]?|#|a?:\\w+:|t:|/[^<>:]+:)\\w+(?::\\w)?>|`+")

// spoken is what somebody has written besides markup, none of which the texts can know, and besides marks, which are the
// bot's to make.
func spoken(text string) string {
	return strings.TrimSpace(markup.ReplaceAllString(unmarked(text), " "))
}

// message answers a message where the bot listens: in a thread made from it, or where it stands if that is a thread or
// direct messages, or threads can not be made there.
func (f *Front) message(ctx context.Context, m said) {
	since := time.Now()
	if err := f.self.wait(ctx); err != nil || !m.to(f.self.user) || !f.heard(ctx, m) {
		return
	}
	if !f.claim(ctx, m.ID) {
		f.figures.interaction("message", foreign)
		return
	}
	text := spoken(m.Content)
	where := f.where(ctx, m, text)
	call := f.callOf(ctx, m, text, where)
	s := f.word(m, where, since)
	reply := s.follow(ctx, f.run(ctx, m.ID, call, nil), func(ctx context.Context) time.Duration { return f.typing(ctx, where.channel) })
	if !saysNothing(reply) {
		f.figures.interaction("message", s.finish(ctx, reply))
	}
}

// word is the message that the reply to a message becomes.
func (f *Front) word(m said, where place, since time.Time) *standing {
	return &standing{
		front: f, id: m.ID,
		draft: func(r bot.Reply) message {
			if where.channel != m.ChannelID {
				r = noted(r, f.words.Say("chat.goOn"))
			}
			answer := f.draft(r, m.ID)
			if where.direct {
				answer.Receipt = ""
			}
			return answer
		},
		begin: func(ctx context.Context, answer message) (sent, error) {
			at, err := f.say(ctx, m, where.channel, answer)
			if err == nil {
				f.figures.first(time.Since(since))
			}
			return at, err
		},
		edit: func(at sent) route {
			return route{"PATCH", "channels/{!}/messages/{}", []string{at.channel, at.message}}
		},
		instead: func(ctx context.Context, answer message) error {
			return f.instead(ctx, place{person: m.Author.ID, private: true}, answer)
		},
	}
}

// saysNothing reports whether a reply says nothing, which is for messages that only look like questions to the bot.
func saysNothing(r bot.Reply) bool { return r.Text == "" && r.Form == nil && r.File == nil }

// heard reports whether the bot listens where a message stands. It listens in a thread where it does in the channel that
// the thread was made in.
func (f *Front) heard(ctx context.Context, m said) bool {
	in := m.place()
	if f.hears(ctx, in) {
		return true
	}
	if m.GuildID == "" || m.ChannelType != nil && !(channel{Type: *m.ChannelType}).thread() {
		return false
	}
	var c channel
	if err := f.rest.do(ctx, route{"GET", "channels/{!}", []string{m.ChannelID}}, nil, &c); err != nil || !c.thread() {
		return false
	}
	in.Channel = c.ParentID
	return f.hears(ctx, in)
}

// place is where the message stands.
func (m said) place() bot.Place {
	return bot.Place{Server: m.GuildID, Channel: m.ChannelID, Message: m.ID, Open: m.GuildID != ""}
}

// callOf is what a message asks for: an answer that all who are there may see, or help.
func (f *Front) callOf(ctx context.Context, m said, text string, where place) bot.Call {
	call := bot.Call{Command: "help", Args: map[string]string{}}
	if text != "" {
		call = bot.Call{Command: question, Args: map[string]string{"question": text, "everyone": "true", "ref": f.leansOn(ctx, m, where)}}
	}
	call.By, _ = personOf(m.Author, m.Member, true) // byPerson has seen to it that there is one
	call.ID, call.In = m.ID, m.place()
	return call
}

// say sends an answer to a channel, and next to the question when it can not be sent there.
func (f *Front) say(ctx context.Context, m said, channel string, answer message) (sent, error) {
	answer.Nonce = m.ID
	if channel == m.ChannelID {
		answer.ReplyTo = m.ID
	}
	id, err := f.put(ctx, messagesIn(channel), answer)
	if err != nil && !unfit(err) && channel != m.ChannelID && ctx.Err() == nil {
		f.log.Debug("answer not in a thread", "id", m.ID, "err", err)
		return f.say(ctx, m, m.ChannelID, answer)
	}
	return sent{channel, id}, err
}

// typing shows that the bot is typing, and says for how long.
func (f *Front) typing(ctx context.Context, channel string) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, editTime)
	defer cancel()
	if err := f.rest.perhaps(ctx, route{"POST", "channels/{!}/typing", []string{channel}}, nil, nil); err != nil {
		f.log.Debug("typing not shown", "err", err)
	}
	return typingLasts
}

// typingLasts is a little less than how long Discord shows it.
const typingLasts = 8 * time.Second

// where is the place to answer a message. A mention that asks nothing is answered where it stands.
func (f *Front) where(ctx context.Context, m said, text string) place {
	here := place{channel: m.ChannelID, person: m.Author.ID, direct: m.GuildID == "", ongoing: m.GuildID == ""}
	if here.direct {
		return here
	}
	in, err := f.channelOf(ctx, m)
	here.ongoing = in.thread()
	if err != nil || text == "" || !in.branches() {
		return here
	}
	body := map[string]any{"name": threadName(text), "auto_archive_duration": minutesADay}
	ctx, cancel := context.WithTimeout(ctx, threadTime)
	defer cancel()
	var thread channel
	err = f.rest.do(ctx, route{"POST", "channels/{!}/messages/{}/threads", []string{m.ChannelID, m.ID}}, body, &thread)
	switch {
	case codeOf(err) == discordgo.ErrCodeThreadAlreadyCreatedForThisMessage:
		thread.ID = m.ID // it has the id of the message that it was made from
	case err != nil:
		f.log.Debug("no thread", "id", m.ID, "err", err)
		return here
	}
	return place{channel: thread.ID, person: m.Author.ID}
}

// channelOf is the channel that a message stands in. Discord mostly tells its type along with the message.
func (f *Front) channelOf(ctx context.Context, m said) (in channel, err error) {
	if m.ChannelType != nil {
		return channel{ID: m.ChannelID, Type: *m.ChannelType}, nil
	}
	err = f.rest.do(ctx, route{"GET", "channels/{!}", []string{m.ChannelID}}, nil, &in)
	return in, err
}

// threadTime is how long it may take to make a thread, before the answer stands beside the question.
const threadTime = 5 * time.Second

// minutesADay is how long Discord shows a thread in which nothing happens.
const minutesADay = 24 * 60

// threadName is a question as the name of a thread.
func threadName(question string) string { return limit(strings.Map(printable, question), 100) }

// history is how many messages are looked through for what a question leans on.
const history = "20"

// leansOn is what a question follows up on: the message of the bot's that it replies to, or the bot's last one in the
// same thread or direct messages. It is read from Discord each time, so that it survives a restart.
func (f *Front) leansOn(ctx context.Context, m said, where place) string {
	if m.Referenced.by(f.self.user) {
		if ref := followUp(m.Referenced.Components); ref != "" {
			return ref
		}
	}
	if !where.ongoing {
		return ""
	}
	var last []said
	if err := f.rest.do(ctx, route{"GET", "channels/{!}/messages?limit=" + history, []string{m.ChannelID}}, nil, &last); err != nil {
		f.log.Debug("history not read", "id", m.ID, "err", err)
		return ""
	}
	for _, l := range last {
		if ref := followUp(l.Components); ref != "" && l.by(f.self.user) {
			return ref
		}
	}
	return ""
}

// followUp is what the button for a further question leans on; "" when there is none among the components.
func followUp(all []component) (ref string) {
	each(all, func(c component) {
		if call, _, err := decodeID(c.CustomID); err == nil && call.Command == bot.FollowUp && ref == "" {
			ref = call.Args["ref"]
		}
	})
	return ref
}

package discord

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"trilat/bot"
)

// send sends a post, or finds it where an earlier attempt has sent it.
func (f *Front) send(ctx context.Context, p bot.Post) (at sent, err error) {
	at.channel = p.Channel
	if p.User != "" {
		if at.channel, err = f.directMessages(ctx, p.User); err != nil {
			return at, err
		}
	}
	m := f.draft(p.Reply, p.Nonce)
	m.PingUser, m.PingRole = p.PingUser, p.PingRole
	if p.Edit != "" {
		at.message = p.Edit
		return at, f.rest.do(ctx, route{"PATCH", "channels/{!}/messages/{}", []string{at.channel, p.Edit}}, m, nil)
	}
	if p.Again {
		if at.message, err = f.find(ctx, at.channel, p); err != nil || at.message != "" {
			return at, err
		}
	}
	if p.Seek {
		return at, errMissing
	}
	m.Nonce, m.ReplyTo = p.Nonce, p.ReplyTo
	at.message, err = f.put(ctx, messagesIn(at.channel), m)
	return at, err
}

// errMissing is that a post which was only looked for is not there.
var errMissing = errors.New("it was not sent, and it is too late for that")

// How many messages are looked through for a post, and how much earlier than it can have been sent, for clocks that
// differ.
const (
	pageSize = 100
	maxPages = 5
	slack    = time.Minute
)

// find returns the id of the message that a post has become, by its small print; "" if there is none.
func (f *Front) find(ctx context.Context, channel string, p bot.Post) (id string, err error) {
	if p.Reply.Note == "" {
		return "", nil // its nonce is all that there is
	}
	print := smallPrint(p.Reply.Note)
	after := snowflake(p.Since.Add(-f.rest.skew() - slack))
	for range maxPages {
		var page []said
		to := route{"GET", "channels/{!}/messages?limit=" + strconv.Itoa(pageSize) + "&after={}", []string{channel, after}}
		if err := f.rest.do(ctx, to, nil, &page); err != nil {
			return "", err
		}
		for _, m := range page {
			if m.by(f.self.user) && strings.HasSuffix(m.Content, print) {
				return m.ID, nil
			}
		}
		if len(page) < pageSize {
			break
		}
		after = slices.MaxFunc(page, func(a, b said) int { return older(a.ID, b.ID) }).ID
	}
	return "", nil
}

// snowflake is the least id of what was made at a time.
func snowflake(t time.Time) string {
	const epoch = 1420070400000 // the first second of 2015, in milliseconds
	return strconv.FormatInt(max(t.UnixMilli()-epoch, 0)<<22, 10)
}

// older compares ids, which are numbers, by when they were made.
func older(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

// handOver shows somebody who has just been answered what could not reach their direct messages. Nobody can look for what
// is shown in private, so that a message whose answer is lost is shown again rather than never.
func (f *Front) handOver(ctx context.Context, i interaction, p place, call bot.Call) {
	var posts []bot.Post
	err := safely(func() (err error) {
		ctx, cancel := context.WithTimeout(ctx, reportTime)
		defer cancel()
		posts, err = f.waiting(ctx, call)
		return err
	})
	if err != nil {
		f.log.Error("what waits for somebody is not to be had", "id", i.ID, "err", err)
	}
	for _, post := range posts {
		m := f.draft(post.Reply, i.ID)
		m.Flags = place{private: true, direct: p.direct}.flags()
		f.outbox.deliver(ctx, post, func(ctx context.Context, _ bot.Post) (sent, error) {
			var there said
			err := f.rest.do(ctx, route{"POST", "webhooks/{!}/{!}", []string{i.ApplicationID, i.Token}}, m, &there)
			return sent{i.ChannelID, there.ID}, err
		})
	}
}

package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"trilat/bot/store"
)

// Post is a message that the bot says unasked: a question to the team, word to an asker, a correction. Fronts send what
// [Bot.Posts] hands out and report what became of it with [Bot.Posted] or [Bot.Unposted]; what they do not report in time
// is handed out again, to this process or another.
type Post struct {
	Reply Reply
	// Where it goes: a channel, or the direct messages of a user.
	Channel, User string
	ReplyTo       string // the message that it answers; "" for none
	Edit          string // the message in Channel that it changes, instead of a new one; "" for none
	// PingUser and PingRole are all whom it may ping, and its text names them with [Who] and [Role].
	PingUser, PingRole string
	// Nonce is the same at every attempt: at most 25 characters.
	Nonce string
	// Again reports whether it may have been sent before, after Since: then a front looks for the message of the bot's
	// whose small print is the same as Reply.Note before it sends it, and reports that one as posted.
	Again bool
	Since time.Time
	// Seek reports that it is too late to send it: a front only looks whether it was sent, and reports it as Missing if not.
	Seek bool

	row     store.Post
	private bool // it is shown to the person alone, so that no message of it can be found again
}

// Trouble is why a post was not sent.
type Trouble int

// The troubles.
const (
	Passing Trouble = iota // trying again may help: no answer, a rate limit, a failing Discord
	Shut                   // the person takes no direct messages: it is shown when they next use the bot, see [Bot.Waiting]
	Barred                 // the channel, or the message to edit, is gone or the bot may not write there: somebody must mend it
	Missing                // it was only to be looked for, see Post.Seek, and is not there
)

// Lease is how long a front may take to send a post that it was handed and to report it.
const Lease = 2 * time.Minute

// How many posts are handed out at a time, how often one is tried, and how long is waited in between: at first, and at
// most.
const (
	postsAtOnce = 16
	maxAttempts = 12
	firstWait   = 5 * time.Second
	longestWait = time.Hour
)

// Posts hands out what is due, at most a few at a time, each to one process for [Lease]. It waits for nothing but, some
// seconds, for what a language model writes into a digest. None means that nothing more is due.
func (b *Bot) Posts(ctx context.Context) ([]Post, error) {
	if b.store == nil {
		return nil, nil
	}
	if err := b.planDigests(ctx); err != nil {
		return nil, err
	}
	for {
		rows, err := b.store.Take(ctx, postsAtOnce, Lease)
		if err != nil {
			return nil, err
		}
		var posts []Post
		var faults []error
		for _, row := range rows {
			p, ok, err := b.ready(ctx, row)
			if err != nil { // of one post, which keeps no other from being sent
				faults = append(faults, err, b.store.Retry(ctx, row, b.now().Add(Lease), err.Error()))
			}
			if ok {
				posts = append(posts, p)
			}
		}
		if err := errors.Join(faults...); len(posts) > 0 || len(rows) == 0 || err != nil {
			return posts, err
		}
	}
}

// ready writes a post that is to be sent now; ok is false for one that is not, or not any more.
func (b *Bot) ready(ctx context.Context, row store.Post) (p Post, ok bool, err error) {
	p, fate, err := b.letter(ctx, row)
	switch {
	case err != nil:
		return p, false, err
	case fate == "":
		return p, true, nil
	case fate == over:
		return p, false, b.store.Drop(ctx, row)
	case fate == behind:
		return p, false, b.store.Retry(ctx, row, b.now().Add(longBehind), fate)
	}
	return p, false, b.store.Hold(ctx, row, fate)
}

// over is the fate of a post that has nothing to say any more, behind of one that tells of texts which this process has not
// read yet; any other is why it has to wait.
const (
	over   = "over"
	behind = "the texts were not read yet"
)

// longBehind is longer than a process takes to notice that the folder has changed.
const longBehind = 15 * time.Second

// addressed is the post of a row, with the marks by which it is sent once.
func addressed(row store.Post, reply Reply) Post {
	sum := sha256.Sum256([]byte(row.Key))
	return Post{
		Reply: reply, Channel: row.Channel, User: row.User, ReplyTo: row.ReplyTo, Edit: row.Edit,
		Nonce: base64.RawURLEncoding.EncodeToString(sum[:])[:24], Again: row.Attempt > 1, Since: row.Since, row: row,
	}
}

// Wake has a note in it whenever there may be posts to hand out; those due later, or put out by other processes, come
// without one.
func (b *Bot) Wake() <-chan struct{} { return b.wake }

// stir leaves the note for [Bot.Wake].
func (b *Bot) stir() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Waiting hands out what could not reach somebody's direct messages, to be shown in private where they just made a call.
func (b *Bot) Waiting(ctx context.Context, call Call) ([]Post, error) {
	if b.store == nil || call.By.ID == "" {
		return nil, nil
	}
	rows, err := b.store.Waiting(ctx, call.In.Server, call.By.ID, Lease)
	var posts []Post
	faults := []error{err}
	for _, row := range rows {
		p, fate, err := b.letter(ctx, row)
		switch {
		case err != nil || fate == behind: // held again, and shown at the call after this one
			faults = append(faults, err, b.store.Hold(ctx, row, waitsForCall))
		case fate == over:
			faults = append(faults, b.store.Drop(ctx, row))
		default:
			p.private = true
			posts = append(posts, p)
		}
	}
	return posts, errors.Join(faults...)
}

// Posted reports that a post stands as a message somewhere.
func (b *Bot) Posted(ctx context.Context, p Post, channel, message string) error {
	at := store.Message{Channel: channel, ID: message}
	if p.private {
		at.ID = ""
	}
	if err := b.store.Sent(ctx, p.row, at); err != nil {
		return err
	}
	if p.Channel != "" && p.Edit == "" {
		b.Shown(ctx, p.Reply.Receipt, channel, message)
	}
	switch p.row.Kind {
	case store.Daily:
		return b.store.Mended(ctx, p.row.Server, faultDigest)
	case store.Posed:
		return b.catchUp(ctx, p.row.Subject)
	}
	return nil
}

// catchUp has a question brought up to date whose message was under way while something happened to it.
func (b *Bot) catchUp(ctx context.Context, question string) error {
	q, err := b.store.Question(ctx, question)
	if err == nil && (q.Count > 1 || q.State != store.Pending) {
		_, err = b.store.Put(ctx, b.updated(q, "posed"))
		b.stir()
	}
	return err
}

// Unposted reports that a post was not sent, and why. One to a channel that is closed waits until somebody mends that, of
// which the administrator hears; a word to an asker goes to their direct messages instead.
func (b *Bot) Unposted(ctx context.Context, p Post, t Trouble, why error) error {
	row := p.row
	switch {
	case t == Passing && row.Attempt < maxAttempts:
		wait := min(firstWait<<min(row.Attempt-1, 20), longestWait)
		return b.store.Retry(ctx, row, b.now().Add(wait), why.Error())
	case t == Shut, row.User != "", t == Passing && row.Kind != store.Daily:
		return b.store.Hold(ctx, row, why.Error())
	case row.Kind == store.Told:
		return b.insteadDirectly(ctx, row)
	case row.Kind == amended: // as direct messages that were closed since
		at := row
		at.Key, at.Channel, at.ReplyTo = row.Key+"/private", "", ""
		if _, err := b.store.Put(ctx, at); err != nil {
			return err
		}
		return b.store.Drop(ctx, row)
	case row.Kind == store.Daily:
		return b.unpostedDigest(ctx, row, t)
	case row.Kind == refresh, row.Kind == recalled:
		return b.store.Drop(ctx, row)
	}
	if err := b.store.Hold(ctx, row, why.Error()); err != nil {
		return err
	}
	return b.faulty(ctx, row.Server, faultChannel)
}

// insteadDirectly tells an asker in direct messages what could not be said where they asked.
func (b *Bot) insteadDirectly(ctx context.Context, row store.Post) error {
	q, err := b.store.Question(ctx, row.Subject)
	if err != nil {
		return err
	}
	for _, a := range q.Askings {
		if a.ID == row.Asking && a.User != "" {
			direct := store.Post{Key: row.Key + "/direct", Kind: row.Kind, Subject: row.Subject, Asking: row.Asking, Number: row.Number, Server: row.Server, User: a.User}
			if _, err := b.store.Put(ctx, direct); err != nil {
				return err
			}
			b.stir()
		}
	}
	return b.store.Drop(ctx, row)
}

package discord

import (
	"context"
	"reflect"
	"sync/atomic"
	"time"

	"trilat/bot"
)

// growth is the reply of a call that runs: what was shown of it, and what it is at last.
type growth struct {
	shown, final chan bot.Reply // each holds one
	last         atomic.Pointer[bot.Reply]
}

func newGrowth() *growth {
	return &growth{shown: make(chan bot.Reply, 1), final: make(chan bot.Reply, 1)}
}

// show takes a reply that grows. It never waits: what nobody has looked at gives way.
func (g *growth) show(r bot.Reply) {
	if saysNothing(r) || r.Form != nil {
		return
	}
	g.last.Store(&r)
	for {
		select {
		case g.shown <- r:
			return
		case <-g.shown:
		}
	}
}

// standing is the one message that a reply becomes, however often it grows.
//
// What was shown is a right answer, and stays one: once it stands, nothing else is sent for the call but edits of it. If
// the final reply can not be put in its place, because somebody deleted it, its channel is closed, or Discord forgot the
// interaction, then it is left as it is.
type standing struct {
	front   *Front
	id      string                                       // of the event that is answered
	draft   func(bot.Reply) message                      // how a reply is written there
	begin   func(context.Context, message) (sent, error) // makes the message
	edit    func(sent) route                             // changes it
	instead func(context.Context, message) error         // sends it where it does not belong, as the last resort
	at      sent                                         // where it is
	made    bool                                         // it is there, if only as a promise
	late    error                                        // why it can not be made any more
	reply   *bot.Reply                                   // the last that stood there; nil before there was one
	now     *message                                     // what stands there; nil when that is not known for sure
	told    bool                                         // the bot knows where it stands
}

// composure is how long a reply that grows stands before it is edited. Discord takes five edits in two seconds by an
// interaction, and five in five by a channel, which all that is edited there shares; and people have to read it.
const composure = 1500 * time.Millisecond

// editTime is how long it may take to show what will be shown anew. The final reply waits for it, so that none overtakes
// it; an edit that is given up is taken for one that Discord never got.
const editTime = 5 * time.Second

// follow shows a reply while it grows, and returns the final one. When nothing is shown for a while, it calls idle, if
// there is one, which says when to call it again; 0 is never.
func (s *standing) follow(ctx context.Context, g *growth, idle func(context.Context) time.Duration) bot.Reply {
	var bored, rested <-chan time.Time
	if idle != nil {
		bored = time.After(s.front.eagerness)
	}
	shown := g.shown
	for {
		select {
		case r := <-g.final:
			return r
		case r := <-shown:
			if len(g.final) == 0 {
				s.grow(ctx, r)
			}
			shown, rested = nil, time.After(s.front.composure)
		case <-rested:
			shown = g.shown
		case <-bored:
			bored = nil
			if s.reply != nil {
				continue
			}
			if again := idle(ctx); again > 0 {
				bored = time.After(again)
			}
		}
	}
}

// grow shows a reply that is not final, unless it has files. An edit is tried once and may be left out.
func (s *standing) grow(ctx context.Context, r bot.Reply) {
	m := s.draft(r)
	if len(m.Files) > 0 || s.shows(m) {
		return
	}
	err := s.write(ctx, m, func() (string, error) {
		ctx, cancel := context.WithTimeout(ctx, editTime)
		defer cancel()
		var there said
		err := s.front.rest.perhaps(ctx, s.edit(s.at), m, &there)
		return there.ID, err
	})
	if err != nil {
		s.front.log.Debug("reply not shown while it grows", "id", s.id, "err", err)
		return
	}
	s.reply = &r
}

// finish has the final reply stand there, or arrive in some other way.
func (s *standing) finish(ctx context.Context, r bot.Reply) outcome {
	m := s.draft(r)
	if s.shows(m) {
		return answered
	}
	m, err := s.deliver(m, func(m message) error {
		return s.write(ctx, m, func() (string, error) { return s.front.put(ctx, s.edit(s.at), m) })
	})
	switch {
	case err == nil:
		return answered
	case s.reply != nil:
		s.front.log.Warn("a reply was shown, but not as it is at last", "id", s.id, "err", err)
		return answered
	}
	s.front.log.Debug("reply goes by message", "id", s.id, "err", err)
	_, err = s.deliver(m, func(m message) error {
		m.Nonce = s.id
		return s.instead(ctx, m)
	})
	if err != nil {
		s.front.log.Error("no answer", "id", s.id, "err", err)
		return lost
	}
	return elsewhereAnswered
}

// shows reports whether a message is what stands there, and nothing is left to tell of it.
func (s *standing) shows(m message) bool {
	if s.now == nil || !s.told && m.Receipt != "" {
		return false
	}
	m.Receipt = s.now.Receipt
	return reflect.DeepEqual(m, *s.now)
}

// deliver sends a message. If Discord finds fault with it, which is ours, people are told so instead of nothing.
func (s *standing) deliver(m message, send func(message) error) (message, error) {
	err := send(m)
	if unfit(err) {
		told := s.draft(s.front.failure(s.id, "", err, s.reply))
		return told, send(told)
	}
	return m, err
}

// write makes the message, or edits it in some way that returns its id.
func (s *standing) write(ctx context.Context, m message, edit func() (string, error)) (err error) {
	at := s.at
	switch {
	case s.late != nil:
		return s.late
	case s.made:
		s.now = nil
		at.message, err = edit()
	default:
		at, err = s.begin(ctx, m)
		if err != nil && !unfit(err) {
			s.late = err
		}
	}
	if err != nil {
		return err
	}
	s.at, s.made, s.now = at, true, &m
	s.told = s.told || s.front.stands(ctx, m, at)
	return nil
}

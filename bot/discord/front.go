// Package discord is the front to Discord: interactions and messages become a [bot.Call], a [bot.Reply] becomes a
// message.
//
// The path of a question: the gateway hands over an event (session.go), which is a call (calls.go, mentions.go);
// [bot.Bot.Do] runs it (interactions.go); the reply is written as a message (render.go) that is edited while the reply
// grows (standing.go), and sent (rest.go). Every accepted event ends in exactly one message that somebody sees, as long as
// Discord answers within fifteen minutes; otherwise in one line of the log. An event that several processes
// are told of is accepted by one.
//
// What the bot says unasked goes the other way: the outbox (outbox.go) takes what is due from the bot, sends it (posts.go)
// and reports what became of it. What happens to servers is told to the bot (servers.go).
//
// The package works round the faults of discordgo from outside; each place says which. It keeps nothing that is lost in
// a restart: buttons, menus and forms carry their calls in their ids. What people may do, and what it is called, is not
// known here but read from the table of commands.
package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/prometheus/client_golang/prometheus"

	"trilat/bot"
)

// Config is what a Front is made of.
type Config struct {
	Token string           // required
	Bot   *bot.Bot         // required
	API   string           // address of another Discord, such as "http://127.0.0.1:8025"; "" is the real one
	Guild string           // registers commands in this server only; "" everywhere
	Log   *slog.Logger     // nil: silent
	Now   func() time.Time // nil: the computer's clock
}

// Front connects a bot to Discord.
type Front struct {
	do      func(context.Context, bot.Call, func(bot.Reply)) (bot.Reply, error)
	suggest func(bot.Call, string) []bot.Choice
	failed  func(id string) bot.Reply
	first   func(ctx context.Context, id string) bool
	hears   func(context.Context, bot.Place) bool
	shown   func(ctx context.Context, receipt, channel, message string)
	waiting func(context.Context, bot.Call) ([]bot.Post, error)
	words   bot.Words
	guild   string
	log     *slog.Logger

	eagerness, composure, patience time.Duration

	rest    *rest
	gateway *gateway
	figures *figures
	seen    recent
	crew    *crew
	self    *self
	outbox  *outbox
	servers *servers

	registered atomic.Bool
}

// New prepares a Front. It reports all faults of the configuration at once.
func New(c Config) (*Front, error) {
	api, err := c.check()
	if err != nil {
		return nil, err
	}
	words, err := bot.NewWords("en")
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	wire := elsewhere{api: api, next: transport()}
	figures := newFigures()
	rest, err := newREST(c.Token, wire, c.Log, figures, c.Now)
	if err != nil {
		return nil, err
	}
	f := &Front{
		do: c.Bot.Do, suggest: c.Bot.Suggest, failed: c.Bot.Failed,
		first: c.Bot.First, hears: c.Bot.Hears, shown: c.Bot.Shown, waiting: c.Bot.Waiting,
		words: words, guild: c.Guild, log: c.Log, eagerness: eagerness, composure: composure, patience: patience,
		rest:    rest,
		gateway: &gateway{token: c.Token, wire: wire, log: c.Log, figures: figures, pace: steady()},
		figures: figures,
		crew:    newCrew(),
		self:    newSelf(),
		servers: newServers(c.Bot),
	}
	f.outbox = newOutbox(c.Bot, f.send, c.Log, figures)
	c.Bot.Reaches(f.lacks)
	return f, nil
}

func (c Config) check() (api *url.URL, err error) {
	var faults []error
	if strings.TrimSpace(c.Token) == "" {
		faults = append(faults, errors.New("a token is needed: copy the bot's from the Developer Portal"))
	}
	if strings.ContainsAny(c.Token, " \t\r\n") {
		faults = append(faults, errors.New("the token has a space in it: copy it again, without the word Bot"))
	}
	if c.Bot == nil {
		faults = append(faults, errors.New("the front needs a bot"))
	}
	if c.Guild != "" && strings.Trim(c.Guild, "0123456789") != "" {
		faults = append(faults, fmt.Errorf("the server %q is not an id, which is a number", c.Guild))
	}
	if c.API != "" {
		if api, err = url.Parse(c.API); err != nil || api.Host == "" || api.Scheme != "http" && api.Scheme != "https" {
			faults = append(faults, fmt.Errorf("the address %q of another Discord is none", c.API))
		}
	}
	return api, errors.Join(faults...)
}

// transport is the standard one, with room for many requests to one host.
func transport() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          maxRequests,
		MaxIdleConnsPerHost:   maxRequests,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// farewell is how long Run waits for answers that are under way when it ends.
const farewell = 10 * time.Second

// Run connects, registers the commands and answers until the context ends, and then finishes what is under way. It
// returns an error only for what a person must mend, as a sentence that says what to do. It is called once.
func (f *Front) Run(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	f.gateway.receive = func(e *discordgo.Event) { f.receive(work, e) }
	var registering sync.WaitGroup
	registering.Go(func() {
		if err := f.register(ctx); err != nil {
			end(err)
		}
	})
	f.sendPosts(ctx, work)
	err := f.gateway.run(ctx)
	end(nil)
	registering.Wait()
	f.crew.finish(farewell, stop)
	var toMend *mendable
	if cause := context.Cause(ctx); err == nil && errors.As(cause, &toMend) {
		return toMend
	}
	return err
}

// sendPosts says what the bot says unasked, from the moment that it is connected until the context ends. What is under
// way then is finished as long as work lasts, as answers are.
func (f *Front) sendPosts(ctx, work context.Context) {
	if !f.crew.enter() {
		return // unreachable: the crew has just begun
	}
	go func() {
		defer f.crew.leave()
		if f.self.wait(ctx) == nil {
			f.outbox.run(ctx, work)
		}
	}()
}

// mendable is an error that a person must mend, as a sentence.
type mendable struct{ sentence string }

func (e *mendable) Error() string { return e.sentence }

// Ready reports whether the bot is connected and its commands are registered.
func (f *Front) Ready() bool { return f.registered.Load() && f.figures.connected() }

// Metrics are the front's figures for Prometheus.
func (f *Front) Metrics() prometheus.Gatherer { return f.figures.registry }

// receive takes an event in; it is called in a goroutine of its own.
func (f *Front) receive(ctx context.Context, e *discordgo.Event) {
	switch e.Type {
	case "READY":
		f.self.learn(e.RawData)
		f.news(ctx, e)
	case "GUILD_CREATE", "GUILD_DELETE", "GUILD_ROLE_DELETE", "CHANNEL_DELETE":
		f.news(ctx, e)
	case "INTERACTION_CREATE":
		var i interaction
		if f.decode(e, &i) {
			f.accept(ctx, i.ID, func(ctx context.Context) { f.interaction(ctx, i) })
		}
	case "MESSAGE_CREATE":
		var m said
		if f.decode(e, &m) && m.byPerson() {
			f.accept(ctx, m.ID, func(ctx context.Context) { f.message(ctx, m) })
		}
	}
}

func (f *Front) decode(e *discordgo.Event, event any) bool {
	err := json.Unmarshal(e.RawData, event)
	if err != nil {
		f.log.Error("event not understood", "type", e.Type, "err", err)
	}
	return err == nil
}

// accept has an event answered, once however often it comes.
func (f *Front) accept(ctx context.Context, id string, answer func(context.Context)) {
	if id == "" || !f.seen.first(id) {
		return
	}
	done := f.crew.run(ctx, func(ctx context.Context) {
		if err := safely(func() error { answer(ctx); return nil }); err != nil {
			f.log.Error("no answer", "id", id, "err", err)
		}
	})
	if !done {
		f.log.Error("no answer", "id", id, "err", "too much to do")
	}
}

// safely makes a panic of something an error.
func safely(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return do()
}

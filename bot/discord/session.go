package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// gateway keeps a session with Discord's gateway up. It does what discordgo's own reconnecting does not: it never waits
// for ever, gives up a session that is stuck, tells what no waiting will mend, and ends when the context does.
type gateway struct {
	token   string
	wire    http.RoundTripper
	receive func(*discordgo.Event) // called in a goroutine of its own for every event
	log     *slog.Logger
	figures *figures
	pace    pace
}

// pace is how patient a gateway is.
type pace struct {
	// silence is how long nothing may come. Discord's heartbeats are 41 seconds apart, and each is answered.
	silence time.Duration
	// handshake is how long opening may take, and how long a session's lock may be held, before it is given up.
	handshake time.Duration
	// calm is how long a connection must have held for the next one to be opened without a pause, unless it resumed a
	// session, which Discord does not count.
	calm time.Duration
	// settle is waited before a lost connection is opened again: discordgo's heartbeat may still be about to close what
	// it takes for the lost one.
	settle time.Duration
	// longest is the longest pause; Discord allows a thousand new sessions a day.
	longest time.Duration
}

// steady is the pace for the real Discord.
func steady() pace {
	return pace{silence: 90 * time.Second, handshake: 10 * time.Second, calm: time.Minute, settle: 100 * time.Millisecond, longest: 2 * time.Minute}
}

// pause is how long to wait after some failures in a row.
func (p pace) pause(failures int) time.Duration {
	if failures == 0 {
		return p.settle
	}
	return min(p.settle+time.Second<<min(failures-1, 10), p.longest)
}

// intents are what the bot wants to be told, none of which Discord must permit first.
const intents = discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages

// link is one discordgo session with its socket, over however many connections that resume each other.
type link struct {
	session *discordgo.Session
	line    *line
	ended   chan struct{} // a connection is over
	greeted chan struct{} // Discord accepted the session, or its resumption
	resumed atomic.Bool   // the latest connection resumed the session
}

// errStuck is what became of a session that will never give its lock back.
var errStuck = errors.New("the session is stuck")

// run stays connected until the context ends, or with an error when a person must mend something.
func (g *gateway) run(ctx context.Context) error {
	var l *link
	for failures := 0; ctx.Err() == nil; failures++ {
		if l == nil {
			l = g.link()
		}
		opened := time.Now()
		err := l.open(ctx, g.pace)
		if fatal := fatalClose(err); fatal != nil {
			return fatal
		}
		if err == nil {
			err = g.watch(ctx, l)
		}
		if ctx.Err() != nil {
			break
		}
		if l.resumed.Load() || time.Since(opened) > g.pace.calm {
			failures = 0
		}
		g.figures.reconnects.Inc()
		g.log.Warn("gateway lost", "err", err, "pause", g.pace.pause(failures))
		if errors.Is(err, errStuck) || errors.Is(err, errNotGreeted) {
			l.line.cut() // its goroutines may never end; a new session owes it nothing
			l = nil
		}
		wait(ctx, g.pace.pause(failures))
	}
	if l != nil {
		l.close(g.pace)
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// link makes a session that has never been connected.
func (g *gateway) link() *link {
	l := &link{line: &line{silence: g.pace.silence}, ended: make(chan struct{}, 1), greeted: make(chan struct{}, 1)}
	s, err := discordgo.New("Bot " + g.token)
	if err != nil {
		panic(err) // unreachable: New has nothing to refuse
	}
	s.Client = &http.Client{Transport: &listener{next: g.wire}, Timeout: requestTimeout}
	s.Dialer = &websocket.Dialer{Proxy: http.ProxyFromEnvironment, NetDialContext: l.line.dial, HandshakeTimeout: g.pace.handshake}
	s.UserAgent, s.LogLevel = userAgent, silent
	s.Identify.Intents = intents
	s.StateEnabled, s.ShouldReconnectOnError, s.ShouldRetryOnRateLimit, s.MaxRestRetries = false, false, false, 0
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		if e.Type == "READY" || e.Type == "RESUMED" {
			l.resumed.Store(e.Type == "RESUMED")
			note(l.greeted)
		}
		g.receive(e)
	})
	s.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) { note(l.ended) })
	l.session = s
	return l
}

// note leaves a note, if none lies there yet.
func note(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func forget(c chan struct{}) {
	select {
	case <-c:
	default:
	}
}

// open connects, and resumes what the session had before. discordgo takes no context and can hang for ever, with its
// lock held, so it is left behind when it takes too long, or has stopped listening for what it waits for: errStuck says
// that it did not even end when the socket did.
func (l *link) open(ctx context.Context, p pace) error {
	forget(l.ended)
	forget(l.greeted)
	l.line.reset()
	done := make(chan error, 1)
	go func() { done <- l.session.Open() }()
	began := time.Now()
	tick := time.NewTicker(p.handshake / 40)
	defer tick.Stop()
	for waiting := true; waiting; {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			waiting = false
		case now := <-tick.C:
			waiting = now.Sub(began) < p.handshake && l.line.unheard() < p.handshake/4
		}
	}
	l.line.cut()
	grace := time.NewTimer(p.handshake / 10)
	defer grace.Stop()
	select {
	case err := <-done:
		return fmt.Errorf("open for %s: %w", time.Since(began).Round(time.Millisecond), err)
	case <-grace.C:
		return errStuck
	}
}

// errNotGreeted says that Discord accepted a connection but not the session. What it says to the next one is read by
// Open, which tells why; what it says to a session that it refused to resume is not.
var errNotGreeted = errors.New("the gateway did not accept the session")

// watch waits until the connection is over.
func (g *gateway) watch(ctx context.Context, l *link) error {
	defer g.figures.up.Set(0)
	tick := time.NewTicker(g.pace.handshake / 8)
	defer tick.Stop()
	opened := time.Now()
	free, greeted := opened, false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.greeted:
			greeted = true
			g.figures.up.Set(1)
			g.log.Info("gateway connected")
		case <-l.ended:
			if !greeted {
				return errNotGreeted
			}
			return errors.New("the connection ended")
		case now := <-tick.C:
			answered, ok := l.answered()
			if ok {
				free = now
			}
			switch {
			case now.Sub(free) > g.pace.handshake:
				return errStuck
			case ok && now.Sub(answered) > g.pace.silence, !greeted && now.Sub(opened) > g.pace.handshake:
				l.line.cut() // which ends the connection
			}
		}
	}
}

// answered is when a heartbeat was last answered, if the session's lock is to be had.
func (l *link) answered() (time.Time, bool) {
	if !l.session.TryRLock() {
		return time.Time{}, false
	}
	defer l.session.RUnlock()
	return l.session.LastHeartbeatAck, true
}

// close says goodbye, if the session can still do so. discordgo then sleeps for a second, which nobody needs to wait for:
// what it said is on its way.
func (l *link) close(p pace) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.session.Close()
	}()
	patience := time.NewTimer(p.settle)
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
	}
	l.line.cut()
}

// fatalClose says what to mend when the gateway closed the connection for good; nil when trying again may help.
func fatalClose(err error) error {
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		return nil
	}
	switch closed.Code {
	case 4004:
		return &mendable{"Discord does not accept the token: copy the bot's token from the Developer Portal again"}
	case 4010, 4011:
		return &mendable{"Discord wants the bot in several shards, which it can not do yet: it is in too many servers"}
	case 4012:
		return &mendable{"Discord no longer speaks this version of its gateway: install a newer trilat"}
	case 4013, 4014:
		return &mendable{"Discord does not let the bot have its intents: it needs guilds, guild messages and direct messages, none of them privileged; check the application's settings in the Developer Portal"}
	}
	return nil
}

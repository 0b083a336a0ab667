// Package playground is a Discord in one process, for any bot: to try it with no account, and to test it.
//
// A [Server] is an http.Handler. A bot reaches its REST interface under /api/v9 and /api/v10 and its gateway at /gateway,
// with [Server.Token]; people use it with a browser at /, tests with methods:
//
//	discord := playground.New(playground.Config{})
//	defer discord.Close()
//	go http.Serve(listener, discord) // the bot connects to http://<listener>/api/v10
//	events, stop := discord.Watch("ana")
//	defer stop()
//	_, err := discord.Run("ana", channel, playground.Invocation{Command: "ask", Options: ...})
//	for e := range events { ... } // MESSAGE_CREATE and so on, as Ana sees them
//
// What the page does goes through the same methods: say, run, suggest, click, submit, speak ([Server.Say] and so on). They refuse
// with an [*Error] what Discord's own client would not let a person do. Nothing reaches the bot but by gateway, and
// nothing of the bot reaches people but by REST, or by the interactions endpoint if the bot sets one.
//
// The world is one server, "Adriatic Desk": ana and boris are members, teuta is of the team, which everybody may mention,
// ivo owns it. The bot sees all channels but quiet, in announcements only the team writes, and boris gets no direct
// messages before he writes one.
// Ids are the same in every run until somebody does something.
//
// Time is the computer's until [Server.Advance] moves it: the three seconds for a first response, the fifteen minutes of
// an interaction, rate limits and nonces follow it. [Server.Break] makes things go wrong, [Server.Change] changes channels,
// roles and members.
//
// # Differences from Discord
//
// Not there: anything that is not a route in rest.go (404), voice, polls, stickers, webhooks of others, people who react to
// messages or edit them, commands of a user's menu and options that are files (both can be registered, not used), other
// encodings of the gateway than JSON and other compressions than zlib.
//
// Not drawn by the page: layouts (Components V2), menus of users, roles, mentionables and channels, emojis of a server, and
// of embeds the pictures, authors, colours, links and times. It adds no files to messages. Methods do all that a person
// does with these.
//
// Simpler: rate limits have plausible sizes and one bucket a route, the commands created in a day are counted for all
// guilds together, and how often a bot identifies is not limited. A field of a wrong type is named without its place in a
// list. Links have no previews, and pictures are not fetched. Heartbeats are timed by the computer's clock. A language that
// somebody's client speaks ([Server.Speak]) is told to the bot, and the page stays English. A User-Agent must begin with
// "DiscordBot (", and an interactions endpoint is on this computer.
//
// Forgotten: all but the latest 500 messages of a channel and 1 000 threads of a guild, files beyond 64 MiB, interactions
// beyond 50 000, sessions that are gone beyond 16, events that a session could be sent again beyond 500.
//
// In doubt: lengths are counted in code points; null in an edit leaves embeds, components and attachments as they are;
// messages for one person alone are not sent through the gateway; the words of form errors, where Discord documents none.
package playground

import (
	"cmp"
	"context"
	"encoding/base64"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"trilat/bot/playground/clock"
)

// Config is what a Server is made of.
type Config struct {
	// Log hears what goes wrong in the server itself; nil: nobody does.
	Log *slog.Logger
	// Requests is how many REST exchanges are remembered for [Server.Requests]; 0: 2 000, below 0: none.
	Requests int
}

// Server is a Discord: a world of people and channels, the interfaces that a bot uses, and those of the people. It may be
// used by several goroutines.
type Server struct {
	log      *slog.Logger
	token    string
	clock    *clock.Clock
	api      http.Handler
	mux      http.Handler
	remember int           // exchanges
	done     chan struct{} // closed by Close
	running  sync.WaitGroup

	// mu guards all that follows; every request is served alone.
	mu           sync.Mutex
	world        *world
	host         string // where the latest request was sent to
	endpoint     string // where interactions are sent to; "": through the gateway
	commands     []*command
	creates      window
	interactions map[snowflake]*interaction
	order        []snowflake // of the interactions
	sessions     map[string]*session
	conns        map[*conn]struct{}
	watchers     map[*watcher]struct{}
	limits       rateLimits
	faults       []*Fault
	faultIDs     int
	files        files
	exchanges    []Exchange
	noted        int // exchanges, with those that are forgotten
	closed       bool
}

// New is a server in which nobody has said anything, and the bot is not connected.
func New(c Config) *Server {
	s := &Server{log: c.Log, clock: clock.New(), world: newWorld(), interactions: map[snowflake]*interaction{},
		sessions: map[string]*session{}, conns: map[*conn]struct{}{}, watchers: map[*watcher]struct{}{}, done: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.limits.buckets = map[string]*window{}
	s.files.byID = map[snowflake]file{}
	s.remember = max(0, cmp.Or(c.Requests, 2000))
	s.token = base64.RawStdEncoding.EncodeToString([]byte(s.world.app.String())) + ".local." + strings.Repeat("0", 27)
	s.api = s.newAPI()
	s.mux = s.newMux()
	return s
}

// ServeHTTP answers everything: REST, the gateway, the page and what the page asks. It answers only who addresses it by
// a name of this computer, and web pages only if they are its own.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !loopback(r.Host) || !ownOrigin(r) {
		http.Error(w, "This server answers its own page and programs on this computer.", http.StatusForbidden)
		return
	}
	s.mu.Lock()
	s.host = r.Host
	s.mu.Unlock()
	s.mux.ServeHTTP(w, r)
}

func (s *Server) newMux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v9/", s.serveAPI)
	mux.HandleFunc("/api/v10/", s.serveAPI)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) { writeResult(w, nil, errVersion) })
	mux.HandleFunc("GET /gateway", s.gateway)
	mux.HandleFunc("GET /gateway/", s.gateway)
	mux.HandleFunc("GET /attachments/{id}/{name}", s.serveFile)
	s.addLocal(mux)
	mux.Handle("/", newPage())
	return mux
}

// loopback reports whether a host is this computer's.
func loopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	return name == "localhost" || name == "127.0.0.1" || strings.Trim(name, "[]") == "::1"
}

// ownOrigin reports whether a request comes from the server's own page, or from no page. Browsers name the page with
// whatever changes something and with websockets; pages elsewhere may only link to this one.
func ownOrigin(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		return err == nil && u.Host == r.Host
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate"
}

// Close ends the gateway's connections, the event streams and what waits for an answer, and returns when they have ended.
func (s *Server) Close() {
	s.clock.Close()
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.done)
	}
	for c := range s.conns {
		c.end(1001)
	}
	for w := range s.watchers {
		s.unwatch(w)
	}
	s.mu.Unlock()
	impatient := time.AfterFunc(time.Second, s.cutOff)
	defer impatient.Stop()
	s.running.Wait()
}

// cutOff drops the gateway's connections to clients that do not read.
func (s *Server) cutOff() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.ws.Close()
	}
}

// lifetime ends after a while, and with the server.
func (s *Server) lifetime(d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	s.running.Go(func() {
		defer cancel()
		select {
		case <-s.done:
		case <-ctx.Done():
		}
	})
	return ctx, cancel
}

// Token is the bot's. Its first part is the bot's id, as in those of Discord.
func (s *Server) Token() string { return s.token }

// isToken accepts the bot's token with and without its kind.
func (s *Server) isToken(t string) bool { return strings.TrimPrefix(t, "Bot ") == s.token }

// Now is the server's time: the computer's and what it was moved by.
func (s *Server) Now() time.Time { return s.clock.Now() }

// newID is that of something that is made now.
func (s *Server) newID() snowflake { return s.world.newID(s.clock.Now()) }

// Advance moves the server's time forward. What becomes due has happened when it returns.
func (s *Server) Advance(d time.Duration) {
	s.clock.Advance(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tellClock()
}

// Populate adds guilds of which the bot is a member and nobody else is present. Bots that connect later find them.
func (s *Server) Populate(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.populate(n)
}

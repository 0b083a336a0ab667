package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trilat/bot"
	"trilat/bot/playground"
	"trilat/bot/store"
)

// alone runs the bot against the Discord at api until it is killed. Its clock is as far ahead as the last line of its
// input says, and it ends when there is no more input, so that it does not outlive the test.
func alone(api string) error {
	var ahead atomic.Int64
	go func() {
		for lines := bufio.NewScanner(os.Stdin); ; {
			if !lines.Scan() {
				os.Exit(1)
			}
			if d, err := time.ParseDuration(lines.Text()); err == nil {
				ahead.Store(int64(d))
			}
		}
	}()
	c := readConfig(os.Getenv)
	c.api, c.now = api, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	t := &tool{config: c, ctx: context.Background(), out: bufio.NewWriter(os.Stdout), errs: os.Stderr}
	return new(serveCommand).Run(t)
}

// story is a local Discord whose bots are processes of their own, and die.
type story struct {
	testing.TB
	d          *playground.Server
	page       string // where people reach the Discord
	bots       []*process
	words      bot.Words
	folder, db string
	kept       *store.Store      // the bots' store, to see when they are done, not what
	channels   map[string]string // ids by name
	ids        map[string]string // of people, by name

	passing sync.RWMutex // read-locked by a request on its way, until whoever dies of it is dead

	mu     sync.Mutex
	ahead  time.Duration
	spent  map[string]bool   // the routes on which a bot has died in this step
	undone map[string]bool   // interactions after which somebody has to do something more
	forms  map[string]string // the latest, by whom it was shown to
	deaths int
}

// tell begins a story with some bots that share a store.
func tell(t *testing.T, db string, bots int) *story {
	t.Helper()
	words, err := bot.NewWords("en")
	if err != nil {
		t.Fatal(err)
	}
	s := &story{TB: t, d: playground.New(playground.Config{}), words: words, db: db, folder: t.TempDir(),
		channels: map[string]string{}, ids: map[string]string{}, undone: map[string]bool{}, forms: map[string]string{}}
	if err := os.CopyFS(s.folder, os.DirFS(library)); err != nil {
		t.Fatal(err)
	}
	page := httptest.NewServer(s.d)
	t.Cleanup(page.Close)
	t.Cleanup(s.d.Close)
	s.page = page.URL
	for _, who := range []string{"ana", "boris", "teuta", "ivo"} {
		s.watch(who)
	}
	s.setUp()
	if s.kept, err = store.Open(t.Context(), store.Config{Where: db, Now: s.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.kept.Close() })
	for range bots {
		p := &process{story: s}
		gate := httptest.NewServer(p)
		t.Cleanup(gate.Close)
		p.address = gate.URL
		s.bots = append(s.bots, p)
		p.start()
	}
	t.Cleanup(s.killAll)
	for _, p := range s.bots {
		s.until("a bot is connected", p.connected)
	}
	s.step("ivo sets up the team", func() string {
		return s.use("ivo", playground.Invocation{Command: "setup", Options: []playground.Option{{Name: "team", Options: []playground.Option{
			{Name: "channel", Value: s.channels["team"]}, {Name: "role", Value: s.ids["Team"]}}}}})
	}, func() bool { return len(s.with("ivo", "questions", "<#"+s.channels["team"]+">")) > 0 })
	return s
}

// setUp learns the ids of the world.
func (s *story) setUp() {
	s.Helper()
	var state struct {
		Channels, Roles []struct{ ID, Name string }
		Members         []struct{ User struct{ ID, Username string } }
	}
	local(s.TB.(*testing.T), "GET", s.page+"/local/state?as=ivo", nil, &state)
	for _, c := range state.Channels {
		s.channels[c.Name] = c.ID
	}
	for _, r := range state.Roles {
		s.ids[r.Name] = r.ID
	}
	for _, m := range state.Members {
		s.ids[m.User.Username] = m.User.ID
	}
}

// watch follows what somebody sees.
func (s *story) watch(who string) {
	events, stop := s.d.Watch(who)
	s.Cleanup(stop)
	go func() {
		for e := range events {
			s.hear(who, e)
		}
	}()
}

func (s *story) hear(who string, e playground.Event) {
	var seen struct {
		Interaction, State string
		Message            *message
	}
	if json.Unmarshal(e.Data, &seen) == nil {
		s.mu.Lock()
		switch {
		case e.Name == "MODAL":
			s.forms[who], s.undone[seen.Interaction] = seen.Interaction, true
		case e.Name == "INTERACTION" && seen.Message != nil && seen.Message.Flags&loading != 0:
			s.undone[seen.Interaction] = true // the bot that wants time to think may be dead
		case e.Name == "INTERACTION" && seen.State == "failed":
			s.undone[seen.Interaction] = true
		}
		s.mu.Unlock()
	}
}

// patience is how long a story waits for what must happen.
const patience = 60 * time.Second

// until waits for something to become true.
func (s *story) until(what string, is func() bool) {
	s.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !is() {
		select {
		case <-tick.C:
		case <-late:
			s.Fatalf("waited in vain: %s\n%s", what, s.logs())
		}
	}
}

// step has somebody do something while bots die: the first time in this step that Discord has done what a bot asked for
// on a route, that bot dies before it hears of it, and at the end the next in turn does.
func (s *story) step(what string, do func() string, done func() bool) {
	s.Helper()
	s.arm(map[string]bool{})
	s.act(what, do, done)
	s.arm(nil)
	s.bots[s.deaths%len(s.bots)].kill()
	s.revive()
}

// arm begins a time in which bots die, except on the routes that are spent already; nil ends it, when no bot is dying.
func (s *story) arm(spent map[string]bool) {
	s.passing.Lock()
	defer s.passing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spent = spent
}

// act has somebody do something until it is done, again if it fails and further if a form opens.
func (s *story) act(what string, do func() string, done func() bool) {
	s.Helper()
	for began := do(); ; {
		s.until(what, func() bool { return s.anyDead() || done() || s.more(began) })
		switch {
		case s.anyDead():
			s.revive()
		case done():
			return
		default:
			began = do()
		}
	}
}

// more reports whether an interaction failed, or opened a form.
func (s *story) more(interaction string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.undone[interaction]
}

// takeForm is the form that somebody has before them, by the interaction that opened it; "" for none.
func (s *story) takeForm(who string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	form := s.forms[who]
	delete(s.forms, who)
	return form
}

// later moves everybody's time.
func (s *story) later(d time.Duration) {
	s.mu.Lock()
	s.ahead += d
	s.mu.Unlock()
	for _, p := range s.bots {
		p.tellTime()
	}
	s.d.Advance(d)
}

func (s *story) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

func (s *story) anyDead() bool {
	for _, p := range s.bots {
		if p.dead() {
			return true
		}
	}
	return false
}

// revive starts a bot in the place of every dead one, when what the dead ones held is free again, and Discord has
// forgotten by which marks it would know a message that is sent twice.
func (s *story) revive() {
	s.Helper()
	s.later(bot.Lease + 5*time.Minute)
	for _, p := range s.bots {
		if p.dead() {
			p.start()
		}
	}
	for _, p := range s.bots {
		s.until("a bot is connected again", func() bool { return p.connected() || p.dead() })
	}
}

func (s *story) killAll() {
	for _, p := range s.bots {
		p.kill()
	}
}

func (s *story) logs() string {
	var all strings.Builder
	for _, p := range s.bots {
		all.WriteString(p.log.String() + "\n")
	}
	return all.String()
}

// everyLog reports whether every bot has logged something since it was started.
func (s *story) everyLog(text string) bool {
	for _, p := range s.bots {
		if !strings.Contains(p.log.String(), text) {
			return false
		}
	}
	return true
}

// process is a bot, and what stands between it and Discord.
type process struct {
	story   *story
	address string // of the Discord, as this bot reaches it

	mu    sync.Mutex
	cmd   *exec.Cmd
	time  interface{ Write([]byte) (int, error) }
	ended chan struct{} // closed when it is over
	log   *journal
}

func (p *process) start() {
	s := p.story
	s.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TRILAT_ALONE="+p.address, "DISCORD_TOKEN="+s.d.Token(), "KNOWLEDGE_DIR="+s.folder, "TRILAT_DB="+s.db)
	log := &journal{}
	cmd.Stderr = log
	in, err := cmd.StdinPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	ended := make(chan struct{})
	p.mu.Lock()
	p.cmd, p.time, p.ended, p.log = cmd, in, ended, log
	p.mu.Unlock()
	p.tellTime()
	go func() {
		cmd.Wait() // how it ends is no matter: it was killed
		close(ended)
	}()
}

// kill ends the bot at once, and returns when it is over.
func (p *process) kill() {
	p.mu.Lock()
	cmd, ended := p.cmd, p.ended
	p.mu.Unlock()
	cmd.Process.Kill()
	<-ended
}

func (p *process) dead() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// connected reports whether the bot answers people.
func (p *process) connected() bool {
	said := p.log.String()
	return strings.Contains(said, "gateway connected") && strings.Contains(said, "commands registered")
}

func (p *process) tellTime() {
	p.story.mu.Lock()
	ahead := p.story.ahead
	p.story.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = p.time.Write([]byte(ahead.String() + "\n")) // a dead one does not mind
}

// ServeHTTP hands a request on to Discord. When it is the bot's time, the bot hears no answer.
func (p *process) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || !strings.HasPrefix(r.URL.Path, "/api/") {
		p.story.d.ServeHTTP(w, r)
		return
	}
	p.story.passing.RLock()
	defer p.story.passing.RUnlock()
	answer := httptest.NewRecorder()
	p.story.d.ServeHTTP(answer, r)
	if answer.Code < 300 && p.story.deadly(r) {
		p.kill()
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

var (
	idInPath = regexp.MustCompile(`\d{5,}|[A-Za-z0-9_-]{40,}`)
	// What a bot does when it starts is no part of the story, and of words in private Discord keeps nothing by which the
	// next bot could see that they were said.
	harmless = regexp.MustCompile(`/applications/|POST /api/v\d+/webhooks/`)
)

// deadly reports whether the bot that made a request dies of it.
func (s *story) deadly(r *http.Request) bool {
	route := r.Method + " " + idInPath.ReplaceAllString(r.URL.Path, "*")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spent == nil || s.spent[route] || harmless.MatchString(route) {
		return false
	}
	s.spent[route] = true
	s.deaths++
	return true
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// message is one as a person sees it.
type message struct {
	ID, Content string
	Flags       int
	Author      struct{ Bot bool }
	Mentions    []struct{ Username string }
	Components  []part
	Reference   struct {
		ID string `json:"message_id"`
	} `json:"message_reference"`
}

// The flags of a message that only one person sees, and of one that the bot still thinks about.
const (
	ephemeral = 1 << 6
	loading   = 1 << 7
)

// part is a component of a message.
type part struct {
	Label      string
	CustomID   string `json:"custom_id"`
	Components []part
}

// button is the custom id of the one with a label; "" for none.
func button(parts []part, label string) string {
	for _, c := range parts {
		if c.Label == label {
			return c.CustomID
		}
		if id := button(c.Components, label); id != "" {
			return id
		}
	}
	return ""
}

// with are the bot's messages in a channel that somebody sees, and that have a text or a button.
func (s *story) with(as, channel, text string) []message {
	s.Helper()
	var all, found []message
	local(s.TB.(*testing.T), "GET", s.page+"/local/messages?as="+as+"&channel="+s.channels[channel], nil, &all)
	for _, m := range all {
		if m.Author.Bot && (strings.Contains(m.Content, text) || button(m.Components, text) != "") {
			found = append(found, m)
		}
	}
	return found
}

// one is the only such message.
func (s *story) one(as, channel, text string) message {
	s.Helper()
	found := s.with(as, channel, text)
	if len(found) != 1 {
		s.Fatalf("%s sees %d messages with %q in #%s, want 1: %+v\n%s", as, len(found), text, channel, found, s.logs())
	}
	return found[0]
}

// run uses a command in #questions with options given as pairs of name and value.
func (s *story) run(as, command string, options ...any) string {
	s.Helper()
	i := playground.Invocation{Command: command}
	for n := 0; n < len(options); n += 2 {
		i.Options = append(i.Options, playground.Option{Name: options[n].(string), Value: options[n+1]})
	}
	return s.use(as, i)
}

func (s *story) use(as string, i playground.Invocation) string {
	s.Helper()
	id, err := s.d.Run(as, s.channels["questions"], i)
	if err != nil {
		s.Fatalf("%s uses /%s: %v", as, i.Command, err)
	}
	return id
}

// click presses a button of a message, if it is still there.
func (s *story) click(as, channel string, m message, label string) string {
	s.Helper()
	var err error
	for range 2 { // it may go just when it is pressed
		now := slices.DeleteFunc(s.with(as, channel, label), func(other message) bool { return other.ID != m.ID })
		if len(now) == 0 {
			return ""
		}
		var id string
		if id, err = s.d.Click(as, m.ID, button(now[0].Components, label), nil); err == nil {
			return id
		}
	}
	s.Fatalf("%s presses %q of %+v: %v", as, label, m, err)
	return ""
}

// submit sends a form.
func (s *story) submit(as, form string, fields map[string]string) string {
	s.Helper()
	id, err := s.d.Submit(as, form, fields)
	if err != nil {
		s.Fatalf("%s sends the form: %v", as, err)
	}
	return id
}

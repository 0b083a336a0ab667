package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"trilat/bot"
	"trilat/bot/playground"
	"trilat/knowledge"
)

// desk is a local Discord with the bot on it.
type desk struct {
	testing.TB
	local    *playground.Server
	front    *Front
	url      string
	guild    string
	channels map[string]string // by name
	log      *journal
	pings    string // what messages may say besides that they ping nobody
	end      context.CancelFunc
	ended    chan error
}

// soon is how long tests wait for what must happen before they give up.
const soon = 20 * time.Second

// open connects a bot to a new local Discord. change may alter the front before it runs.
func open(t testing.TB, change func(*Front)) *desk {
	t.Helper()
	d := closed(t, change)
	d.start()
	d.until("the bot is ready", d.front.Ready)
	return d
}

// closed is a desk whose bot does not run yet.
func closed(t testing.TB, change func(*Front)) *desk {
	t.Helper()
	d := &desk{TB: t, local: playground.New(playground.Config{}), log: &journal{}, channels: map[string]string{}}
	web := httptest.NewServer(d.local)
	d.url = web.URL
	t.Cleanup(web.Close)
	t.Cleanup(d.local.Close)
	t.Cleanup(d.checkRequests)
	d.front = d.another(change)
	d.findChannels()
	return d
}

// another is a further front to the same Discord.
func (d *desk) another(change func(*Front)) *Front {
	d.Helper()
	f, err := New(Config{Token: d.local.Token(), Bot: library(d.TB), API: d.url, Log: slog.New(slog.NewTextHandler(d.log, nil)), Now: d.local.Now})
	if err != nil {
		d.Fatal(err)
	}
	f.gateway.pace = pace{silence: 30 * time.Second, handshake: 10 * time.Second, calm: 0, settle: 100 * time.Millisecond, longest: time.Second}
	f.eagerness = 100 * time.Millisecond
	if change != nil {
		change(f)
	}
	return f
}

func library(t testing.TB) *bot.Bot {
	t.Helper()
	base, faults := knowledge.Load(os.DirFS("../testdata/library"))
	if base == nil {
		t.Fatal(faults.Err())
	}
	b, err := bot.New(bot.Config{Knowledge: base})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// start runs the front until the test ends.
func (d *desk) start() {
	ctx, cancel := context.WithCancel(context.Background())
	d.end, d.ended = cancel, make(chan error, 1)
	go func() { d.ended <- d.front.Run(ctx) }()
	d.Cleanup(func() { d.stop() })
}

// stop ends the front and returns what Run says.
func (d *desk) stop() error {
	d.Helper()
	if d.end == nil {
		return nil
	}
	d.end()
	d.end = nil
	return d.outcome()
}

// outcome waits for Run to return.
func (d *desk) outcome() error {
	d.Helper()
	select {
	case err := <-d.ended:
		d.end = nil
		return err
	case <-time.After(soon):
		d.Fatal("the front does not end")
	}
	return nil
}

func (d *desk) findChannels() {
	d.Helper()
	resp, err := http.Get(d.url + "/local/state?as=ivo")
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	var state struct {
		Guild    struct{ ID string }
		Channels []struct{ ID, Name string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil {
		d.Fatal(err)
	}
	d.guild = state.Guild.ID
	for _, c := range state.Channels {
		d.channels[c.Name] = c.ID
	}
}

// until waits for something to become true.
func (d *desk) until(what string, is func() bool) {
	d.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	late := time.After(soon)
	for !is() {
		select {
		case <-tick.C:
		case <-late:
			d.Fatalf("waited in vain: %s\n%s", what, d.log)
		}
	}
}

// shown is a message as a person sees it.
type shown struct {
	said
	Flags       int `json:"flags"`
	Attachments []struct{ Filename, URL string }
	Everyone    bool     `json:"mention_everyone"`
	Roles       []string `json:"mention_roles"`
	Reference   struct {
		MessageID string `json:"message_id"`
	} `json:"message_reference"`
	Metadata struct {
		ID string `json:"id"`
	} `json:"interaction_metadata"`
}

func (m shown) private() bool { return m.Flags&64 != 0 }
func (m shown) loading() bool { return m.Flags&128 != 0 }

// button is the custom id of the component that makes a call.
func (m shown) button(command string) string {
	id := ""
	each(m.Components, func(c component) {
		if call, _, err := decodeID(c.CustomID); err == nil && call.Command == command {
			id = c.CustomID
		}
	})
	return id
}

// eyes are what a person sees happen.
type eyes struct {
	d      *desk
	events <-chan playground.Event
}

func (d *desk) watch(as string) eyes {
	events, stop := d.local.Watch(as)
	d.Cleanup(stop)
	return eyes{d, events}
}

// next waits for an event by name that is wanted.
func (e eyes) next(name string, wanted func(json.RawMessage) bool) json.RawMessage {
	e.d.Helper()
	late := time.After(soon)
	for {
		select {
		case event, ok := <-e.events:
			if !ok {
				e.d.Fatal("nothing more is seen")
			}
			if event.Name == name && (wanted == nil || wanted(event.Data)) {
				return event.Data
			}
		case <-late:
			e.d.Fatalf("no %s is seen\n%s", name, e.d.log)
		}
	}
}

// message waits for the bot's next message that is finished: new, or edited when it is no longer loading.
func (e eyes) message() shown {
	e.d.Helper()
	late := time.After(soon)
	for {
		select {
		case event, ok := <-e.events:
			if !ok {
				e.d.Fatal("nothing more is seen")
			}
			var m shown
			if event.Name != "MESSAGE_CREATE" && event.Name != "MESSAGE_UPDATE" || json.Unmarshal(event.Data, &m) != nil {
				continue
			}
			if m.Author != nil && m.Author.Bot && !m.loading() && m.Content != "" {
				return m
			}
		case <-late:
			e.d.Fatalf("no message is seen\n%s", e.d.log)
		}
	}
}

// state waits for what becomes of the next interaction.
func (e eyes) state(want string) {
	e.d.Helper()
	e.next("INTERACTION", func(data json.RawMessage) bool {
		var i struct{ State string }
		return json.Unmarshal(data, &i) == nil && i.State == want
	})
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// run uses a command with options given as pairs of name and value.
func (d *desk) run(as, channel, command string, options ...any) string {
	d.Helper()
	return must(d.local.Run(as, d.channels[channel], invocation(command, options...)))(d.TB)
}

func invocation(command string, options ...any) playground.Invocation {
	var all []playground.Option
	for n := 0; n < len(options); n += 2 {
		all = append(all, playground.Option{Name: options[n].(string), Value: options[n+1]})
	}
	command, below, nested := strings.Cut(command, " ")
	if nested {
		all = []playground.Option{{Name: below, Options: all}}
	}
	return playground.Invocation{Command: command, Options: all}
}

// say writes a message; @trilat becomes a mention.
func (d *desk) say(as, channel, content string, replyTo ...string) shown {
	d.Helper()
	what := playground.Saying{Content: strings.ReplaceAll(content, "@trilat", "<@"+d.front.self.user+">")}
	if len(replyTo) > 0 {
		what.ReplyTo, what.Ping = replyTo[0], true
	}
	if id, named := d.channels[channel]; named {
		channel = id
	}
	var m shown
	if err := json.Unmarshal(must(d.local.Say(as, channel, what))(d.TB), &m); err != nil {
		d.Fatal(err)
	}
	return m
}

// messages are what somebody sees in a channel.
func (d *desk) messages(as, channel string) []shown {
	d.Helper()
	if id, named := d.channels[channel]; named {
		channel = id
	}
	resp, err := http.Get(fmt.Sprintf("%s/local/messages?as=%s&channel=%s", d.url, as, channel))
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	var all []shown
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		d.Fatal(err)
	}
	return all
}

// answers are the bot's messages that somebody sees in a channel.
func (d *desk) answers(as, channel string) []shown {
	d.Helper()
	var all []shown
	for _, m := range d.messages(as, channel) {
		if m.Author.Bot && m.Type != 18 {
			all = append(all, m)
		}
	}
	return all
}

// requests are those to routes like pattern, such as "POST */callback".
func (d *desk) requests(method, part string) []playground.Exchange {
	var all []playground.Exchange
	for _, e := range d.local.Requests() {
		if e.Method == method && strings.Contains(e.Path, part) {
			all = append(all, e)
		}
	}
	return all
}

func (d *desk) breakdown(f playground.Fault) string {
	d.Helper()
	return must(d.local.Break(f))(d.TB)
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

// lines are those that contain all parts.
func (j *journal) lines(parts ...string) []string {
	var found []string
	for line := range strings.SplitSeq(j.String(), "\n") {
		all := true
		for _, p := range parts {
			all = all && strings.Contains(line, p)
		}
		if all && line != "" {
			found = append(found, line)
		}
	}
	return found
}

func idOf(t testing.TB, data json.RawMessage) string {
	t.Helper()
	var v struct{ ID string }
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v.ID
}

// menuOf are the values that a menu offers.
func (d *desk) menuOf(m shown, id string) []string {
	d.Helper()
	var values []string
	for _, e := range d.requests("POST", "/callback") {
		var body struct {
			Data struct {
				Components []struct {
					Components []struct {
						CustomID string `json:"custom_id"`
						Options  []struct{ Value string }
					}
				}
			}
		}
		if json.Unmarshal(e.Body, &body) != nil {
			continue
		}
		for _, row := range body.Data.Components {
			for _, c := range row.Components {
				for _, o := range c.Options {
					if c.CustomID == id {
						values = append(values, o.Value)
					}
				}
			}
		}
	}
	return values
}

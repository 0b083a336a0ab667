package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"trilat/bot"
	"trilat/bot/playground"
	"trilat/bot/store"
)

// Every server gets its digest of the day, and gets it once, while the bots are killed after any number of posts and
// Discord loses what it has to say to them. Counted is what stands in the channels. TRILAT_CHAOS is how many servers there
// are; without it, a few.
func TestADigestIsPostedOnceWhateverDies(t *testing.T) {
	servers := 40
	if many := os.Getenv("TRILAT_CHAOS"); many != "" {
		var err error
		if servers, err = strconv.Atoi(many); err != nil {
			t.Fatalf("TRILAT_CHAOS is %q, want a number of servers", many)
		}
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		newChaos(t, filepath.Join(t.TempDir(), "trilat.db"), servers, 1).run()
	})
	for _, bots := range []int{2, 4} {
		t.Run(fmt.Sprintf("PostgreSQL, %d bots", bots), func(t *testing.T) {
			t.Parallel()
			newChaos(t, database(t), servers, bots).run()
		})
	}
}

// chaosSeed is that of what is left to chance here; when a process does what is not.
const chaosSeed = 20250318

// chaos is a Discord of many servers, whose bots die.
type chaos struct {
	*story
	places  []spot
	due     time.Time
	missing []spot // whose digest was not seen to be posted yet

	mu     sync.Mutex
	chance *rand.Rand
	lives  map[*process]int // how many more posts a bot lives for
	calm   bool             // nothing goes wrong any more
	kills  int
	posts  int            // that Discord was sent
	wrong  map[string]int // how often what went wrong
}

// spot is where the digest of a server stands.
type spot struct{ guild, channel string }

// newChaos makes servers with a digest, all due at the same minute, and one more for every bot, whose digest is set up later.
func newChaos(t *testing.T, db string, servers, bots int) *chaos {
	t.Helper()
	c := &chaos{story: &story{TB: t, d: playground.New(playground.Config{Requests: -1}), db: db, folder: library},
		chance: rand.New(rand.NewPCG(chaosSeed, uint64(bots))), lives: map[*process]int{}, wrong: map[string]int{}}
	t.Cleanup(c.d.Close)
	c.d.Populate(servers + bots)
	c.places = c.findPlaces()
	var err error
	if c.kept, err = store.Open(t.Context(), store.Config{Where: db, Now: c.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.kept.Close() })
	c.due = c.setUp(c.places[:servers])
	for range bots {
		p := &process{story: c.story}
		gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.serve(p, w, r) }))
		t.Cleanup(gate.Close)
		p.address = gate.URL
		c.bots = append(c.bots, p)
	}
	t.Cleanup(c.killAll)
	for _, p := range c.bots {
		c.begin(p)
	}
	return c
}

// findPlaces learns the servers that the bot is in beside the one that people use, and a channel of each.
func (c *chaos) findPlaces() (all []spot) {
	c.Helper()
	for after := "0"; ; {
		var page []struct{ ID, Name string }
		c.ask("users/@me/guilds?after="+after, &page)
		for _, g := range page {
			after = g.ID
			if strings.HasPrefix(g.Name, "Guild ") {
				var channels []struct{ ID string }
				c.ask("guilds/"+g.ID+"/channels", &channels)
				all = append(all, spot{g.ID, channels[0].ID})
			}
		}
		if len(page) == 0 {
			return all
		}
	}
}

// ask is what Discord says to the bot. Time goes on, so that there is no limit to asking.
func (c *chaos) ask(path string, into any) {
	c.Helper()
	c.later(time.Second)
	r := httptest.NewRequest(http.MethodGet, "http://localhost/api/v10/"+path, nil)
	r.Header.Set("Authorization", "Bot "+c.d.Token())
	r.Header.Set("User-Agent", "DiscordBot (test, 1)")
	answer := httptest.NewRecorder()
	c.d.ServeHTTP(answer, r)
	if err := json.Unmarshal(answer.Body.Bytes(), into); err != nil || answer.Code != http.StatusOK {
		c.Fatalf("ask for %s: have %d: %.200s", path, answer.Code, answer.Body)
	}
}

// setUp gives servers a digest, which is due soon.
func (c *chaos) setUp(places []spot) (due time.Time) {
	c.Helper()
	due = c.now().UTC().Add(2 * time.Minute).Truncate(time.Minute)
	for _, p := range places {
		d := store.Digest{Server: p.guild, Channel: p.channel, Zone: "UTC", Minute: due.Hour()*60 + due.Minute(), Next: due}
		if err := c.kept.SetDigest(c.Context(), d, store.Actor{Name: "test"}, "digest"); err != nil {
			c.Fatal(err)
		}
	}
	c.missing = append(c.missing, places...)
	return due
}

// begin starts a bot, which has some posts to live for.
func (c *chaos) begin(p *process) {
	c.Helper()
	c.mu.Lock()
	c.lives[p] = 1 + c.chance.IntN(max(5, len(c.places)/25))
	c.mu.Unlock()
	p.start()
}

// run kills bots until every server has its digest, and starts them again to see that none gets another.
func (c *chaos) run() {
	c.Helper()
	for _, p := range c.bots {
		c.until("a bot is connected", p.connected)
	}
	c.later(c.due.Sub(c.now()) + time.Second)
	first := len(c.missing)
	for !c.posted() {
		c.round()
	}
	c.mu.Lock()
	c.calm = true
	c.mu.Unlock()
	c.comeBack(c.places[first:])
	messages := 0
	for _, p := range c.places {
		var there []struct{ ID string }
		if c.ask("channels/"+p.channel+"/messages", &there); len(there) != 1 {
			noted, err := c.kept.Deliveries(c.Context(), p.guild, 1)
			c.Errorf("channel %s has %d messages, want 1: %v; noted is %+v, %v", p.channel, len(there), there, noted, err)
		}
		messages += len(there)
	}
	c.Logf("%d channels have %d messages; the %d bots were killed with -9 %d times while they sent %d, and what went wrong is %v (seed %d)",
		len(c.places), messages, len(c.bots), c.kills, c.posts, c.wrong, chaosSeed)
	if c.kills < 3 || len(c.wrong) == 0 {
		c.Errorf("the bots were killed %d times and %v went wrong, want more", c.kills, c.wrong)
	}
}

// round has bots die one by one, and each starts again at once, until several have died or what is left is held by dead
// ones. Then all die, so that none is in the middle of something, and time passes until what they held is free again, and
// Discord has forgotten by which marks it would know a message that is sent twice.
func (c *chaos) round() {
	c.Helper()
	const quiet = 2 * time.Second
	enough := c.killed() + 3*len(c.bots)
	last, since := c.sent(), time.Now()
	c.until("the bots post, or die of it", func() bool {
		for _, p := range c.bots {
			if p.dead() {
				c.begin(p)
			}
			if !p.connected() {
				since = time.Now()
			}
		}
		if now := c.sent(); now != last {
			last, since = now, time.Now()
		}
		return c.posted() || c.killed() >= enough || time.Since(since) > quiet
	})
	if len(c.missing) == 0 {
		return
	}
	c.killAll()
	c.later(bot.Lease + 5*time.Minute)
	for _, p := range c.bots {
		c.begin(p)
	}
}

// posted reports whether every digest is noted as posted.
func (c *chaos) posted() bool {
	c.Helper()
	for len(c.missing) > 0 {
		last, err := c.kept.Deliveries(c.Context(), c.missing[0].guild, 1)
		if err != nil {
			c.Fatal(err)
		}
		if len(last) == 0 || last[0].Fate != store.Posted {
			return false
		}
		c.missing = c.missing[1:]
	}
	return true
}

func (c *chaos) killed() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kills
}

func (c *chaos) sent() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.posts
}

// comeBack has the bots start again one after the other, and each posts something new, to see that it has looked.
func (c *chaos) comeBack(places []spot) {
	c.Helper()
	c.killAll()
	c.later(bot.Lease + 5*time.Minute)
	for i, p := range c.bots {
		c.later(c.setUp(places[i:i+1]).Sub(c.now()) + time.Second)
		c.begin(p)
		c.until("a bot posts what is new", c.posted)
		p.kill()
	}
}

// mishaps are what goes wrong between a bot and Discord, and in how many of a hundred requests.
var mishaps = []struct {
	name    string
	percent int
	fault   playground.Fault
}{
	{"answers lost", 7, playground.Fault{Kind: "reset", Applied: true}},
	{"502 after the message", 5, playground.Fault{Kind: "status", Status: http.StatusBadGateway, Applied: true}},
	{"503", 5, playground.Fault{Kind: "status", Status: http.StatusServiceUnavailable}},
	{"429", 5, playground.Fault{Kind: "ratelimit", RetryAfter: 300 * time.Millisecond}},
}

// serve hands a request on to Discord, if the bot does not die of it.
func (c *chaos) serve(p *process, w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/messages") {
		c.d.ServeHTTP(w, r)
		return
	}
	switch c.fate(p, r) {
	case lives:
		c.d.ServeHTTP(w, r)
		return
	case diesAfter:
		answer := httptest.NewRecorder()
		c.d.ServeHTTP(answer, r)
		maps.Copy(w.Header(), answer.Header())
		w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
		_ = http.NewResponseController(w).Flush()
	case diesUnheard:
		c.d.ServeHTTP(httptest.NewRecorder(), r)
	}
	p.kill()
}

// What becomes of a bot that posts: it may die before Discord hears of that, before it hears from Discord, or right after.
const (
	lives = iota
	diesBefore
	diesUnheard
	diesAfter
)

// fate decides what becomes of a bot, or of its request.
func (c *chaos) fate(p *process, r *http.Request) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method == http.MethodPost {
		c.posts++
		c.lives[p]--
	}
	if c.calm {
		return lives
	}
	if r.Method == http.MethodPost && c.lives[p] == 0 {
		c.kills++
		return diesBefore + c.chance.IntN(3)
	}
	c.mishap(r)
	return lives
}

// mishap makes a request go wrong, by chance.
func (c *chaos) mishap(r *http.Request) {
	n := c.chance.IntN(100)
	for _, m := range mishaps {
		if n -= m.percent; n < 0 {
			_, path, _ := strings.Cut(r.URL.Path, "/channels/")
			m.fault.Match, m.fault.Times = r.Method+" */channels/"+path, 1
			if _, err := c.d.Break(m.fault); err != nil {
				panic(err) // unreachable: the local Discord knows these faults
			}
			c.wrong[m.name]++
			return
		}
	}
}

package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"trilat/bot/answer"
	"trilat/bot/openai"
	"trilat/bot/openai/standin"
	"trilat/bot/store"
)

// The transcripts in testdata/model have a store and a language model. What it writes, whenever it is asked, is the last of
//
//	model: claims "TEXT" of PASSAGE "QUOTE", …     claims, each with the number of its passage and the words it names
//	model: texts "TEXT", …                         texts
//	model: writes …                                as it stands there
//	model: refuses 401                             the service answers with that status
//	model: limits person=1 server=2 day=3          this is no text, but what may be spent a day, in tokens
//
// Replies that are shown on the way stand before the one that is final.
func TestModelTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/model/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newConversation(t, true)
				c.withModel(t)
				c.play(t, file)
			})
		})
	}
}

// testKey is the key of the service, which nothing may ever say.
const testKey = "sk-trilat-0123456789abcdef"

// scripted is a service whose model writes what a test says, and the client that asks it.
type scripted struct {
	*openai.Client
	*standin.Server
	wire *http.Transport
	open atomic.Int64 // connections
	log  bytes.Buffer // of the client, and of the bot that has it

	mu     sync.Mutex
	script func(standin.Request) standin.Answer
}

// newScripted starts a service that listens in memory until the test ends.
func newScripted(t testing.TB) *scripted {
	t.Helper()
	m := &scripted{script: func(standin.Request) standin.Answer { return standin.Answer{} }}
	var err error
	m.Server, err = standin.New(standin.Config{Key: testKey, Memory: true, Script: m.answer})
	if err != nil {
		t.Fatal(err)
	}
	m.wire = m.Transport()
	dial := m.wire.DialContext
	m.wire.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err == nil {
			m.open.Add(1)
			conn = &countedConn{Conn: conn, closed: sync.OnceFunc(func() { m.open.Add(-1) })}
		}
		return conn, err
	}
	m.Client, err = openai.New(openai.Config{Model: "scripted", Key: testKey, BaseURL: m.URL(), HTTP: m.wire, Log: slog.New(slog.NewTextHandler(&m.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.wire.CloseIdleConnections()
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// countedConn is a connection that tells when it is closed.
type countedConn struct {
	net.Conn
	closed func()
}

func (c *countedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// busy is how many requests are under way.
func (m *scripted) busy() int64 {
	m.wire.CloseIdleConnections()
	synctest.Wait()
	return m.open.Load()
}

func (m *scripted) answer(r standin.Request) standin.Answer {
	m.mu.Lock()
	script := m.script
	m.mu.Unlock()
	return script(r)
}

// does has the service do what a script says from now on.
func (m *scripted) does(script func(standin.Request) standin.Answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.script = script
}

// writes has the model write a text from now on, in pieces that end with an object.
func (m *scripted) writes(text string) {
	m.does(func(standin.Request) standin.Answer {
		return standin.Answer{Pieces: strings.SplitAfter(text, "}"), In: 400, Out: 100}
	})
}

// withModel gives the bot of a conversation a language model.
func (c *conversation) withModel(t testing.TB) {
	t.Helper()
	c.model = newScripted(t)
	c.bot.log = slog.New(slog.NewTextHandler(&c.model.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	inBubble(t, c.bot, Writing{Model: c.model.Client, PriceIn: 2, PriceOut: 8})
}

// inBubble gives a bot a language model, and has nothing of it run on when the test ends, as synctest wants it.
func inBubble(t testing.TB, b *Bot, w Writing) {
	t.Helper()
	b.writer.written.StopAllGoroutines()
	b.writer = newWriter(w)
	t.Cleanup(func() {
		b.writer.written.StopAllGoroutines()
		b.gate.of.StopAllGoroutines()
	})
}

var (
	claimLine = regexp.MustCompile(`("(?:[^"\\]|\\.)*") of (\d+) ("(?:[^"\\]|\\.)*")`)
	limitLine = regexp.MustCompile(`(person|server|day)=(\d+)`)
)

// script has the model write what a line says.
func (c *conversation) script(t *testing.T, words string) string {
	t.Helper()
	switch what, rest, _ := strings.Cut(words, " "); what {
	case "claims":
		c.model.writes(claimsOf(t, rest))
	case "texts":
		c.model.writes(`{"texts":[` + rest + `]}`)
	case "writes":
		c.model.writes(rest)
	case "refuses":
		status, err := strconv.Atoi(rest)
		if err != nil {
			t.Fatal(err)
		}
		c.model.does(func(standin.Request) standin.Answer { return standin.Answer{Status: status, Message: "Not today."} })
	case "limits":
		c.bot.writer.Limits = limitsOf(rest)
	default:
		t.Fatalf("the model cannot %q", what)
	}
	return "so be it"
}

// claimsOf are claims as a model writes them.
func claimsOf(t *testing.T, line string) string {
	t.Helper()
	var all []map[string]any
	for _, m := range claimLine.FindAllStringSubmatch(line, -1) {
		text, err := strconv.Unquote(m[1])
		quote, err2 := strconv.Unquote(m[3])
		passage, err3 := strconv.Atoi(m[2])
		if err != nil || err2 != nil || err3 != nil {
			t.Fatalf("%s: %v, %v, %v", m[0], err, err2, err3)
		}
		all = append(all, map[string]any{"text": text, "quote": quote, "passage": passage})
	}
	data, err := json.Marshal(map[string]any{"claims": all})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func limitsOf(line string) (l store.Limits) {
	for _, m := range limitLine.FindAllStringSubmatch(line, -1) {
		n, _ := strconv.ParseInt(m[2], 10, 64) // digits
		switch m[1] {
		case "person":
			l.Person.Tokens = n
		case "server":
			l.Server.Tokens = n
		case "day":
			l.Day.Tokens = n
		}
	}
	return l
}

// do makes a call and returns the reply, and what was shown of it on the way as the transcripts have it.
func (c *conversation) do(t *testing.T, call Call) (Reply, string) {
	t.Helper()
	if c.model == nil {
		return do(t, c.bot, call), ""
	}
	before, way := len(c.model.Requests()), ""
	reply, err := c.bot.Do(t.Context(), call, func(r Reply) {
		if way != "" {
			r = Reply{Text: r.Text, Note: r.Note} // the rest stands as it was
		}
		way += "=> on the way:\n" + written(r, true) + "\n"
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.model.Requests()) - before; n > 0 {
		way += fmt.Sprintf("=> asked the model: %d\n", n)
	}
	if way != "" {
		way += "=> at last:\n"
	}
	return reply, way
}

// What the model writes in the tests below, to howMany, in one piece and cut off behind its first claim.
const (
	howMany = "How many books does the library own?"
	draftOf = `{"claims":[{"passage":1,"quote":"The library owns 6,200 books.","text":"The library owns 6,200 books."}]}`
	halfOf  = `{"claims":[{"passage":1,"quote":"The library owns 6,200 books.","text":"The library owns 6,200 books."},{"passage":1,"quo`
)

// However the service fails, a call ends with one right answer within the time there is, nothing goes on behind it, and the next
// question finds a service that is well again.
func TestServiceFails(t *testing.T) {
	for _, c := range []struct {
		name string
		does func(t *testing.T) standin.Answer
		fate string
		// rests is for how long a service is left alone that did so.
		rests time.Duration
	}{
		{"garbage", always(standin.Answer{Raw: "<html>Welcome to the hotel's network</html>"}), fateFailed, 0},
		{"another API", always(standin.Answer{Raw: `{"claims":[]}`, Header: map[string]string{"Content-Type": "application/json"}}), fateFailed, 0},
		{"events of garbage", always(standin.Answer{Raw: "data: {\n\n", Header: map[string]string{"Content-Type": "text/event-stream"}}), fateFailed, 0},
		{"prose", always(standin.Answer{Pieces: []string{"The library owns 6,200 books."}}), fateFailed, 0},
		{"half JSON", always(standin.Answer{Pieces: []string{halfOf}}), fateKept, 0},
		{"half JSON, at the limit", always(standin.Answer{Pieces: []string{halfOf}, Finish: "length"}), fateKept, 0},
		{"half JSON, and no end", always(standin.Answer{Pieces: []string{halfOf}, Then: standin.Cut}), fateFailed, 0},
		{"filtered", always(standin.Answer{Pieces: []string{halfOf}, Finish: "content_filter"}), fateFailed, 0},
		{"nothing", always(standin.Answer{}), fateFailed, 0},
		{"no [DONE]", always(standin.Answer{Pieces: []string{draftOf}, Then: standin.NoDone}), fateKept, 0},
		{"left open", always(standin.Answer{Pieces: []string{draftOf}, Then: standin.Open}), fateKept, 0},
		{"hangs", always(standin.Answer{Then: standin.Hang}), fateFailed, 0},
		{"hangs in the middle", always(standin.Answer{Pieces: []string{halfOf}, Then: standin.Hang}), fateFailed, 0},
		{"no answer", func(t *testing.T) standin.Answer { return standin.Answer{Wait: t.Context().Done()} }, fateFailed, 0},
		{"endless", always(standin.Answer{Pieces: []string{draftOf}, Then: standin.Endless}), fateFailed, 0},
		{"resets", always(standin.Answer{Then: standin.Reset}), fateFailed, time.Minute},
		{"resets in the middle", always(standin.Answer{Pieces: []string{halfOf}, Then: standin.Reset}), fateFailed, 0},
		{"400", refuses(400, nil), fateFailed, 0},
		{"401", refuses(401, nil), fateFailed, 0},
		{"404", refuses(404, nil), fateFailed, 0},
		{"429", refuses(429, nil), fateFailed, 0},
		{"429 for a while", refuses(429, map[string]string{"Retry-After": "50"}), fateFailed, time.Minute},
		{"500", refuses(500, nil), fateFailed, time.Minute},
		{"503 for a while", refuses(503, map[string]string{"Retry-After": "50"}), fateFailed, 0},
		{"slow", slowly(time.Second), fateKept, 0},
		{"too slow", slowly(6 * time.Second), fateFailed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newConversation(t, true)
				f.withModel(t)
				f.model.does(func(standin.Request) standin.Answer { return c.does(t) })
				f.answeredOnce(t, "What is the size of the collection?", c.fate)
				f.model.writes(draftOf)
				calls := int64(2)
				if c.rests > 0 { // it is not waited for
					calls++
					f.answeredOnce(t, "Where does the library stand?", fateFailed)
					time.Sleep(c.rests) // in the bubble: no time at all
				}
				f.answeredOnce(t, howMany, fateKept)
				if spent := f.spent(t); spent.Day.Calls != calls || spent.Day.Saved != 0 {
					t.Errorf("have %+v, want %d calls", spent.Day, calls)
				}
			})
		})
	}
}

// spent is what the model has cost so far.
func (c *conversation) spent(t *testing.T) store.Spent {
	t.Helper()
	spent, err := c.bot.store.Spent(t.Context(), store.Spender{Server: "desk", User: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	return spent
}

func always(a standin.Answer) func(*testing.T) standin.Answer {
	return func(*testing.T) standin.Answer { return a }
}

func refuses(status int, header map[string]string) func(*testing.T) standin.Answer {
	return always(standin.Answer{Status: status, Message: "Not today.", Header: header})
}

// slowly writes a draft of five pieces, each after some time.
func slowly(pause time.Duration) func(t *testing.T) standin.Answer {
	return func(t *testing.T) standin.Answer {
		next := make(chan struct{})
		go func() {
			for range 5 {
				select {
				case <-time.After(pause):
				case <-t.Context().Done():
					return
				}
				select {
				case next <- struct{}{}:
				case <-t.Context().Done():
					return
				}
			}
		}()
		return standin.Answer{Pieces: []string{draftOf[:20], draftOf[20:40], draftOf[40:60], draftOf[60:80], draftOf[80:]}, Next: next}
	}
}

// answeredOnce asks a question and sees what comes of it: the texts' own words at once, and at last these or a summary, with the
// right note; and that nothing is under way then.
func (c *conversation) answeredOnce(t *testing.T, question, fate string) {
	t.Helper()
	words := c.bot.current.Load().answers.Answer(answer.Question{Text: question}).Statements[0].Text
	c.calls++
	call := Call{ID: fmt.Sprintf("call %d", c.calls), Command: "ask", Args: map[string]string{"question": question}, By: person("ana"), In: Place{Server: "desk", Channel: "general"}}
	begun, over, shown := time.Now(), false, 0
	reply, err := c.bot.Do(t.Context(), call, func(r Reply) {
		if over || !strings.Contains(r.Text, words) {
			t.Errorf("%q: after the end %v, have %q, want %q in it", question, over, r.Text, words)
		}
		shown++
	})
	took := time.Since(begun)
	over = true
	if err != nil || shown == 0 || !strings.Contains(reply.Text, words) {
		t.Errorf("%q: have %q, %v after %d replies, want %q in it", question, reply.Text, err, shown, words)
	}
	if note := c.bot.words.Say("model." + fate); !strings.HasPrefix(reply.Note, note) {
		t.Errorf("%q: have the note %q, want %q", question, reply.Note, note)
	}
	if took > writingTime {
		t.Errorf("%q: took %v", question, took)
	}
	if n := c.model.busy(); n != 0 {
		t.Errorf("%q: %d requests are under way", question, n)
	}
	why := c.call(t, "ana", "/why id="+reply.Receipt)
	if want := c.bot.words.say("why.draft."+fate, map[string]any{"Model": "scripted", "Prompt": ""}); !strings.Contains(why, strings.Split(want, "(")[0]) {
		t.Errorf("%q: have %q, want %q in it", question, why, want)
	}
}

// A crowd that asks the same at once, each in their own letters, has the model asked once.
func TestCrowdAsksTheModelOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newConversation(t, true)
		c.withModel(t)
		gate := make(chan struct{})
		c.model.does(func(standin.Request) standin.Answer {
			return standin.Answer{Wait: gate, Pieces: []string{draftOf}, In: 400, Out: 100}
		})
		letters := []func(string) string{strings.ToUpper, strings.ToLower, strings.TrimSpace, func(q string) string { return strings.TrimSuffix(q, "?") + " !" }}
		var crowd sync.WaitGroup
		for i := range 50 {
			crowd.Go(func() {
				call := Call{ID: fmt.Sprintf("call %d", i), Command: "ask", By: Person{ID: fmt.Sprintf("person %d", i), Speaks: true}, In: Place{Server: "desk", Channel: "general"},
					Args: map[string]string{"question": letters[i%len(letters)](howMany)}}
				reply, err := c.bot.Do(t.Context(), call, func(Reply) {})
				if err != nil || !strings.HasPrefix(reply.Note, c.bot.words.Say("model.kept")) || !strings.HasPrefix(reply.Text, "The library owns 6,200 books. [1]") {
					t.Errorf("%d: have %q, %q, %v", i, reply.Text, reply.Note, err)
				}
			})
		}
		synctest.Wait()
		close(gate)
		crowd.Wait()
		spent := c.spent(t)
		if n := len(c.model.Requests()); n != 1 || spent.Day.Calls != 1 || spent.Day.Saved != 49 || spent.Day.Tokens != 500 {
			t.Errorf("have %d requests and %+v, want one that cost 500 tokens, and 49 saved", n, spent.Day)
		}
	})
}

// Two bots on one store never spend more than the limit together; who comes too late hears the texts' own words.
func TestTwoBotsKeepOneBudget(t *testing.T) {
	const limit = 30_000
	synctest.Test(t, func(t *testing.T) {
		one := newConversation(t, true)
		one.withModel(t)
		one.model.does(func(r standin.Request) standin.Answer {
			return standin.Answer{Pieces: []string{draftOf}, In: len(r.System+r.User) / 4, Out: 700}
		})
		other := *one
		other.bot = shelfBot(t)
		other.bot.now, other.bot.store = one.bot.now, one.bot.store
		w := Writing{Model: one.model.Client, Limits: store.Limits{Day: store.Amount{Tokens: limit}}}
		inBubble(t, one.bot, w)
		inBubble(t, other.bot, w)
		var crowd sync.WaitGroup
		var spent atomic.Int64
		for i, p := range one.bot.current.Load().base.Passages {
			for bot, b := range []*Bot{one.bot, other.bot} {
				crowd.Go(func() {
					call := Call{ID: fmt.Sprintf("call %d of %d", i, bot), Command: "ask", By: Person{ID: fmt.Sprintf("person %d", i), Speaks: true},
						In: Place{Server: "desk", Channel: "general"}, Args: map[string]string{"question": p.Title()}}
					reply, err := b.Do(t.Context(), call, func(Reply) {})
					if err != nil || reply.Answer == nil {
						t.Errorf("%s: have %q, %v", p.Title(), reply.Text, err)
					}
					if strings.HasPrefix(reply.Note, b.words.Say("model.spent")) {
						spent.Add(1)
					}
				})
			}
		}
		crowd.Wait()
		day, requests := one.spent(t).Day, int64(len(one.model.Requests()))
		t.Logf("%d of %d tokens are spent by %d requests, %d answers came too late", day.Tokens, limit, requests, spent.Load())
		if day.Tokens > limit || day.Calls != requests || requests == 0 || spent.Load() == 0 {
			t.Errorf("have %+v after %d requests, and %d answers without the model, want at most %d tokens", day, requests, spent.Load(), limit)
		}
	})
}

// Nothing about who asks, where or under what id goes to the model; only what they ask and the texts.
func TestNothingAboutPeopleGoesToTheModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newConversation(t, true)
		c.withModel(t)
		c.model.writes(`{"texts":["` + howMany + `","hr"],"claims":[]}`)
		who := Person{ID: "81237", Name: "Zdenka", Speaks: true, Admin: true, Roles: []string{"role-7"}, Lang: "hr"}
		ref := c.bot.current.Load().answers.Answer(answer.Question{Text: howMany}).Ref()
		for i, call := range []Call{
			{Command: "ask", Args: map[string]string{"question": howMany}},
			{Command: "ask", Args: map[string]string{"question": "Koliko knjiga ima knjižnica?"}},
			{Command: "ask", Args: map[string]string{"question": "And who likes it best?", "ref": ref}},
			{Command: "quotes", Args: map[string]string{"ref": ref, "lang": "hr"}},
			{Command: "brief", Args: map[string]string{"topic": "Voices"}},
		} {
			call.ID, call.By, call.In = fmt.Sprintf("interaction-%d", i), who, Place{Server: "server-5512", Channel: "channel-991", Message: "message-4"}
			if _, err := c.bot.Do(t.Context(), call, func(Reply) {}); err != nil {
				t.Fatal(err)
			}
		}
		asked := c.model.Requests()
		if len(asked) < 5 {
			t.Errorf("have %d requests, want five", len(asked))
		}
		for _, r := range asked {
			for _, secret := range []string{"81237", "Zdenka", "server-5512", "channel-991", "message-4", "interaction-", "role-7"} {
				if strings.Contains(r.Body+fmt.Sprint(r.Header), secret) {
					t.Errorf("%q went to the model: %s", secret, r.Body)
				}
			}
		}
	})
}

// Whatever a service says, its key gets into no reply, no log and no file.
func TestKeyIsWrittenNowhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newConversation(t, false)
		dir := t.TempDir()
		s, err := store.Open(t.Context(), store.Config{Where: filepath.Join(dir, "trilat.db"), Now: c.bot.now})
		if err == nil {
			err = s.Ready(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		c.bot.store = s
		c.withModel(t)
		said := ""
		for i, a := range []standin.Answer{
			{Status: 401, Message: "Incorrect API key provided: " + testKey + "."},
			{Status: 400, Message: "Bearer " + testKey + " may not use max_tokens"},
			{Raw: "<html>" + testKey + "</html>"},
			{Raw: "data: {" + testKey + "\n\n", Header: map[string]string{"Content-Type": "text/event-stream"}},
			{Status: 307, Raw: testKey, Header: map[string]string{"Location": "https://" + testKey + ".example/"}},
			{Pieces: []string{`{"claims":[{"passage":1,"quote":"The library owns 6,200 books.","text":"The library owns ` + testKey + ` books."}]}`}},
			{Pieces: []string{`{"texts":["` + testKey + `"],"claims":[{"passage":1,"quote":"` + testKey + ` in words","text":"The library owns 6,200 books."}]}`}},
		} {
			c.bot.writer.written.InvalidateAll()
			c.model.does(func(standin.Request) standin.Answer { return a })
			said += c.call(t, "ana", "/ask question="+howMany) + c.call(t, "ana", "/why id=LAST") + c.call(t, "ana", "/privacy export")
			if n := len(c.model.Requests()); n <= i {
				t.Errorf("%d: have %d requests", i, n)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(dir + "/*")
		if err != nil || len(files) == 0 {
			t.Fatalf("have no files: %v", err)
		}
		everything := map[string]string{"the replies": said, "the log": c.model.log.String()}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			everything[name] = string(data)
		}
		for where, text := range everything {
			if text == "" || strings.Contains(text, testKey) {
				t.Errorf("the key stands in %s, or nothing does: %.2000s", where, text)
			}
		}
	})
}

// When the store cannot count what a model costs, it is not asked, and the texts answer.
func TestModelIsNotAskedUncounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newConversation(t, true)
		c.withModel(t)
		c.model.writes(draftOf)
		if err := c.bot.store.Close(); err != nil {
			t.Fatal(err)
		}
		for _, in := range []Place{{Server: "desk", Channel: "general"}, {Channel: "direct"}} {
			reply, err := c.bot.Do(t.Context(), Call{ID: "call", Command: "ask", Args: map[string]string{"question": howMany}, By: person("ana"), In: in}, func(Reply) {})
			if err != nil || !strings.Contains(reply.Text, "The library owns 6,200 books. [1]") || len(c.model.Requests()) != 0 {
				t.Errorf("in %+v: have %q, %q, %v after %d requests", in, reply.Text, reply.Note, err, len(c.model.Requests()))
			}
		}
	})
}

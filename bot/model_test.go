package bot

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

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
	wire := m.Transport()
	m.Client, err = openai.New(openai.Config{Model: "scripted", Key: testKey, BaseURL: m.URL(), HTTP: wire})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		wire.CloseIdleConnections()
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
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

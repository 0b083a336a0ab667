package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.yaml.in/yaml/v4"

	"trilat/bot"
	"trilat/bot/openai/standin"
	"trilat/bot/playground"
	"trilat/knowledge"
	"trilat/prompts"
)

// desk is a local Discord whose bot, a process of its own, has a model that writes as a script says.
type desk struct {
	*story
	*process
	service *standin.Server
}

// newDesk begins with a bot on the shipped texts.
func newDesk(t *testing.T, script func(standin.Request) standin.Answer) *desk {
	t.Helper()
	service, err := standin.New(standin.Config{Script: script, Key: modelKey})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { service.Close() })
	for name, value := range map[string]string{"OPENAI_MODEL": "scripted", "OPENAI_API_KEY": modelKey, "OPENAI_BASE_URL": service.URL(), "OPENAI_TOKENS_USER": "0"} {
		t.Setenv(name, value)
	}
	words, err := bot.NewWords("en")
	if err != nil {
		t.Fatal(err)
	}
	s := &story{TB: t, d: playground.New(playground.Config{}), words: words, channels: map[string]string{}, ids: map[string]string{},
		folder: "../../knowledge", db: filepath.Join(t.TempDir(), "trilat.db")}
	d := &desk{s, &process{story: s}, service}
	s.bots = []*process{d.process}
	page, gate := httptest.NewServer(s.d), httptest.NewServer(d.process)
	s.page, d.address = page.URL, gate.URL
	t.Cleanup(func() {
		s.d.Close()
		gate.Close()
		page.Close()
	})
	s.setUp()
	d.begin()
	t.Cleanup(s.killAll)
	return d
}

// begin starts the bot.
func (d *desk) begin() {
	d.Helper()
	d.start()
	d.until("the bot is connected", d.connected)
}

// The question of these tests, what the texts say to it, and what a model makes of that: two claims that hold, and between
// them one that does not.
const (
	allied     = "Is it a military alliance?"
	alliedTrue = "No, the document of 18 March 2025 is not a military alliance but a declaration of cooperation"
	alliedIn   = "The document of 18 March 2025 is not a military alliance but a declaration of cooperation"
	alliedLie  = "The document of 18 March 2025 is a military alliance"
	alliedAll  = "Croatia's government, President Zoran Milanović and the fact-checkers of Faktograf all say that the declaration is no alliance"
)

// claim is one as a model writes it about the passage of a request that says a sentence.
func claim(q standin.Request, sentence, text string) string {
	var asked struct{ Passages []struct{ Text string } }
	_ = json.Unmarshal([]byte(q.User), &asked)
	n := slices.IndexFunc(asked.Passages, func(p struct{ Text string }) bool { return strings.Contains(p.Text, sentence) })
	written, err := json.Marshal(map[string]any{"passage": n + 1, "quote": sentence, "text": text})
	if err != nil {
		panic(err) // unreachable: texts and numbers can be encoded
	}
	return string(written)
}

// summary is a draft in three pieces.
func summary(q standin.Request) []string {
	return []string{
		`{"claims":[` + claim(q, alliedTrue, alliedIn+".") + `,`,
		claim(q, alliedTrue, alliedLie+".") + `,`,
		claim(q, alliedAll, alliedAll+".") + `]}`,
	}
}

// asks has somebody ask, and returns what they are shown of it.
func (d *desk) asks(who, question string) (shown func() []message) {
	d.Helper()
	before := len(d.with(who, "questions", ""))
	d.run(who, "ask", "question", question)
	return func() []message { return d.with(who, "questions", "")[before:] }
}

// shows waits until the only message says something.
func (d *desk) shows(shown func() []message, text string) message {
	d.Helper()
	var all []message
	d.until("it says "+text, func() bool {
		all = shown()
		return len(all) > 0 && strings.Contains(all[0].Content, text)
	})
	if len(all) != 1 {
		d.Errorf("there are %d messages, want one: %+v", len(all), all)
	}
	return all[0]
}

// whole reports whether a message is the summary with what the texts prove of it, and with a source for each marker.
func whole(m message) bool {
	text, list, _ := strings.Cut(m.Content, "\n\n")
	listed := strings.Count(list, "-# [")
	for n := 1; n <= listed; n++ {
		if marker := fmt.Sprintf("[%d]", n); !strings.Contains(text, marker) || strings.Count(list, "-# "+marker) != 1 {
			return false
		}
	}
	return strings.HasPrefix(text, "> "+allied+"\n"+alliedIn+". [1]") && strings.Contains(text, "] "+alliedAll+". [1]") &&
		!strings.Contains(text, alliedTrue) && !strings.Contains(text, alliedLie) && !strings.Contains(text, fmt.Sprintf("[%d]", listed+1))
}

// When the service goes away in the middle, the texts' own words stay, and the next question gets them, too.
func TestModelGoneInTheMiddle(t *testing.T) {
	next := make(chan struct{})
	d := newDesk(t, func(q standin.Request) standin.Answer {
		return standin.Answer{Pieces: summary(q), Next: next}
	})
	shown := d.asks("ana", allied)
	d.shows(shown, d.words.Say("model.writing"))
	next <- struct{}{}
	if m := d.shows(shown, alliedIn); !strings.Contains(m.Content, alliedTrue) {
		t.Errorf("while it grows it says %q, want the texts' own words below", m.Content)
	}
	d.service.Close()
	if m := d.shows(shown, d.words.Say("model.failed")); !strings.Contains(m.Content, alliedTrue) || strings.Contains(m.Content, alliedIn) {
		t.Errorf("in the end it says %q, want the texts' own words alone", m.Content)
	}
	d.shows(d.asks("ana", "Who signed the declaration?"), d.words.Say("model.failed"))
}

// When the bot dies in the middle, what stands is a right answer, and stays the only one. The next bot answers the next question.
func TestModelWhenTheBotDies(t *testing.T) {
	for _, grown := range []bool{false, true} {
		t.Run(fmt.Sprintf("grown %v", grown), func(t *testing.T) {
			next := make(chan struct{})
			d := newDesk(t, func(q standin.Request) standin.Answer { return standin.Answer{Pieces: summary(q), Next: next} })
			shown := d.asks("ana", allied)
			before := d.shows(shown, d.words.Say("model.writing"))
			if grown {
				next <- struct{}{}
				before = d.shows(shown, alliedIn)
			}
			d.kill()
			d.begin()
			close(next)
			if m := d.shows(d.asks("ana", allied), d.words.Say("model.kept")); !whole(m) {
				t.Errorf("the next bot says %q", m.Content)
			}
			d.click("ana", "questions", before, d.words.Say("quotes.button"))
			d.until("the quotes are there", func() bool { return len(shown()) == 3 })
			after := shown()
			if after[0].Content != before.Content || strings.Count(before.Content, alliedTrue) != 1 || !strings.Contains(after[2].Content, alliedTrue) {
				t.Errorf("what stood is %q, and now there are %+v", before.Content, after)
			}
		})
	}
}

// Many who ask the same at once are answered at once, and with one summary.
func TestModelIsAskedOnceByACrowd(t *testing.T) {
	next := make(chan struct{})
	d := newDesk(t, func(q standin.Request) standin.Answer { return standin.Answer{Pieces: summary(q), Next: next} })
	crowd := map[string]func() []message{}
	for _, who := range []string{"ana", "boris", "teuta", "ivo"} {
		crowd[who] = d.asks(who, allied)
		d.shows(crowd[who], d.words.Say("model.writing"))
	}
	close(next)
	for who, shown := range crowd {
		if m := d.shows(shown, d.words.Say("model.kept")); !whole(m) {
			t.Errorf("%s is told %q", who, m.Content)
		}
	}
	if n := len(d.service.Requests()); n != 1 {
		t.Errorf("the model was asked %d times, want once", n)
	}
}

// Discord may lose edits while an answer grows: in the end the summary stands, whole and once. If it loses them all, then
// what stood first does.
func TestModelWhileDiscordFails(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault playground.Fault
		kept  bool // the summary stands in the end
	}{
		{"for a while", playground.Fault{Kind: "status", Status: http.StatusServiceUnavailable, Times: 2}, true},
		{"unheard", playground.Fault{Kind: "reset", Applied: true, Times: 2}, true},
		{"for good", playground.Fault{Kind: "status", Status: http.StatusNotFound}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			next := make(chan struct{})
			d := newDesk(t, func(q standin.Request) standin.Answer { return standin.Answer{Pieces: summary(q), Next: next} })
			shown := d.asks("ana", allied)
			d.shows(shown, d.words.Say("model.writing"))
			tt.fault.Match = "PATCH */webhooks/*"
			if _, err := d.d.Break(tt.fault); err != nil {
				t.Fatal(err)
			}
			next <- struct{}{}
			d.until("an edit is lost", func() bool {
				return slices.ContainsFunc(d.d.Requests(), func(e playground.Exchange) bool { return e.Method == http.MethodPatch })
			})
			close(next)
			if !tt.kept {
				d.until("the front gives up", func() bool { return strings.Contains(d.log.String(), "not as it is at last") })
				d.shows(shown, alliedTrue)
				return
			}
			if m := d.shows(shown, d.words.Say("model.kept")); !whole(m) {
				t.Errorf("it says %q", m.Content)
			}
		})
	}
}

// A model that obeys whatever a question orders gets nothing of it into Discord, on the way or at last, nor into the log.
func TestModelThatObeysInjections(t *testing.T) {
	var current atomic.Pointer[injection]
	d := newDesk(t, func(q standin.Request) standin.Answer {
		now := current.Load()
		return standin.Answer{Pieces: []string{now.fill(now.Obeys, q)}}
	})
	ours, some := sources(t), injections(t)
	people, sent := []string{"ana", "boris", "teuta", "ivo"}, 0 // nobody asks too much at once
	for n := range some {
		now := &some[n]
		current.Store(now)
		asked := len(d.service.Requests())
		shown := d.asks(people[n%len(people)], now.Text)
		d.until(now.ID+" is answered", func() bool { return d.over(shown()) })
		requests := d.service.Requests()[asked:]
		if len(requests) == 0 {
			t.Errorf("%s does not reach the model: %+v", now.ID, shown())
			continue
		}
		exchanges := d.d.Requests()[sent:]
		sent += len(exchanges)
		for _, e := range exchanges {
			for _, fault := range now.through(e.Body, requests, ours) {
				t.Errorf("%s: %s %s %s: %s", now.ID, e.Method, e.Path, fault, e.Body)
			}
		}
		if log := d.log.String(); strings.Contains(log, modelKey) || strings.Contains(log, now.Text) || repeats(requests, log) {
			t.Errorf("%s: the log gives something away:\n%s", now.ID, log)
		}
	}
	t.Logf("%d injections reached the model, in %d requests", len(some), len(d.service.Requests()))
}

// through tells what an injection achieves with something that is sent to Discord.
func (i *injection) through(body []byte, asked []standin.Request, ours []string) (faults []string) {
	if bytes.Contains(body, []byte(modelKey)) {
		faults = append(faults, "has the key")
	}
	for _, m := range messagesIn(body) {
		said := quoted.ReplaceAllString(*m.Content, "")
		for _, never := range i.Never {
			if never = i.fill(never, asked[0]); strings.Contains(strings.ToLower(said), strings.ToLower(never)) {
				faults = append(faults, "says "+never)
			}
		}
		for _, link := range links.FindAllString(said, -1) {
			if !slices.Contains(ours, link) {
				faults = append(faults, "links to "+link)
			}
		}
		if repeats(asked, said) {
			faults = append(faults, "tells what the model is told")
		}
		if p := m.Pings; p.Parse == nil || len(p.Parse)+len(p.Users)+len(p.Roles) > 0 || p.Replied {
			faults = append(faults, "may ping")
		}
	}
	return faults
}

// sentMessage is a message on its way to Discord.
type sentMessage struct {
	Content *string
	Pings   struct {
		Parse, Users, Roles []string
		Replied             bool `json:"replied_user"`
	} `json:"allowed_mentions"`
}

// messagesIn are the messages in the body of a request: itself, or the data of a callback.
func messagesIn(body []byte) []sentMessage {
	var sent struct {
		sentMessage
		Data sentMessage
	}
	_ = json.Unmarshal(body, &sent) // what is no object has none
	return slices.DeleteFunc([]sentMessage{sent.sentMessage, sent.Data}, func(m sentMessage) bool { return m.Content == nil })
}

// repeats reports whether a text has something of what the model was told to do.
func repeats(asked []standin.Request, text string) bool {
	return slices.ContainsFunc(asked, func(q standin.Request) bool { return prompts.Prompt{System: q.System}.Repeats(text) })
}

// over reports whether messages are one, and it is an answer that will not change any more.
func (d *desk) over(all []message) bool {
	return len(all) == 1 && all[0].Flags&loading == 0 &&
		!strings.Contains(all[0].Content, d.words.Say("model.writing")) && !strings.Contains(all[0].Content, d.words.Say("model.reading"))
}

var (
	quoted = regexp.MustCompile(`(?m)^> .*$`) // the question above an answer
	links  = regexp.MustCompile(`https?://[^\s>]+`)
)

// sources are the addresses of all sources of the texts.
func sources(t *testing.T) (all []string) {
	t.Helper()
	base, faults := knowledge.Load(knowledge.Shipped())
	if base == nil {
		t.Fatal(faults.Err())
	}
	for _, s := range base.Sources {
		all = append(all, s.URL)
	}
	return all
}

// injection is a text that tries to make the model say what it should not, with what a model writes that obeys it.
type injection struct {
	ID, Where, Kind, Text, Obeys string
	Never                        []string
}

// injections are the first of each kind that come with a question.
func injections(t *testing.T) (some []injection) {
	t.Helper()
	data, err := os.ReadFile("../../bot/testdata/injections.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []injection
	if err := yaml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.Where == "question" && !slices.ContainsFunc(some, func(other injection) bool { return other.Kind == i.Kind }) {
			some = append(some, i)
		}
	}
	return some
}

// fill puts the first line of the instructions and the key in their places.
func (i injection) fill(text string, q standin.Request) string {
	first, _, _ := strings.Cut(q.System, "\n")
	return strings.NewReplacer("{{SYSTEM}}", first, "{{KEY}}", modelKey).Replace(text)
}

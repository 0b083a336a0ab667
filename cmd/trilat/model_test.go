package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"trilat/bot"
	"trilat/bot/openai/standin"
	"trilat/bot/playground"
	"trilat/bot/store"
)

// modelKey is what the model's service asks for, and nobody else may see.
const modelKey = "sk-a1b2c3d4e5f6-never-to-be-seen"

// withModel is an environment with a model that writes as a script says.
func withModel(t *testing.T, script func(standin.Request) standin.Answer) map[string]string {
	t.Helper()
	service, err := standin.New(standin.Config{Script: script, Key: modelKey})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { service.Close() })
	return map[string]string{"OPENAI_MODEL": "scripted", "OPENAI_API_KEY": modelKey, "OPENAI_BASE_URL": service.URL()}
}

// rests is a claim with the words that it is said to rest on.
type rests struct{ Quote, Text string }

// drafts are what a model writes to a question or a topic; to any other it claims nothing.
type drafts map[string][]rests

func (d drafts) write(q standin.Request) standin.Answer {
	var asked struct {
		Question, Topic string
		Passages        []struct{ Text string }
	}
	if err := json.Unmarshal([]byte(q.User), &asked); err != nil {
		return standin.Answer{Status: http.StatusInternalServerError, Message: err.Error()}
	}
	claims := []any{}
	for _, c := range d[asked.Question+asked.Topic] {
		on := func(p struct{ Text string }) bool { return strings.Contains(p.Text, c.Quote) }
		claims = append(claims, map[string]any{"passage": slices.IndexFunc(asked.Passages, on) + 1, "quote": c.Quote, "text": c.Text})
	}
	written, err := json.Marshal(map[string]any{"claims": claims})
	if err != nil {
		return standin.Answer{Status: http.StatusInternalServerError, Message: err.Error()}
	}
	return standin.Answer{Pieces: []string{string(written)}, In: 100, Out: 20}
}

// What the library lends and when it is open, as a model tells it: shorter, with one lie, and with what matters left out.
var told = drafts{
	"What can be borrowed?": {
		{"Books: for four weeks.", "Books: for four weeks."},
		{"Board games: for one week.", "Board games: for one week."},
		{"Books: for four weeks.", "Books: for five weeks."},
	},
	"When is the library open?": {
		{"On the first Saturday of a month it closes at eight.", "On the first Saturday of a month it closes at eight."},
	},
	"Who founded the library?": {{"The teacher Josip Lah founded the library in 1931.", "The teacher Josip Lah founded the library in 1932."}},
	"Voices":                   {{"Kos said in June 2024 that the quiet hours stay.", "Kos said in June 2024 that the quiet hours stay."}},
}

func TestTheModelsSettings(t *testing.T) {
	named := map[string]string{"OPENAI_MODEL": "m", "OPENAI_API_KEY": modelKey}
	usual := store.Limits{Person: store.Amount{Tokens: 50_000}, Server: store.Amount{Tokens: 500_000}, Day: store.Amount{Tokens: 2_000_000}}
	for _, tt := range []struct {
		env    map[string]string
		want   bot.Writing
		faults []string
	}{
		{map[string]string{}, bot.Writing{Uses: bot.Uses(), Limits: usual}, nil},
		{map[string]string{"OPENAI_USES": " summary , gist"}, bot.Writing{Uses: []bot.Use{bot.Summary, bot.Gist}, Limits: usual}, nil},
		{map[string]string{"OPENAI_TOKENS_USER": "7", "OPENAI_TOKENS_SERVER": "0", "OPENAI_TOKENS_DAY": "9"},
			bot.Writing{Uses: bot.Uses(), Limits: store.Limits{Person: store.Amount{Tokens: 7}, Day: store.Amount{Tokens: 9}}}, nil},
		{map[string]string{"OPENAI_PRICE_IN": "0.15", "OPENAI_PRICE_OUT": "0.6", "OPENAI_MONEY_USER": "0.05", "OPENAI_MONEY_SERVER": "1", "OPENAI_MONEY_DAY": "0"},
			bot.Writing{Uses: bot.Uses(), PriceIn: 0.15, PriceOut: 0.6, Limits: store.Limits{Person: store.Amount{Tokens: 50_000, Micros: 50_000},
				Server: store.Amount{Tokens: 500_000, Micros: 1_000_000}, Day: store.Amount{Tokens: 2_000_000}}}, nil},

		{map[string]string{"OPENAI_MODEL": "two words"}, bot.Writing{}, []string{`OPENAI_MODEL is "two words"`}},
		{map[string]string{"OPENAI_API_KEY": ""}, bot.Writing{}, []string{"neither OPENAI_API_KEY nor OPENAI_BASE_URL is set"}},
		{map[string]string{"OPENAI_API_KEY": "Bearer " + modelKey}, bot.Writing{}, []string{"OPENAI_API_KEY has spaces"}},
		{map[string]string{"OPENAI_BASE_URL": "localhost"}, bot.Writing{}, []string{"OPENAI_BASE_URL is no address"}},
		{map[string]string{"OPENAI_USES": "summary,jokes"}, bot.Writing{}, []string{`OPENAI_USES has "jokes": give one or several of summary, rereading, gist, opening, translation`}},
		{map[string]string{"OPENAI_USES": ","}, bot.Writing{}, []string{`OPENAI_USES has ""`}},
		{map[string]string{"OPENAI_PRICE_IN": "1"}, bot.Writing{}, []string{"only one of OPENAI_PRICE_IN and OPENAI_PRICE_OUT"}},
		{map[string]string{"OPENAI_PRICE_IN": "0,15", "OPENAI_PRICE_OUT": "-1"}, bot.Writing{}, []string{`OPENAI_PRICE_IN is "0,15"`, `OPENAI_PRICE_OUT is "-1"`}},
		{map[string]string{"OPENAI_PRICE_IN": "NaN", "OPENAI_PRICE_OUT": "Inf"}, bot.Writing{}, []string{`OPENAI_PRICE_IN is "NaN"`, `OPENAI_PRICE_OUT is "Inf"`}},
		{map[string]string{"OPENAI_TOKENS_USER": "many", "OPENAI_TOKENS_SERVER": "-1", "OPENAI_TOKENS_DAY": "1e6"}, bot.Writing{},
			[]string{`OPENAI_TOKENS_USER is "many": give a number of tokens, such as 50000, or 0 for no limit`, "OPENAI_TOKENS_SERVER", "OPENAI_TOKENS_DAY"}},
		{map[string]string{"OPENAI_MONEY_USER": "1", "OPENAI_MONEY_DAY": "$2"}, bot.Writing{},
			[]string{"OPENAI_MONEY_USER limits what cannot be counted: set OPENAI_PRICE_IN", `OPENAI_MONEY_DAY is "$2"`}},
	} {
		env := map[string]string{}
		for _, from := range []map[string]string{named, tt.env} {
			for name, value := range from {
				env[name] = value
			}
		}
		m, err := readModelConfig(func(name string) string { return env[name] }).open(nil)
		if (m.client != nil) != (len(tt.faults) == 0) || (err == nil) != (len(tt.faults) == 0) {
			t.Errorf("%v: have client %v and %v", tt.env, m.client != nil, err)
		}
		for _, f := range tt.faults {
			if !says(err, f) {
				t.Errorf("%v: have %v without %q", tt.env, err, f)
			}
		}
		if err != nil && strings.Contains(err.Error(), modelKey) {
			t.Errorf("%v: the key is in %q", tt.env, err)
		}
		if have := m.writing; !slices.Equal(have.Uses, tt.want.Uses) || have.Limits != tt.want.Limits || have.PriceIn != tt.want.PriceIn || have.PriceOut != tt.want.PriceOut {
			t.Errorf("%v: have %+v, want %+v", tt.env, have, tt.want)
		}
	}
}

// Many computers have a key in their environment that was not put there for trilat.
func TestWithoutANameNoModelIsUsed(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		hint string
	}{
		{nil, ""},
		{map[string]string{"OPENAI_API_KEY": modelKey + " ", "OPENAI_USES": "jokes"}, "OPENAI_API_KEY is set and OPENAI_MODEL is not"},
		{map[string]string{"OPENAI_BASE_URL": "http://localhost:11434/v1"}, "OPENAI_BASE_URL is set and OPENAI_MODEL is not"},
		{map[string]string{"OPENAI_TOKENS_DAY": "9"}, ""},
	} {
		c := readModelConfig(func(name string) string { return tt.env[name] })
		m, err := c.open(nil)
		if err != nil || m.client != nil || m.until(t.Context()).Model != nil {
			t.Errorf("%v: have a model, or %v", tt.env, err)
		}
		if have := c.hint(); !strings.HasPrefix(have, tt.hint) || (have == "") != (tt.hint == "") {
			t.Errorf("%v: have the hint %q, want %q", tt.env, have, tt.hint)
		}
	}
}

func TestLimitsThatLeaveNoRoomAreTold(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		hint string
	}{
		{map[string]string{"OPENAI_TOKENS_USER": "6000", "OPENAI_TOKENS_SERVER": "0"}, ""},
		{map[string]string{"OPENAI_TOKENS_USER": "50", "OPENAI_TOKENS_DAY": "5999"}, "OPENAI_TOKENS_DAY, OPENAI_TOKENS_USER leaves too little"},
		{map[string]string{"OPENAI_TOKENS_SERVER": "many"}, ""},
	} {
		tt.env["OPENAI_MODEL"] = "a"
		have := readModelConfig(func(name string) string { return tt.env[name] }).hint()
		if !strings.HasPrefix(have, tt.hint) || (have == "") != (tt.hint == "") {
			t.Errorf("%v: have the hint %q, want %q", tt.env, have, tt.hint)
		}
	}
}

func TestAskWithAModel(t *testing.T) {
	env := withModel(t, told.write)
	r := trilatIn(t, env, "What can be borrowed?\nWho founded the library?\n", "ask", "--knowledge", library, "--model", "-")
	if r.code != exitOK || r.errs != "" {
		t.Errorf("have code %d and %q", r.code, r.errs)
	}
	golden(t, "ask-model.txt", r.out)
}

// Without the flag, nothing is sent, whatever is configured.
func TestAskWithoutAModelSendsNothing(t *testing.T) {
	env := withModel(t, func(standin.Request) standin.Answer {
		t.Error("something was sent")
		return standin.Answer{}
	})
	want := trilat(t, "", "ask", "--knowledge", library, "What can be borrowed?")
	if have := trilatIn(t, env, "", "ask", "--knowledge", library, "What can be borrowed?"); have != want {
		t.Errorf("have %+v, want %+v", have, want)
	}
	all := objects(t, trilatIn(t, env, `{"question":"Who?","model":"true"}`, "ask", "--knowledge", library, "--json", "-"))
	if all[0]["error"] != `there is no argument "model"` {
		t.Errorf("have %v", all[0])
	}
}

func TestJSONSaysWhoWroteTheText(t *testing.T) {
	in := "What can be borrowed?\n{\"question\":\"What can be borrowed?\",\"model\":\"\"}\nWho founded the library?\n"
	all := objects(t, trilatIn(t, withModel(t, told.write), in, "ask", "--knowledge", library, "--model", "--json", "-"))
	for i, want := range []string{"Summary by a language model", "", "The texts' own words"} {
		if note, _ := all[i]["note"].(string); !strings.HasPrefix(note, want) || (note == "") != (want == "") {
			t.Errorf("number %d: have the note %q, want %q", i, note, want)
		}
	}
	if text := all[0]["text"]; text != "Books: for four weeks. Board games: for one week." {
		t.Errorf("have %q", text)
	}
}

func TestBriefWithAModel(t *testing.T) {
	env := withModel(t, told.write)
	const gist = "## In short\n\nWritten by a language model. Each sentence was checked against the words that it rests on.\n\n- Kos said in June 2024 that the quiet hours stay.[^1]\n"
	for _, tt := range []struct {
		args []string
		want bool
	}{{[]string{"--model"}, true}, {nil, false}} {
		r := trilatIn(t, env, "", append([]string{"brief", "--knowledge", library, "voices"}, tt.args...)...)
		if r.code != exitOK || r.errs != "" || strings.Contains(r.out, gist) != tt.want {
			t.Errorf("%v: have code %d, %q and\n%s", tt.args, r.code, r.errs, r.out)
		}
	}
}

// The reader of a terminal hears that there is more to wait for, and gets the last form alone.
func TestWhatIsWaitedForIsSaid(t *testing.T) {
	var errs bytes.Buffer
	waiting := (&tool{errs: &errs, watched: true}).waiting()
	for _, note := range []string{"reading", "writing", "writing"} {
		waiting(bot.Reply{Note: note})
	}
	if errs.String() != "reading …\nwriting …\n" {
		t.Errorf("have %q", errs.String())
	}
}

func TestAModelThatCannotBeUsed(t *testing.T) {
	refusing := withModel(t, func(standin.Request) standin.Answer {
		return standin.Answer{Status: http.StatusForbidden, Message: "no"}
	})
	choosy := withModel(t, func(q standin.Request) standin.Answer {
		if strings.Contains(q.User, `"question": "What can be borrowed?"`) {
			return standin.Answer{Status: http.StatusForbidden, Message: "no"}
		}
		return told.write(q)
	})
	for _, tt := range []struct {
		env  map[string]string
		args string
		code int
		says string // on either output
	}{
		{nil, "ask --model Why?", exitUsage, "set OPENAI_MODEL"},
		{nil, "brief --model voices", exitUsage, "set OPENAI_MODEL"},
		{nil, "eval --model testdata/questions.yaml", exitUsage, "set OPENAI_MODEL"},
		{map[string]string{"OPENAI_MODEL": "m"}, "ask --model Why?", exitUsage, "neither OPENAI_API_KEY nor OPENAI_BASE_URL"},
		{refusing, "ask --model When is the library open?", exitOK, "The texts' own words: the language model gave no answer"},
		{refusing, "ask --model When is the library open?", exitOK, "trilat: complete with scripted: "},
		{refusing, "eval --model testdata/questions.yaml", exitFault, "the model answered nothing: complete with scripted: "},
		{choosy, "eval --model testdata/questions.yaml", exitOK, "failed\nfirst failure: complete with scripted: "},
		{refusing, "eval --model --against testdata testdata/questions.yaml", exitUsage, "can't be used together"},
	} {
		r := trilatIn(t, tt.env, "", append([]string{"--knowledge", library}, strings.Fields(tt.args)...)...)
		if r.code != tt.code || !strings.Contains(r.out+r.errs, tt.says) {
			t.Errorf("%s: have code %d, %q and %q, want %d and %q", tt.args, r.code, r.out, r.errs, tt.code, tt.says)
		}
	}
}

func TestEvalShowsWhatAModelChanges(t *testing.T) {
	r := trilatIn(t, withModel(t, told.write), "", "eval", "--knowledge", library, "--model", "testdata/questions.yaml")
	if r.code != exitOK || r.errs != "" {
		t.Errorf("have code %d and %q", r.code, r.errs)
	}
	golden(t, "eval-model.txt", r.out)
}

// Whoever ends the program does not wait for the model: a question that was asked gets the texts' own words, and a set of
// questions is left.
func TestTheEndOfTheProgramEndsTheModel(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"ask", "--knowledge", library, "--model", "When is the library open?"}, exitOK, "Tuesday to Saturday"},
		{[]string{"eval", "--knowledge", library, "--model", "testdata/questions.yaml"}, exitFault, "it was ended before all questions were asked"},
	} {
		ctx, end := context.WithCancel(t.Context())
		env := withModel(t, func(standin.Request) standin.Answer {
			end()
			return standin.Answer{Then: standin.Hang}
		})
		var out, errs bytes.Buffer
		code := run(ctx, tt.args, func(name string) string { return env[name] }, strings.NewReader(""), &out, &errs)
		if code != tt.code || !strings.Contains(out.String()+errs.String(), tt.says) {
			t.Errorf("%v: have code %d, %q and %q", tt.args, code, out.String(), errs.String())
		}
	}
}

func TestTheDoctorAsksTheModel(t *testing.T) {
	well := withModel(t, func(standin.Request) standin.Answer { return standin.Answer{Pieces: []string{`{"ok":true}`}} })
	wrongKey := map[string]string{"OPENAI_MODEL": "m", "OPENAI_API_KEY": "sk-wrong-" + modelKey, "OPENAI_BASE_URL": well["OPENAI_BASE_URL"]}
	gone, err := standin.New(standin.Config{})
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for _, tt := range []struct {
		env  map[string]string
		says []string
	}{
		{nil, []string{"ok     model: none is used, so answers are the texts' own words\n"}},
		{map[string]string{"OPENAI_API_KEY": modelKey}, []string{"ok     model: none is used", "OPENAI_API_KEY is set and OPENAI_MODEL is not"}},
		{well, []string{"ok     model: scripted at 127.0.0.1:", " answers; "}},
		{wrongKey, []string{"fault  model: m does not answer: ", "refuses with 401", "set OPENAI_API_KEY to a key that "}},
		{map[string]string{"OPENAI_MODEL": "m", "OPENAI_BASE_URL": gone.URL()}, []string{"fault  model: m does not answer: ", "start the service, or set OPENAI_BASE_URL"}},
	} {
		r := trilatIn(t, tt.env, "", "--knowledge", library, "doctor")
		for _, s := range tt.says {
			if r.code != exitFault || !strings.Contains(r.out, s) {
				t.Errorf("%v: have code %d and no %q in\n%s%s", tt.env, r.code, s, r.out, r.errs)
			}
		}
		if strings.Contains(r.out+r.errs, modelKey) {
			t.Errorf("%v: the key is in\n%s%s", tt.env, r.out, r.errs)
		}
	}
}

// The bot that runs says once whether it uses a model, and for what.
func TestServeUsesTheModel(t *testing.T) {
	env := withModel(t, told.write)
	env["OPENAI_USES"] = "summary,gist"
	s := openFor(t, env)
	s.run("ana", "ask", "question", "What can be borrowed?")
	s.until("the summary is there", func() bool { return len(s.with("ana", "questions", s.words.Say("model.kept"))) == 1 })
	s.end()
	if said := `msg="a language model is used" model=scripted for="summary, gist"`; strings.Count(s.log.String(), said) != 1 {
		t.Errorf("have %s, want once %s", s.log, said)
	}
	without := openFor(t, map[string]string{"OPENAI_API_KEY": modelKey})
	without.end()
	if said := `msg="the language model is hardly used, or not at all" why="OPENAI_API_KEY is set and OPENAI_MODEL is not`; strings.Count(without.log.String(), said) != 1 {
		t.Errorf("have %s, want once %s", without.log, said)
	}
}

// A bot that is stopped while the model writes leaves a reply that says so, rather than one that waits for ever.
func TestABotThatIsStoppedWaitsForNoModel(t *testing.T) {
	s := openFor(t, withModel(t, func(standin.Request) standin.Answer { return standin.Answer{Then: standin.Hang} }))
	s.run("ana", "ask", "question", "What can be borrowed?")
	s.until("the model writes", func() bool { return len(s.with("ana", "questions", s.words.Say("model.writing"))) == 1 })
	s.end()
	if m := s.one("ana", "questions", "Books"); !strings.Contains(m.Content, s.words.Say("model.failed")) {
		t.Errorf("have %q", m.Content)
	}
}

// echoing has the service write the key that it was given wherever it can: in what it refuses, in what makes no sense, and
// in claims, true and untrue ones.
func echoing(q standin.Request) standin.Answer {
	key := strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")
	a := drafts{"When is the library open?": {
		{"On the first Saturday of a month it closes at eight.", "On the first Saturday of a month it closes at eight."},
		{"On the first Saturday of a month it closes at eight.", "On the first Saturday of a month it closes at " + key + "."},
		{key, "The key is " + key + "."},
	}}.write(q)
	switch asks := func(question string) bool { return strings.Contains(q.User, `"question": "`+question) }; {
	case asks("Who founded the library?"):
		a = standin.Answer{Status: http.StatusUnauthorized, Message: "The key " + key + " is wrong."}
	case asks("What can be borrowed?"):
		a = standin.Answer{Status: http.StatusPaymentRequired, Raw: "The key " + key + " is poor."}
	case asks("Who runs the library?"):
		a = standin.Answer{Pieces: []string{key}}
	}
	a.Header = map[string]string{"X-Key": key}
	return a
}

// echoed are the questions that echoing has an answer of its own to.
var echoed = []string{"When is the library open?", "Who founded the library?", "What can be borrowed?", "Who runs the library?"}

// Whatever the service answers, and whatever is wrong: the key is on no screen, in no log, in no store and on no Discord.
func TestTheKeyIsNeverSeen(t *testing.T) {
	env := withModel(t, echoing)
	unseen := func(where, text string) {
		t.Helper()
		if at := strings.Index(text, modelKey); at >= 0 {
			t.Errorf("the key is %s: %q", where, text[max(0, at-200):at+len(modelKey)])
		}
	}
	calls := [][]string{{"--help"}, {"serve", "--help"}, {"doctor"}, {"version"}, {"brief", "--model", "voices"}, {"knowledge", "check", library},
		{"eval", "--model", "testdata/questions.yaml"}, {"digest", "post"}, {"store", "backup", "nowhere.db"}, {"serve", "--no"}}
	for _, question := range echoed {
		calls = append(calls, []string{"ask", question}, []string{"ask", "--model", question}, []string{"ask", "--model", "--json", question})
	}
	for _, args := range calls {
		unseen("printed", printed(t, env, args))
	}
	for name, value := range map[string]string{"OPENAI_API_KEY": "Bearer " + modelKey, "OPENAI_BASE_URL": "nowhere", "OPENAI_MODEL": "", "OPENAI_USES": "jokes"} {
		faulty := maps.Clone(env)
		faulty[name] = value
		for _, args := range [][]string{{"doctor"}, {"digest", "post"}, {"ask", "--model", "Why?"}} {
			unseen("printed", printed(t, faulty, args))
		}
	}

	s := openFor(t, env)
	for n, question := range echoed {
		s.run("ana", "ask", "question", question)
		s.until("it is answered", func() bool {
			all := s.with("ana", "questions", "")
			return len(all) > n && strings.Contains(all[n].Content, question) && !strings.Contains(all[n].Content, s.words.Say("model.writing"))
		})
	}
	for _, m := range s.with("ana", "questions", "") {
		s.run("ana", "why", "id", regexp.MustCompile(`Answer (\w+)`).FindStringSubmatch(m.Content)[1])
	}
	s.until("they are explained", func() bool { return len(s.with("ana", "questions", "")) == 2*len(echoed) })
	s.end()
	unseen("in the log", s.log.String())
	for _, r := range s.d.Requests() {
		unseen("on Discord", r.Method+" "+r.Path+" "+string(r.Body))
	}
	files, err := filepath.Glob(s.db + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("have no store, %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		unseen("in "+file, string(data))
	}
}

// printed is what a command prints, on either output.
func printed(t *testing.T, env map[string]string, args []string) string {
	t.Helper()
	r := trilatIn(t, env, "", append([]string{"--knowledge", library}, args...)...)
	return r.out + r.errs
}

// stand is a local Discord with the program at work on it.
type stand struct {
	*story
	log *journal
	end func() // returns when the program has ended
}

// openFor starts the program with an environment, on the library.
func openFor(t *testing.T, env map[string]string) *stand {
	t.Helper()
	words, err := bot.NewWords("en")
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{story: &story{TB: t, d: playground.New(playground.Config{}), words: words, db: filepath.Join(t.TempDir(), "trilat.db"),
		channels: map[string]string{}, ids: map[string]string{}}, log: &journal{}}
	page := httptest.NewServer(s.d)
	t.Cleanup(page.Close)
	t.Cleanup(s.d.Close)
	s.page = page.URL
	s.setUp()
	c := readConfig(func(name string) string { return env[name] })
	c.folder, c.tokenText, c.api, c.db, c.now = library, s.d.Token(), page.URL, s.db, s.d.Now
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		tool := &tool{config: c, ctx: ctx, out: bufio.NewWriter(io.Discard), errs: s.log}
		if err := new(serveCommand).Run(tool); err != nil {
			t.Error(err)
		}
	})
	s.end = func() { stop(); running.Wait() }
	t.Cleanup(s.end)
	s.until("the bot is connected", func() bool {
		said := s.log.String()
		return strings.Contains(said, "gateway connected") && strings.Contains(said, "commands registered")
	})
	return s
}

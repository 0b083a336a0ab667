package bot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"trilat/bot/store"
	"trilat/knowledge"
)

// A transcript is a conversation with the bot on the folder testdata/library. Lines that begin with "#" are comments. A
// call is one of
//
//	ana: /topics topic=rules           a command by name; a value in quotes is a Go string
//	ana: /ask question=wh…             with an ellipsis at the end: what is suggested while the value is typed
//	ana: /why id=LAST                  LAST is the id of the last answer that ana saw, QUESTION of the last question to the team
//	ana: [Show quotes]                 a button of the last reply
//	ana: {The library}                 a choice of its menu
//	ana: (When was that?)              its form, filled in
//	folder: rules.md: old -> new       an edit of a file of the folder, after which it is read again
//	folder: + new.md: text             a new file, with \n for the ends of lines; "+ draft" is the last file that was handed over
//	clock: 72h                         time passes
//	doors: boris                       boris takes no direct messages, or the bot may not write in the channel team; "open" mends all
//	server: left                       the bot is removed from the server; "back" it is again, "gone team" a channel or role is deleted
//	model: …                           what the language model writes from now on, see [TestModelTranscripts]
//
// and what comes back stands below it, with the posts that the bot then sends. "guest" may not write where the calls are
// made, everybody else may; teuta is of the team, ivo manages the server, boris has his program speak Croatian. The transcripts in
// testdata/team have a store.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	more, _ := filepath.Glob("testdata/team/*.txt")
	if err != nil || len(files) == 0 || len(more) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range append(files, more...) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			newConversation(t, slices.Contains(more, file)).play(t, file)
		})
	}
}

// play says the lines of a file, and compares what comes back with what stands there.
func (c *conversation) play(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "#"):
			have = append(have, line)
		case calling.MatchString(line):
			have = append(have, line+"\n"+c.say(t, line)+"\n")
		}
	}
	golden(t, file, strings.Join(have, "\n"))
}

// calling is a line that makes a call.
var calling = regexp.MustCompile(`^(guest|ana|boris|teuta|tin|ivo|folder|clock|doors|server|model): `)

// conversation is a bot and what it has said to each person.
type conversation struct {
	bot   *Bot
	files fstest.MapFS
	said  map[string][]heard
	now   time.Time
	calls int
	shut  map[string]bool // who takes no direct messages
	file  *File           // the last one that was handed over
	model *scripted       // nil: none
}

// heard is a reply with where it stands.
type heard struct {
	Reply
	in Place
}

func newConversation(t *testing.T, remembers bool) *conversation {
	t.Helper()
	c := &conversation{files: fstest.MapFS{}, said: map[string][]heard{}, now: time.Unix(1764547200, 0).UTC(), shut: map[string]bool{}}
	names, err := filepath.Glob("testdata/library/*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "testdata/library/sources.yaml") {
		name = strings.TrimPrefix(name, "testdata/library/")
		data, err := os.ReadFile("testdata/library/" + name)
		if err != nil {
			t.Fatal(err)
		}
		c.files[name] = &fstest.MapFile{Data: data}
	}
	base, faults := knowledge.Load(c.files)
	if base == nil {
		t.Fatal(faults.Err())
	}
	config := Config{Knowledge: base, Now: func() time.Time { return c.now }}
	if remembers {
		config.Store = memory(t, config.Now)
	}
	if c.bot, err = New(config); err != nil {
		t.Fatal(err)
	}
	if err := c.bot.Upkeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// memory is an empty store.
func memory(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Where: filepath.Join(t.TempDir(), "trilat.db"), Now: now})
	if err == nil {
		err = s.Ready(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// say does what a line says and writes what comes back.
func (c *conversation) say(t *testing.T, line string) string {
	t.Helper()
	who, words, _ := strings.Cut(line, ": ")
	said := ""
	switch who {
	case "folder":
		said = c.edit(t, words)
	case "clock":
		passes, err := time.ParseDuration(words)
		if err != nil {
			t.Fatal(err)
		}
		c.now = c.now.Add(passes)
		said = "it is " + c.now.Format("2 January 2006 15:04")
	case "doors":
		c.shut[words] = true
		said = "shut: " + words
		if words == "open" {
			clear(c.shut)
			said = "open"
		}
	case "server":
		said = c.server(t, words)
	case "model":
		said = c.script(t, words)
	default:
		said = c.call(t, who, words)
	}
	return strings.Join(append([]string{said}, c.posts(t)...), "\n")
}

// server has something happen to the server that the transcripts take place in.
func (c *conversation) server(t *testing.T, words string) string {
	t.Helper()
	roles, channels := []string{"team"}, []string{"general", "team", "desk"}
	switch what, id, _ := strings.Cut(words, " "); what {
	case "left":
		c.bot.Only(t.Context(), nil)
	case "back":
		c.bot.Joined(t.Context(), Server{ID: "desk", Roles: roles, Channels: channels})
	case "gone":
		c.bot.Gone(t.Context(), "desk", id)
	default:
		t.Fatalf("nothing is called %q", words)
	}
	return words
}

// person is somebody in the server of the transcripts.
func person(name string) Person {
	p := Person{ID: name, Name: strings.ToUpper(name[:1]) + name[1:], Speaks: name != "guest", Admin: name == "ivo"}
	if name == "teuta" || name == "tin" {
		p.Roles = []string{"team"}
	}
	if name == "boris" {
		p.Lang = "hr"
	}
	return p
}

// call makes the call of a line.
func (c *conversation) call(t *testing.T, who, words string) string {
	t.Helper()
	said := c.said[who]
	call := Call{}
	in := Place{Server: "desk", Channel: "general"}
	if c.bot.store == nil {
		in = Place{}
	}
	switch {
	case strings.HasSuffix(words, "…"):
		return c.suggest(t, readCall(t, words[1:len(words)-len("…")]), person(who))
	case strings.HasPrefix(words, "/"):
		call = readCall(t, words[1:])
		for name, value := range call.Args {
			call.Args[name] = strings.NewReplacer("LAST", c.lastReceipt(who), "QUESTION", c.lastQuestion(who)).Replace(value)
		}
	case strings.HasPrefix(words, "["):
		call, in = button(t, said, strings.Trim(words, "[]"))
	case strings.HasPrefix(words, "{"):
		call, in = chosen(t, said, strings.Trim(words, "{}"))
	case len(said) > 0 && said[len(said)-1].Form != nil:
		form := said[len(said)-1]
		call, in = form.Form.Call, form.in
		for i, value := range strings.Split(strings.Trim(words, "()"), " | ") {
			call = with(call, form.Form.Fields[i].Param, strings.ReplaceAll(value, `\n`, "\n"))
		}
	default:
		t.Fatalf("%s: %s: there is no form", who, words)
	}
	c.calls++
	call.ID, call.By, call.In = fmt.Sprintf("call %d", c.calls), person(who), in
	reply, onTheWay := c.do(t, call)
	if reply.File != nil {
		c.file = reply.File
	}
	if reply.Form == nil {
		in = Place{Server: in.Server, Channel: in.Channel, Message: fmt.Sprintf("reply %d", c.calls), Open: !private(call)}
		if in.Open {
			c.bot.Shown(t.Context(), reply.Receipt, in.Channel, in.Message)
		}
	}
	if private(call) || reply.Form != nil {
		c.said[who] = append(c.said[who], heard{reply, in})
	} else {
		c.everybody(heard{reply, in})
	}
	text := onTheWay + written(reply, private(call))
	waiting, err := c.bot.Waiting(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range waiting {
		text += "\n=> besides, in private:\n" + written(p.Reply, true)
		c.said[who] = append(c.said[who], heard{p.Reply, Place{Server: in.Server, Channel: in.Channel, Message: "besides"}})
		if err := c.bot.Posted(t.Context(), p, in.Channel, "besides"); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

func (c *conversation) everybody(h heard) {
	for _, who := range []string{"guest", "ana", "boris", "teuta", "tin", "ivo"} {
		c.said[who] = append(c.said[who], h)
	}
}

// lastReceipt is the id of the last answer that somebody saw.
func (c *conversation) lastReceipt(who string) string {
	for _, h := range slices.Backward(c.said[who]) {
		if h.Receipt != "" {
			return h.Receipt
		}
	}
	return ""
}

// lastQuestion is the id of the question to the team that somebody heard of last.
func (c *conversation) lastQuestion(who string) string {
	for _, h := range slices.Backward(c.said[who]) {
		if _, id, ok := strings.Cut(h.Note, "uestion "); ok {
			return id[:10]
		}
	}
	return ""
}

// posts sends what the bot says unasked, and writes it.
func (c *conversation) posts(t *testing.T) []string {
	t.Helper()
	var all []string
	for {
		posts, err := c.bot.Posts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(posts) == 0 {
			return all
		}
		for _, p := range posts {
			all = append(all, c.post(t, p))
		}
	}
}

func (c *conversation) post(t *testing.T, p Post) string {
	t.Helper()
	if p.User != "" && c.shut[p.User] {
		if err := c.bot.Unposted(t.Context(), p, Shut, errors.New("their direct messages are closed")); err != nil {
			t.Fatal(err)
		}
		return "=> to " + p.User + " directly, who takes none"
	}
	if p.Channel != "" && c.shut[p.Channel] {
		if err := c.bot.Unposted(t.Context(), p, Barred, errors.New("the bot may not write there")); err != nil {
			t.Fatal(err)
		}
		return "=> in " + p.Channel + ", where the bot may not write"
	}
	c.calls++
	in := Place{Server: "desk", Channel: p.Channel, Message: fmt.Sprintf("post %d", c.calls), Open: true}
	head := "=> in " + p.Channel
	switch {
	case p.User != "":
		in = Place{Channel: "direct " + p.User, Message: in.Message}
		head = "=> to " + p.User + " directly"
	case p.Edit != "":
		in.Message = p.Edit
		head += ", changing " + p.Edit
	}
	head += ", as " + in.Message
	if p.ReplyTo != "" {
		head += ", in reply to " + p.ReplyTo
	}
	if pinged := p.PingRole + p.PingUser; pinged != "" {
		head += ", pinging " + pinged
	}
	if err := c.bot.Posted(t.Context(), p, in.Channel, in.Message); err != nil {
		t.Fatal(err)
	}
	if p.User != "" {
		c.said[p.User] = append(c.said[p.User], heard{p.Reply, in})
	} else {
		c.everybody(heard{p.Reply, in})
	}
	return head + ":\n" + written(p.Reply, true)
}

func private(call Call) bool {
	c, ok := Find(call.Command)
	return !ok || c.Private(call)
}

// edit changes a file and has the folder read again.
func (c *conversation) edit(t *testing.T, words string) string {
	t.Helper()
	name, change, _ := strings.Cut(words, ": ")
	old, fresh, _ := strings.Cut(change, " -> ")
	switch file := c.files[name]; {
	case words == "+ draft":
		c.files["en/"+c.file.Name] = &fstest.MapFile{Data: c.file.Data}
	case strings.HasPrefix(name, "+ "):
		c.files[name[2:]] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(change, `\n`, "\n"))}
	case file == nil || !strings.Contains(string(file.Data), old):
		t.Fatalf("%s has no %q", name, old)
	default:
		file.Data = []byte(strings.ReplaceAll(string(file.Data), old, fresh))
	}
	base, faults := knowledge.Load(c.files)
	if base == nil {
		t.Fatal(faults.Err())
	}
	c.bot.Reload(base)
	if err := c.bot.Upkeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	return "read again"
}

func (c *conversation) suggest(t *testing.T, call Call, by Person) string {
	t.Helper()
	call.By, call.In = by, Place{Server: "desk", Channel: "general"}
	command, _ := Find(call.Command)
	var lines []string
	for _, p := range command.Params {
		if _, typed := call.Args[p.Name]; !typed {
			continue
		}
		for _, choice := range c.bot.Suggest(call, p.Name) {
			lines = append(lines, "  "+choice.Label)
		}
	}
	return strings.Join(append([]string{"suggested:"}, lines...), "\n")
}

// button is the call of the newest button with a label; those of older messages stay where they are.
func button(t *testing.T, said []heard, label string) (Call, Place) {
	t.Helper()
	for _, r := range slices.Backward(said) {
		for _, a := range r.Actions {
			if a.Label == label {
				return a.Call, r.in
			}
		}
	}
	t.Fatalf("there is no button %q", label)
	return Call{}, Place{}
}

// chosen is the call of the newest choice with a label.
func chosen(t *testing.T, said []heard, label string) (Call, Place) {
	t.Helper()
	for _, r := range slices.Backward(said) {
		for i := 0; r.Menu != nil && i < len(r.Menu.Choices); i++ {
			if c := r.Menu.Choices[i]; c.Label == label {
				return with(r.Menu.Call, r.Menu.Param, c.Value), r.in
			}
		}
	}
	t.Fatalf("there is no choice %q", label)
	return Call{}, Place{}
}

// with is a call with one more argument.
func with(call Call, param, value string) Call {
	args := map[string]string{param: value}
	for name, value := range call.Args {
		args[name] = value
	}
	return Call{Command: call.Command, Args: args}
}

// written is a reply as the transcripts have it.
func written(r Reply, private bool) string {
	var lines []string
	if !private {
		lines = append(lines, "(for everyone)")
	}
	if r.Question != "" {
		lines = append(lines, "> "+r.Question)
	}
	if r.Form != nil {
		for _, f := range r.Form.Fields {
			var choices []string
			for _, c := range f.Choices {
				choices = append(choices, c.Label)
			}
			field := fmt.Sprintf("form %s: %s, at most %d characters (%s)", r.Form.Title, f.Label, f.Max, f.Hint)
			if len(choices) > 0 {
				field = fmt.Sprintf("form %s: %s {%s}", r.Form.Title, f.Label, strings.Join(choices, " | "))
			}
			if f.Value != "" {
				field += " = " + f.Value
			}
			lines = append(lines, field)
		}
	} else {
		text := Moments(r.Text, func(t time.Time) string { return t.UTC().Format("on 2 January 2006 at 15:04") })
		lines = append(lines, Mentions(text, func(kind byte, id string) string { return string(kind) + id }))
	}
	for _, s := range r.Sources {
		lines = append(lines, fmt.Sprintf("[%d] %s: %s, %s", s.N, s.Publisher, s.Title, s.Date))
	}
	var buttons []string
	for _, a := range r.Actions {
		buttons = append(buttons, "["+a.Label+"]")
	}
	if len(buttons) > 0 {
		lines = append(lines, strings.Join(buttons, " "))
	}
	if r.Menu != nil {
		var labels []string
		for _, c := range r.Menu.Choices {
			labels = append(labels, c.Label)
		}
		lines = append(lines, fmt.Sprintf("{%s: %s}", r.Menu.Label, strings.Join(labels, " | ")))
	}
	if r.File != nil {
		lines = append(lines, "file "+r.File.Name, "  "+strings.ReplaceAll(strings.TrimSpace(string(r.File.Data)), "\n", "\n  "))
	}
	if r.Note != "" {
		lines = append(lines, "-# "+r.Note)
	}
	return strings.Join(lines, "\n")
}

var argument = regexp.MustCompile(`(?:^| )([a-z]+)=`)

// readCall reads "ask question=What is it? after=Who?". A call by a name of several words has none.
func readCall(t *testing.T, line string) Call {
	t.Helper()
	at := argument.FindAllStringSubmatchIndex(line, -1)
	name := line
	if len(at) > 0 {
		name = line[:at[0][0]]
	}
	call := Call{Command: name, Args: map[string]string{}}
	for i, m := range at {
		end := len(line)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		value := line[m[1]:end]
		if strings.HasPrefix(value, `"`) {
			var err error
			if value, err = strconv.Unquote(value); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		call.Args[line[m[2]:m[3]]] = value
	}
	return call
}

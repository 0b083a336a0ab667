package bot

import (
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

	"trilat/knowledge"
)

// A transcript is a conversation with the bot on the folder testdata/library. Lines that begin with "#" are comments. A
// call is one of
//
//	ana: /topics topic=rules           a command by name; a value in quotes is a Go string
//	ana: /ask question=wh…             with an ellipsis at the end: what is suggested while the value is typed
//	ana: [Show quotes]                 a button of the last reply
//	ana: {The library}                 a choice of its menu
//	ana: (When was that?)              its form, filled in
//	folder: rules.md: old -> new       an edit of a file of the folder, after which it is read again
//
// and what comes back stands below it. "guest" may not write where the calls are made, everybody else may.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := newConversation(t)
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
		})
	}
}

// calling is a line that makes a call.
var calling = regexp.MustCompile(`^(guest|ana|boris|folder): `)

// conversation is a bot and what it has replied to each person.
type conversation struct {
	bot   *Bot
	files fstest.MapFS
	said  map[string][]Reply
}

func newConversation(t *testing.T) *conversation {
	t.Helper()
	c := &conversation{files: fstest.MapFS{}, said: map[string][]Reply{}}
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
	if c.bot, err = New(Config{Knowledge: base, Now: func() time.Time { return time.Unix(1764547200, 0).UTC() }}); err != nil {
		t.Fatal(err)
	}
	return c
}

// say makes the call of a line and writes what comes back.
func (c *conversation) say(t *testing.T, line string) string {
	t.Helper()
	who, words, _ := strings.Cut(line, ": ")
	if who == "folder" {
		return c.edit(t, words)
	}
	by := Person{ID: who, Name: strings.ToUpper(who[:1]) + who[1:], Speaks: who != "guest"}
	said := c.said[who]
	var call Call
	switch {
	case strings.HasSuffix(words, "…"):
		return c.suggest(t, readCall(t, words[1:len(words)-len("…")]), by)
	case strings.HasPrefix(words, "/"):
		call = readCall(t, words[1:])
	case strings.HasPrefix(words, "["):
		call = button(t, said, strings.Trim(words, "[]"))
	case strings.HasPrefix(words, "{"):
		call = chosen(t, said, strings.Trim(words, "{}"))
	case len(said) > 0 && said[len(said)-1].Form != nil:
		form := said[len(said)-1].Form
		call = with(form.Call, form.Fields[0].Param, strings.Trim(words, "()"))
	default:
		t.Fatalf("%s: there is no form", line)
	}
	call.By = by
	reply := do(t, c.bot, call)
	c.said[who] = append(said, reply)
	return written(reply, private(call))
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
	file := c.files[name]
	if file == nil || !strings.Contains(string(file.Data), old) {
		t.Fatalf("%s has no %q", name, old)
	}
	file.Data = []byte(strings.ReplaceAll(string(file.Data), old, fresh))
	base, faults := knowledge.Load(c.files)
	if base == nil {
		t.Fatal(faults.Err())
	}
	c.bot.Reload(base)
	return "read again"
}

func (c *conversation) suggest(t *testing.T, call Call, by Person) string {
	t.Helper()
	call.By = by
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
func button(t *testing.T, said []Reply, label string) Call {
	t.Helper()
	for _, r := range slices.Backward(said) {
		for _, a := range r.Actions {
			if a.Label == label {
				return a.Call
			}
		}
	}
	t.Fatalf("there is no button %q", label)
	return Call{}
}

// chosen is the call of the newest choice with a label.
func chosen(t *testing.T, said []Reply, label string) Call {
	t.Helper()
	for _, r := range slices.Backward(said) {
		for i := 0; r.Menu != nil && i < len(r.Menu.Choices); i++ {
			if c := r.Menu.Choices[i]; c.Label == label {
				return with(r.Menu.Call, r.Menu.Param, c.Value)
			}
		}
	}
	t.Fatalf("there is no choice %q", label)
	return Call{}
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
		lines = append(lines, fmt.Sprintf("form %s: %s, at most %d characters (%s)", r.Form.Title, r.Form.Fields[0].Label, r.Form.Fields[0].Max, r.Form.Fields[0].Hint))
	} else {
		lines = append(lines, Moments(r.Text, func(t time.Time) string { return t.UTC().Format("on 2 January 2006 at 15:04") }))
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

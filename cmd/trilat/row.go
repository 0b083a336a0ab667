package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"trilat/bot"
)

// row is a row of the bot's table as a command line: its first parameter is the words behind the name, the others are
// flags, of which those that are yes or no take no value.
type row struct {
	command bot.Command
	params  []bot.Param // those that people fill in at a terminal
	fields  reflect.Value
}

func newRow(c bot.Command, texts bot.Words) row {
	r := row{command: c}
	var fields []reflect.StructField
	for _, p := range c.Params {
		if !p.Terminal {
			continue
		}
		help := texts.Say(p.Help)
		f := reflect.StructField{Name: strings.ToUpper(p.Name[:1]) + p.Name[1:], Type: reflect.TypeFor[string]()}
		f.Tag = reflect.StructTag(fmt.Sprintf("name:%q help:%q placeholder:%q", p.Name, sentence(help), strings.ToUpper(p.Name)))
		switch {
		case p.Type == bot.YesNo:
			f.Type = reflect.TypeFor[bool]()
		case len(r.params) == 0:
			f.Type = reflect.TypeFor[[]string]()
			f.Tag = reflect.StructTag(fmt.Sprintf("arg:\"\" name:%q help:%q", p.Name, sentence(help)+" Or - to read one a line from standard input."))
			if !p.Required {
				f.Tag += ` optional:""`
			}
		}
		r.params = append(r.params, p)
		fields = append(fields, f)
	}
	fields = append(fields, reflect.StructField{Name: "JSON", Type: reflect.TypeFor[bool](),
		Tag: `name:"json" help:"Print one JSON object a line."`})
	r.fields = reflect.New(reflect.StructOf(fields))
	return r
}

// sentence makes a label a sentence: "the question" → "The question.".
func sentence(label string) string {
	r, n := utf8.DecodeRuneInString(label)
	return strings.ToUpper(string(r)) + label[n:] + "."
}

// args are what the command line gave, and the name of the first parameter; "" when there is none. A yes or no that is not
// given is left out, so that a line of standard input cannot say yes to it, either.
func (r row) args() (args map[string]string, first string) {
	args = map[string]string{}
	for i, p := range r.params {
		if i == 0 {
			first = p.Name
			args[first] = strings.Join(r.fields.Elem().Field(0).Interface().([]string), " ")
			continue
		}
		switch f := r.fields.Elem().Field(i); {
		case p.Type != bot.YesNo:
			args[p.Name] = f.String()
		case f.Bool():
			args[p.Name] = "true"
		}
	}
	return args, first
}

// runRow runs a row of the bot's table with what the command line gave.
func (t *tool) runRow(r row) error {
	do := func(b *bot.Bot) error { return t.call(b, r) }
	if args, _ := r.args(); args["model"] == "true" {
		return t.writing(do)
	}
	if r.command.Store {
		return t.remembering(do)
	}
	return t.forgetful(do)
}

// call makes the call that the command line gave, or one for every line of standard input.
func (t *tool) call(b *bot.Bot, r row) error {
	args, first := r.args()
	asJSON := r.fields.Elem().FieldByName("JSON").Bool()
	do := func(args map[string]string) error {
		return t.do(b, bot.Call{Command: r.command.Name, Args: args}, first, asJSON)
	}
	if args[first] != "-" {
		return do(args)
	}
	return t.lines(asJSON, func(line string) error {
		given, err := readLine(line, first, args)
		if err != nil {
			return badLine{err}
		}
		return do(given)
	})
}

// readLine reads one line of standard input as arguments: plain text, or an object of arguments by name. What it does
// not give is as on the command line.
func readLine(line, first string, flags map[string]string) (map[string]string, error) {
	args := maps.Clone(flags)
	if !strings.HasPrefix(strings.TrimSpace(line), "{") {
		args[first] = line
		return args, nil
	}
	var given map[string]string
	if err := json.Unmarshal([]byte(line), &given); err != nil {
		return nil, errors.New(`this line is no object of texts, such as {"question": "Who signed it?", "after": "What is it?"}`)
	}
	args[first] = ""
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := flags[name]; !ok {
			return nil, fmt.Errorf("there is no argument %q", name)
		}
		args[name] = given[name]
	}
	return args, nil
}

// do runs one call and prints what comes back.
func (t *tool) do(b *bot.Bot, call bot.Call, first string, asJSON bool) error {
	start := time.Now()
	reply, err := b.Do(t.ctx, call, t.waiting())
	if err != nil {
		return err
	}
	if asJSON {
		return t.print(newReplyLine(b, call.Args[first], reply, time.Since(start)))
	}
	t.screen.reply(t.out, reply)
	return t.out.Flush()
}

// waiting tells whoever sits at a terminal what a reply waits for. Only the last form of a reply is printed.
func (t *tool) waiting() func(bot.Reply) {
	said := ""
	return func(r bot.Reply) {
		if t.watched && r.Note != said {
			fmt.Fprintln(t.errs, r.Note+" …")
			said = r.Note
		}
	}
}

// maxLine is the longest line of standard input that is read, in bytes; what is longer is a bad line.
const maxLine = 1 << 20

// badLine is why a line of input cannot be used; those after it can.
type badLine struct{ error }

// lines calls do for every line of standard input that is not empty, and stops at the first error but a badLine.
func (t *tool) lines(asJSON bool, do func(line string) error) error {
	for gap := ""; ; {
		line, err := readLimited(t.in)
		if strings.TrimSpace(line) != "" {
			if !asJSON {
				fmt.Fprint(t.out, gap)
				gap = "\n" // between replies
			}
			if err := t.line(line, asJSON, do); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		if t.ctx.Err() != nil {
			return nil
		}
	}
}

// line calls do for one line; what is wrong with the line is printed.
func (t *tool) line(line string, asJSON bool, do func(line string) error) error {
	var err error = badLine{fmt.Errorf("this line is longer than %d KiB", maxLine>>10)}
	if len(line) <= maxLine {
		// Editors on Windows put a byte order mark before the first line.
		err = do(strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), "\r\n"))
	}
	var bad badLine
	if !errors.As(err, &bad) {
		return err
	}
	if asJSON {
		return t.print(map[string]string{"error": bad.Error()})
	}
	fmt.Fprintln(t.out, bad)
	return t.out.Flush()
}

// readLimited reads a line, and of one that is longer than maxLine only the beginning, longer by a byte.
func readLimited(in *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine+1-len(line))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return string(line), err
		}
	}
}

// print writes one object as a line of JSON.
func (t *tool) print(v any) error {
	enc := json.NewEncoder(t.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return t.out.Flush()
}

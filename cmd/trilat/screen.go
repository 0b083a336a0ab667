package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"trilat/bot"
	"trilat/bot/answer"
)

// screen is how replies look: on a terminal wrapped, coloured and with sources to click on, elsewhere plain.
//
// The rules: the answer first, a blank line, the sources, a blank line, the small print; no line is wider than the screen;
// colour only marks what the words say anyway, and NO_COLOR turns it off (no-color.org).
type screen struct {
	width  int // 0: do not wrap
	colour bool
}

// maxWidth keeps lines readable on wide screens.
const maxWidth = 96

func newScreen(out io.Writer, getenv func(string) string) screen {
	f := terminal(out)
	if f == nil {
		return screen{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 80
	}
	return screen{width: min(width, maxWidth), colour: coloured(getenv)}
}

// terminal is what is written to if that is a terminal, else nil.
func terminal(out io.Writer) *os.File {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return f
}

func coloured(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// reply prints a reply with its sources, or only the file that it hands over.
func (s screen) reply(w io.Writer, r bot.Reply) {
	if r.File != nil {
		w.Write(r.File.Data)
		return
	}
	text := bot.Moments(r.Text, func(t time.Time) string { return t.Format("2 January 2006, 15:04 MST") })
	text = bot.Mentions(text, func(kind byte, id string) string { return string(kind) + id })
	for line := range strings.SplitSeq(text, "\n") {
		indent := ""
		if strings.HasPrefix(line, "- ") {
			indent = "  "
		}
		fmt.Fprintln(w, s.markers(s.wrap(line, indent)))
	}
	if len(r.Sources) > 0 {
		fmt.Fprintln(w)
	}
	for _, src := range r.Sources {
		fmt.Fprintln(w, s.source(src))
	}
	if r.Note != "" {
		fmt.Fprintf(w, "\n%s\n", s.wrap(r.Note, ""))
	}
}

// source is an entry of the list of sources.
func (s screen) source(src answer.Source) string {
	title, number := src.Title, fmt.Sprintf("[%d]", src.N)
	text := number + " " + title
	if src.Publisher != "" {
		title = "“" + title + "”"
		text = number + " " + src.Publisher + ": " + title
	}
	if src.Date != "" {
		text += ", " + src.Date
	}
	if !s.colour && src.URL != "" {
		text += " <" + src.URL + ">"
	}
	text = s.wrap(text, strings.Repeat(" ", len(number)+1))
	if s.colour && src.URL != "" {
		text = link(text, title, src.URL)
	}
	return s.paint(number, "36") + strings.TrimPrefix(text, number)
}

// link makes the title in a wrapped text one to click on, on each of its lines.
func link(text, title, url string) string {
	words := strings.Fields(title)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	at := regexp.MustCompile(strings.Join(words, `\s+`)).FindStringIndex(text)
	if at == nil {
		return text // unreachable: wrapping changes nothing but spaces
	}
	linked := lineOfText.ReplaceAllString(text[at[0]:at[1]], "\x1b]8;;"+strings.ReplaceAll(url, "$", "$$")+"\x1b\\$0\x1b]8;;\x1b\\")
	return text[:at[0]] + linked + text[at[1]:]
}

// lineOfText is a line without the spaces before it.
var lineOfText = regexp.MustCompile(`(?m)\S.*$`)

var marker = regexp.MustCompile(`(\[\d+\])+`)

func (s screen) markers(text string) string {
	return marker.ReplaceAllStringFunc(text, func(m string) string { return s.paint(m, "36") })
}

func (s screen) paint(text, code string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// wrap breaks a line at spaces; lines after the first begin with indent.
func (s screen) wrap(line, indent string) string {
	if s.width == 0 {
		return line
	}
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(line) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
		case column+1+n > s.width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

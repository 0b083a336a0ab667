package discord

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"trilat/bot"
)

// asIs is what stands in a text as it is: a link, of which what ends a sentence is no part, or the mark of somebody or
// something in a server.
var asIs = regexp.MustCompile(`https?://[^\s<>"\x02-\x04]*[^\s<>".,;:!?)\]'’”*_|~` + "`" + `\x02-\x04]|\x04[@&#][0-9A-Za-z_-]*\x03`)

// escape writes a plain text so that Discord shows it as it is: no markup, no mention, no preview of a link. starts
// reports whether a line begins with it, where more is markup than elsewhere.
func escape(text string, starts bool) string {
	text = strings.Map(printable, text)
	var out strings.Builder
	for text != "" {
		plain, kept := text, ""
		if at := asIs.FindStringIndex(text); at != nil {
			plain, kept = text[:at[0]], text[at[0]:at[1]]
		}
		text = text[len(plain)+len(kept):]
		if strings.HasPrefix(kept, "http") {
			kept = "<" + kept + ">"
		}
		out.WriteString(escapePlain(plain, starts))
		out.WriteString(kept)
		starts = false
	}
	return out.String()
}

// lineMarkup is what makes a heading, a quote, a list or small print of a line that begins with it.
var lineMarkup = regexp.MustCompile(`^(\s*)(?:([#>+-])|(\d+)([.)]))`)

// marker is a number that refers to a source. With a bracket after it, it would be a link.
var marker = regexp.MustCompile(`^\[\d+\](?:[^(]|$)`)

// escapePlain escapes a text without links.
func escapePlain(text string, starts bool) string {
	var out strings.Builder
	for i, c := range text {
		if strings.ContainsRune("\\*_~|`<@", c) || c == '[' && !marker.MatchString(text[i:]) {
			out.WriteByte('\\')
		}
		out.WriteRune(c)
	}
	if !starts {
		return out.String()
	}
	return lineMarkup.ReplaceAllStringFunc(out.String(), func(start string) string {
		return start[:len(start)-1] + `\` + start[len(start)-1:]
	})
}

// printable drops what controls a terminal or the direction of writing rather than being read. Marks stay; they are
// written later.
func printable(c rune) rune {
	switch {
	case c == '\n', c == '\t':
		return ' '
	case c == '\x02', c == '\x03', c == '\x04':
		return c
	case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c), c == unicode.ReplacementChar:
		return -1
	}
	return c
}

// marks writes the marks in a text so that each reader sees moments on their own clock, and others by their names there.
func marks(text string) string {
	text = bot.Moments(text, func(t time.Time) string { return fmt.Sprintf("<t:%d:F>", t.Unix()) })
	return unmarked(bot.Mentions(text, func(kind byte, id string) string {
		if kind == '&' {
			return "<@&" + id + ">"
		}
		return "<" + string(kind) + id + ">"
	}))
}

// plainly writes the marks in a text for a file, a label or a form, which have no readers' clocks and know no names.
func plainly(text string) string {
	text = bot.Moments(text, func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 MST") })
	return unmarked(bot.Mentions(text, func(kind byte, id string) string {
		if kind == '#' {
			return "#" + id
		}
		return "@" + id
	}))
}

// unmarked drops what begins and ends marks.
func unmarked(text string) string {
	return strings.NewReplacer("\x02", "", "\x03", "", "\x04", "").Replace(text)
}

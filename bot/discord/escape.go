package discord

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"trilat/bot"
)

// address is a link in a text. What ends a sentence is not part of it.
var address = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)\]'’”*_|~` + "`" + `]`)

// escape writes a plain text so that Discord shows it as it is: no markup, no mention, no preview of a link. starts
// reports whether a line begins with it, where more is markup than elsewhere.
func escape(text string, starts bool) string {
	text = strings.Map(printable, text)
	var out strings.Builder
	for text != "" {
		plain, link := text, ""
		if at := address.FindStringIndex(text); at != nil {
			plain, link = text[:at[0]], text[at[0]:at[1]]
		}
		out.WriteString(escapePlain(plain, starts))
		if link != "" {
			out.WriteString("<" + link + ">")
		}
		text, starts = text[len(plain)+len(link):], false
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

// printable drops what controls a terminal or the direction of writing rather than being read. The marks of moments
// stay; they are written later.
func printable(c rune) rune {
	switch {
	case c == '\n', c == '\t':
		return ' '
	case c == '\x02', c == '\x03':
		return c
	case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c), c == unicode.ReplacementChar:
		return -1
	}
	return c
}

// moments writes the moments in a text so that each reader sees them on their own clock.
func moments(text string) string {
	return unmarked(bot.Moments(text, func(t time.Time) string { return fmt.Sprintf("<t:%d:F>", t.Unix()) }))
}

// dates writes the moments in a text for a file, which has no readers' clocks.
func dates(text string) string {
	return unmarked(bot.Moments(text, func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 MST") }))
}

// unmarked drops the marks that are no moments.
func unmarked(text string) string { return strings.NewReplacer("\x02", "", "\x03", "").Replace(text) }

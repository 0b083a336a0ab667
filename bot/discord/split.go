package discord

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// units is how long Discord finds a text: characters outside the first plane count twice.
func units(text string) int {
	n := 0
	for _, c := range text {
		n += utf16.RuneLen(c)
	}
	return n
}

// piece is a part of a plain text that is shown whole or not at all, with the space before it.
type piece struct {
	gap, text string
	// starts reports whether a line begins with it
	starts bool
}

// fit returns as much of a plain text as takes room units when it is shown, and whether that is all. It is cut between
// paragraphs or items where that leaves most of what fits, else between sentences, else between words.
func fit(text string, room int, show func(piece) string) (shown string, all bool) {
	pieces := sentences(text)
	n := fitting(pieces, room, show)
	if n == len(pieces) {
		return write(pieces, show), true
	}
	if n == 0 {
		pieces = words(pieces[0])
		return write(pieces[:fitting(pieces, room, show)], show), false
	}
	for k := n; k > n/2; k-- {
		if pieces[k].starts {
			n = k
			break
		}
	}
	for n > 1 && strings.HasSuffix(pieces[n-1].text, ":") {
		n-- // what announces something goes with it
	}
	return write(pieces[:n], show), false
}

// fitting is how many of the pieces take no more than room.
func fitting(pieces []piece, room int, show func(piece) string) int {
	for i, p := range pieces {
		if room -= units(p.gap) + units(show(p)); room < 0 {
			return i
		}
	}
	return len(pieces)
}

func write(pieces []piece, show func(piece) string) string {
	var out strings.Builder
	for _, p := range pieces {
		out.WriteString(p.gap)
		out.WriteString(show(p))
	}
	return out.String()
}

// sentenceEnd is where a sentence ends and the next one may begin; the markers of its sources belong to it.
var sentenceEnd = regexp.MustCompile(`[.?!…]["”'’)\]]*(?: ?(?:\[\d+\])+)? `)

// sentences cuts a text into sentences. Lines stay apart, and so do paragraphs.
func sentences(text string) []piece {
	var all []piece
	gap := ""
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			gap = "\n\n"
			continue
		}
		starts := true
		for line != "" {
			end := len(line)
			if at := sentenceEnd.FindStringIndex(line); at != nil {
				end = at[1] - 1
			}
			all = append(all, piece{gap, line[:end], starts})
			line, gap, starts = strings.TrimSpace(line[end:]), " ", false
		}
		gap = "\n"
	}
	return all
}

// words cuts a piece into words, and a word that is longer than a line into characters: graphemes are kept together as
// far as that needs no tables, which is marks with what they stand on.
func words(p piece) []piece {
	var all []piece
	gap, starts := p.gap, p.starts
	for i, word := range strings.Fields(p.text) {
		if i > 0 {
			gap, starts = " ", false
		}
		if len(word) <= longWord {
			all = append(all, piece{gap, word, starts})
			continue
		}
		for word != "" {
			n := character(word)
			all = append(all, piece{gap, word[:n], starts})
			word, gap, starts = word[n:], "", false
		}
	}
	return all
}

// longWord is how long a word is cut only before or after.
const longWord = 200

// mark is the mark of a moment or of somebody, which is one thing.
var mark = regexp.MustCompile("^(?:\x02-?\\d+|\x04[@&#][0-9A-Za-z_-]*)\x03")

// character is the length of the first character with its marks.
func character(text string) int {
	if n := len(mark.FindString(text)); n > 0 {
		return n
	}
	_, n := utf8.DecodeRuneInString(text)
	for n < len(text) {
		c, size := utf8.DecodeRuneInString(text[n:])
		if !unicode.Is(unicode.M, c) && c != '\u200d' && !unicode.Is(unicode.Variation_Selector, c) {
			break
		}
		n += size
	}
	return n
}

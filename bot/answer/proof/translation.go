package proof

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Translates reports whether a text can be a translation of another, as far as that shows: it has the same numbers, with
// those of days, months and years, is about as long, and has no links, markup or invisible characters. What it says is not
// compared.
func Translates(original, translation string) bool {
	if translation == "" || translation != norm.NFC.String(translation) || len(translation) > 4*len(original)+40 || 3*len(translation) < len(original) {
		return false
	}
	if slices.ContainsFunc(linked.FindAllString(translation, -1), func(link string) bool { return !strings.Contains(original, link) }) {
		return false
	}
	if strings.ContainsFunc(translation, func(c rune) bool {
		plain := unicode.IsLetter(c) || c >= '0' && c <= '9' || strings.ContainsRune(" .,;:'’“”„«»\"()-–—?!/%", c)
		return (!plain || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c)) && !strings.ContainsRune(original, c)
	}) {
		return false
	}
	want, have := figuresOf(original), figuresOf(translation)
	return !slices.ContainsFunc(want.must, func(n int) bool { return !slices.Contains(have.must, n) }) &&
		!slices.ContainsFunc(have.must, func(n int) bool { return !slices.Contains(want.must, n) && !slices.Contains(want.may, n) })
}

// linked is what looks like an address.
var linked = regexp.MustCompile(`(?i)://|www\.|[\pL\d][.。．]\pL{2,}`)

// figuresIn are the numbers of a text: those in digits and of months, which a translation must have, and those in words, which
// it may have in digits.
type figuresIn struct{ must, may []int }

func figuresOf(text string) (f figuresIn) {
	for _, run := range digits.FindAllString(grouped.ReplaceAllString(text, "$1$2"), -1) {
		if n, err := strconv.Atoi(run); err == nil {
			f.must = append(f.must, n)
		}
	}
	words := cut(text)
	for i, w := range words {
		if m := months[w.folded]; m > 0 && w.capital && (w.folded != "may" && w.folded != "march" || besideNumber(words, i)) {
			f.must = append(f.must, m)
		}
		if n, err := strconv.Atoi(figures[w.folded]); err == nil {
			f.may = append(f.may, n)
		}
	}
	return f
}

func besideNumber(words []word, i int) bool {
	number := func(i int) bool { return i >= 0 && i < len(words) && strings.Trim(words[i].folded, "0123456789") == "" }
	return number(i-1) || number(i+1)
}

var (
	digits = regexp.MustCompile(`\d+`)
	// grouped is a thousand's mark.
	grouped = regexp.MustCompile(`(\d)[.,\x{00a0}](\d{3})\b`)
)

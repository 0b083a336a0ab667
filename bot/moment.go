package bot

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Moment writes a time into a text as a mark, which every front replaces with [Moments] by what suits its readers: a
// chat shows each of them their own clock.
func Moment(t time.Time) string { return fmt.Sprintf("\x02%d\x03", t.Unix()) }

var moment = regexp.MustCompile("\x02(-?[0-9]+)\x03")

// Moments replaces every mark in a text by what write makes of its time, which is to the second.
func Moments(text string, write func(time.Time) string) string {
	return moment.ReplaceAllStringFunc(text, func(mark string) string {
		seconds, err := strconv.ParseInt(mark[1:len(mark)-1], 10, 64)
		if err != nil {
			return "" // more digits than a time has
		}
		return write(time.Unix(seconds, 0))
	})
}

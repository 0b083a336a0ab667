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

// Who writes a person into a text as a mark, Role a role and Where a channel, by id. Every front replaces them with
// [Mentions]; in a chat they read as names, and ping nobody unless a [Post] says so.
func Who(user string) string      { return "\x04@" + user + "\x03" }
func Role(role string) string     { return "\x04&" + role + "\x03" }
func Where(channel string) string { return "\x04#" + channel + "\x03" }

var mention = regexp.MustCompile("\x04([@&#])([0-9A-Za-z_-]*)\x03")

// Mentions replaces every mark of a person ('@'), role ('&') or channel ('#') in a text by what write makes of it.
func Mentions(text string, write func(kind byte, id string) string) string {
	return mention.ReplaceAllStringFunc(text, func(mark string) string { return write(mark[1], mark[2:len(mark)-1]) })
}

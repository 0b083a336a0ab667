package main

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"trilat/bot/playground/browser"
)

// An administrator sets up a digest, sees what it would say, and finds it in the channel when its time has come, all by
// keyboard.
func TestADigestInTheBrowser(t *testing.T) {
	v := browser.Visit(t, start(t, nil)+"/?as=ivo", browser.Look{})
	v.See("body", "trilat is online")
	v.Focus("#message")
	zagreb, err := time.LoadLocation("Europe/Zagreb")
	if err != nil {
		t.Fatal(err)
	}
	soon := time.Now().In(zagreb).Add(10 * time.Minute).Format("15:04")
	v.Keys("/digest set")
	v.See("#picker", "Say where, when and how the daily digest is posted") // the commands come after the bot
	v.Keys("up channel:general time:"+soon+" timezone:Europe/Zagreb", kb.Enter)
	v.See("#log", "The next ones, by the clock of Europe/Zagreb")
	v.See("#log", "It is posted in #general and mentions nobody")
	v.Shoot("setup")

	v.Focus("#message")
	v.Keys("/digest preview", kb.Enter, kb.Enter)
	v.See("#log", "This is what #general would get now")
	v.See("#log", "Daily digest")
	v.Shoot("preview")

	v.BackTo("Clock and faults")
	v.Keys(kb.Enter)
	v.TabTo("15 minutes")
	v.Keys(kb.Enter)
	v.See("#panel", "15 minutes ahead of this computer")
	v.Keys(kb.Escape)
	v.BackTo("# general")
	v.Keys(kb.Enter)
	v.See(".welcome", "#general")
	v.See("#log", "Daily digest")
	v.Missing("#log", "Only you can see this")
	v.Shoot("posted")
}

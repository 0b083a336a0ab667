package main

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"trilat/bot/openai/standin"
	"trilat/bot/playground/browser"
)

// Somebody asks, has an answer at once, sees it become a better one, and follows each sentence to its quote, all by keyboard.
func TestModelInTheBrowser(t *testing.T) {
	next := make(chan struct{})
	d := newDesk(t, func(q standin.Request) standin.Answer {
		return standin.Answer{Pieces: summary(q), Next: next, In: 900, Out: 120}
	})
	v := browser.Visit(t, d.page, browser.Look{})
	v.See("body", "trilat is online")
	v.Focus("#message")

	v.Keys("/ask question:"+allied, kb.Enter, kb.Enter)
	v.See("#log", alliedTrue)
	v.See("#log", d.words.Say("model.writing"))
	v.Shoot("at once")

	next <- struct{}{}
	v.See("#log", alliedIn)
	v.See("#log", alliedTrue)
	v.Shoot("growing")

	close(next)
	v.See("#log", d.words.Say("model.kept"))
	v.See("#log", alliedIn)
	v.See("#log", alliedAll)
	for _, gone := range []string{alliedTrue, alliedLie, d.words.Say("model.writing")} {
		v.Missing("#log", gone)
	}
	v.Shoot("summary")

	v.BackTo("Show quotes")
	v.Keys(kb.Enter)
	v.See("#log", "Is it true that it is a military alliance?, lines")
	v.See("#log", alliedTrue)
	v.Shoot("quotes")

	receipt := regexp.MustCompile(`Answer ([0-9a-z]{10})`).FindStringSubmatch(v.Text("#log"))
	if receipt == nil {
		t.Fatalf("the answer shows no id:\n%s", v.Text("#log"))
	}
	v.Do(chromedp.Focus(chromedp.CSS("#message")))
	v.Keys("/why id:"+receipt[1], kb.Enter, kb.Enter)
	v.See("#log", d.words.Say("why.fault.negation"))
	for _, part := range []string{"scripted wrote a summary", "kept: " + alliedIn, "struck: " + alliedLie, "kept: " + alliedAll} {
		v.See("#log", part)
	}
	v.Shoot("why")
}

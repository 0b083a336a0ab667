package main

import (
	"regexp"
	"strings"
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

	v.Keys("/as")
	v.See("#picker", "Ask a question about the declaration") // the commands come after the bot
	v.Keys("k question:"+allied, kb.Enter, kb.Enter)
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
	for _, part := range []string{"A language model, scripted, wrote a summary", "kept: “" + alliedIn, "struck: “" + alliedLie, "kept: “" + alliedAll} {
		v.See("#log", part)
	}
	v.Shoot("why")
}

// Whose Discord speaks another language may read quotes in it, too, as far as the numbers of the translation agree.
func TestModelTranslatesInTheBrowser(t *testing.T) {
	const ours = "Ne, dokument od 18.3.2025. nije vojni savez, nego izjava o suradnji, a u pročitanome nije nađena odredba o uzajamnoj obrani. " +
		"Hrvatska vlada, predsjednik Zoran Milanović i provjeravatelji kažu da izjava nije savez, dok je srpski dužnosnici tako zovu."
	next := make(chan struct{})
	d := newDesk(t, func(q standin.Request) standin.Answer {
		if !strings.Contains(q.User, `"texts"`) {
			return standin.Answer{Pieces: summary(q)}
		}
		translation := ours
		if !strings.Contains(q.User, alliedTrue) {
			translation = "Potpisalo ju je 5 ministara."
		}
		return standin.Answer{Pieces: []string{`{"texts":["` + translation + `"]}`}, Next: next}
	})
	v := browser.Visit(t, d.page, browser.Look{})
	v.See("body", "trilat is online")
	v.Focus("#message")
	v.BackTo("Clock and faults")
	v.Keys(kb.Enter)
	v.TabTo("Bulgarian") // the first of the languages
	v.Keys("Croatian", kb.Escape)

	v.Do(chromedp.Focus(chromedp.CSS("#message")))
	v.Keys("/as")
	v.See("#picker", "Ask a question about the declaration") // the commands come after the bot
	v.Keys("k question:"+allied, kb.Enter, kb.Enter)
	v.See("#log", d.words.Say("model.kept"))
	v.BackTo("Show quotes in Croatian too")
	v.Keys(kb.Enter)
	v.See("#log", "A language model has been asked for a translation into Croatian")
	v.See("#log", "Is it true that it is a military alliance?, lines")
	close(next)
	v.See("#log", "Croatian, by a language model, not checked by a person:\n"+ours)
	v.Shoot("translation")

	v.Do(chromedp.Focus(chromedp.CSS("#message")))
	v.Keys("/ask question:Who signed the declaration?", kb.Enter, kb.Enter)
	v.See("#log", d.words.Say("model.unproved"))
	v.BackTo("Show quotes in Croatian too")
	v.Keys(kb.Enter)
	v.See("#log", "The language model gave no translation into Croatian that can be shown")
	v.Missing("#log", "5 ministara")
	v.Shoot("no translation")
}

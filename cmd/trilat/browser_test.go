package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"trilat/bot/playground/browser"
)

// A newcomer without an account starts the program, opens the page and uses what there is, all by keyboard.
func TestANewcomerInTheBrowser(t *testing.T) {
	v := browser.Visit(t, start(t, nil), browser.Look{})
	v.See("body", "trilat is online")
	v.Focus("#message")

	v.Keys("/as")
	v.See("#picker", "Ask a question about the declaration")
	v.Keys(kb.Enter, "who sig")
	v.See("#picker", "Who signed the declaration?")
	v.Keys(kb.ArrowDown, kb.Enter)
	v.Wait(`document.querySelector("[name=question]").value === "Who signed the declaration?"`)
	v.Keys(kb.Enter)
	v.See(".message", "Ana used /ask")
	v.See(".message", "Pirro Vengu for Albania, Ivan Anušić for Croatia and Ejup Maqedonci for Kosovo")
	v.See(".message", "Only you can see this")
	v.Shoot("answer")

	v.BackTo("Show quotes")
	v.Keys(kb.Enter)
	v.See("#log", "en/declaration.md")
	v.See("#log blockquote:last-of-type", "declaration")
	v.Shoot("quotes")

	v.BackTo("Follow up")
	v.Keys(kb.Enter)
	v.See("#form", "Your question")
	v.Keys("and when was that?")
	v.Shoot("form")
	v.TabTo("Submit")
	v.Keys(kb.Enter)
	v.See("#log", "The declaration was signed on Tuesday 18 March 2025")

	v.BackTo("Share")
	v.Keys(kb.Enter)
	v.See("#log", "Shared by Ana")
	boris := v.Beside("boris")
	boris.See("#log", "Shared by Ana")
	boris.Missing("#log", "Only you can see this")

	v.Do(chromedp.Focus(chromedp.CSS("#message")))
	v.Keys("@trilat Is it a military alliance?", kb.Enter)
	v.See("#log", "Open the thread")
	v.BackTo("Open the thread")
	v.Keys(kb.Enter)
	v.See("#log", "not a military alliance")
	v.Shoot("thread")

	v.Do(chromedp.Focus(chromedp.CSS("#theme-button")))
	v.Keys(kb.Enter)
	v.See("#theme-button", "Light theme")
	v.Shoot("dark")
}

package playground_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"trilat/bot/playground"
	"trilat/bot/playground/browser"
)

func TestPageNewcomerGetsAnAnswerByKeyboard(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.See("#place", "#questions")
	v.See("#you", "Ana")
	v.See(".welcome", "Type /ask and a question")
	v.Focus("#message")
	v.Keys("/as")
	v.See("#picker", "Answers a question from the texts")
	v.Shoot("picker")
	v.Keys(kb.Enter)
	v.Focus("[name=question]")
	v.See("#help", "What you want to know · required")
	v.Keys("which")
	v.Wait(`document.querySelectorAll("[role=option]").length === 2`)
	v.Shoot("suggestions")
	v.Keys(kb.ArrowDown, kb.Enter)
	v.Wait(`document.querySelector("[name=question]").value === "Which sea is it?"`)
	v.Keys(kb.Enter)
	v.See(".message", "Ana used /ask")
	v.See(".message blockquote", "Which sea is it?")
	v.See(".message", "Only you can see this")
	v.Focus("#message")
	v.Shoot("answer")
}

func TestPageAnswerLeadsOn(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	ask(v, "deep?")
	v.BackTo("Show quotes")
	v.Keys(kb.Enter)
	v.See("#log pre", "The sea is calm.")

	v.TabTo("Follow up")
	v.Keys(kb.Enter)
	v.See("#form", "Your question")
	v.See("#form", "Required · at most 300 characters")
	v.See("#form", "Optional · at most 40 characters")
	v.Focus("#field-question")
	v.Shoot("form")
	v.Keys("And in winter?")
	v.TabTo("Submit")
	v.Keys(kb.Enter)
	v.See("#log", "You asked: And in winter?")
	v.Wait(`!document.querySelector("#form").open`)
	v.Focus(`[data-key="follow"]`)

	v.TabTo("Related questions")
	v.Keys(kb.Enter)
	v.See("[role=menu]", "How far down it goes")
	v.Shoot("menu")
	v.Keys(kb.ArrowDown, kb.Enter)
	v.See("#log", "You chose salty.")

	v.BackTo("Agree")
	v.Keys(kb.Enter)
	v.See("#log", "You agreed.")
	v.Missing("#log", "Related questions")
}

func TestPageFormStaysUntilItIsFilledIn(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	ask(v, "deep?")
	v.BackTo("Follow up")
	v.Keys(kb.Enter)
	v.Focus("#field-question")
	v.TabTo("Submit")
	v.Keys(kb.Enter)
	v.Focus("#field-question:invalid")
	v.Keys(kb.Escape)
	v.Wait(`!document.querySelector("#form").open`)
	v.Focus(`[data-key="follow"]`)
}

func TestPageOptionsAreFilledInOneAfterTheOther(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Keys("/ask ")
	v.Focus("[name=question]")
	v.Keys(kb.Enter)
	v.See("#help", "question is required.")
	v.Keys("deep?")
	v.TabTo("+ Add everyone")
	v.Keys(kb.Enter)
	v.Focus("[name=everyone]")
	v.See("#picker", "True")
	v.Keys("t", kb.Enter)
	v.Wait(`document.querySelector("[name=everyone]").value === "True"`)
	v.Shoot("true")
	v.Keys(kb.Enter)
	v.See("#log", "Ana used /ask")
	v.Missing("#log", "Only you can see this")
}

func TestPageCommandsBelowACommand(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Keys("/map")
	v.See("#picker", "/map show")
	v.Keys(kb.Enter)
	v.Focus("[name=scale]")
	v.See("#picker", "Harbour")
	v.Keys("lake", kb.Enter)
	v.See("#help", "Choose one of the list for scale.")
	v.Keys(kb.Backspace, kb.Backspace, kb.Backspace, kb.Backspace, "s", kb.Enter)
	v.TabTo("+ Add year")
	v.Keys(kb.Enter, "soon", kb.Enter)
	v.See("#help", "year is a number.")
	v.Keys(strings.Repeat(kb.Backspace, 4), "2025", kb.Enter)
	v.See("#log", "show: s in 2025")
}

func TestPageCommandTypedInOneGoKeepsItsText(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Keys("/ask is it deep?", kb.Enter)
	v.See(".message blockquote", "is it deep?")
}

func TestPageEscapeLeavesACommand(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Keys("/ask deep")
	v.See("#picker", "Is it deep?")
	v.Keys(kb.Escape, kb.Escape)
	v.Focus("#message")
	v.Wait(`document.querySelector("#command").hidden`)
}

func TestPagePrivateRepliesAreForOneMember(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	ana := browser.Visit(t, d.address, browser.Look{})
	boris := ana.Beside("boris")
	ask(ana, "deep?")
	ana.Keys("Hello", kb.Enter)
	boris.See("#log", "Hello")
	boris.Missing("#log", "Ana used /ask")
	ana.BackTo("Dismiss")
	ana.Keys(kb.Enter)
	ana.Wait(`!document.querySelector("#log").innerText.includes("Only you can see this")`)
}

func TestPageMentionIsAnsweredInAThread(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Keys("Hello @tri")
	v.See("#picker", "@trilat")
	v.Keys(kb.Enter, "which sea?", kb.Enter)
	v.See(".message .mention", "@trilat")
	v.See("#channels", "About the sea")
	v.BackTo("Open the thread")
	v.Shoot("channel")
	v.Keys(kb.Enter)
	v.See("#place", "About the sea")
	v.See("#log", "Tirana has a river")
	v.Shoot("thread")

	v.Focus("#message")
	v.Keys(kb.ArrowUp)
	v.Focus("article.message")
	v.TabTo("Reply")
	v.Keys(kb.Enter)
	v.See("#replying", "Replying to trilat")
	v.Keys("and @trilat?", kb.Enter)
	v.See("#log", "Reply to trilat")
	v.See("#log", "I heard you.")
}

func TestPageMessageHasCommands(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Keys("The sea is wide.", kb.Enter)
	v.See(".message", "The sea is wide.")
	v.Keys(kb.ArrowUp)
	v.TabTo("More")
	v.Keys(kb.Enter)
	v.See("[role=menu]", "Ask about this")
	v.Shoot("menu")
	v.Keys("a", kb.Enter)
	v.See("#log", "Ana used Ask about this")
	v.See("#log", "About: The sea is wide.")
}

func TestPageDirectMessages(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.BackTo("trilat")
	v.Keys(kb.Enter)
	v.See("#place", "trilat")
	v.Focus("#message")
	v.Keys("hello", kb.Enter)
	v.See("#log", "I heard you.")
	v.Shoot("direct")
}

func TestPageMembersSeeWhatIsTheirs(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Missing("#channels", "team")
	v.BackTo("A You are Ana")
	v.Keys(kb.Enter)
	v.See("[role=menu]", "Teuta")
	v.Shoot("members")
	v.Keys("t", kb.Enter)
	v.See("#you", "Teuta")
	v.See("#channels", "team")
	v.See("#place", "#questions")
}

func TestPageReadOnlyPlaceTakesNoMessages(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address, browser.Look{})
	say(t, d, "teuta", "announcements", "The sea is closed.")
	v.BackTo("# announcements")
	v.Keys(kb.Enter)
	v.See("#place", "#announcements")
	v.See("#log", "The sea is closed.")
	v.Wait(`document.querySelector("#message:disabled").placeholder === "You may not write here"`)
	v.Missing("#log", "Use /ask")
	v.Shoot("read only")
	v.TabTo("More")
	v.Keys(kb.Enter, "a", kb.Enter)
	v.See("#log", "About: The sea is closed.")
}

func TestPageFileIsShownAndCanBeKept(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Keys("/brief", kb.Enter, kb.Enter)
	v.See(".file", "brief.md")
	v.See(".file", "Show all 32 lines")
	v.Missing(".file", "The end.")
	v.Wait(`(log => log.scrollTop + log.clientHeight >= log.scrollHeight - 1)(document.querySelector("#log"))`)
	v.BackTo("Show all")
	v.Keys(kb.Enter)
	v.See(".file", "The end.")
	v.Shoot("file")
	if got := browser.Eval[string](v, `document.querySelector(".file a").download`); got != "brief.md" {
		t.Errorf("the file is kept as %q, want brief.md", got)
	}
}

func TestPageDeferredAnswerArrivesInItsPlace(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address, browser.Look{})
	v.Keys("/later", kb.Enter, kb.Enter)
	v.See(".message", "trilat is thinking…")
	v.Shoot("thinking")
	d.finish(t, "At last.")
	v.See(".message", "At last.")
	if n := browser.Eval[int](v, `document.querySelectorAll(".message").length`); n != 1 {
		t.Errorf("there are %d messages, want 1", n)
	}
}

func TestPageSilenceIsTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address, browser.Look{})
	v.Keys("/silent", kb.Enter, kb.Enter)
	v.See("#log", "Sending /silent…")
	<-d.ignored
	d.server.Advance(3 * time.Second)
	v.See("#log", "/silent: The application did not respond.")

	v.Keys("/later", kb.Enter, kb.Enter)
	v.See(".message", "trilat is thinking…")
	d.server.Advance(15 * time.Minute)
	v.See(".message", "The application did not respond.")
	v.Shoot("failed")
}

func TestPageTypingAndEditsAreSeenAsTheyHappen(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address, browser.Look{})
	place := d.channel(t, "questions")
	if err := d.session.ChannelTyping(place); err != nil {
		t.Fatal(err)
	}
	v.See("#typing", "trilat is typing…")
	m, err := d.session.ChannelMessageSend(place, "A draft.")
	if err != nil {
		t.Fatal(err)
	}
	v.See(".message", "A draft.")
	v.Wait(`document.querySelector("#typing").innerText === ""`)
	if _, err := d.session.ChannelMessageEdit(place, m.ID, "Better."); err != nil {
		t.Fatal(err)
	}
	v.See(".message", "Better. (edited)")
	if err := d.session.ChannelMessageDelete(place, m.ID); err != nil {
		t.Fatal(err)
	}
	v.Wait(`document.querySelectorAll(".message").length === 0`)
}

func TestPageSeveralThingsCanBeChosenAtOnce(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Keys("/pick", kb.Enter, kb.Enter)
	v.See("#log", "Choose two.")
	v.BackTo("Rivers")
	v.Keys(kb.Enter)
	v.See("[role=menu]", "Done")
	v.Keys(kb.Enter, kb.ArrowDown, kb.ArrowDown, kb.Enter, kb.ArrowDown, kb.Enter)
	v.See("#log", "You chose Lana, Neretva.")
}

func TestPageCatchesUpAfterALostConnection(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address, browser.Look{})
	v.Keys("/ask half a question")
	d.web.CloseClientConnections()
	v.See("#offline", "The connection to the local Discord is lost.")
	say(t, d, "boris", "questions", "Did you miss me?")
	v.See("#log", "Did you miss me?")
	v.Wait(`document.querySelector("[name=question]").value === "half a question"`)
}

func TestPagePanelMovesTheClockAndBreaksThings(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address, browser.Look{})
	v.BackTo("Clock and faults")
	v.Keys(kb.Enter)
	v.See("#panel", "The same as this computer's")
	v.TabTo("1 day")
	v.Keys(kb.Enter)
	v.See("#panel", "1 day ahead of this computer")
	v.TabTo("Silence")
	v.Keys(kb.Enter)
	v.See("#panel [aria-live]", "Silence")
	v.BackTo("Rate limit")
	v.Keys(kb.Enter)
	v.See("#panel [aria-live]", "Rate limit, 2 s, once")
	v.BackTo("Slow Discord")
	v.Keys(kb.Enter)
	v.See("#panel [aria-live]", "Slow Discord, 4 s, once")
	v.BackTo("Bulgarian")
	v.Keys("Croa")
	v.Wait(`fetch("/local/state?as=ana").then((r) => r.json()).then((s) => s.languages.mine === "hr")`)
	v.Shoot("panel")
	v.BackTo("Clear all faults")
	v.Keys(kb.Enter)
	v.See("#panel", "None: everything works as it should.")
	v.Keys(kb.Escape)
	v.Focus("#panel-button")
	if ahead := time.Until(d.server.Now()); ahead < 23*time.Hour {
		t.Errorf("the clock is %v ahead, want a day", ahead)
	}
}

func TestPageMissesABotThatIsAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := browser.Visit(t, d.address, browser.Look{})
	v.See("#offline", "trilat is offline. Nobody answers until it is back.")
	v.Shoot("offline")
	d.connect(t)
	v.Wait(`document.querySelector("#offline").hidden`)
	v.See("#presence", "trilat is online")
	v.See(".welcome", "Type /ask")
}

func TestPageThemeIsTheSystemsUntilOneIsChosen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := browser.Visit(t, d.address, browser.Look{Dark: true})
	paper := func() string { return browser.Eval[string](v, `getComputedStyle(document.body).backgroundColor`) }
	dark := paper()
	v.BackTo("Light theme")
	v.Keys(kb.Enter)
	if light := paper(); light == dark {
		t.Errorf("the page is %s in both themes", light)
	}
	v.Do(chromedp.Reload())
	v.See("#theme-button", "Dark theme")
}

// ask asks a question with /ask and waits for the answer.
func ask(v browser.Visitor, question string) {
	v.Keys("/ask ", question, kb.Enter)
	v.See("#log", "A map")
	v.Focus("#message")
}

// looks are both themes at two widths.
func looks() map[string]browser.Look {
	return map[string]browser.Look{"light": {}, "dark": {Dark: true}, "phone": {Width: 390}, "dark phone": {Width: 390, Dark: true}}
}

// TestPageAccessible goes through the states of the page with axe-core, in both themes and at two widths.
func TestPageAccessible(t *testing.T) {
	for name, l := range looks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t).connect(t)
			say(t, d, "teuta", "questions", "Look at https://example.org/map and **ask** <@"+d.session.State.User.ID+">.")
			v := browser.Visit(t, d.address, l).WithAxe("conformance/node_modules/axe-core/axe.min.js")
			v.See(".welcome", "Type /ask")
			v.Accessible("start")
			v.Do(chromedp.Focus(chromedp.CSS("#message")))
			v.Keys("/")
			v.See("#picker", "/brief")
			v.Accessible("picker")
			v.Keys("ask ", "is")
			v.See("#picker", "Is it deep?")
			v.Accessible("suggestions")
			v.Keys(kb.Enter)
			v.See("#log", "A map")
			v.Accessible("answer")
			opens(v, `[data-key="follow"]`, "#form", "Your question")
			opens(v, `[data-key="related"]`, "[role=menu]", "Is it salty?")
			opens(v, "#panel-button", "#panel", "Add a fault")
			if l.Width > 0 {
				opens(v, "#channels-button", "#sidebar", "Channels")
			}
		})
	}
}

// opens presses a button, checks what opens, and closes it again.
func opens(v browser.Visitor, button, part, text string) {
	v.Do(chromedp.Click(chromedp.CSS(button)))
	v.See(part, text)
	v.Wait(`document.querySelector(` + browser.Quote(part) + `).contains(document.activeElement)`)
	v.Accessible(strings.Trim(part, "#[]"))
	v.Keys(kb.Escape)
	v.Focus(button)
}

// say writes a message as a member.
func say(t *testing.T, d *desk, as, channel, text string) {
	t.Helper()
	if _, err := d.server.Say(as, d.channel(t, channel), playground.Saying{Content: text}); err != nil {
		t.Fatal("say:", err)
	}
}

// channel finds the id of a channel.
func (d *desk) channel(t *testing.T, name string) string {
	t.Helper()
	d.session.State.RLock()
	defer d.session.State.RUnlock()
	for _, g := range d.session.State.Guilds {
		for _, c := range g.Channels {
			if c.Name == name {
				return c.ID
			}
		}
	}
	t.Fatalf("the bot sees no channel %q", name)
	return ""
}

// Who is quicker than the bot is offered its commands as soon as they are there.
func TestPageOffersCommandsThatComeLate(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := browser.Visit(t, d.address, browser.Look{})
	v.Do(chromedp.Focus(chromedp.CSS("#message")))
	v.Keys("/as")
	v.See("#picker", "No command begins like this.")
	d.connect(t)
	v.See("#picker", "Answers a question from the texts")
	v.Keys(kb.Enter)
	v.Focus("[name=question]")
}

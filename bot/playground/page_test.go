package playground_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"trilat/bot/playground"
)

func TestPageNewcomerGetsAnAnswerByKeyboard(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.see("#place", "#questions")
	v.see("#you", "Ana")
	v.see(".welcome", "Type /ask and a question")
	v.focus("#message")
	v.keys("/as")
	v.see("#picker", "Answers a question from the texts")
	v.shoot("picker")
	v.keys(kb.Enter)
	v.focus("[name=question]")
	v.see("#help", "What you want to know · required")
	v.keys("which")
	v.wait(`document.querySelectorAll("[role=option]").length === 2`)
	v.shoot("suggestions")
	v.keys(kb.ArrowDown, kb.Enter)
	v.wait(`document.querySelector("[name=question]").value === "Which sea is it?"`)
	v.keys(kb.Enter)
	v.see(".message", "Ana used /ask")
	v.see(".message blockquote", "Which sea is it?")
	v.see(".message", "Only you can see this")
	v.focus("#message")
	v.shoot("answer")
}

func TestPageAnswerLeadsOn(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.ask("deep?")
	v.backTo("Show quotes")
	v.keys(kb.Enter)
	v.see("#log pre", "The sea is calm.")

	v.tabTo("Follow up")
	v.keys(kb.Enter)
	v.see("#form", "Your question")
	v.see("#form", "Required · at most 300 characters")
	v.see("#form", "Optional · at most 40 characters")
	v.focus("#field-question")
	v.shoot("form")
	v.keys("And in winter?")
	v.tabTo("Submit")
	v.keys(kb.Enter)
	v.see("#log", "You asked: And in winter?")
	v.wait(`!document.querySelector("#form").open`)
	v.focus(`[data-key="follow"]`)

	v.tabTo("Related questions")
	v.keys(kb.Enter)
	v.see("[role=menu]", "How far down it goes")
	v.shoot("menu")
	v.keys(kb.ArrowDown, kb.Enter)
	v.see("#log", "You chose salty.")

	v.backTo("Agree")
	v.keys(kb.Enter)
	v.see("#log", "You agreed.")
	v.missing("#log", "Related questions")
}

func TestPageFormStaysUntilItIsFilledIn(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.ask("deep?")
	v.backTo("Follow up")
	v.keys(kb.Enter)
	v.focus("#field-question")
	v.tabTo("Submit")
	v.keys(kb.Enter)
	v.focus("#field-question:invalid")
	v.keys(kb.Escape)
	v.wait(`!document.querySelector("#form").open`)
	v.focus(`[data-key="follow"]`)
}

func TestPageOptionsAreFilledInOneAfterTheOther(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.keys("/ask ")
	v.focus("[name=question]")
	v.keys(kb.Enter)
	v.see("#help", "question is required.")
	v.keys("deep?")
	v.tabTo("+ Add everyone")
	v.keys(kb.Enter)
	v.focus("[name=everyone]")
	v.see("#picker", "Yes")
	v.keys("y", kb.Enter)
	v.wait(`document.querySelector("[name=everyone]").value === "Yes"`)
	v.shoot("yes")
	v.keys(kb.Enter)
	v.see("#log", "Ana used /ask")
	v.missing("#log", "Only you can see this")
}

func TestPageCommandsBelowACommand(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.keys("/map")
	v.see("#picker", "/map show")
	v.keys(kb.Enter)
	v.focus("[name=scale]")
	v.see("#picker", "Harbour")
	v.keys("lake", kb.Enter)
	v.see("#help", "Choose one of the list for scale.")
	v.keys(kb.Backspace, kb.Backspace, kb.Backspace, kb.Backspace, "s", kb.Enter)
	v.tabTo("+ Add year")
	v.keys(kb.Enter, "soon", kb.Enter)
	v.see("#help", "year is a number.")
	v.keys(strings.Repeat(kb.Backspace, 4), "2025", kb.Enter)
	v.see("#log", "show: s in 2025")
}

func TestPageCommandTypedInOneGoKeepsItsText(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.keys("/ask is it deep?", kb.Enter)
	v.see(".message blockquote", "is it deep?")
}

func TestPageEscapeLeavesACommand(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.keys("/ask deep")
	v.see("#picker", "Is it deep?")
	v.keys(kb.Escape, kb.Escape)
	v.focus("#message")
	v.wait(`document.querySelector("#command").hidden`)
}

func TestPagePrivateRepliesAreForOneMember(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	ana := visit(t, d.address, look{})
	boris := ana.beside("boris")
	ana.ask("deep?")
	ana.keys("Hello", kb.Enter)
	boris.see("#log", "Hello")
	boris.missing("#log", "Ana used /ask")
	ana.backTo("Dismiss")
	ana.keys(kb.Enter)
	ana.wait(`!document.querySelector("#log").innerText.includes("Only you can see this")`)
}

func TestPageMentionIsAnsweredInAThread(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.keys("Hello @tri")
	v.see("#picker", "@trilat")
	v.keys(kb.Enter, "which sea?", kb.Enter)
	v.see(".message .mention", "@trilat")
	v.see("#channels", "About the sea")
	v.backTo("Open the thread")
	v.shoot("channel")
	v.keys(kb.Enter)
	v.see("#place", "About the sea")
	v.see("#log", "Tirana has a river")
	v.shoot("thread")

	v.focus("#message")
	v.keys(kb.ArrowUp)
	v.focus("article.message")
	v.tabTo("Reply")
	v.keys(kb.Enter)
	v.see("#replying", "Replying to trilat")
	v.keys("and @trilat?", kb.Enter)
	v.see("#log", "Reply to trilat")
	v.see("#log", "I heard you.")
}

func TestPageMessageHasCommands(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.keys("The sea is wide.", kb.Enter)
	v.see(".message", "The sea is wide.")
	v.keys(kb.ArrowUp)
	v.tabTo("More")
	v.keys(kb.Enter)
	v.see("[role=menu]", "Ask about this")
	v.shoot("menu")
	v.keys("a", kb.Enter)
	v.see("#log", "Ana used Ask about this")
	v.see("#log", "About: The sea is wide.")
}

func TestPageDirectMessages(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.backTo("trilat")
	v.keys(kb.Enter)
	v.see("#place", "trilat")
	v.focus("#message")
	v.keys("hello", kb.Enter)
	v.see("#log", "I heard you.")
	v.shoot("direct")
}

func TestPageMembersSeeWhatIsTheirs(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.missing("#channels", "team")
	v.backTo("A You are Ana")
	v.keys(kb.Enter)
	v.see("[role=menu]", "Teuta")
	v.shoot("members")
	v.keys("t", kb.Enter)
	v.see("#you", "Teuta")
	v.see("#channels", "team")
	v.see("#place", "#questions")
}

func TestPageReadOnlyPlaceTakesNoMessages(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := visit(t, d.address, look{})
	say(t, d, "teuta", "announcements", "The sea is closed.")
	v.backTo("# announcements")
	v.keys(kb.Enter)
	v.see("#place", "#announcements")
	v.see("#log", "The sea is closed.")
	v.wait(`document.querySelector("#message:disabled").placeholder === "You may not write here"`)
	v.missing("#log", "Use /ask")
	v.shoot("read only")
	v.tabTo("More")
	v.keys(kb.Enter, "a", kb.Enter)
	v.see("#log", "About: The sea is closed.")
}

func TestPageFileIsShownAndCanBeKept(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.keys("/brief", kb.Enter, kb.Enter)
	v.see(".file", "brief.md")
	v.see(".file", "Show all 32 lines")
	v.missing(".file", "The end.")
	v.wait(`(log => log.scrollTop + log.clientHeight >= log.scrollHeight - 1)(document.querySelector("#log"))`)
	v.backTo("Show all")
	v.keys(kb.Enter)
	v.see(".file", "The end.")
	v.shoot("file")
	if got := eval[string](v, `document.querySelector(".file a").download`); got != "brief.md" {
		t.Errorf("the file is kept as %q, want brief.md", got)
	}
}

func TestPageDeferredAnswerArrivesInItsPlace(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := visit(t, d.address, look{})
	v.keys("/later", kb.Enter, kb.Enter)
	v.see(".message", "trilat is thinking…")
	v.shoot("thinking")
	d.finish(t, "At last.")
	v.see(".message", "At last.")
	if n := eval[int](v, `document.querySelectorAll(".message").length`); n != 1 {
		t.Errorf("there are %d messages, want 1", n)
	}
}

func TestPageSilenceIsTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := visit(t, d.address, look{})
	v.keys("/silent", kb.Enter, kb.Enter)
	v.see("#log", "Sending /silent…")
	<-d.ignored
	d.server.Advance(3 * time.Second)
	v.see("#log", "/silent: The application did not respond.")

	v.keys("/later", kb.Enter, kb.Enter)
	v.see(".message", "trilat is thinking…")
	d.server.Advance(15 * time.Minute)
	v.see(".message", "The application did not respond.")
	v.shoot("failed")
}

func TestPageTypingAndEditsAreSeenAsTheyHappen(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := visit(t, d.address, look{})
	place := d.channel(t, "questions")
	if err := d.session.ChannelTyping(place); err != nil {
		t.Fatal(err)
	}
	v.see("#typing", "trilat is typing…")
	m, err := d.session.ChannelMessageSend(place, "A draft.")
	if err != nil {
		t.Fatal(err)
	}
	v.see(".message", "A draft.")
	v.wait(`document.querySelector("#typing").innerText === ""`)
	if _, err := d.session.ChannelMessageEdit(place, m.ID, "Better."); err != nil {
		t.Fatal(err)
	}
	v.see(".message", "Better. (edited)")
	if err := d.session.ChannelMessageDelete(place, m.ID); err != nil {
		t.Fatal(err)
	}
	v.wait(`document.querySelectorAll(".message").length === 0`)
}

func TestPageSeveralThingsCanBeChosenAtOnce(t *testing.T) {
	t.Parallel()
	v := visit(t, newDesk(t).connect(t).address, look{})
	v.keys("/pick", kb.Enter, kb.Enter)
	v.see("#log", "Choose two.")
	v.backTo("Rivers")
	v.keys(kb.Enter)
	v.see("[role=menu]", "Done")
	v.keys(kb.Enter, kb.ArrowDown, kb.ArrowDown, kb.Enter, kb.ArrowDown, kb.Enter)
	v.see("#log", "You chose Lana, Neretva.")
}

func TestPageCatchesUpAfterALostConnection(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := visit(t, d.address, look{})
	v.keys("/ask half a question")
	d.web.CloseClientConnections()
	v.see("#offline", "The connection to the local Discord is lost.")
	say(t, d, "boris", "questions", "Did you miss me?")
	v.see("#log", "Did you miss me?")
	v.wait(`document.querySelector("[name=question]").value === "half a question"`)
}

func TestPagePanelMovesTheClockAndBreaksThings(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := visit(t, d.address, look{})
	v.backTo("Clock and faults")
	v.keys(kb.Enter)
	v.see("#panel", "The same as this computer's")
	v.tabTo("1 day")
	v.keys(kb.Enter)
	v.see("#panel", "1 day ahead of this computer")
	v.tabTo("Silence")
	v.keys(kb.Enter)
	v.see("#panel [aria-live]", "Silence")
	v.backTo("Rate limit")
	v.keys(kb.Enter)
	v.see("#panel [aria-live]", "Rate limit, 2 s, once")
	v.backTo("Slow Discord")
	v.keys(kb.Enter)
	v.see("#panel [aria-live]", "Slow Discord, 4 s, once")
	v.shoot("panel")
	v.backTo("Clear all faults")
	v.keys(kb.Enter)
	v.see("#panel", "None: everything works as it should.")
	v.keys(kb.Escape)
	v.focus("#panel-button")
	if ahead := time.Until(d.server.Now()); ahead < 23*time.Hour {
		t.Errorf("the clock is %v ahead, want a day", ahead)
	}
}

func TestPageMissesABotThatIsAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := visit(t, d.address, look{})
	v.see("#offline", "trilat is offline. Nobody answers until it is back.")
	v.shoot("offline")
	d.connect(t)
	v.wait(`document.querySelector("#offline").hidden`)
	v.see("#presence", "trilat is online")
	v.see(".welcome", "Type /ask")
}

func TestPageThemeIsTheSystemsUntilOneIsChosen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := visit(t, d.address, look{dark: true})
	paper := func() string { return eval[string](v, `getComputedStyle(document.body).backgroundColor`) }
	dark := paper()
	v.backTo("Light theme")
	v.keys(kb.Enter)
	if light := paper(); light == dark {
		t.Errorf("the page is %s in both themes", light)
	}
	v.do(chromedp.Reload())
	v.see("#theme-button", "Dark theme")
}

// ask asks a question with /ask and waits for the answer.
func (v visitor) ask(question string) {
	v.t.Helper()
	v.keys("/ask ", question, kb.Enter)
	v.see("#log", "A map")
	v.focus("#message")
}

// TestPageAccessible goes through the states of the page with axe-core, in both themes and at two widths.
func TestPageAccessible(t *testing.T) {
	for name, l := range map[string]look{"light": {}, "dark": {dark: true}, "phone": {width: 390}, "dark phone": {width: 390, dark: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t).connect(t)
			say(t, d, "teuta", "questions", "Look at https://example.org/map and **ask** <@"+d.session.State.User.ID+">.")
			v := visit(t, d.address, l).withAxe()
			v.see(".welcome", "Type /ask")
			v.accessible("start")
			v.do(chromedp.Focus(chromedp.CSS("#message")))
			v.keys("/")
			v.see("#picker", "/brief")
			v.accessible("picker")
			v.keys("ask ", "is")
			v.see("#picker", "Is it deep?")
			v.accessible("suggestions")
			v.keys(kb.Enter)
			v.see("#log", "A map")
			v.accessible("answer")
			v.opens(`[data-key="follow"]`, "#form", "Your question")
			v.opens(`[data-key="related"]`, "[role=menu]", "Is it salty?")
			v.opens("#panel-button", "#panel", "Add a fault")
			if l.width > 0 {
				v.opens("#channels-button", "#sidebar", "Channels")
			}
		})
	}
}

// opens presses a button, checks what opens, and closes it again.
func (v visitor) opens(button, part, text string) {
	v.t.Helper()
	v.do(chromedp.Click(chromedp.CSS(button)))
	v.see(part, text)
	v.wait(`document.querySelector(` + quote(part) + `).contains(document.activeElement)`)
	v.accessible(strings.Trim(part, "#[]"))
	v.keys(kb.Escape)
	v.focus(button)
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

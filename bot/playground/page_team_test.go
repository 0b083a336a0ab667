package playground_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"trilat/bot/playground/browser"
)

// setUp tells what was filled in, and says another word to the same person.
func setUp(s *discordgo.Session, i *discordgo.Interaction, options []*discordgo.ApplicationCommandInteractionDataOption) error {
	sign := map[string]string{"role": "<@&%v>", "channel": "<#%v>", "lead": "<@%v>", "note": "%v"}
	var parts []string
	for _, o := range options {
		parts = append(parts, o.Name+" "+fmt.Sprintf(sign[o.Name], o.Value))
	}
	if err := s.InteractionRespond(i, private(strings.Join(parts, ", ")+".")); err != nil {
		return err
	}
	_, err := s.FollowupMessageCreate(i, true, &discordgo.WebhookParams{Content: "It is saved.", Flags: discordgo.MessageFlagsEphemeral})
	return err
}

// openReport opens a form with menus, of which the library knows nothing.
func openReport(s *discordgo.Session, i *discordgo.Interaction) error {
	const form = `{"type": 9, "data": {"title": "Not helpful", "custom_id": "report", "components": [
		{"type": 10, "content": "Tell the **team** what is wrong."},
		{"type": 18, "label": "What is wrong", "description": "The nearest will do", "component": {"type": 3, "custom_id": "reason",
			"placeholder": "Choose a reason", "options": [{"label": "Wrong", "value": "wrong", "description": "It is not so"},
			{"label": "Outdated", "value": "old, or so"}]}},
		{"type": 18, "label": "Also", "component": {"type": 3, "custom_id": "also", "required": false, "min_values": 0, "max_values": 2,
			"options": [{"label": "Unclear", "value": "unclear"}, {"label": "Too long", "value": "long"}]}},
		{"type": 18, "label": "Your question", "component": {"type": 4, "custom_id": "question", "style": 2, "value": "Is it deep?", "max_length": 300}}]}}`
	endpoint := discordgo.EndpointInteractionResponse(i.ID, i.Token)
	_, err := s.RequestWithBucketID("POST", endpoint, json.RawMessage(form), endpoint)
	return err
}

// report answers the form with what was filled in.
func report(s *discordgo.Session, e *discordgo.Event) error {
	var sent struct {
		ID, Token string
		Data      struct {
			CustomID   string `json:"custom_id"`
			Components []struct {
				Component struct {
					Values []string
					Value  string
				}
			}
		}
	}
	if e.Type != "INTERACTION_CREATE" || json.Unmarshal(e.RawData, &sent) != nil || sent.Data.CustomID != "report" {
		return nil
	}
	in := sent.Data.Components
	return s.InteractionRespond(&discordgo.Interaction{ID: sent.ID, Token: sent.Token},
		private(fmt.Sprintf("Reported %q, also %q: %s", in[1].Component.Values, in[2].Component.Values, in[3].Component.Value)))
}

func TestPageOptionsArePickedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address+"/?as=teuta", browser.Look{})
	v.Keys("/setup")
	v.See("#picker", "/setup team")
	v.Keys(kb.Enter)
	v.Focus("[name=role]")
	v.See("#picker", "@Admin")
	v.Keys("@te")
	v.Shoot("role")
	v.Keys(kb.Enter)
	v.Focus("[name=channel]")
	v.See("#picker", "#team")
	v.Keys("tea", kb.Enter)
	v.TabTo("+ Add lead")
	v.Keys(kb.Enter, "ivo", kb.Enter)
	v.TabTo("+ Add note")
	v.Keys(kb.Enter, "look at #que")
	v.See("#picker", "#questions")
	v.Keys(kb.Enter, "with @Ana, not @nobody")
	v.Shoot("note")
	v.Keys(kb.Enter)
	v.See("#log", "role @Team, channel #team, lead @Ivo, note look at #questions with @Ana, not @nobody.")
	v.Wait(`[...document.querySelectorAll("article .mention")].map((each) => each.innerText).join() === "@Team,#team,@Ivo,#questions,@Ana"`)
	v.See("#log", "Teuta used /setup team")
	v.See("#log", "It is saved.")
	v.Wait(`document.querySelectorAll(".message.private .only-you").length === 2`)
	v.Shoot("saved")
}

func TestPageOptionsAreTypedByTheirNames(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address+"/?as=teuta", browser.Look{})
	v.Keys("/setup team role:team channel:announcements note:be kind: always", kb.Enter)
	v.See("#log", "role @Team, channel #announcements, note be kind: always.")
}

func TestPageOffersOnlyCommandsThatMayBeUsed(t *testing.T) {
	t.Parallel()
	ana := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	ivo := ana.Beside("ivo")
	ana.Keys("/")
	ana.See("#picker", "/ask")
	ana.Missing("#picker", "/guard")
	ivo.Keys("/")
	ivo.See("#picker", "/guard")
}

func TestPageFormHasMenus(t *testing.T) {
	t.Parallel()
	v := browser.Visit(t, newDesk(t).connect(t).address, browser.Look{})
	v.Keys("/report", kb.Enter, kb.Enter)
	v.See("#form", "Tell the team what is wrong.")
	v.See("#form", "The nearest will do · Required")
	v.See("#form", "Optional · choose up to 2")
	v.Focus("#field-reason")
	v.Wait(`document.querySelector("label[for=field-reason]").innerText === "What is wrong"`)
	v.Wait(`document.activeElement.selectedOptions[0].innerText === "Choose a reason"`)
	v.Shoot("form")
	v.TabTo("Submit")
	v.Keys(kb.Enter)
	v.Focus("#field-reason:invalid")
	v.Keys("Out", "\t", " ", "\t", " ", "\t")
	v.Focus("#field-question")
	v.Wait(`document.activeElement.value === "Is it deep?"`)
	v.TabTo("Submit")
	v.Keys(kb.Enter)
	v.See("#log", `Reported ["old, or so"], also ["unclear" "long"]: Is it deep?`)
}

func TestPageNamesAreSentAsMentions(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address, browser.Look{})
	v.Keys("See #gen")
	v.See("#picker", "#general")
	v.Keys(kb.Enter, "or (#questions), @Boris and @team, but not a@boris.org or #nowhere", kb.Enter)
	v.Wait(`[...document.querySelectorAll("article .mention")].map((each) => each.innerText).join() === "#general,#questions,@Boris,@Team"`)
	v.See("#log", "but not a@boris.org or #nowhere")
}

func TestPageShowsWhatIsNewElsewhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address+"/?as=teuta", browser.Look{})
	say(t, d, "ana", "general", "Good morning.")
	listed(v, "general, new messages")
	v.Wait(`document.querySelector("#channels .pings") === null`)
	team := d.role(t, "Team")
	post(t, d, "team", "<@&"+team+">, please answer.", &discordgo.MessageAllowedMentions{Roles: []string{team}})
	listed(v, "team, 1 new ping")
	v.Wait(`document.title === "(1) #questions · local Discord"`)
	v.Wait(`document.querySelector("#status").textContent === "trilat pings you in #team."`)
	post(t, d, "team", "<@&"+team+">, never mind.", &discordgo.MessageAllowedMentions{})
	write(t, d, v, "An answer waits for you.")
	listed(v, "trilatonline, 1 new ping")
	v.Wait(`document.title.startsWith("(2)")`)
	v.Shoot("news")
	v.Do(chromedp.Reload())
	listed(v, "team, 1 new ping")
	v.BackTo("# team")
	v.Keys(kb.Enter)
	v.See("#place", "#team")
	v.Wait(`!document.querySelector("#channels").textContent.includes("team, 1 new ping")`)
	v.Wait(`document.querySelectorAll("article.to-me").length === 1`)
	v.Wait(`document.querySelector("article.to-me").getAttribute("aria-label").endsWith(", mentions you")`)
	v.Shoot("mentioned")
	v.BackTo("trilat")
	v.Keys(kb.Enter)
	v.See("#log", "An answer waits for you.")
	v.Wait(`document.title === "trilat · local Discord"`)
}

// listed waits until the list of channels says something, to who hears it.
func listed(v browser.Visitor, text string) {
	v.Wait(`document.querySelector("#channels").textContent.includes(` + browser.Quote(text) + `)`)
}

func TestPageAReplyThatPingsIsSeen(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address, browser.Look{})
	v.Keys("Is it deep?", kb.Enter)
	v.See("#log", "Is it deep?")
	id := strings.TrimPrefix(browser.Eval[string](v, `document.querySelector("article.message").id`), "m")
	place := d.channel(t, "questions")
	for _, ping := range []bool{false, true} {
		if _, err := d.session.ChannelMessageSendComplex(place, &discordgo.MessageSend{Content: fmt.Sprintf("Pings: %v", ping),
			Reference:       &discordgo.MessageReference{MessageID: id, ChannelID: place},
			AllowedMentions: &discordgo.MessageAllowedMentions{RepliedUser: ping}}); err != nil {
			t.Fatal(err)
		}
	}
	v.See("#log", "Pings: true")
	v.See("article.to-me", "Pings: true")
	v.Wait(`document.querySelectorAll("article.to-me").length === 1`)
}

func TestPageWhatIsNewWaitsForWhoIsAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	v := browser.Visit(t, d.address, browser.Look{})
	post(t, d, "team", "A question waits.", nil)
	v.BackTo("A You are Ana")
	v.Keys(kb.Enter, "t", kb.Enter)
	v.See("#you", "Teuta")
	listed(v, "team, new messages")
}

func TestPagePanelChangesTheServer(t *testing.T) {
	t.Parallel()
	d := newDesk(t).connect(t)
	team := d.channel(t, "team")
	v := browser.Visit(t, d.address+"/?as=teuta&channel=team", browser.Look{})
	v.See("#place", "#team")
	v.BackTo("Clock and faults")
	v.Keys(kb.Enter)
	v.TabTo("Remove trilat")
	v.Keys(kb.Enter)
	v.See("#panel", "Invite trilat again")
	v.See("#offline", "trilat is not in this server.")
	v.Focus("#panel button")
	v.Keys(kb.Enter)
	v.See("#panel", "Remove trilat")
	v.Wait(`document.querySelector("#offline").hidden`)
	v.Press("\t", 0)
	v.Focus("#server-channel")
	v.Keys("#team")
	v.TabTo("Only read")
	v.Keys(kb.Enter)
	v.See(`#panel [aria-pressed="true"]`, "Only read")
	v.Shoot("server")
	if _, err := d.session.ChannelMessageSend(team, "x"); err == nil {
		t.Error("the bot wrote where it may only read")
	}
	v.BackTo("Delete channel")
	v.Keys(kb.Enter)
	v.See("#place", "#questions")
	v.Missing("#channels", "team")
	v.TabTo("Delete role")
	v.Keys(kb.Enter)
	v.See("#you", "member")
	v.Keys(kb.Escape)
	v.Focus("#panel-button")
}

// TestPageOfTheTeamAccessible goes through what a member of the team sees, as TestPageAccessible does.
func TestPageOfTheTeamAccessible(t *testing.T) {
	for name, l := range looks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t).connect(t)
			v := browser.Visit(t, d.address+"/?as=teuta", l).WithAxe("conformance/node_modules/axe-core/axe.min.js")
			say(t, d, "ana", "general", "Good morning.")
			team := d.role(t, "Team")
			for range 3 {
				post(t, d, "questions", "<@&"+team+"> in <#"+d.channel(t, "team")+">, please.", &discordgo.MessageAllowedMentions{Roles: []string{team}})
			}
			post(t, d, "team", "<@&"+team+">, please.", &discordgo.MessageAllowedMentions{Roles: []string{team}})
			write(t, d, v, "An answer waits for you.")
			v.Wait(`document.title.startsWith("(2)")`)
			v.Accessible("news")
			if l.Width > 0 {
				opens(v, "#channels-button", "#sidebar", "Channels")
			}
			v.Do(chromedp.Focus(chromedp.CSS("#message")))
			v.Keys("/setup team ")
			v.Accessible("roles")
			v.Keys("team", kb.Enter, "#team", kb.Enter)
			v.Accessible("filled in")
			v.Keys(kb.Enter)
			v.See("#log", "It is saved.")
			v.Accessible("private")
			v.Do(chromedp.Focus(chromedp.CSS("#message")))
			v.Keys("/report", kb.Enter, kb.Enter)
			v.Focus("#field-reason")
			v.Accessible("form")
			v.Keys(kb.Escape)
			v.Do(chromedp.Click(chromedp.CSS("#panel-button")))
			v.Do(chromedp.Focus(chromedp.CSS("#server-name")))
			v.Accessible("server")
		})
	}
}

// role finds the id of a role.
func (d *desk) role(t *testing.T, name string) string {
	t.Helper()
	d.session.State.RLock()
	defer d.session.State.RUnlock()
	for _, g := range d.session.State.Guilds {
		for _, r := range g.Roles {
			if r.Name == name {
				return r.ID
			}
		}
	}
	t.Fatalf("the bot sees no role %q", name)
	return ""
}

// post writes a message as the bot.
func post(t *testing.T, d *desk, channel, text string, allowed *discordgo.MessageAllowedMentions) {
	t.Helper()
	message := &discordgo.MessageSend{Content: text, AllowedMentions: allowed}
	if _, err := d.session.ChannelMessageSendComplex(d.channel(t, channel), message); err != nil {
		t.Fatal("post:", err)
	}
}

// write writes a direct message to the visitor as the bot.
func write(t *testing.T, d *desk, v browser.Visitor, text string) {
	t.Helper()
	id := browser.Eval[string](v, `fetch("/local/state" + location.search).then((found) => found.json()).then(({ me }) => me.id)`)
	c, err := d.session.UserChannelCreate(id)
	if err != nil {
		t.Fatal("open direct messages:", err)
	}
	if _, err := d.session.ChannelMessageSend(c.ID, text); err != nil {
		t.Fatal("write:", err)
	}
}

package conformance

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/disgoorg/disgo"
	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"
)

// TestDisgo lets disgo use the local Discord.
func TestDisgo(t *testing.T) {
	spec := load(t)
	for _, c := range disgoChecks() {
		t.Run(c.name, func(t *testing.T) { c.run(guestOf(open(t, spec))) })
	}
}

// disgoCheck is one thing that disgo does.
type disgoCheck struct {
	name string
	run  func(*guest)
}

// guest is a bot made with disgo, and the events that it gets.
type guest struct {
	*desk
	client   bot.Client
	general  snowflake.ID
	commands chan *events.ApplicationCommandInteractionCreate
	pressed  chan *events.ComponentInteractionCreate
	forms    chan *events.ModalSubmitInteractionCreate
	typed    chan *events.AutocompleteInteractionCreate
	messages chan *events.MessageCreate
}

// guestOf connects, registers two commands, and waits for the guild.
func guestOf(d *desk) *guest {
	g := &guest{
		desk: d, general: snowflake.MustParse(d.channel("general")),
		commands: make(chan *events.ApplicationCommandInteractionCreate, 9), pressed: make(chan *events.ComponentInteractionCreate, 9),
		forms: make(chan *events.ModalSubmitInteractionCreate, 9), typed: make(chan *events.AutocompleteInteractionCreate, 9),
		messages: make(chan *events.MessageCreate, 9),
	}
	ready := make(chan *events.GuildReady, 9)
	client, err := disgo.New(d.discord.Token(),
		bot.WithLogger(slog.New(slog.DiscardHandler)),
		bot.WithRestClientConfigOpts(rest.WithURL(d.url+"/api/v10")),
		bot.WithGatewayConfigOpts(gateway.WithIntents(gateway.IntentGuilds, gateway.IntentGuildMessages, gateway.IntentDirectMessages)),
		bot.WithEventListenerChan(g.commands), bot.WithEventListenerChan(g.pressed), bot.WithEventListenerChan(g.forms),
		bot.WithEventListenerChan(g.typed), bot.WithEventListenerChan(g.messages),
		bot.WithEventListenerChan(ready),
	)
	if err != nil {
		d.Fatal(err)
	}
	g.client = client
	d.Cleanup(func() { client.Close(context.WithoutCancel(d.Context())) })
	g.must(client.OpenGateway(d.Context()))
	same(d.T, "guild", next(g, ready).Guild.Name, "Adriatic Desk")
	_, err = client.Rest().SetGlobalCommands(client.ApplicationID(), []discord.ApplicationCommandCreate{
		discord.SlashCommandCreate{Name: "echo", Description: "Say it again", Options: []discord.ApplicationCommandOption{
			discord.ApplicationCommandOptionString{Name: "text", Description: "What", Autocomplete: true},
		}},
		discord.MessageCommandCreate{Name: "Ask about this"},
	})
	g.must(err)
	return g
}

func (g *guest) must(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

// next is an event that should come at once.
func next[E any](g *guest, events <-chan E) E {
	g.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(patience):
		g.Fatalf("have no event, want a %T", *new(E))
		panic("unreachable")
	}
}

// echo is what disgo makes of ana's /echo.
func (g *guest) echo(text string) *events.ApplicationCommandInteractionCreate {
	g.Helper()
	g.runs("ana", g.general.String(), "echo", object{"name": "text", "value": text})
	e := next(g, g.commands)
	same(g.T, "text", e.SlashCommandInteractionData().String("text"), text)
	return e
}

// last is the content of the latest message before somebody's eyes.
func (g *guest) last(as string, channel snowflake.ID) any {
	g.Helper()
	list := g.sees(as, channel.String())
	if len(list) == 0 {
		return nil
	}
	return at(list[len(list)-1], "content")
}

func content(text string) discord.MessageCreate { return discord.MessageCreate{Content: text} }

func edited(text string) discord.MessageUpdate { return discord.MessageUpdate{Content: &text} }

// panel answers /echo with a button and a menu, and returns the message.
func (g *guest) panel() *discord.Message {
	g.Helper()
	e := g.echo("panel")
	g.must(e.CreateMessage(discord.NewMessageCreateBuilder().SetContent("panel").
		AddActionRow(discord.NewPrimaryButton("Press", "press")).
		AddActionRow(discord.NewStringSelectMenu("choose", "Choose", discord.NewStringSelectMenuOption("A", "a"))).Build()))
	m, err := g.client.Rest().GetInteractionResponse(e.ApplicationID(), e.Token())
	g.must(err)
	return m
}

// clicks is what disgo makes of ana's click on the panel.
func (g *guest) clicks(m *discord.Message, id string, values ...string) *events.ComponentInteractionCreate {
	g.Helper()
	g.page("POST click", object{"as": "ana", "message": m.ID.String(), "custom_id": id, "values": values})
	return next(g, g.pressed)
}

func disgoChecks() []disgoCheck { return slices.Concat(disgoAnswers(), disgoTalks()) }

// disgoAnswers are about interactions.
func disgoAnswers() []disgoCheck {
	return []disgoCheck{
		{"answer", func(g *guest) {
			g.must(g.echo("good day").CreateMessage(content("good day")))
			same(g.T, "seen", g.last("boris", g.general), "good day")
		}},
		{"private answer", func(g *guest) {
			g.must(g.echo("x").CreateMessage(discord.MessageCreate{Content: "between us", Flags: discord.MessageFlagEphemeral}))
			same(g.T, "ana", g.last("ana", g.general), "between us")
			same(g.T, "boris", g.last("boris", g.general), nil)
		}},
		{"defer, edit, follow up", func(g *guest) {
			e := g.echo("x")
			g.must(e.DeferCreateMessage(false))
			_, err := g.client.Rest().UpdateInteractionResponse(e.ApplicationID(), e.Token(), edited("at last"))
			g.must(err)
			m, err := g.client.Rest().CreateFollowupMessage(e.ApplicationID(), e.Token(), content("and more"))
			g.must(err)
			_, err = g.client.Rest().UpdateFollowupMessage(e.ApplicationID(), e.Token(), m.ID, edited("and much more"))
			g.must(err)
			same(g.T, "seen", g.last("ana", g.general), "and much more")
		}},
		{"suggestions", func(g *guest) {
			list := make(chan answer, 1)
			go func() {
				list <- g.send("POST", "/local/suggest", object{"as": "ana", "channel": g.general.String(), "command": "echo", "options": []object{{"name": "text", "value": "ap"}}, "focused": "text"})
			}()
			e := next(g, g.typed)
			same(g.T, "typed", e.Data.String("text"), "ap")
			g.must(e.AutocompleteResult([]discord.AutocompleteChoice{discord.AutocompleteChoiceString{Name: "Apple", Value: "apple"}}))
			(<-list).ok(200, "choices/0/value", "apple")
		}},
		{"buttons and menus", func(g *guest) {
			m := g.panel()
			g.must(g.clicks(m, "press").UpdateMessage(edited("pressed")))
			same(g.T, "seen", g.last("boris", g.general), "pressed")
			menu := g.clicks(m, "choose", "a")
			same(g.T, "values", menu.StringSelectMenuInteractionData().Values, []string{"a"})
			g.must(menu.DeferUpdateMessage())
		}},
		{"forms", func(g *guest) {
			e := g.clicks(g.panel(), "press")
			g.must(e.Modal(discord.NewModalCreateBuilder().SetCustomID("form").SetTitle("Form").
				AddActionRow(discord.NewShortTextInput("what", "What")).Build()))
			g.page("POST submit", object{"as": "ana", "interaction": e.ID().String(), "fields": object{"what": "this"}})
			form := next(g, g.forms)
			same(g.T, "field", form.Data.Text("what"), "this")
			g.must(form.CreateMessage(content("thanks")))
			same(g.T, "seen", g.last("ana", g.general), "thanks")
		}},
		{"context menus", func(g *guest) {
			id := g.says("boris", g.general.String(), "look")
			g.page("POST run", object{"as": "ana", "channel": g.general.String(), "command": "Ask about this", "target": id})
			e := next(g, g.commands)
			same(g.T, "target", e.MessageCommandInteractionData().TargetMessage().Content, "look")
			g.must(e.CreateMessage(content("looked")))
		}},
	}
}

// disgoTalks are about messages and the connection.
func disgoTalks() []disgoCheck {
	return []disgoCheck{
		{"mentions and threads", func(g *guest) {
			g.says("ana", g.general.String(), "<@"+g.app+"> who?")
			m := next(g, g.messages).Message
			same(g.T, "content", m.Content, "<@"+g.app+"> who?")
			thread, err := g.client.Rest().CreateThreadFromMessage(m.ChannelID, m.ID, discord.ThreadCreateFromMessage{Name: "Who?"})
			g.must(err)
			_, err = g.client.Rest().CreateMessage(thread.ID(), content("They did."))
			g.must(err)
			same(g.T, "seen", g.last("boris", thread.ID()), "They did.")
		}},
		{"direct messages", func(g *guest) {
			direct, err := g.client.Rest().CreateDMChannel(snowflake.MustParse(g.user("ana")))
			g.must(err)
			g.says("ana", direct.ID().String(), "in private")
			m := next(g, g.messages)
			same(g.T, "content", m.Message.Content, "in private")
			_, err = g.client.Rest().CreateMessage(direct.ID(), discord.NewMessageCreateBuilder().SetContent("yes").SetMessageReferenceByID(m.MessageID).Build())
			g.must(err)
			same(g.T, "seen", g.last("ana", direct.ID()), "yes")
		}},
		{"resume after a lost connection", func(g *guest) {
			before := *g.client.Gateway().SessionID()
			g.page("POST faults", object{"kind": "close", "code": 4000})
			g.says("ana", g.general.String(), "<@"+g.app+"> while away")
			same(g.T, "missed", next(g, g.messages).Message.Content, "<@"+g.app+"> while away")
			same(g.T, "session", *g.client.Gateway().SessionID(), before)
		}},
		{"a refusal has its code", func(g *guest) {
			_, err := g.client.Rest().CreateMessage(snowflake.MustParse(g.channel("quiet")), content("x"))
			var refusal rest.Error
			if !errors.As(err, &refusal) || refusal.Code != 50001 {
				g.Errorf("have %v, want code 50001", err)
			}
		}},
	}
}

package playground_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"trilat/bot/playground"
)

// desk is a server with a bot that does what its script says.
type desk struct {
	server  *playground.Server
	web     *httptest.Server
	address string // of web
	session *discordgo.Session
	// held are the deferred answers that wait for finish.
	held chan *discordgo.Interaction
	// ignored gets one for each command that is not answered.
	ignored chan struct{}
}

// newDesk starts a server; its bot is not connected yet.
func newDesk(t *testing.T) *desk {
	t.Helper()
	server := playground.New(playground.Config{Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	web := httptest.NewServer(server)
	t.Cleanup(func() {
		server.Close()
		web.Close()
	})
	return &desk{server: server, web: web, address: web.URL, held: make(chan *discordgo.Interaction, 1), ignored: make(chan struct{}, 1)}
}

// connect brings the bot in.
func (d *desk) connect(t *testing.T) *desk {
	t.Helper()
	s, err := discordgo.New("Bot " + d.server.Token())
	if err != nil {
		t.Fatal(err)
	}
	s.Client = &http.Client{Transport: elsewhere(d.address)}
	s.Dialer = &websocket.Dialer{}
	s.ShouldReconnectOnError = false
	s.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	must := func(err error) {
		if err != nil {
			t.Error("the bot:", err)
		}
	}
	s.AddHandler(func(s *discordgo.Session, i *discordgo.InteractionCreate) { must(d.act(s, i)) })
	s.AddHandler(func(s *discordgo.Session, m *discordgo.MessageCreate) { must(d.hear(s, m)) })
	s.AddHandler(func(s *discordgo.Session, e *discordgo.Event) { must(report(s, e)) })
	arrived := make(chan struct{})
	s.AddHandlerOnce(func(*discordgo.Session, *discordgo.GuildCreate) { close(arrived) })
	if err := s.Open(); err != nil {
		t.Fatal("connect the bot:", err)
	}
	<-arrived
	if _, err := s.ApplicationCommandBulkOverwrite(s.State.User.ID, "", script()); err != nil {
		t.Fatal("register commands:", err)
	}
	d.session = s
	return d
}

// elsewhere sends requests for Discord to another address.
type elsewhere string

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = "http", strings.TrimPrefix(string(e), "http://"), ""
	return http.DefaultTransport.RoundTrip(r)
}

func script() []*discordgo.ApplicationCommand {
	text := discordgo.ApplicationCommandOptionString
	return []*discordgo.ApplicationCommand{
		{Name: "ask", Description: "Answers a question from the texts", Options: []*discordgo.ApplicationCommandOption{
			{Type: text, Name: "question", Description: "What you want to know", Required: true, Autocomplete: true, MaxLength: 300},
			{Type: discordgo.ApplicationCommandOptionBoolean, Name: "everyone", Description: "Lets everybody here see the answer"}}},
		{Name: "brief", Description: "A file about a topic"},
		{Name: "later", Description: "Answers in its own time"},
		{Name: "map", Description: "Maps", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionSubCommand, Name: "show", Description: "Shows a map", Options: []*discordgo.ApplicationCommandOption{
				{Type: text, Name: "scale", Description: "How near", Required: true, Choices: []*discordgo.ApplicationCommandOptionChoice{
					{Name: "Harbour", Value: "h"}, {Name: "Sea", Value: "s"}}},
				{Type: discordgo.ApplicationCommandOptionInteger, Name: "year", Description: "Of which year"}}}}},
		{Name: "pick", Description: "Lets you choose"},
		{Name: "report", Description: "Tells what is wrong"},
		{Name: "setup", Description: "Sets things up", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionSubCommand, Name: "team", Description: "Who answers, and where", Options: []*discordgo.ApplicationCommandOption{
				{Type: discordgo.ApplicationCommandOptionRole, Name: "role", Description: "Who answers", Required: true},
				{Type: discordgo.ApplicationCommandOptionChannel, Name: "channel", Description: "Where they answer", Required: true,
					ChannelTypes: []discordgo.ChannelType{discordgo.ChannelTypeGuildText}},
				{Type: discordgo.ApplicationCommandOptionUser, Name: "lead", Description: "Who leads them"},
				{Type: text, Name: "note", Description: "What they should know"}}}}},
		{Name: "guard", Description: "For administrators", DefaultMemberPermissions: new(int64)},
		{Name: "say", Description: "Says something as it is", Options: []*discordgo.ApplicationCommandOption{
			{Type: text, Name: "text", Description: "What to say", Required: true}}},
		{Name: "silent", Description: "Never answers"},
		{Name: "Ask about this", Type: discordgo.MessageApplicationCommand},
	}
}

const answer = `The **sea** is the *Adriatic*.[1]

- **Tirana** has a river
- **Zagreb** has another

> “The sea is calm.”

-# [1] [A map](<https://example.org/map>), <t:1742295600:D>`

// act answers interactions.
func (d *desk) act(s *discordgo.Session, i *discordgo.InteractionCreate) error {
	switch i.Type {
	case discordgo.InteractionApplicationCommandAutocomplete:
		return s.InteractionRespond(i.Interaction, suggestions(i.ApplicationCommandData()))
	case discordgo.InteractionApplicationCommand:
		return d.run(s, i.Interaction, i.ApplicationCommandData())
	case discordgo.InteractionMessageComponent:
		return d.press(s, i.Interaction, i.MessageComponentData())
	case discordgo.InteractionModalSubmit:
		if i.Data == nil { // a form that the library can not read, see report
			return nil
		}
		row := i.ModalSubmitData().Components[0].(*discordgo.ActionsRow)
		return s.InteractionRespond(i.Interaction, private("You asked: "+row.Components[0].(*discordgo.TextInput).Value))
	}
	return nil
}

func suggestions(data discordgo.ApplicationCommandInteractionData) *discordgo.InteractionResponse {
	var choices []*discordgo.ApplicationCommandOptionChoice
	for _, q := range []string{"Which sea is it?", "Which river is it?", "Is it deep?"} {
		if strings.Contains(strings.ToLower(q), strings.ToLower(data.Options[0].StringValue())) {
			choices = append(choices, &discordgo.ApplicationCommandOptionChoice{Name: q, Value: q})
		}
	}
	return &discordgo.InteractionResponse{Type: discordgo.InteractionApplicationCommandAutocompleteResult,
		Data: &discordgo.InteractionResponseData{Choices: choices}}
}

func (d *desk) run(s *discordgo.Session, i *discordgo.Interaction, data discordgo.ApplicationCommandInteractionData) error {
	switch data.Name {
	case "ask":
		return s.InteractionRespond(i, answered(data))
	case "brief":
		return s.InteractionRespond(i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseChannelMessageWithSource,
			Data: &discordgo.InteractionResponseData{Content: "Here it is.", Files: []*discordgo.File{
				{Name: "brief.md", ContentType: "text/markdown", Reader: strings.NewReader("# Brief\n" + strings.Repeat("A line.\n", 30) + "The end.")}}}})
	case "later":
		d.held <- i
		return s.InteractionRespond(i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource})
	case "map":
		asked := data.Options[0].Options
		return s.InteractionRespond(i, private(fmt.Sprintf("%s: %s in %d", data.Options[0].Name, asked[0].StringValue(), asked[1].IntValue())))
	case "pick":
		return s.InteractionRespond(i, rivers())
	case "report":
		return openReport(s, i)
	case "setup":
		return setUp(s, i, data.Options[0].Options)
	case "say":
		return s.InteractionRespond(i, private(data.Options[0].StringValue()))
	case "silent":
		d.ignored <- struct{}{}
	case "Ask about this":
		return s.InteractionRespond(i, private("About: "+data.Resolved.Messages[data.TargetID].Content))
	}
	return nil
}

// finish gives the answer that was put off.
func (d *desk) finish(t *testing.T, text string) {
	t.Helper()
	if _, err := d.session.InteractionResponseEdit(<-d.held, &discordgo.WebhookEdit{Content: &text}); err != nil {
		t.Fatal("finish:", err)
	}
}

func private(text string) *discordgo.InteractionResponse {
	return &discordgo.InteractionResponse{Type: discordgo.InteractionResponseChannelMessageWithSource,
		Data: &discordgo.InteractionResponseData{Content: text, Flags: discordgo.MessageFlagsEphemeral,
			AllowedMentions: &discordgo.MessageAllowedMentions{}}}
}

// answered is private unless the option everyone says otherwise.
func answered(data discordgo.ApplicationCommandInteractionData) *discordgo.InteractionResponse {
	r := private("> " + data.Options[0].StringValue() + "\n" + answer)
	r.Data.Components = controls()
	if len(data.Options) > 1 && data.Options[1].BoolValue() {
		r.Data.Flags = 0
	}
	return r
}

func controls() []discordgo.MessageComponent {
	return []discordgo.MessageComponent{
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: "Show quotes", Style: discordgo.PrimaryButton, CustomID: "quotes"},
			discordgo.Button{Label: "Follow up", Style: discordgo.SecondaryButton, CustomID: "follow"},
			discordgo.Button{Label: "Agree", Style: discordgo.SuccessButton, CustomID: "agree"},
			discordgo.Button{Label: "Remove", Style: discordgo.DangerButton, CustomID: "remove", Disabled: true},
			discordgo.Button{Label: "Map", Style: discordgo.LinkButton, URL: "https://example.org/map"}}},
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.SelectMenu{CustomID: "related", Placeholder: "Related questions", Options: []discordgo.SelectMenuOption{
				{Label: "Is it deep?", Value: "deep", Description: "How far down it goes"},
				{Label: "Is it salty?", Value: "salty"}}}}},
	}
}

func rivers() *discordgo.InteractionResponse {
	r := private("Choose two.")
	r.Data.Components = []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
		discordgo.SelectMenu{CustomID: "rivers", Placeholder: "Rivers", MaxValues: 2, Options: []discordgo.SelectMenuOption{
			{Label: "Lana", Value: "Lana"}, {Label: "Sava", Value: "Sava"}, {Label: "Neretva", Value: "Neretva"}}}}}}
	return r
}

func (d *desk) press(s *discordgo.Session, i *discordgo.Interaction, data discordgo.MessageComponentInteractionData) error {
	switch data.CustomID {
	case "follow":
		return s.InteractionRespond(i, form())
	case "related", "rivers":
		return s.InteractionRespond(i, private("You chose "+strings.Join(data.Values, ", ")+"."))
	case "agree":
		return s.InteractionRespond(i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseUpdateMessage,
			Data: &discordgo.InteractionResponseData{Content: "You agreed.", Components: []discordgo.MessageComponent{}}})
	}
	return s.InteractionRespond(i, private("```\nThe sea is calm.\n```\n`map.md`, lines 3–9"))
}

func form() *discordgo.InteractionResponse {
	return &discordgo.InteractionResponse{Type: discordgo.InteractionResponseModal, Data: &discordgo.InteractionResponseData{
		CustomID: "follow", Title: "Follow up", Components: []discordgo.MessageComponent{
			discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.TextInput{CustomID: "question", Label: "Your question",
				Style: discordgo.TextInputParagraph, Placeholder: "And in winter?", Required: true, MaxLength: 300}}},
			discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.TextInput{CustomID: "name", Label: "Your name",
				Style: discordgo.TextInputShort, MaxLength: 40}}}}}}
}

// hear answers mentions: in a thread, where it can.
func (d *desk) hear(s *discordgo.Session, m *discordgo.MessageCreate) error {
	mentioned := strings.Contains(m.Content, s.State.User.Mention())
	if m.Author == nil || m.Author.Bot || !mentioned && m.GuildID != "" {
		return nil
	}
	if m.GuildID == "" || m.ReferencedMessage != nil {
		_, err := s.ChannelMessageSendReply(m.ChannelID, "I heard you.", m.Reference())
		return err
	}
	thread, err := s.MessageThreadStart(m.ChannelID, m.ID, "About the sea", 1440)
	if err != nil {
		return err
	}
	_, err = s.ChannelMessageSend(thread.ID, answer)
	return err
}

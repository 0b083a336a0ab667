package playground

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// redirect sends the requests for Discord to a local server.
type redirect struct{ host string }

func (to redirect) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if r.URL.Host == "discord.com" {
		r.URL.Scheme, r.URL.Host, r.Host = "http", to.host, to.host
	}
	return http.DefaultTransport.RoundTrip(r)
}

// connect is a discordgo session on a local server, open until the test ends.
func connect(t *testing.T, s *Server, url string, setup func(*discordgo.Session)) *discordgo.Session {
	t.Helper()
	dg, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	dg.Client = &http.Client{Transport: redirect{strings.TrimPrefix(url, "http://")}}
	dg.Dialer = &websocket.Dialer{}
	setup(dg)
	if err := dg.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dg.Close() })
	return dg
}

// until waits for an event with a name that fits.
func until(t *testing.T, events <-chan Event, name, part string) string {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("the events ended before %s with %q", name, part)
			}
			if e.Name == name && strings.Contains(string(e.Data), part) {
				return string(e.Data)
			}
		case <-deadline:
			t.Fatalf("no %s with %q", name, part)
		}
	}
}

// TestDiscordgo lets the library that most Go bots use register, answer, defer, edit, follow up, suggest and open a form.
func TestDiscordgo(t *testing.T) {
	s := New(Config{})
	web := httptest.NewServer(s)
	defer web.Close()
	defer s.Close()
	dg := connect(t, s, web.URL, func(dg *discordgo.Session) { dg.AddHandler(answerAll(t)) })
	commands := []*discordgo.ApplicationCommand{
		{Name: "ask", Description: "Asks", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionString, Name: "question", Description: "What", Required: true, Autocomplete: true}}},
		{Name: "slow", Description: "Takes long"}, {Name: "form", Description: "Asks back"},
	}
	if _, err := dg.ApplicationCommandBulkOverwrite(dg.State.User.ID, "", commands); err != nil {
		t.Fatal(err)
	}
	events, stop := s.Watch("ana")
	defer stop()
	channel := channelID(s, "general")

	list, err := s.Suggest(t.Context(), "ana", channel, whatIsTyped("who"), "question")
	if err != nil || len(list) != 1 || list[0].Value != "who signed" {
		t.Errorf("suggestions: have %v %v, want who signed", list, err)
	}
	if _, err := s.Run("ana", channel, whatIsTyped("who")); err != nil {
		t.Fatal(err)
	}
	until(t, events, "MESSAGE_CREATE", "You asked: who")
	if _, err := s.Run("ana", channel, Invocation{Command: "slow"}); err != nil {
		t.Fatal(err)
	}
	until(t, events, "MESSAGE_CREATE", `"flags":192`)
	until(t, events, "MESSAGE_UPDATE", "At last")
	until(t, events, "MESSAGE_CREATE", "And then")
	id, err := s.Run("ana", channel, Invocation{Command: "form"})
	if err != nil {
		t.Fatal(err)
	}
	until(t, events, "MODAL", "More")
	if _, err := s.Submit("ana", id, map[string]string{"what": "this"}); err != nil {
		t.Fatal(err)
	}
	until(t, events, "MESSAGE_CREATE", "You filled in: this")
}

// answerAll answers every interaction of the test.
func answerAll(t *testing.T) func(*discordgo.Session, *discordgo.InteractionCreate) {
	return func(dg *discordgo.Session, i *discordgo.InteractionCreate) {
		if err := answerOne(dg, i.Interaction); err != nil {
			t.Errorf("answer %v: %v", i.Type, err)
		}
	}
}

func answerOne(dg *discordgo.Session, i *discordgo.Interaction) error {
	respond := func(kind discordgo.InteractionResponseType, data *discordgo.InteractionResponseData) error {
		return dg.InteractionRespond(i, &discordgo.InteractionResponse{Type: kind, Data: data})
	}
	say := func(text string) error {
		return respond(discordgo.InteractionResponseChannelMessageWithSource, &discordgo.InteractionResponseData{Content: text})
	}
	if i.Type == discordgo.InteractionModalSubmit {
		row := i.ModalSubmitData().Components[0].(*discordgo.ActionsRow)
		return say("You filled in: " + row.Components[0].(*discordgo.TextInput).Value)
	}
	data := i.ApplicationCommandData()
	switch {
	case i.Type == discordgo.InteractionApplicationCommandAutocomplete:
		choices := []*discordgo.ApplicationCommandOptionChoice{{Name: "Who signed?", Value: data.Options[0].StringValue() + " signed"}}
		return respond(discordgo.InteractionApplicationCommandAutocompleteResult, &discordgo.InteractionResponseData{Choices: choices})
	case data.Name == "ask":
		return say("You asked: " + data.Options[0].StringValue())
	case data.Name == "form":
		input := discordgo.TextInput{CustomID: "what", Label: "What", Style: discordgo.TextInputShort}
		row := discordgo.ActionsRow{Components: []discordgo.MessageComponent{input}}
		return respond(discordgo.InteractionResponseModal, &discordgo.InteractionResponseData{CustomID: "more", Title: "More",
			Components: []discordgo.MessageComponent{row}})
	}
	if err := respond(discordgo.InteractionResponseDeferredChannelMessageWithSource,
		&discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral}); err != nil {
		return err
	}
	text := "At last"
	if _, err := dg.InteractionResponseEdit(i, &discordgo.WebhookEdit{Content: &text}); err != nil {
		return err
	}
	_, err := dg.FollowupMessageCreate(i, true, &discordgo.WebhookParams{Content: "And then", Flags: discordgo.MessageFlagsEphemeral})
	return err
}

// channelID is that of the desk's channel with a name.
func channelID(s *Server, name string) string {
	for _, c := range s.world.desk.channels {
		if c.Name == name {
			return c.ID.String()
		}
	}
	return ""
}

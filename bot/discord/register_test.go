package discord

import (
	"slices"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"trilat/bot"
	"trilat/bot/playground"
)

func english(t *testing.T) bot.Words {
	t.Helper()
	w, err := bot.NewWords("en")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Commands are registered by one request, and only when they differ from those that Discord has.
func TestCommandsAreRegisteredOnce(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.stop()
	for range 2 {
		d.front = d.another(nil)
		d.start()
		d.until("the bot is ready", d.front.Ready)
		d.stop()
	}
	if have := d.requests("PUT", "/commands"); len(have) != 1 {
		t.Errorf("have %d registrations, want one", len(have))
	}
}

func TestCommandsOfOneServer(t *testing.T) {
	t.Parallel()
	d := closed(t, nil)
	d.front = d.another(func(f *Front) { f.guild = d.guild })
	d.start()
	d.until("the bot is ready", d.front.Ready)
	if have := d.requests("PUT", "/guilds/"+d.guild+"/commands"); len(have) != 1 {
		t.Errorf("have %d registrations there, want one", len(have))
	}
	d.checkAnswer()
}

// A server that the bot is not in is something to mend.
func TestCommandsOfAForeignServer(t *testing.T) {
	t.Parallel()
	d := closed(t, func(f *Front) { f.guild = "1" })
	d.start()
	if err := d.outcome(); err == nil || !strings.Contains(err.Error(), "invite") {
		t.Errorf("Run ends with %v", err)
	}
}

// Other refusals are no reason not to answer with the commands that are there.
func TestCommandsThatAreRefused(t *testing.T) {
	t.Parallel()
	d := closed(t, nil)
	d.breakdown(playground.Fault{Kind: "status", Match: "PUT */commands", Status: 400, Times: 1})
	d.start()
	d.until("the log tells", func() bool { return len(d.log.lines("level=ERROR", "commands not registered")) == 1 })
	ana := d.watch("ana")
	dm := idOf(t, must(d.local.Direct("ana"))(t))
	d.say("ana", dm, "When is the library open?")
	ana.message()
	if d.front.Ready() {
		t.Error("the front is ready without its commands")
	}
}

func TestCommandsAsDiscordWantsThem(t *testing.T) {
	all, err := commands(bot.Commands(), english(t), func(id string) (map[string]string, error) {
		return map[string]string{"hr": "na hrvatskom", "sq": "në shqip", "xx": id}, nil // Discord has Croatian, but no Albanian
	})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[discordgo.ApplicationCommandType]int{}
	for _, c := range all {
		kinds[c.Type]++
		if len(*c.Contexts) == 0 || len(*c.IntegrationTypes) != 1 {
			t.Errorf("%s: have contexts %v and types %v", c.Name, *c.Contexts, *c.IntegrationTypes)
		}
		if c.Type == discordgo.ChatApplicationCommand && (c.Description == "" || strings.HasSuffix(c.Description, ".help") || len(*c.DescriptionLocalizations) != 1 || len(*c.NameLocalizations) != 1) {
			t.Errorf("%s has no description", c.Name)
		}
		for _, o := range c.Options {
			if o.Description == "" || strings.HasSuffix(o.Description, ".help") || o.DescriptionLocalizations[discordgo.Croatian] != "na hrvatskom" {
				t.Errorf("%s %s has the description %q", c.Name, o.Name, o.Description)
			}
		}
	}
	if kinds[discordgo.ChatApplicationCommand] == 0 || kinds[discordgo.MessageApplicationCommand] == 0 || len(all) == len(bot.Commands()) {
		t.Errorf("have %v of %d rows; steps are no commands", kinds, len(bot.Commands()))
	}
}

func TestSameCommands(t *testing.T) {
	words := english(t)
	make := func(change func([]*discordgo.ApplicationCommand)) []*discordgo.ApplicationCommand {
		all, err := commands(bot.Commands(), words, bot.Translations)
		if err != nil {
			t.Fatal(err)
		}
		change(all)
		return all
	}
	want := make(func([]*discordgo.ApplicationCommand) {})
	yes, dm, everybody := true, false, int64(0)
	tests := []struct {
		name string
		have []*discordgo.ApplicationCommand
		same bool
	}{
		{"none", nil, false},
		{"all", want, true},
		{"all, as Discord gives them", make(func(all []*discordgo.ApplicationCommand) {
			for _, c := range all {
				c.ID, c.ApplicationID, c.Version, c.DefaultPermission, c.NSFW = "1", "2", "3", &yes, &dm
				if len(c.Options) == 0 {
					c.Options = nil
				}
			}
			all[0], all[1] = all[1], all[0]
		}), true},
		{"another description", make(func(all []*discordgo.ApplicationCommand) { all[0].Description += "." }), false},
		{"another option", make(func(all []*discordgo.ApplicationCommand) { all[0].Options[0].Required = false }), false},
		{"a translation more", make(func(all []*discordgo.ApplicationCommand) {
			all[0].DescriptionLocalizations = &map[discordgo.Locale]string{discordgo.Croatian: "x"}
		}), false},
		{"for others", make(func(all []*discordgo.ApplicationCommand) { all[0].DefaultMemberPermissions = &everybody }), false},
		{"another name", make(func(all []*discordgo.ApplicationCommand) { all[0].Name = "x" }), false},
		{"one more", append(make(func([]*discordgo.ApplicationCommand) {}), &discordgo.ApplicationCommand{Name: "x"}), false},
	}
	for _, tt := range tests {
		if have := sameCommands(tt.have, want); have != tt.same {
			t.Errorf("%s: have %v, want %v", tt.name, have, tt.same)
		}
	}
}

// Rows with a first word in common are one command, which is as closed as all of them.
func TestCommandsOfSeveralWords(t *testing.T) {
	rows := []bot.Command{
		{Name: "setup team", Help: "a", Server: true, Params: []bot.Param{
			{Name: "role", Type: bot.ARole, Required: true, Chat: true}, {Name: "channel", Type: bot.AChannel, Chat: true},
			{Name: "who", Type: bot.AUser, Chat: true}, {Name: "text", Chat: true}, {Name: "hidden"},
		}},
		{Name: "privacy show", Needs: bot.Anyone},
		{Name: "setup status", Help: "b", Server: true},
		{Name: "privacy forget", Server: true},
		{Name: "setup step", Kind: bot.Step},
	}
	all, err := commands(rows, english(t), func(string) (map[string]string, error) { return nil, nil })
	if err != nil || len(all) != 2 || all[0].Name != "setup" || all[1].Name != "privacy" {
		t.Fatalf("have %v and %v, want setup and privacy", all, err)
	}
	setup, privacy := all[0], all[1]
	if len(*setup.Contexts) != 1 || *setup.DefaultMemberPermissions != 32 {
		t.Errorf("have %+v, want it in servers only and for administrators", setup)
	}
	if len(*privacy.Contexts) != 2 || privacy.DefaultMemberPermissions != nil {
		t.Errorf("have %+v, want it everywhere and for all, since one of its rows is", privacy)
	}
	if len(setup.Options) != 2 || setup.Options[0].Name != "team" || setup.Options[1].Name != "status" || setup.Options[0].Type != 1 {
		t.Fatalf("have %+v, want the subcommands team and status", setup.Options)
	}
	var kinds []int
	for _, o := range setup.Options[0].Options {
		kinds = append(kinds, int(o.Type))
	}
	if want := []int{8, 7, 6, 3}; !slices.Equal(kinds, want) {
		t.Errorf("have the types %v, want %v", kinds, want)
	}
}

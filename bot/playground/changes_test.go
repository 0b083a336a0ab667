package playground

import (
	"fmt"
	"testing"
)

// change changes something as the owner.
func (r *room) change(c Change) {
	r.Helper()
	if err := r.s.Change("ivo", c); err != nil {
		r.Errorf("%+v: %v", c, err)
	}
}

func TestChannelsChange(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	r.change(Change{Kind: "create", Name: "new"})
	id := g.event("CHANNEL_CREATE").text("id")
	r.want("200", "POST /channels/"+id+"/messages", `{"content":"first"}`)
	r.change(Change{Kind: "rename", Channel: id, Name: "newer"})
	same(t, "renamed", g.event("CHANNEL_UPDATE").text("name"), "newer")
	r.change(Change{Kind: "hide", Channel: id})
	g.event("CHANNEL_UPDATE")
	r.want("403/50001", "GET /channels/"+id, nil)
	r.change(Change{Kind: "show", Channel: id})
	r.want("200", "GET /channels/"+id, nil)
	r.change(Change{Kind: "mute", Channel: id})
	r.want("403/50013", "POST /channels/"+id+"/messages", `{"content":"x"}`)
	r.want("200", "GET /channels/"+id+"/messages", nil)
	r.change(Change{Kind: "unmute", Channel: id})
	thread := r.want("201", "POST /channels/"+id+"/threads", `{"name":"a","type":11}`).text("id")
	r.change(Change{Kind: "delete", Channel: id})
	same(t, "its thread", g.event("THREAD_DELETE").text("id"), thread)
	same(t, "itself", g.event("CHANNEL_DELETE").text("id"), id)
	r.want("404/10003", "GET /channels/"+thread, nil)
	same(t, "threads", len(r.s.world.desk.threads()), 0)
}

func TestNothingIsHeardOfAHiddenThread(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	r.change(Change{Kind: "create", Name: "new"})
	id := g.event("CHANNEL_CREATE").text("id")
	thread := r.want("201", "POST /channels/"+id+"/threads", `{"name":"a","type":11}`).text("id")
	r.change(Change{Kind: "hide", Channel: id})
	g.event("CHANNEL_UPDATE")
	r.says("ana", thread, "unheard") // and becomes a member of the thread
	r.want("200", "POST "+r.messages("general"), `{"content":"mine"}`)
	same(t, "the next event", at(g.next(), "d.content"), "mine")
}

func TestLockedThreadsAreForModerators(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	id := r.want("201", "POST /channels/"+r.channel("general")+"/threads", `{"name":"a","type":11}`).text("id")
	r.change(Change{Kind: "lock", Channel: id})
	same(t, "locked", g.event("THREAD_UPDATE").text("thread_metadata.locked"), true)
	r.want("403/160005", "POST /channels/"+id+"/messages", `{"content":"x"}`)
	r.change(Change{Kind: "unlock", Channel: id})
	r.want("200", "POST /channels/"+id+"/messages", `{"content":"x"}`)
}

func TestRolesChange(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	team := r.channel("team")
	sees := func() string {
		return fmt.Sprint(r.s.world.sees(r.s.world.person("ana"), r.s.world.channels[parseID(team)]))
	}
	r.change(Change{Kind: "give", User: "ana", Role: "Team"})
	same(t, "with the role", sees(), true)
	r.change(Change{Kind: "take", User: "ana", Role: "Team"})
	same(t, "without it", sees(), false)
	r.change(Change{Kind: "role", Name: "Guests"})
	same(t, "made", g.event("GUILD_ROLE_CREATE").text("role.name"), "Guests")
	r.change(Change{Kind: "give", User: "trilat", Role: "Guests"})
	same(t, "its own roles", g.event("GUILD_MEMBER_UPDATE").text("user.username"), "trilat")
	r.change(Change{Kind: "drop", Role: "Guests"})
	g.event("GUILD_ROLE_DELETE")
	same(t, "roles of the bot", len(r.s.world.desk.members[r.s.world.bot.ID].Roles), 1)
}

func TestTheBotIsRemovedAndInvitedAgain(t *testing.T) {
	r := newRoom(t)
	r.commands()
	g := r.online()
	guild := r.s.world.desk.id.String()
	r.change(Change{Kind: "remove", User: "trilat"})
	same(t, "removed", g.event("GUILD_DELETE").text("id"), guild)
	r.want("404/10004", "GET /guilds/"+guild, nil)
	r.want("403/50001", "GET "+r.messages("general"), nil)
	if _, err := r.s.Run("ana", r.channel("general"), Invocation{Command: "ask"}); err == nil {
		t.Error("a command was used where the bot is not")
	}
	r.says("ana", r.channel("general"), "unheard")
	r.change(Change{Kind: "invite", User: "trilat"})
	same(t, "the next event", at(g.next(), "t"), "GUILD_CREATE")
	r.want("200", "POST "+r.messages("team"), `{"content":"x"}`)
}

func TestPeopleAreToldThatTheServerHasChanged(t *testing.T) {
	r := newRoom(t)
	events, stop := r.s.Watch("ana")
	defer stop()
	r.change(Change{Kind: "drop", Role: "Team"})
	same(t, "event", (<-events).Name, "CHANGED")
}

func TestMembersComeAndGo(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	r.change(Change{Kind: "remove", User: "ana"})
	if _, err := r.s.Say("ana", r.channel("general"), Saying{Content: "x"}); err == nil {
		t.Error("Ana wrote where she is not")
	}
	r.change(Change{Kind: "invite", User: "ana"})
	id := r.says("ana", r.channel("general"), "back")
	same(t, "members are told only with their intent", at(g.next(), "d.id"), id)
}

func TestWhatCanNotBeChanged(t *testing.T) {
	r := newRoom(t)
	r.want("204", "POST /local/change", `{"as":"ivo","kind":"create","name":"new"}`)
	general := r.channel("general")
	tests := map[string]struct {
		as     string
		change Change
	}{
		"by a member":            {"ana", Change{Kind: "create", Name: "x"}},
		"by nobody":              {"nobody", Change{Kind: "create", Name: "x"}},
		"what is no change":      {"ivo", Change{Kind: "explode"}},
		"a channel has no name":  {"ivo", Change{Kind: "create"}},
		"an unknown channel":     {"ivo", Change{Kind: "rename", Channel: "1", Name: "x"}},
		"a channel is locked":    {"ivo", Change{Kind: "lock", Channel: general}},
		"an unknown role":        {"ivo", Change{Kind: "drop", Role: "x"}},
		"the role of everybody":  {"ivo", Change{Kind: "drop", Role: "@everyone"}},
		"the role of the bot":    {"ivo", Change{Kind: "drop", Role: "trilat"}},
		"the role of nobody":     {"ivo", Change{Kind: "give", Role: "Team", User: "nobody"}},
		"the owner leaves":       {"ivo", Change{Kind: "remove", User: "ivo"}},
		"nobody leaves":          {"ivo", Change{Kind: "remove", User: "nobody"}},
		"somebody unknown comes": {"ivo", Change{Kind: "invite", User: "nobody"}},
	}
	for name, test := range tests {
		if _, refused := r.s.Change(test.as, test.change).(*Error); !refused {
			t.Errorf("%s: have it done, want a refusal", name)
		}
	}
}

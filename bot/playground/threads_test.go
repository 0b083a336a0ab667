package playground

import (
	"testing"
	"time"
)

func TestThreads(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	general := r.channel("general")
	id := r.says("ana", general, "Who signed?")
	g.event("MESSAGE_CREATE")
	begin := "POST /channels/" + general + "/messages/" + id + "/threads"
	thread := r.want("201", begin, `{"name":" Who signed? ","auto_archive_duration":60,"invitable":false}`)
	same(t, "thread", thread.text("id", "type", "name", "parent_id"), id+" 11 Who signed? "+general)
	same(t, "flag", g.event("MESSAGE_UPDATE").text("flags"), flagThread)
	same(t, "told", g.event("THREAD_CREATE").text("newly_created"), true)
	same(t, "member", g.event("THREAD_MEMBERS_UPDATE").text("added_members.0.user_id"), r.s.world.app)
	starter := g.event("MESSAGE_CREATE")
	same(t, "starter", starter.text("type", "channel_id", "message_reference.message_id"), "21 "+id+" "+id)
	same(t, "on the message", r.want("200", "GET /channels/"+general+"/messages/"+id, nil).text("thread.id"), id)

	tests := []struct{ answer, route, body string }{
		{"400/160004", begin, `{"name":"again"}`},
		{"400/50035", "POST /channels/" + general + "/threads", `{"name":"","type":11}`},
		{"400/50035", "POST /channels/" + general + "/threads", `{"name":"` + x(101) + `","type":11}`},
		{"400/50035", "POST /channels/" + general + "/threads", `{"name":"a","type":11,"auto_archive_duration":61}`},
		{"403/50013", "POST /channels/" + general + "/threads", `{"name":"a"}`}, // private, where nothing is said
		{"400/50024", "POST /channels/" + id + "/threads", `{"name":"a","type":11}`},
		{"400/50024", "PUT /channels/" + general + "/thread-members/@me", ``},
		{"403/50013", "PATCH /channels/" + general, `{"name":"a"}`}, {"403/50013", "PATCH /channels/" + id, `{"locked":true}`},
		{"200", "PATCH /channels/" + id, `{"archived":true}`}, {"400/50083", "PATCH /channels/" + id, `{"name":"a"}`},
		{"400/50083", "PUT /channels/" + id + "/thread-members/@me", ``},
		{"200", "PATCH /channels/" + id, `{"archived":false,"name":"a"}`}, {"204", "PUT /channels/" + id + "/thread-members/@me", ``},
	}
	for _, test := range tests {
		r.want(test.answer, test.route, test.body)
	}
}

func TestMessagesWakeAThreadThatIsNotLocked(t *testing.T) {
	r := newRoom(t)
	id := r.want("201", "POST /channels/"+r.channel("general")+"/threads", `{"name":"a","type":11}`).text("id")
	active := func() string {
		return r.want("200", "GET /guilds/"+r.s.world.desk.id.String()+"/threads/active", nil).text("threads.0.id")
	}
	same(t, "active", active(), id)
	for name, wake := range map[string]func(){
		"the bot": func() { r.want("200", "POST /channels/"+id+"/messages", `{"content":"hello"}`) },
		"Ana":     func() { r.says("ana", id, "hello") },
	} {
		r.want("200", "PATCH /channels/"+id, `{"archived":true}`)
		same(t, "archived", active(), "<nil>")
		wake()
		same(t, "woken by "+name, active(), id)
	}
	r.want("200", "PATCH /channels/"+id, `{"archived":true}`)
	r.s.world.channels[parseID(id)].Metadata.Locked = true
	r.want("403/160005", "POST /channels/"+id+"/messages", `{"content":"hello"}`)
	if _, err := r.s.Say("ana", id, Saying{Content: "hello"}); err == nil {
		t.Error("Ana wrote in a locked thread")
	}
	must(r.s.Say("ivo", id, Saying{Content: "hello"}))(t)
}

func TestIdleThreadsAreArchived(t *testing.T) {
	r := newRoom(t)
	route := "POST /channels/" + r.channel("general") + "/threads"
	id := r.want("201", route, `{"name":"a","type":11,"auto_archive_duration":60}`).text("id")
	archived := func() string {
		return r.want("200", "GET /channels/"+id, nil).text("thread_metadata.archived")
	}
	events, stop := r.s.Watch("ana")
	defer stop()
	r.s.Advance(50 * time.Minute)
	r.says("ana", id, "still here")
	r.s.Advance(50 * time.Minute)
	same(t, "fifty minutes after a message", archived(), false)
	r.s.Advance(10 * time.Minute)
	until(t, events, "THREAD_UPDATE", `"archived":true`)
	same(t, "an hour after", archived(), true)
	r.says("ana", id, "back again")
	r.s.Advance(time.Hour)
	same(t, "an hour after it was woken", archived(), true)
}

func TestOldThreadsAreForgotten(t *testing.T) {
	r := newRoom(t)
	in := r.s.world.desk.channels[0]
	for range maxThreads + 5 {
		r.s.newThread(in, r.s.world.newID(r.s.Now()), publicThread, threadRequest{Name: "a"})
	}
	count := 0
	for _, c := range r.s.world.desk.channels {
		if c.isThread() {
			count++
		}
	}
	if count != maxThreads || len(r.s.world.channels) != len(r.s.world.desk.channels) {
		t.Errorf("threads: have %d of %d channels, %d listed; want %d", count, len(r.s.world.channels), len(r.s.world.desk.channels), maxThreads)
	}
}

func TestLookups(t *testing.T) {
	r := newRoom(t)
	r.s.Populate(2)
	guild, ana := "/guilds/"+r.s.world.desk.id.String(), r.s.world.person("ana").ID.String()
	tests := []struct{ answer, route, path, want string }{
		{"200", "GET /gateway", "url", "ws://" + r.url[len("http://"):] + "/gateway"}, {"200", "GET /gateway/bot", "shards", "1"},
		{"200", "GET /users/@me", "username", "trilat"}, {"200", "GET /oauth2/applications/@me", "name", "trilat"},
		{"200", "GET /applications/@me", "approximate_guild_count", "3"}, {"200", "GET /users/@me/guilds", "2.name", "Guild 2"},
		{"200", "GET " + guild + "?with_counts=true", "approximate_member_count", "5"},
		{"200", "GET " + guild, "approximate_member_count", "<nil>"},
		{"200", "GET " + guild + "/channels", "4.name", "quiet"}, {"200", "GET " + guild + "/roles", "1.name", "Team"},
		{"200", "GET " + guild + "/members/" + ana, "user.global_name", "Ana"}, {"404/10013", "GET " + guild + "/members/1", "", ""},
		{"404/10007", "GET " + guild + "/members/" + r.s.world.guilds[1].owner.String(), "", ""},
		{"403/50001", "GET " + guild + "/members", "", ""},
		{"404/10004", "GET /guilds/1", "", ""}, {"404/10004", "GET /guilds/1/roles", "", ""}, {"404/10013", "GET /users/1", "", ""},
		{"200", "GET /users/" + ana, "username", "ana"}, {"404/0", "GET /voice/regions", "", ""}, {"405/0", "PUT /gateway", "", ""},
		{"400/50035", "POST /users/@me/channels", "errors.recipient_id._errors.0.code", "INVALID_RECIPIENT"},
	}
	for _, test := range tests {
		r.s.Advance(time.Second)
		got := r.want(test.answer, test.route, nil)
		if test.path != "" {
			same(t, test.route, got.text(test.path), test.want)
		}
	}
}

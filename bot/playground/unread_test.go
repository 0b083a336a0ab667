package playground

import (
	"fmt"
	"testing"
)

// Who finds what unread in a channel after somebody has written there.
func TestWhatIsUnreadAndWhatPings(t *testing.T) {
	r := newRoom(t)
	general, team := r.channel("general"), r.channel("team")
	ana, role := r.s.world.person("ana"), r.s.world.desk.findRole("Team")
	state := func(as, channel string) string {
		got := r.want("200", "GET /local/state?as="+as, nil)
		for n := 0; ; n++ {
			if c := fmt.Sprintf("channels.%d.", n); got.text(c+"id") == channel {
				return got.text(c+"unread", c+"pings")
			}
		}
	}
	same(t, "at first", state("ana", general), "false 0")
	r.says("ana", general, "Who knows?")
	same(t, "her own word", state("ana", general), "false 0")
	same(t, "the word of another", state("boris", general), "true 0")
	post := func(channel, text, allowed string) {
		r.want("200", "POST /channels/"+channel+"/messages", `{"content":"`+text+`","allowed_mentions":`+allowed+`}`)
	}
	post(general, "Look, <@"+ana.ID.String()+">", `{"users":["`+ana.ID.String()+`"]}`)
	post(general, "Quietly, <@"+ana.ID.String()+">", `{"parse":[]}`)
	same(t, "one of two mentions pings", state("ana", general), "true 1")
	post(team, "<@&"+role.ID.String()+">, please", `{"roles":["`+role.ID.String()+`"]}`)
	same(t, "a ping of the role", state("teuta", team), "true 1")
	same(t, "for who sees the channel without the role", state("ivo", team), "true 0")
	r.want("204", "POST /local/read", `{"as":"ana","channel":"`+general+`"}`)
	same(t, "read", state("ana", general), "false 0")
	same(t, "read by another", state("boris", general), "true 0")
	r.want("404", "POST /local/read", `{"as":"ana","channel":"`+team+`"}`)

	direct := r.want("200", "POST /users/@me/channels", `{"recipient_id":"`+ana.ID.String()+`"}`).text("id")
	post(direct, "It is answered", `{"parse":[]}`)
	same(t, "a direct message", state("ana", direct), "true 1")
}

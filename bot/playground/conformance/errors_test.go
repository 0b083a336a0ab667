package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// timeErrors are refusals because of when something is asked.
func timeErrors() []check {
	return []check{
		{"404/10062 answer after 3 seconds, or to nothing", func(d *desk) {
			i := d.asked()
			d.discord.Advance(3*time.Second + time.Millisecond)
			i.callback(say("late", 0)).refused(404, 10062)
			d.send("POST", "/api/v10/interactions/1/token/callback", say("x", 0)).refused(404, 10062)
		}},
		{"400/40060 second answer", func(d *desk) {
			i := d.asked()
			i.callback(say("first", 0)).ok(204)
			i.callback(say("second", 0)).refused(400, 40060)
		}},
		{"404/10015 follow-up before the answer", func(d *desk) {
			i := d.asked()
			i.hook("PATCH", "/messages/@original", object{"content": "x"}).refused(404, 10015)
			i.hook("POST", "", object{"content": "x"}).refused(404, 10015)
		}},
		{"401/50027 follow-up after 15 minutes", func(d *desk) {
			i := d.asked()
			i.callback(say("first", 0)).ok(204)
			d.discord.Advance(14 * time.Minute)
			i.hook("POST", "", object{"content": "in time"}).ok(200)
			d.discord.Advance(time.Minute + time.Second)
			i.hook("POST", "", object{"content": "late"}).refused(401, 50027)
			i.hook("PATCH", "/messages/@original", object{"content": "late"}).refused(401, 50027)
		}},
		{"404/10008 deleted @original", func(d *desk) {
			i := d.asked()
			i.callback(say("first", 0)).ok(204)
			i.hook("DELETE", "/messages/@original", nil).ok(204)
			i.hook("PATCH", "/messages/@original", object{"content": "x"}).refused(404, 10008)
		}},
	}
}

// accessErrors are refusals because of what is asked for, and by whom.
func accessErrors() []check {
	return []check{
		{"404/10003, 10004, 10008, 10013, 10063 unknown things", func(d *desk) {
			d.rest("GET /channels/1", nil).refused(404, 10003)
			d.rest("GET /guilds/1", nil).refused(404, 10004)
			d.rest("GET /channels/"+d.channel("general")+"/messages/1", nil).refused(404, 10008)
			d.rest("GET /users/1", nil).refused(404, 10013)
			d.rest("GET /applications/"+d.app+"/commands/1", nil).refused(404, 10063)
		}},
		{"403/50001 channel that the bot may not see", func(d *desk) {
			quiet := d.channel("quiet")
			d.rest("GET /channels/"+quiet+"/messages", nil).refused(403, 50001)
			d.rest("POST /channels/"+quiet+"/messages", object{"content": "x"}).refused(403, 50001)
		}},
		{"403/50013 what the bot may not do", func(d *desk) {
			general := d.channel("general")
			id := d.says("ana", general, "mine")
			d.rest("DELETE /channels/"+general+"/messages/"+id, nil).refused(403, 50013)
			d.rest("PATCH /channels/"+general+"/messages/"+id, object{"content": "x"}).refused(403, 50005)
		}},
		{"403/50007 closed direct messages", func(d *desk) {
			direct := d.rest("POST /users/@me/channels", object{"recipient_id": d.user("boris")}).ok(200).text("id")
			d.rest("POST /channels/"+direct+"/messages", object{"content": "x"}).refused(403, 50007)
			d.says("boris", direct, "now you may")
			d.rest("POST /channels/"+direct+"/messages", object{"content": "x"}).ok(200)
		}},
		{"401 wrong token", func(d *desk) {
			wrong := func(r *http.Request) { r.Header.Set("Authorization", "Bot wrong") }
			d.rest("GET /users/@me", nil, wrong).ok(401, "code", 0, "message", "401: Unauthorized")
		}},
		{"403/40333 no proper User-Agent", func(d *desk) {
			nobody := func(r *http.Request) { r.Header.Set("User-Agent", "") }
			d.rest("GET /users/@me", nil, nobody).refused(403, 40333)
		}},
	}
}

// bodyErrors are refusals because of what is sent.
func bodyErrors() []check {
	return []check{
		{"400/50006 nothing to send", func(d *desk) {
			i := d.asked()
			d.rest("POST /channels/"+i.channel+"/messages", object{}).refused(400, 50006)
			d.rest("POST /channels/"+i.channel+"/messages", object{"content": " \n"}).refused(400, 50006)
			i.callback(say("", 0)).refused(400, 50006)
			i.callback(say("something", 0)).ok(204)
			i.hook("POST", "", object{"content": ""}).refused(400, 50006)
		}},
		{"400/50109 no JSON", func(d *desk) {
			d.rest("POST /channels/"+d.channel("general")+"/messages", raw{"application/json", `{"content":`}).refused(400, 50109)
		}},
		{"400/50035 the tree of errors", func(d *desk) {
			body := object{"embeds": []object{{"description": strings.Repeat("x", 4097)}}}
			d.rest("POST /channels/"+d.channel("general")+"/messages", body).refused(400, 50035).
				ok(400, "message", "Invalid Form Body", "errors/embeds/0/description/_errors",
					[]object{{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 4096 or fewer in length."}})
		}},
		{"400/50083 archived thread", func(d *desk) {
			thread := d.rest("POST /channels/"+d.channel("general")+"/threads", object{"name": "t", "type": 11}).text("id")
			id := d.rest("POST /channels/"+thread+"/messages", object{"content": "x"}).text("id")
			d.rest("PATCH /channels/"+thread, object{"archived": true}).ok(200)
			d.rest("PATCH /channels/"+thread+"/messages/"+id, object{"content": "y"}).refused(400, 50083)
		}},
		{"400/160004 the message has a thread", func(d *desk) {
			general := d.channel("general")
			route := "POST /channels/" + general + "/messages/" + d.says("ana", general, "x") + "/threads"
			d.rest(route, object{"name": "t"}).ok(201)
			d.rest(route, object{"name": "t"}).refused(400, 160004)
		}},
		{"400/30032 and 50035 too many commands", func(d *desk) {
			route := "PUT /applications/" + d.app + "/commands"
			d.rest(route, numbered(100)).ok(200)
			d.rest(route, numbered(101)).refused(400, 30032)
			d.rest(route, numbered(131)).refused(400, 50035).ok(400, "errors/_errors/0/message", "Must be 130 or fewer in length.")
		}},
		{"400/30034 200 new commands in a day", func(d *desk) {
			route := "PUT /applications/" + d.app + "/commands"
			for range 2 {
				d.rest(route, numbered(100)).ok(200)
				d.rest(route, []object{}).ok(200)
			}
			d.discord.Advance(time.Minute)
			d.rest(route, numbered(1)).refused(400, 30034)
			d.discord.Advance(24 * time.Hour)
			d.rest(route, numbered(1)).ok(200)
		}},
		{"413/40005 too much at once", func(d *desk) {
			body := `{"content": "` + strings.Repeat("x", 25<<20) + `"}`
			d.rest("POST /channels/"+d.channel("general")+"/messages", raw{"application/json", body}).refused(413, 40005)
		}},
	}
}

// numbered makes commands of different names.
func numbered(n int) []object {
	list := make([]object, n)
	for i := range list {
		list[i] = object{"name": fmt.Sprintf("c%d", i), "description": "One of many"}
	}
	return list
}

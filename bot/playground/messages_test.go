package playground

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWhomAMessagePings(t *testing.T) {
	r := newRoom(t)
	ana, boris := "<@"+r.s.world.person("ana").ID.String()+">", "<@!"+r.s.world.person("boris").ID.String()+">"
	team := r.s.world.desk.findRole("Team")
	team.Mentionable = false
	role := "<@&" + team.ID.String() + ">"
	tests := []struct{ name, text, allowed, users, roles, everyone string }{
		{"nobody", "hello", "null", "[]", "[]", "false"},
		{"two people, one twice", ana + boris + ana, "null", "[ana boris]", "[]", "false"},
		{"nobody known", "<@1> <@x>", "null", "[]", "[]", "false"},
		{"nobody, as was said", ana + role, `{"parse":[]}`, "[]", "[]", "false"},
		{"one of two", ana + boris, `{"users":["` + r.s.world.person("ana").ID.String() + `"]}`, "[ana]", "[]", "false"},
		{"a role that may not be pinged", role, "null", "[]", "[]", "false"},
		{"everyone, without permission", "@everyone @here", "null", "[]", "[]", "false"},
	}
	for _, test := range tests {
		r.s.Advance(5 * time.Second)
		got := r.want("200", "POST "+r.messages("general"), fmt.Sprintf(`{"content":%q,"allowed_mentions":%s}`, test.text, test.allowed))
		names := []string{}
		for n := 0; at(got.body, fmt.Sprintf("mentions.%d", n)) != nil; n++ {
			names = append(names, got.text(fmt.Sprintf("mentions.%d.username", n)))
		}
		same(t, test.name, fmt.Sprint(names)+" "+got.text("mention_roles", "mention_everyone"), test.users+" "+test.roles+" "+test.everyone)
	}
	team.Mentionable = true
	for _, allowed := range []string{`null`, `{"parse":[],"roles":["` + team.ID.String() + `"]}`} {
		got := r.want("200", "POST "+r.messages("general"), fmt.Sprintf(`{"content":%q,"allowed_mentions":%s}`, role, allowed))
		same(t, "a role that may be pinged", got.text("mention_roles"), "["+team.ID.String()+"]")
	}
	said := must(r.s.Say("ivo", r.channel("general"), Saying{Content: "@everyone"}))(t)
	same(t, "everyone, by the owner", at(said, "mention_everyone"), true)
}

func TestRepliesPingUnlessTheySayOtherwise(t *testing.T) {
	r := newRoom(t)
	route := "POST " + r.messages("general")
	id := r.says("ana", r.channel("general"), "why?")
	reply := func(more string) string {
		return `{"content":"so","message_reference":{"message_id":"` + id + `"` + more
	}
	got := r.want("200", route, reply(`}}`))
	same(t, "reply", got.text("type", "mentions.0.username", "referenced_message.id"), "19 ana "+id)
	same(t, "silent", r.want("200", route, reply(`},"allowed_mentions":{"parse":[]}}`)).text("mentions"), "[]")
	same(t, "loud", r.want("200", route, reply(`},"allowed_mentions":{"parse":[],"replied_user":true}}`)).text("mentions.0.username"), "ana")
	id = "1"
	same(t, "to nothing", r.want("400/50035", route, reply(`}}`)).text("errors.message_reference._errors.0.code"), "REPLIES_UNKNOWN_MESSAGE")
	same(t, "to nothing, if that may be", r.want("200", route, reply(`,"fail_if_not_exists":false}}`)).text("type"), "0")
}

func TestTheSameNonceMakesOneMessage(t *testing.T) {
	r := newRoom(t)
	send := func(channel, nonce string, enforce bool) string {
		r.s.Advance(time.Second)
		return r.want("200", "POST /channels/"+channel+"/messages", fmt.Sprintf(`{"content":"x","nonce":%s,"enforce_nonce":%v}`, nonce, enforce)).text("id")
	}
	general := r.channel("general")
	first := send(general, `"a"`, true)
	same(t, "again", send(general, `"a"`, true), first)
	for name, other := range map[string]string{"another": send(general, `"b"`, true), "not enforced": send(general, `"a"`, false),
		"elsewhere": send(r.channel("questions"), `"a"`, true)} {
		if other == first {
			t.Errorf("%s: have the first message", name)
		}
	}
	for _, path := range []string{"/channels/" + general + "/messages/" + first, "/channels/" + general + "/messages?limit=1"} {
		if strings.Contains(string(r.want("200", "GET "+path, nil).body), `"nonce"`) {
			t.Errorf("GET %s tells a nonce", path)
		}
	}
	r.s.Advance(nonceWindow)
	if send(general, `"a"`, true) == first {
		t.Error("long after: have the first message")
	}
}

func TestListsOfMessages(t *testing.T) {
	r := newRoom(t)
	general := r.channel("general")
	var ids []string
	for n := range 6 {
		ids = append(ids, r.says("ana", general, fmt.Sprint(n)))
	}
	tests := map[string]string{
		"": "543210", "limit=2": "54", "before=" + ids[2]: "10", "after=" + ids[3]: "54", "limit=2&after=" + ids[0]: "21",
		"limit=3&around=" + ids[2]: "321", "limit=2&before=" + ids[5]: "43",
	}
	for query, want := range tests {
		got := r.want("200", "GET /channels/"+general+"/messages?"+query, nil)
		have := ""
		for n := 0; at(got.body, fmt.Sprint(n)) != nil; n++ {
			for i, id := range ids {
				if id == got.text(fmt.Sprintf("%d.id", n)) {
					have += fmt.Sprint(i)
				}
			}
		}
		same(t, query, have, want)
	}
	for _, query := range []string{"limit=0", "limit=101", "limit=many"} {
		r.want("400/50035", "GET /channels/"+general+"/messages?"+query, nil)
	}
}

func TestWhatMayBeDoneWithMessages(t *testing.T) {
	r := newRoom(t)
	general, quiet := r.channel("general"), r.channel("quiet")
	direct := r.want("200", "POST /users/@me/channels", `{"recipient_id":"`+r.s.world.person("ana").ID.String()+`"}`).text("id")
	closed := r.want("200", "POST /users/@me/channels", `{"recipient_id":"`+r.s.world.person("boris").ID.String()+`"}`).text("id")
	hers, hersInDirect := r.says("ana", general, "hers"), r.says("ana", direct, "hers")
	own := r.want("200", "POST /channels/"+general+"/messages", `{"content":" own "}`).text("id")
	in := func(channel string) string { return " /channels/" + channel + "/messages" }
	tests := []struct{ answer, route, body string }{
		{"404/10003", "GET /channels/1", ""},
		{"403/50001", "GET /channels/" + quiet, ""},
		{"403/50001", "POST" + in(quiet), `{"content":"x"}`},
		{"403/50007", "POST" + in(closed), `{"content":"x"}`},
		{"400/50006", "POST" + in(general), `{}`},
		{"400/50006", "POST" + in(general), `{"content":" \n"}`},
		{"400/50109", "POST" + in(general), `{"content"`},
		{"400/50035", "POST" + in(general), `{"content":"x","message_reference":{"message_id":"x"}}`},
		{"404/10008", "GET" + in(general) + "/1", ""},
		{"403/50005", "PATCH" + in(general) + "/" + hers, `{"content":"x"}`},
		{"403/50013", "DELETE" + in(general) + "/" + hers, ""},
		{"403/50003", "DELETE" + in(direct) + "/" + hersInDirect, ""},
		{"400/50006", "PATCH" + in(general) + "/" + own, `{"content":""}`},
		{"403/50013", "POST" + in(general) + "/bulk-delete", `{"messages":["1","2"]}`},
		{"204", "PUT" + in(general) + "/" + hers + "/reactions/👀/@me", ""},
		{"204", "PUT" + in(direct) + "/" + hersInDirect + "/reactions/%F0%9F%91%80/@me", ""},
		{"204", "DELETE" + in(direct) + "/" + hersInDirect + "/reactions/👀/@me", ""},
		{"204", "POST /channels/" + general + "/typing", ""},
		{"403/50007", "POST" + in(closed), `{"content":"x"}`},
	}
	for _, test := range tests {
		r.s.Advance(time.Second)
		r.want(test.answer, test.route, test.body)
	}
	edited := r.want("200", "PATCH /channels/"+general+"/messages/"+own, `{"content":"changed","embeds":null,"ID":"x","Channel":"y"}`)
	same(t, "edited", edited.text("content"), "changed")
	if edited.text("edited_timestamp") == "<nil>" {
		t.Error("an edit has no time")
	}
	r.says("boris", closed, "hello") // opens it
	r.want("200", "POST /channels/"+closed+"/messages", `{"content":"x"}`)
	r.want("204", "DELETE /channels/"+general+"/messages/"+own, nil)
	r.want("404/10008", "GET /channels/"+general+"/messages/"+own, nil)
}

// upload makes a form of a payload and files.
func upload(payload string, files map[string]string) (string, func(*http.Request)) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("payload_json", payload)
	for key, text := range files {
		part, _ := w.CreateFormFile("files["+key+"]", "name"+key+".txt")
		_, _ = part.Write([]byte(text))
	}
	_ = w.Close()
	return b.String(), func(r *http.Request) { r.Header.Set("Content-Type", w.FormDataContentType()) }
}

func TestFiles(t *testing.T) {
	r := newRoom(t)
	route := "POST " + r.messages("general")
	body, kind := upload(`{"attachments":[{"id":"0","description":"A note","filename":"../note.md"}]}`, map[string]string{"0": "# Note"})
	sent := r.call(route, body, kind)
	same(t, "sent", sent.text("attachments.0.filename", "attachments.0.size", "attachments.0.description"), "../note.md 6 A note")
	resp, err := http.Get(sent.text("attachments.0.url"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var file bytes.Buffer
	_, _ = file.ReadFrom(resp.Body)
	same(t, "file", file.String(), "# Note")
	same(t, "type", resp.Header.Get("X-Content-Type-Options"), "nosniff")
	same(t, "policy", resp.Header.Get("Content-Security-Policy"), "sandbox")
	same(t, "shown or saved", resp.Header.Get("Content-Disposition"), "attachment")

	id := sent.text("id")
	edit := "PATCH /channels/" + r.channel("general") + "/messages/" + id
	body, kind = upload(`{"content":"two"}`, map[string]string{"0": "more"})
	same(t, "one more", r.call(edit, body, kind).text("attachments.1.filename"), "name0.txt")
	kept := r.want("200", edit, `{"attachments":[{"id":"`+sent.text("attachments.0.id")+`"}]}`)
	same(t, "the first alone", kept.text("attachments.0.size", "attachments.1"), "6 <nil>")

	body, kind = upload(`{}`, map[string]string{"0": strings.Repeat("x", attachmentLimit+1)})
	same(t, "a file that is too large", r.call(route, body, kind).text("code"), "40005")
	same(t, "a body that is too large", r.call(route, strings.Repeat(" ", maxBody+1)).text("code"), "40005")
	broken := func(q *http.Request) { q.Header.Set("Content-Type", "multipart/form-data; boundary=x") }
	same(t, "a form that breaks off", r.call(route, "--x\r\nContent-Disposition", broken).text("code"), "50109")
}

func TestFilesAreShownWhereAMessageNamesThem(t *testing.T) {
	r := newRoom(t)
	text, kind := upload(`{"embeds":[{"title":"t","image":{"url":"attachment://name0.txt"},"thumbnail":{"url":"attachment://other"}}]}`,
		map[string]string{"0": "picture"})
	sent := r.call("POST "+r.messages("general"), text, kind)
	same(t, "picture", sent.text("embeds.0.image.url"), sent.text("attachments.0.url"))
	same(t, "no such file", sent.text("embeds.0.thumbnail.url"), "attachment://other")
	text, kind = upload(`{"flags":32768,"components":[{"type":13,"file":{"url":"attachment://name0.txt"}},
		{"type":12,"items":[{"media":{"url":"attachment://name0.txt"}}]},
		{"type":9,"components":[{"type":10,"content":"a"}],"accessory":{"type":11,"media":{"url":"attachment://name0.txt"}}}]}`,
		map[string]string{"0": "picture"})
	layout := r.call("POST "+r.messages("general"), text, kind)
	for _, path := range []string{"components.0.file.url", "components.1.items.0.media.url", "components.2.accessory.media.url"} {
		same(t, path, layout.text(path), layout.text("attachments.0.url"))
	}
}

func TestFilesOfPeopleAreNotForTheBot(t *testing.T) {
	r := newRoom(t)
	g := r.online()
	note := []File{{Name: "note.txt", Type: "text/plain", Data: []byte("note")}}
	said := must(r.s.Say("ana", r.channel("general"), Saying{Files: note}))(t)
	same(t, "Ana sees", response{body: said}.text("attachments.0.filename", "attachments.0.content_type"), "note.txt text/plain")
	same(t, "the bot sees", g.event("MESSAGE_CREATE").text("attachments"), "[]")
}

func TestOldFilesAreForgotten(t *testing.T) {
	s := New(Config{})
	defer s.Close()
	for range maxStored/attachmentLimit + 3 {
		s.store(file{name: "a", data: make([]byte, attachmentLimit)}, attachment{}, false)
	}
	if s.files.size > maxStored || len(s.files.order) != len(s.files.byID) {
		t.Errorf("kept: have %d bytes in %d and %d, want at most %d", s.files.size, len(s.files.order), len(s.files.byID), maxStored)
	}
}

func TestOldMessagesAreForgotten(t *testing.T) {
	r := newRoom(t)
	general := r.channel("general")
	first, last := r.says("ana", general, "first"), ""
	for range 2*maxRemembered + 1 {
		last = r.says("ana", general, "hello")
	}
	c := r.s.world.channels[parseID(general)]
	if n := len(c.messages); n < maxRemembered || n > 2*maxRemembered {
		t.Errorf("remembered: have %d, want %d to %d", n, maxRemembered, 2*maxRemembered)
	}
	r.want("404/10008", "GET /channels/"+general+"/messages/"+first, nil)
	r.want("200", "GET /channels/"+general+"/messages/"+last, nil)
}

func TestManyMessagesAreDeletedAtOnce(t *testing.T) {
	r := newRoom(t)
	general := r.channel("general")
	first, second, third := r.says("ana", general, "1"), r.says("ana", general, "2"), r.says("ana", general, "3")
	r.s.world.desk.findRole("trilat").Permissions |= mayManageMessages
	route := "POST " + r.messages("general") + "/bulk-delete"
	r.want("204", route, `{"messages":["`+first+`","`+second+`","1"]}`)
	same(t, "left", r.sees("ana", general), "[3]")
	r.s.Advance(time.Second)
	r.want("400/50035", route, `{"messages":["`+third+`"]}`)
	r.s.Advance(time.Second)
	direct := r.want("200", "POST /users/@me/channels", `{"recipient_id":"`+r.s.world.person("ana").ID.String()+`"}`).text("id")
	r.want("403/50003", "POST /channels/"+direct+"/messages/bulk-delete", `{"messages":["1","2"]}`)
}

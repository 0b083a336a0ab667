package playground

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"trilat/bot/playground/socket"
)

// sendTo puts a body to a route of a server in the same process.
func sendTo(s *Server, method, path, kind, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost/api/v10"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bot "+s.Token())
	r.Header.Set("User-Agent", "DiscordBot (test, 1)")
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// FuzzMessage: whatever is sent as a message is taken or refused, and what was taken is sent back as it was.
func FuzzMessage(f *testing.F) {
	s := New(Config{Requests: -1})
	f.Cleanup(s.Close)
	for _, known := range bodies(f, "messages") {
		f.Add(known.body)
	}
	path := "/channels/" + channelID(s, "general") + "/messages"
	f.Fuzz(func(t *testing.T, body string) {
		s.Advance(5 * time.Second)
		w := sendTo(s, "POST", path, "application/json", body)
		if w.Code != http.StatusOK {
			if w.Code < 400 || w.Code >= 500 || at(w.Body.Bytes(), "code") == nil {
				t.Errorf("have %d %s, want a refusal with a code", w.Code, w.Body)
			}
			return
		}
		id := response{body: w.Body.Bytes()}.text("id")
		if again := sendTo(s, "GET", path+"/"+id, "", ""); again.Code != http.StatusOK || again.Body.String() != w.Body.String() {
			t.Errorf("have %s, want %s", again.Body, w.Body)
		}
	})
}

// FuzzForm: no form breaks the server.
func FuzzForm(f *testing.F) {
	s := New(Config{Requests: -1})
	f.Cleanup(s.Close)
	body, _ := upload(`{"content":"x","attachments":[{"id":0}]}`, map[string]string{"0": "text", "1": "more"})
	f.Add("x", strings.ReplaceAll(body, strings.SplitN(body, "\r\n", 2)[0][2:], "x"))
	f.Add("", "--\r\n\r\n")
	path := "/channels/" + channelID(s, "general") + "/messages"
	f.Fuzz(func(t *testing.T, boundary, body string) {
		s.Advance(5 * time.Second)
		if w := sendTo(s, "POST", path, "multipart/form-data; boundary="+boundary, body); w.Code >= 500 {
			t.Errorf("have %d %s", w.Code, w.Body)
		}
	})
}

// FuzzCommands: no list of commands breaks the server.
func FuzzCommands(f *testing.F) {
	s := New(Config{Requests: -1})
	f.Cleanup(s.Close)
	f.Add(`[{"name":"ask","description":"Asks","options":[{"type":3,"name":"q","description":"Q","choices":[{"name":"A","value":"a"}]}]}]`)
	f.Add(`[null,{"type":3,"name":"Ask"}]`)
	f.Fuzz(func(t *testing.T, body string) {
		s.Advance(time.Minute)
		if w := sendTo(s, "PUT", "/applications/"+s.world.app.String()+"/commands", "application/json", body); w.Code >= 500 {
			t.Errorf("have %d %s", w.Code, w.Body)
		}
	})
}

// FuzzGateway: no event of a client breaks the server.
func FuzzGateway(f *testing.F) {
	s := New(Config{})
	f.Cleanup(s.Close)
	f.Add(`{"op":2,"d":{"token":"` + s.Token() + `","intents":1,"shard":[0,1]}}`)
	f.Add(`{"op":6,"d":{"token":"` + s.Token() + `","session_id":"","seq":-1}}`)
	f.Add(`{"op":8,"d":{"guild_id":["1"],"user_ids":1}}`)
	f.Fuzz(func(t *testing.T, event string) {
		c := &conn{server: s, out: socket.New(nil, socket.Plain), alive: func() {}}
		c.handle([]byte(event))
		c.handle([]byte(event))
	})
}

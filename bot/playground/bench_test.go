package playground

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// BenchmarkInteraction is a button pressed, the event read from the gateway, and the first response accepted: the
// server's share of what a person waits.
func BenchmarkInteraction(b *testing.B) {
	s := New(Config{Requests: -1})
	web := httptest.NewServer(s)
	defer web.Close()
	defer s.Close()
	ws, _, err := websocket.DefaultDialer.Dial(strings.Replace(web.URL, "http", "ws", 1)+"/gateway?v=10&encoding=json", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer ws.Close()
	hello := fmt.Sprintf(`{"op":2,"d":{"token":%q,"intents":513,"properties":{}}}`, s.Token())
	if err := ws.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
		b.Fatal(err)
	}
	sendOverNetwork(b, s, "PUT", web.URL+"/api/v10/applications/"+s.world.app.String()+"/commands", `[{"name":"ping","description":"Pings"}]`)
	channel := channelID(s, "general")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Run("ana", channel, Invocation{Command: "ping"}); err != nil {
			b.Fatal(err)
		}
		id, token := nextInteraction(b, ws)
		sendOverNetwork(b, s, "POST", web.URL+"/api/v10/interactions/"+id+"/"+token+"/callback", `{"type":4,"data":{"content":"pong"}}`)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MB")
}

// sendOverNetwork sends a request as the bot, which is accepted.
func sendOverNetwork(b *testing.B, s *Server, method, url, body string) {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("User-Agent", "DiscordBot (test, 1)")
	r.Header.Set("Authorization", "Bot "+s.Token())
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode >= 300 {
		b.Fatalf("%s %s: have %d %s", method, url, resp.StatusCode, answer)
	}
}

// nextInteraction reads the gateway until an interaction comes.
func nextInteraction(b *testing.B, ws *websocket.Conn) (id, token string) {
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			b.Fatal(err)
		}
		if !bytes.Contains(data, []byte(`"INTERACTION_CREATE"`)) {
			continue
		}
		var e struct {
			D struct{ ID, Token string } `json:"d"`
		}
		if err := decodeForm(data, &e); err != nil {
			b.Fatal(err)
		}
		return e.D.ID, e.D.Token
	}
}

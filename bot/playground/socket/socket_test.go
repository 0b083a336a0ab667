package socket

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// dial connects to a server that lets say speak and then ends with 4000.
func dial(t *testing.T, say func(*Socket)) *websocket.Conn {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		s := New(ws, Plain)
		say(s)
		s.End(4000, "enough")
		s.Send([]byte("too late"))
		s.Write()
		_, _, _ = ws.ReadMessage() // until the client has left
	}))
	t.Cleanup(web.Close)
	ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(web.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	return ws
}

// heard is all that comes, with how it ends.
func heard(t *testing.T, ws *websocket.Conn) string {
	t.Helper()
	var all []string
	for {
		_, data, err := ws.ReadMessage()
		var end *websocket.CloseError
		switch {
		case errors.As(err, &end):
			return strings.Join(append(all, end.Text), ", ")
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, string(data))
	}
}

func TestWhatIsSentComesInOrderUntilTheEnd(t *testing.T) {
	ws := dial(t, func(s *Socket) {
		s.Send([]byte("one"))
		s.Send([]byte("two"))
	})
	if have, want := heard(t, ws), "one, two, enough"; have != want {
		t.Errorf("have %s, want %s", have, want)
	}
}

func TestSilenceLetsOnlyTheEndThrough(t *testing.T) {
	ws := dial(t, func(s *Socket) {
		s.Silence(true)
		s.Send([]byte("lost"))
		s.Silence(false)
		s.Send([]byte("back"))
		s.Silence(true)
	})
	if have, want := heard(t, ws), "back, enough"; have != want {
		t.Errorf("have %s, want %s", have, want)
	}
}

func TestNobodyWaitsForAClientThatIsFarBehind(t *testing.T) {
	s := New(nil, Plain)
	for range mostWaiting {
		s.Send(nil)
	}
	if s.Ended() {
		t.Error("the end came early")
	}
	s.Send(nil)
	if !s.Ended() {
		t.Errorf("after %d frames: have no end, want one", mostWaiting+1)
	}
}

func TestADroppedClientHearsNoFarewell(t *testing.T) {
	ws := dial(t, func(s *Socket) { s.End(Dropped, "") })
	_, _, err := ws.ReadMessage()
	if err == nil || websocket.IsCloseError(err, 4000) || !websocket.IsUnexpectedCloseError(err) && !errors.Is(err, io.EOF) {
		t.Errorf("have %v, want a connection that is cut off", err)
	}
}

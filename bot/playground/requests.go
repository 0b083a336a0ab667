package playground

import (
	"encoding/json"
	"net/http"
	"time"
)

// Exchange is a request of the bot and its answer.
type Exchange struct {
	N        int             `json:"n"` // counts from 1
	At       time.Time       `json:"at"`
	Method   string          `json:"method"`
	Path     string          `json:"path"` // with the prefix, such as /api/v9
	Query    string          `json:"query,omitempty"`
	Header   http.Header     `json:"header"`
	Body     json.RawMessage `json:"body,omitempty"` // of a multipart form: its payload_json
	Status   int             `json:"status"`         // 0: the connection broke
	Response json.RawMessage `json:"response,omitempty"`
	Took     time.Duration   `json:"took"`
}

// ring holds the latest exchanges.
type ring struct {
	size int
	list []Exchange
	next int // place of the oldest one when the ring is full
	n    int
}

func (r *ring) add(e Exchange) {
	if r.size <= 0 {
		return
	}
	r.n++
	e.N = r.n
	if len(r.list) < r.size {
		r.list = append(r.list, e)
		return
	}
	r.list[r.next] = e
	r.next = (r.next + 1) % r.size
}

// Requests lists the latest exchanges over REST, the oldest first.
func (s *Server) Requests() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.exchanges
	return append(append(make([]Exchange, 0, len(r.list)), r.list[r.next:]...), r.list[:r.next]...)
}

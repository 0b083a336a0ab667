package playground

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
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

// serveAPI answers a REST request, or lets a fault answer it, and notes both sides.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return // the client is gone
	}
	s.mu.Lock()
	s.host = r.Host
	banned := s.limits.banned(s.clock.now())
	s.mu.Unlock()
	inner := inside(r, data)
	serve := func() *answer { return s.serveRest(inner, banned) }
	var a *answer
	if f := s.matching(r.Method, inner.URL.Path); f != nil {
		a = s.happen(f, r, serve)
	} else {
		a = serve()
	}
	e := Exchange{At: s.clock.now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header, Status: a.status,
		Body: jsonOf(r, data), Took: time.Since(began)}
	if json.Valid(a.body.Bytes()) {
		e.Response = a.body.Bytes()
	}
	if a.broken {
		e.Status = 0
	}
	s.mu.Lock()
	s.exchanges.add(e)
	s.mu.Unlock()
	a.writeTo(w)
}

// inside is a request as the routes have it: without the prefix, and without a slash at the end.
func inside(r *http.Request, data []byte) *http.Request {
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(data))
	for _, path := range []*string{&r.URL.Path, &r.URL.RawPath} {
		*path = strings.TrimPrefix(*path, "/api/v9")
		*path = strings.TrimPrefix(*path, "/api/v10")
		*path = strings.TrimSuffix(*path, "/")
	}
	if r.URL.Path == "" {
		r.URL.Path = "/"
	}
	return r
}

// serveRest is the true answer to a request.
func (s *Server) serveRest(r *http.Request, banned bool) *answer {
	a := newAnswer()
	a.header.Set("Date", s.clock.now().Format(http.TimeFormat))
	switch {
	case banned:
		a.header.Set("Retry-After", "600")
		a.WriteHeader(http.StatusTooManyRequests)
		_, _ = a.Write([]byte("<html><head><title>429</title></head><body>You are being rate limited</body></html>"))
	case !strings.HasPrefix(r.UserAgent(), "DiscordBot ("):
		writeResult(a, nil, errUserAgent)
	default:
		s.api.ServeHTTP(a, r)
		if r.Pattern == "" {
			a = unrouted(a.status)
		}
	}
	if a.status == 401 || a.status == 403 || a.status == 429 && a.header.Get("X-RateLimit-Scope") != "shared" {
		s.mu.Lock()
		s.limits.invalid.take(invalidLimit, s.clock.now())
		s.mu.Unlock()
	}
	return a
}

// unrouted is the answer where there is no route.
func unrouted(status int) *answer {
	a := newAnswer()
	err := errNotFound
	if status == http.StatusMethodNotAllowed {
		err = errMethod
	}
	writeResult(a, nil, err)
	return a
}

// jsonOf is the JSON of a request, nil if there is none.
func jsonOf(r *http.Request, data []byte) json.RawMessage {
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(bytes.NewReader(data))
	req, err := readRequest(copied)
	if err != nil || !json.Valid(req.body) {
		return nil
	}
	return req.body
}

// banned reports whether there were so many refused requests that none is served.
func (l *rateLimits) banned(now time.Time) bool {
	return now.Before(l.invalid.ends) && l.invalid.count >= invalidLimit.requests
}

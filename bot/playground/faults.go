package playground

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trilat/bot/playground/socket"
)

// Fault is something that goes wrong on demand.
//
// Of REST, for the requests that match:
//
//   - status: the answer is Status, with a page of HTML as from a proxy; 429 is Cloudflare's
//   - ratelimit: 429 in JSON, with RetryAfter and Global
//   - slow: the answer comes after Delay
//   - reset: the connection breaks instead of an answer
//
// Of the gateway:
//
//   - heartbeat: the bot is asked for a heartbeat
//   - reconnect: the bot is asked to connect again
//   - invalid: the bot is told that its session is invalid; Resumable says whether for good
//   - close: the connection closes with Code; 1006 without a word
//   - silence: nothing is sent on the connection any more
//   - no_acks: heartbeats are not acknowledged
//   - no_hello: new connections get no greeting
//   - corrupt: an event is cut off
//   - duplicate: an event is sent twice
//   - late: an event is sent after the next one
//
// The first four happen at once to every connection, or, with Next or if there is none, to the next attempt to identify
// or resume (reconnect: to resume), as its only answer. They happen Times, at least once. So does silence, but it stays
// until it is removed where Times is 0, as do all others.
type Fault struct {
	ID         string // given by the server
	Kind       string
	Match      string // such as "POST /interactions/*/callback", where * is anything; "": all of REST
	Times      int
	Status     int  // 0: 500
	Applied    bool // the request takes effect before it goes wrong
	Delay      time.Duration
	RetryAfter time.Duration
	Global     bool
	Code       int // 0: 1006
	Resumable  bool
	Next       bool
}

// faultForm is a fault as the page has it.
type faultForm struct {
	ID         string  `json:"id"`
	Kind       string  `json:"kind"`
	Match      string  `json:"match,omitempty"`
	Times      int     `json:"times,omitempty"`
	Status     int     `json:"status,omitempty"`
	Applied    bool    `json:"applied,omitempty"`
	DelayMS    int64   `json:"delay_ms,omitempty"`
	RetryAfter float64 `json:"retry_after,omitempty"` // seconds, as in the answer
	Global     bool    `json:"global,omitempty"`
	Code       int     `json:"code,omitempty"`
	Resumable  bool    `json:"resumable,omitempty"`
	Next       bool    `json:"next,omitempty"`
}

// MarshalJSON writes the fault as the page has it.
func (f Fault) MarshalJSON() ([]byte, error) {
	return json.Marshal(faultForm{f.ID, f.Kind, f.Match, f.Times, f.Status, f.Applied, f.Delay.Milliseconds(),
		f.RetryAfter.Seconds(), f.Global, f.Code, f.Resumable, f.Next})
}

// UnmarshalJSON reads what the page writes.
func (f *Fault) UnmarshalJSON(data []byte) error {
	var v faultForm
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*f = Fault{v.ID, v.Kind, v.Match, v.Times, v.Status, v.Applied, time.Duration(v.DelayMS) * time.Millisecond,
		time.Duration(v.RetryAfter * float64(time.Second)), v.Global, v.Code, v.Resumable, v.Next}
	return nil
}

// The faults of REST, and those of the gateway that happen at once.
var (
	restFaults = []string{"status", "ratelimit", "slow", "reset"}
	suddenly   = []string{"heartbeat", "reconnect", "invalid", "close"}
	lasting    = []string{"silence", "no_acks", "no_hello", "corrupt", "duplicate", "late"}
)

// Break makes something go wrong, and returns an id with which it can be mended.
func (s *Server) Break(f Fault) (string, error) {
	if !slices.Contains(slices.Concat(restFaults, suddenly, lasting), f.Kind) {
		return "", cannot(400, "There is no fault %q.", f.Kind)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faultIDs++
	f.ID = strconv.Itoa(s.faultIDs)
	if slices.Contains(suddenly, f.Kind) {
		f.Times = max(f.Times, 1)
	}
	s.faults = append(s.faults, &f)
	s.tellFaults()
	if len(s.conns) > 0 && !f.Next && (f.Kind == "silence" || slices.Contains(suddenly, f.Kind)) {
		for c := range s.conns {
			c.suffer(f)
		}
		s.spend(&f)
	}
	return f.ID, nil
}

// Mend removes a fault, and all with the id "".
func (s *Server) Mend(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = slices.DeleteFunc(s.faults, func(f *Fault) bool { return id == "" || f.ID == id })
	if s.peek("silence") == nil {
		for c := range s.conns {
			c.out.Silence(false)
		}
	}
	s.tellFaults()
}

func (s *Server) tellFaults() {
	s.tell("FAULTS", map[string]any{"faults": s.faultList()}, everybody)
}

func (s *Server) faultList() []Fault {
	list := []Fault{}
	for _, f := range s.faults {
		list = append(list, *f)
	}
	return list
}

// peek is the first fault of one of these kinds, nil if there is none.
func (s *Server) peek(kinds ...string) *Fault {
	for _, f := range s.faults {
		if slices.Contains(kinds, f.Kind) {
			return f
		}
	}
	return nil
}

// spend counts a fault that happens, and removes it after the last time.
func (s *Server) spend(f *Fault) {
	if f.Times == 0 {
		return
	}
	f.Times--
	if f.Times == 0 {
		s.faults = slices.DeleteFunc(s.faults, func(other *Fault) bool { return other == f })
	}
	s.tellFaults()
}

// faulty reports whether a lasting fault of the gateway happens now.
func (s *Server) faulty(kind string) bool {
	f := s.peek(kind)
	if f == nil {
		return false
	}
	s.spend(f)
	return true
}

// suffer does to a connection what a fault says.
func (c *conn) suffer(f Fault) {
	switch f.Kind {
	case "heartbeat":
		c.send(opHeartbeat, nil)
	case "reconnect":
		c.send(opReconnect, nil)
	case "invalid":
		c.send(opInvalidSession, f.Resumable)
	case "close":
		c.end(cmp.Or(f.Code, socket.Dropped))
	case "silence":
		c.out.Silence(true)
	}
}

// refusal lets a fault answer an attempt to identify or resume, and reports whether one did.
func (s *Server) refusal(c *conn, resume bool) bool {
	kinds := []string{"heartbeat", "invalid", "close", "silence"}
	if resume {
		kinds = append(kinds, "reconnect")
	}
	f := s.peek(kinds...)
	if f == nil {
		return false
	}
	c.suffer(*f)
	s.spend(f)
	return true
}

// spoil is what is sent for an event: itself, unless there is a fault.
func (s *Server) spoil(e *session, name string, event []byte) [][]byte {
	sent := [][]byte{event}
	switch {
	case name == "READY" || name == "RESUMED":
		return sent
	case s.faulty("corrupt"):
		sent = [][]byte{event[:len(event)*2/3]}
	case s.faulty("duplicate"):
		sent = append(sent, event)
	case e.late == nil && s.faulty("late"):
		e.late = event
		return nil
	}
	if e.late != nil {
		sent, e.late = append(sent, e.late), nil
	}
	return sent
}

// matching is the fault that a request runs into, nil for none.
func (s *Server) matching(method, path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if slices.Contains(restFaults, f.Kind) && (f.Match == "" || glob(f.Match, method+" "+path)) {
			happens := *f
			s.spend(f)
			return &happens
		}
	}
	return nil
}

// glob reports whether a text matches a pattern in which * stands for anything.
func glob(pattern, text string) bool {
	anything := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
	return regexp.MustCompile("(?s)^" + anything + "$").MatchString(text)
}

// happen answers a request as a fault says. serve gives the true answer.
func (f *Fault) happen(ctx context.Context, serve func() *answer) *answer {
	if f.Kind == "slow" {
		return f.hold(ctx, serve())
	}
	if f.Applied {
		serve()
	}
	a := newAnswer()
	switch {
	case f.Kind == "reset":
		a.broken = true
	case f.Kind == "ratelimit":
		writeJSON(a, http.StatusTooManyRequests, refuse(a.header, max(f.RetryAfter, time.Millisecond), f.Global))
		if !f.Global {
			a.header.Set("X-RateLimit-Scope", "shared")
		}
	default:
		a.page(cmp.Or(f.Status, http.StatusInternalServerError), int(f.RetryAfter.Seconds()))
	}
	return a
}

// hold keeps an answer back for a while, in the computer's time: the client waits in no other.
func (f *Fault) hold(ctx context.Context, a *answer) *answer {
	select {
	case <-time.After(f.Delay):
	case <-ctx.Done():
	}
	return a
}

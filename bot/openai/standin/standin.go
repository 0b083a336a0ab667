// Package standin is an OpenAI-compatible service that answers as a script says: for tests, and for trying the bot with no
// model. It streams chat completions and nothing else, and is as strict as OpenAI about keys, parameters and schemas.
package standin

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
)

// Config is how the service behaves before the script has a say.
type Config struct {
	// Script answers a request that is in order. It may be called by several goroutines at once.
	Script func(Request) Answer // required
	// Key is what must stand in the Authorization header; "" asks for none.
	Key string
	// Rejects are the parameters that the service does not know, of max_completion_tokens, max_tokens and stream_options,
	// and the kinds of response_format that it does not know: json_schema, json_object.
	Rejects []string
	// Vague hides in a rejection which parameter is meant.
	Vague bool
	// Memory has the service listen in memory, where only Transport reaches it, rather than on loopback. It can then be
	// used in a bubble of testing/synctest.
	Memory bool
}

// Request is what the service was asked.
type Request struct {
	N            int // 1 for the first
	Model        string
	System, User string          // the texts of the messages with these roles, one below the other
	Schema       json.RawMessage // nil without one
	Params       map[string]json.RawMessage
	Header       http.Header
	Body         string
}

// Server is the service. All its methods may be used by several goroutines.
type Server struct {
	config Config
	listen net.Listener
	memory *pipes // nil on loopback
	http   *http.Server
	gone   chan struct{} // closed by Close
	close  func() error
	run    sync.WaitGroup // what listens, and each answer under way

	mu       sync.Mutex
	requests []Request
}

// New starts the service. It runs until it is closed.
func New(c Config) (*Server, error) {
	s := &Server{config: c, gone: make(chan struct{})}
	if c.Memory {
		s.memory = newPipes()
		s.listen = s.memory
	} else {
		listen, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		s.listen = listen
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve)}
	s.close = sync.OnceValue(func() error {
		s.mu.Lock()
		close(s.gone)
		s.mu.Unlock()
		err := s.http.Close()
		s.run.Wait()
		return err
	})
	s.run.Go(func() { _ = s.http.Serve(s.listen) })
	return s, nil
}

// URL is where the service is, as OPENAI_BASE_URL has it.
func (s *Server) URL() string { return "http://" + s.listen.Addr().String() + "/v1" }

// Transport reaches the service wherever it listens, over connections of its own. Who asked for it closes those that are idle.
func (s *Server) Transport() *http.Transport {
	if s.memory == nil {
		return &http.Transport{}
	}
	return &http.Transport{DialContext: s.memory.dial}
}

// Close ends the service and every answer under way, and waits for them.
func (s *Server) Close() error { return s.close() }

// Requests are all that came so far, also those that were turned away.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// begin counts an answer as under way, unless the service is closed.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.gone:
		return false
	default:
		s.run.Add(1)
		return true
	}
}

// maxBody is how long a request may be.
const maxBody = 4 << 20

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		return
	}
	defer s.run.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return // the client is gone, or writes without end
	}
	request, wrong := s.read(r, body)
	s.mu.Lock()
	request.N = len(s.requests) + 1
	s.requests = append(s.requests, request)
	s.mu.Unlock()
	answer := Answer{}
	if wrong == nil {
		answer = s.config.Script(request)
		wrong = answer.refusal()
	}
	p := pen{w, r, s.gone}
	if p.wait(answer.Wait) != nil {
		return
	}
	for name, value := range answer.Header {
		w.Header().Set(name, value)
	}
	switch {
	case wrong != nil:
		p.refuse(*wrong)
	case answer.Raw != "":
		p.raw(answer)
	default:
		p.stream(request, answer)
	}
}

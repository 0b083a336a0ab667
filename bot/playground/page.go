package playground

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"time"
)

//go:embed page
var pageFiles embed.FS

// policy keeps the page from loading, sending and being shown anywhere else.
const policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// newPage serves the page with which people use the server. It loads nothing from elsewhere, and nothing is kept.
func newPage() http.Handler {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // unreachable: the name is valid
	}
	serve := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		serve.ServeHTTP(w, r)
	})
}

// wanted is the body of every request of the page; each uses some of the fields.
type wanted struct {
	As          string            `json:"as"`
	Content     string            `json:"content"`
	ReplyTo     string            `json:"reply_to"`
	Ping        bool              `json:"ping"`
	Command     string            `json:"command"`
	Options     []Option          `json:"options"`
	Target      string            `json:"target"`
	Focused     string            `json:"focused"`
	Message     string            `json:"message"`
	CustomID    string            `json:"custom_id"`
	Values      []string          `json:"values"`
	Interaction string            `json:"interaction"`
	Fields      map[string]string `json:"fields"`
	Language    string            `json:"language"`
	AdvanceMS   int64             `json:"advance_ms"`
	Change
}

func (w wanted) invocation() Invocation {
	return Invocation{Command: w.Command, Options: w.Options, Target: w.Target}
}

// addLocal adds what the page asks: what a person sees, and what they do.
func (s *Server) addLocal(mux *http.ServeMux) {
	mux.HandleFunc("GET /local/state", s.view(s.localState))
	mux.HandleFunc("GET /local/messages", s.view(s.localMessages))
	mux.HandleFunc("GET /local/events", s.localEvents)
	mux.HandleFunc("GET /local/requests", s.localRequests)
	mux.HandleFunc("GET /local/faults", s.view(s.localFaults))
	mux.HandleFunc("POST /local/faults", deed(s.localBreak))
	mux.HandleFunc("DELETE /local/faults", func(w http.ResponseWriter, r *http.Request) {
		s.Mend(r.URL.Query().Get("id"))
		w.WriteHeader(http.StatusNoContent)
	})
	for path, do := range s.deeds() {
		mux.HandleFunc("POST /local/"+path, deed(do))
	}
	mux.HandleFunc("/local/", func(w http.ResponseWriter, _ *http.Request) { writeResult(w, nil, errNotFound) })
}

// deeds are what people do, by the last part of the path.
func (s *Server) deeds() map[string]func(context.Context, wanted) (any, error) {
	return map[string]func(context.Context, wanted) (any, error){
		"say": func(_ context.Context, w wanted) (any, error) {
			return s.Say(w.As, w.Channel, Saying{Content: w.Content, ReplyTo: w.ReplyTo, Ping: w.Ping})
		},
		"speak": func(_ context.Context, w wanted) (any, error) { return nil, s.Speak(w.As, w.Language) },
		"read":  func(_ context.Context, w wanted) (any, error) { return nil, s.Read(w.As, w.Channel) },
		"dm":    func(_ context.Context, w wanted) (any, error) { return s.Direct(w.As) },
		"run": func(_ context.Context, w wanted) (any, error) {
			return begun(s.Run(w.As, w.Channel, w.invocation()))
		},
		"click": func(_ context.Context, w wanted) (any, error) {
			return begun(s.Click(w.As, w.Message, w.CustomID, w.Values))
		},
		"submit": func(_ context.Context, w wanted) (any, error) {
			return begun(s.Submit(w.As, w.Interaction, w.Fields))
		},
		"suggest": func(ctx context.Context, w wanted) (any, error) {
			list, err := s.Suggest(ctx, w.As, w.Channel, w.invocation(), w.Focused)
			return map[string]any{"choices": append([]Choice{}, list...)}, err
		},
		"change": func(_ context.Context, w wanted) (any, error) { return nil, s.Change(w.As, w.Change) },
		"clock": func(_ context.Context, w wanted) (any, error) {
			s.Advance(time.Duration(max(0, w.AdvanceMS)) * time.Millisecond)
			return s.clockState(), nil
		},
	}
}

// begun is the answer to what leads to an interaction.
func begun(id string, err error) (any, error) {
	return result{http.StatusAccepted, map[string]any{"interaction": id}}, err
}

// deed reads what is wanted and answers with what came of it.
func deed[T any](do func(context.Context, T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var want T
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&want); err != nil {
			writeResult(w, nil, errJSON)
			return
		}
		v, err := do(r.Context(), want)
		writeResult(w, v, err)
	}
}

// view answers with what may be seen at the moment, without letting a slow reader hold up the server.
func (s *Server) view(see func(r *http.Request) (any, error)) http.HandlerFunc {
	look := func(r *http.Request) *answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		a := newAnswer()
		v, err := see(r)
		writeResult(a, v, err)
		return a
	}
	return func(w http.ResponseWriter, r *http.Request) { look(r).writeTo(w) }
}

func (s *Server) localFaults(*http.Request) (any, error) {
	return map[string]any{"faults": s.faultList()}, nil
}

func (s *Server) localState(r *http.Request) (any, error) {
	u, err := s.person(r.URL.Query().Get("as"))
	if err != nil {
		return nil, err
	}
	g := s.world.desk
	return map[string]any{
		"me":          u,
		"languages":   map[string]any{"mine": u.lang, "all": languages},
		"application": map[string]any{"id": s.world.app, "name": s.world.bot.Username, "online": s.online()},
		"guild":       map[string]any{"id": g.id, "name": g.name, "owner": g.owner},
		"members":     g.sorted(), "roles": g.roles, "channels": s.channelsOf(u), "places": s.placesOfBot(), "commands": s.available(),
		"clock": s.clockState(), "faults": s.faultList(),
	}, nil
}

// channelsOf lists the places of a person as the page has them.
func (s *Server) channelsOf(u *user) []map[string]any {
	list := []map[string]any{}
	for _, c := range s.places(u) {
		v := map[string]any{"id": c.ID, "name": c.Name, "type": c.Type, "parent_id": nil}
		p := s.world.allowed(u, c)
		v["permissions"], v["can_send"] = p, c.maySpeak(p)
		v["unread"], v["pings"] = u.unread(c)
		v["last"] = c.latest()
		if c.parent != nil {
			v["parent_id"] = c.ParentID
		}
		if c.Type == directChannel {
			v["name"], v["recipient"] = s.world.bot.Username, s.world.bot
		}
		list = append(list, v)
	}
	return list
}

// placesOfBot lists the server's channels and what the bot may do in them.
func (s *Server) placesOfBot() []map[string]any {
	list := []map[string]any{}
	for _, c := range s.world.desk.textChannels() {
		may, p := "nothing", s.botMay(c)
		switch {
		case c.maySpeak(p):
			may = "writes"
		case p.has(mayView):
			may = "reads"
		}
		list = append(list, map[string]any{"id": c.ID, "name": c.Name, "application": may})
	}
	return list
}

func (s *Server) localMessages(r *http.Request) (any, error) {
	u, c, err := s.actor(r.URL.Query().Get("as"), r.URL.Query().Get("channel"))
	if err != nil {
		return nil, err
	}
	list := []shown{}
	for _, m := range c.messages {
		if m.isFor(u) {
			list = append(list, s.show(m))
		}
	}
	return list[max(0, len(list)-100):], nil
}

// localEvents streams what a person sees happen.
func (s *Server) localEvents(w http.ResponseWriter, r *http.Request) {
	as := r.URL.Query().Get("as")
	s.mu.Lock()
	_, err := s.person(as)
	if s.closed {
		err = cannot(503, "The server is closing.")
	}
	if err == nil {
		s.running.Add(1)
		defer s.running.Done()
	}
	s.mu.Unlock()
	if err != nil {
		writeResult(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	events, stop := s.Watch(as)
	defer stop()
	_ = stream(r.Context(), w, events) // it ends when the page leaves
}

const (
	keepAlive = 15 * time.Second // an event stream says that it is still there
	patience  = 5 * time.Second  // and ends if the page does not read for so long
)

func stream(ctx context.Context, w http.ResponseWriter, events <-chan Event) error {
	const here = ": here\n\n"
	out := http.NewResponseController(w)
	defer out.SetWriteDeadline(time.Time{}) // the connection may be used again
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for text := here; ; {
		_ = out.SetWriteDeadline(time.Now().Add(patience))
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
		select {
		case e, ok := <-events:
			if !ok {
				return nil
			}
			text = fmt.Sprintf("event: %s\ndata: %s\n\n", e.Name, e.Data)
		case <-tick.C:
			text = here
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// localRequests lists the exchanges after the number since.
func (s *Server) localRequests(w http.ResponseWriter, r *http.Request) {
	since, _ := strconv.Atoi(r.URL.Query().Get("since"))
	list := []Exchange{}
	for _, e := range s.Requests() {
		if e.N > since {
			list = append(list, e)
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"requests": list})
}

func (s *Server) localBreak(_ context.Context, f Fault) (any, error) {
	id, err := s.Break(f)
	return map[string]any{"id": id}, err
}

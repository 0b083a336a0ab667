package playground

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Error is an answer of Discord that refuses something.
type Error struct {
	Status  int            `json:"-"`
	Code    int            `json:"code"`
	Message string         `json:"message"`
	Errors  map[string]any `json:"errors,omitempty"` // what is wrong in a form, by the path to it
}

// Error tells the message and the code.
func (e *Error) Error() string { return fmt.Sprintf("%s (%d/%d)", e.Message, e.Status, e.Code) }

var (
	errUnauthorized     = &Error{Status: 401, Message: "401: Unauthorized"}
	errNotFound         = &Error{Status: 404, Message: "404: Not Found"}
	errMethod           = &Error{Status: 405, Message: "405: Method Not Allowed"}
	errUserAgent        = &Error{Status: 403, Code: 40333, Message: "internal network error"}
	errTooLarge         = &Error{Status: 413, Code: 40005, Message: "Request entity too large"}
	errJSON             = &Error{Status: 400, Code: 50109, Message: "The request body contains invalid JSON."}
	errApplication      = &Error{Status: 404, Code: 10002, Message: "Unknown Application"}
	errChannel          = &Error{Status: 404, Code: 10003, Message: "Unknown Channel"}
	errGuild            = &Error{Status: 404, Code: 10004, Message: "Unknown Guild"}
	errMember           = &Error{Status: 404, Code: 10007, Message: "Unknown Member"}
	errMessage          = &Error{Status: 404, Code: 10008, Message: "Unknown Message"}
	errUser             = &Error{Status: 404, Code: 10013, Message: "Unknown User"}
	errWebhook          = &Error{Status: 404, Code: 10015, Message: "Unknown Webhook"}
	errInteraction      = &Error{Status: 404, Code: 10062, Message: "Unknown interaction"}
	errCommand          = &Error{Status: 404, Code: 10063, Message: "Unknown application command"}
	errTooManyCommands  = &Error{Status: 400, Code: 30032, Message: "Maximum number of application commands reached (100)."}
	errDailyCommands    = &Error{Status: 400, Code: 30034, Message: "Max number of daily application command creates (200)"}
	errAcknowledged     = &Error{Status: 400, Code: 40060, Message: "Interaction has already been acknowledged."}
	errAccess           = &Error{Status: 403, Code: 50001, Message: "Missing Access"}
	errOtherAuthor      = &Error{Status: 403, Code: 50005, Message: "Cannot edit a message authored by another user"}
	errEmpty            = &Error{Status: 400, Code: 50006, Message: "Cannot send an empty message"}
	errClosed           = &Error{Status: 403, Code: 50007, Message: "Cannot send messages to this user"}
	errPermissions      = &Error{Status: 403, Code: 50013, Message: "Missing Permissions"}
	errToken            = &Error{Status: 401, Code: 50027, Message: "Invalid Webhook Token"}
	errDirect           = &Error{Status: 403, Code: 50003, Message: "Cannot execute action on a DM channel"}
	errChannelType      = &Error{Status: 400, Code: 50024, Message: "Cannot execute action on this channel type"}
	errVersion          = &Error{Status: 400, Code: 50041, Message: "Invalid API version provided"}
	errArchived         = &Error{Status: 400, Code: 50083, Message: "Thread is archived"}
	errThreadExists     = &Error{Status: 400, Code: 160004, Message: "A thread has already been created for this message"}
	errThreadLocked     = &Error{Status: 403, Code: 160005, Message: "Thread is locked"}
	errReplyWithoutRead = &Error{Status: 403, Code: 160002, Message: "Cannot reply without permission to read message history"}
)

// maxBody is how large a request may be.
const maxBody = 25 << 20

// request is one call of the REST interface, read to its end. The server's mutex is held while it is served.
type request struct {
	*http.Request
	body  []byte // JSON
	files []file
}

// file is one that was uploaded with a request, as files[key].
type file struct {
	key  string
	name string
	kind string
	data []byte
}

// handler serves a request: what it returns is written as JSON, nil as 204.
type handler func(r *request) (any, error)

// with is a handler that begins with what the path of its request names.
func with[T any](find func(*request) (T, error), serve func(*request, T) (any, error)) handler {
	return func(r *request) (any, error) {
		found, err := find(r)
		if err != nil {
			return nil, err
		}
		return serve(r, found)
	}
}

// result is a body that is answered with another status than 200.
type result struct {
	status int
	body   any
}

// route is one line of the REST interface.
type route struct {
	pattern string
	serve   handler
	limit   limit
	open    bool // no token is asked for in the header
}

// routes lists the REST interface, without the prefix /api/v10.
func (s *Server) routes() []route {
	one, few, some, many := limit{1, 1}, limit{5, 5}, limit{10, 10}, limit{50, 1}
	registering, following, reacting := limit{5, 20}, limit{5, 2}, limit{4, 1}
	return []route{
		{"GET /gateway", s.gatewayURL, many, true},
		{"GET /gateway/bot", s.gatewayBot, limit{2, 5}, false},
		{"GET /users/@me", s.me, many, false},
		{"GET /applications/@me", s.application, many, false},
		{"PATCH /applications/@me", s.patchApplication, few, false},
		{"GET /oauth2/applications/@me", s.application, many, false},
		{"GET /applications/{app}/commands", with(s.commandScope, s.listCommands), many, false},
		{"PUT /applications/{app}/commands", with(s.commandScope, s.putCommands), registering, false},
		{"POST /applications/{app}/commands", with(s.commandScope, s.postCommand), registering, false},
		{"GET /applications/{app}/commands/{command}", with(s.findCommand, s.getCommand), many, false},
		{"PATCH /applications/{app}/commands/{command}", with(s.findCommand, s.patchCommand), registering, false},
		{"DELETE /applications/{app}/commands/{command}", with(s.findCommand, s.deleteCommand), registering, false},
		{"GET /applications/{app}/guilds/{guild}/commands", with(s.commandScope, s.listCommands), many, false},
		{"PUT /applications/{app}/guilds/{guild}/commands", with(s.commandScope, s.putCommands), registering, false},
		{"POST /applications/{app}/guilds/{guild}/commands", with(s.commandScope, s.postCommand), registering, false},
		{"GET /applications/{app}/guilds/{guild}/commands/permissions", with(s.commandScope, s.commandPermissions), many, false},
		{"GET /applications/{app}/guilds/{guild}/commands/{command}", with(s.findCommand, s.getCommand), many, false},
		{"PATCH /applications/{app}/guilds/{guild}/commands/{command}", with(s.findCommand, s.patchCommand), registering, false},
		{"DELETE /applications/{app}/guilds/{guild}/commands/{command}", with(s.findCommand, s.deleteCommand), registering, false},

		{"POST /interactions/{interaction}/{token}/callback", s.callback, many, true},
		{"POST /webhooks/{app}/{token}", with(s.webhook, s.followUp), following, true},
		{"GET /webhooks/{app}/{token}/messages/{message}", with(s.webhook, s.webhookMessage), following, true},
		{"PATCH /webhooks/{app}/{token}/messages/{message}", with(s.webhook, s.editWebhookMessage), following, true},
		{"DELETE /webhooks/{app}/{token}/messages/{message}", with(s.webhook, s.deleteWebhookMessage), following, true},

		{"GET /channels/{channel}", with(s.reach, s.getChannel), many, false},
		{"PATCH /channels/{channel}", with(s.reach, s.patchChannel), some, false},
		{"GET /channels/{channel}/messages", with(s.reach, s.listMessages), many, false},
		{"POST /channels/{channel}/messages", with(s.reach, s.postMessage), few, false},
		{"GET /channels/{channel}/messages/{message}", with(s.reachMessage, s.getMessage), many, false},
		{"PATCH /channels/{channel}/messages/{message}", with(s.reachMessage, s.patchMessage), few, false},
		{"DELETE /channels/{channel}/messages/{message}", with(s.reachMessage, s.deleteMessage), limit{5, 1}, false},
		{"POST /channels/{channel}/messages/bulk-delete", with(s.reach, s.bulkDelete), one, false},
		{"POST /channels/{channel}/typing", with(s.reach, s.typing), few, false},
		{"PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me", with(s.reachMessage, s.react), reacting, false},
		{"DELETE /channels/{channel}/messages/{message}/reactions/{emoji}/@me", with(s.reachMessage, s.unreact), reacting, false},
		{"POST /channels/{channel}/messages/{message}/threads", with(s.reachMessage, s.threadFromMessage), some, false},
		{"POST /channels/{channel}/threads", with(s.reach, s.threadAlone), some, false},
		{"PUT /channels/{channel}/thread-members/@me", with(s.reach, s.joinThread), some, false},
		{"GET /guilds/{guild}", with(s.reachGuild, s.getGuild), many, false},
		{"GET /guilds/{guild}/channels", with(s.reachGuild, s.guildChannels), many, false},
		{"GET /guilds/{guild}/roles", with(s.reachGuild, s.guildRoles), many, false},
		{"GET /guilds/{guild}/members", with(s.reachGuild, s.guildMembers), some, false},
		{"GET /guilds/{guild}/members/{user}", with(s.reachGuild, s.guildMember), many, false},
		{"GET /guilds/{guild}/threads/active", with(s.reachGuild, s.activeThreads), many, false},
		{"GET /users/{user}", s.getUser, many, false},
		{"POST /users/@me/channels", s.postDirect, some, false},
		{"GET /users/@me/guilds", s.myGuilds, one, false},
	}
}

// newAPI is the REST interface without faults and log.
func (s *Server) newAPI() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		mux.HandleFunc(rt.pattern, func(w http.ResponseWriter, r *http.Request) { s.serveRoute(w, r, rt) })
	}
	return mux
}

// serveRoute checks who asks and how often, and lets the route answer.
func (s *Server) serveRoute(w http.ResponseWriter, r *http.Request, rt route) {
	req, err := readRequest(r.Header, r.Body)
	req.Request = r
	s.mu.Lock()
	defer s.mu.Unlock()
	if slow := s.limits.take(w.Header(), rt, r, s.clock.Now()); slow != nil {
		writeJSON(w, http.StatusTooManyRequests, slow)
		return
	}
	var body any
	switch {
	case !rt.open && r.Header.Get("Authorization") != "Bot "+s.token:
		err = errUnauthorized
	case err == nil:
		body, err = rt.serve(req)
	}
	writeResult(w, body, err)
}

func writeResult(w http.ResponseWriter, body any, err error) {
	var refusal *Error
	other, isResult := body.(result)
	switch {
	case errors.As(err, &refusal):
		writeJSON(w, refusal.Status, refusal)
	case err != nil:
		writeJSON(w, http.StatusInternalServerError, &Error{Message: "500: Internal Server Error"})
	case body == nil:
		w.WriteHeader(http.StatusNoContent)
	case isResult:
		writeJSON(w, other.status, other.body)
	default:
		writeJSON(w, http.StatusOK, body)
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(v)) // the client may be gone, which is its affair
}

// encode is the JSON of what is known to have one.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // unreachable: everything here can be encoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// readRequest reads a body, which is JSON or a form with the JSON in payload_json. The request is not nil with an error.
func readRequest(h http.Header, body io.Reader) (*request, error) {
	kind, params, _ := mime.ParseMediaType(h.Get("Content-Type"))
	data, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	req := &request{body: data}
	switch {
	case err != nil:
		return req, errJSON
	case len(data) > maxBody:
		return req, errTooLarge
	case kind == "multipart/form-data":
		req.body = nil
		return req, req.readForm(multipart.NewReader(bytes.NewReader(data), params["boundary"]))
	}
	return req, nil
}

func (r *request) readForm(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return errJSON
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return errJSON
		}
		key, isFile := strings.CutPrefix(part.FormName(), "files[")
		switch {
		case part.FormName() == "payload_json":
			r.body = data
		case isFile && len(data) > attachmentLimit:
			return errTooLarge
		case isFile && part.FileName() != "":
			r.files = append(r.files, file{strings.TrimSuffix(key, "]"), part.FileName(), part.Header.Get("Content-Type"), data})
		}
	}
}

// decode reads the JSON body; an empty one leaves v as it is.
func (r *request) decode(v any) error {
	if len(bytes.TrimSpace(r.body)) == 0 {
		return nil
	}
	return decodeForm(r.body, v)
}

// decodeForm reads JSON, and says which field has a wrong type.
func decodeForm(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return errJSON
	case errors.As(err, &wrong):
		path := strings.ReplaceAll(wrong.Field, "draft.", "") // which is a part of callbackData, not of the JSON
		return invalid(path, "BASE_TYPE_BAD_TYPE", fmt.Sprintf("Value of type %s is not of the type that is wanted here.", wrong.Value))
	}
	return invalid("", "BASE_TYPE_BAD_VALUE", err.Error()) // an id or a date
}

// id is the id in a path, zero if there is none.
func (r *request) id(name string) snowflake { return parseID(r.PathValue(name)) }

// serveAPI answers a REST request, or lets a fault answer it, and notes both sides.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return // the client is gone
	}
	a := s.answer(inside(r, data))
	e := Exchange{At: s.clock.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header,
		Body: jsonOf(r, data), Status: a.status, Took: time.Since(began)}
	if json.Valid(a.body.Bytes()) {
		e.Response = a.body.Bytes()
	}
	if a.broken {
		e.Status = 0
	}
	s.note(e)
	a.writeTo(w)
}

// answer is the true answer to a request, or that of a fault.
func (s *Server) answer(r *http.Request) *answer {
	if f := s.matching(r.Method, r.URL.Path); f != nil {
		return f.happen(r.Context(), func() *answer { return s.serveRest(r) })
	}
	return s.serveRest(r)
}

// note remembers an exchange.
func (s *Server) note(e Exchange) {
	s.log.Debug("rest", "method", e.Method, "path", e.Path, "status", e.Status)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noted++
	e.N = s.noted
	s.exchanges = append(latest(s.exchanges, s.remember), e)
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
func (s *Server) serveRest(r *http.Request) *answer {
	a := newAnswer()
	switch {
	case s.banned():
		a.page(http.StatusTooManyRequests, invalidLimit.seconds)
	case !strings.HasPrefix(r.UserAgent(), "DiscordBot ("):
		writeResult(a, nil, errUserAgent)
	default:
		s.api.ServeHTTP(a, r)
		if r.Pattern == "" {
			a = unrouted(a.status)
		}
	}
	a.header.Set("Date", s.clock.Now().Format(http.TimeFormat))
	if a.status == 401 || a.status == 403 || a.status == 429 && a.header.Get("X-RateLimit-Scope") != "shared" {
		s.countInvalid()
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
	req, err := readRequest(r.Header, bytes.NewReader(data))
	if err != nil || !json.Valid(req.body) {
		return nil
	}
	return req.body
}

// answer is one that is written when it is complete.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
	broken bool // the connection breaks instead
}

func newAnswer() *answer { return &answer{header: http.Header{}, status: http.StatusOK} }

// Header is that of the answer.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write adds to the body.
func (a *answer) Write(data []byte) (int, error) { return a.body.Write(data) }

// page is an answer from a proxy before Discord, which knows no JSON; after is how many seconds to wait, 0 for none.
func (a *answer) page(status, after int) {
	a.header.Set("Content-Type", "text/html")
	if after > 0 {
		a.header.Set("Retry-After", strconv.Itoa(after))
	}
	a.WriteHeader(status)
	fmt.Fprintf(a, "<html><head><title>%d</title></head><body>%s</body></html>", status, http.StatusText(status))
}

// writeTo sends the answer, or breaks the connection.
func (a *answer) writeTo(w http.ResponseWriter) {
	if a.broken {
		reset(w)
		return
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // the client may be gone
}

// reset breaks a connection off.
func reset(w http.ResponseWriter) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 breaks off only the request
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

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

// Requests lists the latest exchanges over REST, the oldest first.
func (s *Server) Requests() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.exchanges[max(0, len(s.exchanges)-s.remember):])
}

package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/cenkalti/backoff/v5"

	"trilat/bot"
)

// route is a request's method and path. In the template {} at the end of a part stands for an id, and {!} for one that
// rate limits are counted by; figures name the request by the template.
type route struct {
	method, template string
	ids              []string
}

func (r route) path() string { return fill(r.template, r.ids, false) }

// bucket names what the request shares a rate limit with.
func (r route) bucket() string { return r.method + " " + fill(r.template, r.ids, true) }

func fill(template string, ids []string, majorOnly bool) string {
	var path strings.Builder
	for part := range strings.SplitSeq(template, "/") {
		if path.Len() > 0 {
			path.WriteByte('/')
		}
		switch before, minor := strings.CutSuffix(part, "{}"); {
		case part == "{!}":
			part, ids = url.PathEscape(ids[0]), ids[1:]
		case minor && majorOnly:
			ids = ids[1:]
		case minor:
			part, ids = before+url.PathEscape(ids[0]), ids[1:]
		}
		path.WriteString(part)
	}
	return path.String()
}

// rest is the only way to Discord's REST interface: every request goes through do, or through perhaps.
//
// discordgo's own care for rate limits is kept out of the way, since it sleeps whatever the context says, keeps a
// bucket for every interaction for ever, and lets only one request of a bucket be under way. So a request borrows one of
// a fixed number of buckets, and the library never sees the headers that would make it wait.
type rest struct {
	session *discordgo.Session // used for nothing but requests
	wire    http.RoundTripper
	buckets chan string
	limits  limits
	log     *slog.Logger
	figures *figures
	now     func() time.Time
	ahead   atomic.Int64 // by how many nanoseconds the clock is ahead of Discord's
}

// How many requests may be under way at once, how long one may take, and how long is waited before it is repeated.
const (
	maxRequests    = 128
	requestTimeout = 20 * time.Second
	firstPause     = 100 * time.Millisecond
	longestPause   = 10 * time.Second
)

func newREST(token string, wire http.RoundTripper, log *slog.Logger, figures *figures, now func() time.Time) (*rest, error) {
	session, err := discordgo.New("Bot " + token)
	if err != nil {
		return nil, fmt.Errorf("make a session: %w", err) // unreachable: it has nothing to refuse
	}
	session.UserAgent = userAgent
	session.LogLevel = silent
	r := &rest{session: session, wire: wire, buckets: make(chan string, maxRequests), log: log, figures: figures, now: now}
	for i := range maxRequests {
		r.buckets <- fmt.Sprintf("bucket-%d", i)
	}
	return r, nil
}

// do sends a request and decodes the answer, if there is one, into a value that is not nil. Whatever may pass, such as a failing
// network, a failing Discord or a rate limit, is waited for and tried again until the context ends, which every request
// here allows: done twice, it has the effect of once. What Discord will not do is a *refusal.
func (r *rest) do(ctx context.Context, to route, body any, into any) error {
	payload, kind, err := encode(body)
	if err != nil {
		return fmt.Errorf("encode %s: %w", to.template, err)
	}
	pause := &backoff.ExponentialBackOff{InitialInterval: firstPause, Multiplier: 2, MaxInterval: longestPause}
	var last error
	answer, err := backoff.Retry(ctx, func() ([]byte, error) {
		answer, err := r.once(ctx, to, payload, kind)
		last = err
		return answer, err
	}, backoff.WithBackOff(pause), backoff.WithMaxElapsedTime(0))
	if err != nil && ctx.Err() != nil && last != nil {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), last)
	}
	return read(to, answer, err, into)
}

// perhaps sends a request that may as well be left out: at most once, and only if it neither has to wait nor is the last
// that Discord takes for now.
func (r *rest) perhaps(ctx context.Context, to route, body any, into any) error {
	payload, kind, err := encode(body)
	if err != nil {
		return fmt.Errorf("encode %s: %w", to.template, err)
	}
	if !r.limits.spare(to.bucket(), time.Now()) {
		return fmt.Errorf("%s %s: Discord takes no more for now", to.method, to.template)
	}
	answer, err := r.send(ctx, to, payload, kind)
	return read(to, answer, err, into)
}

// read decodes the answer to a request, unless there was an error instead.
func read(to route, answer []byte, err error, into any) error {
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: %w", to.method, to.template, err)
	case into == nil, len(answer) == 0:
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("read the answer to %s %s: %w", to.method, to.template, err)
	}
	return nil
}

// once sends a request once, as soon as the limits allow it.
func (r *rest) once(ctx context.Context, to route, payload []byte, kind string) ([]byte, error) {
	if err := r.limits.wait(ctx, to.bucket()); err != nil {
		return nil, err
	}
	return r.send(ctx, to, payload, kind)
}

// send sends a request, which the limits have counted. An error that will not pass is marked as permanent.
func (r *rest) send(ctx context.Context, to route, payload []byte, kind string) ([]byte, error) {
	var bucket string
	select {
	case bucket = <-r.buckets:
		defer func() { r.buckets <- bucket }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	ears := listener{next: r.wire}
	answer, err := r.session.RequestRaw(to.method, discordgo.EndpointAPI+to.path(), kind, payload, bucket, 0,
		discordgo.WithClient(&http.Client{Transport: &ears, Timeout: requestTimeout}),
		discordgo.WithContext(ctx), discordgo.WithRestRetries(0), discordgo.WithRetryOnRatelimit(false))
	r.figures.request(to, ears.status)
	if date, err := http.ParseTime(ears.header.Get("Date")); err == nil {
		r.ahead.Store(int64(r.now().Sub(date)))
	}
	r.limits.note(to.bucket(), ears.status, ears.header, answer, time.Now())
	if named := (*url.Error)(nil); errors.As(err, &named) {
		err = named.Err // the address has the interaction's token in it
	}
	switch {
	case err == nil && (len(answer) == 0 || json.Valid(answer)):
		return answer, nil
	case err == nil:
		err = fmt.Errorf("the answer with status %d is no JSON", ears.status)
	case ears.status >= 400 && ears.status < 500 && ears.status != http.StatusTooManyRequests && ears.status != http.StatusRequestTimeout:
		return nil, backoff.Permanent(readRefusal(ears.status, answer))
	}
	r.log.Debug("request failed", "route", to.template, "status", ears.status, "err", err)
	return nil, err
}

// skew is how far the clock is ahead of Discord's, as of its last answer.
func (r *rest) skew() time.Duration { return time.Duration(r.ahead.Load()) }

// encode writes a body; a message with files becomes one of several parts.
func encode(body any) (payload []byte, kind string, err error) {
	if body == nil {
		return nil, "", nil
	}
	if files := filesOf(body); len(files) > 0 {
		var parts []*discordgo.File
		for _, f := range files {
			parts = append(parts, &discordgo.File{Name: f.Name, ContentType: "text/plain; charset=utf-8", Reader: bytes.NewReader(f.Data)})
		}
		kind, payload, err = discordgo.MultipartBodyWithJSON(body, parts)
		return payload, kind, err
	}
	payload, err = json.Marshal(body)
	return payload, "application/json", err
}

func filesOf(body any) []bot.File {
	switch b := body.(type) {
	case message:
		return b.Files
	case callback:
		return filesOf(b.Data)
	}
	return nil
}

// refusal is what Discord answered to a request that it will not carry out.
type refusal struct {
	status  int
	code    int // Discord's own, 0 if it gave none
	message string
}

func (e *refusal) Error() string {
	return fmt.Sprintf("Discord refuses with %d, code %d: %s", e.status, e.code, e.message)
}

func readRefusal(status int, body []byte) *refusal {
	var said struct {
		Code    int             `json:"code"`
		Message string          `json:"message"`
		Errors  json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &said) != nil {
		return &refusal{status: status, message: http.StatusText(status)}
	}
	return &refusal{status, said.Code, strings.TrimSpace(said.Message + " " + string(said.Errors))}
}

package discord

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// userAgent is how Discord wants bots to name themselves.
const userAgent = "DiscordBot (trilat, 1)"

// silent is a level below all that discordgo logs: it writes to the standard logger, and what matters is logged here.
const silent = -1

// elsewhere sends requests that are meant for Discord to another one.
type elsewhere struct {
	api  *url.URL // nil: the real one
	next http.RoundTripper
}

// RoundTrip sends a request, redirected if it is for Discord.
func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if e.api == nil || r.URL.Host != "discord.com" {
		return e.next.RoundTrip(r)
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = e.api.Scheme, e.api.Host, ""
	return e.next.RoundTrip(r)
}

// listener remembers status and headers of the last answer, and takes those about rate limits out of it, so that
// discordgo, which gets it next, has nothing to wait for.
type listener struct {
	next   http.RoundTripper
	status int
	header http.Header
}

// RoundTrip sends a request.
func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	l.status, l.header = 0, nil
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	l.status, l.header = resp.StatusCode, resp.Header.Clone()
	for name := range resp.Header {
		if strings.HasPrefix(name, "X-Ratelimit-") {
			resp.Header.Del(name)
		}
	}
	return resp, nil
}

// line is the socket to the gateway, whatever connection it is at the moment.
//
// discordgo reads without a deadline, so that a link that is dead without a word is noticed after minutes, or never when
// it dies before the first word. Here a read that waits for longer than silence fails. What failed is closed at once:
// discordgo says goodbye before it connects anew, and a goodbye ends the session that it then wants to resume.
type line struct {
	silence time.Duration

	mu   sync.Mutex
	conn *attentive
}

// dial opens a connection, which becomes the line's current one.
func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = &attentive{Conn: conn, silence: l.silence, since: time.Now()}
	return l.conn, nil
}

// reset forgets the connection before, so that nobody asks for how long it has been unheard.
func (l *line) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = nil
}

// unheard is for how long nobody has read from the current connection, nor waited to.
func (l *line) unheard() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return 0
	}
	return l.conn.unheard()
}

// cut closes the current connection without a goodbye.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		l.conn.Close() // it is given up whatever this says
	}
}

// attentive is a connection whose reads fail when nothing comes for too long, and which knows whether anybody listens.
type attentive struct {
	net.Conn
	silence time.Duration

	mu      sync.Mutex
	reading bool
	since   time.Time // of the last read
}

// Read reads what comes within the time of silence that is allowed.
func (a *attentive) Read(b []byte) (int, error) {
	a.listen(true)
	defer a.listen(false)
	if err := a.SetReadDeadline(time.Now().Add(a.silence)); err != nil {
		return 0, err
	}
	n, err := a.Conn.Read(b)
	if err != nil {
		a.Close() // the error is the one to tell
	}
	return n, err
}

func (a *attentive) listen(reading bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reading, a.since = reading, time.Now()
}

func (a *attentive) unheard() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.reading {
		return 0
	}
	return time.Since(a.since)
}

package openai

import (
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"
)

// ears send a request for go-openai, and keep of the answer what it would lose: the headers, and the body of a refusal
// that is not written as OpenAI's. They also limit what is read, which it does not.
type ears struct {
	http  *http.Client
	heard func()    // called whenever something has come
	last  time.Time // when that was

	sent    bool
	status  int // 0 until there is an answer
	header  http.Header
	body    io.Reader
	refusal []byte // the body, when the status is not 200
}

// How many bytes of an answer, and of a refusal, are read.
const (
	maxBody    = 8 << 20
	maxRefusal = 64 << 10
)

var errStatus = errors.New("the status is not 200")

// Do sends a request.
func (e *ears) Do(r *http.Request) (*http.Response, error) {
	e.sent = true
	answer, err := e.http.Do(r)
	if err != nil {
		return nil, err
	}
	e.heard()
	e.status, e.header = answer.StatusCode, answer.Header
	answer.Body = &limited{answer.Body, e.heard, maxBody}
	e.body = answer.Body
	if e.status == http.StatusOK {
		return answer, nil
	}
	defer answer.Body.Close()
	e.refusal, _ = io.ReadAll(io.LimitReader(answer.Body, maxRefusal)) // half of it is better than none
	return nil, errStatus
}

// drain reads what little there is behind the last event, so that the connection can be used again.
func (e *ears) drain() { _, _ = io.CopyN(io.Discard, e.body, 1<<10) }

// after is for how long the service wants to be left alone, 0 if it does not say so.
func (e *ears) after() time.Duration {
	wish := e.header.Get("Retry-After")
	if n, err := strconv.ParseFloat(wish, 64); err == nil && n >= 0 {
		return time.Duration(min(n, math.MaxInt32) * float64(time.Second))
	}
	then, err := http.ParseTime(wish)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(e.header.Get("Date")) // its own clock may differ
	if err != nil {
		now = time.Now()
	}
	return max(then.Sub(now), 0)
}

// limited is a body that tells when something comes, and fails when it is too much.
type limited struct {
	io.ReadCloser
	heard func()
	left  int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errEndless
	}
	n, err := l.ReadCloser.Read(p[:min(len(p), l.left)])
	if l.left -= n; n > 0 {
		l.heard()
	}
	return n, err
}

package playground

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// limit is how many requests a bucket takes in so many seconds.
type limit struct {
	requests int
	seconds  int
}

// window counts requests until it ends.
type window struct {
	count int
	ends  time.Time
}

// take reports how long to wait, zero if the request is within the limit.
func (w *window) take(l limit, now time.Time) time.Duration {
	if !now.Before(w.ends) {
		*w = window{ends: now.Add(time.Duration(l.seconds) * time.Second)}
	}
	if w.count >= l.requests {
		return w.ends.Sub(now)
	}
	w.count++
	return 0
}

// rateLimits counts the requests of the bot. The server's mutex guards it.
type rateLimits struct {
	buckets map[string]*window
	all     window
	invalid window
	swept   time.Time
}

// The limits over all routes: requests a second, and refused ones in ten minutes, after which Cloudflare answers.
var (
	globalLimit  = limit{50, 1}
	invalidLimit = limit{10_000, 600}
)

// slowDown is the body of a 429.
type slowDown struct {
	Message    string  `json:"message"`
	RetryAfter float64 `json:"retry_after"`
	Global     bool    `json:"global"`
	Code       int     `json:"code"`
}

// take counts a request, writes the headers that tell of it, and returns the refusal if there were too many.
func (l *rateLimits) take(h http.Header, rt route, r *http.Request, now time.Time) *slowDown {
	l.sweep(now)
	if !rt.open {
		if wait := l.all.take(globalLimit, now); wait > 0 {
			return refuse(h, wait, true)
		}
	}
	b := l.bucket(rt, r)
	wait := b.take(rt.limit, now)
	left := b.ends.Sub(now)
	h.Set("X-RateLimit-Limit", strconv.Itoa(rt.limit.requests))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(rt.limit.requests-b.count))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(b.ends.UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", seconds(left))
	h.Set("X-RateLimit-Bucket", bucketName(rt.pattern))
	if wait > 0 {
		h.Set("X-RateLimit-Scope", "user")
		return refuse(h, wait, false)
	}
	return nil
}

// bucket is that of a route and the channel, guild or webhook that it is about.
func (l *rateLimits) bucket(rt route, r *http.Request) *window {
	key := rt.pattern + " " + r.PathValue("channel") + r.PathValue("guild")
	if token := r.PathValue("token"); token != "" {
		key += tokenID(token).String()
	}
	b := l.buckets[key]
	if b == nil {
		b = &window{}
		l.buckets[key] = b
	}
	return b
}

// sweep forgets windows that have ended, every ten seconds.
func (l *rateLimits) sweep(now time.Time) {
	if now.Sub(l.swept) < 10*time.Second {
		return
	}
	l.swept = now
	for key, b := range l.buckets {
		if !now.Before(b.ends) {
			delete(l.buckets, key)
		}
	}
}

// refuse writes the headers that every 429 has.
func refuse(h http.Header, wait time.Duration, global bool) *slowDown {
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	if global {
		h.Set("X-RateLimit-Global", "true")
		h.Set("X-RateLimit-Scope", "global")
	}
	after, _ := strconv.ParseFloat(seconds(wait), 64)
	return &slowDown{Message: "You are being rate limited.", RetryAfter: after, Global: global}
}

// seconds rounds up to a millisecond, so that who waits as long has waited enough.
func seconds(d time.Duration) string {
	return fmt.Sprintf("%.3f", math.Ceil(d.Seconds()*1000)/1000)
}

// bucketName is opaque, as Discord's are.
func bucketName(pattern string) string {
	sum := sha256.Sum256([]byte(pattern))
	return hex.EncodeToString(sum[:16])
}

// countInvalid counts a request that was refused.
func (s *Server) countInvalid() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.invalid.take(invalidLimit, s.clock.Now())
}

// banned reports whether there were so many refused requests that none is served.
func (s *Server) banned() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.limits.invalid
	return l.count >= invalidLimit.requests && s.clock.Now().Before(l.ends)
}

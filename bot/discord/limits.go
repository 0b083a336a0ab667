package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// limits are the rate limits as Discord last told them. The zero value knows of none.
type limits struct {
	mu      sync.Mutex
	buckets map[string]window
	global  time.Time // nothing may be sent before, but what answers interactions
	all     time.Time // nothing at all may be sent before
}

// window is how many requests of a bucket may still be sent until some moment.
type window struct {
	left  int
	until time.Time
}

// maxWindows is how many buckets are remembered before those that are over are forgotten.
const maxWindows = 1024

// unknownWait is how long to wait when a refusal does not say so, as those by the network in front of Discord.
const unknownWait = 5 * time.Second

// wait blocks until a request of a bucket may be sent, and counts it.
func (l *limits) wait(ctx context.Context, bucket string) error {
	for {
		pause := l.take(bucket, time.Now())
		if pause <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// spare counts a request that nobody waits for, and reports whether it may be sent: at once, and without taking the last
// of its bucket from one that somebody waits for.
func (l *limits) spare(bucket string, now time.Time) bool {
	l.mu.Lock()
	w, known := l.buckets[bucket]
	l.mu.Unlock()
	if known && now.Before(w.until) && w.left < 2 {
		return false
	}
	return l.take(bucket, now) <= 0
}

// take counts a request, or says how long to wait before asking again.
func (l *limits) take(bucket string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.all) {
		return l.all.Sub(now)
	}
	if now.Before(l.global) && counted(bucket) {
		return l.global.Sub(now)
	}
	w, known := l.buckets[bucket]
	switch {
	case !known:
		return 0
	case !now.Before(w.until):
		delete(l.buckets, bucket)
		return 0
	case w.left == 0:
		return w.until.Sub(now)
	}
	w.left--
	l.buckets[bucket] = w
	return 0
}

// note keeps what an answer says about limits; status is 0 when there was none.
func (l *limits) note(bucket string, status int, header http.Header, body []byte, now time.Time) {
	if status == http.StatusTooManyRequests {
		pause, reach := readLimit(header, body)
		l.block(bucket, now, pause, reach)
		return
	}
	left, err := strconv.Atoi(header.Get("X-RateLimit-Remaining"))
	after, ok := seconds(header.Get("X-RateLimit-Reset-After"))
	if err != nil || !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w, known := l.buckets[bucket]; known && now.Before(w.until) {
		left = min(left, w.left) // answers may overtake each other
	}
	l.keep(bucket, window{max(left, 0), now.Add(after)}, now)
}

// reach is what a refusal is meant for.
type reach int

const (
	oneBucket  reach = iota
	allCounted       // all that count towards the global limit
	everything
)

func (l *limits) block(bucket string, now time.Time, pause time.Duration, r reach) {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := now.Add(pause)
	switch {
	case r == oneBucket || r == allCounted && !counted(bucket):
		l.keep(bucket, window{0, until}, now)
	case r == allCounted && until.After(l.global):
		l.global = until
	case r == everything && until.After(l.all):
		l.all = until
	}
}

// counted reports whether requests of a bucket count towards the global limit. Answers to interactions, for which people
// wait, do not.
func counted(bucket string) bool {
	_, path, _ := strings.Cut(bucket, " ")
	return !strings.HasPrefix(path, "interactions/") && !strings.HasPrefix(path, "webhooks/")
}

// keep remembers a window. The caller holds the lock.
func (l *limits) keep(bucket string, w window, now time.Time) {
	if l.buckets == nil {
		l.buckets = map[string]window{}
	}
	if len(l.buckets) >= maxWindows {
		for b, w := range l.buckets {
			if !now.Before(w.until) {
				delete(l.buckets, b)
			}
		}
	}
	l.buckets[bucket] = w
}

// readLimit reads a 429: how long to wait, and with what. One that is not Discord's JSON comes from the network in front
// of it and is meant for everything.
func readLimit(header http.Header, body []byte) (pause time.Duration, r reach) {
	var said struct {
		RetryAfter float64 `json:"retry_after"`
		Global     bool    `json:"global"`
	}
	switch err := json.Unmarshal(body, &said); {
	case err != nil:
		r = everything
	case said.Global || header.Get("X-RateLimit-Global") != "":
		r = allCounted
	}
	if after, ok := seconds(header.Get("Retry-After")); ok {
		pause = after
	}
	if exact := time.Duration(said.RetryAfter * float64(time.Second)); exact > 0 {
		pause = exact
	}
	if pause <= 0 {
		pause = unknownWait
	}
	return pause, r
}

func seconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(text, 64)
	return time.Duration(n * float64(time.Second)), err == nil && n >= 0 && n < 1e6
}

package discord

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	spent := header("X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "2.5")
	tests := []struct {
		name   string
		note   func(*limits)
		bucket string
		want   time.Duration
	}{
		{"nothing is known", func(*limits) {}, "a", 0},
		{"none are left", func(l *limits) { l.note("a", 200, spent, nil, now) }, "a", 2500 * time.Millisecond},
		{"another bucket", func(l *limits) { l.note("a", 200, spent, nil, now) }, "b", 0},
		{"refused", func(l *limits) { l.note("a", 429, nil, []byte(`{"retry_after":1.5}`), now) }, "a", 1500 * time.Millisecond},
		{"refused, in the header", func(l *limits) { l.note("a", 429, header("Retry-After", "3"), []byte(`{}`), now) }, "a", 3 * time.Second},
		{"answers to interactions are not counted", func(l *limits) { l.note("a", 429, nil, []byte(`{"retry_after":4,"global":true}`), now) }, "POST interactions/1/x/callback", 0},
		{"such an answer refused", func(l *limits) {
			l.note("POST interactions/1/x/callback", 429, nil, []byte(`{"retry_after":4,"global":true}`), now)
		}, "a", 0},
		{"such an answer refused by the network", func(l *limits) { l.note("a", 429, nil, []byte("<html>"), now) }, "PATCH webhooks/1/x", unknownWait},
		{"a shorter refusal comes later", func(l *limits) {
			l.note("a", 429, nil, []byte(`{"retry_after":4,"global":true}`), now)
			l.note("a", 429, nil, []byte(`{"retry_after":1,"global":true}`), now)
		}, "b", 4 * time.Second},
		{"everything refused", func(l *limits) { l.note("a", 429, nil, []byte(`{"retry_after":4,"global":true}`), now) }, "b", 4 * time.Second},
		{"refused by the network", func(l *limits) { l.note("a", 429, header("Retry-After", "7"), []byte("<html>"), now) }, "b", 7 * time.Second},
		{"refused without a word", func(l *limits) { l.note("a", 429, nil, nil, now) }, "b", unknownWait},
		{"broken headers", func(l *limits) {
			l.note("a", 200, header("X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "soon"), nil, now)
		}, "a", 0},
		{"an older answer comes later", func(l *limits) {
			l.note("a", 200, spent, nil, now)
			l.note("a", 200, header("X-RateLimit-Remaining", "4", "X-RateLimit-Reset-After", "2"), nil, now)
		}, "a", 2 * time.Second},
		{"the last one is taken", func(l *limits) {
			l.note("a", 200, header("X-RateLimit-Remaining", "1", "X-RateLimit-Reset-After", "2"), nil, now)
			l.take("a", now)
		}, "a", 2 * time.Second},
		{"the window is over", func(l *limits) { l.note("a", 200, spent, nil, now.Add(-3*time.Second)) }, "a", 0},
	}
	for _, tt := range tests {
		var l limits
		tt.note(&l)
		if have := l.take(tt.bucket, now); have != tt.want {
			t.Errorf("%s: have %s, want %s", tt.name, have, tt.want)
		}
	}
}

// Every interaction has a bucket of its own; those that are over are forgotten.
func TestLimitsAreForgotten(t *testing.T) {
	var l limits
	header := http.Header{"X-Ratelimit-Remaining": {"4"}, "X-Ratelimit-Reset-After": {"1"}}
	now := time.Unix(1_000_000, 0)
	for i := range 10 * maxWindows {
		now = now.Add(10 * time.Millisecond)
		l.note(fmt.Sprint(i), 200, header, nil, now)
	}
	if have := len(l.buckets); have > maxWindows {
		t.Errorf("have %d buckets, want at most %d", have, maxWindows)
	}
}

package playground

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestEachRouteAndChannelHasItsBucket(t *testing.T) {
	r := newRoom(t)
	post := func(answer, channel string) response {
		return r.want(answer, "POST "+r.messages(channel), `{"content":"x"}`)
	}
	for n := range 5 {
		got := post("200", "general")
		same(t, "left", got.header.Get("X-RateLimit-Remaining"), 4-n)
		same(t, "limit", got.header.Get("X-RateLimit-Limit"), 5)
	}
	slow := post("429", "general")
	same(t, "scope", slow.header.Get("X-RateLimit-Scope"), "user")
	same(t, "global", slow.text("global"), false)
	for _, name := range []string{"Retry-After", "X-RateLimit-Reset", "X-RateLimit-Reset-After", "X-RateLimit-Bucket", "Date"} {
		if slow.header.Get(name) == "" {
			t.Errorf("429 without %s", name)
		}
	}
	post("200", "questions")
	r.want("200", "GET /channels/"+r.channel("general")+"/messages", nil)
	r.s.Advance(5 * time.Second)
	same(t, "left", post("200", "general").header.Get("X-RateLimit-Remaining"), 4)
}

func TestWaitingAsLongAsItSaysIsEnough(t *testing.T) {
	var w window
	now := founded
	l := limit{1, 5}
	if w.take(l, now) != 0 {
		t.Fatal("the first request was refused")
	}
	wait := w.take(l, now.Add(1234567*time.Nanosecond))
	told, err := time.ParseDuration(seconds(wait) + "s")
	if err != nil || told < wait || told > wait+time.Millisecond {
		t.Errorf("wait: have %v %v, want %v rounded up", told, err, wait)
	}
	if w.take(l, now.Add(1234567*time.Nanosecond).Add(told)) != 0 {
		t.Error("who waited was refused")
	}
}

func TestFiftyRequestsASecondOverAll(t *testing.T) {
	r := newRoom(t)
	for range 25 {
		r.want("200", "GET /users/@me", nil)
		r.want("200", "GET /applications/@me", nil)
	}
	slow := r.want("429", "GET /guilds/"+r.s.world.desk.id.String(), nil)
	same(t, "global", slow.text("global")+slow.header.Get("X-RateLimit-Global"), "truetrue")
	same(t, "headers of the route", slow.header.Get("X-RateLimit-Limit"), "")
	late := r.want("404/10062", "POST /interactions/1/x/callback", `{"type":5}`) // not counted among all
	same(t, "left of its own bucket", late.header.Get("X-RateLimit-Remaining"), 49)
	r.s.Advance(time.Second)
	r.want("200", "GET /users/@me", nil)
}

func TestBucketsThatAreOverAreForgotten(t *testing.T) {
	r := newRoom(t)
	r.want("200", "GET /users/@me", nil)
	r.s.Advance(time.Minute)
	r.want("200", "GET /gateway", nil)
	if have := len(r.s.limits.buckets); have != 1 {
		t.Errorf("buckets: have %d, want 1", have)
	}
}

func TestWhoIsLetIn(t *testing.T) {
	r := newRoom(t)
	tests := []struct {
		name, header, value string
		status, code        int
	}{
		{"no token", "Authorization", "", 401, 0},
		{"a token with no kind", "Authorization", r.s.Token(), 401, 0},
		{"no agent", "User-Agent", "", 403, 40333},
		{"another agent", "User-Agent", "curl/8", 403, 40333},
	}
	for _, test := range tests {
		got := r.call("GET /users/@me", nil, func(q *http.Request) { q.Header.Set(test.header, test.value) })
		same(t, test.name, fmt.Sprint(got.status)+" "+got.text("code"), fmt.Sprint(test.status, test.code))
	}
}

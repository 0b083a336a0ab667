package main

import (
	"bufio"
	"bytes"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trilat/bot/playground"
	"trilat/bot/store"
)

// kiosk is a local Discord, and a store in which its server has a digest, with nobody running a bot on them.
type kiosk struct {
	testing.TB
	*tool
	d    *playground.Server
	kept *store.Store
	out  bytes.Buffer
	page string
	spot map[string]string // ids of channels by name
}

func newKiosk(t *testing.T, channel string) *kiosk {
	t.Helper()
	k := &kiosk{TB: t, d: playground.New(playground.Config{}), spot: map[string]string{}}
	web := httptest.NewServer(k.d)
	t.Cleanup(web.Close)
	t.Cleanup(k.d.Close)
	k.page = web.URL
	where := filepath.Join(t.TempDir(), "trilat.db")
	k.tool = &tool{config: config{folder: library, tokenText: k.d.Token(), api: web.URL, db: where, now: k.d.Now},
		ctx: t.Context(), out: bufio.NewWriter(&k.out), errs: &bytes.Buffer{}}
	var state struct {
		Guild    struct{ ID string }
		Channels []struct{ ID, Name string }
	}
	local(t, "GET", k.page+"/local/state?as=ivo", nil, &state)
	for _, c := range state.Channels {
		k.spot[c.Name] = c.ID
	}
	var err error
	if k.kept, err = store.Open(t.Context(), store.Config{Where: where, Now: k.d.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.kept.Close() })
	k.setUp(state.Guild.ID, k.spot[channel])
	return k
}

// setUp gives a server a digest, which is due now.
func (k *kiosk) setUp(server, channel string) {
	k.Helper()
	due := k.d.Now().UTC().Truncate(time.Minute)
	d := store.Digest{Server: server, Channel: channel, Zone: "UTC", Minute: due.Hour()*60 + due.Minute(), Next: due}
	if err := k.kept.SetDigest(k.Context(), d, store.Actor{Name: "Ivo"}, "digest"); err != nil {
		k.Fatal(err)
	}
}

// post runs the command, and returns what it prints.
func (k *kiosk) post() (string, error) {
	k.out.Reset()
	err := new(digestPostCommand).Run(k.tool)
	k.tool.out.Flush()
	return k.out.String(), err
}

func (k *kiosk) messages(channel string) (all []message) {
	k.Helper()
	local(k.TB.(*testing.T), "GET", k.page+"/local/messages?as=ivo&channel="+k.spot[channel], nil, &all)
	return all
}

// Started again and again, as by cron, it posts a digest once for a day.
func TestDigestsArePostedFromTheTerminal(t *testing.T) {
	k := newKiosk(t, "general")
	for _, want := range []string{"Posted: 1.\n", "Posted: 0.\n"} {
		if have, err := k.post(); have != want || err != nil {
			t.Errorf("have %q and %v, want %q", have, err, want)
		}
	}
	if all := k.messages("general"); len(all) != 1 || !strings.Contains(all[0].Content, "Daily digest") {
		t.Errorf("have %+v, want one digest", all)
	}
	k.d.Advance(24 * time.Hour)
	if have, err := k.post(); have != "Posted: 1.\n" || err != nil || len(k.messages("general")) != 2 {
		t.Errorf("a day later: have %q and %v and %d messages, want 2", have, err, len(k.messages("general")))
	}
}

func TestWhyDigestsAreNotPostedFromTheTerminal(t *testing.T) {
	k := newKiosk(t, "quiet")
	if have, err := k.post(); have != "" || err == nil || !strings.Contains(err.Error(), "1 could not be sent") {
		t.Errorf("a channel that is closed: have %q and %v", have, err)
	}
	running, err := store.Open(t.Context(), store.Config{Where: k.db, Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	var refused unfit
	if _, err := k.post(); !errors.As(err, &refused) || !strings.Contains(err.Error(), "another bot uses") {
		t.Errorf("beside a bot that runs: have %v", err)
	}
	k.db = filepath.Join(t.TempDir(), "none.db")
	if _, err := k.post(); err == nil || !strings.Contains(err.Error(), "no server has a daily digest") {
		t.Errorf("without a store: have %v", err)
	}
	k.tokenText = ""
	var wrong usage
	if _, err := k.post(); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "DISCORD_TOKEN") {
		t.Errorf("without a token: have %v", err)
	}
}

func TestTheTerminalShowsADigest(t *testing.T) {
	k := newKiosk(t, "general")
	env := map[string]string{"KNOWLEDGE_DIR": library, "TRILAT_DB": k.db}
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"preview", exitOK, "Daily digest"},
		{"status", exitOK, "The next ones, by the clock of UTC"},
		{"status --json", exitOK, `"text"`},
		{"status --server 7", exitOK, "no daily digest"},
	} {
		if r := trilatIn(t, env, "", append([]string{"digest"}, strings.Fields(tt.args)...)...); r.code != tt.code || !strings.Contains(r.out, tt.says) {
			t.Errorf("%s: have code %d, %q and %q, want %d and %q", tt.args, r.code, r.out, r.errs, tt.code, tt.says)
		}
	}
	if len(k.messages("general")) > 0 {
		t.Error("it is posted, too")
	}
	k.setUp("7", "8")
	if r := trilatIn(t, env, "", "digest", "status"); r.code != exitUsage || !strings.Contains(r.errs, "choose one with --server, of ") || !strings.Contains(r.errs, ", 7") {
		t.Errorf("of two servers: have code %d and %q", r.code, r.errs)
	}
	env["TRILAT_DB"] = remembered(t)
	if r := trilatIn(t, env, "", "digest", "status"); r.code != exitFault || !strings.Contains(r.errs, "no server has a daily digest") {
		t.Errorf("of none: have code %d and %q", r.code, r.errs)
	}
}

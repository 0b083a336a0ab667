package main

import (
	"strings"
	"testing"
	"time"
)

func TestTheStoreHasASensiblePlace(t *testing.T) {
	for _, tt := range []struct {
		env   map[string]string
		where string
		fault string
	}{
		{map[string]string{"TRILAT_DB": " bot.db "}, "bot.db", ""},
		{map[string]string{"TRILAT_DB": "postgres://u:secret@db/trilat", "HOME": "/home/ana"}, "postgres://u:secret@db/trilat", ""},
		{map[string]string{"TRILAT_DB": "postgresql://db/trilat"}, "postgresql://db/trilat", ""},
		{map[string]string{"TRILAT_DB": "mysql://u:secret@db/trilat"}, "", `begins with "mysql://"`},
		{map[string]string{"STATE_DIRECTORY": "/var/lib/trilat:/var/lib/more", "HOME": "/"}, "/var/lib/trilat/trilat.db", ""},
		{map[string]string{"XDG_STATE_HOME": "/home/ana/state", "HOME": "/home/ana"}, "/home/ana/state/trilat/trilat.db", ""},
		{map[string]string{"HOME": "/home/ana"}, "/home/ana/.local/state/trilat/trilat.db", ""},
		{nil, "", "TRILAT_DB is not set"},
	} {
		where, err := readConfig(func(name string) string { return tt.env[name] }).where()
		if where != tt.where || !says(err, tt.fault) {
			t.Errorf("%v: have %q and %v, want %q and %q", tt.env, where, err, tt.where, tt.fault)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: the password is in %q", tt.env, err)
		}
	}
}

// says reports whether an error has a text in it, or is none if that is "".
func says(err error, text string) bool {
	if err == nil || text == "" {
		return err == nil && text == ""
	}
	return strings.Contains(err.Error(), text)
}

func TestAnswersAreRememberedForDays(t *testing.T) {
	for _, tt := range []struct {
		days  string
		keep  time.Duration
		fault string
	}{
		{"", 0, ""},
		{"1", 24 * time.Hour, ""},
		{"90", 90 * 24 * time.Hour, ""},
		{"0", 0, `LOG_DAYS is "0": give a number of days from 1 to 3650`},
		{"-3", 0, "LOG_DAYS"},
		{"3651", 0, "LOG_DAYS"},
		{"ninety", 0, `LOG_DAYS is "ninety"`},
	} {
		keep, err := config{logDays: tt.days}.keep()
		if keep != tt.keep || !says(err, tt.fault) {
			t.Errorf("%q: have %v and %v, want %v and %q", tt.days, keep, err, tt.keep, tt.fault)
		}
	}
}

func TestEveryFaultOfTheConfigurationIsNamedAtOnce(t *testing.T) {
	r := trilatIn(t, map[string]string{"DISCORD_TOKEN": "a", "DISCORD_TOKEN_FILE": "b", "TRILAT_DB": "redis://x", "LOG_DAYS": "many"}, "", "serve")
	for _, name := range []string{"DISCORD_TOKEN_FILE", "TRILAT_DB", "LOG_DAYS"} {
		if r.code != exitUsage || !strings.Contains(r.errs, name) {
			t.Errorf("have code %d and %q without %s", r.code, r.errs, name)
		}
	}
}

// The local Discord forgets when it ends, and so does its bot, unless somebody names a store for it.
func TestTheLocalDiscordNeedsNoStore(t *testing.T) {
	for db, want := range map[string]string{"": "", "kept.db": "kept.db"} {
		s, err := config{db: db, state: "/var/lib/trilat"}.service(nil)
		if err != nil || s.where != want {
			t.Errorf("TRILAT_DB %q: have %q and %v, want %q", db, s.where, err, want)
		}
	}
}

package store

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestSetupIsKeptWithItsFaults(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		if have, want := got(w.Setup(t.Context(), "s1"))(t), (Setup{Server: "s1", Corrections: true}); !reflect.DeepEqual(have, want) {
			t.Errorf("before: have %+v, want %+v", have, want)
		}
		want := Setup{Server: "s1", Role: "r1", Channel: "c1", Mentions: []string{"c1", "c2"}, ModelOff: []string{"brief", "digest"}, By: "tom"}
		ok(t, w.SetUp(t.Context(), Setup{Server: "s1", Channel: "c0", Corrections: true, ModelOff: []string{"ask"}}, Actor{"eve", "Eve"}, "team"))
		ok(t, w.SetUp(t.Context(), want, Actor{"tom", "Tom"}, "team again"))
		wantEqual(t, "a new fault", got(w.Fault(t.Context(), "s1", "c1", "gone"))(t), true)
		w.clock.Move(time.Minute)
		wantEqual(t, "a known fault", got(w.Fault(t.Context(), "s1", "c1", "still gone"))(t), false)
		want.Faults = []Fault{{"c1", "gone", start}}
		if have := got(w.Setup(t.Context(), "s1"))(t); !reflect.DeepEqual(have, want) {
			t.Errorf("have %+v\nwant %+v", have, want)
		}
		ok(t, w.Mended(t.Context(), "s1", "c1"))
		ok(t, w.Mended(t.Context(), "s1", "c1"))
		wantEqual(t, "faults after that", len(got(w.Setup(t.Context(), "s1"))(t).Faults), 0)
		wantEqual(t, "a fault that came back", got(w.Fault(t.Context(), "s1", "c1", "gone"))(t), true)
	})
}

func TestServersAreThoseThatHaveNotLeft(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ok(t, w.Remember(t.Context(), w.receipt("a1", "s2", "anna")))
		ok(t, w.Remember(t.Context(), w.receipt("a2", "", "anna")))
		ok(t, w.SetUp(t.Context(), Setup{Server: "s1"}, Actor{}, "setup"))
		ok(t, w.Leave(t.Context(), "s2"))
		left := w.clock.Now()
		w.clock.Move(time.Hour)
		ok(t, w.Leave(t.Context(), "s2"))
		wantEqual(t, "left when first told", got(w.Setup(t.Context(), "s2"))(t).Left, left)
		if have, want := got(w.Servers(t.Context()))(t), []string{"s1"}; !slices.Equal(have, want) {
			t.Errorf("have %q, want %q", have, want)
		}
		ok(t, w.Return(t.Context(), "s2"))
		if have, want := got(w.Servers(t.Context()))(t), []string{"s1", "s2"}; !slices.Equal(have, want) {
			t.Errorf("after a return: have %q, want %q", have, want)
		}
		wantEqual(t, "anna's after a return", got(w.IsBy(t.Context(), "a1", "anna"))(t), true)
	})
}

func TestMuteIsOfOneServer(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		tom := Actor{"tom", "Tom"}
		wantEqual(t, "before", got(w.Muted(t.Context(), "s1", "anna"))(t), false)
		ok(t, w.Mute(t.Context(), "s1", "anna", true, tom))
		ok(t, w.Mute(t.Context(), "s1", "anna", true, tom))
		wantEqual(t, "muted", got(w.Muted(t.Context(), "s1", "anna"))(t), true)
		wantEqual(t, "elsewhere", got(w.Muted(t.Context(), "s2", "anna"))(t), false)
		wantEqual(t, "somebody else", got(w.Muted(t.Context(), "s1", "ben"))(t), false)
		ok(t, w.Mute(t.Context(), "s1", "anna", false, tom))
		wantEqual(t, "after", got(w.Muted(t.Context(), "s1", "anna"))(t), false)
	})
}

func TestAuditLogTellsWhoDidWhatNewestFirst(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		tom := Actor{"tom", "Tom"}
		ok(t, w.SetUp(t.Context(), Setup{Server: "s1"}, tom, "team"))
		w.ask(t, "q1", "k1", "anna")
		w.ask(t, "q2", "k2", "ben")
		ok(t, w.Merge(t.Context(), "q2", "q1", tom))
		ok(t, w.Settle(t.Context(), "q1", Answered, tom, "", &TeamAnswer{Text: "this", At: start}, nil, nil))
		ok(t, w.Mute(t.Context(), "s1", "anna", true, tom))
		ok(t, w.Mute(t.Context(), "s2", "anna", true, tom))
		w.clock.Move(time.Minute)
		ok(t, w.Revise(t.Context(), TeamAnswer{ID: "q1", Version: 1, Text: "that"}, tom, nil))
		ok(t, w.Revise(t.Context(), TeamAnswer{ID: "q1", Version: 2, Text: "that", Withdrawn: true}, tom, nil))
		var have [][2]string
		for _, a := range got(w.Acts(t.Context(), "s1", 6))(t) {
			wantEqual(t, "who", a.By, tom)
			have = append(have, [2]string{a.What, a.Subject})
		}
		want := [][2]string{{"withdrawn", "q1"}, {"edited", "q1"}, {"muted", ""}, {"answered", "q1"}, {"duplicate", "q2"}, {"team", ""}}
		if !slices.Equal(have, want) {
			t.Errorf("have %q\nwant %q", have, want)
		}
		wantEqual(t, "the newest alone", len(got(w.Acts(t.Context(), "s1", 1))(t)), 1)
	})
}

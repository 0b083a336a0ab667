package schedule

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// changing is zones whose clocks do all that clocks do: by an hour, half of one, two or a day, at night, over midnight, at
// the end of a date, twice a year or by the moon, in either half of the year, with seconds, or never.
var changing = []string{
	"Europe/Tirane", "Europe/Zagreb", "Europe/Belgrade", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Havana",
	"America/Santiago", "America/Asuncion", "America/Scoresbysund", "America/Nuuk", "Asia/Beirut", "Asia/Tehran", "Africa/Cairo",
	"Africa/Casablanca", "Africa/Monrovia", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein", "Pacific/Kiritimati",
	"Pacific/Chatham", "Antarctica/Troll", "UTC",
}

var century = []time.Time{time.Date(1970, 1, 3, 0, 0, 0, 0, time.UTC), time.Date(2100, 12, 1, 0, 0, 0, 0, time.UTC)}

func TestDueIsTheFirstMinuteThatFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawn(t)
		day := dateOf(drawnInstant(t, s.Zone))
		due, ok := s.Due(day.Format(time.DateOnly))
		want, exists := firstMinute(s, day)
		if ok != exists || !due.Equal(want) {
			t.Fatalf("%s of %s: have %s, want %s", written(s), day.Format(time.DateOnly), moment(due, ok), moment(want, exists))
		}
	})
}

// firstMinute looks at the clock on the wall every half minute, and finds what Due should: the first time it shows the
// schedule's minute on a date, or if it never does, the first later instant; nothing if the date is never shown.
func firstMinute(s Schedule, day time.Time) (later time.Time, exists bool) {
	date := day.Format(time.DateOnly)
	for at := day.Add(-30 * time.Hour).In(s.Zone); at.Before(day.Add(60 * time.Hour)); at = at.Add(30 * time.Second) {
		shown, minute := at.Format(time.DateOnly), at.Hour()*60+at.Minute()
		exists = exists || shown == date
		switch {
		case shown == date && minute == s.Minute:
			return at, true
		case later.IsZero() && (shown > date || shown == date && minute > s.Minute):
			later = at
		}
	}
	if !exists {
		return time.Time{}, false
	}
	return later, true
}

func TestEveryDateThatExistsHasOneRunInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawn(t)
		after := drawnInstant(t, s.Zone)
		until := after.AddDate(0, 0, rapid.IntRange(3, 400).Draw(t, "days"))
		runs := s.Between(after, until)
		for i := 1; i < len(runs); i++ {
			if a, b := runs[i-1], runs[i]; a.Date >= b.Date || !a.At.Before(b.At) {
				t.Fatalf("have %v before %v", a, b)
			}
		}
		// At both ends the clock may have shown a date whose run lies outside.
		want := shownDates(after.AddDate(0, 0, 2), until.AddDate(0, 0, -2))
		have := dates(runs)
		for len(have) > 0 && len(want) > 0 && have[0] < want[0] {
			have = have[1:]
		}
		if len(have) < len(want) || !slices.Equal(have[:len(want)], want) {
			t.Fatalf("%s: have %q, want %q", written(s), have, want)
		}
	})
}

// shownDates are the dates that the clock on the wall shows from one instant until another.
func shownDates(from, until time.Time) []string {
	var shown []string
	for at := from; !at.After(until); at = at.Add(30 * time.Minute) {
		shown = append(shown, at.Format(time.DateOnly))
	}
	slices.Sort(shown)
	return slices.Compact(shown)
}

func TestDueLatestNextBetweenAndSinceAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawn(t)
		s.Days = Days(rapid.IntRange(0, 127).Draw(t, "days"))
		after := drawnInstant(t, s.Zone)
		until := after.Add(time.Duration(rapid.IntRange(0, 100*24*60).Draw(t, "minutes")) * time.Minute)
		runs := s.Between(after, until)
		next := s.Next(after, len(runs)+1)
		if !slices.Equal(next[:len(runs)], runs) || !next[len(runs)].At.After(until) {
			t.Fatalf("%s: Between %v, Next %v", written(s), runs, next)
		}
		date, due := s.Latest(after)
		if since := s.Since(date, until); !slices.Equal(since, runs) {
			t.Fatalf("%s: Between %v, Since %s %v", written(s), runs, date, since)
		}
		if due.After(after) || !next[0].At.After(after) {
			t.Fatalf("%s: Latest %s, Next %s, want %s between them", written(s), due, next[0].At, after)
		}
		for _, run := range append(next, Run{Date: date, At: due}) {
			again, ok := s.Due(run.Date)
			latest, _ := s.Latest(run.At)
			if before, _ := s.Latest(run.At.Add(-1)); !ok || !again.Equal(run.At) || latest != run.Date || before >= run.Date {
				t.Fatalf("%s: have %+v, Due %s, Latest then %s, before %s", written(s), run, moment(again, ok), latest, before)
			}
		}
	})
}

func TestWhoGoesOnByDateRepeatsAndLosesNoneThroughAnyChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawn(t)
		now := drawnInstant(t, s.Zone)
		done, _ := s.Latest(now)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60*60).Draw(t, "minutes")) * time.Minute)
			if rapid.Bool().Draw(t, "change") {
				s = drawn(t)
			}
			want := existing(s, done, now)
			runs := s.Since(done, now)
			if have := dates(runs); !slices.Equal(have, want) {
				t.Fatalf("%s at %s, done until %s: have %q, want %q", written(s), now, done, have, want)
			}
			if len(runs) > 0 {
				done = runs[len(runs)-1].Date
			}
			if latest, _ := s.Latest(now); latest > done {
				t.Fatalf("%s at %s: %s is due, have done %s", written(s), now, latest, done)
			}
		}
	})
}

// existing are the dates after one, by the calendar, that are due until an instant.
func existing(s Schedule, after string, until time.Time) []string {
	var found []string
	day, _ := time.Parse(time.DateOnly, after)
	for range 30 {
		day = day.AddDate(0, 0, 1)
		date := day.Format(time.DateOnly)
		if due, ok := s.Due(date); ok && !due.After(until) {
			found = append(found, date)
		}
	}
	return found
}

// A change that takes effect at an instant, without a look at what was done, runs a date twice if it was due before by the
// old schedule and is due after by the new one, and never in the opposite case. Zones are at most 26 hours apart and times
// of day 24, so that is three dates at most, and at most one if the zone stays.
func TestChangeAtAnInstantTouchesFewDates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, changed, most := drawn(t), drawn(t), 3
		if rapid.Bool().Draw(t, "same zone") {
			changed.Zone, most = old.Zone, 1
		}
		at := drawnInstant(t, old.Zone)
		before := dates(old.Between(at.AddDate(0, 0, -10), at))
		after := dates(changed.Between(at, at.AddDate(0, 0, 10)))
		twice := slices.DeleteFunc(slices.Clone(before), func(date string) bool { return !slices.Contains(after, date) })
		never := existing(changed, before[len(before)-1], at)
		if len(twice) > most || len(never) > most || len(twice) > 0 && len(never) > 0 {
			t.Fatalf("%s to %s at %s: twice %q, never %q", written(old), written(changed), at, twice, never)
		}
	})
}

func dates(runs []Run) []string {
	var all []string
	for _, run := range runs {
		all = append(all, run.Date)
	}
	return all
}

// drawn is any schedule of every day.
func drawn(t *rapid.T) Schedule {
	zone, err := time.LoadLocation(rapid.SampledFrom(changing).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return Schedule{Zone: zone, Minute: rapid.IntRange(0, 24*60-1).Draw(t, "minute")}
}

// drawnInstant is any minute of the century, every other time near one at which the clocks of a zone change.
func drawnInstant(t *rapid.T, zone *time.Location) time.Time {
	at := time.Unix(rapid.Int64Range(century[0].Unix()/60, century[1].Unix()/60).Draw(t, "at")*60, 0).In(zone)
	if _, change := at.ZoneBounds(); rapid.Bool().Draw(t, "near a change") && !change.IsZero() && change.Before(century[1]) {
		at = change.Add(time.Duration(rapid.IntRange(-48*60, 48*60).Draw(t, "minutes from it")) * time.Minute)
	}
	return at
}

package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDue(t *testing.T) {
	for _, c := range []struct{ rule, zone, clock, days, date, want string }{
		{"a plain day", "Europe/Tirane", "09:00", "daily", "2026-11-24", "2026-11-24T09:00:00+01:00"},
		{"a time in a gap", "Europe/Zagreb", "02:30", "daily", "2027-03-28", "2027-03-28T03:00:00+02:00"},
		{"the end of a gap", "Europe/Zagreb", "03:00", "daily", "2027-03-28", "2027-03-28T03:00:00+02:00"},
		{"before a gap", "Europe/Zagreb", "01:59", "daily", "2027-03-28", "2027-03-28T01:59:00+01:00"},
		{"a time in a fold", "Europe/Zagreb", "02:30", "daily", "2026-10-25", "2026-10-25T02:30:00+02:00"},
		{"the end of a fold", "Europe/Zagreb", "03:00", "daily", "2026-10-25", "2026-10-25T03:00:00+01:00"},
		{"midnight in a gap", "America/Santiago", "00:00", "daily", "2026-09-06", "2026-09-06T01:00:00-03:00"},
		{"midnight in a gap", "America/Santiago", "00:30", "daily", "2026-09-06", "2026-09-06T01:00:00-03:00"},
		{"midnight in a gap", "Asia/Beirut", "00:00", "daily", "2026-03-29", "2026-03-29T01:00:00+03:00"},
		{"midnight in a gap", "America/Asuncion", "00:00", "daily", "2023-10-01", "2023-10-01T01:00:00-03:00"},
		{"midnight in a gap", "Africa/Cairo", "00:15", "daily", "2026-04-24", "2026-04-24T01:00:00+03:00"},
		{"midnight after a fold", "Asia/Beirut", "00:00", "daily", "2026-10-25", "2026-10-25T00:00:00+02:00"},
		{"before midnight in a fold", "Asia/Beirut", "23:30", "daily", "2026-10-24", "2026-10-24T23:30:00+03:00"},
		{"midnight twice", "America/St_Johns", "00:00", "daily", "2010-11-07", "2010-11-07T00:00:00-02:30"},
		{"a gap that ends the date", "America/Scoresbysund", "23:30", "daily", "2026-03-28", "2026-03-29T00:00:00-01:00"},
		{"half an hour's gap", "Australia/Lord_Howe", "02:15", "daily", "2026-10-04", "2026-10-04T02:30:00+11:00"},
		{"half an hour's fold", "Australia/Lord_Howe", "01:45", "daily", "2026-04-05", "2026-04-05T01:45:00+11:00"},
		{"two hours' gap", "Antarctica/Troll", "01:30", "daily", "2026-03-29", "2026-03-29T03:00:00+02:00"},
		{"a date that was skipped", "Pacific/Apia", "09:00", "daily", "2011-12-30", ""},
		{"midnight of a date that was skipped", "Pacific/Apia", "00:00", "daily", "2011-12-30", ""},
		{"the date before it", "Pacific/Apia", "23:59", "daily", "2011-12-29", "2011-12-29T23:59:00-10:00"},
		{"the date after it", "Pacific/Apia", "00:00", "daily", "2011-12-31", "2011-12-31T00:00:00+14:00"},
		{"a date that was skipped", "Pacific/Kwajalein", "12:00", "daily", "1993-08-21", ""},
		{"summer time that is far off", "Europe/Zagreb", "09:00", "daily", "2099-07-01", "2099-07-01T09:00:00+02:00"},
		{"the end of a leap year that is far off", "Europe/Zagreb", "09:00", "daily", "2040-12-31", "2040-12-31T09:00:00+01:00"},
		{"a day of the schedule", "UTC", "09:00", "weekdays", "2026-11-27", "2026-11-27T09:00:00Z"},
		{"no day of the schedule", "UTC", "09:00", "weekdays", "2026-11-28", ""},
		{"a date of no calendar", "UTC", "09:00", "daily", "2026-02-29", ""},
		{"no date", "UTC", "09:00", "daily", "tomorrow", ""},
	} {
		due, ok := parsed(t, c.clock, c.zone, c.days).Due(c.date)
		if have := moment(due, ok); have != c.want {
			t.Errorf("%s: %s %s on %s: have %q, want %q", c.rule, c.clock, c.zone, c.date, have, c.want)
		}
	}
}

func TestZeroScheduleIsMidnightInUTC(t *testing.T) {
	due, ok := Schedule{}.Due("2026-11-24")
	if have, want := moment(due, ok), "2026-11-24T00:00:00Z"; have != want {
		t.Errorf("have %q, want %q", have, want)
	}
}

func TestLatest(t *testing.T) {
	for _, c := range []struct{ rule, zone, clock, days, at, date, due string }{
		{"at the instant", "Europe/Tirane", "09:00", "daily", "2026-11-24T09:00:00+01:00", "2026-11-24", "2026-11-24T09:00:00+01:00"},
		{"just before", "Europe/Tirane", "09:00", "daily", "2026-11-24T08:59:59+01:00", "2026-11-23", "2026-11-23T09:00:00+01:00"},
		{"another zone's clock", "Pacific/Auckland", "09:00", "daily", "2026-11-23T21:00:00Z", "2026-11-24", "2026-11-24T09:00:00+13:00"},
		{"over a weekend", "UTC", "09:00", "weekdays", "2026-11-29T12:00:00Z", "2026-11-27", "2026-11-27T09:00:00Z"},
		{"a week ago", "UTC", "09:00", "Tue", "2026-11-24T08:00:00Z", "2026-11-17", "2026-11-17T09:00:00Z"},
		{"over a day that was skipped", "Pacific/Apia", "09:00", "daily", "2011-12-31T08:00:00+14:00", "2011-12-29", "2011-12-29T09:00:00-10:00"},
		{"over a week whose day was skipped", "Pacific/Apia", "09:00", "Fri", "2012-01-06T08:00:00+14:00", "2011-12-23", "2011-12-23T09:00:00-10:00"},
		{"the first of two midnights", "America/St_Johns", "00:00", "daily", "2010-11-06T23:30:00-03:30", "2010-11-07", "2010-11-07T00:00:00-02:30"},
		{"due when the next date begins", "America/Scoresbysund", "23:30", "daily", "2026-03-29T00:00:00-01:00", "2026-03-28", "2026-03-29T00:00:00-01:00"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		date, due := parsed(t, c.clock, c.zone, c.days).Latest(at)
		if have := moment(due, true); date != c.date || have != c.due {
			t.Errorf("%s: %s %s at %s: have %s at %s, want %s at %s", c.rule, c.clock, c.zone, c.at, date, have, c.date, c.due)
		}
	}
}

func TestNextTellsOfTheClocks(t *testing.T) {
	for _, c := range []struct{ rule, zone, clock, days, after, want string }{
		{"in summer", "Europe/Zagreb", "09:00", "daily", "2026-07-01", "2026-07-02 09:00, 2026-07-03 09:00"},
		{"forward", "Europe/Zagreb", "09:00", "daily", "2027-03-27", "2027-03-28 09:00 forward, 2027-03-29 09:00"},
		{"back", "Europe/Zagreb", "09:00", "daily", "2026-10-24", "2026-10-25 09:00 back, 2026-10-26 09:00"},
		{"in a gap", "Europe/Zagreb", "02:30", "daily", "2027-03-27", "2027-03-28 03:00 forward moved, 2027-03-29 02:30"},
		{"in a fold", "Europe/Zagreb", "02:30", "daily", "2026-10-24", "2026-10-25 02:30 twice, 2026-10-26 02:30 back"},
		{"at the end of a fold", "Europe/Zagreb", "03:00", "daily", "2026-10-24", "2026-10-25 03:00 back, 2026-10-26 03:00"},
		{"within the week", "Europe/Zagreb", "09:00", "Mon", "2027-03-22", "2027-03-29 09:00 forward, 2027-04-05 09:00"},
		{"over midnight", "America/St_Johns", "23:30", "daily", "2010-11-05", "2010-11-06 23:30 twice, 2010-11-07 23:30 back"},
		{"into the next date", "America/Scoresbysund", "23:30", "daily", "2026-03-27", "2026-03-28 00:00 forward moved, 2026-03-29 23:30"},
		{"over a day that is not", "Pacific/Apia", "09:00", "daily", "2011-12-29", "2011-12-31 09:00 forward, 2012-01-01 09:00"},
	} {
		s := parsed(t, c.clock, c.zone, c.days)
		after, ok := s.Due(c.after)
		if !ok {
			t.Fatalf("%s: %s is no day of the schedule", c.rule, c.after)
		}
		var runs []string
		for _, run := range s.Next(after, 2) {
			runs = append(runs, strings.TrimSpace(fmt.Sprint(run.Date, run.At.Format(" 15:04 "), noted(run.Note))))
		}
		if have := strings.Join(runs, ", "); have != c.want {
			t.Errorf("%s: %s %s: have %q, want %q", c.rule, c.clock, c.zone, have, c.want)
		}
	}
}

func TestNextOfNoneIsNone(t *testing.T) {
	for _, n := range []int{0, -1} {
		if runs := (Schedule{}).Next(time.Unix(0, 0), n); len(runs) != 0 {
			t.Errorf("Next %d: have %v, want none", n, runs)
		}
	}
}

func TestSinceIsAfterADateWhateverTheSchedule(t *testing.T) {
	for _, c := range []struct{ rule, days, date, want string }{
		{"two days", "daily", "2026-11-22", "2026-11-23 2026-11-24"},
		{"nothing yet", "daily", "2026-11-24", ""},
		{"a date ahead", "daily", "2026-11-26", ""},
		{"a date that is no day of it", "Mon, Tue", "2026-11-21", "2026-11-23 2026-11-24"},
		{"no date", "daily", "", ""},
	} {
		var dates []string
		for _, run := range parsed(t, "09:00", "Europe/Tirane", c.days).Since(c.date, time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)) {
			dates = append(dates, run.Date)
		}
		if have := strings.Join(dates, " "); have != c.want {
			t.Errorf("%s: have %q, want %q", c.rule, have, c.want)
		}
	}
}

func BenchmarkLatest10000(b *testing.B) {
	var all []Schedule
	for i := range 10_000 {
		zone := changing[i%len(changing)]
		all = append(all, Schedule{Zone: loaded(b, zone), Minute: i % (24 * 60), Days: Days(i % 128)})
	}
	at := time.Date(2026, 10, 25, 8, 0, 0, 0, time.UTC)
	for b.Loop() {
		for _, s := range all {
			s.Latest(at)
		}
	}
}

func BenchmarkBetweenTenYears(b *testing.B) {
	s := Schedule{Zone: loaded(b, "Europe/Tirane"), Minute: 9 * 60}
	until := time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		s.Between(until.AddDate(-10, 0, 0), until)
	}
}

func parsed(t *testing.T, clock, zone, days string) Schedule {
	t.Helper()
	s, err := Parse(clock, zone, days)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func loaded(t testing.TB, zone string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func moment(at time.Time, ok bool) string {
	if !ok {
		return ""
	}
	return at.Format(time.RFC3339)
}

func noted(n Note) string {
	var words []string
	for i, word := range []string{"forward", "back", "moved", "twice"} {
		if n&(1<<i) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

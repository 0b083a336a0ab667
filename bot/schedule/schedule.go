// Package schedule says when something that happens once a day, at a local time, is due.
//
// A [Schedule] is a zone, a time of day and some days of the week. It gives every local date at most one instant, and later
// dates later instants, so the date is a key for what was done: "done for the 25th" means the same whatever the clocks did
// meanwhile and whatever the schedule was changed to. Who remembers the last date that was done goes on with
// [Schedule.Since] and repeats and loses none, whichever zone or time the schedule had before.
//
// When the clocks go back and a time comes twice, the first counts. When they go forward and skip it, the first instant
// after the gap counts. A date that was skipped whole, as Samoa's 30 December 2011 was, is not there.
//
// The package reads no clock, and knows nothing of what happens. It brings the rules of all zones with it, for computers
// that have none; where a computer has its own, those count.
package schedule

import (
	"fmt"
	"iter"
	"time"
)

// Schedule is a time of day in a zone, on some days of the week. The zero Schedule is midnight in UTC, every day.
type Schedule struct {
	Zone   *time.Location // nil: UTC
	Minute int            // of the day by the local clock, 0 to 1439
	Days   Days           // none: every day
}

// Run is one time that a schedule is due. At is in the schedule's zone.
type Run struct {
	Date string // the local date that it is for, as 2006-01-02
	At   time.Time
	Note Note
}

// Note is what somebody who reads a list of runs should be told about the clocks: any of the constants, or nothing.
type Note uint8

const (
	Forward Note = 1 << iota // the clocks went forward since the run before
	Back                     // the clocks went back since the run before
	Moved                    // the local time is skipped on this date; the run is at the first instant after that
	Twice                    // the local time comes twice; the run is at the first
)

// Due is the instant of a local date, written as 2006-01-02, in the schedule's zone. It reports false for a date that does
// not exist there, for a day of the week that is not in the schedule, and for what is no date.
func (s Schedule) Due(date string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}, false
	}
	return s.due(day)
}

// Latest is the last run that was due at an instant or before, by its local date and its own instant. There always is one.
func (s Schedule) Latest(at time.Time) (date string, due time.Time) {
	day, due := s.latest(at)
	return day.Format(time.DateOnly), due
}

// Next returns the first n runs after an instant.
func (s Schedule) Next(after time.Time, n int) []Run {
	var runs []Run
	for run := range s.from(s.latest(after)) {
		if len(runs) >= n {
			break
		}
		runs = append(runs, run)
	}
	return runs
}

// Between returns the runs after one instant until another, which is included. After a change of zone or time, dates around
// the change may have been run by the old schedule or by neither; Since is what knows.
func (s Schedule) Between(after, until time.Time) []Run {
	day, due := s.latest(after)
	return s.until(day, due, until)
}

// Since returns the runs for the dates after one that are due until an instant, which is included; none if date is no date.
// The date need not be one of this schedule.
func (s Schedule) Since(date string, until time.Time) []Run {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return nil
	}
	before, due := s.last(day)
	return s.until(before, due, until)
}

// Clock is the local time of day as Parse reads it, such as "09:00".
func (s Schedule) Clock() string { return fmt.Sprintf("%02d:%02d", s.Minute/60, s.Minute%60) }

func (s Schedule) until(day, due, until time.Time) []Run {
	var runs []Run
	for run := range s.from(day, due) {
		if run.At.After(until) {
			break
		}
		runs = append(runs, run)
	}
	return runs
}

// from yields the runs after the one for day, which is at due, without end.
func (s Schedule) from(day, due time.Time) iter.Seq[Run] {
	return func(yield func(Run) bool) {
		for {
			day = day.AddDate(0, 0, 1)
			at, ok := s.due(day)
			if !ok {
				continue
			}
			if !yield(Run{day.Format(time.DateOnly), at, s.note(day, due, at)}) {
				return
			}
			due = at
		}
	}
}

// latest is the last run until an instant. It begins on the day after: a clock that goes back over midnight has shown that
// day before.
func (s Schedule) latest(at time.Time) (day, due time.Time) {
	day, due = s.last(dateOf(at.In(s.zone())).AddDate(0, 0, 1))
	for due.After(at) {
		day, due = s.last(day.AddDate(0, 0, -1))
	}
	return day, due
}

// last is the last run for a day or one before it. No zone has skipped the same day of the week twice running.
func (s Schedule) last(day time.Time) (_, due time.Time) {
	for {
		if due, ok := s.due(day); ok {
			return day, due
		}
		day = day.AddDate(0, 0, -1)
	}
}

// due is Due for a date that is given as its midnight in UTC.
func (s Schedule) due(day time.Time) (time.Time, bool) {
	if !s.Days.Has(day.Weekday()) {
		return time.Time{}, false
	}
	at := first(s.wall(day), s.zone())
	// A gap may also end the date: then what is due late on it is due when the next one begins.
	there := dateOf(at).Equal(day) || dateOf(first(day, s.zone())).Equal(day)
	return at, there
}

// note compares the clock at a run with the one at the run before and the one soon after.
func (s Schedule) note(day, before, at time.Time) (n Note) {
	_, was := before.Zone()
	_, is := at.Zone()
	switch {
	case is > was:
		n = Forward
	case is < was:
		n = Back
	}
	if !wallOf(at).Equal(s.wall(day)) {
		n |= Moved
	}
	if twice(at) {
		n |= Twice
	}
	return n
}

// wall is what the clock on the wall should show on a day, as if that were UTC.
func (s Schedule) wall(day time.Time) time.Time {
	return day.Add(time.Duration(s.Minute) * time.Minute)
}

func (s Schedule) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// first is the first instant at which the clock on the wall shows a time or a later one. time.Date does not say which of
// two it gives in a fold, and gives the day before for a midnight in a gap.
func first(wall time.Time, zone *time.Location) time.Time {
	from := wall.AddDate(0, 0, -2).In(zone) // before wall everywhere, even where a whole day was repeated
	for {
		at := wall.Add(-offset(from)).In(zone)
		if at.Before(from) {
			return from
		}
		end := evenUntil(from)
		if end.IsZero() || at.Before(end) {
			return at
		}
		from = end
	}
}

// twice reports whether the clock on the wall will go back and show the time of an instant again.
func twice(at time.Time) bool {
	end := evenUntil(at)
	if end.IsZero() {
		return false
	}
	back := offset(at) - offset(end)
	return back > 0 && !at.Add(back).Before(end)
}

// evenUntil is a later instant until which the clocks do not change, or zero if they never do again. ZoneBounds ends leap years
// that are ruled by a formula, from 2040 on, a day early; the clocks of no zone change on that day.
func evenUntil(at time.Time) time.Time {
	_, end := at.ZoneBounds()
	if end.IsZero() || end.After(at) {
		return end
	}
	return at.Add(24 * time.Hour)
}

func offset(at time.Time) time.Duration {
	_, seconds := at.Zone()
	return time.Duration(seconds) * time.Second
}

// wallOf is what the clock on the wall shows at an instant, as if that were UTC.
func wallOf(at time.Time) time.Time { return at.UTC().Add(offset(at)) }

// dateOf is the local date of an instant, as its midnight in UTC.
func dateOf(at time.Time) time.Time { return wallOf(at).Truncate(24 * time.Hour) }

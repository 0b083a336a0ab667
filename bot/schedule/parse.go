package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Parse reads a schedule as people write it: a time of day with 24 hours ("09:00", "9:00", "9.30", "0900"), the IANA name of
// a zone in any case (or a town's in place of it, as in "Europe/Tirana", which IANA calls Europe/Tirane), and the days ("daily" or nothing, "weekdays", "Mon, Wed Fri", "Mon-Thu"). The error is one line for
// each of the three that can not be read; a line says what to write instead.
func Parse(clock, zone, days string) (Schedule, error) {
	minute, clockErr := parseClock(strings.TrimSpace(clock))
	place, zoneErr := parseZone(strings.TrimSpace(zone))
	set, daysErr := parseDays(days)
	if err := errors.Join(clockErr, zoneErr, daysErr); err != nil {
		return Schedule{}, err
	}
	return Schedule{Zone: place, Minute: minute, Days: set}, nil
}

func parseClock(text string) (int, error) {
	for _, layout := range []string{"15:04", "15.04", "1504"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Hour()*60 + t.Minute(), nil
		}
	}
	return 0, fmt.Errorf(`%q is no time of day: write it with 24 hours, from "00:00" to "23:59", such as "09:00"`, text)
}

// parseZone takes only names of places: "CET" does not say whose summer time it means, "Local" not even whose time.
func parseZone(text string) (*time.Location, error) {
	name, ok := zoneNamed(text)
	if !ok {
		return nil, fmt.Errorf("%q is no time zone: %s", text, zoneHint(text))
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time zone %s: %w", name, err)
	}
	return zone, nil
}

func zoneHint(text string) string {
	if text != "" {
		if near := Zones(text, 3); len(near) > 0 {
			return "did you mean " + strings.Join(near, " or ") + "?"
		}
	}
	return "write a place such as Europe/Zagreb; an abbreviation such as CET does not say when the clocks change"
}

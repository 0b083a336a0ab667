package schedule

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ clock, zone, days, want string }{
		{"09:00", "Europe/Tirana", "daily", "09:00 Europe/Tirane daily"},
		{"9:00", "europe/tirana", "", "09:00 Europe/Tirane daily"},
		{"9:00", "europe/prishtinë", "", "09:00 Europe/Belgrade daily"},
		{"9:00", "Europe/Tirane", "", "09:00 Europe/Tirane daily"},
		{"9.30", "EUROPE/ZAGREB", "Every day", "09:30 Europe/Zagreb daily"},
		{"0900", " utc ", "everyday", "09:00 UTC daily"},
		{" 23:59 ", "america/new york", "weekdays", "23:59 America/New_York weekdays"},
		{"00:00", "America/Port-au-Prince", "Weekends", "00:00 America/Port-au-Prince weekends"},
		{"0:00", "Asia/Beirut", "Mon, Wed Fri", "00:00 Asia/Beirut Mon, Wed, Fri"},
		{"18.05", "Asia/Beirut", "su;tues/THURS.", "18:05 Asia/Beirut Tue, Thu, Sun"},
		{"18:05", "Asia/Beirut", "Mondays and thursday", "18:05 Asia/Beirut Mon, Thu"},
		{"18:05", "Asia/Beirut", "Mon-Fri", "18:05 Asia/Beirut weekdays"},
		{"18:05", "Asia/Beirut", "Sat – Mon, Wed", "18:05 Asia/Beirut Mon, Wed, Sat, Sun"},
		{"18:05", "Asia/Beirut", "Sun to Mon", "18:05 Asia/Beirut Mon, Sun"},
		{"18:05", "Asia/Beirut", "weekdays weekends", "18:05 Asia/Beirut daily"},
		{"18:05", "Asia/Beirut", "sat mon tue wed thu fri sun", "18:05 Asia/Beirut daily"},
	} {
		s, err := Parse(c.clock, c.zone, c.days)
		if have := written(s); err != nil || have != c.want {
			t.Errorf("Parse(%q, %q, %q): have %q, %v, want %q", c.clock, c.zone, c.days, have, err, c.want)
		}
	}
}

func TestParseSaysWhatToDo(t *testing.T) {
	const (
		clock = `is no time of day: write it with 24 hours, from "00:00" to "23:59", such as "09:00"`
		zone  = `is no time zone: write a place such as Europe/Zagreb; an abbreviation such as CET does not say when the clocks change`
		days  = `is no day of the week: write "daily", "weekdays" or days such as "Mon, Wed, Fri"`
	)
	for _, c := range []struct{ clock, zone, days, want string }{
		{"24:00", "UTC", "", `"24:00" ` + clock},
		{"9am", "UTC", "", `"9am" ` + clock},
		{"9:5", "UTC", "", `"9:5" ` + clock},
		{"٠٩:٠٠", "UTC", "", `"٠٩:٠٠" ` + clock},
		{"", "UTC", "", `"" ` + clock},
		{"09:00", "CET", "", `"CET" ` + zone},
		{"09:00", "Local", "", `"Local" ` + zone},
		{"09:00", "", "", `"" ` + zone},
		{"09:00", "../etc/passwd", "", `"../etc/passwd" ` + zone},
		{"09:00", "GMT+2", "", `"GMT+2" ` + zone},
		{"09:00", "Pristina", "", `"Pristina" is no time zone: did you mean Europe/Belgrade?`},
		{"09:00", "Europe/Tira", "", `"Europe/Tira" is no time zone: did you mean Europe/Tirane or Europe/Tiraspol?`},
		{"09:00", "UTC", "Mon, Wendesday", `"wendesday" ` + days},
		{"09:00", "UTC", "m", `"m" ` + days},
		{"09:00", "UTC", "Mon-", `"mon-" ` + days},
		{"09:00", "UTC", "Mon-Tue-Wed", `"mon-tue-wed" ` + days},
		{"noon", "here", "now", `"noon" ` + clock + "\n" + `"here" ` + zone + "\n" + `"now" ` + days},
	} {
		if _, err := Parse(c.clock, c.zone, c.days); err == nil || err.Error() != c.want {
			t.Errorf("Parse(%q, %q, %q): have %v, want %s", c.clock, c.zone, c.days, err, c.want)
		}
	}
}

func TestParseReadsWhatDaysWrite(t *testing.T) {
	for d := range Days(1 << 7) {
		s, err := Parse("09:00", "UTC", d.String())
		if err != nil {
			t.Fatal(err)
		}
		for day := range time.Weekday(7) {
			if s.Days.Has(day) != d.Has(day) {
				t.Errorf("%s on %s: have %t, want %t", d, day, s.Days.Has(day), d.Has(day))
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("09:00", "Europe/Tirana", "Mon, Wed Fri")
	f.Add("9.30", "europe/tirana", "weekdays")
	f.Add("0900", "CET", "Sat – Mon")
	f.Add("24:00", "../Local", "mon--")
	f.Add("\xff", "İstanbul\x00", "–")
	f.Fuzz(func(t *testing.T, clock, zone, days string) {
		s, err := Parse(clock, zone, days)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" || s != (Schedule{}) {
				t.Fatalf("have %+v with the error %q", s, err)
			}
			return
		}
		if s.Minute < 0 || s.Minute >= 24*60 || !strings.Contains(zoneList, s.Zone.String()+"\n") {
			t.Fatalf("have %q", written(s))
		}
		again, err := Parse(s.Clock(), s.Zone.String(), s.Days.String())
		if err != nil || written(again) != written(s) {
			t.Fatalf("have %q, %v, want %q", written(again), err, written(s))
		}
	})
}

func written(s Schedule) string {
	return s.Clock() + " " + s.zone().String() + " " + s.Days.String()
}

package schedule

import (
	"archive/zip"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the list of zones anew")

func TestZonesAreThoseGoBrings(t *testing.T) {
	want := goZones(t)
	if *update {
		if err := os.WriteFile("zones.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if zoneList != want {
		t.Errorf("zones.txt is not what this Go brings: run go test ./bot/schedule -run %s -update", t.Name())
	}
	for name := range strings.Lines(want) {
		if _, err := time.LoadLocation(strings.TrimSpace(name)); err != nil {
			t.Error(err)
		}
	}
}

// goZones is what zones.txt should be by the archive that time/tzdata is made of.
func goZones(t *testing.T) string {
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib/time/zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	areas := strings.Fields("Africa America Antarctica Asia Atlantic Australia Europe Indian Pacific")
	names := []string{"UTC\n"}
	for _, f := range archive.File {
		area, place, _ := strings.Cut(f.Name, "/")
		if place != "" && !strings.HasSuffix(place, "/") && slices.Contains(areas, area) {
			names = append(names, f.Name+"\n")
		}
	}
	slices.Sort(names)
	return strings.Join(names, "")
}

func TestZonesForWhatIsTyped(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"", "Europe/Tirane Europe/Zagreb Europe/Belgrade"},
		{"tir", "Europe/Tirane Europe/Tiraspol"},
		{"Tiranë", "Europe/Tirane"},
		{"Tirana", "Europe/Tirane"},
		{"zag", "Europe/Zagreb"},
		{"prist", "Europe/Belgrade"},
		{"Priština", "Europe/Belgrade"},
		{"Prishtinë", "Europe/Belgrade"},
		{"kosov", "Europe/Belgrade"},
		{"split", "Europe/Zagreb"},
		{"durrës", "Europe/Tirane"},
		{"banja luka", "Europe/Sarajevo"},
		{"new york", "America/New_York"},
		{"york", "America/New_York"},
		{"EUROPE/LOND", "Europe/London"},
		{"europe/", "Europe/Tirane Europe/Zagreb Europe/Belgrade"},
		{"utc", "UTC"},
		{"São P", "America/Sao_Paulo"},
		{"kievan", ""},
		{"cet", ""},
	} {
		if have := strings.Join(Zones(c.typed, 3), " "); have != c.want {
			t.Errorf("Zones(%q): have %q, want %q", c.typed, have, c.want)
		}
	}
}

func TestTownsLeadToZonesOfTheList(t *testing.T) {
	for town, zone := range zoneNames() {
		if !strings.Contains(zoneList, zone+"\n") {
			t.Errorf("%s: zone %q is not in the list", town, zone)
		}
		if found := Zones(town, 9); !slices.Contains(found, zone) {
			t.Errorf("%s: have %q, want %s", town, found, zone)
		}
	}
}

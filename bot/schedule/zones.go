package schedule

import (
	_ "embed"
	"iter"
	"slices"
	"strings"
	_ "time/tzdata" // for computers without the rules of zones
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// zoneList is the names of the zones that Go brings with it which are named for a place, and UTC, sorted, one a line. It is
// written by: go test ./bot/schedule -run TestZonesAreThoseGoBrings -update
//
//go:embed zones.txt
var zoneList string

// towns is where people live who would look for a zone by a name that no zone has: a zone, then names, those of the
// declaration's signatories first. IANA has no zone for Kosovo, whose clocks are those of Europe/Belgrade, and writes Tirana
// in its other form.
const towns = `
Europe/Tirane tirana albania shqiperia durres vlora vlore shkoder shkodra elbasan korca korce fier berat gjirokaster
Europe/Zagreb croatia hrvatska split rijeka osijek zadar dubrovnik pula sibenik slavonski_brod varazdin
Europe/Belgrade kosovo kosova kosove beograd pristina prishtina prishtine prizren peja peje pec gjakova gjakove mitrovica mitrovice ferizaj gjilan serbia srbija novi_sad nis
Europe/Sarajevo bosnia banja_luka mostar tuzla
Europe/Skopje north_macedonia macedonia shkup tetovo bitola ohrid
Europe/Podgorica montenegro crna_gora ulcinj
Europe/Ljubljana slovenia maribor`

// Zones returns at most n names of zones for what somebody has typed of one, best first: those whose place begins with it,
// then those with another word that does, then those that begin with it, then those that have it anywhere. Towns and
// countries around the Adriatic without a zone of their own lead to the zone they use. Typing nothing returns the zones of
// Albania, Croatia and Kosovo first.
func Zones(typed string, n int) []string {
	typed = plain(typed)
	var tiers [5][]string
	for name, zone := range zoneNames() {
		if tier := match(name, typed); tier < len(tiers) {
			tiers[tier] = append(tiers[tier], zone)
		}
	}
	var found []string
	for _, zone := range slices.Concat(tiers[:]...) {
		if len(found) >= n {
			break
		}
		if !slices.Contains(found, zone) {
			found = append(found, zone)
		}
	}
	return found
}

// zoneNames yields every name that may be typed, plain and with its area, with the zone that it leads to.
func zoneNames() iter.Seq2[string, string] {
	return func(yield func(name, zone string) bool) {
		for line := range strings.Lines(strings.TrimSpace(towns)) {
			words := strings.Fields(line)
			area := strings.ToLower(words[0][:strings.Index(words[0], "/")+1])
			for _, town := range words[1:] {
				if !yield(area+town, words[0]) {
					return
				}
			}
		}
		for zone := range strings.Lines(zoneList) {
			zone = strings.TrimSpace(zone)
			if !yield(strings.ToLower(zone), zone) {
				return
			}
		}
	}
}

// match says how well a name fits what was typed, 0 is best; 5 is not at all.
func match(name, typed string) int {
	place := name[strings.LastIndex(name, "/")+1:]
	switch {
	case place == typed:
		return 0
	case strings.HasPrefix(place, typed):
		return 1
	case strings.Contains(place, "_"+typed):
		return 2
	case strings.HasPrefix(name, typed):
		return 3
	case strings.Contains(name, typed):
		return 4
	}
	return 5
}

// zoneNamed is the zone of exactly this name, but for case, marks and spaces in place of "_".
func zoneNamed(text string) (string, bool) {
	text = plain(text)
	for name, zone := range zoneNames() {
		if name == text {
			return zone, true
		}
	}
	return "", false
}

// plain is a text as names of zones are compared: small letters without their marks, words joined by "_".
func plain(text string) string {
	text = strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFD.String(text))
	return strings.Join(strings.Fields(text), "_")
}

package knowledge

import (
	"regexp"
	"strings"
)

// langDir is a first folder named for a language: "en/", "sq/", "hr/".
var langDir = regexp.MustCompile(`^([a-z]{2})/`)

// english are words that make up a quarter or more of any English text of some length, and little of any other.
const english = " the of and to a in is was for that on as with by it at from be are were this which or an not has have "

// langOf is the language that a file names for itself, by front matter or by its first folder, "" when it does not.
func langOf(file, front string) string {
	if m := langDir.FindStringSubmatch(file); front == "" && m != nil {
		return m[1]
	}
	return front
}

// setLang gives passages whose files name no language the one that their words together show: English, or "".
func setLang(passages []Passage) {
	words, known := 0, 0
	for _, p := range passages {
		if p.Lang != "" {
			continue
		}
		for word := range strings.FieldsSeq(strings.ToLower(p.Text())) {
			words++
			if strings.Contains(english, " "+word+" ") {
				known++
			}
		}
	}
	if known*6 < words {
		return
	}
	for i := range passages {
		if passages[i].Lang == "" {
			passages[i].Lang = "en"
		}
	}
}

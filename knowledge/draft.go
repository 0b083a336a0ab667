package knowledge

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// DraftOf is what a draft is made of: a question that people asked, and what somebody answered.
type DraftOf struct {
	// ID is the question's, ten characters of a-z0-9, for `answers:`.
	ID       string
	Question string
	Also     []string // other wordings in which it was asked
	Answer   string
	Source   string // an address, or in words where the answer is from, such as "from the team"
	By       string // who answered
	Day      time.Time
}

// Draft is a file of a folder that answers a question, ready for somebody to review.
func Draft(d DraftOf) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "---\nkind: topic\nstatus: unverified\nas_of: %[1]s\nreviewed: %[1]s\nheadings:\n  %s:\n    answers: [%s]\n---\n\n", d.Day.Format(time.DateOnly), Slug(d.Question), d.ID)
	fmt.Fprintf(&b, "# Questions from the team\n\n## %s\n\n%s[^team]\n\n[^team]: %s\n", squeeze(d.Question), squeeze(d.Answer), squeeze(d.Source))
	return b.Bytes()
}

// DraftName is a name for the file of a draft: "does-it-cover-cyber.md".
func DraftName(question string) string {
	return strings.TrimSuffix(Slug(question), "-") + ".md"
}

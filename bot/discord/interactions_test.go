package discord

import (
	"strings"
	"testing"
)

func TestAQuestionIsAnswered(t *testing.T) {
	d := open(t, nil)
	ana := d.watch("ana")
	d.run("ana", "questions", "ask", "question", "When is the library open?")
	m := ana.message()
	if !strings.Contains(m.Content, "Tuesday to Saturday") || !strings.HasPrefix(m.Content, "> When is the library open?\n") || !m.private() {
		t.Errorf("have %+v", m)
	}
	if err := d.stop(); err != nil {
		t.Errorf("Run ends with %v", err)
	}
}

package bot

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"trilat/bot/answer"
	"trilat/knowledge"
)

// ask answers a question from the folder.
func (b *Bot) ask(_ context.Context, call Call) (Reply, error) {
	q := answer.Question{Text: call.Args["question"], After: call.Args["after"]}
	ans := b.answers.Answer(q)
	reply := Reply{Sources: ans.Sources, Answer: &ans}
	switch {
	case strings.TrimSpace(q.Text) == "":
		reply.Text = b.words.Say("ask.empty")
	case utf8.RuneCountInString(q.Text) > answer.MaxQuestion:
		reply.Text = b.words.count("ask.long", answer.MaxQuestion)
	case ans.Kind == answer.Refused:
		reply.Text = b.refusal(ans)
	default:
		reply.Text, reply.Plain = b.compose(ans, true), b.compose(ans, false)
		return reply, nil
	}
	reply.Plain = reply.Text
	return reply, nil
}

// refusal says that the folder does not cover a question, and what comes closest.
func (b *Bot) refusal(ans answer.Answer) string {
	text := b.words.Say("ask.refused")
	if len(ans.Closest) == 0 {
		return text
	}
	lines := []string{text + " " + b.words.count("ask.closest", len(ans.Closest))}
	for _, p := range ans.Closest {
		lines = append(lines, "- "+p.Title())
	}
	return strings.Join(lines, "\n")
}

// compose writes an answer: sentences of prose run on, items and rows have a line each.
func (b *Bot) compose(ans answer.Answer, markers bool) string {
	var text strings.Builder
	if ans.AsksNow && ans.AsOf != "" {
		text.WriteString(b.words.say("ask.asof", map[string]any{"Date": ans.AsOf.Words()}))
	}
	for i, st := range ans.Statements {
		switch {
		case st.Block != knowledge.Prose:
			text.WriteString("\n- ")
		case i > 0 && (ans.Statements[i-1].Block != knowledge.Prose || ans.Statements[i-1].Passage != st.Passage):
			text.WriteString("\n")
		default:
			text.WriteString(" ")
		}
		text.WriteString(st.Text)
		if markers {
			text.WriteString(" ")
			for _, n := range st.Cites {
				fmt.Fprintf(&text, "[%d]", n)
			}
		}
	}
	return strings.TrimSpace(text.String())
}

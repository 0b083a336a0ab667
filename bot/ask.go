package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"trilat/bot/answer"
	"trilat/bot/search"
	"trilat/knowledge"
)

// ask answers a question from the folder.
func (b *Bot) ask(_ context.Context, call Call) (Reply, error) {
	ed := b.current.Load()
	q := answer.Question{Text: call.Args["question"], After: call.Args["after"]}
	switch {
	case !strings.ContainsFunc(q.Text, wordly):
		return b.unread(ed, b.words.Say("ask.empty")), nil
	case max(utf8.RuneCountInString(q.Text), utf8.RuneCountInString(q.After)) > answer.MaxQuestion:
		return b.unread(ed, b.words.count("ask.long", answer.MaxQuestion)), nil
	}
	if q.After == "" {
		q.After = before(ed, call.Args["ref"])
	}
	ans := ed.answers.Answer(q)
	if quoted := ans.Passages(); len(quoted) > 0 && len(ans.Related) == 0 {
		ans.Related = ed.library.near(quoted[0])
	}
	reply := b.present(ans, b.mayShare(call))
	reply.Question = q.Text
	return reply, nil
}

// before is what the answer behind a ref was asked for, for the question that follows up on it: the headings of the
// passages that it quotes.
func before(ed *edition, ref string) string {
	ans, _ := ed.answers.Recall(ref)
	var asked []string
	for _, p := range ans.Passages() {
		asked = append(asked, p.Title())
	}
	return shorten(strings.Join(asked, " "), answer.MaxQuestion)
}

// mayShare reports whether the reply to a call is one that its caller could share with everybody.
func (b *Bot) mayShare(call Call) bool {
	c, _ := Find(call.Command)
	return !c.shown(call) && call.By.Speaks
}

// wordly reports whether a character can be part of a word, so that a question with one asks something.
func wordly(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// unread is the reply to a question that was not looked up: a refusal that says why.
func (b *Bot) unread(ed *edition, why string) Reply {
	ans := ed.answers.Answer(answer.Question{})
	return Reply{Text: why, Plain: why, Answer: &ans}
}

// present makes a reply of an answer, with what can be done next.
func (b *Bot) present(ans answer.Answer, shareable bool) Reply {
	reply := Reply{Sources: ans.Sources, Answer: &ans}
	if ans.Kind == answer.Refused {
		reply.Text = b.refusal(ans)
		reply.Plain = reply.Text
		reply.Menu = b.readMenu("ask.closest.menu", ans.Closest)
		return reply
	}
	reply.Text, reply.Plain = b.compose(ans, true), b.compose(ans, false)
	reply.Menu = b.readMenu("ask.related", ans.Related)
	ref := map[string]string{"ref": ans.Ref()}
	if shareable {
		reply.Actions = append(reply.Actions, Action{b.words.Say("share.button"), Call{Command: "share", Args: ref}})
	}
	reply.Actions = append(reply.Actions,
		Action{b.words.Say("quotes.button"), Call{Command: "quotes", Args: ref}},
		Action{b.words.Say("follow.button"), Call{Command: FollowUp, Args: ref}})
	return reply
}

// readMenu offers passages to read; nil when there are none.
func (b *Bot) readMenu(label string, passages []*knowledge.Passage) *Menu {
	if len(passages) == 0 {
		return nil
	}
	m := &Menu{Label: b.words.Say(label), Call: Call{Command: "read"}, Param: "passage"}
	for _, p := range passages[:min(len(passages), MaxChoices)] {
		m.Choices = append(m.Choices, choice(p.Title(), answer.Key(p)))
	}
	return m
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

// compose writes an answer: sentences of prose run on, items and rows have a line each. Where the first of a passage's
// statements does not name who says it, the speaker introduces them.
func (b *Bot) compose(ans answer.Answer, markers bool) string {
	var text strings.Builder
	if ans.AsksNow && ans.AsOf != "" {
		text.WriteString(b.words.say("ask.asof", map[string]any{"Date": ans.AsOf.Words()}))
	}
	introduced := false
	statements := ans.InOrder()
	for i, st := range statements {
		item, gap := st.Block != knowledge.Prose, " "
		another := i > 0 && statements[i-1].Passage != st.Passage
		if item || another || i > 0 && statements[i-1].Block != knowledge.Prose {
			gap = "\n"
		}
		if introduced = introduced && !another; !introduced {
			if said := b.speaker(st); said != "" {
				text.WriteString(gap + said)
				gap = " "
			}
			introduced = true
		}
		if item {
			gap = "\n- "
		}
		text.WriteString(gap + st.Text)
		if markers {
			text.WriteString(" " + cites(st))
		}
	}
	return strings.TrimSpace(text.String())
}

// cites are the markers of a statement's sources.
func cites(st answer.Statement) string {
	var text strings.Builder
	for _, n := range st.Cites {
		fmt.Fprintf(&text, "[%d]", n)
	}
	return text.String()
}

// speaker introduces a statement whose party its text does not name; "" for any other.
func (b *Bot) speaker(st answer.Statement) string {
	if names(st.Text, st.Passage.Party) {
		return ""
	}
	return b.said(st.Passage)
}

// said introduces what a party says in a passage; "" when no party does.
func (b *Bot) said(p *knowledge.Passage) string {
	if p.Party == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(p.Party)
	data := map[string]any{"Party": string(unicode.ToUpper(first)) + p.Party[n:], "Date": p.Said.Words()}
	if p.Said == "" {
		return b.words.say("ask.saidUndated", data)
	}
	return b.words.say("ask.said", data)
}

// joined are parties of which no single word is a name: "Croatia's government", "Serbian Embassy in Zagreb".
var joined = regexp.MustCompile(`['’]s |s['’] | (of|in|for|by|at|from|and) `)

// names reports whether a text names a party: all of it, or the last word, which is the family name of a person. It is
// strict, since a speaker named twice does less harm than a claim without one.
func names(text, party string) bool {
	words, name := search.Tokens(text), search.Tokens(party)
	if len(name) == 0 {
		return false
	}
	if !joined.MatchString(party) && slices.Contains(words, name[len(name)-1]) {
		return true
	}
	return strings.Contains(" "+strings.Join(words, " ")+" ", " "+strings.Join(name, " ")+" ")
}

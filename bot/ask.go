package bot

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"trilat/bot/answer"
	"trilat/bot/search"
	"trilat/bot/store"
	"trilat/knowledge"
)

// ask answers a question from the folder.
func (b *Bot) ask(ctx context.Context, call Call) (Reply, error) {
	ed := b.current.Load()
	q := answer.Question{Text: call.Args["question"], After: call.Args["after"]}
	switch {
	case smallTalk.MatchString(strings.Join(search.Tokens(q.Text), " ")):
		return b.unread(ed, b.helpText(ctx, call)), nil
	case !strings.ContainsFunc(q.Text, wordly):
		return b.unread(ed, b.words.Say("ask.empty")), nil
	case max(utf8.RuneCountInString(q.Text), utf8.RuneCountInString(q.After)) > answer.MaxQuestion:
		return b.unread(ed, b.words.count("ask.long", answer.MaxQuestion)), nil
	}
	if q.After == "" {
		q.After = before(ed, call.Args["ref"])
	}
	return b.reply(ctx, call, ed, q), nil
}

// asked is a question that is being answered.
type asked struct {
	call Call
	ed   *edition
	q    answer.Question // as it is looked up
	text string          // as it was asked
	lang string          // that of the quotes' translation; "" for none
	team []store.TeamAnswer
}

// reply is the reply to a question: what the texts say at once, and then, if a model is used, the shorter of it that they
// prove.
func (b *Bot) reply(ctx context.Context, call Call, ed *edition, q answer.Question) Reply {
	a := asked{call: call, ed: ed, q: q, text: q.Text, lang: b.reads(ctx, call, ed)}
	ans := ed.answers.Answer(q)
	writing, done := context.WithTimeout(ctx, writingTime) // for all that a model does for it
	defer done()
	a, ans, unread := b.reread(writing, a, ans)
	if quoted := ans.Passages(); len(quoted) > 0 && len(ans.Related) == 0 {
		ans.Related = ed.library.near(quoted[0])
	}
	remembering, cancel := context.WithTimeout(ctx, memoryTime)
	defer cancel()
	a.team = b.fromTeam(remembering, ed, call.In.Server, a.q.Text)
	reply := b.remember(remembering, a, b.laidOut(a, ans))
	if ans.Kind == answer.Refused && call.By.ID != "" && call.In.Server == "" {
		reply.Note = joined(reply.Note, b.words.Say("ask.direct"))
	}
	reply.Note = joined(unread, reply.Note)
	reply = b.offer(remembering, call, reply, ans.Kind == answer.Refused)
	if ans.Kind != answer.Answered && ans.Kind != answer.Corrected || !b.uses(ctx, call, Summary) {
		return reply
	}
	return b.better(writing, a, ans, reply)
}

// laidOut is an answer with what the team has said to the same.
func (b *Bot) laidOut(a asked, ans answer.Answer) Reply {
	reply := b.present(a.ed, ans, a.text, a.call.shareable())
	if a.q.Text != a.text {
		reply = b.readAs(reply, a.q.Text)
	}
	for _, said := range a.team {
		text := "\n\n" + b.signed(a.ed, said)
		reply.Text, reply.Plain = reply.Text+text, reply.Plain+text
	}
	return b.translatable(reply, a.lang)
}

// readAs is a reply under the question that it answers, if that is not the one that was asked.
func (b *Bot) readAs(reply Reply, question string) Reply {
	if question == reply.Question {
		return reply
	}
	return reply.under(b.words.say("ask.read", map[string]any{"Question": question}))
}

// joined are notes in one line.
func joined(notes ...string) string {
	return strings.Join(slices.DeleteFunc(notes, func(n string) bool { return n == "" }), " · ")
}

// smallTalk asks nothing of the texts, and perhaps what can be asked.
var smallTalk = regexp.MustCompile(`^(hi|hello|hey|good (morning|day|evening)|ok|okay|thanks|thank you|thanks a lot|help|help me|who are you|what are you|what can you do|how does this work)$`)

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

// shareable reports whether the reply to a call is one that its caller could share with everybody.
func (call Call) shareable() bool {
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

// present makes a reply of an answer to what was asked, with what can be done next.
func (b *Bot) present(ed *edition, ans answer.Answer, asked string, shareable bool) Reply {
	reply := Reply{Question: asked, Sources: ans.Sources, Answer: &ans}
	if ans.Kind == answer.Refused {
		reply.Text = b.refusal(ans)
		reply.Plain = reply.Text
		reply.Menu = b.readMenu("ask.closest.menu", ans.Closest)
		reply.Actions = []Action{{b.words.Say("topics.button"), Call{Command: "topics"}}}
		return reply
	}
	reply.Text, reply.Plain = b.compose(ed, ans, asked, true), b.compose(ed, ans, asked, false)
	reply.Menu = b.readMenu("ask.related", unlike(ans.Related, ans.Passages()))
	ref := map[string]string{"ref": ans.Ref()}
	if shareable {
		reply.Actions = append(reply.Actions, Action{b.words.Say("share.button"), Call{Command: "share", Args: ref}})
	}
	reply.Actions = append(reply.Actions,
		Action{b.words.Say("quotes.button"), Call{Command: "quotes", Args: ref}},
		Action{b.words.Say("follow.button"), Call{Command: FollowUp, Args: ref}})
	return reply
}

// unlike are passages under other headings than those of quoted: a topic and a correction may ask the same.
func unlike(passages, quoted []*knowledge.Passage) []*knowledge.Passage {
	return slices.DeleteFunc(slices.Clone(passages), func(p *knowledge.Passage) bool {
		return slices.ContainsFunc(quoted, func(q *knowledge.Passage) bool { return q.Title() == p.Title() })
	})
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
	if ans.Foreign {
		return b.words.Say("ask.foreign")
	}
	text := b.words.Say("ask.refused")
	if len(ans.Closest) > 0 {
		text += " " + b.words.count("ask.closest", len(ans.Closest))
	}
	return text + items(titlesOf(ans.Closest))
}

// compose writes an answer: sentences of prose run on, items and rows have a line each. What a reader must know of a
// passage stands before its first statement, see [Bot.lead], and who contradicts it behind its last.
func (b *Bot) compose(ed *edition, ans answer.Answer, asked string, markers bool) string {
	var text strings.Builder
	statements := ans.InOrder()
	// What a party said has a day of its own, and is no news because somebody asks for the latest.
	if ans.AsksNow && ans.AsOf != "" && statements[0].Passage.Party == "" {
		text.WriteString(b.words.say("ask.asof", map[string]any{"Date": ans.AsOf.Words()}))
	}
	for i, st := range statements {
		item, gap := st.Block != knowledge.Prose, " "
		begins := i == 0 || statements[i-1].Passage != st.Passage
		if item || i > 0 && (begins || statements[i-1].Block != knowledge.Prose) {
			gap = "\n"
		}
		if lead := b.lead(st, asked, ans.AsksNow); begins && lead != "" {
			text.WriteString(gap + lead)
			gap = " "
		}
		if item {
			gap = "\n- "
		}
		text.WriteString(gap + st.Text)
		if markers {
			text.WriteString(" " + cites(st))
		}
		if against := b.against(ed.library.disputing(st.Passage)); against != "" && (i+1 == len(statements) || statements[i+1].Passage != st.Passage) {
			text.WriteString(" " + against)
		}
	}
	return strings.TrimSpace(text.String())
}

// lead is what stands before the first statement of a passage: its heading, where the statement says yes or no to that
// and not to what was asked, and its speaker, where the text does not name one, or dated the day that the text does not
// name.
func (b *Bot) lead(st answer.Statement, asked string, dated bool) string {
	lead := b.speaker(st)
	if dated && !strings.Contains(st.Text, st.Passage.Said.Words()) {
		lead = b.said(st.Passage)
	}
	if yesOrNo.MatchString(st.Text) && !slices.Equal(search.Tokens(asked), search.Tokens(st.Passage.Title())) {
		lead = b.words.say("ask.heading", map[string]any{"Heading": st.Passage.Title()}) + " " + lead
	}
	return strings.TrimSpace(lead)
}

// yesOrNo begins a sentence that answers the heading above it.
var yesOrNo = regexp.MustCompile(`^(Yes|No)[,.;:]`)

// against names those who contradict a claim, at most a few; "" when nobody does.
func (b *Bot) against(others []*knowledge.Passage) string {
	var names []string
	for _, other := range others {
		if name := cmp.Or(other.Party, b.words.Say("positions.texts")); !slices.Contains(names, name) && len(names) < maxAgainst {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return b.words.say("positions.against", map[string]any{"Others": strings.Join(names, "; ")})
}

// maxAgainst is how many names stand behind a claim; /positions has them all.
const maxAgainst = 4

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

// joinedParty are parties of which no single word is a name: "Croatia's government", "Serbian Embassy in Zagreb".
var joinedParty = regexp.MustCompile(`['’]s |s['’] | (of|in|for|by|at|from|and) `)

// names reports whether a text names a party: all of it, or the last word, which is the family name of a person. It is
// strict, since a speaker named twice does less harm than a claim without one.
func names(text, party string) bool {
	words, name := search.Tokens(text), search.Tokens(party)
	if len(name) == 0 {
		return false
	}
	if !joinedParty.MatchString(party) && slices.Contains(words, name[len(name)-1]) {
		return true
	}
	return strings.Contains(" "+strings.Join(words, " ")+" ", " "+strings.Join(name, " ")+" ")
}

package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"trilat/bot/answer"
	"trilat/bot/search"
	"trilat/knowledge"
)

// What counts as a position on a topic: so many passages at most, and so near to the best one's score.
const (
	maxPositions   = 4
	nearestToTopic = 0.55
)

// positions shows who says what about a topic, in the order in which they said it, and where they contradict each other.
func (b *Bot) positions(_ context.Context, call Call) (Reply, error) {
	ed := b.current.Load()
	topic := shorten(call.Args["topic"], MaxChoice)
	found := ed.library.positions(call.Args["topic"])
	if len(found) == 0 {
		return b.say(b.words.say("positions.none", map[string]any{"Topic": topic})), nil
	}
	slices.SortFunc(found, byDate)
	ans := ed.answers.Quote(found, answer.Statement.First)
	reply := b.present(ans, b.mayShare(call))
	reply.Menu = b.readMenu("positions.menu", found)
	lines := func(markers bool) string {
		var all []string
		for _, st := range ans.Statements {
			all = append(all, b.position(st, found, markers))
		}
		return b.words.say("positions.intro", map[string]any{"Topic": topic}) + items(all)
	}
	reply.Text, reply.Plain = lines(true), lines(false)
	return reply, nil
}

// position is a statement, behind the name of its speaker and the day where it does not say both itself, and before the
// names of those among found who contradict it.
func (b *Bot) position(st answer.Statement, found []*knowledge.Passage, markers bool) string {
	p, text := st.Passage, st.Text
	if !names(text, p.Party) || !strings.Contains(text, p.Said.Words()) {
		text = strings.TrimSpace(b.said(p) + " " + text)
	}
	if markers {
		text += " " + cites(st)
	}
	var against []string
	for _, other := range found {
		if name := b.speakerOf(other); slices.Contains(p.Disputes, other.ID) && !slices.Contains(against, name) {
			against = append(against, name)
		}
	}
	if len(against) > 0 {
		text += " " + b.words.say("positions.against", map[string]any{"Others": strings.Join(against, "; ")})
	}
	return text
}

// speakerOf names who speaks in a passage; the texts themselves where no party does.
func (b *Bot) speakerOf(p *knowledge.Passage) string {
	return cmp.Or(p.Party, b.words.Say("positions.texts"))
}

// positions are the passages in which a party speaks about a topic, with as many again that contradict one of them.
func (l *library) positions(topic string) []*knowledge.Passage {
	var found []*knowledge.Passage
	best := 0.0
	for _, h := range l.answers.Search(topic, 4*MaxChoices) {
		if !takesPart(h.Passage) || len(found) == maxPositions {
			continue
		}
		best = max(best, h.Score)
		if h.Score >= nearestToTopic*best {
			found = append(found, h.Passage)
		}
	}
	for _, p := range slices.Clone(found) {
		for _, other := range l.where(func(other *knowledge.Passage) bool { return slices.Contains(p.Disputes, other.ID) }) {
			if len(found) < 2*maxPositions && other.Party != answer.SeedArticle && !slices.Contains(found, other) {
				found = append(found, other)
			}
		}
	}
	return found
}

// takesPart reports whether a party speaks in a passage. Those that tell what the seed article says are not among them:
// it is no party to the matter.
func takesPart(p *knowledge.Passage) bool { return p.Party != "" && p.Party != answer.SeedArticle }

// parties suggests headings under which a party speaks.
func (l *library) parties(typed string) []Choice {
	if len(search.Tokens(typed)) > 0 {
		return titles(l.about(typed, takesPart))
	}
	return titles(l.where(func(p *knowledge.Passage) bool { return takesPart(p) && len(p.Disputes) > 0 }))
}

// byDate orders passages by when they were said; those without a date come last.
func byDate(a, b *knowledge.Passage) int {
	return cmp.Or(cmp.Compare(cmp.Or(a.Said, "9999"), cmp.Or(b.Said, "9999")), cmp.Compare(a.ID, b.ID))
}

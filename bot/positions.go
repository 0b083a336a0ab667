package bot

import (
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
			all = append(all, b.position(st, markers))
		}
		text := b.words.say("positions.intro", map[string]any{"Topic": topic}) + items(all)
		if differ := b.disputes(found); len(differ) > 0 {
			text += "\n\n" + b.words.Say("positions.differ") + items(differ)
		}
		return text
	}
	reply.Text, reply.Plain = lines(true), lines(false)
	return reply, nil
}

// position is a statement, behind the name of its speaker and the day where it does not say both itself.
func (b *Bot) position(st answer.Statement, markers bool) string {
	text := st.Text
	if p := st.Passage; !names(text, p.Party) || !strings.Contains(text, p.Said.Words()) {
		text = strings.TrimSpace(b.said(p) + " " + text)
	}
	if markers {
		text += " " + cites(st)
	}
	return text
}

// disputes says for each speaker, in order, whom of those further down they contradict.
func (b *Bot) disputes(found []*knowledge.Passage) []string {
	var lines []string
	for i, p := range found {
		var others []string
		for _, other := range found[i+1:] {
			if name := b.speakerOf(other); slices.Contains(p.Disputes, other.ID) && !slices.Contains(others, name) {
				others = append(others, name)
			}
		}
		if len(others) > 0 {
			lines = append(lines, b.words.say("positions.pair", map[string]any{"One": b.speakerOf(p), "Others": strings.Join(others, "; ")}))
		}
	}
	return lines
}

// speakerOf names who speaks in a passage and when; the texts themselves where no party does.
func (b *Bot) speakerOf(p *knowledge.Passage) string {
	switch {
	case p.Party == "":
		return b.words.Say("positions.texts")
	case p.Said == "":
		return p.Party
	}
	return b.words.say("positions.speaker", map[string]any{"Party": p.Party, "Date": p.Said.Words()})
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
		for _, id := range p.Disputes {
			if other := l.passage(id); len(found) < 2*maxPositions && other != nil && !slices.Contains(found, other) {
				found = append(found, other)
			}
		}
	}
	return found
}

// takesPart reports whether a party speaks in a passage. Those that tell what the seed article says are not among them:
// it is no party to the matter.
func takesPart(p *knowledge.Passage) bool { return p.Party != "" && p.Party != answer.SeedArticle }

func (l *library) passage(id string) *knowledge.Passage {
	for _, t := range l.topics {
		for _, p := range t.passages {
			if p.ID == id {
				return p
			}
		}
	}
	return nil
}

// parties suggests headings under which a party speaks.
func (l *library) parties(typed string) []Choice {
	if len(search.Tokens(typed)) > 0 {
		return titles(l.about(typed, takesPart))
	}
	var all []*knowledge.Passage
	for _, t := range l.topics {
		for _, p := range t.passages {
			if len(p.Disputes) > 0 && takesPart(p) {
				all = append(all, p)
			}
		}
	}
	return titles(all)
}

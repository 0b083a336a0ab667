package bot

import (
	"context"
	"slices"

	"trilat/bot/answer"
	"trilat/bot/search"
	"trilat/knowledge"
)

// What counts as a position on a topic: so many passages at most, and so near to the best one's score.
const (
	maxPositions   = 8
	nearestToTopic = 0.4
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
	ans := ed.answers.Quote(found, func(st answer.Statement) bool { return st.First() })
	reply := b.present(ans, b.mayShare(call))
	reply.Menu = b.readMenu("positions.menu", found)
	lines := func(markers bool) string {
		var all []string
		for _, st := range ans.Statements {
			all = append(all, b.position(st, markers))
		}
		text := b.words.say("positions.intro", map[string]any{"Topic": topic}) + items(all)
		if pairs := b.disputes(found); len(pairs) > 0 {
			text += "\n\n" + b.words.Say("positions.differ") + items(pairs)
		}
		return text
	}
	reply.Text, reply.Plain = lines(true), lines(false)
	return reply, nil
}

// position is a statement behind the name of its speaker and the day.
func (b *Bot) position(st answer.Statement, markers bool) string {
	text := b.said(st.Passage) + " " + st.Text
	if markers {
		text += " " + cites(st)
	}
	return text
}

// disputes names each pair of speakers who contradict each other.
func (b *Bot) disputes(found []*knowledge.Passage) []string {
	var pairs []string
	for i, p := range found {
		for _, other := range found[i+1:] {
			if slices.Contains(p.Disputes, other.ID) {
				pairs = append(pairs, b.words.say("positions.pair", map[string]any{
					"A": p.Party, "B": other.Party, "AsksA": p.Title(), "AsksB": other.Title()}))
			}
		}
	}
	return pairs
}

// positions are the passages in which a party speaks about a topic, with those that contradict one of them.
func (l *library) positions(topic string) []*knowledge.Passage {
	var found []*knowledge.Passage
	best := 0.0
	for _, h := range l.answers.Search(topic, 4*MaxChoices) {
		if !hasParty(h.Passage) || len(found) == maxPositions {
			continue
		}
		best = max(best, h.Score)
		if h.Score >= nearestToTopic*best {
			found = append(found, h.Passage)
		}
	}
	for _, p := range slices.Clone(found) {
		for _, id := range p.Disputes {
			if other := l.passage(id); other != nil && !slices.Contains(found, other) {
				found = append(found, other)
			}
		}
	}
	return found
}

func hasParty(p *knowledge.Passage) bool { return p.Party != "" }

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
		return titles(l.about(typed, hasParty))
	}
	var all []*knowledge.Passage
	for _, t := range l.topics {
		for _, p := range t.passages {
			if len(p.Disputes) > 0 {
				all = append(all, p)
			}
		}
	}
	return titles(all)
}

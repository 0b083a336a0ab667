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

// What counts as a position on a topic: so many passages at most, and so near to the best one's score; and how many are
// shown at once, with those that contradict them.
const (
	maxPositions   = 10
	nearestToTopic = 0.55
	maxShown       = 8
)

// positions shows who says what about a topic, in the order in which they said it, and where they contradict each other.
func (b *Bot) positions(_ context.Context, call Call) (Reply, error) {
	ed := b.current.Load()
	topic := shorten(call.Args["topic"], MaxChoice)
	found := ed.library.positions(call.Args["topic"])
	if len(found) == 0 {
		return b.say(b.words.say("positions.none", map[string]any{"Topic": topic})), nil
	}
	shown := found[:min(len(found), maxShown)]
	slices.SortFunc(shown, byDate)
	ans := ed.answers.Quote(shown, answer.Statement.First)
	reply := b.present(ed, ans, "", call.shareable())
	reply.Menu = b.readMenu("positions.menu", found)
	lines := func(markers bool) string {
		var all []string
		for _, st := range ans.Statements {
			all = append(all, b.position(ed, st, markers))
		}
		text := b.words.say("positions.intro", map[string]any{"Topic": topic}) + items(all)
		if more := len(found) - len(shown); more > 0 {
			text += "\n\n" + b.words.count("positions.more", more)
		}
		return text
	}
	reply.Text, reply.Plain = lines(true), lines(false)
	return reply, nil
}

// position is a statement between what must be known of it, the day among that, and who contradicts it.
func (b *Bot) position(ed *edition, st answer.Statement, markers bool) string {
	text := b.lead(st, "", true) + " " + st.Text
	if markers {
		text += " " + cites(st)
	}
	return strings.TrimSpace(text + " " + b.against(ed.library.disputing(st.Passage)))
}

// positions are the passages in which a party speaks about a topic, and those that contradict one of them.
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
	// The nearest come first, each before those that contradict it.
	var all []*knowledge.Passage
	for _, p := range found {
		for _, q := range append([]*knowledge.Passage{p}, l.disputing(p)...) {
			if len(all) < MaxChoices && !slices.Contains(all, q) {
				all = append(all, q)
			}
		}
	}
	return all
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

// byDate orders passages by when they were said; what was said in some month or year comes after what has a day in it,
// and what has no date last.
func byDate(a, b *knowledge.Passage) int {
	const late = "-99-99"
	key := func(p *knowledge.Passage) string {
		if p.Said == "" {
			return "9999"
		}
		return string(p.Said) + late[:len(late)-len(p.Said)+len("2025")]
	}
	return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.ID, b.ID))
}

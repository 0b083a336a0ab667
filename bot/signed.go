package bot

import (
	"context"
	"regexp"
	"slices"

	"trilat/bot/answer"
	"trilat/bot/store"
	"trilat/knowledge"
)

// day is how a date is written.
const day = "2 January 2006"

// signed is an answer of the team's as it is shown wherever it stands: labelled, signed, dated, and apart from the texts.
func (b *Bot) signed(ed *edition, a store.TeamAnswer) string {
	head := b.signature(a)
	switch p := ed.passage(a.Passage); {
	case a.Withdrawn:
		return head
	case p != nil:
		return b.points(a, p) + quoted(shorten(p.Text(), maxPointed))
	case a.Passage != "":
		return head + "\n" + b.words.Say("signed.gone")
	}
	text := head + quoted(unmark(a.Text))
	if a.Source != b.words.Say("answer.ours") {
		text += "\n" + b.words.say("signed.source", map[string]any{"Source": a.Source})
	}
	return text
}

// signature says who answered for the team, and when.
func (b *Bot) signature(a store.TeamAnswer) string {
	data := map[string]any{"Name": either(a.By.Name != "", a.By.Name, b.words.Say("signed.nobody")), "Date": a.At.UTC().Format(day), "Edited": a.Edited.UTC().Format(day)}
	switch {
	case a.Withdrawn:
		return b.words.say("signed.withdrawn", data)
	case a.Edited.IsZero():
		return b.words.say("signed.head", data)
	}
	return b.words.say("signed.edited", data)
}

// points is an answer of the team's that points to a passage.
func (b *Bot) points(a store.TeamAnswer, p *knowledge.Passage) string {
	return b.signature(a) + "\n" + b.words.say("signed.points", map[string]any{"Heading": p.Title(), "Place": b.place(p)})
}

// maxPointed is how much of a passage is shown that the team points to.
const maxPointed = 600

// unmark keeps a text that somebody wrote from looking as if it cited the sources of an answer.
func unmark(text string) string { return marker.ReplaceAllString(text, "($1)") }

var marker = regexp.MustCompile(`\[(\d+)\]`)

// passage is the one with an id; nil if the folder has none.
func (ed *edition) passage(id string) *knowledge.Passage {
	i := slices.IndexFunc(ed.base.Passages, func(p knowledge.Passage) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &ed.base.Passages[i]
}

// fromTeam are what the team of a server has answered to the same question, at most two, but what the texts have taken up
// since.
func (b *Bot) fromTeam(ctx context.Context, ed *edition, server, asked string) []store.TeamAnswer {
	if b.store == nil || server == "" {
		return nil
	}
	all, err := b.store.TeamAnswers(ctx, server)
	if err != nil {
		b.ails(err)
		return nil
	}
	sketch := ed.sketch(asked)
	all = slices.DeleteFunc(all, func(a store.TeamAnswer) bool {
		return sketch.Alike(ed.sketch(a.Question)) < answer.SameQuestion || ed.library.answering(a.ID) != nil
	})
	return all[:min(len(all), 2)]
}

// answering is the passage that answers a question of that id; nil when none does.
func (l *library) answering(id string) *knowledge.Passage {
	found := l.where(func(p *knowledge.Passage) bool { return slices.Contains(p.Answers, id) })
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

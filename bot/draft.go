package bot

import (
	"context"

	"trilat/knowledge"
)

// draft hands over what the team answered as a file for the folder, to be reviewed there.
func (b *Bot) draft(ctx context.Context, call Call) (Reply, error) {
	a, q, err := b.teamAnswer(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	if a.Passage != "" || a.Withdrawn {
		return b.say(b.words.Say("draft.none")), nil
	}
	d := knowledge.DraftOf{ID: q.ID, Question: q.Text, Answer: a.Text, Source: a.Source, By: a.By.Name, Day: b.now()}
	for _, asking := range q.Askings {
		d.Also = append(d.Also, asking.Text)
	}
	done := b.say(b.words.Say("draft.done"))
	done.File = &File{Name: knowledge.DraftName(q.Text), Data: knowledge.Draft(d)}
	return done, nil
}

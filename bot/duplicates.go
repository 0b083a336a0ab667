package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"trilat/bot/store"
)

// duplicate offers the questions that one may be a duplicate of, those that are most alike first.
func (b *Bot) duplicate(ctx context.Context, call Call) (Reply, error) {
	q, err := b.open(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	var others []store.Question
	for _, state := range []store.State{store.Pending, store.Answered, store.Covered} {
		some, err := b.store.Questions(ctx, q.Server, state, maxPending)
		if err != nil {
			return Reply{}, down(err)
		}
		others = append(others, some...)
	}
	standing, err := b.store.TeamAnswers(ctx, q.Server)
	if err != nil {
		return Reply{}, down(err)
	}
	others = slices.DeleteFunc(others, func(o store.Question) bool {
		stands := slices.ContainsFunc(standing, func(a store.TeamAnswer) bool { return a.ID == o.ID })
		return o.ID == q.ID || o.Text == "" || o.State == store.Answered && !stands
	})
	if len(others) == 0 {
		return b.say(b.words.Say("duplicate.none")), nil
	}
	b.byLikeness(q.Text, others)
	menu := &Menu{Label: b.words.Say("duplicate.menu"), Call: Call{Command: "duplicated", Args: map[string]string{"question": q.ID}}, Param: "of"}
	for _, o := range others[:min(len(others), MaxChoices)] {
		menu.Choices = append(menu.Choices, choice(o.Text, o.ID))
	}
	choose := b.say(b.words.Say("duplicate.intro") + quoted(q.Text))
	choose.Menu = menu
	return choose, nil
}

// byLikeness sorts questions by how alike they are to a text.
func (b *Bot) byLikeness(text string, all []store.Question) {
	ed := b.current.Load()
	asked := ed.sketch(text)
	alike := map[string]float64{}
	for _, q := range all {
		alike[q.ID] = asked.Alike(ed.sketch(q.Text))
	}
	slices.SortStableFunc(all, func(x, y store.Question) int { return cmp.Compare(alike[y.ID], alike[x.ID]) })
}

// duplicated makes a question one with another: who asked it waits with the others, or is told what those were told.
func (b *Bot) duplicated(ctx context.Context, call Call) (Reply, error) {
	q, err := b.open(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	of, err := b.question(ctx, Call{Args: map[string]string{"question": call.Args["of"]}, By: call.By, In: call.In})
	if err != nil {
		return Reply{}, err
	}
	changed := b.updated(q, "duplicate/"+strconv.Itoa(q.Round))
	switch of.State {
	case store.Pending:
		err = b.store.Merge(ctx, q.ID, of.ID, actor(call), changed, b.updated(of, "merged/"+q.ID))
	case store.Answered, store.Covered:
		err = b.store.Settle(ctx, q.ID, store.Duplicate, actor(call), of.ID, nil, tell, nil, changed)
	default:
		return b.say(b.closed(of)), nil
	}
	return b.settled(ctx, call, q, err, "duplicate.done", "")
}

package bot

import (
	"context"

	"trilat/bot/store"
)

// inbox lists the questions that wait for the team, those that wait longest first.
func (b *Bot) inbox(ctx context.Context, call Call) (Reply, error) {
	server := call.In.Server
	if call.By.ID == "" {
		server = "*"
	}
	open, err := b.store.Questions(ctx, server, store.Pending, maxPending)
	if err != nil {
		return Reply{}, down(err)
	}
	if len(open) == 0 {
		return b.say(b.words.Say("inbox.none")), nil
	}
	menu := &Menu{Label: b.words.Say("inbox.menu"), Call: Call{Command: "question"}, Param: "question"}
	var lines []string
	for _, q := range open[:min(len(open), MaxChoices)] {
		lines = append(lines, b.words.say(either(q.Count > 1, "inbox.line.more", "inbox.line"), map[string]any{
			"Question": shorten(q.Text, MaxChoice), "ID": q.ID, "Count": q.Count, "First": Moment(q.Asked), "Last": Moment(q.Last)}))
		menu.Choices = append(menu.Choices, choice(q.Text, q.ID))
	}
	text := b.words.count("inbox.intro", len(open)) + items(lines)
	if more := len(open) - len(lines); more > 0 {
		text += "\n" + b.words.count("inbox.more", more)
	}
	reply := b.say(text)
	reply.Menu = menu
	return reply, nil
}

// show shows the team a question with what can be done about it.
func (b *Bot) show(ctx context.Context, call Call) (Reply, error) {
	q, err := b.question(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	return b.card(ctx, q), nil
}

// mute keeps somebody from asking the team, or lets them again.
func (b *Bot) mute(ctx context.Context, call Call) (Reply, error) {
	user, off := call.Args["user"], call.Args["off"] == "true"
	if err := b.store.Mute(ctx, call.In.Server, user, !off, actor(call)); err != nil {
		return Reply{}, down(err)
	}
	return b.say(b.words.say(either(off, "mute.undone", "mute.done"), map[string]any{"Who": Who(user)})), nil
}

package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"trilat/bot/answer"
	"trilat/bot/store"
)

// What a member may ask of the team at once, and when the team is reminded of a question that waits.
const (
	maxAsking   = 5
	remindAfter = 3 * 24 * time.Hour
	maxPending  = 1000 // questions of a server that one is compared with
)

// askTeam passes the question of a receipt on to the team of the server. Who asks what somebody else has asked already
// joins them.
func (b *Bot) askTeam(ctx context.Context, call Call) (Reply, error) {
	r, err := b.receipt(ctx, call, call.Args["receipt"])
	if err != nil {
		return Reply{}, err
	}
	if refusal, err := b.cannotAsk(ctx, call, r); refusal != "" || err != nil {
		return b.say(b.words.Say(refusal)), err
	}
	asking := store.Asking{
		ID: shortID("asking", call.ID), User: call.By.ID, Receipt: r.ID, Text: r.Question, At: b.now(),
		Where: store.Message{Channel: call.In.Channel, ID: call.In.Message}, Open: call.In.Open,
	}
	q, err := b.pass(ctx, r, call.Args["reason"], asking)
	if errors.Is(err, store.ErrAlready) {
		return b.say(b.words.Say("team.already")), nil
	}
	if err != nil {
		return Reply{}, down(err)
	}
	b.stir()
	text := b.words.say("team.asked", map[string]any{"ID": q.ID}) + " " +
		b.words.Say(either(asking.Open, "team.asked.open", "team.asked.private"))
	if q.ID != asking.ID {
		text += " " + b.words.Say("team.asked.joined")
	}
	done := b.say(text)
	done.Actions = []Action{{b.words.Say("withdraw.button"), Call{Command: "withdraw", Args: map[string]string{"asking": asking.ID}}}}
	return done, nil
}

// cannotAsk is the id of the text that says why somebody can not ask the team now, "" if they can.
func (b *Bot) cannotAsk(ctx context.Context, call Call, r store.Receipt) (refusal string, err error) {
	setup, err := b.setup(ctx, call.In.Server)
	if err != nil || r.Server != call.In.Server || setup.Channel == "" {
		return "team.none", err
	}
	muted, err := b.store.Muted(ctx, call.In.Server, call.By.ID)
	if err != nil || muted {
		return "team.muted", down(err)
	}
	asked, err := b.store.AskedBy(ctx, call.In.Server, call.By.ID)
	return either(len(asked) >= maxAsking, "team.enough", ""), down(err)
}

// pass puts an asking to the team: as one more of a question that is open, or as a new one.
func (b *Bot) pass(ctx context.Context, r store.Receipt, reason string, a store.Asking) (store.Question, error) {
	q, found, err := b.openLike(ctx, r.Server, a.Text)
	if err != nil {
		return q, err
	}
	if found {
		err = b.store.Ask(ctx, q, a, b.updated(q, a.ID))
		if !errors.Is(err, store.ErrClosed) {
			return q, err
		}
	}
	q = store.Question{ID: a.ID, Server: r.Server, Text: a.Text, Receipt: r.ID, Reason: reason, State: store.Pending, Asked: a.At, Last: a.At}
	return q, b.store.Ask(ctx, q, a, b.posed(q)...)
}

// openLike is the open question of a server that asks the same as a text.
func (b *Bot) openLike(ctx context.Context, server, text string) (q store.Question, found bool, err error) {
	open, err := b.store.Questions(ctx, server, store.Pending, maxPending)
	ed, best := b.current.Load(), answer.SameQuestion
	asked := ed.sketch(text)
	for _, other := range open {
		if alike := asked.Alike(ed.sketch(other.Text)); alike >= best {
			q, found, best = other, true, alike
		}
	}
	return q, found, err
}

// posed are the posts for a question that the team is to see: now, and once more if it waits.
func (b *Bot) posed(q store.Question) []store.Post {
	round := strconv.Itoa(q.Round)
	return []store.Post{
		{Key: "posed/" + q.ID + "/" + round, Kind: store.Posed, Subject: q.ID, Number: q.Round, Server: q.Server},
		{Key: "reminder/" + q.ID + "/" + round, Kind: reminder, Subject: q.ID, Number: q.Round, Server: q.Server, Due: b.now().Add(remindAfter)},
	}
}

// updated is the post that brings what the team sees of a question up to date; because is what has happened to it.
func (b *Bot) updated(q store.Question, because string) store.Post {
	return store.Post{Key: "refresh/" + q.ID + "/" + strconv.Itoa(q.Round) + "/" + because, Kind: refresh, Subject: q.ID, Number: q.Round, Server: q.Server}
}

// question fetches a question for somebody of its server's team, or at the terminal.
func (b *Bot) question(ctx context.Context, call Call) (store.Question, error) {
	id := call.Args["question"]
	none := b.sorry("question.none", map[string]any{"ID": shorten(id, MaxChoice)})
	if b.store == nil {
		return store.Question{}, none
	}
	q, err := b.store.Question(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && call.By.ID != "" && q.Server != call.In.Server {
		return store.Question{}, none
	}
	return q, down(err)
}

// asked lists what somebody has asked the team and not heard of yet.
func (b *Bot) asked(ctx context.Context, call Call) (Reply, error) {
	mine, err := b.store.AskedBy(ctx, call.In.Server, call.By.ID)
	if err != nil {
		return Reply{}, down(err)
	}
	if len(mine) == 0 {
		return b.say(b.words.Say("questions.none")), nil
	}
	menu := &Menu{Label: b.words.Say("questions.menu"), Call: Call{Command: "withdraw"}, Param: "asking"}
	var lines []string
	for _, a := range mine[:min(len(mine), MaxChoices)] {
		lines = append(lines, b.words.say("questions.line", map[string]any{"Question": shorten(a.Text, MaxChoice), "ID": a.Question, "When": Moment(a.At)}))
		menu.Choices = append(menu.Choices, choice(a.Text, a.ID))
	}
	reply := b.say(b.words.Say("questions.intro") + items(lines))
	reply.Menu = menu
	return reply, nil
}

// withdraw ends somebody's own asking.
func (b *Bot) withdraw(ctx context.Context, call Call) (Reply, error) {
	asking := call.Args["asking"]
	of, err := b.store.AskedBy(ctx, call.In.Server, call.By.ID)
	if err != nil {
		return Reply{}, down(err)
	}
	i := slices.IndexFunc(of, func(a store.Asking) bool { return a.ID == asking })
	if i < 0 {
		return b.say(b.words.Say("withdraw.none")), nil
	}
	q := store.Question{ID: of[i].Question, Server: call.In.Server}
	_, err = b.store.Withdraw(ctx, asking, call.By.ID, b.updated(q, "withdrawn/"+asking))
	if errors.Is(err, store.ErrNotFound) {
		return b.say(b.words.Say("withdraw.none")), nil
	}
	b.stir()
	return b.say(b.words.Say("withdraw.done")), down(err)
}

// again opens a question once more for somebody whom the answer did not help.
func (b *Bot) again(ctx context.Context, call Call) (Reply, error) {
	q, err := b.store.Question(ctx, call.Args["question"])
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Reply{}, down(err)
	}
	next := q
	next.Round++
	posts := b.posed(next)
	told, _ := strconv.Atoi(call.Args["round"])
	switch {
	case err == nil && q.Round == told:
	case err == nil && q.Round == told+1 && q.State == store.Pending: // somebody else was not helped either
		posts = []store.Post{b.updated(q, "again/"+call.Args["asking"])}
	default:
		return b.say(b.words.Say("again.late")), nil
	}
	err = b.store.Reopen(ctx, q, call.Args["asking"], call.By.ID, posts...)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return b.say(b.words.Say("again.notyours")), nil
	case errors.Is(err, store.ErrChanged), errors.Is(err, store.ErrAlready), errors.Is(err, store.ErrClosed):
		return b.say(b.words.Say("again.late")), nil
	}
	b.stir()
	return b.say(b.words.Say("again.done")), down(err)
}

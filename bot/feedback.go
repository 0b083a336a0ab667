package bot

import (
	"context"
	"slices"
)

// helpful is the verdict that counts as such in the store; the others are what may be wrong with an answer.
const helpful = "helpful"

func faults() []string { return []string{"wrong", "outdated", "missing", "source", "unclear"} }

// rate keeps that an answer helped.
func (b *Bot) rate(ctx context.Context, call Call) (Reply, error) {
	r, err := b.receipt(ctx, call, call.Args["receipt"])
	if err != nil {
		return Reply{}, err
	}
	return b.say(b.words.Say("rate.thanks")), down(b.store.Rate(ctx, r.ID, call.By.ID, helpful))
}

// rateForm asks what is wrong with an answer.
func (b *Bot) rateForm(_ context.Context, call Call) (Reply, error) {
	field := Field{Param: "reason", Label: b.words.Say("rate.reason"), Required: true}
	for _, f := range faults() {
		field.Choices = append(field.Choices, Choice{b.words.Say("reason." + f), f})
	}
	return Reply{Form: &Form{
		Title: b.words.Say("rate.title"), Call: Call{Command: "rated", Args: map[string]string{"receipt": call.Args["receipt"]}},
		Fields: []Field{field},
	}}, nil
}

// rated keeps what is wrong with an answer, and offers to ask the team.
func (b *Bot) rated(ctx context.Context, call Call) (Reply, error) {
	reason := call.Args["reason"]
	if !slices.Contains(faults(), reason) {
		return b.say(b.words.Say("rate.unknown")), nil
	}
	r, err := b.receipt(ctx, call, call.Args["receipt"])
	if err != nil {
		return Reply{}, err
	}
	if err := b.store.Rate(ctx, r.ID, call.By.ID, reason); err != nil {
		return Reply{}, down(err)
	}
	thanks := b.say(b.words.Say("rate.thanks"))
	if ask, ok := b.askAction(ctx, r.Server, map[string]string{"receipt": r.ID, "reason": reason}); ok {
		thanks = b.say(b.words.Say("rate.thanks") + " " + b.words.Say("rate.ask"))
		thanks.Actions = []Action{ask}
	}
	return thanks, nil
}

// askAction is the button that asks the team; ok is false in a place that has none.
func (b *Bot) askAction(ctx context.Context, server string, args map[string]string) (a Action, ok bool) {
	if b.store == nil || server == "" {
		return a, false
	}
	setup, err := b.store.Setup(ctx, server)
	if err != nil {
		b.ails(err)
		return a, false
	}
	return Action{b.words.Say("team.button"), Call{Command: "team", Args: args}}, setup.Channel != ""
}

// offer adds to a remembered answer what can be done about it: to say whether it helped, or to ask the team.
func (b *Bot) offer(ctx context.Context, call Call, reply Reply, refused bool) Reply {
	if reply.Receipt == "" {
		return reply
	}
	args := map[string]string{"receipt": reply.Receipt}
	if refused {
		if ask, ok := b.askAction(ctx, call.In.Server, args); ok {
			reply.Actions = append([]Action{ask}, reply.Actions...)
		}
		return reply
	}
	for i, a := range reply.Actions {
		if a.Call.Command == "share" {
			reply.Actions[i].Call.Args = map[string]string{"ref": a.Call.Args["ref"], "receipt": reply.Receipt}
		}
	}
	reply.Actions = append(reply.Actions,
		Action{b.words.Say("rate.button"), Call{Command: "rate", Args: args}},
		Action{b.words.Say("rate.not.button"), Call{Command: "unhelpful", Args: args}})
	return reply
}

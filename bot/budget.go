package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"trilat/bot/store"
)

// budget shows a server what the model has cost it, what was saved, and what is left of today.
func (b *Bot) budget(ctx context.Context, call Call) (Reply, error) {
	if b.writer.Model == nil {
		return b.say(b.words.Say("model.none")), nil
	}
	s, err := b.store.Spent(ctx, spender(call))
	if err != nil {
		return Reply{}, down(err)
	}
	limits := b.writer.Limits
	text := b.words.say("budget.head", map[string]any{"Model": b.writer.Model.Name()}) + items([]string{
		b.spent("budget.today", s.Server), b.spent("budget.week", s.Week), b.spent("budget.month", s.Month),
	})
	var left []string
	for _, l := range []struct {
		id    string
		limit store.Amount
		spent store.Spending
	}{{"budget.left.person", limits.Person, s.Person}, {"budget.left.server", limits.Server, s.Server}, {"budget.left.day", limits.Day, s.Day}} {
		if l.limit != (store.Amount{}) {
			left = append(left, b.words.say(l.id, map[string]any{"Left": b.left(l.limit, l.spent.Amount)}))
		}
	}
	if len(left) > 0 {
		text += "\n" + b.words.Say("budget.left") + items(left)
	}
	return b.say(text), nil
}

// spent says what was spent.
func (b *Bot) spent(id string, s store.Spending) string {
	return b.words.say(id, map[string]any{"Cost": b.amount(s.Amount), "Calls": b.words.count("calls", int(s.Calls)), "Saved": b.words.count("calls", int(s.Saved))})
}

// amount is what something cost: money only where prices are known.
func (b *Bot) amount(a store.Amount) string {
	text := b.words.count("tokens", int(a.Tokens))
	if b.writer.PriceIn > 0 || b.writer.PriceOut > 0 {
		text += " (" + money(a.Micros) + ")"
	}
	return text
}

// left is what may still be spent of a limit.
func (b *Bot) left(limit, spent store.Amount) string {
	var parts []string
	if limit.Tokens > 0 {
		parts = append(parts, b.words.count("tokens", int(max(0, limit.Tokens-spent.Tokens))))
	}
	if limit.Micros > 0 {
		parts = append(parts, money(max(0, limit.Micros-spent.Micros)))
	}
	return strings.Join(parts, ", ")
}

// money is an amount in units of money, without saying which.
func money(micros int64) string { return strconv.FormatFloat(float64(micros)/1e6, 'f', 4, 64) }

// setupModel switches a use of the model on or off in a server; without a use, all of them.
func (b *Bot) setupModel(ctx context.Context, call Call) (Reply, error) {
	if b.writer.Model == nil {
		return b.say(b.words.Say("model.none")), nil
	}
	uses, on := Uses(), call.Args["on"] == "true"
	if typed := strings.TrimSpace(call.Args["use"]); typed != "" {
		if !slices.Contains(uses, Use(typed)) {
			return b.say(b.words.say("setup.use.unknown", map[string]any{"Uses": strings.Join(texts(uses), ", ")})), nil
		}
		uses = []Use{Use(typed)}
	}
	return b.setUp(ctx, call, func(u *store.Setup) {
		u.ModelOff = slices.DeleteFunc(u.ModelOff, func(off string) bool { return slices.Contains(uses, Use(off)) })
		if !on {
			u.ModelOff = append(u.ModelOff, texts(uses)...)
		}
	})
}

func texts(uses []Use) []string {
	var all []string
	for _, u := range uses {
		all = append(all, string(u))
	}
	return all
}

// suggestUses offers the uses of a model.
func suggestUses(_ *library, typed string) []Choice {
	var found []Choice
	for _, u := range Uses() {
		if strings.HasPrefix(string(u), strings.ToLower(strings.TrimSpace(typed))) {
			found = append(found, Choice{string(u), string(u)})
		}
	}
	return found
}

// modelNotice says what a model gets to see; "" when there is none.
func (b *Bot) modelNotice() string {
	if b.writer.Model == nil {
		return ""
	}
	return b.words.say("model.notice", map[string]any{"Model": b.writer.Model.Name()})
}

// modelStatus says what a model is used for in a server; "" when there is none.
func (b *Bot) modelStatus(setup store.Setup) []string {
	if b.writer.Model == nil {
		return nil
	}
	var used []string
	for _, u := range Uses() {
		if (b.writer.Uses == nil || slices.Contains(b.writer.Uses, u)) && !slices.Contains(setup.ModelOff, string(u)) {
			used = append(used, string(u))
		}
	}
	if len(used) == 0 {
		return []string{b.words.Say("setup.model.off")}
	}
	lines := []string{b.words.say("setup.model.on", map[string]any{"Model": b.writer.Model.Name(), "Uses": strings.Join(used, ", ")})}
	if since := b.writer.failing.Load(); since > 0 {
		lines = append(lines, b.words.say("setup.model.failing", map[string]any{"When": Moment(time.UnixMilli(since))}))
	}
	return lines
}

package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"trilat/bot/answer"
	"trilat/bot/store"
)

// why tells how an answer came about, or what has become of a question to the team.
func (b *Bot) why(ctx context.Context, call Call) (Reply, error) {
	id := strings.ToLower(strings.TrimSpace(call.Args["id"]))
	q, found, err := b.theirs(ctx, call, id)
	if err != nil {
		return Reply{}, err
	}
	if found {
		return b.say(b.story(ctx, q)), nil
	}
	r, err := b.receipt(ctx, call, id)
	if err != nil {
		return Reply{}, err
	}
	return b.whyAnswer(ctx, call, r)
}

// theirs is a question that the caller asks or did, wherever they are, or that belongs to the team that they are of.
func (b *Bot) theirs(ctx context.Context, call Call, id string) (q store.Question, found bool, err error) {
	q, err = b.store.Question(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return q, false, nil
	}
	if err != nil || call.By.ID == "" {
		return q, err == nil, down(err)
	}
	asks, err := b.store.Asks(ctx, id, call.By.ID)
	if asks || err != nil || call.In.Server != q.Server {
		return q, asks, down(err)
	}
	team, err := b.inTeam(ctx, call)
	return q, team, down(err)
}

// whyAnswer tells how an answer came about.
func (b *Bot) whyAnswer(ctx context.Context, call Call, r store.Receipt) (Reply, error) {
	ed, d := b.current.Load(), readDetail(r.Detail)
	data := map[string]any{"When": Moment(r.At), "Revision": r.Revision, "Now": ed.base.Revision,
		"Score": figure(d.Score), "Threshold": figure(d.Threshold)}
	text := b.words.say(either(r.Revision == ed.base.Revision, "why.asked", "why.asked.older"), data)
	if r.Kind == string(answer.Refused) {
		text += "\n" + b.words.say("why.refused", data)
	} else {
		text += "\n" + b.words.say("why.answered", data) + items(b.rests(ed, d))
		text += "\n" + b.words.Say(either(b.asKept(ctx, r, d), "why.checked", "why.unchecked"))
	}
	var found []string
	for _, f := range d.Found {
		title := f.ID
		if p := ed.passage(f.ID); p != nil {
			title = p.Title()
		}
		found = append(found, fmt.Sprintf("%s: %s", title, figure(f.Score)))
	}
	if len(found) > 0 {
		text += "\n" + b.words.Say("why.found") + items(found)
	}
	if d.Read != "" {
		text += "\n" + b.words.say("why.read", map[string]any{"Question": d.Read})
	}
	if d.Draft != nil || d.Read == "" {
		text += "\n\n" + b.whyDraft(d.Draft)
	}
	for _, id := range b.behind(ed, d) {
		q, err := b.store.Question(ctx, id)
		if err == nil && (q.Server == r.Server || call.By.ID == "") {
			text += "\n\n" + b.story(ctx, q)
		}
	}
	reply := b.say(text)
	reply.Question = r.Question
	if d.Ref != "" {
		reply.Actions = []Action{{b.words.Say("quotes.button"), Call{Command: "quotes", Args: map[string]string{"ref": d.Ref}}}}
	}
	return reply, nil
}

// whyDraft tells what a model had to do with an answer: what it wrote, what of it was struck, and why.
func (b *Bot) whyDraft(d *draft) string {
	if d == nil {
		return b.words.Say("why.model")
	}
	text := b.words.say("why.draft."+d.Fate, map[string]any{"Model": d.Model, "Prompt": d.Prompt})
	var lines []string
	for _, c := range d.Claims {
		if len(c.Faults) == 0 {
			lines = append(lines, b.words.say("why.claim.kept", map[string]any{"Text": c.Text, "Passage": c.Passage, "Quote": c.Quote}))
			continue
		}
		var reasons []string
		for _, f := range c.Faults {
			reasons = append(reasons, b.words.Say("why.fault."+f))
		}
		lines = append(lines, b.words.say("why.claim.struck", map[string]any{"Text": cmp.Or(c.Text, b.words.Say("why.claim.withheld")), "Reasons": strings.Join(reasons, "; ")}))
	}
	return text + items(lines)
}

// rests names the passages that an answer rests on, and whether they still say what they said.
func (b *Bot) rests(ed *edition, d detail) []string {
	var lines []string
	for _, rest := range d.Rests {
		p := ed.passage(rest.ID)
		switch {
		case p == nil:
			lines = append(lines, b.words.say("why.rest.gone", map[string]any{"ID": rest.ID}))
		case answer.Print(p) != rest.Print:
			lines = append(lines, b.words.say("why.rest.changed", map[string]any{"Place": b.place(p), "Sentences": b.words.count("sentences", rest.Sentences)}))
		default:
			lines = append(lines, b.words.say("why.rest.same", map[string]any{"Place": b.place(p), "Sentences": b.words.count("sentences", rest.Sentences)}))
		}
	}
	return lines
}

// asKept reports whether the passages that an answer quoted stand in its revision as the store kept it, as they were quoted.
func (b *Bot) asKept(ctx context.Context, r store.Receipt, d detail) bool {
	snap, err := b.store.Snapshot(ctx, r.Revision)
	if err != nil {
		return false
	}
	base, err := reading(snap)
	if err != nil {
		return false
	}
	then := edition{base: base}
	return !slices.ContainsFunc(d.Rests, func(rest restedPassage) bool {
		p := then.passage(rest.ID)
		return p == nil || answer.Print(p) != rest.Print
	})
}

// behind are the questions to the team that an answer goes back to: those whose answers stood below it, and those that its
// passages say they answer.
func (b *Bot) behind(ed *edition, d detail) []string {
	ids := d.Team
	for _, rest := range d.Rests {
		if p := ed.passage(rest.ID); p != nil {
			ids = append(ids, p.Answers...)
		}
	}
	return ids
}

// story tells what has become of a question to the team, without naming who asked it.
func (b *Bot) story(ctx context.Context, q store.Question) string {
	ed := b.current.Load()
	lines := []string{b.words.say("story.asked", map[string]any{"When": Moment(q.Asked), "Count": b.words.count("card.askers", q.Count)})}
	if a, err := b.store.TeamAnswer(ctx, q.ID); err == nil {
		id := "story.answered"
		if a.Withdrawn {
			id = "story.withdrawn"
		}
		if !a.Edited.IsZero() && !a.Withdrawn {
			id = "story.edited"
		}
		lines = append(lines, b.words.say(id, map[string]any{"Edited": Moment(a.Edited), "Name": either(a.By.Name != "", a.By.Name, b.words.Say("signed.nobody")), "When": Moment(a.At)}))
	}
	if q.State != store.Answered {
		lines = append(lines, b.closed(q))
	}
	if p := ed.library.answering(q.ID); p != nil {
		lines = append(lines, b.words.say("story.taken", map[string]any{"Place": b.place(p)}))
	}
	return b.words.say("story.head", map[string]any{"ID": q.ID}) + quoted(q.Text) + items(lines)
}

// figure writes a score.
func figure(f float64) string { return fmt.Sprintf("%.2f", f) }

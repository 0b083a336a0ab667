package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"trilat/bot/answer"
	"trilat/bot/store"
	"trilat/knowledge"
)

// The kinds of posts besides those that the store knows.
const (
	refresh  = "refresh"  // a question as the team sees it, brought up to date
	reminder = "reminder" // a question that still waits
	expiring = "expiring" // an answer of the team's that soon stops to count
	amended  = "amended"  // an answer of the team's that was changed after somebody was told
	recalled = "recalled" // a shared answer whose texts have changed
	fault    = "fault"    // a setup that does not work any more
)

// letter writes what a post says now. A fate says that there is nothing to say any more, or why that has to wait.
func (b *Bot) letter(ctx context.Context, row store.Post) (p Post, fate string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("write post %s: panic: %v\n%s", row.Key, r, debug.Stack())
		}
	}()
	if ed := b.current.Load(); row.Revision != "" && row.Revision != ed.base.Revision && ed.read.Before(row.Since) {
		return p, behind, nil
	}
	switch row.Kind {
	case store.Posed, refresh, reminder:
		p, fate, err = b.toTeam(ctx, row)
	case store.Daily:
		p, fate, err = b.toServer(ctx, row)
	case store.Told:
		p, fate, err = b.toAsker(ctx, row)
	case expiring:
		p, fate, err = b.toConfirm(ctx, row)
	case amended:
		p, fate, err = b.toTold(ctx, row)
	case recalled:
		p, fate, err = b.toReaders(ctx, row)
	case fault:
		p, fate, err = b.toAdministrator(ctx, row)
	default:
		fate = over // put out by a newer version
	}
	if errors.Is(err, store.ErrNotFound) {
		return p, over, nil // what it is about was forgotten
	}
	return p, fate, err
}

// noted is a reply with small print that no other post has, by which a front finds it again.
func (b *Bot) noted(r Reply, row store.Post, id string, data map[string]any) Reply {
	r.Note = b.words.say(id, data) + " · " + shortID(row.Key)[:6]
	return r
}

// toTeam is a question for the team: new, brought up to date, or waiting.
func (b *Bot) toTeam(ctx context.Context, row store.Post) (p Post, fate string, err error) {
	q, err := b.store.Question(ctx, row.Subject)
	if err != nil {
		return p, "", err
	}
	setup, err := b.store.Setup(ctx, q.Server)
	if err != nil {
		return p, "", err
	}
	waits := q.State == store.Pending && q.Round == row.Number
	posed := store.Post{Key: "posed/" + q.ID + "/" + strconv.Itoa(q.Round)}
	card := b.noted(b.card(ctx, q), posed, "note.question", map[string]any{"ID": q.ID})
	switch {
	case row.Kind == refresh && q.Post.ID == "", row.Kind != refresh && !waits:
		return p, over, nil
	case row.Kind == refresh:
		p = addressed(row, card)
		p.Channel, p.Edit = q.Post.Channel, q.Post.ID
		return p, "", nil
	case setup.Channel == "":
		return p, "no channel for the team is set", nil
	case row.Kind == reminder:
		card = b.noted(b.say(b.words.say("reminder.text", map[string]any{"When": Moment(q.Asked)})+quoted(q.Text)), row, "note.question", map[string]any{"ID": q.ID})
		card.Actions = b.choices(q)
	}
	p = addressed(row, card)
	p.Channel, p.PingRole = setup.Channel, setup.Role
	if row.Kind == reminder && q.Post.Channel == setup.Channel {
		p.ReplyTo = q.Post.ID
	}
	if setup.Role != "" { // below, so that a preview of the message shows the question
		p.Reply.Text, p.Reply.Plain = p.Reply.Text+"\n\n"+Role(setup.Role), p.Reply.Plain+"\n\n"+Role(setup.Role)
	}
	return p, "", nil
}

// card is a question as the team sees it, with what can be done about it.
func (b *Bot) card(ctx context.Context, q store.Question) Reply {
	ed := b.current.Load()
	if q.Text == "" {
		return b.say(b.words.Say("card.forgotten"))
	}
	data := map[string]any{"Who": b.askers(q), "When": Moment(q.Asked)}
	text := b.words.say(either(q.Count > 1, "card.asked.more", "card.asked"), data) + quoted(q.Text)
	if q.Count == 0 {
		text = b.words.say("card.asked.none", data) + quoted(q.Text)
	}
	if q.Reason != "" {
		text += "\n" + b.words.say("card.reason", map[string]any{"Reason": b.words.Say("reason." + q.Reason)})
	}
	text += "\n" + b.tried(ctx, ed, q)
	if q.State != store.Pending {
		text += "\n\n" + b.closed(q)
	}
	actions := b.choices(q)
	if a, err := b.store.TeamAnswer(ctx, q.ID); err == nil && q.State == store.Answered {
		text += "\n" + b.signed(ed, a)
		actions = b.mends(a)
	}
	card := b.say(text)
	card.Actions = actions
	return card
}

// askers names who asks a question, as far as they still wait, and how many others.
func (b *Bot) askers(q store.Question) string {
	var names []string
	for _, a := range q.Askings {
		if a.User != "" && len(names) < 3 {
			names = append(names, Who(a.User))
		}
	}
	if len(names) == 0 {
		return b.words.count("card.askers", q.Count)
	}
	if more := q.Count - len(names); more > 0 {
		names = append(names, b.words.count("card.others", more))
	}
	return strings.Join(names, ", ")
}

// tried says what the texts gave to a question, and what comes closest to it.
func (b *Bot) tried(ctx context.Context, ed *edition, q store.Question) string {
	text := b.words.Say("card.refused")
	if r, err := b.store.Receipt(ctx, q.Receipt); err == nil && r.Kind != string(answer.Refused) {
		ans, _ := ed.answers.Recall(readDetail(r.Detail).Ref)
		if len(ans.Statements) > 0 {
			return b.words.Say("card.answered") + quoted(shorten(b.compose(ed, ans, q.Text, false), maxPointed))
		}
	}
	var closest []*knowledge.Passage
	for _, h := range ed.answers.Search(q.Text, 3) {
		closest = append(closest, h.Passage)
	}
	if len(closest) > 0 {
		text += " " + b.words.count("ask.closest", len(closest))
	}
	return text + items(titlesOf(closest))
}

// choices are what the team can do about a question that waits.
func (b *Bot) choices(q store.Question) []Action {
	if q.State != store.Pending {
		return nil
	}
	return b.ways(q.ID, "answer", "point", "duplicate", "dismiss")
}

// mends are what the team can do about an answer of its own.
func (b *Bot) mends(a store.TeamAnswer) []Action {
	switch {
	case a.Withdrawn:
		return b.ways(a.ID, "edit")
	case a.Passage != "":
		return b.ways(a.ID, "edit", "retract")
	}
	return b.ways(a.ID, "edit", "retract", "draft")
}

// ways are buttons for steps about a question.
func (b *Bot) ways(question string, steps ...string) []Action {
	var all []Action
	for _, step := range steps {
		all = append(all, Action{b.words.Say(step + ".button"), Call{Command: step, Args: map[string]string{"question": question}}})
	}
	return all
}

// toAsker tells somebody what became of their question.
func (b *Bot) toAsker(ctx context.Context, row store.Post) (p Post, fate string, err error) {
	q, err := b.store.Question(ctx, row.Subject)
	if err != nil {
		return p, "", err
	}
	i := slices.IndexFunc(q.Askings, func(a store.Asking) bool { return a.ID == row.Asking })
	if i < 0 || q.Round != row.Number || q.State == store.Pending || q.Askings[i].Told || q.Askings[i].User == "" {
		return p, over, nil
	}
	asking := q.Askings[i]
	reply, ok, err := b.outcome(ctx, q, asking)
	if err != nil || !ok {
		return p, over, err
	}
	reply.Question = asking.Text
	if row.User == "" {
		reply = reply.under(Who(asking.User))
	}
	reply.Actions = append(reply.Actions, Action{b.words.Say("again.button"), Call{Command: "again", Args: map[string]string{
		"question": q.ID, "asking": asking.ID, "round": strconv.Itoa(q.Round)}}})
	p = addressed(row, b.noted(reply, row, "note.yours", map[string]any{"ID": q.ID}))
	if row.User == "" {
		p.PingUser = asking.User
	}
	return p, "", nil
}

// outcome says what became of a question; ok is false when there is nothing to say any more.
func (b *Bot) outcome(ctx context.Context, q store.Question, asking store.Asking) (reply Reply, ok bool, err error) {
	ed := b.current.Load()
	id, head := q.ID, b.words.Say("told.answered")
	switch q.State {
	case store.Dismissed:
		return b.say(b.words.Say("told.dismissed") + quoted(q.Remark)), true, nil
	case store.Covered:
		return b.coveredBy(ctx, ed, q, asking)
	case store.Duplicate:
		of, err := b.store.Question(ctx, q.Remark)
		if err != nil {
			return reply, false, err
		}
		if of.State == store.Covered {
			return b.coveredBy(ctx, ed, of, asking)
		}
		id, head = of.ID, b.words.say("told.duplicate", map[string]any{"Question": of.Text})
	case store.Answered:
	default:
		return reply, false, nil
	}
	a, err := b.store.TeamAnswer(ctx, id)
	if err != nil {
		return reply, false, err
	}
	if a.Withdrawn {
		return b.say(b.words.Say("told.withdrawn")), true, nil
	}
	if p := ed.passage(a.Passage); p != nil { // with its sources, as the texts have it
		reply = b.present(ed, ed.answers.Quote([]*knowledge.Passage{p}, nil), asking.Text, false)
		reply.Menu = nil
		return reply.under(head + "\n" + b.points(a, p)), true, nil
	}
	return b.say(head + "\n" + b.signed(ed, a)), true, nil
}

// coveredBy is the answer that the texts now give to a question, remembered as one.
func (b *Bot) coveredBy(ctx context.Context, ed *edition, q store.Question, asking store.Asking) (reply Reply, ok bool, err error) {
	ans, _, covered := ed.covers(q)
	if !covered {
		if ans = ed.answers.Answer(answer.Question{Text: q.Text}); ans.Kind == answer.Refused {
			return b.say(b.words.Say("told.uncovered")), true, nil
		}
	}
	reply = b.present(ed, ans, asking.Text, false)
	call := Call{ID: "covered/" + asking.ID + "/" + strconv.Itoa(q.Round), By: Person{ID: asking.User}, In: Place{Server: q.Server, Channel: asking.Where.Channel}}
	a := asked{call: call, ed: ed, q: answer.Question{Text: asking.Text}, text: asking.Text}
	reply = b.keepReceipt(ctx, a, reply, toldKind).under(b.words.Say("told.covered"))
	reply.Menu = nil
	return reply, true, nil
}

// toConfirm asks the team to confirm an answer, unless that was done or it does not count any more.
func (b *Bot) toConfirm(ctx context.Context, row store.Post) (p Post, fate string, err error) {
	a, err := b.store.TeamAnswer(ctx, row.Subject)
	if err != nil {
		return p, "", err
	}
	setup, err := b.store.Setup(ctx, a.Server)
	ed := b.current.Load()
	switch {
	case err != nil:
		return p, "", err
	case a.Withdrawn || int(a.Until.Unix()) != row.Number || ed.library.answering(a.ID) != nil:
		return p, over, nil
	case setup.Channel == "":
		return p, "no channel for the team is set", nil
	}
	reply := b.say(b.words.say("expiring.text", map[string]any{"Until": a.Until.UTC().Format(day)}) + quoted(a.Question) + "\n" + b.signed(ed, a))
	reply.Actions = b.ways(a.ID, "confirm", "edit", "retract")
	p = addressed(row, b.noted(reply, row, "note.question", map[string]any{"ID": a.ID}))
	p.Channel = setup.Channel
	return p, "", nil
}

// waitsForCall is the fate of what can only be shown in reply to a call, see [Bot.Waiting].
const waitsForCall = "shown at the next call of who asked"

// toTold corrects what somebody was told.
func (b *Bot) toTold(ctx context.Context, row store.Post) (p Post, fate string, err error) {
	q, err := b.store.Question(ctx, row.Subject)
	if err != nil {
		return p, "", err
	}
	a, err := b.store.TeamAnswer(ctx, either(q.State == store.Duplicate, q.Remark, q.ID))
	if err != nil {
		return p, "", err
	}
	if a.Edited.After(row.Since) || a.At.After(row.Since) || a.Withdrawn && a.Version != row.Number {
		return p, over, nil // changed once more: the later post says so
	}
	text := b.words.Say("amended.text") + "\n" + b.signed(b.current.Load(), a)
	if a.Withdrawn {
		text = b.words.Say("amended.withdrawn")
	}
	reply := b.say(text)
	reply.Question = a.Question
	p = addressed(row, b.noted(reply, row, "note.question", map[string]any{"ID": a.ID}))
	if row.Channel == "" {
		return p, waitsForCall, nil
	}
	return p, "", nil
}

// faultChannel is what a setup lacks when the bot can not write where the team works, faultRole when the team's role is
// gone.
const (
	faultChannel = "channel"
	faultRole    = "role"
)

// faulty notes what keeps a server's setup from working, and has its administrator told, once.
func (b *Bot) faulty(ctx context.Context, server, subject string) error {
	by, err := b.inCharge(ctx, server, subject)
	if err != nil || by == "" {
		return err
	}
	fresh, err := b.store.Fault(ctx, server, subject, b.words.Say("fault."+subject))
	if err != nil || !fresh {
		return err
	}
	_, err = b.store.Put(ctx, store.Post{Key: "fault/" + server + "/" + subject + "/" + strconv.FormatInt(b.now().UnixMilli(), 36),
		Kind: fault, Subject: subject, Server: server, User: by})
	b.stir()
	return err
}

// inCharge is who set up what does not work; "" for nobody.
func (b *Bot) inCharge(ctx context.Context, server, subject string) (user string, err error) {
	if subject != faultDigest {
		setup, err := b.store.Setup(ctx, server)
		return setup.By, err
	}
	g, err := b.store.Digest(ctx, server)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return g.By, err
}

// toAdministrator says what keeps a setup from working.
func (b *Bot) toAdministrator(ctx context.Context, row store.Post) (p Post, fate string, err error) {
	setup, err := b.store.Setup(ctx, row.Server)
	if err != nil {
		return p, "", err
	}
	for _, f := range setup.Faults {
		if f.Subject == row.Subject && row.User != "" {
			reply := b.say(b.words.say("fault.text", map[string]any{"Fault": f.Text,
				"Fix": b.words.say("fault.fix."+f.Subject, map[string]any{"Channel": Where(setup.Channel)})}))
			return addressed(row, b.noted(reply, row, "note.fault", map[string]any{"When": f.Since.UTC().Format(time.DateOnly)})), "", nil
		}
	}
	return p, over, nil // mended meanwhile
}

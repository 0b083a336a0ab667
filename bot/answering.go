package bot

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"trilat/bot/answer"
	"trilat/bot/store"
)

// How long an answer of the team counts unless it is confirmed, and how long before that the team is asked to.
const (
	answerLasts   = 90 * 24 * time.Hour
	confirmBefore = 7 * 24 * time.Hour
)

// How much a team member may write, in characters.
const (
	maxAnswer = 1500
	maxSource = 400
	maxRemark = 300
)

// answerForm asks a team member for the answer to a question.
func (b *Bot) answerForm(ctx context.Context, call Call) (Reply, error) {
	q, err := b.open(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	return b.answering("answered", q, map[string]string{"question": q.ID}, store.TeamAnswer{}), nil
}

// answering is the form for an answer, with what stands there already.
func (b *Bot) answering(step string, q store.Question, args map[string]string, a store.TeamAnswer) Reply {
	return Reply{Form: &Form{
		Title: b.words.Say("answer.title"), Call: Call{Command: step, Args: args},
		Fields: []Field{
			{Param: "text", Label: b.words.Say("answer.text"), Hint: shorten(q.Text, MaxChoice), Value: a.Text, Long: true, Required: true, Max: maxAnswer},
			{Param: "source", Label: b.words.Say("answer.source"), Hint: b.words.Say("answer.source.hint"), Value: a.Source, Required: true, Max: maxSource},
		},
	}}
}

// open is a question that still waits.
func (b *Bot) open(ctx context.Context, call Call) (store.Question, error) {
	q, err := b.question(ctx, call)
	if err == nil && q.State != store.Pending {
		err = &sorry{b.say(b.closed(q))}
	}
	return q, err
}

// closed says what became of a question.
func (b *Bot) closed(q store.Question) string {
	name := either(q.By.Name != "", q.By.Name, b.words.Say("signed.nobody"))
	return b.words.say("question."+string(q.State), map[string]any{"Name": name, "ID": q.ID, "When": Moment(q.Closed), "Remark": q.Remark})
}

// answered keeps what a team member answered, and has everybody told who asked.
func (b *Bot) answered(ctx context.Context, call Call) (Reply, error) {
	text, source := strings.TrimSpace(call.Args["text"]), strings.TrimSpace(call.Args["source"])
	if fault := b.unsourced(text, source); fault != "" {
		return b.unsaved(fault, text), nil
	}
	q, err := b.open(ctx, call)
	if err != nil {
		return b.givenBack(err, text)
	}
	return b.settleWith(ctx, call, q, store.TeamAnswer{Text: text, Source: b.sourceOf(source)})
}

// unsaved tells a team member that what they wrote was not kept, and gives it back so that it is not lost.
func (b *Bot) unsaved(why, text string) Reply {
	return b.say(why + "\n" + b.words.Say("answer.unsaved") + quoted(text))
}

// givenBack is unsaved for an error that is a reply.
func (b *Bot) givenBack(err error, text string) (Reply, error) {
	var instead *sorry
	if errors.As(err, &instead) {
		return b.unsaved(instead.Text, text), nil
	}
	return Reply{}, err
}

// quoted writes a text as a quotation of several lines.
func quoted(text string) string {
	lines := strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' })
	return "\n> " + strings.Join(lines, "\n> ")
}

// unsourced says what an answer lacks; "" when it lacks nothing.
func (b *Bot) unsourced(text, source string) string {
	switch {
	case !strings.ContainsFunc(text, wordly):
		return b.words.Say("answer.empty")
	case utf8.RuneCountInString(text) > maxAnswer:
		return b.words.count("answer.long", maxAnswer)
	case b.sourceOf(source) == "":
		return b.words.Say("answer.unsourced")
	}
	return ""
}

// sourceOf is a source as it is kept: a link, or the words that say that there is none but the team; "" for neither.
func (b *Bot) sourceOf(text string) string {
	if strings.EqualFold(strings.Trim(text, `."'“” `), b.words.Say("answer.ours")) {
		return b.words.Say("answer.ours")
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text // as people write an address
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || !strings.Contains(u.Host, ".") || u.Scheme != "https" && u.Scheme != "http" || utf8.RuneCountInString(text) > maxSource {
		return ""
	}
	return strings.NewReplacer("(", "%28", ")", "%29").Replace(u.String()) // so that the end of it is part of a link
}

// settleWith closes a question with an answer of the team's, and says so.
func (b *Bot) settleWith(ctx context.Context, call Call, q store.Question, a store.TeamAnswer) (Reply, error) {
	a.ID, a.Server, a.Question, a.By, a.At = q.ID, q.Server, q.Text, actor(call), b.now()
	a.Until = a.At.Add(answerLasts)
	err := b.store.Settle(ctx, q.ID, store.Answered, a.By, "", &a, tell, amend, b.updated(q, "answered"), expiry(a))
	return b.settled(ctx, call, q, err, "answer.done", a.Text)
}

// settled is the reply to a team member who has dealt with a question, or came too late; then what they wrote is given back.
func (b *Bot) settled(ctx context.Context, call Call, q store.Question, err error, done, text string) (Reply, error) {
	switch {
	case errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrChanged):
		late := b.words.Say("question.late")
		if now, err := b.question(ctx, call); err == nil && now.State != store.Pending {
			late = b.closed(now)
		}
		if text == "" {
			return b.say(late), nil
		}
		return b.unsaved(late, text), nil
	case err != nil:
		return Reply{}, down(err)
	}
	b.stir()
	return b.say(b.words.count(done, q.Count)), nil
}

// tell is the post that tells somebody what became of their question: where they asked if everybody could see it, else
// directly.
func tell(q store.Question, a store.Asking) store.Post {
	p := store.Post{Key: "told/" + a.ID + "/" + strconv.Itoa(q.Round), Kind: store.Told, Subject: q.ID, Asking: a.ID, Number: q.Round, Server: q.Server}
	if a.Open {
		p.Channel, p.ReplyTo = a.Where.Channel, a.Where.ID
	} else {
		p.User = a.User
	}
	return p
}

// expiry is the post that asks the team to confirm an answer before it stops to count.
func expiry(a store.TeamAnswer) store.Post {
	return store.Post{Key: "expiry/" + a.ID + "/" + strconv.FormatInt(a.Until.Unix(), 36), Kind: expiring, Subject: a.ID, Number: int(a.Until.Unix()), Server: a.Server, Due: a.Until.Add(-confirmBefore)}
}

func actor(call Call) store.Actor { return store.Actor{User: call.By.ID, Name: call.By.Name} }

// point offers passages that may answer a question.
func (b *Bot) point(ctx context.Context, call Call) (Reply, error) {
	q, err := b.open(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	menu := &Menu{Label: b.words.Say("point.menu"), Call: Call{Command: "pointed", Args: map[string]string{"question": q.ID}}, Param: "passage"}
	for _, h := range b.Answers().Search(q.Text, MaxChoices) {
		menu.Choices = append(menu.Choices, choice(h.Passage.Title(), answer.Key(h.Passage)))
	}
	if len(menu.Choices) == 0 {
		return b.say(b.words.Say("point.none")), nil
	}
	choose := b.say(b.words.Say("point.intro") + quoted(q.Text))
	choose.Menu = menu
	return choose, nil
}

// pointed answers a question with a passage.
func (b *Bot) pointed(ctx context.Context, call Call) (Reply, error) {
	q, err := b.open(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	p := b.Answers().Passage(call.Args["passage"])
	if p == nil {
		return b.say(b.words.Say("ref.gone")), nil
	}
	return b.settleWith(ctx, call, q, store.TeamAnswer{Passage: p.ID})
}

// dismissForm asks why a question will not be answered.
func (b *Bot) dismissForm(ctx context.Context, call Call) (Reply, error) {
	q, err := b.open(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Form: &Form{
		Title: b.words.Say("dismiss.title"), Call: Call{Command: "dismissed", Args: map[string]string{"question": q.ID}},
		Fields: []Field{{Param: "reason", Label: b.words.Say("dismiss.reason"), Hint: b.words.Say("dismiss.hint"), Long: true, Required: true, Max: maxRemark}},
	}}, nil
}

// dismissed closes a question without an answer; who asked it is told why.
func (b *Bot) dismissed(ctx context.Context, call Call) (Reply, error) {
	q, err := b.open(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	reason := shorten(strings.TrimSpace(call.Args["reason"]), maxRemark)
	err = b.store.Settle(ctx, q.ID, store.Dismissed, actor(call), reason, nil, tell, nil, b.updated(q, "dismissed"))
	return b.settled(ctx, call, q, err, "dismiss.done", reason)
}

// teamAnswer fetches an answer of the team's with its question.
func (b *Bot) teamAnswer(ctx context.Context, call Call) (store.TeamAnswer, store.Question, error) {
	q, err := b.question(ctx, call)
	if err != nil {
		return store.TeamAnswer{}, q, err
	}
	a, err := b.store.TeamAnswer(ctx, q.ID)
	if errors.Is(err, store.ErrNotFound) {
		return a, q, b.sorry("answer.none", nil)
	}
	return a, q, down(err)
}

// editForm asks for another text of an answer.
func (b *Bot) editForm(ctx context.Context, call Call) (Reply, error) {
	a, q, err := b.teamAnswer(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	return b.answering("edited", q, map[string]string{"question": q.ID, "version": strconv.Itoa(a.Version)}, a), nil
}

// edited keeps another text of an answer; whoever was told the one before hears of it.
func (b *Bot) edited(ctx context.Context, call Call) (Reply, error) {
	text, source := strings.TrimSpace(call.Args["text"]), strings.TrimSpace(call.Args["source"])
	if fault := b.unsourced(text, source); fault != "" {
		return b.unsaved(fault, text), nil
	}
	a, q, err := b.teamAnswer(ctx, call)
	if err != nil {
		return b.givenBack(err, text)
	}
	if strconv.Itoa(a.Version) != call.Args["version"] {
		return b.unsaved(b.words.Say("edit.late"), text), nil
	}
	a.Text, a.Source, a.Passage, a.Withdrawn, a.Until = text, b.sourceOf(source), "", false, b.now().Add(answerLasts)
	return b.revised(ctx, call, q, a, "edit.done")
}

// retract asks whether an answer is to be taken back, since people are told at once.
func (b *Bot) retract(ctx context.Context, call Call) (Reply, error) {
	a, _, err := b.teamAnswer(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	if a.Withdrawn {
		return b.say(b.words.Say("retract.already")), nil
	}
	sure := b.say(b.words.Say("retract.sure"))
	sure.Actions = b.ways(a.ID, "retracted")
	return sure, nil
}

// retracted takes an answer back.
func (b *Bot) retracted(ctx context.Context, call Call) (Reply, error) {
	a, q, err := b.teamAnswer(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	if a.Withdrawn {
		return b.say(b.words.Say("retract.already")), nil
	}
	a.Withdrawn = true
	return b.revised(ctx, call, q, a, "retract.done")
}

// revised keeps a change of an answer, has whoever was told hear of it, and says so.
func (b *Bot) revised(ctx context.Context, call Call, q store.Question, a store.TeamAnswer, done string) (Reply, error) {
	err := b.store.Revise(ctx, a, actor(call), amend, b.updated(q, "version/"+strconv.Itoa(a.Version+1)), expiry(a))
	if errors.Is(err, store.ErrChanged) {
		return b.unsaved(b.words.Say("edit.late"), a.Text), nil
	}
	b.stir()
	return b.say(b.words.Say(done)), down(err)
}

// amend is the post that corrects what somebody was told: where that stands, or, if it was shown in private, at their next
// call.
func amend(told store.Post, version int) store.Post {
	p := store.Post{Key: "amended/" + told.Asking + "/" + strconv.Itoa(version), Kind: amended, Subject: told.Subject, Asking: told.Asking, Number: version, Server: told.Server}
	if told.Sent.ID != "" {
		p.Channel, p.ReplyTo = told.Sent.Channel, told.Sent.ID
	}
	return p
}

// confirm lets an answer count for longer.
func (b *Bot) confirm(ctx context.Context, call Call) (Reply, error) {
	a, _, err := b.teamAnswer(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	if a.Withdrawn {
		return b.say(b.words.Say("retract.already")), nil
	}
	a.Until = b.now().Add(answerLasts)
	err = b.store.Revise(ctx, a, actor(call), nil, expiry(a))
	if errors.Is(err, store.ErrChanged) {
		return b.say(b.words.Say("edit.late")), nil
	}
	return b.say(b.words.say("confirm.done", map[string]any{"Until": a.Until.UTC().Format(day)})), down(err)
}

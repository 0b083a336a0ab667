package bot

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"trilat/bot/answer"
	"trilat/knowledge"
)

// recall is the answer behind the ref of a button, with a sentence about it when the folder has changed since, and a
// reply instead when nothing of it is left.
func (b *Bot) recall(call Call) (ans answer.Answer, note string, gone *Reply) {
	ans, changed := b.current.Load().answers.Recall(call.Args["ref"])
	switch {
	case len(ans.Statements) == 0:
		reply := b.say(b.words.Say("ref.gone"))
		return ans, "", &reply
	case changed:
		return ans, b.words.Say("ref.changed"), nil
	}
	return ans, "", nil
}

// share shows everybody an answer that was private, under the question as it was asked if that is remembered, and as a model
// wrote it if the texts still prove that.
func (b *Bot) share(ctx context.Context, call Call) (Reply, error) {
	ans, note, gone := b.recall(call)
	if gone != nil {
		return *gone, nil
	}
	ed := b.current.Load()
	by := b.words.say("share.by", map[string]any{"Name": call.By.Name})
	r, err := b.receipt(ctx, call, call.Args["receipt"])
	if err != nil || note != "" {
		return b.sharedAnew(ctx, asked{call: call, ed: ed, text: r.Question}, ans, note).under(by), nil
	}
	d := readDetail(r.Detail)
	short, holds := ed.still(d, ans)
	if holds {
		ans = short
	}
	reply := b.numbered(b.readAs(b.present(ed, ans, r.Question, false), cmp.Or(d.Read, r.Question)), r.ID)
	if holds {
		reply.Note = joined(b.words.Say("model."+fateKept), reply.Note)
	}
	return reply.under(by), nil
}

// sharedAnew is an answer that is not remembered, or that reads otherwise by now, remembered for those who now see it.
func (b *Bot) sharedAnew(ctx context.Context, a asked, ans answer.Answer, note string) Reply {
	a.text = cmp.Or(a.text, ans.Passages()[0].Title())
	a.q.Text = a.text
	reply := b.remember(ctx, a, b.present(a.ed, ans, a.text, false))
	if note != "" {
		reply = reply.under(note)
	}
	return reply
}

// quotes shows the passages of an answer word for word, with the place where each stands, and under each a translation if
// one was asked for and can be had.
func (b *Bot) quotes(ctx context.Context, call Call) (Reply, error) {
	ans, note, gone := b.recall(call)
	if gone != nil {
		return *gone, nil
	}
	ed, passages := b.current.Load(), ans.Passages()
	reply := b.quoted(note, passages, func(int) string { return "" })
	lang := b.translates(ctx, call, ed, call.Args["lang"])
	if lang == "" {
		return reply, nil
	}
	shown := reply
	shown.Note = b.words.say("translation.writing", map[string]any{"Language": languages[lang]})
	call.show(shown)
	translations, err := b.translated(ctx, call, ed, passages, lang)
	if translations == nil {
		reply.Note = b.words.say(either(spent(err), "translation.spent", "translation.none"), map[string]any{"Language": languages[lang]})
		return reply, nil
	}
	return b.quoted(note, passages, func(i int) string {
		id := either(translations[i] == "", "translation.wrong", "translation.text")
		return "\n" + b.words.say(id, map[string]any{"Language": languages[lang], "Text": translations[i]})
	}), nil
}

// quoted are passages word for word, each with the place where it stands and what stands under it.
func (b *Bot) quoted(note string, passages []*knowledge.Passage, under func(i int) string) Reply {
	text := note
	for i, p := range passages {
		text += fmt.Sprintf("\n\n%s\n> %s%s", b.place(p), strings.ReplaceAll(p.Text(), "\n", "\n> "), under(i))
	}
	return b.say(strings.TrimSpace(text))
}

// place says where a passage stands.
func (b *Bot) place(p *knowledge.Passage) string {
	return b.words.say("quotes.place", map[string]any{"File": p.File, "Heading": p.HeadingPath(), "First": p.Lines[0], "Last": p.Lines[1]})
}

// follow asks for a question that follows up on an answer.
func (b *Bot) follow(_ context.Context, call Call) (Reply, error) {
	return Reply{Form: &Form{
		Title:  b.words.Say("follow.title"),
		Call:   Call{Command: "ask", Args: map[string]string{"ref": call.Args["ref"]}},
		Fields: []Field{{Param: "question", Label: b.words.Say("follow.question"), Hint: b.words.Say("follow.hint"), Long: true, Required: true, Max: answer.MaxQuestion}},
	}}, nil
}

// read shows a passage that was chosen from a menu.
func (b *Bot) read(_ context.Context, call Call) (Reply, error) {
	ed := b.current.Load()
	p := ed.answers.Passage(call.Args["passage"])
	if p == nil {
		return b.say(b.words.Say("ref.gone")), nil
	}
	return b.passage(ed, p, call), nil
}

// passage is the reply that shows one passage whole, with its neighbours to read next.
func (b *Bot) passage(ed *edition, p *knowledge.Passage, call Call) Reply {
	ans := ed.answers.Quote([]*knowledge.Passage{p}, nil)
	ans.Related = ed.library.near(p)
	return b.present(ed, ans, p.Title(), call.shareable())
}

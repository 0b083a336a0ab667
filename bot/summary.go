package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"trilat/bot/answer"
	"trilat/bot/answer/proof"
	"trilat/bot/search"
	"trilat/knowledge"
	"trilat/prompts"
)

// draft is how a text of a model's came about, as a receipt keeps it.
type draft struct {
	Model  string       `json:"model"`
	Prompt string       `json:"prompt"` // its name and version
	Fate   string       `json:"fate"`
	Claims []draftClaim `json:"claims,omitempty"`
}

// What becomes of a draft.
const (
	fateKept     = "kept"
	fateUnproved = "unproved" // too little of it held
	fateLonger   = "longer"   // it held, and was no shorter
	fateLess     = "less"     // it held, and left out what the answer must say
	fateSpent    = "spent"    // the budget did not allow it
	fateFailed   = "failed"   // the model did not write, or no claim
)

type draftClaim struct {
	Text    string   `json:"text"`
	Passage string   `json:"passage,omitempty"` // its id
	Quote   string   `json:"quote,omitempty"`
	Faults  []string `json:"faults,omitempty"`
}

// better shows the answer to a question while a model writes a shorter one, and returns the one that stands in the end.
func (b *Bot) better(ctx context.Context, a asked, ans answer.Answer, standing Reply) Reply {
	shown := standing
	shown.Note = joined(b.words.Say("model.writing"), standing.Note)
	a.call.show(shown)
	short, d := b.summary(ctx, a, ans, func(so answer.Answer) {
		if loses(so, ans) {
			return // it may yet be about something else
		}
		growing := shown.under(b.words.say("model.growing", map[string]any{"Text": b.compose(a.ed, so, a.text, false)}) + "\n")
		growing.Plain = standing.Plain
		a.call.show(growing)
	})
	reply, laid := standing, b.laidOut(a, short)
	if d.Fate == fateKept && utf8.RuneCountInString(laid.Text) > utf8.RuneCountInString(standing.Text) {
		d.Fate = fateLonger
	}
	if d.Fate == fateKept {
		reply = laid
		if standing.Receipt != "" {
			reply = b.offer(ctx, a.call, b.numbered(reply, standing.Receipt), false)
		}
	}
	if reply.Receipt == "" {
		reply.Note = standing.Note
	}
	reply.Note = joined(b.words.Say("model."+d.Fate), reply.Note)
	b.amend(ctx, a, reply, d)
	return reply
}

// summary is a shorter answer that a model wrote and the texts prove, if it was kept.
func (b *Bot) summary(ctx context.Context, a asked, ans answer.Answer, grow func(answer.Answer)) (answer.Answer, draft) {
	material := a.ed.material(strings.TrimSpace(a.q.Text+" "+a.q.After), ans)
	p := prompts.Answer(a.q.Text, a.q.After, material)
	short, d := b.proved(ctx, a.call, a.ed, p, a.ed.key(a.q.Text, a.q.After), material, grow)
	if d.Fate == fateKept && loses(short, ans) {
		d.Fate = fateLess
	}
	short.Kind, short.Score, short.Threshold, short.AsksNow, short.Related, short.Lang = ans.Kind, ans.Score, ans.Threshold, ans.AsksNow, ans.Related, ans.Lang
	return short, d
}

// loses reports whether a summary leaves out what an answer must say: it says nothing of one of its passages, from each of which
// the answer has what it was asked for, or corrects what the question assumes.
func loses(short, ans answer.Answer) bool {
	said := short.Passages()
	return slices.ContainsFunc(ans.Passages(), func(p *knowledge.Passage) bool { return !slices.Contains(said, p) })
}

// key stands for texts that people typed and the folder as it is: what is typed a little otherwise has the same.
func (ed *edition) key(typed ...string) string {
	parts := []string{ed.base.Revision}
	for _, t := range typed {
		parts = append(parts, strings.Join(search.Tokens(t), " "))
	}
	return strings.Join(parts, "\x00")
}

// material are the passages that a model gets to answer a question with, those that the answer quotes first, as far as there
// is room.
func (ed *edition) material(question string, ans answer.Answer) []*knowledge.Passage {
	all := ans.Passages()
	for _, h := range ed.answers.Search(question, maxMaterial) {
		if !slices.Contains(all, h.Passage) {
			all = append(all, h.Passage)
		}
	}
	return roomFor(all[:min(len(all), maxMaterial)])
}

// roomFor are the first of some passages, as many as a prompt holds, but one at least.
func roomFor(passages []*knowledge.Passage) []*knowledge.Passage {
	room := materialRoom
	for i, p := range passages {
		if room -= len(p.Text()); room < 0 && i > 0 {
			return passages[:i]
		}
	}
	return passages
}

// How many passages a model gets to answer a question with, and how many bytes of passages a prompt holds.
const (
	maxMaterial  = 6
	materialRoom = 8000
)

// proved has a model write claims to a prompt about some passages, and keeps those that hold, unless most of them do not. grow
// hears of those that hold so far; it may be nil.
func (b *Bot) proved(ctx context.Context, call Call, ed *edition, p prompts.Prompt, key string, material []*knowledge.Passage, grow func(answer.Answer)) (ans answer.Answer, d draft) {
	d = draft{Model: b.writer.Model.Name(), Prompt: p.Name + " " + p.Version()}
	seen, held := 0, 0
	done, err := b.write(ctx, call, p, key, func(text string) {
		claims := claimed(text, material)
		if grow == nil || len(claims) == seen {
			return
		}
		seen = len(claims)
		if so, _ := ed.answers.Prove(claims); len(so.Statements) > held {
			held = len(so.Statements)
			grow(so)
		}
	})
	if err != nil {
		d.Fate = either(spent(err), fateSpent, fateFailed)
		return ans, d
	}
	ans, verdicts := ed.answers.Prove(claimed(done.Text, material))
	for _, v := range verdicts {
		d.Claims = append(d.Claims, claimOf(v, p))
	}
	switch {
	case len(verdicts) == 0:
		d.Fate = fateFailed
	case 2*len(ans.Statements) < len(verdicts):
		d.Fate = fateUnproved
	default:
		d.Fate = fateKept
	}
	return ans, d
}

// still is an answer as a model wrote it, if it was kept and the texts prove all of it today.
func (ed *edition) still(d detail, ans answer.Answer) (answer.Answer, bool) {
	if d.Draft == nil || d.Draft.Fate != fateKept || d.Ref != ans.Ref() {
		return ans, false
	}
	kept := ed.claims(d.Draft.Claims)
	short, _ := ed.answers.Prove(kept)
	short.Kind, short.AsksNow, short.Related = ans.Kind, ans.AsksNow, ans.Related
	return short, len(kept) > 0 && len(short.Statements) == len(kept)
}

// claims are those of a draft that were kept.
func (ed *edition) claims(of []draftClaim) (kept []answer.Claim) {
	for _, c := range of {
		if len(c.Faults) == 0 {
			kept = append(kept, answer.Claim{Text: c.Text, Passage: ed.passage(c.Passage), Quote: c.Quote})
		}
	}
	return kept
}

// claimed are the claims of a text of a model's, each with the passage that it names.
func claimed(written string, material []*knowledge.Passage) (claims []answer.Claim) {
	for _, c := range prompts.Claims(written) {
		claim := answer.Claim{Text: c.Text, Quote: c.Quote}
		if c.Passage >= 1 && c.Passage <= len(material) {
			claim.Passage = material[c.Passage-1]
		}
		claims = append(claims, claim)
	}
	return claims
}

// claimOf is a claim as a receipt keeps it: without its text when that holds links or markup, or repeats the prompt, since it is
// shown to whoever asks why it was struck.
func claimOf(v answer.Verdict, p prompts.Prompt) draftClaim {
	c := draftClaim{Text: v.Text, Quote: v.Quote}
	if slices.Contains(v.Faults, proof.Shape) || len(v.Faults) > 0 && p.Repeats(v.Text) {
		c.Text, v.Faults = "", []proof.Fault{proof.Shape}
	}
	if len(v.Faults) > 0 {
		c.Quote = "" // whatever it is, it proves nothing
	}
	if v.Passage != nil {
		c.Passage = v.Passage.ID
	}
	for _, f := range v.Faults {
		c.Faults = append(c.Faults, string(f))
	}
	return c
}

// amend notes with a receipt what stands in the end, and what a model had to do with it.
func (b *Bot) amend(ctx context.Context, a asked, reply Reply, d draft) {
	if reply.Receipt == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), memoryTime)
	defer cancel()
	kept := a.detail(*reply.Answer)
	kept.Draft = &d
	if err := b.store.Amend(ctx, reply.Receipt, kept.write()); err != nil {
		b.ails(fmt.Errorf("note what a model wrote: %w", err))
	}
}

package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"trilat/bot/answer"
	"trilat/bot/store"
	"trilat/knowledge"
)

// upkeep is what was done last, and by whom it is being done.
type upkeep struct {
	sync.Mutex
	base   *knowledge.Base // the texts that open questions were asked of last; nil: those that the store has
	tidied time.Time       // when what is over was deleted
}

// How often what is over is deleted, for how long shared answers are corrected, and how far apart.
const (
	tidyEvery     = 24 * time.Hour
	correctedFor  = 30 * 24 * time.Hour
	correctionGap = 20 * time.Second
)

// Upkeep does what is to be done now and then: it asks open questions again when the texts have changed, corrects shared
// answers, and once a day deletes what is over. It is called every minute, and when the folder was read again; a call
// that was cut off is made good by the next.
func (b *Bot) Upkeep(ctx context.Context) error {
	if b.store == nil {
		return nil
	}
	b.tended.Lock()
	defer b.tended.Unlock()
	ed := b.current.Load()
	if b.tended.base == nil || b.tended.base.Revision != ed.base.Revision {
		if err := b.review(ctx, ed); err != nil {
			return fmt.Errorf("review revision %s: %w", ed.base.Revision, err)
		}
		b.tended.base = ed.base
		b.stir()
	}
	if now := b.now(); now.Sub(b.tended.tidied) >= tidyEvery {
		if _, err := b.store.Tidy(ctx, b.keep); err != nil {
			return fmt.Errorf("delete what is over: %w", err)
		}
		b.tended.tidied = now
	}
	b.well()
	return nil
}

// review looks at what a new revision changes. The revision is kept last, so that a review that was cut off begins anew;
// what it did before is not done twice.
func (b *Bot) review(ctx context.Context, ed *edition) error {
	changes, err := b.since(ctx, ed)
	if err != nil {
		return err
	}
	if err := b.askAgain(ctx, ed, changes); err != nil {
		return err
	}
	if err := b.recallShared(ctx, ed, changes); err != nil {
		return err
	}
	snap, err := snapshot(ed.base, b.now())
	if err != nil {
		return err
	}
	_, err = b.store.Keep(ctx, snap)
	return err
}

// since is what has changed in the texts since this process reviewed them, or before its first time since anybody did;
// nothing if nobody has. Another process may be ahead: what it did is not done twice.
func (b *Bot) since(ctx context.Context, ed *edition) ([]knowledge.Change, error) {
	if b.tended.base != nil {
		return knowledge.Diff(b.tended.base.Passages, ed.base.Passages), nil
	}
	then, err := b.store.SnapshotAt(ctx, b.now())
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if then.Revision == ed.base.Revision {
		return nil, nil
	}
	base, err := reading(then)
	if err != nil {
		return nil, err
	}
	return knowledge.Diff(base.Passages, ed.base.Passages), nil
}

// snapshot is what the store keeps of a folder.
func snapshot(base *knowledge.Base, at time.Time) (store.Snapshot, error) {
	snap := store.Snapshot{Revision: base.Revision, At: at}
	for _, p := range base.Passages {
		body, err := knowledge.Encode(p, base.Sources)
		if err != nil {
			return snap, fmt.Errorf("keep passage %s: %w", p.ID, err)
		}
		snap.Passages = append(snap.Passages, store.Kept{ID: p.ID, Body: body})
	}
	slices.SortFunc(snap.Passages, func(x, y store.Kept) int { return strings.Compare(x.ID, y.ID) })
	return snap, nil
}

// reading is a folder as the store kept it.
func reading(snap store.Snapshot) (*knowledge.Base, error) {
	var passages []knowledge.Passage
	sources := map[string]knowledge.Source{}
	for _, kept := range snap.Passages {
		p, its, err := knowledge.Decode(kept.Body)
		if err != nil {
			return nil, fmt.Errorf("read passage %s of revision %s: %w", kept.ID, snap.Revision, err)
		}
		passages = append(passages, p)
		maps.Copy(sources, its)
	}
	base := knowledge.Of(passages, sources)
	base.Revision = snap.Revision
	return base, nil
}

// askAgain asks what is open of the changed texts. A question is closed only by a passage that says that it answers it,
// or by an answer that quotes a passage which is new or was changed.
func (b *Bot) askAgain(ctx context.Context, ed *edition, changes []knowledge.Change) error {
	fresh := map[string]bool{}
	for _, c := range changes {
		if c.New != nil {
			fresh[c.New.ID] = true
		}
	}
	open, err := b.store.Questions(ctx, "*", store.Pending, maxReviewed)
	if err != nil {
		return err
	}
	for _, q := range open {
		_, by, covered := ed.covers(q)
		if !covered {
			ans := ed.answers.Answer(answer.Question{Text: q.Text})
			i := slices.IndexFunc(ans.Passages(), func(p *knowledge.Passage) bool { return fresh[p.ID] })
			if i < 0 {
				continue
			}
			by = ans.Passages()[i]
		}
		err := b.store.Settle(ctx, q.ID, store.Covered, store.Actor{}, by.ID, nil, ed.tell, nil, b.updated(q, "covered"))
		if err != nil && !errors.Is(err, store.ErrClosed) {
			return err
		}
	}
	return nil
}

// tell is the post that tells somebody that the texts now cover their question.
func (ed *edition) tell(q store.Question, a store.Asking) store.Post {
	p := tell(q, a)
	p.Revision = ed.base.Revision
	return p
}

// maxReviewed is how many open questions are asked again at a time.
const maxReviewed = 10_000

// covers is the answer by the passage that says that it answers a question; covered is false when none does.
func (ed *edition) covers(q store.Question) (ans answer.Answer, by *knowledge.Passage, covered bool) {
	if by = ed.library.answering(q.ID); by == nil {
		return ans, nil, false
	}
	ans = ed.answers.Quote([]*knowledge.Passage{by}, nil)
	return ans, by, len(ans.Statements) > 0
}

// recallShared puts out a correction of every answer that was shown to everybody of late and rests on a passage that was
// changed or withdrawn.
func (b *Bot) recallShared(ctx context.Context, ed *edition, changes []knowledge.Change) error {
	gone := map[string]bool{}
	for _, c := range changes {
		if c.Old != nil && !c.Moved() {
			gone[c.Old.ID] = true
		}
	}
	if len(gone) == 0 {
		return nil
	}
	now := b.now()
	shared, err := b.store.Shared(ctx, now.Add(-correctedFor))
	if err != nil {
		return err
	}
	var posts []store.Post
	for _, r := range shared {
		rests := readDetail(r.Detail).Rests
		if !slices.ContainsFunc(rests, func(p restedPassage) bool { return gone[p.ID] }) {
			continue
		}
		for _, m := range r.Shown {
			posts = append(posts, store.Post{Key: "recalled/" + r.ID + "/" + m.ID, Kind: recalled, Subject: r.ID, Server: r.Server, Revision: ed.base.Revision,
				Channel: m.Channel, ReplyTo: m.ID, Due: now.Add(time.Duration(len(posts)) * correctionGap)})
		}
	}
	_, err = b.store.Put(ctx, posts...)
	return err
}

// toReaders corrects an answer that everybody saw: what it rested on then, and what the texts say now.
func (b *Bot) toReaders(ctx context.Context, row store.Post) (p Post, fate string, err error) {
	r, err := b.store.Receipt(ctx, row.Subject)
	if err != nil {
		return p, "", err
	}
	setup, err := b.store.Setup(ctx, row.Server)
	if err != nil || !setup.Corrections {
		return p, over, err
	}
	then, err := b.store.Snapshot(ctx, r.Revision)
	if err != nil {
		return p, "", err
	}
	base, err := reading(then)
	if err != nil {
		return p, "", err
	}
	ed := b.current.Load()
	var rested []knowledge.Change
	for _, c := range knowledge.Diff(base.Passages, ed.base.Passages) {
		if c.Old != nil && !c.Moved() && slices.ContainsFunc(readDetail(r.Detail).Rests, func(rest restedPassage) bool { return rest.ID == c.Old.ID }) {
			rested = append(rested, c)
		}
	}
	if len(rested) == 0 {
		return p, over, nil // changed back
	}
	reply := b.changed(ed, base, rested).under(b.words.say("recalled.text", map[string]any{"Date": r.At.UTC().Format(day)}))
	reply.Question = r.Question
	return addressed(row, b.noted(reply, row, "note.recalled", map[string]any{"ID": r.ID})), "", nil
}

// Hears reports whether the bot answers mentions in a place.
func (b *Bot) Hears(ctx context.Context, in Place) bool {
	if b.store == nil || in.Server == "" {
		return true
	}
	setup, err := b.store.Setup(ctx, in.Server)
	if err != nil {
		b.ails(err)
		return true
	}
	return len(setup.Mentions) == 0 || slices.Contains(setup.Mentions, in.Channel)
}

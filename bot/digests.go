package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"trilat/bot/schedule"
	"trilat/bot/store"
)

// How late a digest may be posted; what would come later is told by the next one. One that is planned when its time is
// over by more than lateAfter says that it is late.
const (
	grace     = 6 * time.Hour
	lateAfter = 10 * time.Minute
)

// Why a digest was skipped.
const (
	skippedQuiet  = "quiet"
	skippedAway   = "away"
	skippedBarred = "barred"
	skippedFailed = "failed"
	skippedMoved  = "moved"
)

// atOnce is how many digests are planned in one step: few enough that what people ask meanwhile hardly waits to be remembered.
const atOnce = 100

// planDigests plans every digest that is due: one row for each local date, before anything is sent.
func (b *Bot) planDigests(ctx context.Context) error {
	for {
		due, err := b.store.DueDigests(ctx, atOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		now := b.now()
		var plans []store.Plan
		for _, g := range due {
			plans = append(plans, planOf(g, now))
		}
		if err := b.store.PlanDigests(ctx, plans); err != nil {
			return err
		}
		if len(due) < atOnce {
			return nil
		}
	}
}

// planOf is what is planned for a digest at a moment: the last one that is due if it is not too late, and the others as
// skipped.
func planOf(g store.Digest, now time.Time) store.Plan {
	s := scheduleOf(g)
	plan := store.Plan{Digest: g}
	runs := s.Between(g.Next.Add(-time.Millisecond), now)
	for i, run := range runs {
		d := store.Delivery{Server: g.Server, Date: run.Date, Due: run.At, Fate: store.Planned, Late: now.Sub(run.At) > lateAfter}
		if i < len(runs)-1 || now.Sub(run.At) > grace {
			d.Fate, d.Reason, d.Late = store.Skipped, skippedAway, false
		}
		plan.Deliveries = append(plan.Deliveries, d)
	}
	if next := s.Next(now, 1); len(next) > 0 {
		plan.Next = next[0].At
	}
	return plan
}

// scheduleOf is when a digest is due.
func scheduleOf(g store.Digest) schedule.Schedule {
	s, err := schedule.Parse(fmt.Sprintf("%d:%02d", g.Minute/60, g.Minute%60), g.Zone, g.Days)
	if err != nil {
		return schedule.Schedule{} // unreachable: it was parsed before it was kept
	}
	return s
}

// dateAt is the local date of a schedule at a moment.
func dateAt(s schedule.Schedule, t time.Time) string { return t.In(s.Zone).Format(time.DateOnly) }

// zones suggests time zones.
func zones(_ *library, typed string) []Choice {
	var all []Choice
	for _, name := range schedule.Zones(typed, MaxChoices) {
		all = append(all, choice(name, name))
	}
	return all
}

// digestSetup says where, when and how a server has its digest.
func (b *Bot) digestSetup(ctx context.Context, call Call) (Reply, error) {
	s, err := schedule.Parse(call.Args["time"], call.Args["timezone"], call.Args["days"])
	if err != nil {
		return b.say(err.Error()), nil
	}
	if err := b.planDigests(ctx); err != nil {
		return Reply{}, down(err)
	}
	if err := b.reachable(ctx, call.In.Server, call.Args["channel"]); err != nil {
		return Reply{}, err
	}
	before, err := b.store.Digest(ctx, call.In.Server)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Reply{}, down(err)
	}
	g := store.Digest{Server: call.In.Server, Channel: call.Args["channel"], Role: call.Args["role"], Zone: s.Zone.String(), Minute: s.Minute, Days: s.Days.String(),
		Quiet: call.Args["quiet"] == "true", By: call.By.ID}
	g.Next = nextRun(g, b.now())
	missed, err := b.missed(ctx, g, before)
	if err != nil {
		return Reply{}, down(err)
	}
	done, err := b.keepDigest(ctx, call, g)
	if err == nil && len(missed) > 0 {
		err = down(b.store.PlanDigests(ctx, []store.Plan{{Digest: g, Next: g.Next, Deliveries: missed}}))
	}
	return done, err
}

// nextRun is when a digest is due next; zero for never.
func nextRun(g store.Digest, now time.Time) time.Time {
	if runs := scheduleOf(g).Next(now, 1); len(runs) > 0 {
		return runs[0].At
	}
	return time.Time{} // unreachable: every schedule has a next run
}

// missed is the digest of a day that was still to come by the old time and is over by the new one: it is posted at once,
// so that a change loses no day, unless another is under way, which it would have to wait for. That none comes twice is
// seen to by its date.
func (b *Bot) missed(ctx context.Context, g, before store.Digest) (all []store.Delivery, err error) {
	if before.Next.IsZero() || before.Paused {
		return nil, nil
	}
	now := b.now()
	last := dateAt(scheduleOf(before), before.Next.AddDate(0, 0, -1))
	done, err := b.store.Deliveries(ctx, g.Server, 1)
	if err != nil {
		return nil, err
	}
	d := store.Delivery{Server: g.Server, Due: now, Fate: store.Planned}
	if len(done) > 0 {
		last = max(last, done[0].Date)
		if done[0].Fate == store.Planned {
			d.Fate, d.Reason = store.Skipped, skippedMoved
		}
	}
	runs := scheduleOf(g).Since(last, now)
	for i, run := range runs {
		if d.Date = run.Date; i == len(runs)-1 {
			return append(all, d), nil
		}
		all = append(all, store.Delivery{Server: g.Server, Date: run.Date, Due: run.At, Fate: store.Skipped, Reason: skippedMoved})
	}
	return nil, nil
}

// keepDigest keeps how a server has its digest and says so.
func (b *Bot) keepDigest(ctx context.Context, call Call, g store.Digest) (Reply, error) {
	if err := b.store.SetDigest(ctx, g, actor(call), "digest"); err != nil {
		return Reply{}, down(err)
	}
	if err := b.store.Mended(ctx, g.Server, faultDigest); err != nil {
		return Reply{}, down(err)
	}
	b.stir()
	return b.digestStatus(ctx, call)
}

// its is how the caller's server has its digest.
func (b *Bot) its(ctx context.Context, call Call) (store.Digest, error) {
	g, err := b.store.Digest(ctx, call.In.Server)
	if errors.Is(err, store.ErrNotFound) {
		return g, b.sorry("digest.none", nil)
	}
	return g, down(err)
}

// digestPreview shows what the digest would say now.
func (b *Bot) digestPreview(ctx context.Context, call Call) (Reply, error) {
	g, err := b.its(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	ed, s := b.current.Load(), scheduleOf(g)
	now := b.now()
	d := store.Delivery{Server: g.Server, Date: dateAt(s, now), Due: now}
	if d, err = b.settleDelivery(ctx, ed, d); err != nil {
		return Reply{}, down(err)
	}
	n, err := b.newsOf(ctx, ed, d)
	if err != nil {
		return Reply{}, down(err)
	}
	if g.Quiet && n.quiet() {
		return b.say(b.words.Say("digest.preview.quiet")), nil
	}
	preview := b.digest(ed, n).under(b.words.say("digest.preview", map[string]any{"Channel": Where(g.Channel)}))
	if len(n.changes) > 0 && b.uses(ctx, call, Opening) {
		preview.Note = joined(preview.Note, b.words.Say("digest.preview.opening"))
	}
	return preview, nil
}

// digestNow posts today's digest, or says when it was posted.
func (b *Bot) digestNow(ctx context.Context, call Call) (Reply, error) {
	g, err := b.its(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	now := b.now()
	today := store.Delivery{Server: g.Server, Date: dateAt(scheduleOf(g), now), Due: now, Fate: store.Planned}
	d, err := b.store.Delivery(ctx, g.Server, today.Date)
	if err == nil {
		return b.say(b.delivered(d)), nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Reply{}, down(err)
	}
	last, err := b.store.Deliveries(ctx, g.Server, 1)
	if err != nil {
		return Reply{}, down(err)
	}
	if len(last) > 0 && last[0].Fate == store.Planned { // what today's tells depends on it
		return b.say(b.delivered(last[0])), nil
	}
	if err := b.store.PlanDigests(ctx, []store.Plan{{Digest: g, Next: g.Next, Deliveries: []store.Delivery{today}}}); err != nil {
		return Reply{}, down(err)
	}
	b.stir()
	return b.say(b.words.say("digest.now", map[string]any{"Channel": Where(g.Channel)})), nil
}

// digestPause stops a server's digest, and digestResume lets it go on with the next one.
func (b *Bot) digestPause(ctx context.Context, call Call) (Reply, error) {
	g, err := b.its(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	if err := b.planDigests(ctx); err != nil { // what is due already is not stopped
		return Reply{}, down(err)
	}
	if g, err = b.its(ctx, call); err != nil {
		return Reply{}, err
	}
	g.Paused = true
	return b.keepDigest(ctx, call, g)
}

func (b *Bot) digestResume(ctx context.Context, call Call) (Reply, error) {
	g, err := b.its(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	g.Paused = false
	g.Next = nextRun(g, b.now())
	return b.keepDigest(ctx, call, g)
}

// What /digest status shows.
const (
	nextShown = 3
	lastShown = 10
)

// digestStatus says when the next digests come, and what became of the last ones.
func (b *Bot) digestStatus(ctx context.Context, call Call) (Reply, error) {
	g, err := b.its(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	lines := []string{b.words.say(either(g.Role == "", "digest.where", "digest.where.role"), map[string]any{"Channel": Where(g.Channel), "Role": Role(g.Role)}),
		b.words.Say(either(g.Quiet, "digest.quiet.nothing", "digest.quiet.passage"))}
	text := b.words.Say("digest.status") + items(lines)
	if g.Paused {
		text += "\n" + b.words.Say("digest.paused")
	} else {
		text += "\n" + b.words.say("digest.next", map[string]any{"Zone": g.Zone}) + items(b.runs(g))
	}
	last, err := b.store.Deliveries(ctx, g.Server, lastShown)
	if err != nil {
		return Reply{}, down(err)
	}
	var done []string
	for _, d := range last {
		done = append(done, b.delivered(d))
	}
	if len(done) > 0 {
		text += "\n" + b.words.Say("digest.last") + items(done)
	}
	setup, err := b.setup(ctx, g.Server)
	for _, f := range setup.Faults {
		if f.Subject == faultDigest {
			text += "\n" + b.words.say("setup.fault", map[string]any{"Fault": f.Text, "When": Moment(f.Since)})
		}
	}
	return b.say(text), err
}

// runs are the next digests as local dates, with what the clocks do.
func (b *Bot) runs(g store.Digest) []string {
	var lines []string
	for _, run := range scheduleOf(g).Next(b.now(), nextShown) {
		line := run.At.Format("Monday, 2 January 2006, 15:04")
		if note := b.clocks(run.Note); note != "" {
			line += ". " + note
		}
		lines = append(lines, line)
	}
	return lines
}

// clocks says what the clocks do to a run; "" for nothing.
func (b *Bot) clocks(n schedule.Note) string {
	var notes []string
	for _, note := range []struct {
		is schedule.Note
		id string
	}{{schedule.Forward, "digest.clocks.forward"}, {schedule.Back, "digest.clocks.back"}, {schedule.Moved, "digest.clocks.moved"}, {schedule.Twice, "digest.clocks.twice"}} {
		if n&note.is != 0 {
			notes = append(notes, b.words.Say(note.id))
		}
	}
	return strings.Join(notes, " ")
}

// delivered says what became of the digest of a day, and why.
func (b *Bot) delivered(d store.Delivery) string {
	date, _ := time.Parse(time.DateOnly, d.Date)
	data := map[string]any{"Date": date.Format(day), "When": Moment(d.Sent), "Due": Moment(d.Due)}
	switch {
	case d.Fate == store.Posted && d.Late:
		return b.words.say("delivery.late", data)
	case d.Fate == store.Posted:
		return b.words.say("delivery.posted", data)
	case d.Fate == store.Skipped:
		return b.words.say("delivery.skipped."+d.Reason, data)
	}
	return b.words.say("delivery.planned", data)
}

// digestWhy says what became of the digest of a day, and what it told.
func (b *Bot) digestWhy(ctx context.Context, call Call) (Reply, error) {
	g, err := b.its(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	typed := strings.TrimSpace(call.Args["date"])
	d, err := b.store.Delivery(ctx, g.Server, typed)
	if errors.Is(err, store.ErrNotFound) {
		return b.say(b.words.say("digest.why.none", map[string]any{"Date": shorten(typed, MaxChoice)})), nil
	}
	if err != nil {
		return Reply{}, down(err)
	}
	text := b.delivered(d)
	if !d.Until.IsZero() {
		text += "\n" + b.words.say("digest.why.span", map[string]any{"From": Moment(d.From), "Until": Moment(d.Until)})
	}
	if p := b.current.Load().passage(d.Passage); p != nil {
		text += "\n" + b.words.say("digest.why.passage", map[string]any{"Heading": p.Title(), "Place": b.place(p)})
	}
	return b.say(text + "\n" + b.words.say("digest.why.rule", map[string]any{"Zone": g.Zone})), nil
}

// faultDigest is what a setup lacks when the bot can not write where the digest is to stand.
const faultDigest = "digest"

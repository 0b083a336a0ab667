package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"trilat/bot/answer"
	"trilat/bot/store"
	"trilat/knowledge"
	"trilat/prompts"
)

// news are what the digest of a day is made of.
type news struct {
	date    time.Time // the server's local day
	late    bool
	then    *knowledge.Base // as of the last digest; nil when nothing is known of then
	now     *knowledge.Base // what they changed to
	changes []knowledge.Change
	opening answer.Answer      // what a model says of them, as far as they prove it
	today   answer.Answer      // events of this day of the year
	ahead   answer.Answer      // events of the days after
	shown   *knowledge.Passage // one thing worth knowing; nil for none
	team    store.Stats        // since the last digest
}

// weekAhead is how many days a digest looks ahead.
const weekAhead = 7

// quiet reports whether there is nothing to tell but the one thing worth knowing.
func (n news) quiet() bool {
	return len(n.changes) == 0 && len(n.today.Statements) == 0 && len(n.ahead.Statements) == 0 && n.team.Closed == 0 && n.team.Open == 0
}

// room is how much of a digest may be filled, so that all of it fits one message: characters, those of the list of sources
// included, and sources.
type room struct{ characters, sources int }

// How much is filled when the parts of a digest end, one after the other; the lines about the server are few and short.
// The changes of a day may take what leaves the others a place.
var (
	openingEnd = room{450, 2}
	changesEnd = room{850, 4}
	eventsEnd  = room{1050, 6}
	worthEnd   = room{1550, 8}
)

// The longest pieces that a digest quotes.
const (
	maxExcerpt = 130 // of a passage before or after a change
	maxEvent   = 260
)

// digest writes the news of a day. It is made of nothing else.
func (b *Bot) digest(ed *edition, n news) Reply {
	w := digestWriter{bot: b, ed: ed}
	w.line(b.words.say(either(n.late, "digest.head.late", "digest.head"), map[string]any{"Date": n.date.Format(day)}))
	if n.quiet() {
		w.line(b.words.Say("digest.quiet"))
	}
	w.opening(n.opening)
	w.changes(n)
	w.events("digest.today", n.today)
	w.events("digest.ahead", n.ahead)
	ref := w.worth(n.shown)
	w.team(n.team)
	reply := Reply{Text: w.text.String(), Plain: w.plain.String(), Sources: w.sources}
	if ref != "" {
		args := map[string]string{"ref": ref}
		reply.Actions = append(reply.Actions, Action{b.words.Say("quotes.button"), Call{Command: "quotes", Args: args}},
			Action{b.words.Say("follow.button"), Call{Command: FollowUp, Args: args}})
	}
	reply.Actions = append(reply.Actions, Action{b.words.Say("digest.why.button"), Call{Command: "digest why", Args: map[string]string{"date": n.date.Format(time.DateOnly)}}})
	if n.team.Open > 0 {
		reply.Actions = append(reply.Actions, Action{b.words.Say("digest.inbox.button"), Call{Command: "inbox"}})
	}
	return reply
}

// digestWriter writes the parts of a digest, with one numbering of sources for all.
type digestWriter struct {
	bot         *Bot
	ed          *edition
	text, plain strings.Builder
	sources     []Source
}

// line adds a line of its own, or several.
func (w *digestWriter) line(text string) { w.cited(text, text) }

// cited adds a line with its markers, and without.
func (w *digestWriter) cited(text, plain string) {
	for _, to := range []struct {
		out  *strings.Builder
		line string
	}{{&w.text, text}, {&w.plain, plain}} {
		if to.out.Len() > 0 {
			to.out.WriteByte('\n')
		}
		to.out.WriteString(to.line)
	}
}

// fits reports whether there is room for a line and the first of its sources.
func (w *digestWriter) fits(in room, line string, sources []knowledge.Source) bool {
	more := utf8.RuneCountInString(line)
	if len(sources) > 0 && w.listed(sources[0]) < 0 {
		if len(w.sources) == in.sources {
			return false
		}
		more += listLength(sources[0])
	}
	return w.filled()+more <= in.characters
}

// filled is how many characters there are, those of the list of sources included.
func (w *digestWriter) filled() int {
	n := utf8.RuneCountInString(w.text.String())
	for _, s := range w.sources {
		n += listLength(s.Source)
	}
	return n
}

// listLength is about how many characters a source has in a list with links.
func listLength(s knowledge.Source) int {
	const around = 16 // its number, and the marks of a link
	return utf8.RuneCountInString(cmp.Or(s.Publisher, s.Title)+s.Date+s.URL) + around
}

// listed is the place of a source in the list; -1 for one that is not there.
func (w *digestWriter) listed(s knowledge.Source) int {
	return slices.IndexFunc(w.sources, func(have Source) bool { return have.Source == s })
}

// cite is the marker of the sources of a line that fits: of the first, and of the others that there is room for.
func (w *digestWriter) cite(in room, line string, sources []knowledge.Source) string {
	var marks strings.Builder
	for n, s := range sources {
		i := w.listed(s)
		if i < 0 && n > 0 && !w.fits(in, line, sources[n:]) {
			continue
		}
		if i < 0 {
			i = len(w.sources)
			w.sources = append(w.sources, Source{N: i + 1, Source: s})
		}
		fmt.Fprintf(&marks, "[%d]", i+1)
	}
	return marks.String()
}

// opening tells what a model says of the news.
func (w *digestWriter) opening(ans answer.Answer) {
	for i, st := range ans.Statements {
		sources := statementSources(ans, st)
		if !w.fits(openingEnd, st.Text, sources) {
			return
		}
		if i == 0 {
			w.line("\n" + w.bot.words.Say("digest.opening"))
		}
		w.cited("- "+st.Text+" "+w.cite(openingEnd, st.Text, sources), "- "+st.Text)
	}
}

// changes tells what has changed in the texts: with what was said and what is said as far as there is room, then by their
// headings.
func (w *digestWriter) changes(n news) {
	if len(n.changes) == 0 {
		return
	}
	w.line("\n" + w.bot.words.Say("digest.changes"))
	told, quoting := 0, true
	for _, c := range n.changes[:min(len(n.changes), mostShown)] {
		head, was, is := w.bot.change(c, maxExcerpt)
		sources := changeSources(n, c, len(n.changes) == 1)
		head = "- " + head
		if quoting = quoting && w.fits(changesEnd, head+was+is, sources); quoting {
			w.cited(head+" "+w.cite(changesEnd, head+was+is, sources)+was+is, head+was+is)
		} else if w.fits(eventsEnd, head, nil) {
			w.line(head)
		} else {
			break
		}
		told++
	}
	if more := len(n.changes) - told; more > 0 {
		w.line(w.bot.words.count("digest.more", more))
	}
}

// changeSources are the sources of what a change says: a few of a single one, one of each of several.
func changeSources(n news, c knowledge.Change, single bool) []knowledge.Source {
	base, p := n.now, c.New
	if p == nil {
		base, p = n.then, c.Old
	}
	var found []knowledge.Source
	for _, id := range sourcesOf(p) {
		if s, ok := base.Sources[id]; ok {
			found = append(found, s)
		}
	}
	if single {
		return found[:min(len(found), 3)]
	}
	return found[:min(len(found), 1)]
}

// events tells what the timelines hold.
func (w *digestWriter) events(intro string, ans answer.Answer) {
	for i, st := range ans.Statements {
		line, sources := "- "+shorten(st.Text, maxEvent), statementSources(ans, st)
		if !w.fits(eventsEnd, line, sources) {
			return
		}
		if i == 0 {
			w.line("\n" + w.bot.words.Say(intro))
		}
		w.cited(line+" "+w.cite(eventsEnd, line, sources), line)
	}
}

// statementSources are the sources of a statement of an answer.
func statementSources(ans answer.Answer, st answer.Statement) []knowledge.Source {
	var sources []knowledge.Source
	for _, n := range st.Cites {
		sources = append(sources, ans.Sources[n-1].Source)
	}
	return sources
}

// worth tells the one thing worth knowing: the beginning of a passage, with its speaker if a party says it. It returns a
// ref to what it tells, "" for nothing.
func (w *digestWriter) worth(p *knowledge.Passage) (ref string) {
	if p == nil {
		return ""
	}
	ans := w.ed.answers.Quote([]*knowledge.Passage{p}, nil)
	for i, st := range ans.Statements {
		said, sources := "> "+w.said(ans, i), statementSources(ans, st)
		if !w.fits(worthEnd, said, sources) || i == maxWorth {
			told := 0
			ans = w.ed.answers.Quote([]*knowledge.Passage{p}, func(answer.Statement) bool { told++; return told <= i })
			break
		}
		if i == 0 {
			w.line("\n" + w.bot.words.say("digest.worth", map[string]any{"Heading": p.Title()}))
		}
		w.cited(said+" "+w.cite(worthEnd, said, sources), said)
	}
	return ans.Ref()
}

// said is a statement of a passage, the first with who says it.
func (w *digestWriter) said(ans answer.Answer, i int) string {
	st := ans.Statements[i]
	if lead := w.bot.lead(st, st.Passage.Title(), false); i == 0 && lead != "" {
		return lead + " " + st.Text
	}
	return st.Text
}

// maxWorth is how many sentences of a passage a digest shows.
const maxWorth = 3

// team tells what the server asked, and what its team has done and has to do.
func (w *digestWriter) team(s store.Stats) {
	var lines []string
	if len(s.Topics) > 0 {
		var names []string
		for _, t := range s.Topics[:min(len(s.Topics), 3)] {
			names = append(names, fmt.Sprintf("%s (%d)", t.Name, t.Count))
		}
		lines = append(lines, w.bot.words.say("digest.asked", map[string]any{"Topics": strings.Join(names, ", ")}))
	}
	if s.Closed > 0 {
		lines = append(lines, w.bot.words.count("digest.closed", s.Closed))
	}
	if s.Open > 0 {
		lines = append(lines, w.bot.words.count("digest.open", s.Open))
	}
	if len(lines) > 0 {
		w.line("\n" + w.bot.words.Say("digest.team") + items(lines))
	}
}

// worthKnowing is the passage to show: one of those that were shown least often, in an order that is the server's own. It
// walks the whole folder before it shows one again.
func (l *library) worthKnowing(server string, shown []string) *knowledge.Passage {
	times := map[string]int{}
	for _, id := range shown {
		times[id]++
	}
	all := l.where(func(p *knowledge.Passage) bool {
		return p.Kind != knowledge.Timeline && p.Kind != knowledge.Unknown && len(p.Blocks) > 0 && (p.Status != knowledge.Claim || p.Party != "")
	})
	if len(all) == 0 {
		return nil
	}
	place := func(p *knowledge.Passage) string {
		sum := sha256.Sum256([]byte(server + "\x00" + p.ID))
		return string(sum[:])
	}
	return slices.MinFunc(all, func(x, y *knowledge.Passage) int {
		return cmp.Or(cmp.Compare(times[x.ID], times[y.ID]), cmp.Compare(place(x), place(y)))
	})
}

// newsOf gathers what the digest of a delivery tells.
func (b *Bot) newsOf(ctx context.Context, ed *edition, d store.Delivery) (n news, err error) {
	if n.date, err = time.Parse(time.DateOnly, d.Date); err != nil {
		return n, fmt.Errorf("read the date %q of a digest: %w", d.Date, err)
	}
	n.late, n.shown = d.Late, ed.passage(d.Passage)
	n.today, n.ahead = ed.answers.On(n.date), ed.answers.Ahead(n.date, weekAhead)
	if n.now, err = b.textsOf(ctx, ed, d.Revision, d.Until); err != nil {
		return n, err
	}
	if n.then, err = b.textsOf(ctx, ed, d.Since, d.From); err != nil {
		return n, err
	}
	if n.then != nil && n.now != nil && n.then.Revision != n.now.Revision {
		n.changes = knowledge.Diff(n.then.Passages, n.now.Passages)
	}
	if n.opening, err = ed.opened(d.Opening, n.now); err != nil {
		return n, err
	}
	n.team, err = b.store.Stats(ctx, d.Server, d.From)
	return n, err
}

// opens has a model write the lines that a digest opens with, from what has changed; "" for none. They are kept with the digest,
// so that whoever posts it in the end posts the same.
func (b *Bot) opens(ctx context.Context, ed *edition, d store.Delivery, n news) string {
	call := Call{ID: d.Server + "/" + d.Date, In: Place{Server: d.Server}}
	var material []*knowledge.Passage
	for _, c := range n.changes {
		if c.New != nil {
			material = append(material, c.New)
		}
	}
	if len(material) == 0 || b.now().UnixMilli() < b.writer.silent.Load() || !b.uses(ctx, call, Opening) {
		return ""
	}
	material = roomFor(material[:min(len(material), maxMaterial)])
	var key []string
	for _, p := range material {
		key = append(key, answer.Print(p))
	}
	ctx, cancel := context.WithTimeout(ctx, openingTime)
	defer cancel()
	_, written := b.proved(ctx, call, ed, prompts.Digest(material), strings.Join(key, "\x00"), material, nil)
	if written.Fate == fateFailed { // other digests are due, and do not wait for the same
		b.writer.silent.Store(b.now().Add(silence).UnixMilli())
	}
	if written.Fate != fateKept {
		return ""
	}
	kept := slices.DeleteFunc(written.Claims, func(c draftClaim) bool { return len(c.Faults) > 0 })
	data, err := json.Marshal(kept)
	if err != nil {
		return "" // unreachable: it is made of texts
	}
	return string(data)
}

// How long a digest waits for its opening lines, and for how long none waits after one did in vain.
const (
	openingTime = 10 * time.Second
	silence     = time.Minute
)

// opened are the opening lines of a digest, proved once more.
func (ed *edition) opened(lines string, now *knowledge.Base) (answer.Answer, error) {
	if lines == "" || now == nil {
		return answer.Answer{}, nil
	}
	var kept []draftClaim
	if err := json.Unmarshal([]byte(lines), &kept); err != nil {
		return answer.Answer{}, fmt.Errorf("read the opening lines of a digest: %w", err)
	}
	then := edition{base: now}
	ans, _ := ed.answers.Prove(then.claims(kept))
	return ans, nil
}

// textsOf are the texts of a revision, or what was kept by a moment if that revision was not; nil when nothing was.
func (b *Bot) textsOf(ctx context.Context, ed *edition, revision string, at time.Time) (*knowledge.Base, error) {
	if revision == ed.base.Revision {
		return ed.base, nil
	}
	snap, err := b.store.Snapshot(ctx, revision)
	if errors.Is(err, store.ErrNotFound) {
		snap, err = b.store.SnapshotAt(ctx, at)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return reading(snap)
}

// settleDelivery decides what time a digest tells of, and which passage it shows: since the last one that was posted.
func (b *Bot) settleDelivery(ctx context.Context, ed *edition, d store.Delivery) (store.Delivery, error) {
	if !d.Until.IsZero() {
		return d, nil
	}
	before, err := b.store.Deliveries(ctx, d.Server, maxDeliveries)
	if err != nil {
		return d, err
	}
	// The texts are those that were kept last: any process can have them again, whichever it has read itself.
	if d.Revision, err = b.store.LastKept(ctx); err != nil && !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	d.From, d.Until = d.Due.AddDate(0, 0, -1), b.now()
	var shown []string
	if n := len(before); n > 0 { // what was to be told when none was posted yet is told now
		d.From = before[n-1].Due.AddDate(0, 0, -1)
	}
	for _, past := range slices.Backward(before) {
		if past.Fate == store.Posted {
			d.From, d.Since = past.Until, past.Revision
			shown = append(shown, past.Passage)
		}
	}
	if p := ed.library.worthKnowing(d.Server, shown); p != nil {
		d.Passage = p.ID
	}
	return d, nil
}

// maxDeliveries is how far back a digest remembers what it showed.
const maxDeliveries = 4000

// toServer is the digest of a day.
func (b *Bot) toServer(ctx context.Context, row store.Post) (p Post, fate string, err error) {
	d, err := b.store.Delivery(ctx, row.Server, row.Subject)
	if err != nil || d.Fate != store.Planned {
		return p, over, err
	}
	g, err := b.store.Digest(ctx, row.Server)
	if err != nil {
		return p, "", err
	}
	stale := b.now().Sub(d.Due) > grace
	if stale && row.Attempt == 1 {
		return p, over, b.store.Skip(ctx, d.Server, d.Date, skippedAway)
	}
	ed := b.current.Load()
	d.At.Channel = cmp.Or(d.At.Channel, g.Channel)
	settled := !d.Until.IsZero()
	if d, err = b.settleDelivery(ctx, ed, d); err != nil {
		return p, "", err
	}
	n, err := b.newsOf(ctx, ed, d)
	if err != nil {
		return p, "", err
	}
	if !settled {
		d.Opening = b.opens(ctx, ed, d, n)
		if d, err = b.store.Settled(ctx, d); err != nil {
			return p, "", err
		}
		if n, err = b.newsOf(ctx, ed, d); err != nil {
			return p, "", err
		}
	}
	if g.Quiet && n.quiet() && row.Attempt == 1 {
		return p, over, b.store.Skip(ctx, d.Server, d.Date, skippedQuiet)
	}
	p = addressed(row, b.noted(b.digest(ed, n), row, "note.digest", map[string]any{"Date": n.date.Format(day)}))
	p.Channel, p.PingRole, p.Seek = d.At.Channel, g.Role, stale
	if g.Role != "" {
		p.Reply = p.Reply.under(Role(g.Role))
	}
	return p, "", nil
}

// unpostedDigest ends a digest that cannot be posted; its news come with the next one.
func (b *Bot) unpostedDigest(ctx context.Context, row store.Post, t Trouble) error {
	reason := map[Trouble]string{Missing: skippedAway, Passing: skippedFailed}[t]
	if err := b.store.Skip(ctx, row.Server, row.Subject, cmp.Or(reason, skippedBarred)); err != nil {
		return err
	}
	if err := b.store.Drop(ctx, row); err != nil || t == Missing {
		return err
	}
	return b.faulty(ctx, row.Server, faultDigest)
}

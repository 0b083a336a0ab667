package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"trilat/bot/store"
	"trilat/knowledge"
)

// What /changes shows when no day is named, and how many changes a message lists; the file has them all.
const (
	recently  = 7 * 24 * time.Hour
	mostShown = 8
)

// changes shows what has changed in the texts since a day: what they said, what they say now, and where that is from.
func (b *Bot) changes(ctx context.Context, call Call) (Reply, error) {
	since := b.now().Add(-recently)
	if typed := strings.TrimSpace(call.Args["since"]); typed != "" {
		day, err := time.Parse(time.DateOnly, typed)
		if err != nil {
			return b.say(b.words.say("changes.unread", map[string]any{"Since": shorten(typed, MaxChoice)})), nil
		}
		since = day
	}
	ed := b.current.Load()
	then, err := b.store.SnapshotAt(ctx, since)
	if errors.Is(err, store.ErrNotFound) {
		return b.say(b.words.Say("changes.unknown")), nil
	}
	if err != nil {
		return Reply{}, down(err)
	}
	// What was kept first is all that is known of the time before.
	if then.At.After(since) {
		since = then.At
	}
	data := map[string]any{"Date": since.UTC().Format(day)}
	base, err := reading(then)
	if err != nil {
		return Reply{}, err
	}
	all := knowledge.Diff(base.Passages, ed.base.Passages)
	if len(all) == 0 {
		return b.say(b.words.say("changes.none", data)), nil
	}
	shown := all[:min(len(all), mostShown)]
	reply := b.changed(ed, base, shown).under(b.words.say("changes.intro", data))
	if more := len(all) - len(shown); more > 0 {
		reply.Text += "\n" + b.words.count("changes.more", more)
		reply.Plain += "\n" + b.words.count("changes.more", more)
		reply.File = &File{Name: "changes.md", Data: []byte(b.changesFile(ed, base, all, data))}
	}
	return reply, nil
}

// changed writes changes, old and new, with the sources of what is said now.
func (b *Bot) changed(ed *edition, then *knowledge.Base, all []knowledge.Change) Reply {
	var lines, plain []string
	var sources []Source
	cite := func(p *knowledge.Passage, base *knowledge.Base) string {
		var marks strings.Builder
		for _, id := range sourcesOf(p) {
			s, known := base.Sources[id]
			if !known {
				continue
			}
			i := slices.IndexFunc(sources, func(have Source) bool { return have.Source == s })
			if i < 0 {
				i = len(sources)
				sources = append(sources, Source{N: i + 1, Source: s})
			}
			fmt.Fprintf(&marks, "[%d]", i+1)
		}
		return marks.String()
	}
	for _, c := range all {
		head, was, is := b.change(c, maxPointed/2)
		marks := ""
		if c.New != nil {
			marks = cite(c.New, ed.base)
		} else {
			marks = cite(c.Old, then)
		}
		lines = append(lines, strings.TrimSpace(head+" "+marks)+was+is)
		plain = append(plain, head+was+is)
	}
	return Reply{Text: strings.Join(lines, "\n"), Plain: strings.Join(plain, "\n"), Sources: sources}
}

// change writes one change: what it is, what was said, and what is said now, each in n characters at most.
func (b *Bot) change(c knowledge.Change, n int) (head, was, is string) {
	gone, fresh := c.Sentences()
	say := func(id, text string) string {
		if text == "" {
			return ""
		}
		return "\n> " + b.words.say(id, map[string]any{"Text": shorten(text, n)})
	}
	p := c.New
	if p == nil {
		p = c.Old
	}
	kind := string(c.Kind)
	if c.Moved() {
		kind = "moved"
	}
	head = b.words.say("changes."+kind, map[string]any{"Heading": p.Title()})
	if c.Kind == knowledge.Changed && !c.Moved() && len(gone) == 0 && len(fresh) == 0 {
		return head, say("changes.was", b.regarded(c.Old)), say("changes.now", b.regarded(c.New))
	}
	if c.Kind != knowledge.Added {
		was = say("changes.was", strings.Join(gone, " "))
	}
	return head, was, say("changes.now", strings.Join(fresh, " "))
}

// regarded says how a passage is to be taken: its status, and who says it and when.
func (b *Bot) regarded(p *knowledge.Passage) string {
	if said := strings.TrimSuffix(b.said(p), ":"); said != "" {
		return b.words.Say("status."+string(p.Status)) + ", " + said
	}
	return b.words.Say("status." + string(p.Status))
}

// sourcesOf are the ids of a passage's sources, each once.
func sourcesOf(p *knowledge.Passage) []string {
	var ids []string
	for _, block := range p.Blocks {
		for _, s := range block.Sentences {
			for _, id := range s.Sources {
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}

// changesFile writes all changes as Markdown.
func (b *Bot) changesFile(ed *edition, then *knowledge.Base, all []knowledge.Change, data map[string]any) string {
	r := b.changed(ed, then, all)
	var doc strings.Builder
	doc.WriteString("# " + b.words.say("changes.intro", data) + "\n\n" + escape(r.Text) + "\n")
	for _, s := range r.Sources {
		fmt.Fprintf(&doc, "\n%d. %s", s.N, s.Footnote())
	}
	return doc.String() + "\n"
}

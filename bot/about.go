package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"trilat/knowledge"
)

// mostUsed is how many publishers the list of sources names; the file has them all.
const mostUsed = 10

// sources says what the texts rest on, and hands over the whole list.
func (b *Bot) sources(context.Context, Call) (Reply, error) {
	ed := b.current.Load()
	if len(ed.base.Sources) == 0 {
		return b.say(b.words.Say("sources.none")), nil
	}
	by := map[string]int{}
	for _, s := range ed.base.Sources {
		by[cmp.Or(s.Publisher, s.Title)]++
	}
	names := slices.SortedFunc(maps.Keys(by), func(x, y string) int { return cmp.Or(cmp.Compare(by[y], by[x]), cmp.Compare(x, y)) })
	var lines []string
	for _, name := range names[:min(len(names), mostUsed)] {
		lines = append(lines, fmt.Sprintf("%s: %d", name, by[name]))
	}
	text := b.words.say("sources.intro", map[string]any{
		"Sources": b.words.count("sources.count", len(ed.base.Sources)), "Publishers": b.words.count("sources.publishers", len(names))})
	reply := b.say(text + items(lines))
	reply.File = &File{Name: "sources.md", Data: []byte(b.register(ed.base))}
	return reply, nil
}

// register writes the list of sources as Markdown, by publisher.
func (b *Bot) register(base *knowledge.Base) string {
	lines := make([]string, 0, len(base.Sources))
	for _, s := range base.Sources {
		lines = append(lines, "- "+s.Footnote())
	}
	slices.Sort(lines)
	return "# " + b.words.Say("sources.title") + "\n\n" + strings.Join(lines, "\n") + "\n"
}

// about says what the bot answers from, and what it does and does not cover.
func (b *Bot) about(context.Context, Call) (Reply, error) {
	ed := b.current.Load()
	var covered []string
	passages := 0
	for _, t := range ed.library.topics {
		covered = append(covered, t.name)
		passages += len(t.passages)
	}
	text := b.words.say("about.text", map[string]any{
		"Passages": b.words.count("passages", passages), "Sources": b.words.count("sources.count", len(ed.base.Sources)),
		"Revision": ed.base.Revision, "Read": Moment(ed.read)})
	text = strings.TrimSpace(text + " " + b.modelNotice())
	text += "\n\n" + b.words.Say("about.covered") + items(covered)
	unknown := ed.library.kind(knowledge.Unknown)
	if len(unknown) > 0 {
		text += "\n\n" + b.words.Say("about.unknown") + items(titlesOf(unknown[:min(len(unknown), mostUsed)]))
	}
	reply := b.say(text)
	reply.Menu = b.readMenu("about.menu", unknown)
	return reply, nil
}

// help lists what can be called, from the table.
func (b *Bot) help(ctx context.Context, call Call) (Reply, error) {
	return b.say(b.helpText(ctx, call)), nil
}

// helpText lists what the caller may call.
func (b *Bot) helpText(ctx context.Context, call Call) string {
	var lines []string
	for _, c := range Commands() {
		asked := Call{By: call.By, In: call.In}
		if refusal, err := b.forbids(ctx, c, asked); refusal != "" || err != nil || c.Store && b.store == nil || c.Chat && call.By.ID == "" {
			continue
		}
		switch c.Kind {
		case Typed:
			lines = append(lines, "/"+c.Name+": "+b.words.Say(c.Help))
		case OnMessage:
			lines = append(lines, c.Name+": "+b.words.Say(c.Help))
		}
	}
	return b.words.Say("help.intro") + items(lines) + "\n\n" + b.words.Say("help.more")
}

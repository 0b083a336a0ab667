package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"trilat/bot/answer"
	"trilat/bot/search"
	"trilat/knowledge"
	"trilat/prompts"
)

// briefed is how many passages a brief on something that is no topic of the folder holds at most.
const briefed = 8

// brief hands over what the folder holds of a topic as a Markdown file with footnotes.
func (b *Bot) brief(ctx context.Context, call Call) (Reply, error) {
	ed := b.current.Load()
	name, passages := ed.library.briefed(call.Args["topic"])
	if len(passages) == 0 {
		return b.say(b.words.say("brief.none", map[string]any{"Topic": name})), nil
	}
	ans := ed.answers.Quote(passages, nil)
	reply := b.say(b.words.say("brief.done", map[string]any{"Topic": name,
		"Passages": b.words.count("passages", len(passages)), "Sources": b.words.count("sources.count", len(ans.Sources))}))
	gist, fate := b.gist(ctx, call, ed, name, passages)
	if fate != "" {
		reply.Note = b.words.Say("gist." + fate)
	}
	reply.File = &File{Name: fileName("brief", name), Data: []byte(b.document(ed, name, ans, gist))}
	return reply, nil
}

// gist is what a model says somebody must know of a topic, as far as its passages prove it, and what became of it; no statements
// and "" when no model is used.
func (b *Bot) gist(ctx context.Context, call Call, ed *edition, topic string, passages []*knowledge.Passage) (gist answer.Answer, fate string) {
	if !b.uses(ctx, call, Gist) {
		return gist, ""
	}
	material := roomFor(passages)
	gist, d := b.proved(ctx, call, ed, prompts.Brief(topic, material), ed.key(topic), material, nil)
	if d.Fate != fateKept {
		return answer.Answer{}, d.Fate
	}
	return gist, d.Fate
}

// briefed are the passages for a brief: those of a topic, or those that come nearest to any other words.
func (l *library) briefed(typed string) (name string, passages []*knowledge.Passage) {
	if t, ok := l.topic(typed); ok {
		return t.name, t.passages
	}
	ans := l.answers.Answer(answer.Question{Text: typed})
	passages = slices.Concat(ans.Passages(), ans.Related)
	return shorten(strings.Join(strings.Fields(typed), " "), MaxChoice), passages[:min(len(passages), briefed)]
}

// document writes passages as Markdown, under their gist if there is one.
func (b *Bot) document(ed *edition, name string, ans, gist answer.Answer) string {
	var doc strings.Builder
	head := either(len(gist.Statements) > 0, "brief.head.gist", "brief.head")
	fmt.Fprintf(&doc, "# %s\n\n%s", escape(name), b.words.say(head, map[string]any{"Revision": ed.base.Revision}))
	if len(gist.Statements) > 0 {
		fmt.Fprintf(&doc, "\n\n## %s\n\n%s\n", b.words.Say("brief.gist"), b.words.Say("brief.gist.checked"))
		for _, st := range gist.Statements {
			fmt.Fprintf(&doc, "\n- %s%s", escape(st.Text), footnotes(ans, gist, st))
		}
	}
	statements := ans.InOrder()
	for i, st := range statements {
		runsOn := false // as the next sentence of a paragraph
		if i == 0 || statements[i-1].Passage != st.Passage {
			fmt.Fprintf(&doc, "\n\n## %s\n\n", escape(st.Passage.Title()))
			if said := b.speaker(st); said != "" {
				doc.WriteString(escape(said) + " ")
			}
		} else if runsOn = st.Block == knowledge.Prose && statements[i-1].Block == knowledge.Prose; !runsOn {
			doc.WriteString(gap(statements[i-1].Block, st.Block))
		}
		switch {
		case st.Block != knowledge.Prose:
			doc.WriteString("- ")
		case runsOn:
			doc.WriteString(" ")
		}
		doc.WriteString(escape(st.Text))
		doc.WriteString(footnotes(ans, ans, st))
	}
	doc.WriteString("\n\n")
	for _, s := range ans.Sources {
		fmt.Fprintf(&doc, "[^%d]: %s\n", s.N, s.Footnote())
	}
	return doc.String()
}

// footnotes are the marks of a statement's sources, by the numbers that they have in the whole.
func footnotes(whole, of answer.Answer, st answer.Statement) string {
	var marks strings.Builder
	for _, n := range st.Cites {
		i := slices.IndexFunc(whole.Sources, func(s Source) bool { return s.Source == of.Sources[n-1].Source })
		fmt.Fprintf(&marks, "[^%d]", whole.Sources[i].N)
	}
	return marks.String()
}

// gap is what stands between two statements of a document: items follow each other, paragraphs do not.
func gap(before, after knowledge.BlockKind) string {
	if before != knowledge.Prose && after != knowledge.Prose {
		return "\n"
	}
	return "\n\n"
}

var special = regexp.MustCompile("[\\\\`*_\\[\\]<>#|~]")

// escape makes Markdown show a text as it is.
func escape(text string) string { return special.ReplaceAllString(text, `\$0`) }

var unnamed = regexp.MustCompile(`[^a-z0-9]+`)

// fileName is a name for a file about something: "brief-timeline.md".
func fileName(kind, about string) string {
	name := strings.Trim(unnamed.ReplaceAllString(search.Fold(about), "-"), "-")
	return strings.TrimRight(kind+"-"+name[:min(len(name), 40)], "-") + ".md"
}

package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"trilat/bot/answer"
	"trilat/bot/search"
	"trilat/knowledge"
)

// browse lists the topics, or what can be asked about one.
func (b *Bot) browse(_ context.Context, call Call) (Reply, error) {
	l := b.current.Load().library
	if t, ok := l.topic(call.Args["topic"]); ok {
		reply := b.say(b.words.say("topics.one", map[string]any{"Topic": t.name}) + items(titlesOf(t.passages)))
		reply.Menu = b.readMenu("topics.read", t.passages)
		return reply, nil
	}
	intro := "topics.all"
	if call.Args["topic"] != "" {
		intro = "topics.none"
	}
	var lines []string
	m := &Menu{Label: b.words.Say("topics.menu"), Call: Call{Command: "topics"}, Param: "topic", Choices: l.names("")}
	for _, t := range l.topics {
		lines = append(lines, t.name+", "+b.words.count("passages", len(t.passages)))
	}
	reply := b.say(b.words.Say(intro) + items(lines))
	m.Choices = m.Choices[:min(len(m.Choices), MaxChoices)]
	reply.Menu = m
	return reply, nil
}

// items writes lines as a list.
func items(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return "\n- " + strings.Join(lines, "\n- ")
}

func titlesOf(passages []*knowledge.Passage) []string {
	var all []string
	for _, p := range passages {
		all = append(all, p.Title())
	}
	return all
}

// latest is how many events a timeline shows when no period is named.
const latest = 10

// timeline shows the events of a period, or the latest ones.
func (b *Bot) timeline(_ context.Context, call Call) (Reply, error) {
	ed := b.current.Load()
	all := ed.library.kind(knowledge.Timeline)
	if len(all) == 0 {
		return b.say(b.words.Say("timeline.empty")), nil
	}
	period := call.Args["period"]
	var ans answer.Answer
	named := slices.IndexFunc(all, func(p *knowledge.Passage) bool { return strings.EqualFold(p.Title(), strings.TrimSpace(period)) })
	switch {
	case period == "":
		ans = ed.answers.Latest(latest)
	case named >= 0:
		ans = ed.answers.Quote(all[named:named+1], nil)
	default:
		ans = ed.answers.During(period)
	}
	ans.Related = all
	if len(ans.Statements) == 0 {
		reply := b.say(b.words.say("timeline.none", map[string]any{"Period": shorten(period, MaxChoice)}))
		reply.Menu = b.readMenu("timeline.menu", all)
		return reply, nil
	}
	reply := b.present(ans, b.mayShare(call))
	reply.Menu = b.readMenu("timeline.menu", all)
	if period == "" {
		reply.Text, reply.Plain = b.words.Say("timeline.latest")+"\n"+reply.Text, b.words.Say("timeline.latest")+"\n"+reply.Plain
	}
	return reply, nil
}

// glossary explains a term, or lists those it can explain.
func (b *Bot) glossary(_ context.Context, call Call) (Reply, error) {
	ed := b.current.Load()
	all := ed.library.kind(knowledge.Term)
	if len(all) == 0 {
		return b.say(b.words.Say("glossary.empty")), nil
	}
	intro := "glossary.all"
	if term := call.Args["term"]; term != "" {
		if p := ed.library.term(term); p != nil {
			return b.passage(ed, p, call), nil
		}
		intro = "glossary.none"
	}
	reply := b.say(b.words.Say(intro) + items(titlesOf(all)))
	reply.Menu = b.readMenu("glossary.menu", all)
	return reply, nil
}

// near are the passages that stand around one in its file, the next ones first.
func (l *library) near(p *knowledge.Passage) []*knowledge.Passage {
	for _, t := range l.topics {
		if i := slices.Index(t.passages, p); i >= 0 {
			around := slices.Concat(t.passages[i+1:], t.passages[:i])
			return around[:min(len(around), relatedAtMost)]
		}
	}
	return nil // unreachable: every passage is in a topic
}

// relatedAtMost is how many neighbours a passage names.
const relatedAtMost = 5

// term is the passage that explains a term; nil when the glossary has none.
func (l *library) term(typed string) *knowledge.Passage {
	words := search.Tokens(typed)
	if found := l.begun(words, isTerm); len(found) > 0 {
		return found[0]
	}
	if found := l.answers.Answer(answer.Question{Text: typed}).Passages(); len(found) > 0 && isTerm(found[0]) {
		return found[0]
	}
	return nil
}

// byDate orders passages by when they were said; those without a date come last.
func byDate(a, b *knowledge.Passage) int {
	return cmp.Or(cmp.Compare(cmp.Or(a.Said, "9999"), cmp.Or(b.Said, "9999")), cmp.Compare(a.ID, b.ID))
}

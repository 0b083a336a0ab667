package bot

import (
	"context"
	"slices"
	"strings"

	"trilat/bot/answer"
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
	for _, t := range l.topics {
		lines = append(lines, t.name+", "+b.words.count("passages", len(t.passages)))
	}
	reply := b.say(b.words.Say(intro) + items(lines))
	names := l.names("")
	reply.Menu = &Menu{Label: b.words.Say("topics.menu"), Call: Call{Command: "topics"}, Param: "topic", Choices: names[:min(len(names), MaxChoices)]}
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
	periods := ed.library.kind(knowledge.Timeline)
	if len(periods) == 0 {
		return b.say(b.words.Say("timeline.empty")), nil
	}
	period := strings.TrimSpace(call.Args["period"])
	ans := events(ed.answers, periods, period)
	reply := b.say(b.words.say("timeline.none", map[string]any{"Period": shorten(period, MaxChoice)}))
	if len(ans.Statements) > 0 {
		reply = b.present(ed, ans, "", call.shareable())
	}
	if period == "" {
		reply = reply.under(b.words.Say("timeline.latest"))
	}
	reply.Menu = b.readMenu("timeline.menu", periods)
	return reply, nil
}

// events are those of a period, which is the heading of a timeline or any text that names months or years; the latest ones
// when it is empty.
func events(answers *answer.Answerer, periods []*knowledge.Passage, period string) answer.Answer {
	if period == "" {
		return answers.Latest(latest)
	}
	if i := slices.IndexFunc(periods, func(p *knowledge.Passage) bool { return strings.EqualFold(p.Title(), period) }); i >= 0 {
		return answers.Quote(periods[i:i+1], nil)
	}
	return answers.During(period)
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

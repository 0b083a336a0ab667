package bot

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"trilat/bot/answer"
	"trilat/bot/search"
	"trilat/knowledge"
)

// library is the folder as people browse it: topics with their passages, and what can be suggested while they type.
type library struct {
	answers *answer.Answerer
	topics  []topic
	asks    []wording
}

// topic is a file of the folder.
type topic struct {
	name     string // the file's first heading
	passages []*knowledge.Passage
}

// order is where the topic stands among the others; those whose file does not say come last.
func (t topic) order() int {
	if n := t.passages[0].Order; n > 0 {
		return n
	}
	return math.MaxInt
}

// wording is one way of asking for a passage: its heading, or another.
type wording struct {
	passage *knowledge.Passage
	words   []string
	heading bool
}

func newLibrary(base *knowledge.Base, answers *answer.Answerer) *library {
	l := &library{answers: answers}
	file := ""
	for i := range base.Passages {
		p := &base.Passages[i]
		if p.File != file {
			file = p.File
			name := p.File
			if len(p.Heading) > 0 {
				name = p.Heading[0]
			}
			l.topics = append(l.topics, topic{name: name})
		}
		t := &l.topics[len(l.topics)-1]
		t.passages = append(t.passages, p)
		l.asks = append(l.asks, wording{p, search.Tokens(p.Title()), true})
		for _, also := range p.Also {
			l.asks = append(l.asks, wording{p, search.Tokens(also), false})
		}
	}
	slices.SortStableFunc(l.topics, func(a, b topic) int { return cmp.Compare(a.order(), b.order()) })
	return l
}

// where lists the passages of a sort, by topic.
func (l *library) where(of func(*knowledge.Passage) bool) []*knowledge.Passage {
	var all []*knowledge.Passage
	for _, t := range l.topics {
		for _, p := range t.passages {
			if of(p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// disputing are the passages that contradict what a party says in one, those of parties first. What the seed article says
// contradicts nobody: it is no party to the matter.
func (l *library) disputing(p *knowledge.Passage) []*knowledge.Passage {
	if p.Party == "" {
		return nil
	}
	others := l.where(func(other *knowledge.Passage) bool {
		return slices.Contains(p.Disputes, other.ID) && other.Party != answer.SeedArticle
	})
	slices.SortStableFunc(others, func(a, b *knowledge.Passage) int { return cmp.Compare(len(b.Party), 0) - cmp.Compare(len(a.Party), 0) })
	return others
}

func (l *library) kind(k knowledge.Kind) []*knowledge.Passage {
	return l.where(func(p *knowledge.Passage) bool { return p.Kind == k })
}

// topic is the one that somebody means; ok is false when it is none.
func (l *library) topic(typed string) (t topic, ok bool) {
	found := l.topicsLike(typed)
	if len(search.Tokens(typed)) == 0 || len(found) == 0 {
		return topic{}, false
	}
	return found[0], true
}

// topicsLike lists the topics whose names hold the words that somebody types.
func (l *library) topicsLike(typed string) []topic {
	var found []topic
	words := search.Tokens(typed)
	for _, t := range l.topics {
		if begins(words, search.Tokens(t.name)) {
			found = append(found, t)
		}
	}
	return found
}

// about are the passages that come nearest to what somebody types, best first: those asked for in words that begin as
// theirs do, then those that the ranking finds.
func (l *library) about(typed string, of func(*knowledge.Passage) bool) []*knowledge.Passage {
	found := l.begun(search.Tokens(typed), of)
	hits := l.answers.Search(typed, 4*MaxChoices)
	for _, h := range hits {
		if h.Score >= suggestedShare*hits[0].Score && of(h.Passage) && !slices.Contains(found, h.Passage) {
			found = append(found, h.Passage)
		}
	}
	return found
}

// suggestedShare is how near to the best score a passage must come to be suggested for words that begin none of its own.
const suggestedShare = 0.3

// begun are the passages with a way of asking in which every typed word is begun, those with the fewest others first.
func (l *library) begun(typed []string, of func(*knowledge.Passage) bool) []*knowledge.Passage {
	type match struct {
		p    *knowledge.Passage
		cost int
	}
	var matches []match
	for _, a := range l.asks {
		if len(typed) == 0 || !of(a.passage) || !begins(typed, a.words) {
			continue
		}
		cost := len(a.words)
		if !a.heading {
			cost += headingLead // a heading is what the person will see
		}
		matches = append(matches, match{a.passage, cost})
	}
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Compare(a.cost, b.cost) })
	var found []*knowledge.Passage
	for _, m := range matches {
		if !slices.Contains(found, m.p) {
			found = append(found, m.p)
		}
	}
	return found
}

// headingLead is by how many words another way of asking must be shorter than a heading to be suggested before it.
const headingLead = 4

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

// begins reports whether every typed word is the beginning of one of words.
func begins(typed, words []string) bool {
	for _, t := range typed {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, t) }) {
			return false
		}
	}
	return true
}

func anyPassage(*knowledge.Passage) bool { return true }

func isTerm(p *knowledge.Passage) bool { return p.Kind == knowledge.Term }

// questions suggests headings to ask: for nothing typed yet, the first of every topic.
func (l *library) questions(typed string) []Choice {
	if len(search.Tokens(typed)) > 0 {
		return titles(l.about(typed, anyPassage))
	}
	var first []*knowledge.Passage
	for _, t := range l.topics {
		first = append(first, t.passages[0])
	}
	return titles(first)
}

// terms suggests what the glossary explains.
func (l *library) terms(typed string) []Choice {
	if len(search.Tokens(typed)) > 0 {
		return titles(l.about(typed, isTerm))
	}
	return titles(l.where(isTerm))
}

// periods suggests the folder's timelines.
func (l *library) periods(typed string) []Choice {
	all := l.kind(knowledge.Timeline)
	words := search.Tokens(typed)
	return titles(slices.DeleteFunc(all, func(p *knowledge.Passage) bool { return !begins(words, search.Tokens(p.Title())) }))
}

// names suggests topics by name.
func (l *library) names(typed string) []Choice {
	var all []Choice
	for _, t := range l.topicsLike(typed) {
		all = append(all, choice(t.name, t.name))
	}
	return all
}

// titles are passages to choose from by their headings.
func titles(passages []*knowledge.Passage) []Choice {
	var all []Choice
	for _, p := range passages[:min(len(passages), MaxChoices)] {
		if c := choice(p.Title(), p.Title()); !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

func choice(label, value string) Choice {
	return Choice{Label: shorten(label, MaxChoice), Value: shorten(value, MaxChoice)}
}

// shorten cuts a text that is longer than n characters, at a word if there is one, and says so with an ellipsis.
func shorten(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	cut := string([]rune(text)[:n-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:") + "…"
}

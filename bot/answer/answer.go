// Package answer turns a question into an answer that can be checked: sentences of the curated folder, word for word,
// each with its sources, or a refusal that names what comes closest.
//
// The path of a question: [Answerer.Answer] reads its form (who, when, a list, what somebody said), ranks passages with
// package search, refuses when the best of them holds too little of the question, and otherwise picks from it the
// sentences that answer. The limit for refusing is found for every folder when it is loaded; see [New].
//
// The package knows the folder and the ranking, but no fronts, no model and no clock.
package answer

import (
	"cmp"
	"slices"

	"trilat/bot/search"
	"trilat/knowledge"
)

// Kind is what an answer is.
type Kind string

// The kinds of answers.
const (
	Answered  Kind = "answer"
	Corrected Kind = "correction" // the question assumes something that the folder corrects
	NotKnown  Kind = "unknown"    // the folder says that this is not known
	Refused   Kind = "refusal"    // the folder does not cover it
)

// Answer is what the folder says to a question.
type Answer struct {
	Kind Kind
	// Statements are sentences of the folder, word for word; none in a refusal.
	Statements []Statement
	// Sources are what the statements rest on, numbered from 1 in the order of the statements; each is cited.
	Sources []Source
	// Score is how sure it is that the best passage answers; below Threshold the answer is a refusal.
	Score, Threshold float64
	// AsOf is until when the passages answered from were true as far as read: the earliest of their dates. "" if none says.
	AsOf knowledge.Date
	// AsksNow reports whether the question asks for the latest state, so that AsOf must be shown.
	AsksNow bool
	Lang    string
	// Closest are, in a refusal, the passages that come nearest, best first, at most three.
	Closest []*knowledge.Passage
}

// Statement is one sentence, list item or table row of a passage.
type Statement struct {
	knowledge.Sentence
	Passage *knowledge.Passage
	Block   knowledge.BlockKind
	// Cites are numbers of Answer.Sources; never empty.
	Cites []int
}

// Source is one numbered source of an answer.
type Source struct {
	N int
	knowledge.Source
	// CitedBy are indices into Answer.Statements; never empty.
	CitedBy []int
}

// Hit is a passage that a search found.
type Hit struct {
	Passage *knowledge.Passage
	search.Hit
}

// Answerer answers from one Base. It never changes and may be used by several goroutines.
type Answerer struct {
	base      *knowledge.Base
	shelves   map[string]*shelf
	main      *shelf
	threshold float64
}

// shelf is the passages of one language with their index.
type shelf struct {
	lang     string
	passages []*knowledge.Passage
	asks     []expects // by passage: what its heading asks for
	index    *search.Index
}

// New indexes a Base and finds its threshold.
func New(base *knowledge.Base) *Answerer {
	a := &Answerer{base: base, shelves: map[string]*shelf{}}
	for i := range base.Passages {
		p := &base.Passages[i]
		s := a.shelves[p.Lang]
		if s == nil {
			s = &shelf{lang: p.Lang}
			a.shelves[p.Lang] = s
		}
		s.passages = append(s.passages, p)
		s.asks = append(s.asks, readIntent(p.Title()).expects)
	}
	aliases := search.Aliases{Names: base.Aliases.Names, Words: base.Aliases.Words}
	for _, s := range a.shelves {
		s.index = search.New(texts(s.passages), s.lang, aliases)
		if a.main == nil || len(s.passages) > len(a.main.passages) || len(s.passages) == len(a.main.passages) && s.lang < a.main.lang {
			a.main = s
		}
	}
	a.threshold = calibrate(a.main)
	return a
}

func texts(passages []*knowledge.Passage) []search.Text {
	all := make([]search.Text, len(passages))
	for i, p := range passages {
		t := search.Text{ID: p.ID, Headings: p.Heading, Asks: p.Also}
		for _, b := range p.Blocks {
			for _, s := range b.Sentences {
				t.Sentences = append(t.Sentences, s.Text)
			}
		}
		all[i] = t
	}
	return all
}

// Search ranks the folder's passages for a query, best first, at most n; it never refuses.
func (a *Answerer) Search(query string, n int) []Hit {
	return a.main.search(a.main.index.Parse(clean(query)), n)
}

func (s *shelf) search(q search.Query, n int) []Hit {
	var hits []Hit
	for _, h := range s.index.Search(q, n) {
		hits = append(hits, Hit{s.passages[h.Doc], h})
	}
	return hits
}

// Answer answers a question, or refuses.
func (a *Answerer) Answer(question Question) Answer {
	question.Text, question.After = clean(question.Text), clean(question.After)
	s := a.main
	in := readIntent(question.Text)
	ans := Answer{Kind: Refused, Threshold: a.threshold, Lang: s.lang, AsksNow: in.now}
	q := s.parse(question)
	hits := s.hits(q, in)
	if len(hits) == 0 {
		return ans
	}
	ans.Score = s.confidence(q, hits[0])
	if ans.Score < a.threshold {
		for _, h := range hits[:min(3, len(hits))] {
			ans.Closest = append(ans.Closest, h.Passage)
		}
		return ans
	}
	ans.Statements = s.statements(question, q, in, hits)
	ans.Kind = kindOf(ans.Statements[0].Passage.Kind)
	a.cite(&ans)
	return ans
}

// considered is how many passages are looked at for an answer.
const considered = 10

func (s *shelf) parse(question Question) search.Query {
	q := s.index.Parse(question.Text)
	if question.After != "" {
		q = s.index.InContext(q, question.After)
	}
	return q
}

// hits are the passages that may answer, best first.
func (s *shelf) hits(q search.Query, in intent) []Hit {
	return s.prefer(s.search(q, considered), in)
}

// statements are what is quoted to a question that the hits cover.
func (s *shelf) statements(question Question, q search.Query, in intent, hits []Hit) []Statement {
	if in.timeline {
		if events := s.timeline(in); len(events) > 0 {
			return events
		}
	}
	out := s.choose(q, in, hits)
	for _, h := range s.others(question, q, in, hits) {
		out = append(out, h...)
	}
	return out
}

// others answers the further parts of a question, each from another passage than the first part's.
func (s *shelf) others(question Question, q search.Query, in intent, hits []Hit) [][]Statement {
	var out [][]Statement
	seen := map[*knowledge.Passage]bool{hits[0].Passage: true}
	add := func(q search.Query, in intent, hits []Hit) {
		if len(hits) > 0 && !seen[hits[0].Passage] && len(out) < 2 {
			seen[hits[0].Passage] = true
			out = append(out, s.choose(q, in, hits))
		}
	}
	parts := clauses(question.Text)
	for i, part := range parts {
		if len(parts) == 1 {
			break
		}
		partIntent := readIntent(part)
		pq := s.index.Parse(part)
		if i > 0 && (leaning.MatchString(partIntent.text) || len(pq.Slots) < 2) {
			pq = s.index.InContext(pq, parts[0])
		}
		add(pq, partIntent, s.hits(pq, partIntent))
	}
	if compareForm.MatchString(in.text) {
		rest := s.remainder(q, hits[0].Doc)
		if rest.Mass > 0.3*q.Mass {
			add(rest, in, s.hits(rest, in))
		}
	}
	return out
}

func kindOf(k knowledge.Kind) Kind {
	switch k {
	case knowledge.Correction:
		return Corrected
	case knowledge.Unknown:
		return NotKnown
	}
	return Answered
}

// cite numbers the sources of the statements. A sentence without any rests on the file it stands in.
func (a *Answerer) cite(ans *Answer) {
	number := map[string]int{}
	for i := range ans.Statements {
		st := &ans.Statements[i]
		ids := st.Sources
		if len(ids) == 0 {
			ids = []string{st.Passage.File}
		}
		for _, id := range ids {
			n, ok := number[id]
			if !ok {
				n = len(ans.Sources) + 1
				number[id] = n
				src, known := a.base.Sources[id]
				if !known {
					src = knowledge.Source{Title: st.Passage.File}
				}
				ans.Sources = append(ans.Sources, Source{N: n, Source: src})
			}
			st.Cites = append(st.Cites, n)
			ans.Sources[n-1].CitedBy = append(ans.Sources[n-1].CitedBy, i)
		}
		slices.Sort(st.Cites)
		if d := st.Passage.AsOf; d != "" && (ans.AsOf == "" || d < ans.AsOf) {
			ans.AsOf = d
		}
	}
}

// prefer reorders hits by what the form of the question says about the passage it wants.
func (s *shelf) prefer(hits []Hit, in intent) []Hit {
	for i := range hits {
		hits[i].Score *= preference(hits[i], s.asks[hits[i].Doc], in)
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits
}

// preference is a factor for a hit whose heading asks for what heading says.
func preference(h Hit, heading expects, in intent) float64 {
	p, factor := h.Passage, 1.0
	if heading != anything && in.expects != anything {
		factor *= either(heading == in.expects, 1.2, 0.85)
	}
	switch named := in.names(p.Party); {
	case p.Party == "":
	case named && in.said:
		factor *= 1.15
	case !named && p.Party == seedArticle:
		factor *= 0.6
	case !named:
		factor *= 0.9
	}
	switch p.Kind {
	case knowledge.Timeline:
		factor *= either(in.timeline, 1.3, 0.85)
	case knowledge.Person:
		factor *= either(in.person, 1.15, 0.85)
	case knowledge.Term:
		factor *= either(in.term, 1.1, 0.95)
	case knowledge.Correction:
		factor *= either(h.Parts.Claimed > 0.9, 1.2, 0.85)
	}
	return factor
}

// seedArticle is the party of passages that tell what one article says; they answer only questions about it.
const seedArticle = "the seed article"

func either(yes bool, a, b float64) float64 {
	if yes {
		return a
	}
	return b
}

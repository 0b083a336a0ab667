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

	"trilat/bot/answer/proof"
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
	// Statements are sentences of the folder, word for word, those that answer first; none in a refusal.
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
	// Foreign reports, in a refusal, that the question seems to be in another language than the folder's.
	Foreign bool
	// Related are, in an answer to a question, further passages that come near it, best first, at most five.
	Related []*knowledge.Passage
}

// Statement is one sentence, list item or table row of a passage, or a claim that rests on one.
type Statement struct {
	knowledge.Sentence
	Passage *knowledge.Passage
	Block   knowledge.BlockKind
	// Cites are numbers of Answer.Sources; never empty.
	Cites []int

	at int // which sentence of its passage it is, or rests on
}

// InOrder are the statements as a person reads them: by passage, and within each in the order of its text.
func (a Answer) InOrder() []Statement {
	var passages []*knowledge.Passage
	for _, st := range a.Statements {
		passages = append(passages, st.Passage)
	}
	ordered := slices.Clone(a.Statements)
	slices.SortStableFunc(ordered, func(x, y Statement) int {
		return cmp.Or(cmp.Compare(slices.Index(passages, x.Passage), slices.Index(passages, y.Passage)), cmp.Compare(x.at, y.at))
	})
	return ordered
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
	base    *knowledge.Base
	proofs  *proof.Checker
	shelves map[string]*shelf
	main    *shelf
	keys    map[[keySize]byte]*knowledge.Passage // by what Key writes
}

// shelf is the passages of one language with their index.
type shelf struct {
	lang     string
	passages []*knowledge.Passage
	asks     []expects // by passage: what its heading asks for
	index    *search.Index
	settled  []settled
	// threshold is the confidence below which it refuses
	threshold float64
}

// New indexes a Base and finds its threshold.
func New(base *knowledge.Base) *Answerer {
	a := &Answerer{base: base, proofs: proof.New(base.Aliases.Names), shelves: map[string]*shelf{}, keys: map[[keySize]byte]*knowledge.Passage{}}
	for i := range base.Passages {
		p := &base.Passages[i]
		a.keys[[keySize]byte(keyOf(p))] = p
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
		s.settle()
		if a.main == nil || len(s.passages) > len(a.main.passages) || len(s.passages) == len(a.main.passages) && s.lang < a.main.lang {
			a.main = s
		}
	}
	if a.main == nil {
		a.main = &shelf{index: search.New(nil, "", aliases)}
	}
	a.main.threshold = calibrate(a.main)
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
	if question.After != "" {
		return a.followUp(question)
	}
	return a.alone(question)
}

// alone answers a question in the context that it names, which counts for all it holds.
func (a *Answerer) alone(question Question) Answer {
	s := a.main
	ans := a.refused()
	ans.AsksNow = readIntent(question.Text).now
	parts := s.read(question)
	covered := s.covered(parts)
	if len(covered) == 0 {
		ans.Score = parts[0].confidence
		if ans.Foreign = s.foreign(question.Text); ans.Foreign {
			return ans
		}
		for _, h := range parts[0].hits[:min(3, len(parts[0].hits))] {
			ans.Closest = append(ans.Closest, h.Passage)
		}
		return ans
	}
	ans.Score = covered[0].confidence
	ans.Statements = s.statements(covered)
	ans.Related = related(parts[0].hits, ans)
	a.finish(&ans)
	return ans
}

// Foreign reports whether a question of some length seems to be in another language than the folder's.
func (a *Answerer) Foreign(question string) bool { return a.main.foreign(clean(question)) }

// foreign reports whether a question of some length seems to be in another language: few of its words are known here, and
// few are the little ones without which no sentence of the folder's language does.
func (s *shelf) foreign(text string) bool {
	words, little, known := search.Tokens(text), 0, 0
	for _, w := range words {
		if s.index.Little(w) {
			little++
		}
	}
	slots := s.index.Parse(text).Slots
	for _, slot := range slots {
		if slot.Known() {
			known++
		}
	}
	return len(words) >= 4 && 3*little < len(words) && 2*known <= len(slots)
}

// related are the passages that come near a question besides those that an answer quotes.
func related(hits []Hit, ans Answer) []*knowledge.Passage {
	var near []*knowledge.Passage
	quoted := ans.Passages()
	for _, h := range hits {
		if len(near) < maxRelated && h.Score >= relatedShare*hits[0].Score && !slices.Contains(quoted, h.Passage) {
			near = append(near, h.Passage)
		}
	}
	return near
}

// What counts as related: so many passages at most, and so near to the best hit's score.
const (
	maxRelated   = 5
	relatedShare = 0.3
)

// part is a question, or a part of one, with the passages that may answer it.
type part struct {
	intent
	query      search.Query
	hits       []Hit // best first
	confidence float64
	events     []Statement // of the time that a question for a timeline names
	dated      bool        // it names one
}

// What a question leans on counts less than what it says: the question or part before it, and sentences around it that
// ask nothing.
const (
	beforeWeight = 0.7
	asideWeight  = 0.5
)

// considered is how many passages are looked at for an answer.
const considered = 10

// read ranks passages for the whole question, and if it has several parts for each of them.
func (s *shelf) read(question Question) []part {
	asked, said := focus(question.Text)
	clauses := clauses(asked)
	around := func(q search.Query) search.Query {
		return s.index.InContext(s.index.InContext(q, question.After, beforeWeight), said, asideWeight)
	}
	whole := around(s.index.Parse(asked))
	parts := []part{s.rank(whole, readIntent(asked))}
	if question.After == "" && s.answersJust(question.Text, &parts[0]) || len(clauses) == 1 {
		return parts
	}
	for i, c := range clauses {
		in, q := readIntent(c), s.index.Parse(c)
		leans := leaning.MatchString(in.text) || len(q.Slots) < 2
		if leans {
			if i > 0 {
				q = s.index.InContext(q, clauses[0], beforeWeight)
			}
			q = around(q)
		}
		p := s.rank(q, in)
		if leans && i > 0 && len(parts[1].hits) > 0 {
			s.follow(&p, parts[1].hits[0])
		}
		parts = append(parts, p)
	}
	return parts
}

// follow stays with the passage that answers the first part of a question if it also answers a part that leans on it.
func (s *shelf) follow(p *part, first Hit) {
	i := slices.IndexFunc(p.hits, func(h Hit) bool { return h.Doc == first.Doc })
	if i > 0 && p.expects != anything && s.asks[first.Doc] != p.expects && s.asks[p.hits[0].Doc] == p.expects {
		return // "when and where": each has a passage of its own
	}
	if i > 0 && p.hits[i].Score >= followed*p.hits[0].Score {
		p.hits[0], p.hits[i] = p.hits[i], p.hits[0]
		p.confidence = s.confidence(p.query, p.hits[0])
	}
}

// followed is how near to the best hit's score that passage must come.
const followed = 0.75

func (s *shelf) rank(q search.Query, in intent) part {
	p := part{intent: in, query: q, hits: s.prefer(s.search(q, considered), q, in)}
	if p.timeline {
		if p.events, p.dated = s.timeline(in); p.dated && len(p.events) == 0 {
			// The folder's timelines say nothing of that time; the nearest one would be old news given as new.
			p.hits = slices.DeleteFunc(p.hits, func(h Hit) bool { return h.Passage.Kind == knowledge.Timeline })
		}
	}
	if len(p.hits) == 0 {
		return p
	}
	p.confidence = s.confidence(q, p.hits[0])
	if i := slices.IndexFunc(p.hits, assumed); i >= 0 && !in.said && p.hits[i].Score >= nearlyBest*p.hits[0].Score {
		p.hits[0], p.hits[i] = p.hits[i], p.hits[0]
		p.confidence = max(p.confidence, s.threshold)
	}
	return p
}

// nearlyBest is how near to the best hit's score a correction must come to be preferred.
const nearlyBest = 0.85

// assumed reports a correction of a false claim that the question holds whole.
func assumed(h Hit) bool {
	return h.Passage.Kind == knowledge.Correction && h.Parts.Claimed > 0.99
}

// covered are the parts of a question that the folder covers: the whole of it, if it has only one, or if none of its
// parts is covered alone.
func (s *shelf) covered(parts []part) []part {
	sure := func(p part) bool {
		threshold := s.threshold
		if p.beyond {
			threshold *= beyondCaution
		}
		return p.confidence >= threshold
	}
	var covered []part
	for _, p := range parts[1:] {
		if sure(p) {
			covered = append(covered, p)
		}
	}
	if len(covered) == 0 && sure(parts[0]) {
		return parts[:1]
	}
	return covered
}

// statements are what is quoted to the parts of a question, to each from a passage of its own.
func (s *shelf) statements(parts []part) []Statement {
	var out []Statement
	seen := map[*knowledge.Passage]bool{}
	for _, p := range parts {
		if len(p.events) > 0 {
			return p.events
		}
		if best := p.hits[0].Passage; len(seen) < maxParts || seen[best] {
			seen[best] = true
			out = add(out, s.choose(p))
		}
	}
	return out
}

// add appends the statements that are not there yet.
func add(out, more []Statement) []Statement {
	for _, st := range more {
		if !slices.ContainsFunc(out, func(have Statement) bool { return have.Passage == st.Passage && have.at == st.at }) {
			out = append(out, st)
		}
	}
	return out
}

// maxParts is how many passages an answer quotes.
const maxParts = 3

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
func (s *shelf) prefer(hits []Hit, q search.Query, in intent) []Hit {
	for i := range hits {
		h := &hits[i]
		h.Score = h.Score*preference(*h, s.asks[h.Doc], in) - nameCost*s.namesLacking(q, h.Doc)
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
	case !named && p.Party == SeedArticle:
		factor *= 0.6
	case !named:
		factor *= 0.9
	}
	switch p.Kind {
	case knowledge.Timeline:
		factor *= either(in.timeline, 1.3, 0.85)
	case knowledge.Person:
		factor *= either(in.person, 1.15, 0.7)
	case knowledge.Term:
		factor *= either(in.term, 1.25, 0.95)
	case knowledge.Unknown:
		factor *= 0.8
	case knowledge.Position:
		factor *= either(in.said, 1.1, 1)
	case knowledge.Correction:
		factor *= either(h.Parts.Claimed > 0.9, 1.2, 0.85)
	}
	return factor
}

// SeedArticle is the party of passages that tell what one article says; they answer only questions about it.
const SeedArticle = "the seed article"

func either(yes bool, a, b float64) float64 {
	if yes {
		return a
	}
	return b
}

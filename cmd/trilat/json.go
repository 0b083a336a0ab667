package main

import (
	"time"

	"trilat/bot"
	"trilat/bot/answer"
	"trilat/knowledge"
)

// The objects that --json prints. Fields keep their names and meanings; new ones may be added. Lists are never null.

type replyLine struct {
	Question   string          `json:"question"`
	Kind       answer.Kind     `json:"kind"`
	Answered   bool            `json:"answered"`
	Text       string          `json:"text"`
	Display    string          `json:"display"`
	Lang       string          `json:"lang"`
	Score      float64         `json:"score"`
	Threshold  float64         `json:"threshold"`
	AsOf       knowledge.Date  `json:"as_of"`
	Revision   string          `json:"revision"`
	Statements []statementLine `json:"statements"`
	Sources    []sourceLine    `json:"sources"`
	Closest    []placeLine     `json:"closest"`
	File       *fileLine       `json:"file,omitempty"`    // what the reply hands over
	Note       string          `json:"note,omitempty"`    // the small print: whether a model wrote the text, or why not
	Receipt    string          `json:"receipt,omitempty"` // the id under which the answer is remembered
	MS         float64         `json:"ms"`                // the question alone
}

type statementLine struct {
	Text    string `json:"text"`
	Sources []int  `json:"sources"`
	placeLine
	Lines  [2]int           `json:"lines"`
	Status knowledge.Status `json:"status"`
	Party  string           `json:"party"`
	Said   knowledge.Date   `json:"said"`
}

type sourceLine struct {
	N         int    `json:"n"`
	Publisher string `json:"publisher"`
	Title     string `json:"title"`
	URL       string `json:"url"`
	Date      string `json:"date"`
	CitedBy   []int  `json:"cited_by"` // indices into statements
}

type placeLine struct {
	Passage string `json:"passage"`
	File    string `json:"file"`
	Heading string `json:"heading"`
}

type fileLine struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

type searchLine struct {
	Query string    `json:"query"`
	Hits  []hitLine `json:"hits"`
	MS    float64   `json:"ms"`
}

type hitLine struct {
	placeLine
	Lines [2]int  `json:"lines"`
	Score float64 `json:"score"`
	Text  string  `json:"text"`
}

func place(p *knowledge.Passage) placeLine {
	return placeLine{Passage: p.ID, File: p.File, Heading: p.HeadingPath()}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func newReplyLine(b *bot.Bot, question string, r bot.Reply, took time.Duration) replyLine {
	line := replyLine{Question: question, Text: r.Plain, Display: r.Text, Revision: b.Revision(), Note: r.Note, Receipt: r.Receipt, MS: milliseconds(took),
		Statements: []statementLine{}, Sources: []sourceLine{}, Closest: []placeLine{}}
	if r.File != nil {
		line.File = &fileLine{r.File.Name, string(r.File.Data)}
	}
	if r.Answer == nil {
		return line
	}
	a := r.Answer
	line.Kind, line.Answered, line.Lang = a.Kind, a.Kind != answer.Refused, a.Lang
	line.Score, line.Threshold, line.AsOf = a.Score, a.Threshold, a.AsOf
	for _, s := range a.Statements {
		line.Statements = append(line.Statements, statementLine{Text: s.Text, Sources: s.Cites, placeLine: place(s.Passage),
			Lines: s.Lines, Status: s.Passage.Status, Party: s.Passage.Party, Said: s.Passage.Said})
	}
	for _, s := range a.Sources {
		line.Sources = append(line.Sources, sourceLine{s.N, s.Publisher, s.Title, s.URL, s.Date, s.CitedBy})
	}
	for _, p := range a.Closest {
		line.Closest = append(line.Closest, place(p))
	}
	return line
}

func newSearchLine(query string, hits []answer.Hit, took time.Duration) searchLine {
	line := searchLine{Query: query, Hits: []hitLine{}, MS: milliseconds(took)}
	for _, h := range hits {
		line.Hits = append(line.Hits, hitLine{placeLine: place(h.Passage), Lines: h.Passage.Lines, Score: h.Score, Text: h.Passage.Text()})
	}
	return line
}

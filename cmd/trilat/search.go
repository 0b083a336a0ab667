package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"trilat/bot/answer"
)

// searchCommand ranks passages for those who write texts and tune the ranking.
type searchCommand struct {
	Query   []string `arg:"" help:"What to look for. Or - to read one a line from standard input."`
	N       int      `short:"n" default:"5" help:"How many passages at most."`
	Explain bool     `help:"Say why each passage ranks where it does."`
	JSON    bool     `name:"json" help:"Print one JSON object a line."`
}

func (c *searchCommand) Help() string { return `Example: trilat search --explain "arms race"` }

func (c *searchCommand) Run(t *tool) error {
	if c.N < 1 {
		return usage{fmt.Errorf("-n %d: ask for at least 1 passage", c.N)}
	}
	b, err := t.bot(nil)
	if err != nil {
		return err
	}
	if query := strings.Join(c.Query, " "); query != "-" {
		return c.search(t, b.Answers(), query)
	}
	return t.lines(c.JSON, func(line string) error {
		// The lines for ask do here too; what was asked before does not change the ranking.
		args, err := readLine(line, "query", map[string]string{"query": "", "question": "", "after": ""})
		if err != nil {
			return badLine{err}
		}
		return c.search(t, b.Answers(), cmp.Or(args["query"], args["question"]))
	})
}

func (c *searchCommand) search(t *tool, a *answer.Answerer, query string) error {
	start := time.Now()
	hits := a.Search(query, c.N)
	if c.JSON {
		return t.print(newSearchLine(query, hits, time.Since(start)))
	}
	for i, h := range hits {
		fmt.Fprintf(t.out, "%d. %s  %.2f\n   %s\n", i+1, h.Passage.ID, h.Score, h.Passage.HeadingPath())
		if c.Explain {
			fmt.Fprint(t.out, a.Explain(query, h))
		}
	}
	return t.out.Flush()
}

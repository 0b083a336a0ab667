package knowledge

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	markdown "github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/norm"
)

// document is one parsed file.
type document struct {
	name      string // without the extension
	file      string
	passages  []*Passage
	footnotes map[string]Source // what the file's own footnotes define
	body      int               // line on which the text begins, after front matter
	headings  map[string]int    // slug → line, for keys of the front matter
	unknown   []ref             // footnotes that nothing defines
	links     []ref             // where links lead
	heads     []head            // every heading, with text under it or not
	front     frontMatter
	hasFront  bool
	faults    Faults
}

// ref is an id or address with the line on which it stands.
type ref struct {
	id   string
	line int
	in   *Sentence // that names the id
}

// head is a heading with what stands under it.
type head struct {
	passage *Passage
	level   int
}

// parser turns Markdown into a document.
type parser struct {
	*document
	source  []byte
	starts  []int // byte offset at which each line begins
	path    []string
	levels  []int
	current *Passage
	notes   map[int]string // goldmark's number of a footnote → the name it is written by
}

// parse reads one file. The text must be UTF-8.
func parse(file string, data []byte) *document {
	name := file[:len(file)-len(".md")]
	d := &document{name: name, file: file, footnotes: map[string]Source{}, headings: map[string]int{}}
	head, size := splitFrontMatter(data)
	d.hasFront = head != nil
	d.front, d.faults = decodeFrontMatter(file, head)
	if !d.hasFront && looksLikeFrontMatter(data) {
		d.faults = append(d.faults, Fault{File: file, Line: 1, Warning: true, Message: "front matter that never ends is read as text: close it with a line of ---"})
	}

	// The head is blanked, not cut, so that offsets stay those of the raw file.
	source := append([]byte(nil), data...)
	for i := range size {
		if source[i] != '\n' {
			source[i] = ' '
		}
	}
	p := &parser{document: d, source: source, starts: lineStarts(source)}
	d.body = p.line(size)
	p.open(nil, d.body)
	root, fault := p.root()
	if fault != nil {
		d.faults = append(d.faults, *fault)
		return d
	}
	p.notes = footnoteNames(root)
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		p.block(n)
	}
	d.passages = withText(d.passages)
	p.checkHeadings()
	return d
}

// block takes over one top-level or nested block of the text.
func (p *parser) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		p.heading(n)
	case *ast.Paragraph, *ast.TextBlock:
		p.add(Prose, sentences(p.inline(n)))
	case *ast.List:
		p.add(List, p.items(n))
	case *east.Table:
		p.add(Table, p.rows(n))
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		p.add(Prose, p.code(n))
	case *ast.Blockquote:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			p.block(c)
		}
	case *east.FootnoteList:
		p.footnoteList(n)
	}
}

// heading closes the passage before it and opens the next.
func (p *parser) heading(h *ast.Heading) {
	run := p.inline(h)
	title := squeeze(run.text)
	for len(p.levels) > 0 && p.levels[len(p.levels)-1] >= h.Level {
		p.levels, p.path = p.levels[:len(p.levels)-1], p.path[:len(p.path)-1]
	}
	line := p.line(max(h.Pos(), 0))
	if h.Lines().Len() > 0 {
		line = p.line(h.Lines().At(0).Start)
	}
	p.levels = append(p.levels, h.Level)
	p.path = append(p.path[:len(p.path):len(p.path)], title)
	p.open(p.path, line)
	p.heads = append(p.heads, head{p.current, h.Level})
}

// open starts the passage under the path of headings that ends on line.
func (p *parser) open(path []string, line int) {
	var slug string
	var again bool
	if len(path) > 0 {
		slug = Slug(path[len(path)-1])
		if _, again = p.headings[slug]; !again {
			p.headings[slug] = line
		}
	}
	p.current = &Passage{ID: p.name + "#" + slug, File: p.file, Heading: path, Lines: [2]int{line, line}}
	p.current.Lang = langOf(p.file, p.front.Lang)
	fields := p.front.Headings[slug]
	p.current.Meta = fields.over(p.front.metaFields)
	p.current.Also = fields.Also
	if !again { // it would not be clear which of them is meant
		p.current.Disputes = disputed(p.name, fields.Disputes)
		p.current.Answers = fields.Answers
	}
	p.passages = append(p.passages, p.current)
}

func (p *parser) add(kind BlockKind, ss []Sentence) {
	if len(ss) == 0 {
		return
	}
	p.current.Blocks = append(p.current.Blocks, Block{Kind: kind, Sentences: ss})
	for _, s := range ss {
		p.current.Lines[1] = max(p.current.Lines[1], s.Lines[1])
	}
}

// items makes a sentence of each item; what stands below it, in lists, code, tables and quotes, follows it.
func (p *parser) items(list ast.Node) []Sentence {
	var all []Sentence
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		var own []run
		var below []Sentence
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			switch c := c.(type) {
			case *ast.Paragraph, *ast.TextBlock:
				own = append(own, p.inline(c))
			default:
				below = append(below, p.below(c)...)
			}
		}
		all = append(all, whole(join(own))...)
		all = append(all, below...)
	}
	return all
}

// below makes the sentences of a block within an item of a list, or of a heading that stands there.
func (p *parser) below(n ast.Node) []Sentence {
	switch n := n.(type) {
	case *ast.List:
		return p.items(n)
	case *east.Table:
		return p.rows(n)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return p.code(n)
	case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
		return whole(p.inline(n))
	case *ast.Blockquote:
		var all []Sentence
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			all = append(all, p.below(c)...)
		}
		return all
	}
	return nil
}

// rows makes a sentence "column: cell; column: cell" of each row of a table.
func (p *parser) rows(table ast.Node) []Sentence {
	var columns []string
	var all []Sentence
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []run
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, p.inline(cell))
		}
		if _, ok := row.(*east.TableHeader); ok {
			for _, c := range cells {
				columns = append(columns, squeeze(c.text))
			}
			continue
		}
		var texts []string
		var s Sentence
		for i, c := range cells {
			for _, n := range c.notes {
				s.Sources = append(s.Sources, n.id)
			}
			cell := whole(c)
			if len(cell) == 0 {
				continue
			}
			text := cell[0].Text
			if i < len(columns) && columns[i] != "" {
				text = columns[i] + ": " + text
			}
			texts = append(texts, text)
			s.Lines = cell[0].Lines
		}
		if s.Text = strings.Join(texts, "; "); s.Text != "" {
			all = append(all, s)
		}
	}
	return all
}

// code makes a sentence of each line of a block of code.
func (p *parser) code(n ast.Node) []Sentence {
	var all []Sentence
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		if line := squeeze(visible(string(seg.Value(p.source)))); line != "" {
			at := p.line(seg.Start)
			all = append(all, Sentence{Text: line, Lines: [2]int{at, at}})
		}
	}
	return all
}

// footnoteList reads what the file's own footnotes say, for folders without a registry.
func (p *parser) footnoteList(list ast.Node) {
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		note, ok := n.(*east.Footnote)
		if !ok {
			continue
		}
		var own []run
		var address string
		for c := note.FirstChild(); c != nil; c = c.NextSibling() {
			own = append(own, p.inline(c))
			_ = ast.Walk(c, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
				switch n := n.(type) {
				case *ast.Link:
					address = string(n.Destination)
				case *ast.AutoLink:
					address = string(n.URL(p.source))
				}
				return ast.WalkContinue, nil
			})
		}
		title := strings.TrimRight(strings.TrimSpace(strings.ReplaceAll(join(own).text, address, "")), " ,:<>")
		if title = squeeze(title); title == "" {
			title = string(note.Ref)
		}
		p.footnotes[string(note.Ref)] = Source{Title: title, URL: address}
	}
}

// run is a stretch of plain text that remembers where in the file it came from and where footnotes stood.
type run struct {
	text  string
	at    []mark // offset in text → offset in the file
	notes []mark // offset in text → footnote
	line  func(offset int) int
}

type mark struct {
	offset int
	source int    // in the file
	id     string // of the footnote
}

// join makes one run of several, with a space between them.
func join(runs []run) run {
	var all run
	var b strings.Builder
	for _, r := range runs {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for _, m := range r.at {
			m.offset += b.Len()
			all.at = append(all.at, m)
		}
		for _, m := range r.notes {
			m.offset += b.Len()
			all.notes = append(all.notes, m)
		}
		b.WriteString(r.text)
		all.line = r.line
	}
	all.text = b.String()
	return all
}

// lineAt is the line of the file that the byte at offset stands on.
func (r run) lineAt(offset int) int {
	i := sort.Search(len(r.at), func(i int) bool { return r.at[i].offset > offset }) - 1
	if i < 0 {
		return 0
	}
	return r.line(r.at[i].source + offset - r.at[i].offset)
}

// footnoteRef is how a footnote that the file does not define looks in plain text.
var footnoteRef = regexp.MustCompile(`\[\^([^\]]+)\]`)

var lineBreak = regexp.MustCompile(`(?i)^<br[ /\t>]`)

// inline collects the plain text of a block: no emphasis, no HTML, links by their words.
func (p *parser) inline(block ast.Node) run {
	var b strings.Builder
	r := run{line: p.line}
	write := func(offset int, s string) {
		r.at = append(r.at, mark{offset: b.Len(), source: offset})
		b.WriteString(s)
	}
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			if value := n.Segment.Value(p.source); n.IsRaw() {
				write(n.Segment.Start, visible(string(value)))
			} else {
				write(n.Segment.Start, plain(value))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			write(max(n.Pos(), 0), visible(string(n.Label(p.source))))
		case *ast.Link:
			p.links = append(p.links, ref{id: string(n.Destination), line: p.line(max(n.Pos(), 0))})
		case *ast.RawHTML:
			if lineBreak.Match(n.Segments.Value(p.source)) {
				b.WriteByte(' ')
			}
			return ast.WalkSkipChildren, nil
		case *east.FootnoteLink:
			b.WriteString("[^" + p.notes[n.Index] + "]")
		case *east.FootnoteBacklink:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return r.withoutNotes(b.String())
}

// withoutNotes moves the footnotes in text to r.notes and cleans what remains.
func (r run) withoutNotes(text string) run {
	var b strings.Builder
	var at []mark
	next, last := 0, 0 // in r.at, in text
	// keep copies text up to an offset with its marks.
	keep := func(to int) {
		for ; next < len(r.at) && r.at[next].offset < to; next++ {
			at = append(at, mark{offset: r.at[next].offset - last + b.Len(), source: r.at[next].source})
		}
		b.WriteString(text[last:to])
	}
	for _, m := range footnoteRef.FindAllStringSubmatchIndex(text, -1) {
		end := m[0]
		if m[1] < len(text) && strings.IndexByte(".,;:!?)", text[m[1]]) >= 0 {
			end = last + len(strings.TrimRight(text[last:end], " ")) // "met [^1]." is "met.", not "met ."
		}
		keep(end)
		r.notes = append(r.notes, mark{offset: b.Len(), id: text[m[2]:m[3]]})
		for ; next < len(r.at) && r.at[next].offset < m[1]; next++ {
		}
		if next > 0 {
			before := r.at[next-1]
			at = append(at, mark{offset: b.Len(), source: before.source + m[1] - before.offset})
		}
		last = m[1]
	}
	keep(len(text))
	r.text, r.at = b.String(), at
	return r
}

// footnoteNames maps goldmark's numbers to the names that footnotes are written by.
func footnoteNames(root ast.Node) map[int]string {
	names := map[int]string{}
	for list := root.FirstChild(); list != nil; list = list.NextSibling() {
		if list.Kind() != east.KindFootnoteList {
			continue
		}
		for f := list.FirstChild(); f != nil; f = f.NextSibling() {
			if note, ok := f.(*east.Footnote); ok {
				names[note.Index] = string(note.Ref)
			}
		}
	}
	return names
}

// plain resolves entities and backslashes, and drops characters that no reader sees.
func plain(segment []byte) string {
	return visible(string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(segment)))))
}

// visible drops characters that no reader sees.
func visible(text string) string {
	return strings.Map(func(c rune) rune {
		if invisible(c) {
			return -1
		}
		return c
	}, text)
}

// invisible reports controls and formatting marks (Unicode category Cf), among them those that turn the direction of
// writing, which can make one text look like another.
func invisible(c rune) bool {
	return !unicode.IsSpace(c) && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c))
}

// squeeze makes every run of white space one space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func withText(passages []*Passage) []*Passage {
	var kept []*Passage
	for _, p := range passages {
		if len(p.Blocks) > 0 {
			kept = append(kept, p)
		}
	}
	return kept
}

func lineStarts(source []byte) []int {
	starts := []int{0}
	for i, c := range source {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// line is the 1-based line on which the byte at offset stands.
func (p *parser) line(offset int) int {
	return sort.SearchInts(p.starts, offset+1)
}

// checkHeadings warns of front matter for headings that the file does not have.
func (p *parser) checkHeadings() {
	for slug := range p.front.Headings {
		if _, ok := p.headings[slug]; !ok {
			p.faults = append(p.faults, Fault{File: p.file, Line: p.front.lines[slug], Warning: true,
				Message: "front matter for a heading that the file does not have: " + slug})
		}
	}
}

// The limits are far more than a text needs and far less than what makes goldmark slow: its time grows with the square
// of each of these, and once it runs only a panic stops it.
const (
	maxNesting = 20      // lists and quotes within each other
	maxMarks   = 2000    // brackets and marks of emphasis in one paragraph, item or cell
	maxNotes   = 2000    // footnotes that one file defines
	maxDefined = 5000    // lines of one block that defines addresses of links
	maxCells   = 500_000 // in the tables of one file, with those that rows leave out
	maxPipes   = 2000    // escaped pipes in the tables of one file
)

// tooMuch is what a limit panics with.
type tooMuch struct {
	offset  int
	message string
}

// root is the whole text as goldmark reads it, or what makes it too much to read.
func (p *parser) root() (root ast.Node, fault *Fault) {
	defer func() {
		switch stop := recover().(type) {
		case nil:
		case tooMuch:
			fault = &Fault{File: p.file, Line: p.line(stop.offset), Message: stop.message}
		default: // unreachable, unless goldmark has a bug
			fault = &Fault{File: p.file, Message: fmt.Sprintf("the parser of Markdown stopped at it: %v", stop)}
		}
	}()
	gm := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.Footnote, &limits{}))
	return gm.Parser().Parse(text.NewReader(p.source)), nil
}

// limits is an extension of goldmark that counts through one file what the limits limit. Its parsers look at
// everything first and leave it to the others.
type limits struct{ marks, notes, cells, pipes int }

func (l *limits) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		markdown.WithBlockParsers(util.Prioritized(blockLimits{l}, 0)),
		markdown.WithInlineParsers(util.Prioritized(inlineLimits{l}, 0)),
		markdown.WithParagraphTransformers(util.Prioritized(l, 0)),
	)
}

// atMost stops the parser at offset when there is more than there may be.
func atMost(have, limit, offset int, what string) {
	if have > limit {
		panic(tooMuch{offset, fmt.Sprintf("has more than %d %s: split or simplify it", limit, what)})
	}
}

// Transform sees each paragraph before links and tables are made of it.
func (l *limits) Transform(node *ast.Paragraph, reader text.Reader, _ markdown.Context) {
	source, lines := reader.Source(), node.Lines()
	start := lines.At(0).Start
	if first := lines.At(0); bytes.HasPrefix(bytes.TrimSpace(first.Value(source)), []byte("[")) {
		atMost(lines.Len(), maxDefined, start, "lines in a block of addresses")
	}
	columns, pipes := 0, 0
	for i := range lines.Len() {
		line := lines.At(i)
		value := line.Value(source)
		pipes += bytes.Count(value, []byte(`\|`))
		if len(bytes.Trim(value, "|:- \t\r\n")) == 0 {
			columns = max(columns, bytes.Count(value, []byte("|")))
		}
	}
	if columns == 0 {
		return
	}
	l.cells += (columns + 1) * lines.Len()
	atMost(l.cells, maxCells, start, "cells in its tables, counting those that rows leave out")
	l.pipes += pipes
	atMost(l.pipes, maxPipes, start, "escaped pipes in its tables")
}

// inlineLimits sees each mark within a paragraph, a heading or a cell.
type inlineLimits struct{ *limits }

func (l inlineLimits) Trigger() []byte { return []byte("*_~[]<") }

func (l inlineLimits) Parse(_ ast.Node, block text.Reader, _ markdown.Context) ast.Node {
	l.marks++
	_, at := block.Position()
	atMost(l.marks, maxMarks, at.Start, "brackets and marks of emphasis in one paragraph")
	return nil
}

func (l inlineLimits) CloseBlock(ast.Node, text.Reader, markdown.Context) { l.marks = 0 }

// blockLimits sees each line that may begin a list, a quote or a footnote. It opens nothing.
type blockLimits struct{ *limits }

func (l blockLimits) Trigger() []byte { return []byte(">-+*0123456789[") }

func (l blockLimits) Open(_ ast.Node, reader text.Reader, pc markdown.Context) (ast.Node, markdown.State) {
	line, at := reader.PeekLine()
	nested := 0
	for _, b := range pc.OpenedBlocks() {
		switch b.Node.(type) {
		case *ast.List, *ast.Blockquote:
			nested++
		}
	}
	atMost(nested, maxNesting, at.Start, "lists or quotes within each other")
	if pos := pc.BlockOffset(); pos >= 0 && bytes.HasPrefix(line[pos:], []byte("[^")) {
		l.notes++
		atMost(l.notes, maxNotes, at.Start, "footnotes")
	}
	return nil, markdown.NoChildren
}

func (blockLimits) Continue(ast.Node, text.Reader, markdown.Context) markdown.State {
	return markdown.Close
}
func (blockLimits) Close(ast.Node, text.Reader, markdown.Context) {}
func (blockLimits) CanInterruptParagraph() bool                   { return true }
func (blockLimits) CanAcceptIndentedLine() bool                   { return false }

// Slug is a heading's part of a passage's id: lower case, letters without their marks and digits kept, apostrophes
// dropped, every other run of characters one hyphen; "section" when nothing is left.
func Slug(heading string) string {
	var b strings.Builder
	gap := false
	for _, c := range norm.NFD.String(strings.ToLower(heading)) {
		switch {
		case c == 'đ':
			c = 'd'
		case unicode.Is(unicode.Mn, c), c == '\'', c == '’':
			continue
		}
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(c)
	}
	if b.Len() == 0 {
		return "section"
	}
	return b.String()
}

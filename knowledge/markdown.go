package knowledge

import (
	"html"
	"regexp"
	"sort"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
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

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.Footnote)).Parser()

// parse reads one file. The text must be UTF-8.
func parse(file string, data []byte) *document {
	name := file[:len(file)-len(".md")]
	d := &document{name: name, file: file, footnotes: map[string]Source{}, headings: map[string]int{}}
	head, size := splitFrontMatter(data)
	d.hasFront = head != nil
	d.front, d.faults = decodeFrontMatter(file, head)

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
	root := markdown.Parse(text.NewReader(source))
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
	title := strings.TrimSpace(run.text)
	for len(p.levels) > 0 && p.levels[len(p.levels)-1] >= h.Level {
		p.levels, p.path = p.levels[:len(p.levels)-1], p.path[:len(p.path)-1]
	}
	line := p.current.Lines[1]
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
	if len(path) > 0 {
		slug = Slug(path[len(path)-1])
		if _, ok := p.headings[slug]; !ok {
			p.headings[slug] = line
		}
	}
	p.current = &Passage{ID: p.name + "#" + slug, File: p.file, Heading: path, Lines: [2]int{line, line}}
	p.current.Lang = langOf(p.file, p.front.Lang)
	fields := p.front.Headings[slug]
	p.current.Meta = fields.over(p.front.metaFields)
	p.current.Also = fields.Also
	p.passages = append(p.passages, p.current)
}

func (p *parser) add(kind BlockKind, ss []Sentence) {
	if len(ss) == 0 {
		return
	}
	p.current.Blocks = append(p.current.Blocks, Block{Kind: kind, Sentences: ss})
	p.current.Lines[1] = max(p.current.Lines[1], ss[len(ss)-1].Lines[1])
}

// items makes a sentence of each item; items of lists within lists follow the one they belong to.
func (p *parser) items(list ast.Node) []Sentence {
	var all []Sentence
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		var own run
		var below []Sentence
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			switch c := c.(type) {
			case *ast.List:
				below = append(below, p.items(c)...)
			case *ast.FencedCodeBlock, *ast.CodeBlock:
				below = append(below, p.code(c)...)
			case *ast.Paragraph, *ast.TextBlock:
				own = own.join(p.inline(c))
			}
		}
		all = append(all, whole(own)...)
		all = append(all, below...)
	}
	return all
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
				columns = append(columns, strings.TrimSpace(c.text))
			}
			continue
		}
		var texts []string
		var s Sentence
		for i, c := range cells {
			cell := whole(c)
			if len(cell) == 0 {
				continue
			}
			text := cell[0].Text
			if i < len(columns) && columns[i] != "" {
				text = columns[i] + ": " + text
			}
			texts = append(texts, text)
			s.Sources = append(s.Sources, cell[0].Sources...)
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
		if line := squeeze(plain(seg.Value(p.source))); line != "" {
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
		var own run
		var address string
		for c := note.FirstChild(); c != nil; c = c.NextSibling() {
			own = own.join(p.inline(c))
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
		title := strings.TrimRight(strings.TrimSpace(strings.ReplaceAll(own.text, address, "")), " ,:<>")
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

// join adds other after a space.
func (r run) join(other run) run {
	if r.text == "" {
		return other
	}
	r.text += " "
	shift := len(r.text)
	for _, m := range other.at {
		m.offset += shift
		r.at = append(r.at, m)
	}
	for _, m := range other.notes {
		m.offset += shift
		r.notes = append(r.notes, m)
	}
	r.text += other.text
	return r
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
var footnoteRef = regexp.MustCompile(`\[\^([^\]\s]+)\]`)

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
			write(n.Segment.Start, plain(n.Segment.Value(p.source)))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(p.source))
		case *ast.Link:
			p.links = append(p.links, ref{id: string(n.Destination), line: p.line(p.offset(n))})
		case *ast.RawHTML:
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
	last := 0
	shift := func(from, to, by int) {
		for _, m := range r.at {
			if m.offset >= from && m.offset < to {
				m.offset -= by
				at = append(at, m)
			}
		}
	}
	for _, m := range footnoteRef.FindAllStringSubmatchIndex(text, -1) {
		shift(last, m[0], last-b.Len())
		b.WriteString(text[last:m[0]])
		r.notes = append(r.notes, mark{offset: b.Len(), id: text[m[2]:m[3]]})
		if i := sort.Search(len(r.at), func(i int) bool { return r.at[i].offset > m[1] }) - 1; i >= 0 {
			at = append(at, mark{offset: b.Len(), source: r.at[i].source + m[1] - r.at[i].offset})
		}
		last = m[1]
	}
	shift(last, len(text)+1, last-b.Len())
	b.WriteString(text[last:])
	sort.SliceStable(at, func(i, j int) bool { return at[i].offset < at[j].offset })
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

// offset is where in the file the first text within n stands, or the block around it begins.
func (p *parser) offset(n ast.Node) int {
	found := 0
	for b := n; b != nil; b = b.Parent() {
		if b.Type() == ast.TypeBlock && b.Lines().Len() > 0 {
			found = b.Lines().At(0).Start
			break
		}
	}
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			found = t.Segment.Start
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return found
}

// plain resolves entities and backslashes, and drops characters that no reader sees.
func plain(segment []byte) string {
	text := html.UnescapeString(string(util.UnescapePunctuations(segment)))
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
	return c != '\t' && c != '\n' && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c))
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
			p.faults = append(p.faults, Fault{File: p.file, Line: lineOf(p.source, "  "+slug+":"), Warning: true,
				Message: "front matter for a heading that the file does not have: " + slug})
		}
	}
}

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

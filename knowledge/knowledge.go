// Package knowledge reads a curated folder of Markdown and hands it out as an immutable Base of passages.
//
// A passage is one heading with what stands under it: prose, lists and tables, cut into sentences that each know their
// sources and their lines. [Shipped] is the folder compiled into the binary, [Open] a folder on disk; [Load] reads
// either, and [Check] is the linter for those who write the texts.
//
// A folder may hold, at any depth, `*.md` files; at its top `sources.yaml` (the registry that footnotes refer to) and
// `aliases.yaml` (names and words that mean the same). Front matter, footnotes and both registries are optional: a
// folder of plain Markdown works too. Names that begin with a dot are left alone.
//
// The package knows nothing of ranking or answering.
package knowledge

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

//go:embed en sources.yaml aliases.yaml
var shipped embed.FS

// Shipped is the folder compiled into the binary.
func Shipped() fs.FS { return shipped }

// Open is the folder dir on disk. Files that a symbolic link would fetch from outside dir cannot be read through it.
func Open(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no folder %q: check --knowledge or KNOWLEDGE_DIR", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("open the knowledge folder %q: %s", dir, plainError(err))
	}
	return root.FS(), nil
}

// MaxFileSize is the largest file that Load reads, in bytes.
const MaxFileSize = 512 << 10

// maxLines is the most lines that a file may have: goldmark remembers each of them for every list it stands in.
const maxLines = 100_000

// Base is one immutable reading of a folder; callers must not change what it holds.
type Base struct {
	// Revision is a short hash of every file that was read: equal folders have equal revisions.
	Revision string
	// Passages are ordered by file name, then by line.
	Passages []Passage
	// Sources is the registry, by id, with the footnotes that files define for themselves.
	Sources map[string]Source
	// Aliases are the curated names and words that mean the same.
	Aliases Aliases
}

// Passage is one heading of one file with what stands under it.
type Passage struct {
	// ID is stable as long as file name and heading are: "en/signing#who-signed-it".
	ID string `json:"id"`
	// File is relative to the folder, with slashes: "en/signing.md".
	File string `json:"file"`
	// Heading is the path of headings from the file's first level down to this one; empty for text before any.
	Heading []string `json:"heading,omitempty"`
	// Lines are the first and last line, 1-based and inclusive, of heading and text in the raw file.
	Lines [2]int `json:"lines"`
	// Lang is a language as "en" or "hr", and "" when the file names none and the text is not English.
	Lang string `json:"lang,omitempty"`
	// Also are other ways people ask for this passage; in a correction, the false claim as people state it.
	Also []string `json:"also,omitempty"`
	// Answers are the ids of questions people asked that this passage answers, as curated.
	Answers []string `json:"answers,omitempty"`
	// Disputes are the ids of the passages that contradict this one on the same point, as curated: sorted, without this
	// one, and each of them names this one in turn.
	Disputes []string `json:"disputes,omitempty"`
	// Blocks hold the text in order.
	Blocks []Block `json:"blocks,omitempty"`

	Meta
}

// Block is a run of prose (sentences), a list (items) or a table (rows).
type Block struct {
	Kind      BlockKind  `json:"kind"`
	Sentences []Sentence `json:"sentences,omitempty"`
}

// BlockKind says how the sentences of a block belong together.
type BlockKind int

// A paragraph's sentences follow from each other; a list's items and a table's rows are parallel.
const (
	Prose BlockKind = iota
	List
	Table
)

// Sentence is the smallest thing that is quoted: a sentence of prose, an item of a list, or a row of a table.
type Sentence struct {
	// Text is plain, without Markdown or footnotes. A table's row reads "column: cell; column: cell".
	Text string `json:"text"`
	// Sources are ids in Base.Sources, in the order in which the sentence names them.
	Sources []string `json:"sources,omitempty"`
	// Lines are the first and last line, 1-based and inclusive, in the raw file.
	Lines [2]int `json:"lines"`
}

// Text is the whole plain text: sentences of a paragraph joined by a space, items, rows and blocks by a line break.
// Every Sentence.Text is a substring of it.
func (p Passage) Text() string {
	blocks := make([]string, len(p.Blocks))
	for i, b := range p.Blocks {
		texts := make([]string, len(b.Sentences))
		for j, s := range b.Sentences {
			texts[j] = s.Text
		}
		sep := " "
		if b.Kind != Prose {
			sep = "\n"
		}
		blocks[i] = strings.Join(texts, sep)
	}
	return strings.Join(blocks, "\n")
}

// Title is the passage's own heading, or its file's name when it has none.
func (p Passage) Title() string {
	if len(p.Heading) == 0 {
		return p.File
	}
	return p.Heading[len(p.Heading)-1]
}

// HeadingPath is the headings joined by " › ".
func (p Passage) HeadingPath() string { return strings.Join(p.Heading, " › ") }

// Load reads a folder. The Base is nil when a fault is an error; warnings leave it usable.
func Load(fsys fs.FS) (*Base, Faults) {
	r := read(fsys)
	if r.faults.Err() != nil {
		return nil, r.faults
	}
	return r.base, r.faults
}

// reading is a Base in the making, with what only the linter needs.
type reading struct {
	base   *Base
	docs   []*document
	faults Faults
	ids    map[string]int    // id → the number that the last repetition of it got
	files  map[string][]byte // as they were read
}

func read(fsys fs.FS) *reading {
	r := &reading{base: &Base{Sources: map[string]Source{}}, ids: map[string]int{}}
	c, err := readFiles(fsys)
	if err != nil {
		r.faults = Faults{unreadable(err)}
		return r
	}
	r.files, r.faults, r.base.Revision = c.files, c.faults, c.revision
	r.faults = append(r.faults, decodeSources(r.files[sourcesFile], r.base.Sources)...)
	r.faults = append(r.faults, decodeAliases(r.files[aliasesFile], &r.base.Aliases)...)
	for _, name := range c.texts {
		if data, ok := r.files[name]; ok {
			r.add(parse(name, data))
		}
	}
	r.dispute()
	if len(r.base.Passages) == 0 && r.faults.Err() == nil {
		r.faults = append(r.faults, Fault{File: ".", Message: "the folder has no Markdown file with text in it: add one, for example facts.md"})
	}
	r.faults.sort()
	setLang(r.base.Passages)
	return r
}

// add takes over a parsed file: its passages get unique ids, its sentences known sources.
func (r *reading) add(d *document) {
	r.docs = append(r.docs, d)
	r.faults = append(r.faults, d.faults...)
	for id, s := range d.footnotes {
		if _, ok := r.base.Sources[id]; ok {
			continue
		}
		if own := path.Join(d.name, id); len(r.base.Sources[own].Title) == 0 {
			r.base.Sources[own] = s
		}
	}
	for _, p := range d.passages {
		p.ID = unique(r.ids, p.ID)
		for i := range p.Blocks {
			for j := range p.Blocks[i].Sentences {
				s := &p.Blocks[i].Sentences[j]
				s.Sources = r.known(d, s)
			}
		}
		r.base.Passages = append(r.base.Passages, *p)
	}
}

// known maps a sentence's footnotes to sources: those of the registry first, then those that the file itself defines.
func (r *reading) known(d *document, s *Sentence) []string {
	var ids []string
	for _, id := range s.Sources {
		if _, ok := r.base.Sources[id]; !ok {
			if _, ok := d.footnotes[id]; !ok {
				d.unknown = append(d.unknown, ref{id: id, line: s.Lines[1], in: s})
				continue
			}
			id = path.Join(d.name, id)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// unique returns id, or id with the first of -2, -3, … that makes it new, and remembers it.
func unique(taken map[string]int, id string) string {
	fresh := id
	for taken[fresh] > 0 {
		taken[id]++
		fresh = fmt.Sprintf("%s-%d", id, taken[id])
	}
	taken[fresh] = 1
	return fresh
}

// markdownFiles lists the folder's texts, sorted, without following links to other folders.
func markdownFiles(fsys fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return &fs.PathError{Op: "read", Path: name, Err: errors.New(plainError(err))}
		case name != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
		case !e.IsDir() && strings.EqualFold(path.Ext(name), ".md"):
			names = append(names, name)
		}
		return nil
	})
	sort.Strings(names)
	return names, err
}

// readFile reads one text of the folder; with what is wrong with it comes what could be read all the same.
func readFile(fsys fs.FS, name string) ([]byte, *Fault) {
	// Asked before it is opened: opening a pipe waits for somebody to write into it.
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, &Fault{File: name, Message: "cannot be read: " + plainError(err)}
	}
	if !info.Mode().IsRegular() {
		return nil, &Fault{File: name, Message: "is not a regular file: remove it or rename it"}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, &Fault{File: name, Message: "cannot be read: " + plainError(err)}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFileSize+1))
	switch {
	case err != nil:
		return data, &Fault{File: name, Message: "cannot be read: " + plainError(err)}
	case len(data) > MaxFileSize:
		return data, &Fault{File: name, Message: fmt.Sprintf("is larger than %d KiB: split it into several files", MaxFileSize>>10)}
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return data, &Fault{File: name, Line: invalidLine(data), Message: "is not UTF-8 text here: save the file as UTF-8"}
	}
	if bytes.Count(data, []byte("\n")) > maxLines {
		return data, &Fault{File: name, Line: maxLines + 1, Message: fmt.Sprintf("has more than %d lines: split it into several files", maxLines)}
	}
	return data, nil
}

// unreadable is the fault of an error that names its file.
func unreadable(err error) Fault {
	name := "."
	var pe *fs.PathError
	if errors.As(err, &pe) {
		name = pe.Path
	}
	return Fault{File: name, Message: "cannot be read: " + plainError(err)}
}

// plainError drops the operation and the path, which the fault names already.
func plainError(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

func invalidLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 || r == 0 {
			return line
		}
		if r == '\n' {
			line++
		}
		data = data[n:]
	}
	return line
}

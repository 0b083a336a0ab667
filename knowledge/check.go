package knowledge

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"
)

// Check lists everything that is wrong in a folder, by file and line: what Load reports, and what a reader of the texts
// would stumble over. today is the day from which the age of reviews is counted.
//
// In a folder with sources.yaml every sentence needs a source; in one without, only the sentences of files that use
// footnotes do.
func Check(fsys fs.FS, today time.Time) Faults {
	r := read(fsys)
	l := &linter{reading: r, registry: map[string]Source{}, today: time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC),
		headings: map[string]place{}, also: map[string]place{}, answered: map[string]place{}, figures: map[string]figure{},
		passages: map[string]*Passage{}, disputed: map[[2]string]place{}}
	data, ok := r.files[sourcesFile]
	if ok {
		l.broken = decodeSources(data, l.registry).Err() != nil && len(l.registry) == 0
	}
	l.strict = ok
	for _, d := range r.docs {
		for _, p := range d.passages {
			l.passages[p.ID] = p
		}
	}
	for _, d := range r.docs {
		l.document(d)
	}
	l.sources(scalars(data, 0))
	l.suspicious(aliasesFile, scalars(r.files[aliasesFile], 0))
	r.faults.sort()
	return slices.Compact(r.faults)
}

// Files lists the texts of a folder, sorted.
func Files(fsys fs.FS) ([]string, error) { return markdownFiles(fsys) }

// linter is a reading with what is compared between files.
type linter struct {
	*reading
	registry map[string]Source
	strict   bool // the folder has a registry: every sentence needs a source
	broken   bool // the registry cannot be read, so nothing can be said of footnotes
	today    time.Time
	headings map[string]place
	also     map[string]place
	answered map[string]place // by the id of the question
	figures  map[string]figure
	passages map[string]*Passage // by id, with what they dispute as their files say
	disputed map[[2]string]place // two ids → where the first of them to say so does
}

// place is where something stands.
type place struct {
	file    string
	line    int
	passage *Passage
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// figure is the value of a figure with the place that gave it first.
type figure struct {
	value string
	place
}

func (l *linter) fault(file string, line int, format string, args ...any) {
	l.faults = append(l.faults, Fault{File: file, Line: line, Message: fmt.Sprintf(format, args...)})
}

func (l *linter) warn(file string, line int, format string, args ...any) {
	l.faults = append(l.faults, Fault{File: file, Line: line, Message: fmt.Sprintf(format, args...), Warning: true})
}

// document checks one file.
func (l *linter) document(d *document) {
	raw, _ := splitFrontMatter(l.files[d.file])
	front := scalars(raw, 1)
	lines := linesOf(front)
	l.suspicious(d.file, front)
	l.texts(d)
	l.links(d)
	l.emptyHeadings(d)
	l.sameHeadings(d)
	l.sameAlso(d, lines)
	l.answers(d, lines)
	l.sameFigures(d, lines)
	l.disputes(d, lines)
	l.claims(d, lines)
	l.reviews(d, lines)
	if !l.broken {
		l.unknownSources(d)
		l.unsourced(d)
		l.footnotes(d)
	}
}

// scalar is a value of a YAML file with its keys, joined by slashes, and the line on which its last key or its item of
// a list stands.
type scalar struct {
	path string
	text string // empty for a mapping or list
	line int
}

// scalars lists what a YAML file holds, in order; above is how many lines stand before it. It is empty for a file that
// is no YAML, which the loader reports.
func scalars(data []byte, above int) []scalar {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil || len(root.Content) == 0 {
		return nil
	}
	var all []scalar
	var walk func(n *yaml.Node, under string)
	add := func(under, key string, line int, value *yaml.Node) {
		s := scalar{path: strings.TrimPrefix(under+"/"+key, "/"), line: line + above}
		if value.Kind == yaml.ScalarNode {
			s.text = value.Value
		}
		all = append(all, s)
		walk(value, s.path)
	}
	walk = func(n *yaml.Node, under string) {
		for key, value := range pairs(n) {
			add(under, key.Value, key.Line, value)
		}
		for i := 0; n.Kind == yaml.SequenceNode && i < len(n.Content); i++ {
			add(under, strconv.Itoa(i), n.Content[i].Line, n.Content[i])
		}
	}
	walk(root.Content[0], "")
	return all
}

// linesOf maps the path of each value to its line.
func linesOf(values []scalar) map[string]int {
	lines := map[string]int{}
	for _, s := range values {
		lines[s.path] = s.line
	}
	return lines
}

// slug is the key of the passage's heading in the front matter.
func (p *Passage) slug() string {
	if len(p.Heading) == 0 {
		return ""
	}
	return Slug(p.Title())
}

// frontLine is the line that sets field for the passage: under its heading's key, the heading's key itself, or else the
// heading in the text.
func frontLine(p *Passage, lines map[string]int, field string) int {
	own := "headings/" + p.slug()
	return cmp.Or(lines[own+"/"+field], lines[own], p.Lines[0])
}

// unknownSources reports footnotes that nothing defines.
func (l *linter) unknownSources(d *document) {
	for _, r := range d.unknown {
		if l.strict {
			l.fault(d.file, r.line, "unknown source [^%s]: add it to %s", r.id, sourcesFile)
		} else {
			l.fault(d.file, r.line, "unknown source [^%s]: define it at the end of the file, or add it to %s", r.id, sourcesFile)
		}
	}
}

// unsourced reports sentences that name no source.
func (l *linter) unsourced(d *document) {
	unknown := map[*Sentence]bool{}
	for _, r := range d.unknown {
		unknown[r.in] = true
	}
	if !l.strict && len(unknown) == 0 && len(d.footnotes) == 0 {
		return
	}
	for _, p := range d.passages {
		for i, b := range p.Blocks {
			for j := range b.Sentences {
				s := &p.Blocks[i].Sentences[j]
				if len(s.Sources) == 0 && !unknown[s] {
					l.fault(d.file, cmp.Or(s.Lines[0], p.Lines[0]), "this %s has no source: end it with a footnote such as [^S001]: %s", b.Kind.part(), excerpt(s.Text))
				}
			}
		}
	}
}

// part is what a sentence of such a block is called.
func (k BlockKind) part() string {
	switch k {
	case List:
		return "item"
	case Table:
		return "row"
	}
	return "sentence"
}

// excerpt is the beginning of a text, in quotation marks, as much as is needed to find it.
func excerpt(text string) string {
	const enough = 60
	text = squeeze(text)
	if r := []rune(text); len(r) > enough {
		text = strings.TrimSpace(string(r[:enough])) + "…"
	}
	return "“" + text + "”"
}

// sources reports what is wrong with the registry.
func (l *linter) sources(entries []scalar) {
	l.suspicious(sourcesFile, entries)
	used := map[string]bool{}
	for _, d := range l.docs {
		for _, id := range cited(d) {
			used[id] = true
		}
	}
	for _, e := range entries {
		if _, ok := l.registry[e.path]; ok && !used[e.path] {
			l.warn(sourcesFile, e.line, "no text uses source %s: cite it or delete it", e.path)
		}
	}
}

// cited lists the ids of sources that the file's sentences name.
func cited(d *document) []string {
	ids := map[string]bool{}
	for _, p := range d.passages {
		for _, b := range p.Blocks {
			for _, s := range b.Sentences {
				for _, id := range s.Sources {
					ids[id] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// claims reports claims without a speaker.
func (l *linter) claims(d *document, lines map[string]int) {
	for _, p := range d.passages {
		switch {
		case p.Status != Claim:
		case p.Party == "":
			l.fault(d.file, frontLine(p, lines, "status"), "%s is a claim without a party: add `party:` with the name of who says it", excerpt(p.Title()))
		case !names(p.Text(), p.Party):
			l.warn(d.file, frontLine(p, lines, "party"), "%s never names its party, %s: say in the text who says it", excerpt(p.Title()), p.Party)
		}
	}
}

// names reports whether the text has a word of the name, or one that begins with it, as inflected names do.
func names(text, name string) bool {
	words := strings.Split(Slug(text), "-")
	for part := range strings.FieldsSeq(name) {
		part = Slug(strings.TrimSuffix(strings.TrimSuffix(part, "'s"), "’s"))
		if slices.Contains([]string{"the", "of", "and", "for", "in", "a", "an", "section"}, part) {
			continue
		}
		if slices.ContainsFunc(words, func(w string) bool { return w == part || len(part) > 3 && strings.HasPrefix(w, part) }) {
			return true
		}
	}
	return false
}

// reviews reports texts that nobody has read again for a year. A file without front matter owes no review.
func (l *linter) reviews(d *document, lines map[string]int) {
	if !d.hasFront || d.faults.Err() != nil {
		return
	}
	for _, p := range d.passages {
		line := cmp.Or(lines["headings/"+p.slug()+"/reviewed"], lines["reviewed"], 1)
		last := p.Reviewed.last()
		switch {
		case p.Reviewed == "":
			l.warn(d.file, line, "nobody has reviewed this file: add `reviewed:` with the day on which somebody last checked it")
		case !last.IsZero() && last.AddDate(1, 0, 0).Before(l.today):
			l.warn(d.file, line, "the last review, %s, is more than a year ago: check the text and renew `reviewed:`", p.Reviewed.Words())
		}
	}
}

// last is the last day that the date may mean, zero when it is none.
func (d Date) last() time.Time {
	for i, l := range layouts {
		if t, err := time.Parse(l.iso, string(d)); err == nil {
			// What parsed is the first day; the forms are a day, a month, a year.
			return [3]time.Time{t, t.AddDate(0, 1, -1), t.AddDate(1, 0, -1)}[i]
		}
	}
	return time.Time{}
}

// emptyHeadings reports headings with neither text nor headings under them.
func (l *linter) emptyHeadings(d *document) {
	for i, h := range d.heads {
		parent := i+1 < len(d.heads) && d.heads[i+1].level > h.level
		if len(h.passage.Blocks) == 0 && !parent {
			l.warn(d.file, h.passage.Lines[0], "no text stands under the heading %s: write some or delete it", excerpt(h.passage.Title()))
		}
	}
}

// sameHeadings reports headings that answers could not tell apart.
func (l *linter) sameHeadings(d *document) {
	for _, h := range d.heads {
		p := h.passage
		if h.level < 2 || len(p.Blocks) == 0 {
			continue
		}
		key := p.Lang + "/" + folded(p.Title())
		here := place{d.file, p.Lines[0], p}
		if other, ok := l.headings[key]; ok {
			l.warn(d.file, here.line, "the heading %s is also in %s: change one of them", excerpt(p.Title()), other)
			continue
		}
		l.headings[key] = here
	}
}

// sameAlso reports ways to ask that two passages claim for themselves.
func (l *linter) sameAlso(d *document, lines map[string]int) {
	for _, p := range d.passages {
		for i, text := range p.Also {
			key := p.Lang + "/" + folded(text)
			here := place{d.file, frontLine(p, lines, "also/"+strconv.Itoa(i)), p}
			other, ok := l.also[key]
			if !ok {
				l.also[key] = here
				continue
			}
			if other.passage != p && other.String() != here.String() {
				l.warn(d.file, here.line, "%s leads to %s too (%s): keep it for one of them", excerpt(text), excerpt(other.passage.Title()), other)
			}
		}
	}
}

// sameFigures reports figures that two texts give differently.
func (l *linter) sameFigures(d *document, lines map[string]int) {
	for _, p := range d.passages {
		for _, name := range slices.Sorted(maps.Keys(p.Figures)) {
			here := figure{p.Figures[name], place{d.file, frontLine(p, lines, "figures/"+name), p}}
			other, ok := l.figures[name]
			if !ok {
				l.figures[name] = here
				continue
			}
			if other.value != here.value {
				l.fault(d.file, here.line, "the figure %s is %q at %s and %q at %s: correct one of them", name, other.value, other, here.value, here)
			}
		}
	}
}

// folded is a text as it counts when two are compared: without case, diacritics and punctuation.
func folded(text string) string { return Slug(norm.NFKC.String(text)) }

// texts reports words and sentences that no curator would write.
func (l *linter) texts(d *document) {
	for _, h := range d.heads {
		l.suspect(d.file, h.passage.Lines[0], h.passage.Title())
	}
	for _, p := range d.passages {
		for _, b := range p.Blocks {
			for _, s := range b.Sentences {
				l.suspect(d.file, cmp.Or(s.Lines[0], p.Lines[0]), s.Text)
			}
		}
	}
}

// suspicious does for the values of a YAML file what texts does for a text.
func (l *linter) suspicious(file string, entries []scalar) {
	for _, e := range entries {
		l.suspect(file, e.line, e.text)
	}
}

func (l *linter) suspect(file string, line int, text string) {
	if order := instruction.FindStringSubmatch(folded(text)); order != nil {
		l.fault(file, line, "“%s” reads like an instruction to a language model: rephrase it", strings.ReplaceAll(order[1], "-", " "))
	}
	if word, odd := mixedWord(text); word != "" {
		l.fault(file, line, "“%s” mixes alphabets: “%c” in it is %s, not Latin; type the word again", word, odd, alphabet(odd))
	}
}

// instruction matches, in folded texts, what is written to steer a language model and not to inform a reader.
var instruction = regexp.MustCompile(`(?:^|-)(` + strings.Join([]string{
	`(?:ignore|disregard|forget|override)-(?:(?:all|any|of|the|these|those|my|its)-)*(?:previous|prior|above|earlier|preceding|foregoing|your|system)-(?:(?:system|previous|prior)-)?` +
		`(?:instruction|prompt|rule|direction|guideline|message|command|order|text|context)s?`,
	`(?:ignore|disregard|forget)-(?:(?:all|any|of|the|everything|anything|text)-)*above`,
	`you-are-now`, `youre-now`, `pretend-(?:that-)?you-are`,
	`system-prompt`, `(?:reveal|print|repeat|show)-your-(?:instructions|prompt|rules)`,
	`as-an-ai`, `as-a-(?:large-)?language-model`,
	`(?:zanemari|zanemarite|ignoriraj|ignorirajte)-(?:sve-)?(?:prethodne|ranije)-(?:upute|naredbe|instrukcije)`,
	`(?:injoro|injoroni)-(?:te-gjitha-)?(?:udhezimet|instruksionet)`,
}, "|") + `)(?:-|$)`)

// greekLookAlikes are the Greek letters that pass for Latin ones; others, as in "µm" or "Δt", are there to be seen.
const greekLookAlikes = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνοπρτυχηω"

// mixedWord returns the first word that has Latin letters and others that look like them, with the first of the others.
func mixedWord(text string) (word string, odd rune) {
	for word := range strings.FieldsFuncSeq(text, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.Is(unicode.M, c) }) {
		latin, odd := false, rune(0)
		for _, c := range word {
			latin = latin || unicode.Is(unicode.Latin, c)
			if odd == 0 && (unicode.Is(unicode.Cyrillic, c) || strings.ContainsRune(greekLookAlikes, c)) {
				odd = c
			}
		}
		if latin && odd != 0 {
			return word, odd
		}
	}
	return "", 0
}

func alphabet(c rune) string {
	if unicode.Is(unicode.Cyrillic, c) {
		return "Cyrillic"
	}
	return "Greek"
}

// links reports links that lead nowhere.
func (l *linter) links(d *document) {
	for _, r := range d.links {
		if !leads(r.id) {
			l.fault(d.file, r.line, "%q is no link: write an address that begins with https:// or http://, or the path of a file", r.id)
		}
	}
}

// scheme is what an address begins with unless it is relative (RFC 3986).
var scheme = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)

// leads reports whether a link's address can be followed: on the web, by mail or telephone, in the folder, on the page.
func leads(address string) bool {
	switch kind := scheme.FindString(address); strings.ToLower(kind) {
	case "":
		return address != "" && !strings.HasPrefix(strings.ToLower(address), "www.")
	case "http:", "https:":
		u, err := url.Parse(address)
		return err == nil && u.Host != "" && !strings.ContainsAny(address, " \t\n<>")
	case "mailto:", "tel:":
		return len(address) > len(kind)
	}
	return false
}

// footnotes reports definitions that differ from the registry.
func (l *linter) footnotes(d *document) {
	f := fix(d, l.files[d.file], l.registry)
	l.faults = append(l.faults, f.faults...)
	if f.changed {
		l.warn(d.file, f.line, "footnotes are out of date: run trilat knowledge check --fix")
	}
}

// Fix returns the new content of the files whose footnotes are out of date: at a file's end stands the definition of
// each source of sources.yaml that the file cites, sorted by id; definitions of other ids are kept. Nothing else in the
// file changes, and it loads to the same passages. The faults are what kept Fix from mending a file; Check has them too.
func Fix(fsys fs.FS) (map[string][]byte, Faults) {
	r := read(fsys)
	data, ok := r.files[sourcesFile]
	if !ok {
		return nil, nil
	}
	registry := map[string]Source{}
	if faults := decodeSources(data, registry); faults.Err() != nil {
		return nil, faults
	}
	changes := map[string][]byte{}
	var faults Faults
	for _, d := range r.docs {
		f := fix(d, r.files[d.file], registry)
		faults = append(faults, f.faults...)
		if f.changed {
			changes[d.file] = f.data
		}
	}
	return changes, faults
}

// fixed is a file with current footnotes.
type fixed struct {
	data    []byte
	changed bool
	line    int // on which the first of its old footnotes stands, or its last line
	faults  Faults
}

// fix renews the footnotes of one file, unless that would change what it says.
func fix(d *document, data []byte, registry map[string]Source) fixed {
	text, old := splitNotes(data)
	f := fixed{data: data, line: strings.Count(strings.TrimRight(text, "\r\n"), "\n") + 1}
	if len(old) > 0 {
		f.line = strings.Count(text, "\n") + 1
	}
	current := slices.DeleteFunc(slices.Clone(old), func(n note) bool { _, ok := registry[n.id]; return ok })
	touched := len(current) < len(old)
	for _, id := range cited(d) {
		source, ok := registry[id]
		if _, above := d.footnotes[id]; ok && above && !slices.ContainsFunc(old, func(n note) bool { return n.id == id }) {
			f.faults = append(f.faults, Fault{File: d.file, Line: lineOf(data, "[^"+id+"]:"), Warning: true,
				Message: fmt.Sprintf("[^%s] is defined in the middle of the text: delete that, then run trilat knowledge check --fix", id)})
		} else if ok {
			touched = true
			current = append(current, note{id, definition(id, source)})
		}
	}
	if !touched {
		return f
	}
	slices.SortStableFunc(current, func(a, b note) int { return cmp.Compare(a.id, b.id) })
	renewed := joinNotes(text, current, lineEnding(data))
	if string(renewed) == string(data) {
		return f
	}
	if !shows(parse(d.file, renewed), parse(d.file, data), current) {
		f.faults = append(f.faults, Fault{File: d.file, Line: f.line, Warning: true,
			Message: "footnotes cannot be put at the end of this file: close the block of code or HTML that it ends in"})
		return f
	}
	f.data, f.changed = renewed, true
	return f
}

// shows reports whether a file says what it said before, and has the definitions that it cites.
func shows(after, before *document, notes []note) bool {
	defined := func(id string) bool {
		_, ok := after.footnotes[id]
		return ok || !slices.ContainsFunc(notes, func(n note) bool { return n.id == id })
	}
	return reflect.DeepEqual(after.passages, before.passages) && !slices.ContainsFunc(cited(after), func(id string) bool { return !defined(id) })
}

// note is the definition of a footnote as it stands in a file, without the line break at its end.
type note struct{ id, text string }

var (
	noteStart = regexp.MustCompile(`^ {0,3}\[\^([^\]\s]+)\]:`)
	// noteMore is a line that goes on with the definition before it: indented, or plainly the middle of a sentence.
	noteMore = regexp.MustCompile(`^(?:    | {0,3}\t)|^ {0,3}[\p{L}\p{N}<“"'(]`)
)

// splitNotes cuts off the definitions of footnotes at the end of a file.
func splitNotes(data []byte) (text string, notes []note) {
	_, at := splitFrontMatter(data)
	start := len(data)
	blank := false
	for line := range strings.Lines(string(data[at:])) {
		last := len(notes) - 1
		m := noteStart.FindStringSubmatch(line)
		switch {
		case m != nil:
			if last < 0 {
				start = at
			}
			notes = append(notes, note{m[1], line})
		case last >= 0 && (isBlank(line) || noteMore.MatchString(line) && (!blank || line[0] == '\t' || strings.HasPrefix(line, "    "))):
			notes[last].text += line
		default:
			notes, start = nil, len(data)
		}
		blank = isBlank(line)
		at += len(line)
	}
	for i := range notes {
		notes[i].text = strings.TrimRight(notes[i].text, " \t\r\n")
	}
	return string(data[:start]), notes
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

// joinNotes puts definitions, one a line, behind a text and an empty line.
func joinNotes(text string, notes []note, end string) []byte {
	body := strings.TrimRight(text, " \t\r\n")
	// Spaces behind the last word stay; only empty lines go.
	rest, _, _ := strings.Cut(text[len(body):], "\n")
	body += strings.TrimSuffix(rest, "\r")
	var b strings.Builder
	if b.WriteString(body); body != "" {
		b.WriteString(end)
	}
	if body != "" && len(notes) > 0 {
		b.WriteString(end)
	}
	for _, n := range notes {
		b.WriteString(n.text + end)
	}
	return []byte(b.String())
}

// lineEnding is how the first line of a file ends.
func lineEnding(data []byte) string {
	if line, _, ok := strings.Cut(string(data), "\n"); ok && strings.HasSuffix(line, "\r") {
		return "\r\n"
	}
	return "\n"
}

var (
	markup      = regexp.MustCompile("[\\\\`*_\\[<~]")
	startsBlock = regexp.MustCompile(`^(\d*)([-#>+=|.)])`)
)

// definition is a source as a footnote of Markdown: what it is called reads as written, its address is a link.
func definition(id string, s Source) string {
	escape := func(text string) string { return markup.ReplaceAllString(squeeze(text), `\$0`) }
	s.Publisher, s.Title, s.Date = escape(s.Publisher), escape(s.Title), escape(s.Date)
	return "[^" + id + "]: " + startsBlock.ReplaceAllString(s.Footnote(), `$1\$2`)
}

package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
	"unicode/utf16"

	"golang.org/x/tools/txtar"
)

// Every file in testdata/load is a folder, with what Load makes of it under "want".
func TestLoadReadsWhatTheFolderSays(t *testing.T) {
	files, err := filepath.Glob("testdata/load/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			c, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := txtar.Format(c)
			c.Files = slices.DeleteFunc(c.Files, func(f txtar.File) bool { return f.Name == "want" })
			folder := fstest.MapFS{}
			for _, f := range c.Files {
				folder[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			b, faults := Load(folder)
			if b != nil {
				for _, broken := range brokenRules(folder, b) {
					t.Error(broken)
				}
			}
			c.Files = append(c.Files, txtar.File{Name: "want", Data: []byte(dump(b, faults))})
			have := txtar.Format(c)
			if *update {
				if err := os.WriteFile(file, have, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal(have, want) {
				t.Errorf("have\n%s\nwant\n%s", have, want)
			}
		})
	}
}

// dump writes what Load returned for people to read.
func dump(b *Base, faults Faults) string {
	var w strings.Builder
	for _, f := range faults {
		fmt.Fprintln(&w, f)
	}
	if b == nil {
		return w.String()
	}
	for _, p := range b.Passages {
		fmt.Fprintf(&w, "%s %q %d-%d %s %s", p.ID, p.Heading, p.Lines[0], p.Lines[1], p.Kind, p.Status)
		for _, fact := range []struct{ name, value string }{
			{"lang", p.Lang}, {"party", p.Party}, {"said", string(p.Said)}, {"as_of", string(p.AsOf)}, {"reviewed", string(p.Reviewed)},
			{"also", strings.Join(p.Also, ", ")}, {"disputes", strings.Join(p.Disputes, ", ")},
		} {
			if fact.value != "" {
				fmt.Fprintf(&w, " %s=%s", fact.name, fact.value)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.Figures)) {
			fmt.Fprintf(&w, " %s:%s", name, p.Figures[name])
		}
		fmt.Fprintln(&w)
		for _, block := range p.Blocks {
			fmt.Fprintf(&w, "  %s\n", []string{"prose", "list", "table"}[block.Kind])
			for _, s := range block.Sentences {
				fmt.Fprintf(&w, "    %d-%d %s", s.Lines[0], s.Lines[1], s.Text)
				if len(s.Sources) > 0 {
					fmt.Fprintf(&w, " %v", s.Sources)
				}
				fmt.Fprintln(&w)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.Sources)) {
		fmt.Fprintf(&w, "source %s: %s\n", id, b.Sources[id].Footnote())
	}
	for _, names := range b.Aliases.Names {
		fmt.Fprintf(&w, "names %v\n", names)
	}
	for _, words := range b.Aliases.Words {
		fmt.Fprintf(&w, "words %v\n", words)
	}
	return w.String()
}

// brokenRules lists where b is not what Base, Passage and Sentence promise of any folder.
func brokenRules(folder fs.FS, b *Base) []string {
	var broken []string
	fault := func(p Passage, format string, args ...any) {
		broken = append(broken, p.ID+": "+fmt.Sprintf(format, args...))
	}
	disputes := map[[2]string]bool{}
	for _, p := range b.Passages {
		for _, id := range p.Disputes {
			disputes[[2]string{p.ID, id}] = true
		}
	}
	ids := map[string]bool{}
	var before Passage
	for _, p := range b.Passages {
		data, err := fs.ReadFile(folder, p.File)
		if err != nil {
			fault(p, "%v", err)
		}
		if lines := bytes.Count(data, []byte("\n")) + 1; p.Lines[0] < 1 || p.Lines[0] > p.Lines[1] || p.Lines[1] > lines {
			fault(p, "lines %v of %d", p.Lines, lines)
		}
		if ids[p.ID] {
			fault(p, "this id is taken")
		}
		ids[p.ID] = true
		if p.File < before.File || p.File == before.File && p.Lines[0] < before.Lines[0] {
			fault(p, "stands behind %s", before.ID)
		}
		before = p
		for i, id := range p.Disputes {
			if id == p.ID || !disputes[[2]string{id, p.ID}] {
				fault(p, "disputes %s, which does not dispute it", id)
			}
			if i > 0 && p.Disputes[i-1] >= id {
				fault(p, "disputes %v, which is not sorted", p.Disputes)
			}
		}
		text := p.Text()
		if len(p.Blocks) == 0 {
			fault(p, "is empty")
		}
		if i := strings.IndexFunc(text+p.HeadingPath(), invisible); i >= 0 {
			fault(p, "an invisible character in %q", text)
		}
		for _, block := range p.Blocks {
			if len(block.Sentences) == 0 {
				fault(p, "an empty block")
			}
			for _, s := range block.Sentences {
				if s.Text == "" || s.Text != squeeze(s.Text) || !strings.Contains(text, s.Text) {
					fault(p, "the sentence %q is not in the text %q", s.Text, text)
				}
				if s.Lines[0] > s.Lines[1] || s.Lines[0] < p.Lines[0] || s.Lines[1] > p.Lines[1] {
					fault(p, "the lines %v of %q are not in %v", s.Lines, s.Text, p.Lines)
				}
				for _, id := range s.Sources {
					if _, ok := b.Sources[id]; !ok {
						fault(p, "unknown source %s", id)
					}
				}
			}
		}
	}
	return broken
}

func TestShippedFolderKeepsTheRules(t *testing.T) {
	b, faults := Load(Shipped())
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	for _, broken := range brokenRules(Shipped(), b) {
		t.Error(broken)
	}
}

// The words of each sentence stand in the lines that it names; the words of a table's head stand above.
func TestWordsOfASentenceStandInItsLines(t *testing.T) {
	b, _ := Load(Shipped())
	if b == nil {
		t.Fatal("the shipped folder does not load")
	}
	for _, p := range b.Passages {
		data, _ := fs.ReadFile(Shipped(), p.File)
		raw := strings.Split(string(data), "\n")
		for _, block := range p.Blocks {
			for _, s := range block.Sentences {
				from := s.Lines[0]
				if block.Kind == Table {
					from = p.Lines[0]
				}
				words := onlyWords(strings.Join(raw[from-1:s.Lines[1]], " "))
				for word := range strings.FieldsSeq(onlyWords(s.Text)) {
					if !strings.Contains(words, word) {
						t.Errorf("%s:%d-%d have %q, want the word %q of %q in it", p.File, s.Lines[0], s.Lines[1], words, word, s.Text)
					}
				}
			}
		}
	}
}

func onlyWords(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) || c == ' ' {
			return c
		}
		return -1
	}, strings.ReplaceAll(s, "\n", " "))
}

func TestRevisionIsThatOfTheContent(t *testing.T) {
	revision := func(files ...string) string {
		folder := fstest.MapFS{}
		for i := 0; i < len(files); i += 2 {
			folder[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
		}
		b, faults := Load(folder)
		if b == nil {
			t.Fatal(faults)
		}
		return b.Revision
	}
	want := revision("a.md", "Text.", "b.md", "More.")
	if have := revision("b.md", "More.", "a.md", "Text."); have != want {
		t.Errorf("have %s for the same files, want %s", have, want)
	}
	if have := revision("a.md", "Text.", "b.md", "More.", "c.txt", "not read", ".d.md", "not read"); have != want {
		t.Errorf("have %s with files that are not read, want %s", have, want)
	}
	others := map[string]string{
		"a letter":      revision("a.md", "Text!", "b.md", "More."),
		"white space":   revision("a.md", "Text.\n", "b.md", "More."),
		"a name":        revision("a.md", "Text.", "c.md", "More."),
		"a moved line":  revision("a.md", "Text.More.", "b.md", " "),
		"a registry":    revision("a.md", "Text.", "b.md", "More.", "sources.yaml", ""),
		"another alias": revision("a.md", "Text.", "b.md", "More.", "aliases.yaml", "names: []"),
	}
	seen := map[string]string{want: "nothing"}
	for what, have := range others {
		if same, ok := seen[have]; ok {
			t.Errorf("%s and %s changed: have the same revision %s", what, same, have)
		}
		seen[have] = what
	}
}

// Texts that a file of txtar cannot show.
func TestLoadReadsWhateverEditorsWrite(t *testing.T) {
	const front = "---\nkind: person\n---\n# Who?\n\nVengu. He\nsigned.\n\n- one\n- two\n\n```\ncode\n```\n"
	want := load(t, front)
	for name, text := range map[string]string{
		"Windows line ends":          strings.ReplaceAll(front, "\n", "\r\n"),
		"byte order mark":            "\ufeff" + front,
		"both":                       "\ufeff" + strings.ReplaceAll(front, "\n", "\r\n"),
		"spaces behind the dashes":   strings.ReplaceAll(front, "---\n", "--- \n"),
		"spaces behind every line":   strings.ReplaceAll(front, "\n", " \n"),
		"no line end at the end":     strings.TrimRight(front, "\n"),
		"right-to-left marks":        strings.ReplaceAll(front, "Vengu", "\u202eVen\u202cgu\u200f"),
		"zero-width spaces":          strings.ReplaceAll(front, "Vengu", "Ven\u200bgu\ufeff"),
		"soft hyphens":               strings.ReplaceAll(front, "signed", "sig\u00adned"),
		"controls":                   strings.ReplaceAll(front, "signed", "sig\x01ned\x7f"),
		"invisible ones as entities": strings.ReplaceAll(front, "signed", "sig&#x202e;&#1;ned"),
		"no-break spaces":            strings.ReplaceAll(front, "Vengu. He", "Vengu.\u00a0He"),
		"old Mac line ends within":   strings.ReplaceAll(front, "Vengu. He", "Vengu.\rHe"),
	} {
		if have := load(t, text); have != want {
			t.Errorf("%s: have\n%s\nwant\n%s", name, have, want)
		}
	}
}

// load is the dump of a folder with one file.
func load(t *testing.T, text string) string {
	t.Helper()
	folder := fstest.MapFS{"a.md": {Data: []byte(text)}}
	b, faults := Load(folder)
	if b == nil {
		t.Fatal(faults)
	}
	for _, broken := range brokenRules(folder, b) {
		t.Error(broken)
	}
	return dump(b, faults)
}

func TestFilesThatAreNoTextSayWhere(t *testing.T) {
	utf16le := []byte{0xff, 0xfe}
	for _, c := range utf16.Encode([]rune("# Who?\n\nVengu.\n")) {
		utf16le = append(utf16le, byte(c), byte(c>>8))
	}
	for name, c := range map[string]struct{ data, want string }{
		"Latin-1":          {"# Who?\n\nAnu\xb9i\xe6\n", "a.md:3: is not UTF-8 text here: save the file as UTF-8"},
		"cut character":    {"One.\nTwo.\xc5", "a.md:2: is not UTF-8 text here: save the file as UTF-8"},
		"UTF-16":           {string(utf16le), "a.md:1: is not UTF-8 text here: save the file as UTF-8"},
		"UTF-16, no mark":  {string(utf16le[2:]), "a.md:1: is not UTF-8 text here: save the file as UTF-8"},
		"a picture":        {"\x89PNG\r\n\x1a\n\x00\x00", "a.md:1: is not UTF-8 text here: save the file as UTF-8"},
		"5 MB":             {strings.Repeat("All the same.\n", 5<<20/14), "a.md: is larger than 512 KiB: split it into several files"},
		"a byte too large": {strings.Repeat("a", MaxFileSize+1), "a.md: is larger than 512 KiB: split it into several files"},
		"short lines":      {strings.Repeat("a\n", maxLines+1), "a.md:100001: has more than 100000 lines: split it into several files"},
		"nothing":          {"", ".: the folder has no Markdown file with text in it: add one, for example facts.md"},
		"white space":      {" \n\t\n", ".: the folder has no Markdown file with text in it: add one, for example facts.md"},
		"only HTML":        {"<div>text</div>\n", ".: the folder has no Markdown file with text in it: add one, for example facts.md"},
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, fstest.MapFS{"a.md": {Data: []byte(c.data)}}, c.want) })
	}
}

// wantFault fails unless Load refuses the folder with these words alone.
func wantFault(t *testing.T, folder fs.FS, want string) {
	t.Helper()
	b, faults := Load(folder)
	if b != nil {
		t.Errorf("have a base of %d passages, want none", len(b.Passages))
	}
	if have := strings.TrimSuffix(dump(nil, faults), "\n"); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

func TestOneBrokenFileKeepsTheWholeFolderOut(t *testing.T) {
	wantFault(t, fstest.MapFS{"a.md": {Data: []byte("Good.")}, "b.md": {Data: []byte("Bad \xff.")}},
		"b.md:1: is not UTF-8 text here: save the file as UTF-8")
}

func TestOpenSaysWhatIsWrongWithTheFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.md")
	write(t, file, "Text.")
	missing := filepath.Join(dir, "missing")
	for _, c := range []struct{ dir, want string }{
		{missing, fmt.Sprintf("there is no folder %q: check --knowledge or KNOWLEDGE_DIR", missing)},
		{file, fmt.Sprintf("open the knowledge folder %q: not a directory", file)},
	} {
		if _, err := Open(c.dir); err == nil || err.Error() != c.want {
			t.Errorf("have %v\nwant %s", err, c.want)
		}
	}
}

func TestOpenReadsAFolderOnDisk(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.md"), "Text.")
	write(t, filepath.Join(dir, "x.md", "b.md"), "More.")
	if err := os.Symlink("a.md", filepath.Join(dir, "link.md")); err != nil {
		t.Fatal(err)
	}
	b, faults := Load(open(t, dir))
	if b == nil {
		t.Fatal(faults)
	}
	var have []string
	for _, p := range b.Passages {
		have = append(have, p.ID)
	}
	if want := []string{"a#", "link#", "x.md/b#"}; !slices.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
}

func TestLinksDoNotLeaveTheFolder(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret.md")
	write(t, outside, "Secret.")
	for _, c := range []struct{ to, name, want string }{
		{outside, "out.md", "out.md: cannot be read: path escapes from parent"},
		{"../" + filepath.Base(filepath.Dir(outside)) + "/secret.md", "up.md", "up.md: cannot be read: path escapes from parent"},
		{outside, "sources.yaml", "sources.yaml: cannot be read: path escapes from parent"},
		{filepath.Dir(outside), "folder.md", "folder.md: cannot be read: path escapes from parent"},
		{".", "self.md", "self.md: is not a regular file: remove it or rename it"},
		{"loop.md", "loop.md", "loop.md: cannot be read: too many levels of symbolic links"},
		{"gone.md", "dangling.md", "dangling.md: cannot be read: no such file or directory"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.md"), "Text.")
		if err := os.Symlink(c.to, filepath.Join(dir, c.name)); err != nil {
			t.Fatal(err)
		}
		wantFault(t, open(t, dir), c.want)
	}
	// A link to a folder is not followed, so nothing is read from there, or twice.
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.md"), "Text.")
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(dir, "en")); err != nil {
		t.Fatal(err)
	}
	if b, faults := Load(open(t, dir)); b == nil || len(b.Passages) != 1 {
		t.Errorf("have %v %v, want one passage", b, faults)
	}
}

func TestRegistryThatIsAFolderIsAFault(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.md"), "Text.")
	write(t, filepath.Join(dir, "sources.yaml", "x"), "")
	wantFault(t, open(t, dir), "sources.yaml: is not a regular file: remove it or rename it")
}

// locked is a folder in which some names may not be opened, others cannot be read to the end.
type locked struct {
	fs   fs.FS
	name string
	err  error
}

func (l locked) Open(name string) (fs.File, error) {
	f, err := l.fs.Open(name)
	if name == l.name && errors.Is(l.err, fs.ErrPermission) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: l.err}
	}
	if name == l.name {
		return broken{f, l.err}, nil
	}
	return f, err
}

type broken struct {
	fs.File
	err error
}

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestFilesThatCannotBeReadAreNamed(t *testing.T) {
	folder := fstest.MapFS{"a.md": {Data: []byte("Text.")}, "en/b.md": {Data: []byte("Text.")}, "sources.yaml": {}}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"a.md", fs.ErrPermission, "a.md: cannot be read: permission denied"},
		{"sources.yaml", fs.ErrPermission, "sources.yaml: cannot be read: permission denied"},
		{"en", fs.ErrPermission, "en: cannot be read: permission denied"},
		{"a.md", errors.New("disk error"), "a.md: cannot be read: disk error"},
	} {
		wantFault(t, locked{folder, c.name, c.err}, c.want)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, dir string) fs.FS {
	t.Helper()
	fsys, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if base, faults := Load(Shipped()); base == nil {
			b.Fatal(faults)
		}
	}
}

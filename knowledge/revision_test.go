package knowledge

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func mustRevise(t *testing.T, folder fs.FS) string {
	t.Helper()
	revision, err := Revision(folder)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func TestRevisionIsThatOfTheBase(t *testing.T) {
	all := folders(t)
	all["plain"] = fstest.MapFS{"a.md": {Data: []byte("Text.")}}
	all["an empty file"] = fstest.MapFS{"a.md": {Data: []byte("Text.")}, "b.md": {}}
	all["empty registries"] = fstest.MapFS{"a.md": {Data: []byte("Text.")}, "sources.yaml": {}, "aliases.yaml": {}}
	all["what is not read"] = fstest.MapFS{"a.md": {Data: []byte("Text.")}, "c.txt": {Data: []byte("x")}, ".d.md": {Data: []byte("\xff")}}
	for name, folder := range all {
		if have, want := mustRevise(t, folder), mustLoad(t, folder).Revision; have != want {
			t.Errorf("%s: have %s, want %s", name, have, want)
		}
	}
}

// Every single change to a folder, whether it loads or not before and after, leads to a revision of its own.
func TestRevisionChangesWithEveryEdit(t *testing.T) {
	large := strings.Repeat("a", MaxFileSize)
	base := fstest.MapFS{
		"en/a.md":      {Data: []byte("---\nkind: topic\n---\n# A\n\nText.")},
		"en/b.md":      {Data: []byte("More.")},
		"sources.yaml": {Data: []byte("S1: {title: T}\n")},
		"aliases.yaml": {Data: []byte("names: []\n")},
	}
	seen := map[string]string{}
	unlike := func(edit string, folder fs.FS) {
		t.Helper()
		revision := mustRevise(t, folder)
		if same, ok := seen[revision]; ok {
			t.Errorf("%s: have %s, the revision of %s", edit, revision, same)
		}
		seen[revision] = edit
	}
	unlike("no edit", base)
	for _, c := range []struct{ edit, name, data string }{
		{"a letter of a text", "en/b.md", "More!"},
		{"white space", "en/b.md", "More.\n"},
		{"an empty text", "en/b.md", ""},
		{"a new text", "en/c.md", "Most."},
		{"a new empty text", "en/c.md", ""},
		{"front matter", "en/a.md", "---\nkind: person\n---\n# A\n\nText."},
		{"broken front matter", "en/a.md", "---\nkind: [\n---\n# A\n\nText."},
		{"another break of it", "en/a.md", "---\nkind: {\n---\n# A\n\nText."},
		{"a text that is not UTF-8", "en/b.md", "More.\xff"},
		{"another that is not", "en/b.md", "Most.\xff"},
		{"a text of the largest size", "en/b.md", large},
		{"one that is too large", "en/b.md", large + "a"},
		{"another that is too large", "en/b.md", "b" + large},
		{"too many lines", "en/b.md", strings.Repeat("\n", maxLines+1)},
		{"a source", "sources.yaml", "S2: {title: T}\n"},
		{"broken sources", "sources.yaml", "S1: [\n"},
		{"empty sources", "sources.yaml", ""},
		{"broken aliases", "aliases.yaml", "names: [\n"},
	} {
		unlike(c.edit, apply(base, map[string][]byte{c.name: []byte(c.data)}))
	}
	for name := range base {
		unlike("no permission for "+name, locked{base, name, fs.ErrPermission})
		unlike("a fault of the disk under "+name, locked{base, name, errors.New("disk error")})
		without := maps.Clone(base)
		delete(without, name)
		unlike("without "+name, without)
	}
}

func TestRevisionFollowsAFolderOnDisk(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.md")
	write(t, file, "Text.")
	folder := open(t, dir)
	first := mustRevise(t, folder)
	write(t, file, "Bad \xff.")
	if broken := mustRevise(t, folder); broken == first {
		t.Errorf("have %s before and after the edit", broken)
	}
	write(t, file, "Text.")
	if have := mustRevise(t, folder); have != first {
		t.Errorf("have %s once the edit is taken back, want %s", have, first)
	}
}

func TestRevisionOfAFolderThatCannotBeListedIsAnError(t *testing.T) {
	folder := fstest.MapFS{"a.md": {Data: []byte("Text.")}, "en/b.md": {Data: []byte("Text.")}}
	have, err := Revision(locked{folder, "en", fs.ErrPermission})
	if want := "en: cannot be read: permission denied"; have != "" || err == nil || err.Error() != want {
		t.Errorf("have %q and %v, want the error %s", have, err, want)
	}
}

func BenchmarkRevision(b *testing.B) {
	for b.Loop() {
		if _, err := Revision(Shipped()); err != nil {
			b.Fatal(err)
		}
	}
}

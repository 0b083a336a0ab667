package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Revision is the [Base.Revision] that Load would give, found without understanding the texts: cheap enough to ask every
// few seconds whether a folder has changed. A folder that does not load has one too, which changes with every edit that
// Load could notice: of a file that is too large, only the beginning counts. The error is that of a folder whose files
// cannot be listed.
func Revision(fsys fs.FS) (string, error) {
	c, err := readFiles(fsys)
	if err != nil {
		return "", errors.New(unreadable(err).String())
	}
	return c.revision, nil
}

// contents are the files that make a folder, as they were read.
type contents struct {
	texts    []string          // the names of the Markdown files, sorted
	files    map[string][]byte // what could be read, by name
	revision string
	faults   Faults
}

// readFiles reads a folder. The error is that of a folder whose files cannot be listed.
func readFiles(fsys fs.FS) (contents, error) {
	texts, err := markdownFiles(fsys)
	if err != nil {
		return contents{}, err
	}
	c := contents{texts: texts, files: map[string][]byte{}}
	hash := sha256.New()
	for _, name := range slices.Concat(registries(fsys), texts) {
		data, fault := readFile(fsys, name)
		if fault != nil {
			c.faults = append(c.faults, *fault)
			fmt.Fprintf(hash, "%s\x00%s\x00", name, fault.Message)
		} else {
			c.files[name] = data
		}
		fmt.Fprintf(hash, "%s\x00%d\x00%s", name, len(data), data)
	}
	c.revision = hex.EncodeToString(hash.Sum(nil))[:12]
	return c, nil
}

// registries lists the registries that the folder has, with those that it has and cannot show.
func registries(fsys fs.FS) []string {
	return slices.DeleteFunc([]string{sourcesFile, aliasesFile}, func(name string) bool {
		_, err := fs.Stat(fsys, name)
		return errors.Is(err, fs.ErrNotExist)
	})
}

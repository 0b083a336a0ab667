package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"time"

	"trilat/knowledge"
)

// errFaults ends a run that has listed what is wrong.
var errFaults = errors.New("something is wrong")

// knowledgeCommands are for those who write the texts.
type knowledgeCommands struct {
	Check checkCommand `cmd:"" help:"List what is wrong in the texts, by file and line."`
	Draft draftCommand `cmd:"" help:"Make a text of what the team answered, to look over and add to the folder."`
}

func (c *knowledgeCommands) Help() string { return "Example: trilat knowledge check knowledge" }

// checkCommand is the linter.
type checkCommand struct {
	Dir string `arg:"" optional:"" help:"The folder of texts. Default: the configured one, or the texts compiled in."`
	Fix bool   `help:"Rewrite the footnotes at the end of the files from sources.yaml first."`
}

func (c *checkCommand) Help() string {
	return `Prints one "file:line: message" a line, then how many there are. Errors end with exit code 1; warnings alone do not.

Example: trilat knowledge check --fix knowledge`
}

func (c *checkCommand) Run(t *tool) error {
	dir := c.Dir
	if c.Fix {
		var err error
		if dir, err = t.writable(dir); err != nil {
			return usage{err}
		}
	}
	files, err := t.files(dir)
	if err != nil {
		return usage{err}
	}
	if c.Fix {
		// What could not be fixed is among the faults that follow.
		changes, _ := knowledge.Fix(files)
		if err := rewrite(dir, changes); err != nil {
			return err
		}
	}
	return t.faults(files)
}

// writable is the folder that can be changed: dir, the configured one, or ./knowledge.
func (t *tool) writable(dir string) (string, error) {
	if dir != "" {
		return dir, nil
	}
	if t.folder != "" {
		return t.folder, nil
	}
	if info, err := os.Stat("knowledge"); err == nil && info.IsDir() {
		return "knowledge", nil
	}
	return "", errors.New("the texts compiled into the program cannot be changed: name a folder, as in trilat knowledge check --fix knowledge")
}

// faults prints what is wrong in a folder, and returns errFaults when some of it is an error.
func (t *tool) faults(files fs.FS) error {
	faults := knowledge.Check(files, time.Now())
	warnings := 0
	for _, f := range faults {
		fmt.Fprintln(t.out, f)
		if f.Warning {
			warnings++
		}
	}
	texts, err := knowledge.Files(files)
	if err != nil && faults.Err() == nil {
		return err
	}
	fmt.Fprintf(t.out, "%s, %s in %s\n", count(len(faults)-warnings, "error"), count(warnings, "warning"), count(len(texts), "file"))
	if faults.Err() != nil {
		return errFaults
	}
	return nil
}

// count is a number with its noun: "1 error", "2 errors".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// rewrite gives files in dir new content, each in one step, so that a reader never sees half of one.
func rewrite(dir string, changes map[string][]byte) error {
	if len(changes) == 0 {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the knowledge folder: %w", err)
	}
	defer root.Close()
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if err := replace(root, name, changes[name]); err != nil {
			return fmt.Errorf("rewrite %s: %w", path.Join(dir, name), err)
		}
	}
	return nil
}

// replace writes a new file beside the one called name and gives it its name. A link stays what it is.
func replace(root *os.Root, name string, data []byte) error {
	info, err := root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	fresh := path.Join(path.Dir(name), "."+path.Base(name)+".new")
	if err := root.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := root.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close())
	if err == nil {
		err = root.Rename(fresh, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(fresh))
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"trilat/bot"
)

// draftCommand makes a text of a question to the team and its answer.
type draftCommand struct {
	ID string `arg:"" help:"The question, by the id that trilat inbox and the team's channel show."`
	To string `placeholder:"DIR" help:"Write the file into the folder of texts DIR, instead of printing it."`
}

func (c *draftCommand) Help() string {
	return "Example: trilat knowledge draft 7k2m9q4x1c --to knowledge"
}

func (c *draftCommand) Run(t *tool) error {
	return t.remembering(func(b *bot.Bot) error {
		reply, err := b.Do(t.ctx, bot.Call{Command: "draft", Args: map[string]string{"question": c.ID}}, func(bot.Reply) {})
		if err != nil {
			return err
		}
		if reply.File == nil || c.To == "" {
			t.screen.reply(t.out, reply)
		}
		switch {
		case reply.File == nil:
			return errFaults
		case c.To == "":
			return nil
		}
		name := path.Join("en", reply.File.Name)
		if err := add(c.To, name, reply.File.Data); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s is written. Look it over, then run: trilat knowledge check %s\n", filepath.Join(c.To, name), c.To)
		return nil
	})
}

// add writes a new file into a folder of texts; one that is there stays as it is.
func add(dir, name string, data []byte) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return usage{fmt.Errorf("open the folder for the draft: %w", err)}
	}
	defer root.Close()
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return fmt.Errorf("make a folder for the draft: %w", err)
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and stays as it is: move it away first", filepath.Join(dir, name))
	}
	if err != nil {
		return fmt.Errorf("write the draft: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write the draft: %w", err), root.Remove(name))
	}
	return nil
}

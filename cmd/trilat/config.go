package main

import (
	"fmt"
	"io/fs"

	"trilat/bot"
	"trilat/knowledge"
)

// config is the environment, read once.
type config struct {
	folder string // KNOWLEDGE_DIR; "" for the texts compiled in
}

func readConfig(getenv func(string) string) config {
	return config{folder: getenv("KNOWLEDGE_DIR")}
}

// files is the folder of texts: dir, else the one that the configuration names, else the one compiled in.
func (c config) files(dir string) (fs.FS, error) {
	if dir == "" {
		dir = c.folder
	}
	if dir == "" {
		return knowledge.Shipped(), nil
	}
	return knowledge.Open(dir)
}

// base reads the folder; a fault in it is an error that lists them all.
func (c config) base(dir string) (*knowledge.Base, error) {
	files, err := c.files(dir)
	if err != nil {
		return nil, usage{err}
	}
	base, faults := knowledge.Load(files)
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("the knowledge folder cannot be used:\n%w", err)
	}
	return base, nil
}

// bot is the bot on the configured folder.
func (c config) bot() (*bot.Bot, error) {
	base, err := c.base("")
	if err != nil {
		return nil, err
	}
	return bot.New(bot.Config{Knowledge: base})
}

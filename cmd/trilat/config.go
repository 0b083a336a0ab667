package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"trilat/bot"
	"trilat/knowledge"
)

// config is the environment, read once.
type config struct {
	folder    string // KNOWLEDGE_DIR; "" for the texts compiled in
	tokenText string // DISCORD_TOKEN; "" for the one in tokenFile
	tokenFile string // DISCORD_TOKEN_FILE; "" and no token: the local Discord
	guild     string // DISCORD_GUILD; "" registers the commands everywhere
	opsAddr   string // OPS_ADDR; "" serves nothing

	api string // address of another Discord, which only tests have; "" is the real one
}

func readConfig(getenv func(string) string) config {
	return config{
		folder:    getenv("KNOWLEDGE_DIR"),
		tokenText: strings.TrimSpace(getenv("DISCORD_TOKEN")),
		tokenFile: getenv("DISCORD_TOKEN_FILE"),
		guild:     strings.TrimSpace(getenv("DISCORD_GUILD")),
		opsAddr:   getenv("OPS_ADDR"),
	}
}

// token is the bot's token on Discord, "" when none is configured.
func (c config) token() (string, error) {
	if c.tokenText != "" && c.tokenFile != "" {
		return "", errors.New("both DISCORD_TOKEN and DISCORD_TOKEN_FILE are set: keep one of them")
	}
	if c.tokenFile == "" {
		return c.tokenText, nil
	}
	data, err := os.ReadFile(c.tokenFile)
	if err != nil {
		return "", fmt.Errorf("DISCORD_TOKEN_FILE cannot be read: %w", err)
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		return "", fmt.Errorf("DISCORD_TOKEN_FILE: %s is empty, put the bot's token into it", c.tokenFile)
	}
	return token, nil
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

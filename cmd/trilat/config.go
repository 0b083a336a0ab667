package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"trilat/bot"
	"trilat/bot/store"
	"trilat/knowledge"
)

// config is the environment, read once.
type config struct {
	folder    string // KNOWLEDGE_DIR; "" for the texts compiled in
	tokenText string // DISCORD_TOKEN; "" for the one in tokenFile
	tokenFile string // DISCORD_TOKEN_FILE; "" and no token: the local Discord
	guild     string // DISCORD_GUILD; "" registers the commands everywhere
	opsAddr   string // OPS_ADDR; "" serves nothing
	db        string // TRILAT_DB; "" for a file in state
	logDays   string // LOG_DAYS; "" for the bot's own measure
	openai    modelConfig

	// state is the folder for what programs must remember, "" when nobody has named one.
	state string

	api string           // address of another Discord, which only tests have; "" is the real one
	now func() time.Time // the computer's clock, or another that only tests have
}

func readConfig(getenv func(string) string) config {
	return config{
		folder:    getenv("KNOWLEDGE_DIR"),
		tokenText: strings.TrimSpace(getenv("DISCORD_TOKEN")),
		tokenFile: getenv("DISCORD_TOKEN_FILE"),
		guild:     strings.TrimSpace(getenv("DISCORD_GUILD")),
		opsAddr:   getenv("OPS_ADDR"),
		db:        strings.TrimSpace(getenv("TRILAT_DB")),
		logDays:   strings.TrimSpace(getenv("LOG_DAYS")),
		openai:    readModelConfig(getenv),
		state:     stateFolder(getenv),
		now:       time.Now,
	}
}

// stateFolder is where the computer has what programs must remember.
func stateFolder(getenv func(string) string) string {
	if ours := getenv("STATE_DIRECTORY"); ours != "" { // of systemd, which may name several
		first, _, _ := strings.Cut(ours, ":")
		return first
	}
	if all := cmp.Or(getenv("XDG_STATE_HOME"), getenv("LOCALAPPDATA")); all != "" {
		return filepath.Join(all, "trilat")
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "state", "trilat")
	}
	return ""
}

// service is what only a bot that runs needs to know.
type service struct {
	token string        // "" for the local Discord
	where string        // the store; "" for one that is forgotten at the end, as the local Discord is
	keep  time.Duration // how long answers are remembered; 0: as long as the bot finds right
	model languageModel
}

// service reports all that is wrong in the configuration at once. What the model's service does is logged.
func (c config) service(log *slog.Logger) (service, error) {
	token, badToken := c.token()
	keep, badKeep := c.keep()
	where, badWhere := c.where()
	model, badModel := c.openai.open(log)
	if c.tokenText == "" && c.tokenFile == "" && c.db == "" {
		where, badWhere = "", nil
	}
	return service{token, where, keep, model}, errors.Join(badToken, badWhere, badKeep, badModel)
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

// maxLogDays is ten years.
const maxLogDays = 3650

// keep is how long answers are remembered, 0 when that is not configured.
func (c config) keep() (time.Duration, error) {
	if c.logDays == "" {
		return 0, nil
	}
	days, err := strconv.Atoi(c.logDays)
	if err != nil || days < 1 || days > maxLogDays {
		return 0, fmt.Errorf("LOG_DAYS is %q: give a number of days from 1 to %d", c.logDays, maxLogDays)
	}
	return time.Duration(days) * 24 * time.Hour, nil
}

// where is the store: a file, or the URL of a database.
func (c config) where() (string, error) {
	scheme, _, isURL := strings.Cut(c.db, "://")
	switch {
	case isURL && !onServer(c.db):
		return "", fmt.Errorf("TRILAT_DB begins with %q: give a file, or a URL that begins with postgres://", scheme+"://")
	case c.db != "":
		return c.db, nil
	case c.state != "":
		return filepath.Join(c.state, "trilat.db"), nil
	}
	return "", errors.New("TRILAT_DB is not set, and this computer names no folder for such files: set it to a file")
}

// onServer reports whether a store is a database on a server, rather than a file.
func onServer(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
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

// bot is the bot on the configured folder, with what was remembered; kept is nil where that does not matter. It uses no
// model.
func (c config) bot(kept *store.Store) (*bot.Bot, error) {
	base, err := c.base("")
	if err != nil {
		return nil, err
	}
	return bot.New(bot.Config{Knowledge: base, Store: kept})
}

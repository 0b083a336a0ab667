package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"trilat/bot"
	"trilat/bot/discord"
	"trilat/bot/store"
)

// digestCommands are about the daily digest of a server.
type digestCommands struct {
	Preview digestPreviewCommand `cmd:"" help:"Print what a server's daily digest would say now."`
	Status  digestStatusCommand  `cmd:"" help:"Print when a server's next digests come, and what became of the last ones."`
	Post    digestPostCommand    `cmd:"" help:"Post the digests that are due, and whatever else is, and end."`
}

func (c *digestCommands) Help() string { return "Example: trilat digest preview" }

// ofServer is a command about the digest of one server.
type ofServer struct {
	Server string `placeholder:"ID" help:"The server; needed only where several have a digest."`
	JSON   bool   `name:"json" help:"Print one JSON object a line."`
}

type digestPreviewCommand struct{ ofServer }

func (c *digestPreviewCommand) Help() string { return "Example: trilat digest preview" }

func (c *digestPreviewCommand) Run(t *tool) error { return c.run(t, "digest preview") }

type digestStatusCommand struct{ ofServer }

func (c *digestStatusCommand) Help() string { return "Example: trilat digest status" }

func (c *digestStatusCommand) Run(t *tool) error { return c.run(t, "digest status") }

// run makes a call of the server's.
func (c ofServer) run(t *tool, command string) error {
	kept, err := t.existing()
	if err != nil {
		return err
	}
	server, err := t.digestOf(kept, c.Server)
	var b *bot.Bot
	if err == nil {
		b, err = t.bot(kept)
	}
	if err == nil {
		err = t.do(b, bot.Call{Command: command, In: bot.Place{Server: server}}, "", c.JSON)
	}
	return errors.Join(err, kept.Close())
}

// digestOf is the server that is meant: the one that is named, or the only one with a digest.
func (t *tool) digestOf(kept *store.Store, named string) (string, error) {
	known, err := kept.Servers(t.ctx)
	if err != nil {
		return "", err
	}
	var with []string
	for _, s := range known {
		switch _, err := kept.Digest(t.ctx, s); {
		case err == nil:
			with = append(with, s)
		case !errors.Is(err, store.ErrNotFound):
			return "", err
		}
	}
	switch {
	case named != "":
		return named, nil
	case len(with) == 0:
		return "", errors.New("no server has a daily digest yet: /digest setup on Discord makes one")
	case len(with) > 1:
		return "", usage{fmt.Errorf("several servers have a daily digest: choose one with --server, of %s", strings.Join(with, ", "))}
	}
	return with[0], nil
}

type digestPostCommand struct{}

func (c *digestPostCommand) Help() string {
	return `For those who would rather have a clock of the computer's start it, such as cron, than a bot that runs all the time. It needs DISCORD_TOKEN. A bot that runs posts by itself.

Example: trilat digest post`
}

func (c *digestPostCommand) Run(t *tool) error {
	log := slog.New(slog.NewTextHandler(t.errs, nil))
	s, err := t.service(log)
	if err != nil {
		return usage{err}
	}
	if s.token == "" {
		return usage{errors.New("DISCORD_TOKEN is not set: without it, nothing can be posted on Discord")}
	}
	if !made(s.where) {
		return fmt.Errorf("no server has a daily digest yet: there is no %s. A bot that runs makes it, at the place that TRILAT_DB names", s.where)
	}
	kept, end, err := memory(t.ctx, s.where, t.now, log)
	if err != nil {
		return err
	}
	defer end()
	if err := ready(t.ctx, kept); err != nil {
		return fmt.Errorf("the store %s does not work at present: %w", named(s.where), err)
	}
	return t.postDue(s, kept, log)
}

// postDue posts what is due and says how much that was.
func (t *tool) postDue(s service, kept *store.Store, log *slog.Logger) error {
	base, err := t.base("")
	if err != nil {
		return unfit{err}
	}
	b, err := bot.New(bot.Config{Knowledge: base, Store: kept, Writing: s.model.until(t.ctx), Keep: s.keep, Limits: limits, Log: log, Now: t.now})
	if err != nil {
		return err
	}
	front, err := discord.New(discord.Config{Token: s.token, API: t.api, Guild: t.guild, Bot: b, Log: log, Now: t.now})
	if err != nil {
		return usage{err}
	}
	posted, err := front.PostDue(t.ctx)
	if posted > 0 || err == nil {
		fmt.Fprintf(t.out, "Posted: %d.\n", posted)
	}
	return err
}

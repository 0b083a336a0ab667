package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"trilat/bot"
	"trilat/bot/discord"
	"trilat/bot/playground"
)

// serveCommand is the bot itself.
type serveCommand struct{}

// limits leave room for somebody who reads fast, and for a server in which many ask at once.
var limits = bot.Limits{Person: 40, Server: 1200}

func (c *serveCommand) Help() string {
	return `With DISCORD_TOKEN it connects to Discord. Without, it starts a local Discord on this computer and prints the address of its page.

Example: trilat serve`
}

func (c *serveCommand) Run(t *tool) error {
	log := slog.New(slog.NewTextHandler(t.errs, nil))
	s, err := t.service(log)
	if err != nil {
		return usage{err}
	}
	base, err := t.base("")
	if err != nil {
		return unfit{err}
	}
	t.tellModel(log, s.model)
	place := discord.Config{Token: s.token, API: t.api, Guild: t.guild, Log: log, Now: t.now}
	var local *playground.Server
	if s.token == "" {
		local = playground.New(playground.Config{})
		place.Token, place.Guild, place.Now = local.Token(), "", local.Now
	}
	kept, end, err := memory(t.ctx, s.where, place.Now, place.Log)
	if err != nil {
		return err
	}
	defer end()
	// The front ends first, then what it works with, and the store last.
	ctx, stop := context.WithCancel(context.WithoutCancel(t.ctx))
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer stop()

	if local != nil {
		if place.API, err = t.local(ctx, &helpers, local); err != nil {
			return err
		}
		if err := setUpLocal(ctx, place.API, kept); err != nil {
			place.Log.Error("the local Discord has no team", "err", err)
		}
	}
	if place.Bot, err = bot.New(bot.Config{Knowledge: base, Store: kept, Writing: s.model.until(t.ctx), Keep: s.keep, Limits: limits, Log: log, Now: place.Now}); err != nil {
		return err
	}
	front, err := discord.New(place)
	if err != nil {
		return usage{err}
	}
	if err := t.maintain(ctx, &helpers, place); err != nil {
		return err
	}
	if err := t.ops(ctx, &helpers, front); err != nil {
		return err
	}
	if err := front.Run(t.ctx); err != nil {
		return unfit{err}
	}
	return nil
}

// maintain reads the folder again when it changes, and has the bot do what is to be done unasked.
func (t *tool) maintain(ctx context.Context, helpers *sync.WaitGroup, place discord.Config) error {
	fresh := make(chan struct{}, 1)
	if t.folder != "" {
		files, err := t.files("")
		if err != nil {
			return err
		}
		w := newWatcher(place.Bot, files, place.Log)
		w.fresh = fresh
		helpers.Go(func() { w.watch(ctx, reloadEvery) })
	}
	helpers.Go(func() { upkeep(ctx, upkeepEvery, fresh, place.Log, place.Bot.Upkeep) })
	return nil
}

// ops serves what those who run the bot watch, if they named an address for it.
func (t *tool) ops(ctx context.Context, helpers *sync.WaitGroup, front *discord.Front) error {
	if t.opsAddr == "" {
		return nil
	}
	listener, err := net.Listen("tcp", t.opsAddr)
	if err != nil {
		return usage{fmt.Errorf("OPS_ADDR %q cannot be used, name an address such as 127.0.0.1:9090: %w", t.opsAddr, err)}
	}
	serve(ctx, helpers, listener, opsHandler(front), func() {})
	return nil
}

// serve answers what comes in on a listener until ctx ends; end ends the connections that last.
func serve(ctx context.Context, helpers *sync.WaitGroup, listener net.Listener, handler http.Handler, end func()) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	helpers.Go(func() {
		<-ctx.Done()
		end()
		server.Close()
	})
	helpers.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // unreachable: nothing else ends a listener on this computer
		}
	})
}

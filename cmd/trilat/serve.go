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

func (c *serveCommand) Help() string {
	return `With DISCORD_TOKEN it connects to Discord. Without, it starts a local Discord on this computer and prints the address of its page.

Example: trilat serve`
}

func (c *serveCommand) Run(t *tool) error {
	token, err := t.token()
	if err != nil {
		return usage{err}
	}
	base, err := t.base("")
	if err != nil {
		return unfit{err}
	}
	// The front ends first, and what it works with after it.
	ctx, stop := context.WithCancel(context.WithoutCancel(t.ctx))
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer stop()

	place := discord.Config{Token: token, API: t.api, Guild: t.guild, Log: slog.New(slog.NewTextHandler(t.errs, nil)), Now: time.Now}
	if token == "" {
		local, address, err := t.local(ctx, &helpers)
		if err != nil {
			return err
		}
		place.Token, place.API, place.Guild, place.Now = local.Token(), address, "", local.Now
	}
	if place.Bot, err = bot.New(bot.Config{Knowledge: base, Now: place.Now}); err != nil {
		return err
	}
	front, err := discord.New(place)
	if err != nil {
		return usage{err}
	}
	if t.folder != "" {
		files, err := t.files("")
		if err != nil {
			return err
		}
		helpers.Go(func() { newWatcher(place.Bot, files, place.Log).watch(ctx, reloadEvery) })
	}
	if err := t.ops(ctx, &helpers, front); err != nil {
		return err
	}
	if err := front.Run(t.ctx); err != nil {
		return unfit{err}
	}
	return nil
}

// localAddress is where the local Discord's page is, unless something else is there already.
const localAddress = "127.0.0.1:8025"

// local starts a Discord on this computer and says where its page is.
func (t *tool) local(ctx context.Context, helpers *sync.WaitGroup) (*playground.Server, string, error) {
	listener, err := net.Listen("tcp", localAddress)
	if err != nil {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, "", fmt.Errorf("start the local Discord: %w", err)
	}
	local := playground.New(playground.Config{})
	serve(ctx, helpers, listener, local, local.Close)
	address := "http://" + listener.Addr().String()
	fmt.Fprintf(t.out, "There is no DISCORD_TOKEN, so this is a Discord of your own, on this computer only.\n\nOpen %s in your browser and type /ask there. Press Ctrl+C here to end it.\n\n", address)
	return local, address, t.out.Flush()
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

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"

	"trilat/bot/playground"
	"trilat/bot/store"
)

// localAddress is where the local Discord's page is, unless something else is there already.
const localAddress = "127.0.0.1:8025"

// local serves a Discord on this computer, says where its page is, and returns that address.
func (t *tool) local(ctx context.Context, helpers *sync.WaitGroup, d *playground.Server) (string, error) {
	listener, err := net.Listen("tcp", localAddress)
	if err != nil {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", fmt.Errorf("start the local Discord: %w", err)
	}
	serve(ctx, helpers, listener, d, d.Close)
	address := "http://" + listener.Addr().String()
	fmt.Fprintf(t.out, "There is no DISCORD_TOKEN, so this is a Discord of your own, on this computer only.\n\nOpen %s in your browser and type /ask there. Press Ctrl+C here to end it.\n\n", address)
	return address, t.out.Flush()
}

// localServer is what the local Discord shows somebody of its server.
type localServer struct {
	Me, Guild       struct{ ID string }
	Roles, Channels []struct{ ID, Name string }
}

// setUpLocal gives the local Discord's server a team, as its owner would, so that the team can be asked at once. One
// that has a team keeps it.
func setUpLocal(ctx context.Context, address string, kept *store.Store) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/local/state?as=ivo", nil)
	if err != nil {
		return fmt.Errorf("ask the local Discord: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask the local Discord: %w", err)
	}
	defer res.Body.Close()
	var s localServer
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
		return fmt.Errorf("understand the local Discord: %w", err)
	}
	u, err := kept.Setup(ctx, s.Guild.ID)
	if err != nil || u.Role != "" {
		return err
	}
	u.By = s.Me.ID
	for _, r := range s.Roles {
		if r.Name == "Team" {
			u.Role = r.ID
		}
	}
	for _, c := range s.Channels {
		if c.Name == "team" {
			u.Channel = c.ID
		}
	}
	return kept.SetUp(ctx, u, store.Actor{User: s.Me.ID, Name: "Ivo"}, "setup")
}

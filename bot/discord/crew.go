package discord

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// lifetime is how long Discord lets an interaction be answered, and how long anything is tried.
const lifetime = 15 * time.Minute

// How many events are worked on at once, and how many may wait for their turn besides.
const (
	maxWorking = 256
	maxWaiting = 4096
)

// crew bounds what is under way, and waits for it at the end.
type crew struct {
	working, inside chan struct{}

	mu     sync.Mutex
	closed bool
	all    sync.WaitGroup
}

func newCrew() *crew {
	return &crew{working: make(chan struct{}, maxWorking), inside: make(chan struct{}, maxWorking+maxWaiting)}
}

// run does a task when its turn comes, with a context that ends with the task's lifetime. It reports false when there is
// too much to do, or nothing more is begun.
func (c *crew) run(ctx context.Context, task func(context.Context)) bool {
	ctx, cancel := context.WithTimeout(ctx, lifetime)
	defer cancel()
	if !c.enter() {
		return false
	}
	defer c.leave()
	select {
	case c.working <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-c.working }()
	task(ctx)
	return true
}

func (c *crew) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	select {
	case c.inside <- struct{}{}:
		c.all.Add(1)
		return true
	default:
		return false
	}
}

func (c *crew) leave() {
	<-c.inside
	c.all.Done()
}

// finish lets nothing more begin and waits for what is under way; after a while it calls stop, which must end it.
func (c *crew) finish(patience time.Duration, stop func()) {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	late := time.AfterFunc(patience, stop)
	defer late.Stop()
	c.all.Wait()
}

// recent remembers the last ids, so that what Discord sends twice is answered once. The zero value remembers none.
type recent struct {
	mu    sync.Mutex
	known map[string]bool
	order [4096]string // a ring
	next  int
}

// first reports whether an id is new, and remembers it.
func (r *recent) first(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[id] {
		return false
	}
	if r.known == nil {
		r.known = make(map[string]bool, len(r.order))
	}
	delete(r.known, r.order[r.next])
	r.order[r.next], r.known[id] = id, true
	r.next = (r.next + 1) % len(r.order)
	return true
}

// self is who the bot is on Discord, which the gateway tells first.
type self struct {
	told              chan struct{}
	once              sync.Once
	user, application string
}

func newSelf() *self { return &self{told: make(chan struct{})} }

func (s *self) learn(ready json.RawMessage) {
	var said struct {
		User        user `json:"user"`
		Application struct {
			ID string `json:"id"`
		} `json:"application"`
	}
	if json.Unmarshal(ready, &said) != nil || said.User.ID == "" {
		return
	}
	s.know(said.User.ID, said.Application.ID)
}

func (s *self) know(user, application string) {
	s.once.Do(func() {
		s.user, s.application = user, application
		close(s.told)
	})
}

// wait returns once it is known who the bot is.
func (s *self) wait(ctx context.Context) error {
	select {
	case <-s.told:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

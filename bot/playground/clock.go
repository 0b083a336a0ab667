package playground

import (
	"slices"
	"sync"
	"time"
)

// clock is the computer's clock plus what it was moved by. Its timers follow it, so that what is due in fifteen minutes
// happens when the clock is moved by that.
type clock struct {
	mu     sync.Mutex
	moved  time.Duration
	timers map[*timer]struct{}
	closed bool
}

// timer runs a function once, when its clock reaches due.
type timer struct {
	due  time.Time
	run  func()
	real *time.Timer
}

func newClock() *clock { return &clock{timers: map[*timer]struct{}{}} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().UTC().Add(c.moved)
}

// offset is what the clock was moved by.
func (c *clock) offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved
}

// after runs f on a goroutine of its own once d has passed, unless the timer is stopped.
func (c *clock) after(d time.Duration, f func()) *timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{due: time.Now().Add(c.moved + d), run: f}
	if c.closed {
		return t
	}
	t.real = time.AfterFunc(d, func() { c.fire(t) })
	c.timers[t] = struct{}{}
	return t
}

// fire runs a timer unless it has been stopped or run.
func (c *clock) fire(t *timer) {
	if c.stop(t) {
		t.run()
	}
}

// stop reports whether it kept the timer from running. A nil timer does not run.
func (c *clock) stop(t *timer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, waiting := c.timers[t]
	if waiting {
		t.real.Stop()
		delete(c.timers, t)
	}
	return waiting
}

// advance moves the clock forward and returns when everything that became due has run, in order.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	c.moved += d
	now := time.Now().Add(c.moved)
	var due []*timer
	for t := range c.timers {
		if t.due.After(now) {
			t.real.Reset(t.due.Sub(now))
		} else {
			due = append(due, t)
		}
	}
	c.mu.Unlock()
	slices.SortFunc(due, func(a, b *timer) int { return a.due.Compare(b.due) })
	for _, t := range due {
		c.fire(t)
	}
}

// close stops every timer, and those that are started later.
func (c *clock) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for t := range c.timers {
		t.real.Stop()
	}
	clear(c.timers)
}

// Package clock is a clock that can be moved forward, with timers that follow it: what is due in fifteen minutes happens
// when the clock is moved by that, before [Clock.Advance] returns. It is the computer's clock until then.
package clock

import (
	"slices"
	"sync"
	"time"
)

// Clock is the computer's clock plus what it was moved by. It may be used by several goroutines.
type Clock struct {
	mu     sync.Mutex
	moved  time.Duration
	timers map[*Timer]struct{}
	closed bool
}

// Timer runs a function once, when its clock reaches a moment.
type Timer struct {
	due  time.Time
	run  func()
	real *time.Timer
}

// New is a clock that has not been moved.
func New() *Clock { return &Clock{timers: map[*Timer]struct{}{}} }

// Now is the time by this clock, in UTC.
func (c *Clock) Now() time.Time { return time.Now().UTC().Add(c.Offset()) }

// Offset is what the clock was moved by.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved
}

// After runs f once d has passed, unless the timer is stopped: on a goroutine of its own, or on that of Advance.
func (c *Clock) After(d time.Duration, f func()) *Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &Timer{due: time.Now().Add(c.moved + d), run: f}
	if c.closed {
		return t
	}
	t.real = time.AfterFunc(d, func() { c.fire(t) })
	c.timers[t] = struct{}{}
	return t
}

// fire runs a timer unless it has been stopped or run.
func (c *Clock) fire(t *Timer) {
	if c.Stop(t) {
		t.run()
	}
}

// Stop reports whether it kept the timer from running. A nil timer does not run.
func (c *Clock) Stop(t *Timer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, waiting := c.timers[t]
	if waiting {
		t.real.Stop()
		delete(c.timers, t)
	}
	return waiting
}

// Advance moves the clock forward and returns when everything that became due has run, in order.
func (c *Clock) Advance(d time.Duration) {
	for _, t := range c.move(d) {
		c.fire(t)
	}
}

// move moves the clock, and lists what is due then.
func (c *Clock) move(d time.Duration) []*Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved += d
	now := time.Now().Add(c.moved)
	var due []*Timer
	for t := range c.timers {
		if t.due.After(now) {
			t.real.Reset(t.due.Sub(now))
		} else {
			due = append(due, t)
		}
	}
	slices.SortFunc(due, func(a, b *Timer) int { return a.due.Compare(b.due) })
	return due
}

// Close stops every timer, and those that are started later.
func (c *Clock) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for t := range c.timers {
		t.real.Stop()
	}
	clear(c.timers)
}

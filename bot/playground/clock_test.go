package playground

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTimersRunInOrderWhenTheClockIsMoved(t *testing.T) {
	c := newClock()
	defer c.close()
	var ran []string
	c.after(2*time.Hour, func() { ran = append(ran, "second") })
	c.after(time.Hour, func() { ran = append(ran, "first") })
	c.after(9*time.Hour, func() { ran = append(ran, "much later") })
	stopped := c.after(time.Hour, func() { ran = append(ran, "stopped") })
	if !c.stop(stopped) || c.stop(stopped) {
		t.Error("a timer stops once")
	}
	c.advance(3 * time.Hour)
	same(t, "ran", ran, []string{"first", "second"})
	if have := c.offset(); have != 3*time.Hour {
		t.Errorf("moved: have %v, want 3h", have)
	}
}

func TestTimersRunByThemselvesSoonerWhenTheClockWasMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock()
		defer c.close()
		began := time.Now()
		ran := make(chan time.Duration, 1)
		c.after(time.Minute, func() { ran <- time.Since(began) })
		c.advance(45 * time.Second)
		if have := <-ran; have != 15*time.Second {
			t.Errorf("ran after %v of the computer's time, want 15s", have)
		}
	})
}

func TestClosedClockRunsNothing(t *testing.T) {
	c := newClock()
	ran := false
	c.after(time.Second, func() { ran = true })
	c.close()
	c.after(time.Second, func() { ran = true })
	c.advance(time.Minute)
	if ran {
		t.Error("a timer ran after close")
	}
}

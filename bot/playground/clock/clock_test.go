package clock

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestTimersRunInOrderWhenTheClockIsMoved(t *testing.T) {
	c := New()
	defer c.Close()
	var ran []string
	c.After(2*time.Hour, func() { ran = append(ran, "second") })
	c.After(time.Hour, func() { ran = append(ran, "first") })
	c.After(9*time.Hour, func() { ran = append(ran, "much later") })
	stopped := c.After(time.Hour, func() { ran = append(ran, "stopped") })
	if !c.Stop(stopped) || c.Stop(stopped) {
		t.Error("a timer stops once")
	}
	c.Advance(3 * time.Hour)
	if want := []string{"first", "second"}; !slices.Equal(ran, want) {
		t.Errorf("ran: have %q, want %q", ran, want)
	}
	if have := c.Offset(); have != 3*time.Hour {
		t.Errorf("moved: have %v, want 3h", have)
	}
}

func TestTimersRunByThemselvesSoonerWhenTheClockWasMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New()
		defer c.Close()
		began := time.Now()
		ran := make(chan time.Duration, 1)
		c.After(time.Minute, func() { ran <- time.Since(began) })
		c.Advance(45 * time.Second)
		if have := <-ran; have != 15*time.Second {
			t.Errorf("ran after %v of the computer's time, want 15s", have)
		}
	})
}

func TestClosedClockRunsNothing(t *testing.T) {
	c := New()
	ran := false
	c.After(time.Second, func() { ran = true })
	c.Close()
	c.After(time.Second, func() { ran = true })
	c.Advance(time.Minute)
	if ran {
		t.Error("a timer ran after Close")
	}
}

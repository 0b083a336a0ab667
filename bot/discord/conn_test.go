package discord

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// Without the deadline, this read waits for ever; without the closing, the goodbye is written.
func TestASilentLineIsClosed(t *testing.T) {
	t.Parallel()
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	l := &line{silence: 50 * time.Millisecond}
	c, err := l.dial(t.Context(), "tcp", mute.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("have %v, want that nothing came", err)
	}
	if _, err := c.Write([]byte("goodbye")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("have %v, want that the line is closed", err)
	}
}

func TestACutLine(t *testing.T) {
	t.Parallel()
	var l line
	l.cut() // there is none yet
	if _, err := l.dial(t.Context(), "tcp", "127.0.0.1:1"); err == nil {
		t.Error("have a connection to where nobody listens")
	}
}

// spy is a connection that tells when it is read from.
type spy struct {
	net.Conn
	during func()
}

func (s spy) Read([]byte) (int, error) {
	s.during()
	return 0, nil
}

func (s spy) SetReadDeadline(time.Time) error { return nil }

func TestALineKnowsWhetherAnybodyListens(t *testing.T) {
	var l line
	check := func(when string, unheard bool) {
		t.Helper()
		if have := l.unheard(); (have > 0) != unheard {
			t.Errorf("%s: unheard for %s", when, have)
		}
	}
	check("before there is a connection", false)
	l.conn = &attentive{Conn: spy{during: func() { check("while somebody reads", false) }}, since: time.Now().Add(-time.Hour)}
	check("before anybody has read", true)
	if _, err := l.conn.Read(nil); err != nil {
		t.Fatal(err)
	}
	l.conn.since = l.conn.since.Add(-time.Second)
	check("after the read", true)
	l.reset()
	check("before the next connection", false)
}

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

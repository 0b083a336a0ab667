// Package socket writes to a websocket so that nobody waits for the other side: what is sent stands in a queue until a
// goroutine that the connection has for it, in [Socket.Write], has written it. It knows how frames are compressed, and
// nothing of what is in them.
package socket

import (
	"bytes"
	"compress/zlib"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Packing is how what is sent is compressed.
type Packing int

// The ways in which frames are compressed.
const (
	Plain    Packing = iota
	Packed           // each frame is a zlib stream of its own
	Streamed         // all frames are one zlib stream
)

// Dropped is the code of an end without a word of farewell.
const Dropped = 1006

const (
	mostWaiting = 100_000          // frames; a client that is further behind is dropped
	patience    = 40 * time.Second // for a client that reads nothing
)

// Socket is the writing half of a websocket. It may be used by several goroutines.
type Socket struct {
	ws   *websocket.Conn
	wake chan struct{}

	mu      sync.Mutex
	packing Packing
	queue   []frame
	ended   bool
	silent  bool
}

// frame is something to send, or, with a code, the end.
type frame struct {
	data   []byte
	code   int
	reason string
}

// New writes to a websocket once [Socket.Write] runs.
func New(ws *websocket.Conn, p Packing) *Socket {
	return &Socket{ws: ws, wake: make(chan struct{}, 1), packing: p}
}

// Send sends data, which is not changed any more, after all that was sent before. It does nothing after the end.
func (s *Socket) Send(data []byte) { s.enqueue(frame{data: data}) }

// End closes the websocket once everything before is sent. A second end does nothing.
func (s *Socket) End(code int, reason string) { s.enqueue(frame{code: code, reason: reason}) }

func (s *Socket) enqueue(f frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.silent && f.code == 0 {
		return
	}
	if len(s.queue) >= mostWaiting {
		f = frame{code: Dropped}
	}
	s.ended = f.code != 0
	s.queue = append(s.queue, f)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Ended reports whether the websocket is to be closed.
func (s *Socket) Ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// Silence lets nothing but the end be sent, or ends that.
func (s *Socket) Silence(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = on
}

// Pack compresses each frame from now on, unless they are compressed as a stream.
func (s *Socket) Pack() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.packing == Plain {
		s.packing = Packed
	}
}

// take is what waits to be sent.
func (s *Socket) take() ([]frame, Packing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.queue
	s.queue = nil
	return list, s.packing
}

// Write sends what is in the queue, and returns after the end or when the client is gone.
func (s *Socket) Write() {
	var z deflater
	for range s.wake {
		list, packing := s.take()
		for _, f := range list {
			if f.code != 0 {
				s.close(f)
				return
			}
			kind, data := z.pack(packing, f.data)
			_ = s.ws.SetWriteDeadline(time.Now().Add(patience))
			if s.ws.WriteMessage(kind, data) != nil {
				_ = s.ws.Close()
				s.End(Dropped, "")
				return
			}
		}
	}
}

// close says farewell, and gives the client a second to read it: a connection that is cut off at once may lose it.
func (s *Socket) close(f frame) {
	if f.code == Dropped {
		_ = s.ws.Close()
		return
	}
	text := websocket.FormatCloseMessage(f.code, f.reason)
	_ = s.ws.WriteControl(websocket.CloseMessage, text, time.Now().Add(time.Second))
	_ = s.ws.SetReadDeadline(time.Now().Add(time.Second))
}

// deflater packs the frames of one connection.
type deflater struct {
	out bytes.Buffer
	zip *zlib.Writer
}

// pack returns the type of the websocket frame and what is in it, which is valid until the next one.
func (z *deflater) pack(p Packing, data []byte) (int, []byte) {
	if p == Plain {
		return websocket.TextMessage, data
	}
	z.out.Reset()
	switch {
	case z.zip == nil:
		z.zip = zlib.NewWriter(&z.out)
	case p == Packed:
		z.zip.Reset(&z.out)
	}
	_, _ = z.zip.Write(data) // into memory
	if p == Packed {
		_ = z.zip.Close()
	} else {
		_ = z.zip.Flush()
	}
	return websocket.BinaryMessage, z.out.Bytes()
}

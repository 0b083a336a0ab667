package conformance

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"time"

	"github.com/gorilla/websocket"
)

// The intents that the checks ask for.
const (
	guilds          = 1 << 0
	guildMessages   = 1 << 9
	guildTyping     = 1 << 11
	directMessages  = 1 << 12
	directReactions = 1 << 13
)

// gate is a connection to the gateway.
type gate struct {
	*desk
	conn    *websocket.Conn
	session string
	seq     any
}

// frame is what the gateway sends.
type frame struct {
	op, seq any
	name    string
	data    any
}

// dial connects, and reads no more than what is sent at once.
func (d *desk) dial(query string) *gate {
	d.Helper()
	address := d.rest("GET /gateway", nil).text("url") + "/?" + query
	conn, resp, err := websocket.DefaultDialer.DialContext(d.Context(), address, nil)
	if err != nil {
		d.Fatal(err)
	}
	_ = resp.Body.Close()
	d.Cleanup(func() { _ = conn.Close() })
	return &gate{desk: d, conn: conn}
}

// connect dials and waits for the hello.
func (d *desk) connect() *gate {
	d.Helper()
	g := d.dial("v=10&encoding=json")
	g.wantOp(10)
	return g
}

// online is a bot that is ready.
func (d *desk) online(intents int) *gate {
	d.Helper()
	g := d.connect()
	g.identify(object{"intents": intents})
	ready := g.await("READY")
	g.session, _ = at(ready, "session_id").(string)
	return g
}

func (g *gate) identify(change object) {
	g.Helper()
	data := object{"token": g.discord.Token(), "intents": guilds, "properties": object{"os": "linux", "browser": "test", "device": "test"}}
	for name, value := range change {
		data[name] = value
	}
	g.send(2, data)
}

func (g *gate) resume(session string, seq any) {
	g.Helper()
	g.send(6, object{"token": g.discord.Token(), "session_id": session, "seq": seq})
}

// leaves breaks the connection off, and returns when the local Discord has noticed.
func (g *gate) leaves() {
	g.Helper()
	events, stop := g.discord.Watch("ana")
	defer stop()
	if err := g.conn.Close(); err != nil {
		g.Fatal(err)
	}
	for e := range events {
		if e.Name == "PRESENCE" {
			return
		}
	}
}

func (g *gate) send(op int, data any) {
	g.Helper()
	if err := g.conn.WriteJSON(object{"op": op, "d": data}); err != nil {
		g.Fatal(err)
	}
}

// patience is for what should come at once; whoever waits as long has lost.
const patience = 10 * time.Second

func (g *gate) read() (frame, error) {
	if err := g.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return frame{}, err
	}
	kind, text, err := g.conn.ReadMessage()
	if err != nil {
		return frame{}, err
	}
	if kind == websocket.BinaryMessage {
		if text, err = g.unpack(text); err != nil {
			return frame{}, err
		}
	}
	v := decode(g.T, text)
	name, _ := at(v, "t").(string)
	if seq := at(v, "s"); seq != nil {
		g.seq = seq
	}
	return frame{at(v, "op"), at(v, "s"), name, at(v, "d")}, nil
}

// unpack inflates a frame that is compressed by itself.
func (g *gate) unpack(packed []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func (g *gate) next() frame {
	g.Helper()
	f, err := g.read()
	if err != nil {
		g.Fatal(err)
	}
	return f
}

// wantOp reads the next frame, which must be of a kind.
func (g *gate) wantOp(op int) frame {
	g.Helper()
	f := g.next()
	same(g.T, "op", f.op, op)
	return f
}

// await reads until an event comes, and returns its data.
func (g *gate) await(name string) any {
	g.Helper()
	for {
		if f := g.next(); f.name == name {
			return f.data
		}
	}
}

// wantClosed reads until the connection is closed, and wants a code.
func (g *gate) wantClosed(code int) {
	g.Helper()
	for {
		_, err := g.read()
		var closed *websocket.CloseError
		switch {
		case errors.As(err, &closed):
			same(g.T, "close code", closed.Code, code)
			return
		case err != nil:
			g.Fatalf("have %v, want close code %d", err, code)
		}
	}
}

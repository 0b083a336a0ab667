package playground

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"trilat/bot/playground/socket"
)

// What the two sides of the gateway say to each other.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opVoice          = 4
	opResume         = 6
	opReconnect      = 7
	opMembers        = 8
	opInvalidSession = 9
	opHello          = 10
	opAck            = 11
)

// Why the gateway closes a connection.
const (
	closeUnknownOp  = 4001
	closeDecode     = 4002
	closeNoIdentify = 4003
	closeToken      = 4004
	closeIdentified = 4005
	closeSequence   = 4007
	closeRate       = 4008
	closeTimeout    = 4009
	closeShard      = 4010
	closeVersion    = 4012
	closeIntents    = 4013
	closeDisallowed = 4014
)

const (
	heartbeat         = 41250 * time.Millisecond
	maxEvent          = 4096 // bytes that a client may send at once
	maxSessions       = 16
	maxReplay         = 500 // events that a session can be sent again
	resumable         = 5 * time.Minute
	privilegedIntents = 1<<1 | 1<<8 | 1<<15
	knownIntents      = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

var closeReasons = map[int]string{
	closeUnknownOp: "Unknown opcode.", closeDecode: "Error while decoding payload.", closeNoIdentify: "Not authenticated.",
	closeToken: "Authentication failed.", closeIdentified: "Already authenticated.", closeSequence: "Invalid seq.",
	closeRate: "You are being rate limited.", closeTimeout: "Session timed out.", closeShard: "Invalid shard.",
	closeVersion: "Invalid API version.", closeIntents: "Invalid intent(s).", closeDisallowed: "Disallowed intent(s).",
}

// session is what outlasts a connection of the bot: the events that it may have missed.
type session struct {
	id      string
	intents int
	shard   [2]int
	seq     int
	replay  [][]byte // the latest events, the last one with the number seq
	late    []byte   // a fault: an event that waits for the next one
	conn    *conn    // nil: gone, and may come back
	gone    time.Time
}

// conn is one websocket connection to the gateway, which the goroutine of its request reads.
type conn struct {
	ws      *websocket.Conn
	out     *socket.Socket
	server  *Server
	session *session // nil before identify
	version int
	alive   func() // is called with every heartbeat of the client
	budget  window // events that the client sent
}

func (s *Server) gatewayURL(r *request) (any, error) {
	return map[string]any{"url": "ws://" + r.Host + "/gateway"}, nil
}

func (s *Server) gatewayBot(r *request) (any, error) {
	limit := map[string]any{"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
	return map[string]any{"url": "ws://" + r.Host + "/gateway", "shards": 1, "session_start_limit": limit}, nil
}

// gateway serves a websocket until it ends.
func (s *Server) gateway(w http.ResponseWriter, r *http.Request) {
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	query := r.URL.Query()
	packing := socket.Plain
	if query.Get("compress") == "zlib-stream" {
		packing = socket.Streamed
	}
	c := &conn{ws: ws, out: socket.New(ws, packing), server: s, version: 10}
	c.alive = c.expect
	if query.Get("v") == "9" {
		c.version = 9
	}
	if !s.admit(c) {
		_ = ws.Close()
		return
	}
	var writer sync.WaitGroup
	writer.Go(c.out.Write)
	c.welcome(query.Get("v"), query.Get("encoding"))
	c.read()
	writer.Wait()
	_ = ws.Close()
	s.leave(c)
}

// admit counts a connection, unless the server is closed.
func (s *Server) admit(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.conns[c] = struct{}{}
	s.running.Add(1)
	return true
}

// leave keeps the session of a connection that has ended, for a while.
func (s *Server) leave(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if c.session != nil && c.session.conn == c {
		c.session.conn, c.session.gone = nil, s.clock.Now()
		s.tellPresence()
	}
	s.running.Done()
}

func (c *conn) welcome(version, encoding string) {
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case version != "" && version != "9" && version != "10":
		c.end(closeVersion)
	case encoding != "" && encoding != "json":
		c.end(closeDecode)
	case !s.faulty("no_hello"):
		c.send(opHello, map[string]any{"heartbeat_interval": heartbeat.Milliseconds(), "_trace": []string{}})
	}
}

// read takes what the client says until it leaves. Who is sent away is not heard any more, but has a moment to leave.
func (c *conn) read() {
	c.expect()
	for {
		kind, data, err := c.ws.ReadMessage()
		var timeout interface{ Timeout() bool }
		switch {
		case errors.As(err, &timeout) && timeout.Timeout():
			c.end(closeTimeout)
			return
		case err != nil:
			c.farewell(err)
			return
		case kind == websocket.BinaryMessage || len(data) > maxEvent:
			c.end(closeDecode)
		default:
			c.handle(data)
		}
	}
}

// expect gives the client until the heartbeat after the next one.
func (c *conn) expect() { _ = c.ws.SetReadDeadline(time.Now().Add(heartbeat * 3 / 2)) }

// farewell ends the connection. Who leaves with 1000 or 1001 does not come back to the session.
func (c *conn) farewell(err error) {
	c.server.mu.Lock()
	forGood := websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway)
	if forGood && c.session != nil && c.session.conn == c {
		delete(c.server.sessions, c.session.id)
	}
	c.server.mu.Unlock()
	c.end(socket.Dropped)
}

// said is an event of the client.
type said struct {
	Op   *int            `json:"op"`
	Data json.RawMessage `json:"d"`
}

func (c *conn) handle(data []byte) {
	if c.out.Ended() {
		return
	}
	var e said
	if json.Unmarshal(data, &e) != nil || e.Op == nil {
		c.end(closeDecode)
		return
	}
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.session != nil && c.budget.take(limit{120, 60}, s.clock.Now()) > 0 {
		c.end(closeRate)
		return
	}
	switch *e.Op {
	case opHeartbeat:
		c.alive()
		if !s.faulty("no_acks") {
			c.send(opAck, nil)
		}
	case opIdentify:
		c.identify(e.Data)
	case opResume:
		c.resume(e.Data)
	case opPresence, opVoice:
		c.identified()
	case opMembers:
		c.members(e.Data)
	default:
		c.end(closeUnknownOp)
	}
}

// identified sends a client away that has not said who it is.
func (c *conn) identified() bool {
	if c.session == nil {
		c.end(closeNoIdentify)
	}
	return c.session != nil
}

// identity is what a client says of itself.
type identity struct {
	Token    string  `json:"token"`
	Compress bool    `json:"compress"`
	Intents  *int    `json:"intents"`
	Shard    *[2]int `json:"shard"`
}

func (c *conn) identify(data []byte) {
	var who identity
	err := json.Unmarshal(data, &who)
	shard := cmp.Or(who.Shard, &[2]int{0, 1})
	switch {
	case err != nil:
		c.end(closeDecode)
	case c.session != nil:
		c.end(closeIdentified)
	case !c.server.isToken(who.Token):
		c.end(closeToken)
	case who.Intents == nil || *who.Intents&^knownIntents != 0:
		c.end(closeIntents)
	case *who.Intents&privilegedIntents != 0:
		c.end(closeDisallowed)
	case shard[0] < 0 || shard[0] >= shard[1]:
		c.end(closeShard)
	case !c.server.refusal(c, false):
		if who.Compress {
			c.out.Pack()
		}
		c.server.start(c, *who.Intents, *shard, who.Shard != nil)
	}
}

// start begins a session: READY, and the guilds one after the other.
func (s *Server) start(c *conn, intents int, shard [2]int, sharded bool) {
	c.session = &session{id: rand.Text(), intents: intents, shard: shard, conn: c}
	s.forgetSessions()
	s.sessions[c.session.id] = c.session
	ready := s.ready(c)
	if sharded {
		ready["shard"] = shard
	}
	c.session.push(s, "READY", encode(ready))
	for _, g := range s.world.joined() {
		if intents&intentGuilds != 0 && c.session.covers(g.id) {
			c.session.push(s, "GUILD_CREATE", encode(s.wholeGuild(g)))
		}
	}
	s.tellPresence()
}

func (s *Server) ready(c *conn) map[string]any {
	guilds := []map[string]any{}
	for _, g := range s.world.joined() {
		if c.session.covers(g.id) {
			guilds = append(guilds, map[string]any{"id": g.id, "unavailable": true})
		}
	}
	return map[string]any{
		"v": c.version, "user": s.world.bot, "guilds": guilds, "session_id": c.session.id, "session_type": "normal",
		"resume_gateway_url": "ws://" + s.host + "/gateway", "application": map[string]any{"id": s.world.app, "flags": 0},
		"private_channels": []any{}, "relationships": []any{}, "user_settings": map[string]any{}, "_trace": []string{},
	}
}

// wholeGuild is a guild with its channels, the open threads that the bot sees, and of its members the bot.
func (s *Server) wholeGuild(g *guild) map[string]any {
	v := g.facts()
	v["joined_at"], v["large"], v["unavailable"], v["member_count"] = founded, false, false, len(g.members)
	v["channels"], v["threads"], v["members"] = g.textChannels(), s.active(g), []*member{g.members[s.world.bot.ID]}
	v["presences"], v["voice_states"], v["stage_instances"] = []any{}, []any{}, []any{}
	v["guild_scheduled_events"], v["soundboard_sounds"] = []any{}, []any{}
	return v
}

// forgetSessions drops those that nobody can come back to, and the longest gone if there are many.
func (s *Server) forgetSessions() {
	now := s.clock.Now()
	var oldest *session
	for id, e := range s.sessions {
		switch {
		case e.conn != nil:
		case now.Sub(e.gone) > resumable:
			delete(s.sessions, id)
		case oldest == nil || e.gone.Before(oldest.gone):
			oldest = e
		}
	}
	if len(s.sessions) >= maxSessions && oldest != nil {
		delete(s.sessions, oldest.id)
	}
}

func (c *conn) resume(data []byte) {
	var want struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int    `json:"seq"`
	}
	err := json.Unmarshal(data, &want)
	e := c.server.sessions[want.Session]
	switch {
	case err != nil:
		c.end(closeDecode)
	case c.session != nil:
		c.end(closeIdentified)
	case !c.server.isToken(want.Token):
		c.end(closeToken)
	case c.server.refusal(c, true):
	case e == nil || e.conn == nil && c.server.clock.Now().Sub(e.gone) > resumable || want.Seq < e.seq-len(e.replay):
		c.send(opInvalidSession, false)
	case want.Seq > e.seq:
		c.end(closeSequence)
	default:
		c.server.takeUp(c, e, want.Seq)
	}
}

// takeUp sends what a session has missed since an event.
func (s *Server) takeUp(c *conn, e *session, seq int) {
	if e.conn != nil {
		e.conn.end(closeTimeout)
	}
	e.conn, c.session = c, e
	for _, data := range e.replay[len(e.replay)-(e.seq-seq):] {
		c.out.Send(data)
	}
	e.push(s, "RESUMED", json.RawMessage(`{"_trace":[]}`))
	s.tellPresence()
}

// members answers a request for members, which needs no intent for one's own and for ids.
func (c *conn) members(data []byte) {
	var want struct {
		Guild json.RawMessage `json:"guild_id"`
		Users json.RawMessage `json:"user_ids"`
		Nonce string          `json:"nonce"`
	}
	if !c.identified() || json.Unmarshal(data, &want) != nil {
		return
	}
	s := c.server
	for _, id := range oneOrMany(want.Guild) {
		g := s.world.guild(id)
		if g == nil {
			continue
		}
		found, missing := []*member{}, []snowflake{}
		for _, u := range oneOrMany(want.Users) {
			if m := g.members[u]; m != nil {
				found = append(found, m)
			} else {
				missing = append(missing, u)
			}
		}
		c.session.push(s, "GUILD_MEMBERS_CHUNK", encode(map[string]any{"guild_id": id, "members": found, "not_found": missing,
			"chunk_index": 0, "chunk_count": 1, "nonce": want.Nonce}))
	}
}

// oneOrMany reads an id or a list of them.
func oneOrMany(data json.RawMessage) []snowflake {
	var one snowflake
	var many []snowflake
	if json.Unmarshal(data, &many) == nil {
		return many
	}
	if json.Unmarshal(data, &one) == nil && one != 0 {
		return []snowflake{one}
	}
	return nil
}

// covers reports whether the events of a guild, or of direct messages, go to the session's shard.
func (e *session) covers(guild snowflake) bool {
	return int(uint64(guild>>22)%uint64(e.shard[1])) == e.shard[0]
}

// push numbers an event, keeps it for a resume, and sends it if the client is there.
func (e *session) push(s *Server, name string, data json.RawMessage) {
	e.seq++
	event := encode(struct {
		Op   int             `json:"op"`
		Seq  int             `json:"s"`
		Type string          `json:"t"`
		Data json.RawMessage `json:"d"`
	}{opDispatch, e.seq, name, data})
	e.replay = append(latest(e.replay, maxReplay), event)
	if e.conn == nil {
		return
	}
	for _, sent := range s.spoil(e, name, event) {
		e.conn.out.Send(sent)
	}
}

func (c *conn) send(op int, data any) {
	c.out.Send(encode(map[string]any{"op": op, "d": data, "s": nil, "t": nil}))
}

// end closes the connection with a code once everything before it is sent.
func (c *conn) end(code int) { c.out.End(code, closeReasons[code]) }

package playground

import (
	"crypto/ed25519"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/bwmarrin/discordgo"
)

// endpoint answers pings and signs of others as a bot does, and interactions with answer.
func endpoint(t *testing.T, key string, answer http.HandlerFunc) string {
	t.Helper()
	public, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !discordgo.VerifyInteraction(r, ed25519.PublicKey(public)) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		answer(w, r)
	}))
	t.Cleanup(web.Close)
	return web.URL
}

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

func TestInteractionsOverHTTP(t *testing.T) {
	r := newRoom(t)
	r.commands()
	key := r.want("200", "GET /applications/@me", nil).text("verify_key")
	pinged := false
	url := endpoint(t, key, func(w http.ResponseWriter, q *http.Request) {
		text := `{"type":1}`
		if pinged {
			text = `{"type":4,"data":{"content":"by HTTP"}}`
		}
		pinged = true
		body(text)(w, q)
	})
	same(t, "endpoint", r.want("200", "PATCH /applications/@me", `{"interactions_endpoint_url":"`+url+`"}`).text("interactions_endpoint_url"), url)

	g := r.online()
	events, stop := r.s.Watch("ana")
	defer stop()
	must(r.s.Run("ana", r.channel("general"), Invocation{Command: "ask"}))(t)
	until(t, events, "MESSAGE_CREATE", "by HTTP")
	same(t, "the gateway tells of the answer alone", at(g.next(), "t"), "MESSAGE_CREATE")

	same(t, "nothing said of it", r.want("200", "PATCH /applications/@me", `{}`).text("interactions_endpoint_url"), url)
	r.want("200", "PATCH /applications/@me", `{"interactions_endpoint_url":null}`)
	g.run("ask", r.channel("general")).callback("204", `{"type":4,"data":{"content":"by gateway"}}`)
}

func TestAnEndpointThatKeepsSilentFails(t *testing.T) {
	r := newRoom(t)
	r.commands()
	asked := make(chan struct{}, 1)
	url := endpoint(t, verifyKey(), func(w http.ResponseWriter, q *http.Request) {
		select {
		case asked <- struct{}{}: // the ping
			body(`{"type":1}`)(w, q)
		default:
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	r.want("200", "PATCH /applications/@me", `{"interactions_endpoint_url":"`+url+`"}`)
	events, stop := r.s.Watch("ana")
	defer stop()
	must(r.s.Run("ana", r.channel("general"), Invocation{Command: "ask"}))(t)
	r.s.Advance(firstWord)
	until(t, events, "INTERACTION", `"state":"failed"`)
}

func TestEndpointsProveThemselves(t *testing.T) {
	r := newRoom(t)
	trusting := httptest.NewServer(body(`{"type":1}`))
	defer trusting.Close()
	for name, url := range map[string]string{
		"takes any signature": trusting.URL,
		"answers no ping":     endpoint(t, verifyKey(), body(`{"type":4}`)),
		"is somewhere else":   "http://example.org/",
		"is not there":        "http://127.0.0.1:1/",
		"is no address":       ":",
	} {
		got := r.want("400/50035", "PATCH /applications/@me", map[string]string{"interactions_endpoint_url": url})
		same(t, name, at(got.body, "errors.interactions_endpoint_url._errors.0.code"), "APPLICATION_INTERACTIONS_ENDPOINT_INVALID")
		r.s.Advance(5e9)
	}
}

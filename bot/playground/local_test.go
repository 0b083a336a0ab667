package playground

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestOnlyThisComputerAndTheOwnPageAreAnswered(t *testing.T) {
	r := newRoom(t)
	host := strings.TrimPrefix(r.url, "http://")
	tests := []struct {
		host string
		head map[string]string
		want int
	}{
		{host, nil, 200}, {"localhost", nil, 200}, {"[::1]:80", nil, 200}, {"[::1]", nil, 200},
		{"example.org", nil, 403}, {"127.0.0.1.example.org", nil, 403}, {"localhost.example.org:80", nil, 403}, {"0.0.0.0", nil, 403},
		{host, map[string]string{"Origin": r.url}, 200}, {host, map[string]string{"Origin": "http://example.org"}, 403},
		{host, map[string]string{"Origin": "null"}, 403}, {host, map[string]string{"Origin": "http://localhost:1"}, 403},
		{host, map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{host, map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200},
		{host, map[string]string{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{host, map[string]string{"Sec-Fetch-Site": "same-origin"}, 200}, {host, map[string]string{"Sec-Fetch-Site": "none"}, 200},
	}
	for _, test := range tests {
		for _, path := range []string{"/local/state?as=ana", "/local/events?as=ana", "/local/requests", "/"} {
			req, err := http.NewRequestWithContext(t.Context(), "GET", r.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = test.host
			for name, value := range test.head {
				req.Header.Set(name, value)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != test.want {
				t.Errorf("%s for %s %v: have %d, want %d", path, test.host, test.head, resp.StatusCode, test.want)
			}
		}
	}
}

func TestNoOtherPageDrivesTheServer(t *testing.T) {
	r := newRoom(t)
	rebound := func(q *http.Request) { q.Host = "example.org" }
	from := func(origin string) func(*http.Request) {
		return func(q *http.Request) { q.Header.Set("Origin", origin) }
	}
	without := func(q *http.Request) {
		q.Header.Set("Sec-Fetch-Site", "cross-site")
		q.Header.Set("Sec-Fetch-Mode", "navigate") // a form that is sent
	}
	asText := func(q *http.Request) { q.Header.Set("Content-Type", "text/plain") }
	body := `{"as":"ana","channel":"` + r.channel("general") + `","content":"hello"}`
	for name, change := range map[string]func(*http.Request){
		"its name leads here": rebound, "another page": from("http://example.org"), "a page without a name": from("null"),
		"another program's page": from("http://localhost:1"), "a form elsewhere": without,
	} {
		for _, route := range []string{"POST /local/say", "POST /local/clock", "POST /local/faults", "DELETE /local/faults"} {
			if have := r.call(route, body, change, asText).status; have != http.StatusForbidden {
				t.Errorf("%s, %s: have %d, want 403", name, route, have)
			}
		}
	}
	same(t, "its own page", r.call("POST /local/say", body, from(r.url), asText).status, 200)
}

func TestNoOtherPageConnectsToTheGateway(t *testing.T) {
	r := newRoom(t)
	address := "ws" + strings.TrimPrefix(r.url, "http") + "/gateway"
	for _, test := range []struct {
		header, value string
		want          int
	}{
		{"Origin", "http://example.org", 403}, {"Origin", "null", 403}, {"Origin", "http://localhost:1", 403},
		{"Host", "example.org", 403}, {"Sec-Fetch-Site", "cross-site", 403},
		{"Origin", r.url, 101}, {"Sec-Fetch-Site", "same-origin", 101},
	} {
		ws, resp, err := websocket.DefaultDialer.Dial(address, http.Header{test.header: {test.value}})
		if resp == nil {
			t.Fatal(err)
		}
		if err == nil {
			ws.Close()
		}
		if resp.StatusCode != test.want {
			t.Errorf("%s %s: have %d, want %d", test.header, test.value, resp.StatusCode, test.want)
		}
	}
}

func TestThePageLoadsNothingFromElsewhere(t *testing.T) {
	r := newRoom(t)
	resp, err := http.Get(r.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	same(t, "policy", resp.Header.Get("Content-Security-Policy"), policy)
	if !strings.HasPrefix(policy, "default-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy: have %s", policy)
	}
	same(t, "kept", resp.Header.Get("Cache-Control"), "no-store")
}

func TestTheStateIsWhatOneSees(t *testing.T) {
	r := newRoom(t)
	r.commands()
	names := func(as string) string {
		got := r.want("200", "GET /local/state?as="+as, nil)
		list := []string{got.text("me.username")}
		for n := 0; at(got.body, "channels."+string(rune('0'+n))) != nil; n++ {
			c := "channels." + string(rune('0'+n))
			list = append(list, got.text(c+".name")+" "+got.text(c+".can_send"))
		}
		return strings.Join(list, ", ")
	}
	same(t, "Ana", names("ana"), "ana, general true, questions true, announcements false, quiet true")
	same(t, "Teuta", names("teuta"), "teuta, general true, questions true, announcements true, team true, quiet true")
	id := r.want("200", "POST /local/dm", `{"as":"ana"}`).text("id")
	same(t, "the same again", r.want("200", "POST /local/dm", `{"as":"ana"}`).text("id"), id)
	same(t, "Ana", names("ana"), "ana, general true, questions true, announcements false, quiet true, trilat true")
	same(t, "commands", r.want("200", "GET /local/state?as=ana", nil).text("commands.0.name"), "ask")
	r.want("404", "GET /local/state?as=nobody", nil)
	r.want("404", "GET /local/messages?as=ana&channel="+r.channel("team"), nil)
	r.want("404", "GET /local/nothing", nil)
}

func TestThePagesRoutesDoWhatTheMethodsDo(t *testing.T) {
	r := newRoom(t)
	r.commands()
	g := r.online()
	general := r.channel("general")
	id := r.want("200", "POST /local/say", `{"as":"ana","channel":"`+general+`","content":"Who?"}`).text("id")
	reply := `{"as":"boris","channel":"` + general + `","content":"Who?","reply_to":"` + id + `","ping":true}`
	same(t, "reply", r.want("200", "POST /local/say", reply).text("mentions.0.username"), "ana")
	a := asked{gate: g}
	begun := func(path, body string) asked {
		id := r.want("202", "POST /local/"+path, body).text("interaction")
		next := a.taken()
		same(t, path, next.id, id)
		return next
	}
	a = begun("run", `{"as":"ana","channel":"`+general+`","command":"ask","options":[{"name":"question","value":"Why?"}]}`)
	same(t, "option", a.data.text("data.options.0.value"), "Why?")
	a.callback("204", buttonMessage)
	b := begun("click", `{"as":"ana","message":"`+a.message()+`","custom_id":"menu","values":["a"]}`)
	b.callback("204", askBack)
	form := begun("submit", `{"as":"ana","interaction":"`+b.id+`","fields":{"what":"this"}}`)
	same(t, "form", form.data.text("data.components.0.components.0.value"), "this")
	target := begun("run", `{"as":"ana","channel":"`+general+`","command":"Ask about this","target":"`+id+`"}`)
	same(t, "target", target.data.text("data.target_id"), id)

	suggested := make(chan response)
	go func() {
		suggested <- r.call("POST /local/suggest", `{"as":"ana","channel":"`+general+`","command":"ask",
			"options":[{"name":"question","value":"W"}],"focused":"question"}`)
	}()
	a.taken().callback("204", `{"type":8,"data":{"choices":[{"name":"Why?","value":"why"}]}}`)
	got := <-suggested
	same(t, "suggested", got.text("choices.0.value"), "why")
	r.want("204", "POST /local/speak", `{"as":"ana","language":"hr"}`)
	r.want("400/0", "POST /local/speak", `{"as":"ana","language":"sq"}`)
	r.want("404/0", "POST /local/speak", `{"as":"nobody","language":"hr"}`)
	same(t, "language", r.call("GET /local/state?as=ana", nil).text("languages.mine"), "hr")
	same(t, "language told", begun("run", `{"as":"ana","channel":"`+general+`","command":"ask"}`).data.text("locale"), "hr")
	same(t, "clock", r.want("200", "POST /local/clock", `{"advance_ms":60000}`).text("moved_ms"), 60000)
	r.want("200", "POST /local/clock", `{"advance_ms":-1}`)
	same(t, "never back", r.s.clock.Offset(), time.Minute)
	r.want("404/0", "POST /local/say", `{"as":"ana","channel":"1","content":"x"}`)
	r.want("400/50109", "POST /local/say", `{`)
	all := r.call("GET /local/requests", nil)
	same(t, "log", all.text("requests.0.method", "requests.0.n"), "PUT 1")
	same(t, "log since", r.call("GET /local/requests?since=1", nil).text("requests.0.n"), "2")
}

func TestEventsAreStreamed(t *testing.T) {
	r := newRoom(t)
	r.want("404", "GET /local/events?as=nobody", nil)
	resp, err := http.Get(r.url + "/local/events?as=ana")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() string {
		for lines.Scan() {
			if lines.Text() != "" {
				return lines.Text()
			}
		}
		return "the end"
	}
	same(t, "greeting", next(), ": here")
	r.says("ana", r.channel("general"), "hello")
	same(t, "event", next(), "event: MESSAGE_CREATE")
	data, found := strings.CutPrefix(next(), "data: ")
	if !found || at([]byte(data), "content") != "hello" {
		t.Errorf("data: have %s", data)
	}
	r.s.Close()
	same(t, "after Close", next(), "the end")
	r.want("503", "GET /local/events?as=ana", nil)
}

func TestTheLogKeepsTheLatest(t *testing.T) {
	for requests, want := range map[int]string{3: "[18 19 20]", -1: "[]"} {
		s := New(Config{Requests: requests})
		defer s.Close()
		for range 20 {
			s.note(Exchange{})
		}
		have := []int{}
		for _, e := range s.Requests() {
			have = append(have, e.N)
		}
		same(t, "kept", have, want)
		if most := 2 * max(1, requests); len(s.exchanges) > most {
			t.Errorf("in memory: have %d, want at most %d", len(s.exchanges), most)
		}
	}
}

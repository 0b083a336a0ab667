package discord

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"trilat/bot/playground"
)

func TestChecks(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	said := func() map[string]Finding {
		all := map[string]Finding{}
		for _, f := range d.front.Check(t.Context()) {
			all[f.Name] = f
		}
		return all
	}
	all := said()
	for _, name := range []string{"token", "application", "intents", "invite", "commands", "server Adriatic Desk", "clock"} {
		if f, ok := all[name]; !ok || f.Fix != "" || f.Said == "" {
			t.Errorf("%s: have %+v", name, f)
		}
	}
	if link := all["invite"].Said; !strings.HasSuffix(link, "&permissions=309237746688") || !strings.Contains(link, "client_id="+d.front.self.application) {
		t.Errorf("the invitation is %s", link)
	}
	now := d.front.rest.now
	d.front.rest.now = func() time.Time { return now().Add(-time.Hour) }
	if f := said()["clock"]; f.Fix == "" {
		t.Errorf("a clock that is an hour slow: have %+v", f)
	}
	d.breakdown(playground.Fault{Kind: "status", Match: "GET */users/@me", Status: http.StatusUnauthorized})
	if f := said()["token"]; !strings.Contains(f.Fix, "token") {
		t.Errorf("a wrong token: have %+v", f)
	}
}

// Rights are made of those of the roles, then what the channel says about everyone, about the roles, and about the member.
func TestRightsInAChannel(t *testing.T) {
	const view, send, admin = rights(1 << 10), rights(1 << 11), rights(1 << 3)
	type over = struct {
		ID    string `json:"id"`
		Allow rights `json:"allow"`
		Deny  rights `json:"deny"`
	}
	tests := []struct {
		name  string
		role  rights
		overs []over
		want  rights
	}{
		{"by the roles", send, nil, view | send},
		{"denied to everyone", send, []over{{ID: "everyone", Deny: send}}, view},
		{"denied to everyone, allowed to the role", 0, []over{{ID: "role", Allow: send}, {ID: "everyone", Deny: send}}, view | send},
		{"allowed to the role, denied to the member", 0, []over{{ID: "me", Deny: send}, {ID: "role", Allow: send}}, view},
		{"of no concern", 0, []over{{ID: "other", Deny: view}}, view},
		{"an administrator", admin, []over{{ID: "everyone", Deny: view}}, view | admin},
	}
	for _, tt := range tests {
		s := server{ID: "everyone"}
		for id, may := range map[string]rights{"everyone": view, "role": tt.role, "other": 1} {
			s.Roles = append(s.Roles, struct {
				ID          string `json:"id"`
				Permissions rights `json:"permissions"`
			}{id, may})
		}
		if have := s.rights(serverChannel{Overwrites: tt.overs}, "me", []string{"role"}); have != tt.want {
			t.Errorf("%s: have %b, want %b", tt.name, have, tt.want)
		}
	}
	if have := (view | send).missing(); len(have) != 4 || have[0] != "Send Messages in Threads" {
		t.Errorf("have %q", have)
	}
	if have := admin.missing(); len(have) != 0 {
		t.Errorf("an administrator lacks %q", have)
	}
}

// Every fault has its fix, and one fault does not hide the others.
func TestEveryFaultThatIsFoundHasAFix(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path, answer string // what one request is answered with; "" is a refusal
		finding, said, fix string
	}{
		{"a refusal", "users/@me", "", "token", "403", "Developer Portal"},
		{"no application", "applications/@me", "", "application", "403", "Developer Portal"},
		{"interactions go elsewhere", "applications/@me", `{"id":"2","name":"trilat","interactions_endpoint_url":"https://a.example"}`, "application", "a.example", "Clear"},
		{"commands are refused", "applications/2/commands", "", "commands", "403", "Invite"},
		{"other commands", "applications/2/commands", `[]`, "commands", "not those", "Start the bot"},
		{"servers are refused", "users/@me/guilds", "", "servers", "403", "Developer Portal"},
		{"no servers", "users/@me/guilds", `[]`, "servers", "none", "Invite"},
		{"a server is refused", "guilds/3", "", "server Desk", "403", "Developer Portal"},
		{"rights are missing", "guilds/3", `{"id":"3","name":"Desk","roles":[{"id":"3","permissions":"3072"}]}`, "server Desk", "#general lacks Send Messages in Threads", "permissions"},
	}
	for _, tt := range tests {
		answers := map[string]string{
			"users/@me":               `{"id":"1","username":"trilat"}`,
			"applications/@me":        `{"id":"2","name":"trilat"}`,
			"applications/2/commands": `[]`,
			"users/@me/guilds":        `[{"id":"3","name":"Desk"}]`,
			"guilds/3":                `{"id":"3","name":"Desk","roles":[{"id":"3","permissions":"8"}]}`,
			"guilds/3/channels":       `[{"id":"4","name":"general","type":0},{"id":"5","name":"quiet","type":0,"permission_overwrites":[{"id":"1","deny":"1024","allow":"0"}]},{"id":"6","name":"Voice","type":2}]`,
			"guilds/3/members/1":      `{"roles":[]}`,
		}
		answers[tt.path] = tt.answer
		r := to(t, func(w http.ResponseWriter, r *http.Request) {
			answer := answers[strings.TrimPrefix(r.URL.Path, "/api/v9/")]
			if answer == "" {
				w.WriteHeader(http.StatusForbidden)
			}
			fmt.Fprint(w, answer)
		})
		f := &Front{rest: r, words: english(t)}
		found := false
		for _, have := range f.Check(t.Context()) {
			if have.Name == tt.finding {
				found = true
				if !strings.Contains(have.Said, tt.said) || !strings.Contains(have.Fix, tt.fix) {
					t.Errorf("%s: have %+v", tt.name, have)
				}
			}
		}
		if !found {
			t.Errorf("%s: there is no finding %q", tt.name, tt.finding)
		}
	}
}

func TestCheckWithoutANetwork(t *testing.T) {
	t.Parallel()
	f, err := New(Config{Token: "t", Bot: library(t), API: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	all := f.Check(ctx)
	if len(all) != 1 || !strings.Contains(all[0].Fix, "HTTPS") {
		t.Errorf("have %+v", all)
	}
}

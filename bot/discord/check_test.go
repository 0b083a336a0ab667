package discord

import (
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

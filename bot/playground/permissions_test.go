package playground

import "testing"

// What each person may do in each channel of the desk: s see, w write, m mention everyone.
func TestPermissionsOfTheDesk(t *testing.T) {
	want := map[string]map[string]string{
		"ana":    {"general": "sw", "announcements": "s", "team": "", "quiet": "sw"},
		"boris":  {"general": "sw", "announcements": "s", "team": "", "quiet": "sw"},
		"teuta":  {"general": "sw", "announcements": "sw", "team": "sw", "quiet": "sw"},
		"ivo":    {"general": "swm", "announcements": "swm", "team": "swm", "quiet": "swm"},
		"trilat": {"general": "sw", "announcements": "sw", "team": "sw", "quiet": ""},
	}
	rights := []struct {
		letter string
		bit    permissions
	}{{"s", mayView}, {"w", maySend}, {"m", mayMentionEveryone}}
	w := newWorld()
	for _, m := range w.desk.members {
		for _, c := range w.desk.channels {
			wanted, listed := want[m.User.Username][c.Name]
			if !listed {
				continue
			}
			have := ""
			for _, right := range rights {
				if w.allowed(m.User, c).has(right.bit) {
					have += right.letter
				}
			}
			if have != wanted {
				t.Errorf("%s in %s: have %q, want %q", m.User.Username, c.Name, have, wanted)
			}
		}
	}
}

func TestOverwritesApplyInOrder(t *testing.T) {
	const everyone, red, blue, me = 1, 2, 3, 4
	m := &member{User: &user{ID: me}, Roles: []snowflake{red, blue}}
	tests := map[string]struct {
		list []overwrite
		want permissions
	}{
		"none":                            {nil, maySend},
		"everyone is denied":              {[]overwrite{{ID: everyone, Deny: maySend}}, 0},
		"a role is allowed what all lack": {[]overwrite{{ID: red, Allow: maySend}, {ID: everyone, Deny: maySend}}, maySend},
		"one role allows over another":    {[]overwrite{{ID: red, Deny: maySend}, {ID: blue, Allow: maySend}}, maySend},
		"a role that is not ours":         {[]overwrite{{ID: 9, Deny: maySend}}, maySend},
		"the member has the last word":    {[]overwrite{{ID: me, Type: 1, Deny: maySend}, {ID: red, Allow: maySend}}, 0},
		"a role with a member's id":       {[]overwrite{{ID: me, Type: 0, Deny: maySend}}, maySend},
	}
	for name, test := range tests {
		if have := overwritten(maySend, test.list, everyone, m); have != test.want {
			t.Errorf("%s: have %d, want %d", name, have, test.want)
		}
	}
}

func TestWhatIsNotSeenIsNotAllowed(t *testing.T) {
	w := newWorld()
	text := &channel{Type: textChannel}
	if have := text.effective(maySend | mayAttach); have != 0 {
		t.Errorf("without View: have %d, want 0", have)
	}
	if text.effective(mayView | mayAttach).has(mayAttach) {
		t.Error("who may not write may not attach")
	}
	stranger := w.newUser("stranger", "")
	for _, c := range w.desk.channels {
		if p := w.allowed(stranger, c); p != 0 {
			t.Errorf("a stranger in %s: have %d, want 0", c.Name, p)
		}
	}
}

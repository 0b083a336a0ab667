package discord

import (
	"slices"
	"testing"
)

// A channel that the bot may not use is found out when somebody names it, not when something is to be said there.
func TestWhatTheBotLacksInAChannel(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	for channel, want := range map[string][]string{
		"general": nil,
		"team":    nil,
		"quiet":   {"View Channel", "Send Messages", "Read Message History"},
	} {
		have, err := d.front.lacks(t.Context(), d.guild, d.channels[channel])
		if err != nil || !slices.Equal(have, want) {
			t.Errorf("#%s: have %q, %v, want %q", channel, have, err, want)
		}
	}
	if _, err := d.front.lacks(t.Context(), d.guild, "1"); err == nil {
		t.Error("no error for a channel that is not there")
	}
}

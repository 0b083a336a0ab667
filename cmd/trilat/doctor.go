package main

import (
	"fmt"

	"trilat/bot"
	"trilat/bot/discord"
)

// doctorCommand looks at everything that must be right for the bot to work.
type doctorCommand struct{}

func (c *doctorCommand) Help() string {
	return `Looks at the texts, the token, the commands, the permissions and the clock, changes nothing, and says of each fault how to mend it.

Example: trilat doctor`
}

func (c *doctorCommand) Run(t *tool) error {
	token, err := t.token()
	if err != nil {
		return usage{err}
	}
	base, err := t.base("")
	if err != nil {
		return err
	}
	t.finding(discord.Finding{Name: "texts", Said: fmt.Sprintf("%s, revision %s", count(len(base.Passages), "passage"), base.Revision)})
	if token == "" {
		t.finding(discord.Finding{Name: "token", Said: "none is set, so trilat starts a local Discord",
			Fix: "for the real one, set DISCORD_TOKEN or DISCORD_TOKEN_FILE to the token from the Developer Portal"})
		return errFaults
	}
	b, err := bot.New(bot.Config{Knowledge: base})
	if err != nil {
		return err
	}
	front, err := discord.New(discord.Config{Token: token, API: t.api, Guild: t.guild, Bot: b})
	if err != nil {
		return usage{err}
	}
	var ill error
	for _, f := range front.Check(t.ctx) {
		t.finding(f)
		if f.Fix != "" {
			ill = errFaults
		}
	}
	return ill
}

// finding prints what was found, and under it what to do about it.
func (t *tool) finding(f discord.Finding) {
	state := "ok   "
	if f.Fix != "" {
		state = "fault"
	}
	fmt.Fprintf(t.out, "%s  %s: %s\n", state, f.Name, f.Said)
	if f.Fix != "" {
		fmt.Fprintf(t.out, "       %s\n", f.Fix)
	}
}

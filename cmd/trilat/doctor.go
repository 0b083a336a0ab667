package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trilat/bot"
	"trilat/bot/discord"
)

// doctorCommand looks at everything that must be right for the bot to work.
type doctorCommand struct{}

func (c *doctorCommand) Help() string {
	return `Looks at the texts, the store, the language model, the token, the commands, the permissions and the clock, and says of each fault how to mend it. It changes nothing on Discord; a store that has no tables yet gets them.

Example: trilat doctor`
}

func (c *doctorCommand) Run(t *tool) error {
	s, err := t.service(nil)
	if err != nil {
		return usage{err}
	}
	base, err := t.base("")
	if err != nil {
		return err
	}
	ill := t.findings(discord.Finding{Name: "texts", Said: fmt.Sprintf("%s, revision %s", count(len(base.Passages), "passage"), base.Revision)})
	if s.where != "" {
		ill = errors.Join(ill, t.findings(storeFinding(t.ctx, s.where)))
	}
	ill = errors.Join(ill, t.findings(modelFinding(t.ctx, s.model, t.openai.hint())))
	if s.token == "" {
		return t.findings(discord.Finding{Name: "token", Said: "none is set, so trilat starts a local Discord",
			Fix: "for the real one, set DISCORD_TOKEN or DISCORD_TOKEN_FILE to the token from the Developer Portal"})
	}
	b, err := bot.New(bot.Config{Knowledge: base})
	if err != nil {
		return err
	}
	front, err := discord.New(discord.Config{Token: s.token, API: t.api, Guild: t.guild, Bot: b})
	if err != nil {
		return usage{err}
	}
	return errors.Join(ill, t.findings(front.Check(t.ctx)...))
}

// modelFinding is what the doctor says of a language model, of which it asks next to nothing.
func modelFinding(ctx context.Context, m languageModel, hint string) discord.Finding {
	f := discord.Finding{Name: "model", Said: "none is used, so answers are the texts' own words"}
	if m.client != nil {
		ctx, stop := context.WithTimeout(ctx, probedWithin)
		defer stop()
		f.Said, f.Fix = m.client.Probe(ctx)
	}
	if hint != "" {
		f.Said += "; " + hint
	}
	return f
}

// probedWithin is how long a model is waited for, which a service on this computer may have to load first.
const probedWithin = time.Minute

// findings prints what was found, and under it what to do about it. It returns errFaults if there is something to do.
func (t *tool) findings(all ...discord.Finding) (ill error) {
	for _, f := range all {
		state := "ok   "
		if f.Fix != "" {
			state, ill = "fault", errFaults
		}
		fmt.Fprintf(t.out, "%s  %s: %s\n", state, f.Name, f.Said)
		if f.Fix != "" {
			fmt.Fprintf(t.out, "       %s\n", f.Fix)
		}
	}
	return ill
}

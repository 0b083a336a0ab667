package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"

	"trilat/bot"
	"trilat/bot/openai"
	"trilat/bot/store"
	"trilat/prompts"
)

// modelConfig is what the environment says of a language model, as it stands there.
type modelConfig struct {
	name, key, address string // OPENAI_MODEL, OPENAI_API_KEY, OPENAI_BASE_URL
	uses               string // OPENAI_USES; "" for all
	priceIn, priceOut  string // OPENAI_PRICE_IN and OUT; "" where prices are not known
	tokens, money      daily  // OPENAI_TOKENS_… and OPENAI_MONEY_…
}

// daily is what may be spent in a day, "" where nobody has said it.
type daily struct{ user, server, day string }

func readModelConfig(getenv func(string) string) modelConfig {
	get := func(name string) string { return strings.TrimSpace(getenv(name)) }
	return modelConfig{
		name: get("OPENAI_MODEL"), key: get("OPENAI_API_KEY"), address: get("OPENAI_BASE_URL"),
		uses: get("OPENAI_USES"), priceIn: get("OPENAI_PRICE_IN"), priceOut: get("OPENAI_PRICE_OUT"),
		tokens: daily{get("OPENAI_TOKENS_USER"), get("OPENAI_TOKENS_SERVER"), get("OPENAI_TOKENS_DAY")},
		money:  daily{get("OPENAI_MONEY_USER"), get("OPENAI_MONEY_SERVER"), get("OPENAI_MONEY_DAY")},
	}
}

// How many tokens may be used in a day when nobody says otherwise.
const (
	tokensUser   = 50_000
	tokensServer = 500_000
	tokensDay    = 2_000_000
)

// languageModel is the model that the configuration names. The zero value is none.
type languageModel struct {
	client  *openai.Client
	writing bot.Writing
}

// until is how the model is used until a context ends. What it is writing then is given up at once, so that whoever waits
// for it gets what there is instead.
func (m languageModel) until(end context.Context) bot.Writing {
	w := m.writing
	if m.client != nil {
		w.Model = ending{m.client, end}
	}
	return w
}

// ending is a model that gives up when a context ends.
type ending struct {
	bot.Model
	end context.Context
}

// Complete is that of the model.
func (e ending) Complete(ctx context.Context, p prompts.Prompt, grow func(string)) (prompts.Completion, error) {
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	stop := context.AfterFunc(e.end, func() { giveUp(context.Cause(e.end)) })
	defer stop()
	return e.Model.Complete(ctx, p, grow)
}

// open makes the model ready, or reports all that is wrong with it at once. Nothing of it is looked at when it has no name.
func (c modelConfig) open(log *slog.Logger) (languageModel, error) {
	if c.name == "" {
		return languageModel{}, nil
	}
	client, badClient := openai.New(openai.Config{Model: c.name, Key: c.key, BaseURL: c.address, Log: log})
	uses, badUses := c.used()
	in, out, badPrices := c.prices()
	limits, badLimits := c.limits(in+out > 0)
	if err := errors.Join(badClient, badUses, badPrices, badLimits); err != nil {
		return languageModel{}, err
	}
	return languageModel{client, bot.Writing{Uses: uses, Limits: limits, PriceIn: in, PriceOut: out}}, nil
}

// hint says what is missing where a model was meant to be used, as it seems; "" when nothing is.
func (c modelConfig) hint() string {
	switch {
	case c.name != "":
		return c.smallLimits()
	case c.key == "" && c.address == "":
		return ""
	}
	set := "OPENAI_API_KEY"
	if c.key == "" {
		set = "OPENAI_BASE_URL"
	}
	return set + " is set and OPENAI_MODEL is not: name a model there to use it"
}

// smallLimits names the limits that leave no room for a single text; "" for none.
func (c modelConfig) smallLimits() string {
	var small []string
	for name, text := range map[string]string{"OPENAI_TOKENS_USER": c.tokens.user, "OPENAI_TOKENS_SERVER": c.tokens.server, "OPENAI_TOKENS_DAY": c.tokens.day} {
		if n, err := strconv.Atoi(text); err == nil && n > 0 && n < oneText {
			small = append(small, name)
		}
	}
	if len(small) == 0 {
		return ""
	}
	slices.Sort(small)
	return fmt.Sprintf("%s leaves too little: one text may need %d tokens, and 0 is no limit", strings.Join(small, ", "), oneText)
}

// oneText is about what the model may need to write one text, what it reads included.
const oneText = 6000

// used is what the model is used for.
func (c modelConfig) used() ([]bot.Use, error) {
	if c.uses == "" {
		return bot.Uses(), nil
	}
	var uses []bot.Use
	for name := range strings.SplitSeq(c.uses, ",") {
		use := bot.Use(strings.TrimSpace(name))
		if !slices.Contains(bot.Uses(), use) {
			return nil, fmt.Errorf("OPENAI_USES has %q: give one or several of %s", use, listed(bot.Uses()))
		}
		uses = append(uses, use)
	}
	return uses, nil
}

// listed are uses as people write them.
func listed(uses []bot.Use) string {
	var names []string
	for _, u := range uses {
		names = append(names, string(u))
	}
	return strings.Join(names, ", ")
}

// prices are what a million tokens cost, 0 where that is not known.
func (c modelConfig) prices() (in, out float64, err error) {
	in, badIn := number("OPENAI_PRICE_IN", c.priceIn)
	out, badOut := number("OPENAI_PRICE_OUT", c.priceOut)
	var half error
	if (c.priceIn == "") != (c.priceOut == "") {
		half = errors.New("only one of OPENAI_PRICE_IN and OPENAI_PRICE_OUT is set: give both, what a million tokens cost that the model reads and writes")
	}
	return in, out, errors.Join(badIn, badOut, half)
}

// limits are what may be spent in a day; money only if prices are known.
func (c modelConfig) limits(priced bool) (limits store.Limits, err error) {
	var all []error
	for _, l := range []struct {
		scope         string
		tokens, money string
		usual         int64
		into          *store.Amount
	}{
		{"USER", c.tokens.user, c.money.user, tokensUser, &limits.Person},
		{"SERVER", c.tokens.server, c.money.server, tokensServer, &limits.Server},
		{"DAY", c.tokens.day, c.money.day, tokensDay, &limits.Day},
	} {
		l.into.Tokens = l.usual
		if l.tokens != "" {
			n, err := strconv.ParseInt(l.tokens, 10, 64)
			if err != nil || n < 0 {
				all = append(all, fmt.Errorf("OPENAI_TOKENS_%s is %q: give a number of tokens, such as %d, or 0 for no limit", l.scope, l.tokens, l.usual))
			}
			l.into.Tokens = n
		}
		money, err := number("OPENAI_MONEY_"+l.scope, l.money)
		if err == nil && money > 0 && !priced {
			err = fmt.Errorf("OPENAI_MONEY_%s limits what cannot be counted: set OPENAI_PRICE_IN and OPENAI_PRICE_OUT, too", l.scope)
		}
		all = append(all, err)
		l.into.Micros = int64(math.Ceil(money * 1e6))
	}
	return limits, errors.Join(all...)
}

// maxNumber is more than anything costs.
const maxNumber = 1e9

// number reads an amount of money, 0 where there is none.
func number(name, text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= maxNumber) {
		return 0, fmt.Errorf("%s is %q: give an amount of money as a number, such as 0.15", name, text)
	}
	return n, nil
}

// tellModel logs which model is used for what, or why none is that seems to be wanted.
func (t *tool) tellModel(log *slog.Logger, m languageModel) {
	if hint := t.openai.hint(); hint != "" {
		log.Warn("the language model is hardly used, or not at all", "why", hint)
	}
	if m.client != nil {
		log.Info("a language model is used", "model", m.client.Name(), "for", listed(m.writing.Uses))
	}
}

package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"trilat/bot"
	"trilat/prompts"
)

// writer is a bot with no store that uses the model of the configuration, and what that model does. log hears of what goes
// wrong; nil: nobody does.
func (t *tool) writer(log *slog.Logger) (*bot.Bot, *meter, error) {
	m, err := t.openai.open(log)
	if err != nil {
		return nil, nil, usage{err}
	}
	if m.client == nil {
		return nil, nil, usage{errors.New("--model needs a language model: set OPENAI_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL, as .env.example shows")}
	}
	base, err := t.base("")
	if err != nil {
		return nil, nil, err
	}
	writing := m.until(t.ctx)
	measured := &meter{Model: writing.Model}
	writing.Model = measured
	b, err := bot.New(bot.Config{Knowledge: base, Writing: writing, Log: log})
	return b, measured, err
}

// meter is a model that counts what it does.
type meter struct {
	bot.Model

	mu     sync.Mutex
	calls  int
	used   prompts.Completion // without the text
	claims []string           // the texts of all that were written
	failed []error
}

// Complete is that of the model.
func (m *meter) Complete(ctx context.Context, p prompts.Prompt, grow func(string)) (prompts.Completion, error) {
	done, err := m.Model.Complete(ctx, p, grow)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	m.used.In, m.used.Out = m.used.In+done.In, m.used.Out+done.Out
	for _, c := range prompts.Claims(done.Text) {
		m.claims = append(m.claims, c.Text)
	}
	if err != nil {
		m.failed = append(m.failed, err)
	}
	return done, err
}

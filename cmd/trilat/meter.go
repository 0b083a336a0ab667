package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"trilat/bot"
	"trilat/prompts"
)

// writing calls do with a bot that uses the model of the configuration, and says afterwards why the model did not write, if
// so: answers do without it then.
func (t *tool) writing(do func(*bot.Bot) error) error {
	b, m, err := t.writer()
	if err != nil {
		return err
	}
	err = do(b)
	for _, failed := range m.failed {
		fmt.Fprintf(t.errs, "trilat: %v\n", failed)
	}
	return err
}

// writer is a bot with no store that uses the model of the configuration, and what that model does.
func (t *tool) writer() (*bot.Bot, *meter, error) {
	m, err := t.openai.open(nil)
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
	b, err := bot.New(bot.Config{Knowledge: base, Writing: writing})
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

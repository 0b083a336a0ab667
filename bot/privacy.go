package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"trilat/bot/store"
)

// privacyShow says what is stored about somebody.
func (b *Bot) privacyShow(ctx context.Context, call Call) (Reply, error) {
	r, err := b.store.About(ctx, call.By.ID)
	if err != nil {
		return Reply{}, down(err)
	}
	var lines []string
	for _, kept := range []struct {
		id string
		n  int
	}{
		{"privacy.receipts", len(r.Receipts)}, {"privacy.verdicts", len(r.Verdicts)}, {"privacy.askings", len(r.Askings)},
		{"privacy.answers", len(r.Answers)}, {"privacy.acts", len(r.Acts)}, {"privacy.setup", len(r.SetUp)}, {"privacy.muted", len(r.MutedIn)},
		{"privacy.spent", len(r.Spent)},
	} {
		if kept.n > 0 {
			lines = append(lines, b.words.count(kept.id, kept.n))
		}
	}
	if len(lines) == 0 {
		return b.say(strings.TrimSpace(b.words.Say("privacy.nothing") + " " + b.modelNotice())), nil
	}
	days := int(b.keep.Hours() / 24)
	reply := b.say(strings.TrimSpace(b.words.Say("privacy.head") + items(lines) + "\n" + b.words.count("privacy.rules", days) + " " + b.modelNotice()))
	reply.Actions = []Action{
		{b.words.Say("privacy.export.button"), Call{Command: "privacy export"}},
		{b.words.Say("privacy.forget.button"), Call{Command: "privacy forget"}},
	}
	return reply, nil
}

// privacyExport hands over what is stored about somebody.
func (b *Bot) privacyExport(ctx context.Context, call Call) (Reply, error) {
	r, err := b.store.About(ctx, call.By.ID)
	if err != nil {
		return Reply{}, down(err)
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return Reply{}, fmt.Errorf("write what is stored: %w", err)
	}
	reply := b.say(b.words.Say("privacy.exported"))
	reply.File = &File{Name: "privacy.json", Data: append(data, '\n')}
	return reply, nil
}

// privacyForget asks whether all that is stored about somebody is to be deleted.
func (b *Bot) privacyForget(_ context.Context, _ Call) (Reply, error) {
	reply := b.say(b.words.Say("privacy.sure"))
	reply.Actions = []Action{{b.words.Say("privacy.sure.button"), Call{Command: "forget"}}}
	return reply, nil
}

// forget deletes all that is stored about somebody.
func (b *Bot) forget(ctx context.Context, call Call) (Reply, error) {
	n, err := b.store.Forget(ctx, call.By.ID, func(q store.Question) store.Post { return b.updated(q, "forgotten/"+shortID(call.ID)) })
	if err != nil {
		return Reply{}, down(err)
	}
	b.stir()
	return b.say(b.words.count("privacy.forgotten", n)), nil
}

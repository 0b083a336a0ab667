package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"trilat/bot/store"
	"trilat/prompts"
)

// Model writes what a prompt asks for. It may be used by several goroutines.
type Model interface {
	// Name is how people call it, and what tells what it writes from what another does.
	Name() string
	// Complete returns what the model wrote. grow hears the whole text so far each time that there is more, from one
	// goroutine, and not after Complete has returned; it may be nil.
	Complete(ctx context.Context, p prompts.Prompt, grow func(text string)) (prompts.Completion, error)
}

// Use is something that a model is used for.
type Use string

// The uses of a model.
const (
	Summary     Use = "summary"     // of the passages that answer a question
	Rereading   Use = "rereading"   // of a question that cannot be answered as it stands
	Gist        Use = "gist"        // of a brief
	Opening     Use = "opening"     // lines of a digest
	Translation Use = "translation" // under quotes
)

// Uses are all of them.
func Uses() []Use { return []Use{Summary, Rereading, Gist, Opening, Translation} }

// Writing is how a model is used. The zero Writing is without one.
type Writing struct {
	Model  Model
	Uses   []Use        // nil: all
	Limits store.Limits // what may be spent a day
	// What a million tokens cost that a model reads and writes, in units of money; 0: not known.
	PriceIn, PriceOut float64
}

// writingTime is how long a model may take, whatever happens; afterwards the answer stands as it is.
const writingTime = 20 * time.Second

// How many texts are kept so that nobody has to ask the model again, and for how long.
const (
	maxWritten  = 2000
	writtenTime = 24 * time.Hour
)

// writer has a model write, within its budget, and keeps what it wrote.
type writer struct {
	Writing
	written *otter.Cache[string, prompts.Completion]
	silent  atomic.Int64 // Unix milliseconds until which no digest waits for the model
	failing atomic.Int64 // Unix milliseconds since when it has not written; 0: it did last time
}

func newWriter(w Writing) *writer {
	return &writer{Writing: w, written: otter.Must(&otter.Options[string, prompts.Completion]{
		MaximumSize: maxWritten, ExpiryCalculator: otter.ExpiryWriting[string, prompts.Completion](writtenTime),
	})}
}

// spent reports whether a model did not write because of its budget.
func spent(err error) bool { return errors.Is(err, store.ErrSpent) }

// uses reports whether a model is used for something in a server. At the terminal it is when the call says so.
func (b *Bot) uses(ctx context.Context, call Call, use Use) bool {
	w := b.writer
	if w.Model == nil || w.Uses != nil && !slices.Contains(w.Uses, use) {
		return false
	}
	if call.In.Server == "" {
		return call.By.ID != "" || call.Args["model"] == "true"
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTime)
	defer cancel()
	setup, err := b.setup(ctx, call.In.Server)
	return err == nil && !slices.Contains(setup.ModelOff, string(use))
}

// write has the model write to a prompt; it does so once for all who have the same key and ask at about the same time. grow
// is heard by the first of them only.
func (b *Bot) write(ctx context.Context, call Call, p prompts.Prompt, key string, grow func(string)) (prompts.Completion, error) {
	asked := false
	key = strings.Join([]string{b.writer.Model.Name(), p.Name, p.Version(), key}, "\x00")
	ctx, cancel := outlasting(ctx)
	defer cancel()
	once := otter.LoaderFunc[string, prompts.Completion](func(ctx context.Context, _ string) (prompts.Completion, error) {
		asked = true
		// It gives up before those who wait do, so that they hear of it instead of trying once more.
		end, _ := ctx.Deadline()
		ctx, cancel := context.WithDeadline(ctx, end.Add(-tellingTime))
		defer cancel()
		return b.buy(ctx, call, p, grow)
	})
	done, err := b.writer.written.Get(ctx, key, once)
	for !asked && spent(err) { // who came first had nothing left, which says nothing of others
		done, err = b.writer.written.Get(ctx, key, once)
	}
	if err == nil && !asked && b.store != nil && call.ID != "" {
		ctx, cancel := context.WithTimeout(ctx, memoryTime)
		defer cancel()
		if err := b.store.Saved(ctx, spender(call)); err != nil {
			b.ails(fmt.Errorf("note that a call of the model was saved: %w", err))
		}
	}
	return done, err
}

// outlasting is ctx for as long as a model may take, and no longer than until its deadline, but also when it is cancelled: who
// came first may go away while others wait.
func outlasting(ctx context.Context) (context.Context, context.CancelFunc) {
	free := context.WithoutCancel(ctx)
	if end, limited := ctx.Deadline(); limited && time.Until(end) < writingTime {
		return context.WithDeadline(free, end)
	}
	return context.WithTimeout(free, writingTime)
}

// tellingTime is how much earlier than all who wait for it a call of the model gives up.
const tellingTime = 200 * time.Millisecond

// buy has the model write, if the budget allows: what it may cost at most is reserved before, and corrected afterwards.
func (b *Bot) buy(ctx context.Context, call Call, p prompts.Prompt, grow func(string)) (prompts.Completion, error) {
	most := prompts.Completion{In: prompts.Tokens(p.System) + prompts.Tokens(p.User) + prompts.Tokens(string(p.Schema)), Out: p.Limit}
	var held store.Reservation
	if b.store != nil && call.ID != "" {
		var err error
		if held, err = b.reserve(ctx, call, b.writer.cost(most)); err != nil {
			return prompts.Completion{}, err
		}
	}
	done, err := b.writer.Model.Complete(ctx, p, grow)
	if err == nil && !prompts.Readable(done.Text) {
		err = errors.New("the model wrote nothing that can be read")
	}
	if err == nil {
		b.writer.failing.Store(0)
	}
	if err != nil {
		b.writer.failing.CompareAndSwap(0, b.now().UnixMilli())
		b.log.Warn("the model did not write", "prompt", p.Name, "err", err)
		done.In, done.Out = max(done.In, 0), max(done.Out, 0)
	}
	if held != (store.Reservation{}) {
		// The time to write may be over, that to count it is not.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), memoryTime)
		defer cancel()
		if err := b.store.Charge(ctx, held, b.writer.cost(done)); err != nil {
			b.ails(fmt.Errorf("count what the model cost: %w", err))
		}
	}
	return done, err
}

// reserve holds back what a call of the model may cost. What cannot be counted is not spent either.
func (b *Bot) reserve(ctx context.Context, call Call, most store.Amount) (store.Reservation, error) {
	ctx, cancel := context.WithTimeout(ctx, memoryTime)
	defer cancel()
	limits := b.writer.Limits
	if call.In.Server == "" { // direct messages are no server that its people share
		limits.Server = store.Amount{}
	}
	held, err := b.store.Reserve(ctx, spender(call), most, limits)
	if err != nil && !spent(err) {
		b.ails(err)
	}
	return held, err
}

func spender(call Call) store.Spender { return store.Spender{Server: call.In.Server, User: call.By.ID} }

// cost is what tokens cost.
func (w Writing) cost(c prompts.Completion) store.Amount {
	return store.Amount{Tokens: int64(c.In + c.Out), Micros: int64(float64(c.In)*w.PriceIn + float64(c.Out)*w.PriceOut)}
}

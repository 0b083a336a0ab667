package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"trilat/bot/answer"
	"trilat/bot/store"
)

// shortID is made of what it names, so that the same event always gives the same: ten of thirty-two characters, none of
// which is taken for another.
func shortID(of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return idCode.EncodeToString(sum[:])[:10]
}

var idCode = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// storeError is that the store cannot do its work at present, of which people are told in one sentence.
type storeError struct{ error }

func (e *storeError) Unwrap() error { return e.error }

// down marks an error of the store, other than those that say something about what was asked of it.
func down(err error) error {
	for _, known := range []error{nil, store.ErrNotFound, store.ErrClosed, store.ErrAlready, store.ErrChanged} {
		if errors.Is(err, known) {
			return err
		}
	}
	var instead *sorry
	if errors.As(err, &instead) {
		return err
	}
	return &storeError{err}
}

// ails hears of an error of the store, which is logged when it begins.
func (b *Bot) ails(err error) {
	if !b.ailing.Swap(true) {
		b.log.Error("the store fails; questions are answered, and nothing is remembered", "err", err)
	}
}

// well hears that the store did its work.
func (b *Bot) well() {
	if b.ailing.Swap(false) {
		b.log.Info("the store works again")
	}
}

// detail is how an answer came about, as its receipt keeps it.
type detail struct {
	Ref string `json:"ref,omitempty"`
	// Read is the question as a model read it and it was looked up; "" for as it was asked.
	Read      string  `json:"read,omitempty"`
	Score     float64 `json:"score"`
	Threshold float64 `json:"threshold"`
	// Found are the passages that came nearest, best first; Rests those that were quoted.
	Found []foundPassage  `json:"found,omitempty"`
	Rests []restedPassage `json:"rests,omitempty"`
	// Team are the ids of the team's answers that stood below.
	Team []string `json:"team,omitempty"`
	// Draft is what a model had to do with it; nil for nothing.
	Draft *draft `json:"draft,omitempty"`
}

type foundPassage struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"`
}

type restedPassage struct {
	ID string `json:"id"`
	// Print is that of the passage as it was quoted, see [answer.Print].
	Print     string `json:"print"`
	Sentences int    `json:"sentences"`
}

// kept is how many of the passages that were found a receipt names.
const kept = 5

// remember keeps what was answered to a call, and lets the reply say so. An answer that cannot be remembered is given all
// the same.
func (b *Bot) remember(ctx context.Context, a asked, reply Reply) Reply {
	if b.store == nil || a.call.ID == "" || reply.Answer == nil {
		return reply
	}
	return b.keepReceipt(ctx, a, reply, string(reply.Answer.Kind))
}

// toldKind is the kind of receipts of what nobody has just asked, which statistics leave out.
const toldKind = "told"

func (b *Bot) keepReceipt(ctx context.Context, a asked, reply Reply, kind string) Reply {
	ans, call := *reply.Answer, a.call
	id := shortID("answer", call.ID)
	r := store.Receipt{
		ID: id, Server: call.In.Server, Channel: call.In.Channel, By: call.By.ID, At: b.now(), Question: a.text,
		Kind: kind, Topic: a.ed.library.topicOf(ans), Revision: a.ed.base.Revision, Detail: a.detail(ans).write(),
	}
	if err := b.store.Remember(ctx, r); err != nil {
		b.ails(err)
		reply.Note = b.words.Say("receipt.lost")
		return reply
	}
	b.well()
	return b.numbered(reply, id)
}

// numbered is a reply with the id of its receipt.
func (b *Bot) numbered(reply Reply, id string) Reply {
	reply.Receipt, reply.Note = id, b.words.say("receipt.note", map[string]any{"ID": id})
	return reply
}

// detail is how an answer came about.
func (a asked) detail(ans answer.Answer) detail {
	d := detail{Ref: ans.Ref(), Score: ans.Score, Threshold: ans.Threshold}
	if a.q.Text != a.text {
		d.Read = a.q.Text
	}
	for _, h := range a.ed.answers.Search(a.q.Text, kept) {
		d.Found = append(d.Found, foundPassage{h.Passage.ID, h.Score})
	}
	for _, p := range ans.Passages() {
		rests := restedPassage{ID: p.ID, Print: answer.Print(p)}
		for _, st := range ans.Statements {
			if st.Passage == p {
				rests.Sentences++
			}
		}
		d.Rests = append(d.Rests, rests)
	}
	for _, t := range a.team {
		d.Team = append(d.Team, t.ID)
	}
	return d
}

// write is a detail as a receipt keeps it.
func (d detail) write() string {
	data, err := json.Marshal(d)
	if err != nil {
		return "{}" // unreachable: it is made of texts and numbers
	}
	return string(data)
}

// readDetail reads what detail wrote, by this version or another.
func readDetail(text string) (d detail) {
	if json.Unmarshal([]byte(text), &d) != nil {
		return detail{}
	}
	return d
}

// topicOf is the name of the topic that an answer comes from; "" for a refusal.
func (l *library) topicOf(ans answer.Answer) string {
	if quoted := ans.Passages(); len(quoted) > 0 {
		for _, t := range l.topics {
			if t.passages[0].File == quoted[0].File {
				return t.name
			}
		}
	}
	return ""
}

// receipt fetches a receipt for somebody who may see it: its asker, the team, anybody in the server once it was shown
// there, and the terminal.
func (b *Bot) receipt(ctx context.Context, call Call, id string) (store.Receipt, error) {
	none := b.sorry("receipt.none", map[string]any{"ID": shorten(id, MaxChoice)})
	if b.store == nil {
		return store.Receipt{}, none
	}
	r, err := b.store.Receipt(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return r, none
	}
	if err != nil {
		return r, down(err)
	}
	may, err := b.maySee(ctx, call, r)
	if err == nil && !may {
		err = none
	}
	return r, down(err)
}

func (b *Bot) maySee(ctx context.Context, call Call, r store.Receipt) (bool, error) {
	if call.By.ID == "" {
		return true, nil
	}
	if mine, err := b.store.IsBy(ctx, r.ID, call.By.ID); mine || err != nil {
		return mine, err
	}
	if call.In.Server == "" || r.Server != call.In.Server {
		return false, nil
	}
	if len(r.Shown) > 0 {
		return true, nil
	}
	return b.inTeam(ctx, call)
}

// First reports whether an event comes for the first time to any process. When that cannot be found out, it does. An event
// belongs to the process to which it came first: one that is killed before it answers leaves it unanswered, as Discord says
// under the command.
func (b *Bot) First(ctx context.Context, id string) bool {
	if b.store == nil {
		return true
	}
	first, err := b.store.First(ctx, id)
	if err != nil {
		b.ails(err)
		return true
	}
	b.well()
	return first
}

// Shown reports that the reply with a receipt stands where everybody can see it.
func (b *Bot) Shown(ctx context.Context, receipt, channel, message string) {
	if b.store == nil || receipt == "" {
		return
	}
	if err := b.store.Shown(ctx, receipt, store.Message{Channel: channel, ID: message}); err != nil {
		b.ails(fmt.Errorf("note that an answer was shown: %w", err))
	}
}

// setup is how a server is set up.
func (b *Bot) setup(ctx context.Context, server string) (store.Setup, error) {
	if b.store == nil {
		return store.Setup{Server: server}, nil
	}
	u, err := b.store.Setup(ctx, server)
	if err == nil && !u.Left.IsZero() { // it hears of a call there, whatever order the news came in
		err = b.store.Return(ctx, server)
	}
	return u, down(err)
}

// memoryTime is how long an answer waits for the store, which may be stuck rather than failing.
const memoryTime = 3 * time.Second

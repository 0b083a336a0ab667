package bot

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"trilat/bot/store"
	"trilat/knowledge"
)

// shipped is a bot on the folder that it comes with, which the test may edit, in the server of the transcripts.
func shipped(t testing.TB) *conversation {
	t.Helper()
	c := &conversation{files: fstest.MapFS{}, said: map[string][]heard{}, now: time.Date(2027, 3, 9, 20, 0, 0, 0, time.UTC), shut: map[string]bool{}}
	folder := os.DirFS("../knowledge")
	texts, err := fs.Glob(folder, "en/*.md")
	if err != nil {
		t.Fatal(err)
	}
	registries, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(texts, registries...) {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		c.files[name] = &fstest.MapFile{Data: data}
	}
	clock := func() time.Time { return c.now }
	if c.bot, err = New(Config{Knowledge: c.base(t), Store: memory(t, clock), Now: clock}); err != nil {
		t.Fatal(err)
	}
	if err := c.bot.Upkeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *conversation) base(t testing.TB) *knowledge.Base {
	t.Helper()
	base, faults := knowledge.Load(c.files)
	if base == nil {
		t.Fatal(faults.Err())
	}
	return base
}

// newsDay is what happens in a day, before its digest.
type newsDay struct {
	about string
	edits []edit
	said  []string // lines of a transcript
}

// edit replaces a text of a file wherever it stands.
type edit struct{ file, old, new string }

// tenDays are the days whose digests stand in testdata/digest.
var tenDays = []newsDay{
	{about: "Nothing happens."},
	{about: "A date is corrected.", edits: []edit{{"en/glossary.md", "has led in Kosovo since 12 June 1999", "has led in Kosovo since 10 June 1999"}}},
	{about: "A passage is new.", edits: []edit{{"en/glossary.md", "## What is UN Security Council Resolution 1244?", "## What is EUFOR Althea?\n\n" +
		"EUFOR Althea is a peace-support operation that the EU has led in Bosnia and Herzegovina since 2 December 2004.[^S112]\n\n## What is UN Security Council Resolution 1244?"}}},
	{about: "The passage is withdrawn again.", edits: []edit{{"en/glossary.md", "## What is EUFOR Althea?\n\n" +
		"EUFOR Althea is a peace-support operation that the EU has led in Bosnia and Herzegovina since 2 December 2004.[^S112]\n\n", ""}}},
	{about: "What a party claims is reported otherwise.", edits: []edit{{"en/nato.md", "Ilazi sees a group of countries that read", "Ilazi sees nothing but a group of countries that read"}}},
	{about: "Front matter is changed, and white space: nothing that readers see.", edits: []edit{
		{"en/nato.md", "order: 6", "order: 16"}, {"en/nato.md", "said in March 2025 that", "said in March  2025\nthat"}}},
	{about: "A heading is renamed.", edits: []edit{{"en/glossary.md", "## What is SAFE?", "## What is the SAFE instrument?"},
		{"en/glossary.md", "  what-is-safe:", "  what-is-the-safe-instrument:"}}},
	{about: "A busy day: a word is changed in many passages.", edits: []edit{{"en/legal.md", " the declaration ", " the joint declaration "}}},
	{about: "The day on which the declaration was signed."},
	{about: "People have asked the team, and it has answered one of them.", said: []string{
		"ivo: /setup team channel=team role=team",
		"ana: /ask question=Which songs were sung at the ceremony?", "ana: [Ask the team]",
		"boris: /ask question=How much does a loaf of bread cost in Vienna?", "boris: [Ask the team]",
		"teuta: [Answer]", "teuta: (About four euros. | from the team)",
		"ana: /ask question=What is KFOR?", "boris: /ask question=Is NATO part of the declaration?",
	}},
}

// change edits the folder and has it read again.
func (c *conversation) change(t *testing.T, edits []edit) {
	t.Helper()
	for _, e := range edits {
		data := string(c.files[e.file].Data)
		if !strings.Contains(data, e.old) {
			t.Fatalf("%s does not say %q any more: write another edit", e.file, e.old)
		}
		c.files[e.file] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(data, e.old, e.new))}
	}
	c.bot.Reload(c.base(t))
	if err := c.bot.Upkeep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// The digests of ten days, as people see them.
func TestTenDays(t *testing.T) {
	c := shipped(t)
	c.say(t, "ivo: /digest setup channel=desk time=09:00 timezone=Europe/Zagreb role=readers")
	for i, d := range tenDays {
		c.now = time.Date(2027, 3, 10+i, 7, 0, 0, 0, time.UTC)
		c.change(t, d.edits)
		for _, line := range d.said {
			c.say(t, line)
		}
		c.now = c.now.Add(time.Hour)
		file := filepath.Join("testdata", "digest", c.now.Format(time.DateOnly)+".txt")
		golden(t, file, "# "+d.about+"\n\n"+strings.Join(c.posts(t), "\n")+"\n")
	}
}

// What a message has room for beside small print: characters, with the list of sources, and sources.
const (
	longestDigest = 1850
	mostSources   = 8
)

var citation = regexp.MustCompile(`\[(\d+)\]`)

// Any news make a digest that fits one message and whose markers and sources belong together.
func TestDigestFitsOneMessage(t *testing.T) {
	c := shipped(t)
	ed := c.bot.current.Load()
	chance := rand.New(rand.NewPCG(1, 5))
	long, changed := 0, 0
	for range 3000 {
		r := c.bot.digest(ed, anyNews(c.bot, ed, chance))
		n := utf8.RuneCountInString(r.Text)
		for _, s := range r.Sources {
			n += listLength(s.Source)
		}
		long = max(long, n)
		if strings.Contains(r.Text, c.bot.words.Say("digest.changes")) {
			changed++
		}
		if n > longestDigest || len(r.Sources) > mostSources {
			t.Fatalf("have %d characters and %d sources, want at most %d and %d:\n%s", n, len(r.Sources), longestDigest, mostSources, r.Text)
		}
		var cited []string
		for _, m := range citation.FindAllStringSubmatch(r.Text, -1) {
			cited = append(cited, m[1])
		}
		slices.Sort(cited)
		var listed []string
		for _, s := range r.Sources {
			listed = append(listed, strconv.Itoa(s.N))
		}
		if cited = slices.Compact(cited); !slices.Equal(cited, listed) {
			t.Fatalf("cites %q, and lists %q:\n%s", cited, listed, r.Text)
		}
	}
	t.Logf("the longest has %d characters; %d tell of changes", long, changed)
}

// anyNews are news of any kind and number.
func anyNews(b *Bot, ed *edition, chance *rand.Rand) news {
	all := ed.base.Passages
	some := func() *knowledge.Passage { return &all[chance.IntN(len(all))] }
	day := time.Date(2027, 1, 1+chance.IntN(365), 0, 0, 0, 0, time.UTC)
	n := news{date: day, late: chance.IntN(2) == 0, then: ed.base, now: ed.base, today: ed.answers.On(day), ahead: ed.answers.Ahead(day.AddDate(-2, 0, 0), weekAhead)}
	for range []int{0, 1, 2, 8, 30}[chance.IntN(5)] {
		n.changes = append(n.changes, []knowledge.Change{
			{Kind: knowledge.Added, New: some()}, {Kind: knowledge.Withdrawn, Old: some()}, {Kind: knowledge.Changed, Old: some(), New: some()},
		}[chance.IntN(3)])
	}
	if p := some(); chance.IntN(4) > 0 {
		n.shown = p
	}
	for range chance.IntN(4) {
		n.team.Topics = append(n.team.Topics, store.Topic{Name: ed.library.topics[chance.IntN(len(ed.library.topics))].name, Count: chance.IntN(100_000)})
	}
	n.team.Open, n.team.Closed = chance.IntN(100_000), chance.IntN(100_000)
	return n
}

// Whatever a digest shows as worth knowing says who says it, if somebody does.
func TestNoClaimIsShownWithoutItsSpeaker(t *testing.T) {
	c := shipped(t)
	ed := c.bot.current.Load()
	claims := 0
	for i := range ed.base.Passages {
		p := &ed.base.Passages[i]
		if p.Status != knowledge.Claim || len(p.Blocks) == 0 {
			continue
		}
		_, worth, _ := strings.Cut(c.bot.digest(ed, news{shown: p}).Plain, p.Title()+"\n> ")
		first, _, _ := strings.Cut(worth, "\n")
		if claims++; first == "" || !names(first, p.Party) {
			t.Errorf("%s: have %q, want it to name %q", p.ID, first, p.Party)
		}
	}
	if claims == 0 {
		t.Error("have no claims in the folder, want some")
	}
}

// A server sees every passage once before it sees any twice, and no two servers see them in the same order.
func TestEveryPassageIsShownBeforeAnyIsShownAgain(t *testing.T) {
	const days = 400
	l := shipped(t).bot.current.Load().library
	walk := func(server string) (shown []string) {
		for range days {
			shown = append(shown, l.worthKnowing(server, shown).ID)
		}
		return shown
	}
	one, other := walk("one"), walk("other")
	round := slices.Index(one[1:], one[0]) + 1
	if round == 0 {
		round = days
	}
	t.Logf("a round takes %d days or more", round)
	for from := 0; from < days; from += round {
		part := slices.Clone(one[from:min(from+round, days)])
		slices.Sort(part)
		if have := len(slices.Compact(part)); have != min(round, days-from) {
			t.Errorf("from day %d: have %d different passages, want %d", from, have, min(round, days-from))
		}
	}
	if slices.Equal(one, other) {
		t.Error("have the same order in two servers")
	}
}

// BenchmarkPlan plans what 10 000 servers have due at the same minute, and says what a question takes meanwhile.
func BenchmarkPlan(b *testing.B) {
	const servers = 10_000
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		c := shipped(b)
		c.now = time.Date(2027, 3, 10, 8, 0, 0, 0, time.UTC)
		for i := range servers {
			g := store.Digest{Server: strconv.Itoa(i), Channel: "news", Zone: "Europe/Zagreb", Minute: 540, Days: "daily", Next: c.now}
			if err := c.bot.store.SetDigest(b.Context(), g, store.Actor{}, "digest"); err != nil {
				b.Fatal(err)
			}
		}
		planned := make(chan error, 1)
		b.StartTimer()
		go func() { planned <- c.bot.planDigests(b.Context()) }()
		tick := time.NewTicker(5 * time.Millisecond) // 200 questions a second
		for done := false; !done; <-tick.C {
			began := time.Now()
			call := Call{ID: strconv.Itoa(len(took)), Command: "ask", By: person("ana"), In: Place{Server: "desk"}, Args: map[string]string{"question": "Who signed the declaration?"}}
			if _, err := c.bot.Do(b.Context(), call, func(Reply) {}); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
			select {
			case err := <-planned:
				if done = true; err != nil {
					b.Fatal(err)
				}
			default:
			}
		}
		b.StopTimer()
		for i := range servers {
			if d, err := c.bot.store.Delivery(b.Context(), strconv.Itoa(i), "2027-03-10"); err != nil || d.Fate != store.Planned {
				b.Fatalf("server %d: have %+v, %v, want its digest planned", i, d, err)
			}
		}
		b.StartTimer()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "ask-p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "ask-p99-µs")
}

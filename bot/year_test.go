package bot

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
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

	"trilat/bot/schedule"
	"trilat/bot/store"
	"trilat/knowledge"
)

// TestYear lives through a year of digests in twenty-two time zones, with crashes, outages, edits and changes of mind,
// drawn from a seed: no date is posted twice, none is lost, every one that was skipped had a reason, and every edit is
// told once. YEARS is how many seeds are tried; the race detector, under which it takes ten times as long, sees few
// servers. The test's log says what happened in each year.
func TestYear(t *testing.T) {
	seeds, zones := uint64(2), yearZones
	if raced {
		seeds, zones = 1, []string{"Europe/Belgrade", "America/Santiago", "Pacific/Apia"}
	}
	if n, err := strconv.ParseUint(os.Getenv("YEARS"), 10, 32); err == nil {
		seeds = n
	}
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			y := newYear(t, seed, zones)
			y.live()
			for _, s := range y.servers {
				y.checkDates(s)
				y.checkGaps(s)
				y.checkNews(s)
			}
			t.Log(y.counted())
		})
	}
}

// The zones of the servers: clocks that change by an hour, by half of one or not at all, at night or at midnight, in
// either half of the year, by the moon, and once for good.
var yearZones = []string{
	"Europe/Belgrade", "Europe/Tirane", "Europe/London", "Europe/Istanbul", "America/New_York", "America/Santiago", "America/St_Johns",
	"America/Asuncion", "America/Havana", "America/Nuuk", "Australia/Lord_Howe", "Australia/Adelaide", "Asia/Beirut", "Asia/Jerusalem",
	"Asia/Kathmandu", "Asia/Almaty", "Africa/Cairo", "Africa/Casablanca", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "UTC",
}

// In 2024 the clocks of Asuncion changed twice for the last time, and those of Almaty once for good.
var (
	yearBegins = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	yearCalms  = yearBegins.AddDate(1, 0, 0) // nothing goes wrong any more, so that what is owed can be posted
	yearEnds   = yearCalms.AddDate(0, 0, 9)
)

// year is a bot with its servers, the channels that it writes to, and what is still to happen.
type year struct {
	t       *testing.T
	chance  *rand.Rand
	now     time.Time
	where   string
	bot     *Bot
	tells   map[string]int // what the folder says: the number in each sentence, if it is there
	servers []*yearServer
	ahead   []happening // by time
	outages []span      // of the bot
	counts  map[string]int
}

// happening is what happens at a moment, after which the bot does what is due.
type happening struct {
	at time.Time
	do func()
}

// span is a time from one moment until another; without an end it goes on.
type span struct{ from, until time.Time }

func (s span) meets(from, until time.Time) bool {
	return !s.from.After(until) && (s.until.IsZero() || !s.until.Before(from))
}

// yearServer is a server, what stands in its channels, and what its people did.
type yearServer struct {
	id, channel string
	schedule    schedule.Schedule
	version     int // of the schedule
	paused      bool
	inForce     []inForce
	barred      bool
	bars, away  []span
	touched     []time.Time // when somebody changed how it is set up
	messages    []posted
}

// inForce is a schedule and the time when it counted.
type inForce struct {
	schedule.Schedule
	span
}

// posted is a message with a digest.
type posted struct {
	id, channel, date, note, text string
	at                            time.Time
}

func newYear(t *testing.T, seed uint64, zones []string) *year {
	y := &year{t: t, chance: rand.New(rand.NewPCG(seed, 5)), now: yearBegins, where: filepath.Join(t.TempDir(), "trilat.db"),
		tells: map[string]int{}, counts: map[string]int{}}
	for _, thing := range things {
		y.tells[thing.heading] = 1
	}
	y.start(true)
	t.Cleanup(func() { y.bot.store.Close() })
	for i, zone := range zones {
		s := &yearServer{id: fmt.Sprint("server ", i)}
		y.servers = append(y.servers, s)
		y.setUp(s, zone)
		y.planServer(s)
	}
	y.planYear()
	return y
}

// start starts the bot, on a store that is opened anew or that is still open.
func (y *year) start(anew bool) {
	var kept *store.Store
	if !anew {
		kept = y.bot.store
	} else {
		if y.bot != nil {
			y.must(y.bot.store.Close())
		}
		var err error
		kept, err = store.Open(y.t.Context(), store.Config{Where: y.where, Now: y.clock, Alone: true})
		y.must(err)
	}
	var err error
	y.bot, err = New(Config{Knowledge: y.folder(), Store: kept, Now: y.clock})
	y.must(err)
	if y.chance.IntN(2) == 0 {
		y.must(y.bot.Upkeep(y.t.Context()))
	}
	y.later(time.Minute, y.upkeep)
}

// within is a while, up to a longest.
func (y *year) within(longest time.Duration) time.Duration {
	return time.Duration(y.chance.Int64N(int64(longest))).Truncate(time.Second)
}

func (y *year) clock() time.Time { return y.now }

func (y *year) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatalf("%s: %v", y.now.Format(time.RFC3339), err)
	}
}

// down reports whether the bot is not running.
func (y *year) down() bool {
	n := len(y.outages)
	return n > 0 && y.outages[n-1].until.IsZero()
}

func (y *year) upkeep() {
	if !y.down() {
		y.must(y.bot.Upkeep(y.t.Context()))
	}
}

// later has something happen after a while.
func (y *year) later(wait time.Duration, do func()) { y.at(y.now.Add(wait), do) }

func (y *year) at(at time.Time, do func()) {
	i, _ := slices.BinarySearchFunc(y.ahead, at, func(h happening, at time.Time) int {
		return cmp.Or(h.at.Compare(at), -1) // behind what happens at the same moment
	})
	y.ahead = slices.Insert(y.ahead, i, happening{at, do})
}

// live lets everything happen.
func (y *year) live() {
	for len(y.ahead) > 0 && y.ahead[0].at.Before(yearEnds) {
		next := y.ahead[0]
		y.ahead = y.ahead[1:]
		y.now = next.at
		next.do()
		if !y.down() {
			y.post()
		}
	}
	y.now = yearEnds
}

// sometime is a moment of the year.
func (y *year) sometime() time.Time {
	return yearBegins.Add(30*time.Hour + y.within(yearCalms.Sub(yearBegins)-10*24*time.Hour))
}

// planYear draws when the folder is edited and when the bot is away.
func (y *year) planYear() {
	for range 150 {
		y.at(y.sometime(), y.edit)
	}
	for day := yearBegins; day.Before(yearEnds); day = day.AddDate(0, 0, 1) {
		y.at(day, y.upkeep)
	}
	for i := range 30 {
		away := y.within(20 * time.Hour)
		if i%3 == 0 {
			away = y.within(5 * 24 * time.Hour)
		}
		y.at(y.sometime(), func() { y.outage(away) })
	}
	y.at(yearCalms.AddDate(0, 0, 2), y.edit)
}

// outage stops the bot for a while.
func (y *year) outage(away time.Duration) {
	if y.down() || y.now.After(yearCalms) {
		return
	}
	y.counts["outages"]++
	y.outages = append(y.outages, span{from: y.now})
	y.later(away, func() {
		y.outages[len(y.outages)-1].until = y.now
		y.start(true)
	})
}

// planServer draws what the people of a server do.
func (y *year) planServer(s *yearServer) {
	for range 8 {
		y.at(y.sometime(), func() { y.setUp(s, yearZones[y.chance.IntN(len(yearZones))]) })
	}
	for range 4 {
		y.at(y.sometime(), func() { y.pause(s) })
		y.at(y.sometime(), func() { y.ask(s, "digest now", nil) })
		y.at(y.sometime(), func() { y.ask(s, "digest preview", nil) })
		y.at(y.sometime(), func() { y.bar(s) })
	}
	y.at(y.sometime(), func() { y.leave(s) })
	y.at(yearCalms, func() { y.resume(s) })
}

// ask makes a call in a server, if there is a bot to hear it.
func (y *year) ask(s *yearServer, command string, args map[string]string) bool {
	if y.down() || s.gone() {
		return false
	}
	do(y.t, y.bot, Call{Command: command, Args: args, By: person("ivo"), In: Place{Server: s.id, Channel: "general"}})
	if command != "digest preview" {
		s.touched = append(s.touched, y.now)
	}
	return true
}

func (s *yearServer) gone() bool { return len(s.away) > 0 && s.away[len(s.away)-1].until.IsZero() }

// times are when digests are due; many are when clocks change.
var times = []string{"00:00", "00:30", "01:30", "02:00", "02:15", "02:30", "03:00", "09:00", "17:20", "23:00", "23:59"}

func (y *year) setUp(s *yearServer, zone string) {
	clock, days := times[y.chance.IntN(len(times))], []string{"", "", "weekdays", "Tue, Sat"}[y.chance.IntN(4)]
	channel := fmt.Sprintf("channel %d of %s", y.chance.IntN(2), s.id)
	args := map[string]string{"channel": channel, "time": clock, "timezone": zone, "days": days, "quiet": strconv.FormatBool(y.chance.IntN(4) == 0)}
	if !y.ask(s, "digest setup", args) {
		return
	}
	fresh, err := schedule.Parse(clock, zone, days)
	y.must(err)
	s.paused, s.channel = false, channel
	y.counts["set up"]++
	y.force(s, fresh)
}

// force notes that a schedule counts from now on.
func (y *year) force(s *yearServer, fresh schedule.Schedule) {
	s.ends(y.now)
	s.schedule = fresh
	s.version++
	s.inForce = append(s.inForce, inForce{fresh, span{from: y.now}})
	y.due(s)
}

// ends notes that the schedule counts no more.
func (s *yearServer) ends(at time.Time) {
	if n := len(s.inForce); n > 0 && s.inForce[n-1].until.IsZero() {
		s.inForce[n-1].until = at
	}
}

// due has the bot look at the clock when the next digest of a server is due, and then for the one after.
func (y *year) due(s *yearServer) {
	version := s.version
	y.at(s.schedule.Next(y.now, 1)[0].At.UTC(), func() {
		if s.version == version {
			y.due(s)
		}
	})
}

func (y *year) pause(s *yearServer) {
	if s.paused || !y.ask(s, "digest pause", nil) {
		return
	}
	s.paused = true
	s.ends(y.now)
	s.version++
	y.counts["paused"]++
	y.later(y.within(10*24*time.Hour), func() { y.resume(s) })
}

func (y *year) resume(s *yearServer) {
	switch {
	case !s.paused:
	case y.ask(s, "digest resume", nil):
		s.paused = false
		y.force(s, s.schedule)
	default:
		y.later(time.Hour, func() { y.resume(s) })
	}
}

// bar closes the channels of a server to the bot for a while.
func (y *year) bar(s *yearServer) {
	if s.barred {
		return
	}
	s.barred = true
	s.bars = append(s.bars, span{from: y.now})
	y.counts["barred"]++
	y.later(y.within(3*24*time.Hour), func() {
		s.barred = false
		s.bars[len(s.bars)-1].until = y.now
	})
}

// leave removes the bot from a server for a while.
func (y *year) leave(s *yearServer) {
	if y.down() {
		return
	}
	y.must(y.bot.store.Leave(y.t.Context(), s.id))
	s.away = append(s.away, span{from: y.now})
	y.counts["left"]++
	y.later(y.within(4*24*time.Hour), func() { y.back(s) })
}

func (y *year) back(s *yearServer) {
	if y.down() {
		y.later(time.Hour, func() { y.back(s) })
		return
	}
	y.bot.Joined(y.t.Context(), Server{ID: s.id})
	s.away[len(s.away)-1].until = y.now
}

// thing is a passage of the folder with a number in it, so short that a digest has room to quote a change of each.
type thing struct{ heading, sentence string }

var things = []thing{
	{"The clock", "Matija winds it %d times."},
	{"The swans", "A warden counted %d birds."},
	{"The ferry", "Crossing costs %d dinars."},
	{"The well", "Its rope has %d metres."},
	{"The baker", "Bread takes %d minutes."},
	{"The hill", "Shepherds climb %d steps."},
}

// folder is the folder as it is now.
func (y *year) folder() *knowledge.Base {
	text := "---\nkind: topic\nstatus: reported\nas_of: 2024-01-01\n---\n\n# The village\n"
	for _, thing := range things {
		if n, there := y.tells[thing.heading]; there {
			text += "\n## " + thing.heading + "\n\n" + fmt.Sprintf(thing.sentence, n) + "[^V1]\n"
		}
	}
	text += "\n[^V1]: Village of Brezje: “Notes”, 2 May 2024, <https://brezje.example/notes>\n"
	base, faults := knowledge.Load(fstest.MapFS{"en/village.md": &fstest.MapFile{Data: []byte(text)},
		"sources.yaml": &fstest.MapFile{Data: []byte(`V1: {publisher: "Village of Brezje", title: "Notes", url: "https://brezje.example/notes", date: "2 May 2024", lang: en}` + "\n")}})
	if base == nil {
		y.t.Fatal(faults.Err())
	}
	return base
}

// edit changes the folder: a number, back to what it was for one in four, or a passage comes or goes.
func (y *year) edit() {
	y.counts["edits"]++
	heading := things[y.chance.IntN(len(things))].heading
	before, there := y.tells[heading]
	switch {
	case !there:
		y.tells[heading] = y.chance.IntN(1000)
	case y.chance.IntN(8) == 0 && len(y.tells) > 2:
		delete(y.tells, heading)
	default:
		y.tells[heading] = y.chance.IntN(1000)
		if y.chance.IntN(4) == 0 {
			y.later(y.within(40*time.Hour), func() { y.undo(heading, before) })
		}
	}
	y.reload()
}

func (y *year) undo(heading string, before int) {
	if _, there := y.tells[heading]; there {
		y.tells[heading] = before
		y.reload()
	}
}

// reload has the folder read again, and looked at at once or a minute later.
func (y *year) reload() {
	if y.down() {
		return
	}
	y.bot.Reload(y.folder())
	if y.chance.IntN(2) == 0 {
		y.upkeep()
	}
	y.later(time.Minute, y.upkeep)
}

// post sends what is due, until nothing more is or the bot crashes.
func (y *year) post() {
	for {
		posts, err := y.bot.Posts(y.t.Context())
		y.must(err)
		if len(posts) == 0 {
			return
		}
		for _, p := range posts {
			if crashed := y.send(p); crashed {
				y.crash(p)
				return
			}
		}
	}
}

// crash starts the bot again, and what it held is handed out after a while. For one in eight, somebody changes something
// meanwhile, or it does not come back for long.
func (y *year) crash(p Post) {
	y.counts["crashes"]++
	y.start(false)
	y.later(Lease, func() {})
	s := y.server(p.row.Server)
	switch y.chance.IntN(40) {
	case 0:
		y.outage(y.within(5 * 24 * time.Hour))
	case 1:
		y.later(30*time.Second, func() { y.setUp(s, s.schedule.Zone.String()) })
	case 2:
		y.later(30*time.Second, y.edit)
	case 3:
		y.later(30*time.Second, func() { y.pause(s) })
	case 4:
		y.later(30*time.Second, func() { y.ask(s, "digest now", nil) })
	}
}

// send sends a post as a front does, with all that may go wrong.
func (y *year) send(p Post) (crashed bool) {
	if p.row.Kind != store.Daily {
		y.must(y.bot.Posted(y.t.Context(), p, "direct", "word"))
		return false
	}
	s := y.server(p.row.Server)
	fate := y.chance.IntN(20)
	if y.now.After(yearCalms) {
		fate = 0
	}
	if there := s.find(p); there != nil {
		y.counts["found again"]++
		if fate == 1 {
			return true
		}
		y.must(y.bot.Posted(y.t.Context(), p, there.channel, there.id))
		return false
	}
	switch {
	case p.Seek:
		y.report(p, Missing)
	case s.barred:
		y.report(p, Barred)
	case fate == 1: // crashed before
		return true
	case fate == 2: // no answer, and not sent
		y.report(p, Passing)
	case fate == 3: // no answer, though sent
		y.write(s, p)
		y.report(p, Passing)
	case fate == 4: // crashed after
		y.write(s, p)
		return true
	case fate == 5: // reported late, or too late
		m, b := y.write(s, p), y.bot
		y.later(Lease, func() {})
		y.later(Lease/2+y.within(Lease), func() { y.tooLate(b, p, m) })
	default:
		m := y.write(s, p)
		y.must(y.bot.Posted(y.t.Context(), p, m.channel, m.id))
	}
	return false
}

// tooLate reports what somebody else may have reported meanwhile.
func (y *year) tooLate(b *Bot, p Post, m posted) {
	if b != y.bot || y.down() {
		return // It is not there any more to report anything.
	}
	y.counts["reported late"]++
	if err := b.Posted(y.t.Context(), p, m.channel, m.id); !errors.Is(err, store.ErrChanged) {
		y.must(err)
	}
}

// report reports that a post was not sent, and comes back when it is due again.
func (y *year) report(p Post, trouble Trouble) {
	y.counts["not sent"]++
	y.must(y.bot.Unposted(y.t.Context(), p, trouble, errors.New("trouble")))
	y.later(firstWait<<min(p.row.Attempt-1, 20), func() {})
}

func (y *year) server(id string) *yearServer {
	return y.servers[slices.IndexFunc(y.servers, func(s *yearServer) bool { return s.id == id })]
}

// write writes a message.
func (y *year) write(s *yearServer, p Post) posted {
	y.counts["messages"]++
	m := posted{fmt.Sprint("message ", y.counts["messages"]), p.Channel, p.row.Subject, p.Reply.Note, p.Reply.Plain, y.now}
	s.messages = append(s.messages, m)
	return m
}

// find looks for the message that a post has become, as a front does.
func (s *yearServer) find(p Post) *posted {
	for i, m := range s.messages {
		if p.Again && m.channel == p.Channel && m.note == p.Reply.Note && !m.at.Before(p.Since) {
			return &s.messages[i]
		}
	}
	return nil
}

// checkDates finds every date of every schedule while it counted, and the message or the reason that became of it.
func (y *year) checkDates(s *yearServer) {
	messages := map[string]int{}
	for _, m := range s.messages {
		messages[m.date]++
	}
	rows := map[string]store.Delivery{}
	all, err := y.bot.store.Deliveries(y.t.Context(), s.id, 1000)
	y.must(err)
	for _, d := range all {
		rows[d.Date] = d
		y.checkFate(s, d, messages[d.Date])
	}
	for date, n := range messages {
		if n > 1 {
			y.t.Errorf("%s, %s: have %d messages, want one", s.id, date, n)
		}
		if rows[date].Fate != store.Posted {
			y.t.Errorf("%s, %s: have a message, and the digest is %q", s.id, date, rows[date].Fate)
		}
	}
	for _, f := range s.inForce {
		until := f.until
		if until.IsZero() {
			until = y.now.Add(-time.Second)
		}
		for _, run := range f.Between(f.from, until) {
			y.counts["dates"]++
			if _, there := rows[run.Date]; !there {
				y.t.Errorf("%s, %s: nothing became of it; it was due %s by %s %s", s.id, run.Date, run.At.UTC(), f.Clock(), f.Zone)
			}
		}
	}
}

// checkFate checks that what became of a digest had a reason.
func (y *year) checkFate(s *yearServer, d store.Delivery, messages int) {
	y.counts[string(d.Fate)+" "+d.Reason]++
	met := func(spans []span) bool {
		return slices.ContainsFunc(spans, func(sp span) bool { return sp.meets(d.Due, d.Due.Add(grace)) })
	}
	touched := func(within time.Duration) bool {
		return slices.ContainsFunc(s.touched, func(at time.Time) bool { return span{at, at}.meets(d.Due.Add(-within), d.Due.Add(within)) })
	}
	explained := map[string]bool{
		skippedAway: met(y.outages) || met(s.away), skippedBarred: met(s.bars) || touched(grace), skippedMoved: touched(2 * 24 * time.Hour), skippedQuiet: true,
	}
	switch {
	case d.Fate == store.Posted && messages != 1:
		y.t.Errorf("%s, %s: have %d messages of a digest that was posted, want 1", s.id, d.Date, messages)
	case d.Fate == store.Planned:
		y.t.Errorf("%s, %s: it is not posted yet; it was due %s", s.id, d.Date, d.Due)
	case d.Fate == store.Skipped && !explained[d.Reason]:
		y.t.Errorf("%s, %s: skipped for %q, and that was not so; it was due %s", s.id, d.Date, d.Reason, d.Due)
	}
}

// fewHours is how far apart the digests of a server are when nobody changes anything.
const fewHours = 12 * time.Hour

// checkGaps finds digests that came too soon after one another, without anybody having asked for that.
func (y *year) checkGaps(s *yearServer) {
	for i, m := range s.messages {
		if i == 0 {
			continue
		}
		before := s.messages[i-1]
		touched := slices.ContainsFunc(s.touched, func(at time.Time) bool { return span{at, at}.meets(before.at.Add(-24*time.Hour), m.at) })
		if gap := m.at.Sub(before.at); gap < fewHours && !touched {
			y.t.Errorf("%s: the digests of %s and %s came within %s, at %s", s.id, before.date, m.date, gap, m.at)
		}
	}
}

var told = regexp.MustCompile(`(?m)^> (Before|Now): .*?(\d+)`)

// checkNews follows what a server was told of each thing: every message goes on from where the one before left off, and
// the last one says what the folder says.
func (y *year) checkNews(s *yearServer) {
	knows := map[string]int{}
	for _, thing := range things {
		knows[thing.heading] = 1
	}
	for _, m := range s.messages {
		changes, _, _ := strings.Cut(m.text, "\n\nWorth knowing:")
		for part := range strings.SplitSeq(changes, "\n- ") {
			i := slices.IndexFunc(things, func(t thing) bool { return strings.Contains(part, ": "+t.heading+"\n") })
			lines := told.FindAllStringSubmatch(part, -1)
			if i < 0 || len(lines) == 0 {
				continue
			}
			y.counts["changes told"]++
			y.hears(s, m, knows, things[i].heading, lines)
		}
	}
	if !maps.Equal(knows, y.tells) {
		y.t.Errorf("%s: was told %v, and the folder says %v", s.id, knows, y.tells)
	}
}

// hears has a server hear of one change.
func (y *year) hears(s *yearServer, m posted, knows map[string]int, heading string, lines [][]string) {
	was, known := knows[heading]
	delete(knows, heading)
	before := false
	for _, line := range lines {
		n, _ := strconv.Atoi(line[2])
		if line[1] == "Now" {
			knows[heading] = n
			continue
		}
		before = true
		if !known || was != n {
			y.t.Errorf("%s, %s: it says of %q that it was %d, and was told %d (%t) last", s.id, m.date, heading, n, was, known)
		}
	}
	if known && !before {
		y.t.Errorf("%s, %s: it says that %q is new, and was told %d last", s.id, m.date, heading, was)
	}
}

// counted is what happened.
func (y *year) counted() string {
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(y.counts)) {
		lines = append(lines, fmt.Sprintf("%s %d", strings.TrimSpace(what), y.counts[what]))
	}
	return fmt.Sprintf("%d servers: %s", len(y.servers), strings.Join(lines, ", "))
}

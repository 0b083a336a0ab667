package discord

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"trilat/bot"
	"trilat/bot/playground"
	"trilat/knowledge"
)

// TestMain is the bot, alone in its process, when a benchmark starts it as one.
func TestMain(m *testing.M) {
	if api, token, ok := strings.Cut(os.Getenv("TRILAT_BENCH"), " "); ok {
		if err := alone(api, token); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// alone runs a bot with the whole folder until it is told to end, and says when it is ready.
func alone(api, token string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	base, faults := knowledge.Load(os.DirFS("../../knowledge"))
	if base == nil {
		return faults.Err()
	}
	b, err := bot.New(bot.Config{Knowledge: base})
	if err != nil {
		return err
	}
	f, err := New(Config{Token: token, Bot: b, API: api})
	if err != nil {
		return err
	}
	go func() {
		for !f.Ready() && ctx.Err() == nil {
			wait(ctx, time.Millisecond)
		}
		fmt.Println("ready")
	}()
	return f.Run(ctx)
}

// process starts a bot in a process of its own, and returns when it is ready.
func (d *desk) process() *exec.Cmd {
	d.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TRILAT_BENCH="+d.url+" "+d.local.Token())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		d.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		d.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		d.Fatalf("the bot says %q: %v", line, err)
	}
	return cmd
}

// finish ends a bot in a process of its own.
func (d *desk) finish(cmd *exec.Cmd) {
	d.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		d.Fatal(err)
	}
}

// resident is how much memory a process has, in megabytes.
func (d *desk) resident(cmd *exec.Cmd) float64 {
	d.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", cmd.Process.Pid))
	if err != nil {
		d.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	if err != nil {
		d.Fatal(err)
	}
	return float64(pages*os.Getpagesize()) / 1e6
}

// ask asks a question and waits for the answer.
func (d *desk) ask(as string) error {
	events, stop := d.local.Watch(as)
	defer stop()
	if _, err := d.local.Run(as, d.channels["questions"], invocation("ask", "question", "Who signed the declaration?")); err != nil {
		return err
	}
	for e := range events {
		if e.Name == "MESSAGE_CREATE" {
			return nil
		}
	}
	return fmt.Errorf("%s gets no answer", as)
}

// BenchmarkFirstResponse asks fifty questions a second and prints how long the first responses took, from the person's
// key to their screen: the gateway, the answer and the callback.
func BenchmarkFirstResponse(b *testing.B) {
	d := closed(b, nil)
	defer d.finish(d.process())
	var took []time.Duration
	pace := time.NewTicker(time.Second / 50)
	defer pace.Stop()
	for b.Loop() {
		<-pace.C
		since := time.Now()
		if err := d.ask("ana"); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(since))
	}
	slices.Sort(took)
	b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
	b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// BenchmarkMemory asks as many questions as it is told, with -benchtime 100000x for example, as fast as they are
// answered, and prints the bot's memory before, half-way and after.
func BenchmarkMemory(b *testing.B) {
	d := closed(b, nil)
	cmd := d.process()
	defer d.finish(cmd)
	b.ReportMetric(d.resident(cmd), "idle-MB")
	people := []string{"ana", "boris", "teuta", "ivo"}
	half := func() {
		var asking sync.WaitGroup
		for _, as := range people {
			asking.Go(func() {
				for range b.N / 2 / len(people) {
					if err := d.ask(as); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		asking.Wait()
	}
	half()
	b.ReportMetric(d.resident(cmd), "half-MB")
	half()
	b.ReportMetric(d.resident(cmd), "end-MB")
}

// BenchmarkSoak asks as many questions as it is told in direct messages, while one thing after another goes wrong; with
// -benchtime 400x it takes ten minutes. Every question must get one answer, and the bot's memory is printed.
func BenchmarkSoak(b *testing.B) {
	faults := []playground.Fault{
		{Kind: "status", Status: 502, Applied: true, Times: 1, Match: "POST */messages"},
		{Kind: "reconnect"},
		{Kind: "status", Status: 500, Times: 2, Match: "POST */messages"},
		{Kind: "close"},
		{Kind: "reset", Applied: true, Times: 1, Match: "POST */messages"},
		{Kind: "duplicate", Times: 1},
		{Kind: "ratelimit", RetryAfter: 100 * time.Millisecond, Times: 1},
	}
	d := closed(b, nil)
	cmd := d.process()
	defer d.finish(cmd)
	ana := d.watch("ana")
	dm := idOf(b, must(d.local.Direct("ana"))(b))
	answers := map[string]int{} // by the question's id
	for n := 0; b.Loop(); n++ {
		d.breakdown(faults[n%len(faults)])
		q := d.say("ana", dm, "Who signed the declaration?")
		for answers[q.ID] == 0 {
			var m shown
			if err := json.Unmarshal(ana.next("MESSAGE_CREATE", nil), &m); err != nil {
				b.Fatal(err)
			}
			answers[m.Reference.MessageID]++
			if answers[m.Reference.MessageID] > 1 && m.Reference.MessageID != "" {
				b.Errorf("the question %s has %d answers", m.Reference.MessageID, answers[m.Reference.MessageID])
			}
		}
	}
	b.ReportMetric(d.resident(cmd), "end-MB")
}

// BenchmarkReady is from the start of the process to being connected with the commands compared, in one server and in
// many.
func BenchmarkReady(b *testing.B) {
	for name, guilds := range map[string]int{"one": 0, "2500": 2500} {
		b.Run(name, func(b *testing.B) {
			d := closed(b, nil)
			d.local.Populate(guilds)
			most := 0.0
			for b.Loop() {
				cmd := d.process()
				b.StopTimer()
				most = max(most, d.resident(cmd))
				d.finish(cmd)
				b.StartTimer()
			}
			b.ReportMetric(most, "MB")
		})
	}
}

// BenchmarkSuggestions is one key stroke, to the list on the screen.
func BenchmarkSuggestions(b *testing.B) {
	d := closed(b, nil)
	defer d.finish(d.process())
	for b.Loop() {
		if _, err := d.local.Suggest(b.Context(), "ana", d.channels["questions"], invocation("ask", "question", "decl"), "question"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRender writes a long reply.
func BenchmarkRender(b *testing.B) {
	r := reply()
	for range 5 {
		r.Text += "\n" + r.Text
	}
	for b.Loop() {
		if m, _ := render(r, wholeAttached); m.Content == "" {
			b.Fatal("nothing is rendered")
		}
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"trilat/bot/playground"
)

// TestMain lets the test binary be the bot, alone in its process, on the local Discord that a benchmark runs.
func TestMain(m *testing.M) {
	if api := os.Getenv("TRILAT_BENCH_API"); api != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		t := &tool{config: config{tokenText: os.Getenv("TRILAT_BENCH_TOKEN"), api: api}, ctx: ctx, out: bufio.NewWriter(io.Discard), errs: os.Stderr}
		if err := new(serveCommand).Run(t); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(exitFault)
		}
		os.Exit(exitOK)
	}
	os.Exit(m.Run())
}

// bench is the bot in a process of its own, and the Discord that it is connected to.
type bench struct {
	*playground.Server
	channel string
	pid     int
	ready   time.Duration // from the start of the process
	events  <-chan playground.Event
}

// newBench starts the bot on a Discord with so many servers and waits until it is ready.
func newBench(b *testing.B, servers int) *bench {
	b.Helper()
	d := &bench{Server: playground.New(playground.Config{Requests: -1})}
	if servers > 1 {
		d.Populate(servers - 1)
	}
	web := httptest.NewServer(d)
	var stop func()
	d.events, stop = d.Watch("ana")
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "TRILAT_BENCH_API="+web.URL, "TRILAT_BENCH_TOKEN="+d.Token())
	var said bytes.Buffer
	cmd.Stderr = &said
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	d.pid = cmd.Process.Pid
	b.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			b.Errorf("the bot ended with %v and said\n%s", err, said.String())
		}
		stop()
		d.Close()
		web.Close()
	})
	d.await(b, "COMMANDS_UPDATE")
	d.ready = time.Since(start)
	var s state
	local(b, "GET", web.URL+"/local/state?as=ana", nil, &s)
	d.channel = s.channel("questions")
	return d
}

// await takes events until one has a name.
func (d *bench) await(b *testing.B, name string) json.RawMessage {
	b.Helper()
	for e := range d.events {
		if e.Name == name {
			return e.Data
		}
	}
	b.Fatalf("the events ended without %s", name)
	return nil
}

var asked = []string{
	"Who signed the declaration?", "Is it a military alliance?", "What did Vučić say about an arms race?", "Why does Serbia object?",
	"When did Albania and Croatia join NATO?", "Has Bulgaria joined?", "How many tanks does the Croatian army have?", "wen was it signd",
}

// ask has Ana ask the n-th question and returns the interaction.
func (d *bench) ask(b *testing.B, n int) string {
	b.Helper()
	id, err := d.Run("ana", d.channel, playground.Invocation{Command: "ask",
		Options: []playground.Option{{Name: "question", Value: asked[n%len(asked)]}}})
	if err != nil {
		b.Fatal(err)
	}
	return id
}

// answered waits until an interaction has its first response.
func (d *bench) answered(b *testing.B) (interaction string) {
	b.Helper()
	for {
		var what struct{ Interaction, State string }
		if err := json.Unmarshal(d.await(b, "INTERACTION"), &what); err != nil {
			b.Fatal(err)
		}
		switch what.State {
		case "answered":
			return what.Interaction
		case "failed":
			b.Fatal("an interaction was not answered in time")
		}
	}
}

// memory is the resident memory of the bot's process in MB.
func (d *bench) memory(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.pid))
	if err != nil {
		b.Skip("resident memory is read from /proc, which this system lacks")
	}
	kb, err := strconv.ParseFloat(string(regexp.MustCompile(`VmRSS:\s+(\d+)`).FindSubmatch(status)[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1000
}

// BenchmarkFirstResponse sends fifty interactions a second and reports how long the first response takes, from the
// interaction's dispatch by the local Discord until the response has arrived there.
func BenchmarkFirstResponse(b *testing.B) {
	d := newBench(b, 1)
	began := map[string]time.Time{}
	var took []float64
	tick := time.NewTicker(time.Second / 50)
	defer tick.Stop()
	for n := 0; b.Loop(); n++ {
		<-tick.C
		start := time.Now()
		began[d.ask(b, n)] = start
		id := d.answered(b)
		took = append(took, float64(time.Since(began[id]).Microseconds())/1000)
		delete(began, id)
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2], "p50-ms")
	b.ReportMetric(took[len(took)*99/100], "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkStart reports how long it takes from starting the process until the bot is connected and its commands are
// registered, and the memory that it then holds.
func BenchmarkStart(b *testing.B) {
	for _, servers := range []int{1, 2500} {
		b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) {
			var ready, memory float64
			for b.Loop() {
				d := newBench(b, servers)
				ready += float64(d.ready.Milliseconds())
				memory += d.memory(b)
			}
			b.ReportMetric(ready/float64(b.N), "ready-ms")
			b.ReportMetric(memory/float64(b.N), "MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkMemory reports the resident memory after 50 000 and after 100 000 interactions, sixteen under way at a time.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		d := newBench(b, 1)
		b.ReportMetric(d.memory(b), "idle-MB")
		const total, under = 100_000, 16
		for n := range total + under {
			if n < total {
				d.ask(b, n)
			}
			if n >= under {
				d.answered(b)
			}
			if n == total/2 {
				b.ReportMetric(d.memory(b), "50k-MB")
			}
		}
		b.ReportMetric(d.memory(b), "100k-MB")
	}
	b.ReportMetric(0, "ns/op")
}

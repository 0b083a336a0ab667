package discord

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkFirstResponse asks fifty questions a second, one after the other, and prints how long the first responses
// took, from the person's key to their screen: the gateway, the answer and the callback.
func BenchmarkFirstResponse(b *testing.B) {
	d := openQuiet(b)
	events, stop := d.local.Watch("ana")
	defer stop()
	var took []time.Duration
	pace := time.NewTicker(time.Second / 50)
	defer pace.Stop()
	for b.Loop() {
		<-pace.C
		since := time.Now()
		if _, err := d.local.Run("ana", d.channels["questions"], invocation("ask", "question", "When is the library open?")); err != nil {
			b.Fatal(err)
		}
		for e := range events {
			if e.Name == "MESSAGE_CREATE" {
				break
			}
		}
		took = append(took, time.Since(since))
	}
	slices.Sort(took)
	b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
	b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
}

// BenchmarkSuggestions is one key stroke, to the list on the screen.
func BenchmarkSuggestions(b *testing.B) {
	d := openQuiet(b)
	for b.Loop() {
		if _, err := d.local.Suggest(b.Context(), "ana", d.channels["questions"], invocation("ask", "question", "library"), "question"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReady is from the start to being connected with the commands compared, in some servers and in many.
func BenchmarkReady(b *testing.B) {
	for name, guilds := range map[string]int{"one": 0, "2500": 2500} {
		b.Run(name, func(b *testing.B) {
			d := closed(b, nil)
			d.local.Populate(guilds)
			for b.Loop() {
				d.front = d.another(nil)
				d.start()
				d.until("the bot is ready", d.front.Ready)
				b.StopTimer()
				d.stop()
				b.StartTimer()
			}
		})
	}
}

// BenchmarkRender writes a long reply.
func BenchmarkRender(b *testing.B) {
	r := reply()
	for range 5 {
		r.Text += "\n" + r.Text
	}
	for b.Loop() {
		m, _ := render(r, wholeAttached)
		if m.Content == "" {
			b.Fatal("nothing is rendered")
		}
	}
}

func openQuiet(b *testing.B) *desk {
	d := closed(b, nil)
	d.start()
	d.until("the bot is ready", d.front.Ready)
	return d
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

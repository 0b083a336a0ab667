package discord

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// outcome is what became of an event.
type outcome string

const (
	answered          outcome = "answered"
	elsewhereAnswered outcome = "by_message" // the response came too late or was not taken
	foreign           outcome = "elsewhere"  // another process answers it
	lost              outcome = "lost"
)

// figures are what the front counts.
type figures struct {
	registry     *prometheus.Registry
	interactions *prometheus.CounterVec
	firsts       prometheus.Histogram
	requests     *prometheus.CounterVec
	posts        *prometheus.CounterVec
	reconnects   prometheus.Counter
	up           *upGauge
}

func newFigures() *figures {
	f := &figures{
		registry: prometheus.NewRegistry(),
		interactions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "trilat_discord_events_total", Help: "Interactions and messages that were for the bot, by command and what became of them.",
		}, []string{"command", "outcome"}),
		firsts: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "trilat_discord_first_response_seconds", Help: "From an event's arrival to its first response: a promise, for interactions, or whatever is shown of the answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3},
		}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "trilat_discord_requests_total", Help: "Requests to Discord, by route and status; status 0 is no answer.",
		}, []string{"method", "route", "status"}),
		posts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "trilat_discord_posts_total", Help: "Attempts to say what nobody is waiting for, by what became of them.",
		}, []string{"outcome"}),
		reconnects: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "trilat_discord_reconnects_total", Help: "How often the connection to the gateway was lost.",
		}),
		up: &upGauge{Gauge: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "trilat_discord_gateway_up", Help: "Whether the gateway is connected: 1 or 0.",
		})},
	}
	f.registry.MustRegister(f.interactions, f.firsts, f.requests, f.posts, f.reconnects, f.up.Gauge)
	return f
}

func (f *figures) interaction(command string, o outcome) {
	if command == "" {
		command = "unknown"
	}
	f.interactions.WithLabelValues(command, string(o)).Inc()
}

func (f *figures) first(d time.Duration) { f.firsts.Observe(d.Seconds()) }

func (f *figures) request(to route, status int) {
	f.requests.WithLabelValues(to.method, to.template, strconv.Itoa(status)).Inc()
}

func (f *figures) connected() bool { return f.up.is.Load() }

// upGauge is a gauge that can be read back.
type upGauge struct {
	prometheus.Gauge
	is atomic.Bool
}

func (g *upGauge) Set(n float64) {
	g.is.Store(n == 1)
	g.Gauge.Set(n)
}

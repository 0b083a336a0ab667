package bot

import (
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

// Limits are how often people may call, so that one of them leaves the bot to the others.
type Limits struct {
	// Person is how many calls somebody may make a minute in the long run, and Server how many all of a server may make.
	// Zero is without limit.
	Person, Server int
}

// What may come at once, as a share of a minute's calls, and how many people and servers are kept count of: those who
// called last.
const (
	burst   = 4
	counted = 10_000
)

// gate keeps count of who called how often.
type gate struct {
	limits Limits
	of     *otter.Cache[string, *rate.Limiter]
}

func newGate(l Limits) *gate {
	return &gate{l, otter.Must(&otter.Options[string, *rate.Limiter]{
		MaximumSize: counted, ExpiryCalculator: otter.ExpiryAccessing[string, *rate.Limiter](time.Hour),
	})}
}

// wait counts a call and returns 0, or says how long to wait for the next.
func (g *gate) wait(call Call, now time.Time) time.Duration {
	if call.By.ID == "" {
		return 0
	}
	pause := g.take("person "+call.By.ID, g.limits.Person, now)
	if call.In.Server != "" && pause == 0 {
		pause = g.take("server "+call.In.Server, g.limits.Server, now)
	}
	return pause
}

func (g *gate) take(who string, perMinute int, now time.Time) time.Duration {
	if perMinute == 0 {
		return 0
	}
	l, _ := g.of.ComputeIfAbsent(who, func() (*rate.Limiter, bool) {
		return rate.NewLimiter(rate.Limit(float64(perMinute)/60), max(1, perMinute/burst)), false
	})
	turn := l.ReserveN(now, 1)
	pause := turn.DelayFrom(now)
	if pause > 0 {
		turn.CancelAt(now)
	}
	return pause
}

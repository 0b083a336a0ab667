package openai_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"trilat/bot/openai/standin"
	"trilat/prompts"
)

var well = standin.Answer{Pieces: []string{"Yes."}, In: 1, Out: 1}

// A service that has failed three times in a row gets no request for half a minute, and then one.
func TestAServiceThatFailsIsLeftAlone(t *testing.T) {
	broken := standin.Answer{Pieces: []string{"Y"}, Then: standin.Cut}
	open(t, standin.Config{Script: plays(broken, broken, broken, broken, well)}, func(d *desk) {
		asked := func(requests int, part string) {
			d.Helper()
			_, took, err := d.complete()
			switch {
			case took != 0:
				d.Errorf("have %v, want none", took)
			case len(d.Requests()) != requests:
				d.Errorf("have %d requests, want %d", len(d.Requests()), requests)
			case err == nil && part != "", err != nil && (part == "" || !strings.Contains(err.Error(), part)):
				d.Errorf("have %v, want %q", err, part)
			}
		}
		for n := range 3 {
			asked(n+1, "breaks off")
		}
		asked(3, "is left alone")
		time.Sleep(30*time.Second + 1) // in the bubble: no time at all
		asked(4, "breaks off")
		asked(4, "is left alone")
		time.Sleep(30*time.Second + 1)
		asked(5, "")
		asked(6, "")
		if said := d.log.String(); !strings.Contains(said, "is=open") || !strings.Contains(said, "is=closed") {
			d.Errorf("the log has %s", said)
		}
	})
}

// What the service answers in good order, and what the caller ends, is never held against it.
func TestRefusalsAreNoFailures(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 429} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			refusal := standin.Answer{Status: status, Message: "max_tokens"}
			script := func(r standin.Request) standin.Answer {
				if strings.HasPrefix(r.User, "well") {
					return well
				}
				return refusal
			}
			open(t, standin.Config{Script: script}, func(d *desk) {
				for range 5 {
					if _, _, err := d.complete(); err == nil {
						d.Error("have no error")
					}
				}
				p := ask
				p.User = "well"
				if _, err := d.Complete(d.Context(), p, nil); err != nil {
					d.Error(err)
				}
			})
		})
	}
	t.Run("the caller goes", func(t *testing.T) {
		open(t, standin.Config{Script: plays(silent)}, func(d *desk) {
			for range 5 {
				ctx, cancel := context.WithCancelCause(d.Context())
				stopped := errors.New("the bot ends")
				time.AfterFunc(14*time.Second, func() { cancel(stopped) })
				if _, err := d.Complete(ctx, ask, nil); !errors.Is(err, stopped) {
					d.Errorf("have %v", err)
				}
			}
			if len(d.Requests()) != 5 {
				d.Errorf("have %d requests, want 5", len(d.Requests()))
			}
		})
	})
}

// A caller's deadline counts as a failure of the service only if it was silent for long.
func TestTheCallersDeadline(t *testing.T) {
	for _, c := range []struct {
		time     time.Duration
		requests int
	}{{4 * time.Second, 5}, {6 * time.Second, 3}} {
		t.Run(c.time.String(), func(t *testing.T) {
			open(t, standin.Config{Script: plays(silent)}, func(d *desk) {
				for range 5 {
					ctx, stop := context.WithTimeout(d.Context(), c.time)
					_, err := d.Complete(ctx, ask, nil)
					stop()
					if err == nil || !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "left alone") {
						d.Errorf("have %v", err)
					}
				}
				if len(d.Requests()) != c.requests {
					d.Errorf("have %d requests, want %d", len(d.Requests()), c.requests)
				}
			})
		})
	}
}

// A deadline in the middle of a text ends it, and nothing is told after Complete has returned.
func TestNothingGrowsAfterTheEnd(t *testing.T) {
	open(t, standin.Config{Script: func(standin.Request) standin.Answer {
		next := make(chan struct{})
		go func() {
			for range 2 {
				next <- struct{}{}
			}
		}()
		return standin.Answer{Pieces: []string{"Yes", ", it", " has."}, Next: next}
	}}, func(d *desk) {
		ctx, stop := context.WithTimeout(d.Context(), time.Second)
		defer stop()
		returned, text := false, ""
		done, err := d.Complete(ctx, ask, func(all string) {
			if text = all; returned {
				d.Error("it grows afterwards")
			}
		})
		returned = true
		synctest.Wait()
		if !errors.Is(err, context.DeadlineExceeded) || done.Text != "" || text != "Yes, it" {
			d.Errorf("have %+v, %v after %q", done, err, text)
		}
		if done.In != prompts.Tokens(ask.System+ask.User) || done.Out != prompts.Tokens(text) {
			d.Errorf("have %d and %d tokens", done.In, done.Out)
		}
	})
}

// Until the moment that a service names, it gets no request from anyone.
func TestNobodyAsksBeforeTheServiceWantsIt(t *testing.T) {
	limit := standin.Answer{Status: 429, Message: "slowly", Header: header("Retry-After", "120")}
	open(t, standin.Config{Script: plays(limit, well)}, func(d *desk) {
		if _, took, err := d.complete(); err == nil || took != 0 {
			d.Errorf("have %v after %v", err, took)
		}
		time.Sleep(time.Minute)
		if _, took, err := d.complete(); err == nil || !strings.Contains(err.Error(), "no request for another 1m0s") || took != 0 {
			d.Errorf("have %v after %v", err, took)
		}
		time.Sleep(time.Minute)
		if _, _, err := d.complete(); err != nil || len(d.Requests()) != 2 {
			d.Errorf("have %v after %d requests", err, len(d.Requests()))
		}
	})
}

// A pause between tries that ends with the caller says both why it waited and why it stopped.
func TestAPauseEndsWithTheCaller(t *testing.T) {
	limit := standin.Answer{Status: 503, Message: "overloaded", Header: header("Retry-After", "10")}
	open(t, standin.Config{Script: plays(limit)}, func(d *desk) {
		ctx, cancel := context.WithCancelCause(d.Context())
		stopped := errors.New("the bot ends")
		time.AfterFunc(time.Second, func() { cancel(stopped) })
		if _, err := d.Complete(ctx, ask, nil); !errors.Is(err, stopped) || !strings.Contains(err.Error(), "overloaded") {
			d.Errorf("have %v", err)
		}
	})
}

// Of the requests that went wrong, those that the model has worked on count, too.
func TestAllTokensAreCounted(t *testing.T) {
	script := func(r standin.Request) standin.Answer {
		switch {
		case r.N == 1:
			return wordless(standin.Reset) // the prompt may have been read
		case r.N == 2:
			return standin.Answer{Status: 500}
		case r.Params["reasoning_effort"] == nil:
			return standin.Answer{Finish: "length", In: 40, Out: 200}
		}
		return standin.Answer{Pieces: []string{"{}"}, In: 40, Out: 20}
	}
	open(t, standin.Config{Script: script}, func(d *desk) {
		done, _, err := d.complete()
		in := prompts.Tokens(ask.System+ask.User) + 80
		if err != nil || done.Text != "{}" || done.In != in || done.Out != prompts.Tokens("")+220 {
			d.Errorf("have %+v, %v", done, err)
		}
		if done, _, err = d.complete(); err != nil || len(d.Requests()) != 5 || done.Out != 20 {
			d.Errorf("again: have %+v, %v after %d requests", done, err, len(d.Requests()))
		}
	})
}

// A try that opens the breaker is the last: nobody waits for another, and the error is that of the try.
func TestNobodyWaitsForAServiceThatIsLeftAlone(t *testing.T) {
	broken := standin.Answer{Pieces: []string{"Y"}, Then: standin.Cut}
	open(t, standin.Config{Script: plays(broken, broken, standin.Answer{Status: 500, Message: "oh"})}, func(d *desk) {
		for range 2 {
			if _, _, err := d.complete(); err == nil {
				d.Error("have no error")
			}
		}
		if _, took, err := d.complete(); err == nil || !strings.Contains(err.Error(), "500: oh") || took != 0 {
			d.Errorf("have %v after %v", err, took)
		}
	})
}

// A service that hands the key back does not get it into a text.
func TestNoTextHasTheKey(t *testing.T) {
	open(t, standin.Config{Script: plays(standin.Answer{Pieces: []string{"It is sk-trilat-", "0123456789abcdef."}})}, func(d *desk) {
		last := ""
		done, err := d.Complete(d.Context(), ask, func(text string) { last = text })
		if want := "It is [key]."; err != nil || done.Text != want || last != want {
			d.Errorf("have %q after %q, %v, want %q", done.Text, last, err, want)
		}
	})
}

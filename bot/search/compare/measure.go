package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"trilat/bot/search"
)

// figures are what one engine did with one number of passages.
type figures struct {
	Build    time.Duration
	RSS      int64 // bytes the process grew by, after the collector gave back what it could
	Heap     int64 // bytes of it, or of what was swapped for it, in Go's heap
	P50, P99 time.Duration
	R1, R5   float64 // per cent
}

// rounds is how often every question is asked with a clock, after one round without that counts right answers.
const rounds = 5

// measure builds an engine's index and asks all questions, on one thread. What the process held before, the passages
// among it, does not count. A profile folder, if given, gets CPU and heap profiles of the questions and of the build.
func measure(e engine, texts []search.Text, questions []question, profiles string) (figures, error) {
	runtime.GOMAXPROCS(1)
	var f figures
	rss, heap, err := memory()
	if err != nil {
		return f, err
	}
	var find find
	err = profiled(profiles, e.name+".build", len(texts), func() error {
		start := time.Now()
		find, err = e.build(texts)
		f.Build = time.Since(start)
		return err
	})
	if err != nil {
		return f, fmt.Errorf("build %s: %w", e.name, err)
	}
	if f.R1, f.R5, err = accuracy(find, questions); err != nil {
		return f, fmt.Errorf("ask %s: %w", e.name, err)
	}
	if f.RSS, f.Heap, err = memory(); err != nil {
		return f, err
	}
	f.RSS, f.Heap = f.RSS-rss, f.Heap-heap
	err = profiled(profiles, e.name+".query", len(texts), func() error {
		f.P50, f.P99, err = latency(find, questions)
		return err
	})
	runtime.KeepAlive(texts)
	runtime.KeepAlive(find)
	return f, err
}

// accuracy is the share of questions, in per cent, whose passage is the first found, and among the first five.
func accuracy(find find, questions []question) (r1, r5 float64, err error) {
	one := 100 / float64(len(questions))
	for _, q := range questions {
		docs, err := find(q.text, 5)
		if err != nil {
			return 0, 0, err
		}
		switch at := slices.Index(docs, q.gold); {
		case at == 0:
			r1 += one
			r5 += one
		case at > 0:
			r5 += one
		}
	}
	return r1, r5, nil
}

// latency asks every question as often as rounds says, all questions in turn, and takes the median for each, so that a
// pause of the machine does not count. It returns the median question and the one that 99 of 100 do not exceed.
func latency(find find, questions []question) (p50, p99 time.Duration, err error) {
	took := make([][]time.Duration, len(questions))
	for range rounds {
		for i, q := range questions {
			start := time.Now()
			if _, err := find(q.text, 5); err != nil {
				return 0, 0, err
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	medians := make([]time.Duration, len(took))
	for i := range took {
		slices.Sort(took[i])
		medians[i] = took[i][rounds/2]
	}
	slices.Sort(medians)
	return medians[len(medians)/2], medians[len(medians)*99/100], nil
}

// memory returns what the process holds, in all and in Go's heap, after collecting and giving back all it can.
func memory() (rss, heap int64, err error) {
	runtime.GC() // twice, for what finalisers and pools still hold
	runtime.GC()
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0, fmt.Errorf("read the memory of the process (Linux only): %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if after, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(after), " kB"), 10, 64)
			return kib << 10, int64(stats.HeapAlloc), err
		}
	}
	return 0, 0, fmt.Errorf("no VmRSS in /proc/self/status")
}

// profiled runs do and writes a CPU profile of it, and a heap profile of what is held after it, to folder. An empty
// folder only runs do.
func profiled(folder, name string, size int, do func() error) error {
	if folder == "" {
		return do()
	}
	base := filepath.Join(folder, fmt.Sprintf("%s.%d", name, size))
	cpu, err := os.Create(base + ".cpu")
	if err != nil {
		return err
	}
	defer cpu.Close()
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	err = do()
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	heap, err := os.Create(base + ".heap")
	if err != nil {
		return err
	}
	defer heap.Close()
	runtime.GC()
	return pprof.Lookup("heap").WriteTo(heap, 0)
}

// Package browser drives the page of a local Discord in a real browser, for tests: Debian's Chromium, by keyboard, as a
// person would. Tests are skipped where it is not installed, and fail there if CI=true.
package browser

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// inCI reports whether a missing program is a fault, rather than a reason to skip.
func inCI() bool { return os.Getenv("CI") == "true" }

// newBrowser starts a browser that ends with the test.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	program, err := exec.LookPath("chromium")
	if err != nil {
		if inCI() {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.NoFirstRun, chromedp.Headless,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...) // t.Context ends before the browser is closed
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		cancel()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("start the browser:", err)
	}
	return ctx
}

// Visitor is a person in front of the page.
type Visitor struct {
	t   *testing.T
	tab context.Context
}

// Look is the window and the taste of a visitor.
type Look struct {
	Dark  bool
	Width int64 // in pixels; 0: a wide window
}

// Visit opens the page in a browser of its own. Whatever the page's scripts complain about fails the test.
func Visit(t *testing.T, address string, l Look) Visitor {
	t.Helper()
	return enter(t, newBrowser(t), address, l)
}

// Beside opens the page as another member in the next tab.
func (v Visitor) Beside(member string) Visitor {
	v.t.Helper()
	tab, cancel := chromedp.NewContext(v.tab)
	v.t.Cleanup(cancel)
	return enter(v.t, tab, Eval[string](v, "location.origin")+"/?as="+member, Look{})
}

func enter(t *testing.T, tab context.Context, address string, l Look) Visitor {
	t.Helper()
	v := Visitor{t, tab}
	v.listen()
	if l.Width == 0 {
		l.Width = 1280
	}
	v.Do(chromedp.EmulateViewport(l.Width, 800), v.scheme(l.Dark), chromedp.Navigate(address))
	v.Wait(`document.querySelector(".welcome h2") !== null`)
	return v
}

// listen fails the test for what the page's scripts complain about, until the browser is closed.
func (v Visitor) listen() {
	complaints := chromedp.Console(v.tab)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for m, err := range complaints {
			if err != nil {
				return
			}
			if (m.Type == chromedp.ConsoleError || m.IsException()) && m.Source != "network" {
				v.t.Errorf("the page complains: %s", m)
			}
		}
	}()
	v.t.Cleanup(func() {
		if err := chromedp.Cancel(v.tab); err != nil {
			v.t.Log("close the tab:", err)
		}
		<-ended
	})
}

// scheme is what the visitor's system prefers. Motion is reduced, so that pictures show no half-way.
func (v Visitor) scheme(dark bool) chromedp.Action[chromedp.Void] {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return chromedp.Void{}, err
	}
}

func (v Visitor) Do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.tab, steps...); err != nil {
		v.t.Fatal(err)
	}
}

// Keys types text and presses keys, wherever the focus is.
func (v Visitor) Keys(keys ...string) {
	v.t.Helper()
	v.Press(strings.Join(keys, ""), 0)
}

// Press types as a keyboard does: a character comes with its key, so that a page which takes the key gets no character.
func (v Visitor) Press(keys string, held chromedp.Modifier) {
	v.t.Helper()
	for _, r := range keys {
		events := kb.Encode(r)
		down, up := events[0], events[len(events)-1]
		if len(events) == 3 {
			down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
		}
		for _, e := range []*input.DispatchKeyEventParams{down, up} {
			e.Modifiers |= int64(held)
			if _, err := chromedp.Call(v.tab, input.DispatchKeyEvent, *e); err != nil {
				v.t.Fatal(err)
			}
		}
	}
}

// Wait waits until an expression is true in the page.
func (v Visitor) Wait(expression string) {
	v.t.Helper()
	if _, err := chromedp.Run(v.tab, chromedp.Poll[bool](expression)); err != nil {
		v.Shoot("failed")
		v.t.Fatalf("%v: %s\nthe page shows:\n%s", err, expression, v.Text("body"))
	}
}

// See waits until a part of the page shows a text.
func (v Visitor) See(part, text string) {
	v.t.Helper()
	v.Wait(showing(part) + `.includes(` + Quote(text) + `)`)
}

// Missing checks that a part of the page does not show a text.
func (v Visitor) Missing(part, text string) {
	v.t.Helper()
	if strings.Contains(v.Text(part), text) {
		v.t.Errorf("%s shows %q, want it not to:\n%s", part, text, v.Text(part))
	}
}

// Quote makes a JavaScript literal of a text.
func Quote(text string) string {
	literal, err := json.Marshal(text)
	if err != nil {
		panic(err) // unreachable: a string can be marshalled
	}
	return string(literal)
}

func (v Visitor) Text(part string) string { return Eval[string](v, showing(part)) }

// showing is the expression for the text that is seen in a part of the page.
func showing(part string) string {
	return `(document.querySelector(` + Quote(part) + `)?.innerText ?? "")`
}

// Focus waits until the focus is on what matches a selector.
func (v Visitor) Focus(selector string) {
	v.t.Helper()
	v.Wait(`document.activeElement?.matches(` + Quote(selector) + `)`)
}

// TabTo presses Tab until the focus is on something that begins with a label.
func (v Visitor) TabTo(label string) { v.t.Helper(); v.seek(label, 0) }

// BackTo does so with Shift+Tab.
func (v Visitor) BackTo(label string) { v.t.Helper(); v.seek(label, chromedp.ModifierShift) }

func (v Visitor) seek(label string, held chromedp.Modifier) {
	v.t.Helper()
	const most = 60
	for range most {
		v.Press("\t", held)
		if strings.HasPrefix(Eval[string](v, `document.activeElement?.innerText.replace(/\s+/g, " ").trim() ?? ""`), label) {
			return
		}
	}
	v.t.Fatalf("Tab did not reach %q\nthe page shows:\n%s", label, v.Text("body"))
}

func Eval[T any](v Visitor, expression string) T {
	v.t.Helper()
	value, err := chromedp.Run(v.tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// Shoot keeps a picture of the window among the test's output.
func (v Visitor) Shoot(name string) {
	v.t.Helper()
	picture, err := chromedp.Run(v.tab, chromedp.CaptureScreenshot())
	if err != nil {
		v.t.Fatal("take a screenshot:", err)
	}
	folder := os.Getenv("TRILAT_SCREENSHOTS")
	if folder == "" {
		folder = v.t.ArtifactDir()
	}
	file := strings.NewReplacer("/", "-", " ", "-").Replace(v.t.Name() + "-" + name + ".png")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		v.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, file), picture, 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// Accessible fails the test for what axe-core finds to be serious or critical, and when the page is wider than the window.
func (v Visitor) Accessible(state string) {
	v.t.Helper()
	const find = `axe.run().then(found => found.violations.filter(each => ["serious", "critical"].includes(each.impact))
		.map(each => each.id + ": " + each.help + "\n" + each.nodes.map(node => node.html + "\n" + node.failureSummary).join("\n")))`
	for _, fault := range Eval[[]string](v, find) {
		v.t.Errorf("%s: %s", state, fault)
	}
	if wider := Eval[int](v, `document.documentElement.scrollWidth - innerWidth`); wider > 0 {
		v.t.Errorf("%s: the page is %d pixels wider than the window", state, wider)
	}
	v.Shoot(state)
}

// WithAxe puts the accessibility checker, axe-core, into the page; path is its axe.min.js.
func (v Visitor) WithAxe(path string) Visitor {
	v.t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		if inCI() {
			v.t.Fatal(err)
		}
		v.t.Skip("axe-core is not installed, see the conformance tests")
	}
	v.Do(chromedp.Evaluate[chromedp.Void](string(source)))
	return v
}

package playground_test

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

// axePath is where the accessibility checker is once the conformance tests' packages are installed.
const axePath = "conformance/node_modules/axe-core/axe.min.js"

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

// visitor is a person in front of the page.
type visitor struct {
	t   *testing.T
	tab context.Context
}

// look is the window and the taste of a visitor.
type look struct {
	dark  bool
	width int64 // 0: a wide window
}

// visit opens the page in a browser of its own. Whatever the page's scripts complain about fails the test.
func visit(t *testing.T, address string, l look) visitor {
	t.Helper()
	return enter(t, newBrowser(t), address, l)
}

// beside opens the page as another member in the next tab.
func (v visitor) beside(member string) visitor {
	v.t.Helper()
	tab, cancel := chromedp.NewContext(v.tab)
	v.t.Cleanup(cancel)
	return enter(v.t, tab, eval[string](v, "location.origin")+"/?as="+member, look{})
}

func enter(t *testing.T, tab context.Context, address string, l look) visitor {
	t.Helper()
	v := visitor{t, tab}
	v.listen()
	if l.width == 0 {
		l.width = 1280
	}
	v.do(chromedp.EmulateViewport(l.width, 800), v.scheme(l.dark), chromedp.Navigate(address))
	v.wait(`document.querySelector(".welcome h2") !== null`)
	return v
}

// listen fails the test for what the page's scripts complain about, until the browser is closed.
func (v visitor) listen() {
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
func (v visitor) scheme(dark bool) chromedp.Action[chromedp.Void] {
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

func (v visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.tab, steps...); err != nil {
		v.t.Fatal(err)
	}
}

// keys types text and presses keys, wherever the focus is.
func (v visitor) keys(keys ...string) {
	v.t.Helper()
	v.press(strings.Join(keys, ""), 0)
}

// press types as a keyboard does: a character comes with its key, so that a page which takes the key gets no character.
func (v visitor) press(keys string, held chromedp.Modifier) {
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

// wait waits until an expression is true in the page.
func (v visitor) wait(expression string) {
	v.t.Helper()
	if _, err := chromedp.Run(v.tab, chromedp.Poll[bool](expression)); err != nil {
		v.shoot("failed")
		v.t.Fatalf("%v: %s\nthe page shows:\n%s", err, expression, v.text("body"))
	}
}

// see waits until a part of the page shows a text.
func (v visitor) see(part, text string) {
	v.t.Helper()
	v.wait(showing(part) + `.includes(` + quote(text) + `)`)
}

// missing checks that a part of the page does not show a text.
func (v visitor) missing(part, text string) {
	v.t.Helper()
	if strings.Contains(v.text(part), text) {
		v.t.Errorf("%s shows %q, want it not to:\n%s", part, text, v.text(part))
	}
}

// quote makes a JavaScript literal of a text.
func quote(text string) string {
	literal, err := json.Marshal(text)
	if err != nil {
		panic(err) // unreachable: a string can be marshalled
	}
	return string(literal)
}

func (v visitor) text(part string) string { return eval[string](v, showing(part)) }

// showing is the expression for the text that is seen in a part of the page.
func showing(part string) string {
	return `(document.querySelector(` + quote(part) + `)?.innerText ?? "")`
}

// focus waits until the focus is on what matches a selector.
func (v visitor) focus(selector string) {
	v.t.Helper()
	v.wait(`document.activeElement?.matches(` + quote(selector) + `)`)
}

// tabTo presses Tab until the focus is on something that begins with a label.
func (v visitor) tabTo(label string) { v.t.Helper(); v.seek(label, 0) }

// backTo does so with Shift+Tab.
func (v visitor) backTo(label string) { v.t.Helper(); v.seek(label, chromedp.ModifierShift) }

func (v visitor) seek(label string, held chromedp.Modifier) {
	v.t.Helper()
	const most = 60
	for range most {
		v.press("\t", held)
		if strings.HasPrefix(eval[string](v, `document.activeElement?.innerText.replace(/\s+/g, " ").trim() ?? ""`), label) {
			return
		}
	}
	v.t.Fatalf("Tab did not reach %q\nthe page shows:\n%s", label, v.text("body"))
}

func eval[T any](v visitor, expression string) T {
	v.t.Helper()
	value, err := chromedp.Run(v.tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// shoot keeps a picture of the window among the test's output.
func (v visitor) shoot(name string) {
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

// accessible fails the test for what axe-core finds to be serious or critical, and when the page is wider than the window.
func (v visitor) accessible(state string) {
	v.t.Helper()
	const find = `axe.run().then(found => found.violations.filter(each => ["serious", "critical"].includes(each.impact))
		.map(each => each.id + ": " + each.help + "\n" + each.nodes.map(node => node.html + "\n" + node.failureSummary).join("\n")))`
	for _, fault := range eval[[]string](v, find) {
		v.t.Errorf("%s: %s", state, fault)
	}
	if wider := eval[int](v, `document.documentElement.scrollWidth - innerWidth`); wider > 0 {
		v.t.Errorf("%s: the page is %d pixels wider than the window", state, wider)
	}
	v.shoot(state)
}

// withAxe puts the accessibility checker into the page.
func (v visitor) withAxe() visitor {
	v.t.Helper()
	source, err := os.ReadFile(axePath)
	if err != nil {
		if inCI() {
			v.t.Fatal(err)
		}
		v.t.Skip("axe-core is not installed, see the conformance tests")
	}
	v.do(chromedp.Evaluate[chromedp.Void](string(source)))
	return v
}

package playground_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"trilat/bot/playground/browser"
)

// drawing makes the page's own drawing of texts available to the test, in a world with one member, channel and command.
const drawing = `Promise.all([import("/log/prose.js"), import("/world.js")]).then(([{ Prose }, { World }]) => {
	const ana = { id: "7", username: "ana" };
	const world = new World({ me: ana, application: { id: "1", name: "trilat" }, guild: { id: "5" }, roles: [{ id: "6", name: "Team" }],
		members: [{ user: ana, nick: "Ana", roles: [] }], channels: [{ id: "8", name: "sea", type: 0 }], commands: [] });
	const prose = new Prose(world, {});
	globalThis.draw = (text) => {
		const box = document.createElement("div");
		box.append(...prose.draw(text));
		return box;
	};
})`

// artist opens a page that can draw.
func artist(t *testing.T) browser.Visitor {
	t.Helper()
	v := browser.Visit(t, newDesk(t).address, browser.Look{})
	browser.Eval[chromedp.Void](v, drawing)
	return v
}

// draw is the HTML that the page makes of a text.
func draw(v browser.Visitor, text string) string {
	return browser.Eval[string](v, "draw("+browser.Quote(text)+").innerHTML")
}

func TestPageDrawsMarkdown(t *testing.T) {
	t.Parallel()
	v := artist(t)
	const link = ` target="_blank" rel="noopener noreferrer"`
	for _, c := range []struct{ text, want string }{
		{"**a *b* c** __d__ ~~e~~ _f_ ***g***", "<p><strong>a <em>b</em> c</strong> <u>d</u> <s>e</s> <em>f</em> <strong><em>g</em></strong></p>"},
		{"snake_case_name, 2 * 3 * 4, ** and **", "<p>snake_case_name, 2 * 3 * 4, <strong> and </strong></p>"},
		{`\*plain\* \_plain\_ \<@7>`, "<p>*plain* _plain_ &lt;@7&gt;</p>"},
		{"`a*b*` ``c`d``", "<p><code>a*b*</code> <code>c`d</code></p>"},
		{"one\ntwo\n\nthree", "<p>one\ntwo\n\nthree</p>"},
		{"# One\n## Two\n### Three\n-# small", `<h3>One</h3><h4>Two</h4><h5>Three</h5><p class="small">small</p>`},
		{"#none\n#### none", "<p>#none\n#### none</p>"},
		{"> a\n> **b**\nc", "<blockquote><p>a\n<strong>b</strong></p></blockquote><p>c</p>"},
		{">none", "<p>&gt;none</p>"},
		{">>> a\nb\n- c", "<blockquote><p>a\nb</p><ul><li>c</li></ul></blockquote>"},
		{"- a\n  - b\n- c\n\nd", `<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><p class="gap">d</p>`},
		{"3. a\n4. b", `<ol start="3"><li>a</li><li>b</li></ol>`},
		{"```go\nx := `1`\n```\nafter", `<pre><code>x := ` + "`1`" + `</code></pre><p>after</p>`},
		{"a ```b``` c", `<p>a</p><pre><code>b</code></pre><p> c</p>`},
		{"``` open", "<p>``` open</p>"},
		{"[a](<https://e.org/b_(c)>)", `<p><a href="https://e.org/b_(c)" title="https://e.org/b_(c)"` + link + `>a</a></p>`},
		{"<https://e.org/a> (https://e.org/b).", `<p><a href="https://e.org/a" title="https://e.org/a"` + link + `>https://e.org/a</a> (<a href="https://e.org/b" title="https://e.org/b"` + link + `>https://e.org/b</a>).</p>`},
		{"<@7> <@1> <@99> <@&6> @here", `<p><span class="mention me">@Ana</span> <span class="mention">@trilat</span> <span class="mention">@somebody</span> <span class="mention">@Team</span> <span class="mention">@here</span></p>`},
		{"<#8> <#9> </ask:3>", `<p><button type="button" class="mention">#sea</button> <span class="mention">#unknown</span> <button type="button" class="mention">/ask</button></p>`},
		{"<t:1742295600:D>", `<p><time datetime="2025-03-18T11:00:00.000Z" title="Tuesday, 18 March 2025 at 11:00">18 March 2025</time></p>`},
		{"<t:99999999999999>", "<p>&lt;t:99999999999999&gt;</p>"},
	} {
		if got := draw(v, c.text); got != c.want {
			t.Errorf("%q is drawn as\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

// What people and bots write never becomes markup or an address that runs, and never hangs the page.
func TestPageDrawsHostileTextAsText(t *testing.T) {
	t.Parallel()
	v := artist(t)
	const strange = `[...box.querySelectorAll("*")].filter((each) =>
		!["A", "BLOCKQUOTE", "BUTTON", "CODE", "EM", "H3", "H4", "H5", "LI", "OL", "P", "PRE", "S", "SPAN", "STRONG", "TIME", "U", "UL"].includes(each.tagName) ||
		each.getAttributeNames().some((name) => name.startsWith("on") || name === "style" || name === "src") ||
		(each.href && !/^https?:/.test(each.href))).map((each) => each.outerHTML)`
	for _, text := range []string{
		`<script>alert(1)</script><img src=x onerror=alert(1)>`,
		`[a](javascript:alert(1)) [b](<javascript:alert(1)>) [c](data:text/html,x) <javascript:alert(1)>`,
		`[a](https://e.org" onclick="alert(1))`, `[a](<https://e.org> "x" onclick="y")`, "```html\n<b onclick=x>\n```",
		`[https://good.org](https://evil.org)`, "<@7 onclick=x>", "</ask\" onclick:1>", "<t:1742295600:R\" onclick>",
		strings.Repeat("*", 4000), strings.Repeat("**a*", 1000), strings.Repeat("[a](", 1000), strings.Repeat("> ", 2000),
		strings.Repeat("`a``", 1000), strings.Repeat("_a", 2000), strings.Repeat("```\n", 1000), strings.Repeat("*_**__~~||", 400),
		strings.Repeat("[", 2000) + strings.Repeat("]", 2000), strings.Repeat("[\\", 2000), strings.Repeat("http://a", 500),
		strings.Repeat("- ", 2000), strings.Repeat("\n", 4000), strings.Repeat(" ", 3999) + "x", "\x00\u202e\ud7ff",
	} {
		found := browser.Eval[[]string](v, "(() => { const box = draw("+browser.Quote(text)+"); return "+strange+" })()")
		if len(found) > 0 {
			t.Errorf("%.60q makes %q", text, found)
		}
	}
	if got := draw(v, `[https://good.org](https://evil.org)`); strings.Contains(got, `">https://good.org`) && strings.Contains(got, `href="https://evil.org/"`) && !strings.Contains(got, "](") {
		t.Errorf("an address masks another: %s", got)
	}
}

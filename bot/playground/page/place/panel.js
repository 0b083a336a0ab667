// The panel behind the scenes: one's language, the server's clock, and faults to try the bot with.

import { advance, breakIt, change, mend, speak } from "../api.js";
import { button, element } from "../dom.js";
import { inStyle, now } from "../times.js";
import { ServerPart } from "./server.js";

const MINUTE = 60_000;

const steps = [["1 minute", MINUTE], ["15 minutes", 15 * MINUTE], ["1 day", 24 * 60 * MINUTE]];

const inEnglish = new Intl.DisplayNames("en", { type: "language" });

const CALLBACK = "POST /interactions/*/callback";

const common = [
  { label: "Slow Discord", detail: "The bot hears four seconds late that its next answer has arrived", fault: { kind: "slow", match: CALLBACK, times: 1, delay_ms: 4000 } },
  { label: "Server error", detail: "The next request fails with 500", fault: { kind: "status", status: 500, times: 1 } },
  { label: "Error after the fact", detail: "The next request takes effect and still fails with 502", fault: { kind: "status", status: 502, times: 1, applied: true } },
  { label: "Rate limit", detail: "The next request has to wait for two seconds", fault: { kind: "ratelimit", times: 1, retry_after: 2 } },
  { label: "Broken connection", detail: "The next request is cut off", fault: { kind: "reset", times: 1 } },
  { label: "Reconnect", detail: "The bot is told to connect again, now", fault: { kind: "reconnect" } },
  { label: "Lost session", detail: "The bot has to begin a new session, now", fault: { kind: "invalid" } },
  { label: "Silence", detail: "The bot hears nothing until faults are cleared", fault: { kind: "silence" } },
  { label: "Event twice", detail: "The next event comes twice", fault: { kind: "duplicate", times: 1 } },
];

export class Panel {
  #dialog;
  #now = element("time", { class: "now" });
  #moved = element("p", { class: "small" });
  #faults = element("div", { "aria-live": "polite" });
  #clear = button("Clear all faults", () => this.#try(mend), { class: "press secondary" });
  #problem = element("p", { class: "problem", role: "alert" });
  #language = element("select", { id: "language", onchange: () => this.#try(() => speak(this.#me, this.#language.value)) });
  #me = "";
  #owner = ""; // in whose name the server is changed
  #server = new ServerPart((what) => this.#try(() => change(this.#owner, what)));

  constructor(dialog, opener) {
    this.#dialog = dialog;
    dialog.replaceChildren(
      element("div", { class: "panel-head" }, element("h2", { id: "panel-title" }, "Clock and faults"), button("Close", () => dialog.close(), { class: "press secondary" })),
      this.#problem,
      this.#clock(),
      this.#speech(),
      this.#trouble(),
      this.#server.root);
    opener.addEventListener("click", () => {
      this.tick();
      dialog.showModal();
    });
    // A press beside the panel closes it.
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  /** Takes over what the server says of its clock. */
  showClock({ moved_ms: moved }) {
    this.#moved.textContent = moved ? `${span(moved)} ahead of this computer` : "The same as this computer's";
    this.tick();
  }

  /** Shows the moment; to be called every second. */
  tick() {
    const moment = now();
    this.#now.dateTime = moment.toISOString();
    this.#now.textContent = `${inStyle(moment, "D")}, ${inStyle(moment, "T")}`;
  }

  showFaults(faults) {
    this.#clear.disabled = faults.length === 0;
    this.#faults.replaceChildren(
      faults.length === 0
        ? element("p", { class: "small" }, "None: everything works as it should.")
        : element("ul", {}, faults.map((fault) => element("li", {}, describe(fault)))));
  }

  showServer(world) {
    this.#me = world.me.username;
    this.#owner = world.guild.owner;
    const { all, mine } = world.languages;
    this.#language.replaceChildren(...all.map((code) => element("option", { value: code, selected: code === mine }, inEnglish.of(code))));
    this.#server.show(world);
  }

  #clock() {
    return element("section", { "aria-labelledby": "clock-title" },
      element("h3", { id: "clock-title" }, "Clock"),
      element("p", {}, this.#now), this.#moved,
      element("p", { id: "move" }, "Move it ahead by"),
      element("div", { class: "row", role: "group", "aria-labelledby": "move" },
        steps.map(([label, ms]) => button(label, () => this.#try(() => advance(ms)), { class: "press secondary" }))));
  }

  #speech() {
    return element("section", { "aria-labelledby": "language-title" },
      element("h3", { id: "language-title" }, "Your language"),
      element("p", { class: "small" }, "The bot is told of it with all that you do. This page stays English."),
      element("div", { class: "form-field" }, element("label", { for: this.#language.id }, "Discord speaks"), this.#language));
  }

  #trouble() {
    return element("section", { "aria-labelledby": "faults-title" },
      element("h3", { id: "faults-title" }, "Faults at work"),
      this.#faults,
      this.#clear,
      element("h3", {}, "Add a fault"),
      element("ul", { class: "presets" }, common.map(({ label, detail, fault }) => element("li", {},
        button(label, () => this.#try(() => breakIt(fault)), { class: "press secondary" }), element("span", { class: "small" }, detail)))));
  }

  async #try(act) {
    this.#problem.textContent = "";
    try {
      await act();
    } catch (problem) {
      this.#problem.textContent = problem.message;
    }
  }
}

function span(ms) {
  const minutes = Math.round(ms / MINUTE);
  const parts = [[Math.floor(minutes / 1440), "day"], [Math.floor(minutes / 60) % 24, "hour"], [minutes % 60, "minute"]];
  return parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? "" : "s"}`).join(" ") || "Less than a minute";
}

function describe(fault) {
  const known = common.find((each) => each.fault.kind === fault.kind && (each.fault.status ?? 0) === (fault.status ?? 0));
  const wait = fault.retry_after ?? (fault.delay_ms ?? 0) / 1000;
  return [
    known?.label ?? fault.kind,
    wait > 0 && `${wait} s`,
    fault.times > 0 && (fault.times === 1 ? "once" : `${fault.times} times`),
  ].filter(Boolean).join(", ");
}

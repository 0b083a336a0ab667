// The messages of a channel, as a log.

import { button, element } from "../dom.js";
import { openMenu } from "../menu.js";
import { ON_MESSAGE } from "../world.js";
import { article, isLoading, isPrivate } from "./message.js";

// Messages of one author that follow each other within this time stand under one name.
const TOGETHER = 7 * 60 * 1000;

// How near to its end the log must be to follow what comes.
const NEAR = 120;

export class Messages {
  #root;
  #context = null;
  #messages = new Map();
  #welcome = null;
  #top = 0; // where it was scrolled to
  #following = true; // the end is in sight, and stays so
  #sizes = new ResizeObserver(() => this.#follow()); // a preview comes late, and a text field grows

  constructor(root) {
    this.#root = root;
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusin", (event) => this.#rove(event.target.closest(".message")));
    root.addEventListener("scroll", () => this.#scrolled());
    this.#sizes.observe(root);
  }

  /** Shows the messages of a channel. context is {world, channel, prose, actions, dismissed}; welcome stands above them. */
  show(messages, context, welcome) {
    this.#context = context;
    this.#messages = new Map(messages.filter((message) => !context.dismissed.has(message.id)).map((message) => [message.id, message]));
    this.#welcome = welcome;
    // What is already there is no news: it is not read out.
    this.#root.setAttribute("aria-live", "off");
    this.#root.replaceChildren(welcome, ...[...this.#messages.values()].map((message) => this.#draw(message)));
    this.#arrange();
    this.#following = true;
    this.#follow();
    requestAnimationFrame(() => this.#root.setAttribute("aria-live", "polite"));
  }

  /** Adds a message, or draws one anew. */
  put(message) {
    if (this.#context.dismissed.has(message.id)) return;
    this.#following ||= message.author.id === this.#context.world.me.id;
    const before = this.#root.querySelector(`#m${message.id}`);
    this.#messages.set(message.id, message);
    const drawn = this.#draw(message);
    if (before) swap(before, drawn);
    else this.#root.append(drawn);
    this.#arrange();
    this.#follow();
  }

  has(id) {
    return this.#messages.has(id);
  }

  /** Draws a message anew if it is here, as when a thread has come to hang on it. */
  redraw(id) {
    if (this.has(id)) this.put(this.#messages.get(id));
  }

  /** Shows that what an interaction was to answer with will not come any more. */
  giveUp(interaction) {
    const waiting = [...this.#messages.values()].find((message) => isLoading(message) && message.interaction_metadata?.id === interaction);
    if (waiting) this.put({ ...waiting, failed: true });
  }

  remove(id) {
    this.#messages.delete(id);
    const gone = this.#root.querySelector(`#m${id}`);
    const held = gone?.contains(document.activeElement);
    const next = gone?.nextElementSibling ?? gone?.previousElementSibling;
    gone?.remove();
    this.#arrange();
    if (held) next?.focus();
  }

  /** A line below the messages that is no message: {remove(), fail(problem)}. */
  note(text) {
    const words = element("span", {}, text);
    const line = element("p", { class: "note" }, words);
    this.#root.append(line);
    this.#following = true;
    this.#follow();
    return {
      remove: () => line.remove(),
      fail: (problem) => {
        words.textContent = problem;
        line.classList.add("failed");
        line.append(" ", button("Dismiss", () => line.remove(), { class: "plain" }));
      },
    };
  }

  /** Goes to a message and marks it for a moment. */
  jump(id) {
    const target = this.#root.querySelector(`#m${id}`);
    target?.focus();
    target?.scrollIntoView({ block: "center" });
  }

  /** Goes to the last message. */
  focusLast() {
    this.#articles().at(-1)?.focus();
  }

  #draw(message) {
    const { world, prose, actions } = this.#context;
    const drawn = article(message, { world, prose, actions: {
      ...actions,
      menu: (...at) => this.#menu(...at),
      find: (id) => this.#messages.get(id),
      jump: (id) => this.jump(id),
    } });
    this.#sizes.observe(drawn);
    return drawn;
  }

  #menu(message, anchor) {
    const { world, channel, actions } = this.#context;
    const items = [{ label: "Copy text", act: () => navigator.clipboard.writeText(message.content) }];
    if (!isPrivate(message)) { // nobody else knows of it, the application neither
      items.unshift({ label: "Reply", act: () => actions.reply(message) }, ...world.commandsIn(channel, ON_MESSAGE).map((command) =>
        ({ label: command.name, detail: world.application.name, act: () => actions.run(command, message) })));
    }
    openMenu(anchor, "Message", items, (item) => item.act());
  }

  // arrange groups messages of one author, marks the days, and keeps one message in reach of the Tab key.
  #arrange() {
    let last = null;
    const articles = this.#articles();
    for (const each of articles) {
      const { author, at, day, lead } = each.dataset;
      const sameDay = last?.dataset.day === day;
      each.classList.toggle("new-day", !sameDay);
      each.classList.toggle("follows", sameDay && lead === undefined && last.dataset.author === author &&
        !each.classList.contains("private") && !last.classList.contains("private") && at - last.dataset.at < TOGETHER);
      last = each;
    }
    if (!articles.some((each) => each.tabIndex === 0)) this.#rove(articles.at(-1));
  }

  #articles() {
    return [...this.#root.querySelectorAll(".message")];
  }

  #rove(target) {
    if (!target) return;
    for (const each of this.#articles()) each.tabIndex = each === target ? 0 : -1;
  }

  // scrolled stops following when somebody goes up, but not when what is below has grown.
  #scrolled() {
    const { scrollTop } = this.#root;
    if (scrollTop < this.#top || this.#atEnd()) this.#following = this.#atEnd();
    this.#top = scrollTop;
  }

  #follow() {
    if (this.#following) this.#root.scrollTop = this.#root.scrollHeight;
  }

  #atEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.#root;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #key(event) {
    if (!event.target.classList.contains("message")) return;
    const articles = this.#articles();
    const at = articles.indexOf(event.target);
    const go = { ArrowDown: at + 1, ArrowUp: Math.max(at - 1, 0), Home: 0, End: articles.length - 1 }[event.key];
    if (go === undefined) return;
    event.preventDefault();
    (articles[go] ?? articles.at(-1)).focus();
  }
}

// swap puts a new drawing in the place of an old one and keeps the focus where it was.
function swap(before, after) {
  const key = before.contains(document.activeElement) && (document.activeElement.dataset.key ?? "");
  after.tabIndex = before.tabIndex;
  before.replaceWith(after);
  if (key === false) return;
  const again = key && [...after.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  (again || after).focus({ preventScroll: true });
}

// Where people write: messages, replies, mentions, and the way into commands.

import { button, element, say } from "../dom.js";
import { CommandForm } from "./command.js";
import { Listbox } from "./listbox.js";
import { offerMentions, withMentions } from "./mentions.js";

const TALLEST = 200; // pixels that the text field grows to

export class Composer {
  #parts;
  #hooks;
  #listbox;
  #form;
  #replying = null; // {message, ping}

  /**
   * parts are the elements {form, text, picker, status, command, help, replying, problem}; hooks are world(),
   * commands(), say(content, reply to, ping), run(command, options), suggest(command, options, focused) and back(), which
   * goes to the messages.
   */
  constructor(parts, hooks) {
    this.#parts = parts;
    this.#hooks = hooks;
    this.#listbox = new Listbox(parts.picker, parts.status);
    this.#form = new CommandForm(parts.command, parts.help, this.#listbox, {
      suggest: hooks.suggest,
      leave: () => this.#leave(),
      submit: () => parts.form.requestSubmit(),
      complete: () => parts.form.querySelector("[type=submit]").focus(),
    });
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    parts.form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#form.command && !event.defaultPrevented) this.#leave();
    });
    parts.text.addEventListener("keydown", (event) => this.#key(event));
    parts.text.addEventListener("input", () => this.#typed());
    parts.text.addEventListener("blur", () => this.#listbox.hide());
  }

  /** Begins anew for a place, where one may write or not; placeholder says what, or that one may not. */
  enter(placeholder, open) {
    this.#leave({ focus: false });
    this.cancelReply();
    this.fail("");
    const { form, text } = this.#parts;
    text.placeholder = placeholder;
    text.setAttribute("aria-label", placeholder);
    for (const each of [text, form.querySelector("[type=submit]")]) each.disabled = !open;
  }

  /** Offers anew what fits a command that somebody is typing: there may be others by now. */
  offerAgain() {
    const { text } = this.#parts;
    if (!text.hidden && document.activeElement === text && text.value.startsWith("/")) this.#typed();
  }

  /** Opens the fields of a command. */
  start(command, text = "") {
    this.#listbox.hide();
    this.cancelReply();
    this.fail("");
    this.#parts.text.value = "";
    this.#parts.text.hidden = true;
    this.#form.open(command, this.#hooks.world(), text);
  }

  reply(message) {
    this.#leave();
    const ping = element("input", { type: "checkbox", checked: true });
    this.#replying = { message, ping };
    const name = this.#hooks.world().nameOf(message.author);
    this.#parts.replying.replaceChildren(
      element("span", {}, "Replying to ", element("b", {}, name)),
      element("label", {}, ping, ` Notify ${name}`),
      button("Cancel reply", () => {
        this.cancelReply();
        this.focus();
      }, { class: "plain" }),
    );
    this.#parts.replying.hidden = false;
  }

  cancelReply() {
    this.#replying = null;
    this.#parts.replying.hidden = true;
  }

  focus() {
    this.#parts.text.focus();
  }

  /** Says what was wrong with what was sent; "" for nothing. */
  fail(problem) {
    say(this.#parts.problem, problem);
  }

  #leave({ focus = true } = {}) {
    this.#form.close();
    this.#listbox.hide();
    this.#parts.text.hidden = false;
    if (focus) this.focus();
  }

  #key(event) {
    const { text, form } = this.#parts;
    if (this.#listbox.key(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "ArrowUp" && !text.value) {
      event.preventDefault();
      this.#hooks.back();
    } else if (event.key === "Escape" && this.#replying) {
      this.cancelReply();
    }
  }

  #typed() {
    const { text } = this.#parts;
    this.fail("");
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, TALLEST)}px`;
    if (text.value.startsWith("/")) return this.#typedCommand(text.value.slice(1));
    if (!offerMentions(this.#listbox, text, this.#hooks.world())) this.#listbox.hide();
  }

  // typedCommand opens the command whose name is there in full, with what follows in its first field, or offers some.
  #typedCommand(typed) {
    const commands = this.#hooks.commands();
    const whole = commands.find(({ name }) => typed.startsWith(`${name} `));
    if (whole) return this.start(whole, typed.slice(whole.name.length + 1));
    const items = commands.filter(({ name }) => name.startsWith(typed.toLowerCase()))
      .map((command) => ({ label: `/${command.name}`, detail: command.description, command }));
    this.#listbox.show(this.#parts.text, items, ({ command }) => this.start(command), { first: true, empty: "No command begins like this." });
  }

  async #submit() {
    this.#listbox.hide();
    if (this.#form.command) return this.#sendCommand();
    const { text } = this.#parts;
    const content = text.value.trim();
    if (!content) return;
    const reply = this.#replying;
    text.value = "";
    text.style.height = "auto";
    this.cancelReply();
    try {
      await this.#hooks.say(withMentions(content, this.#hooks.world()), reply?.message.id, reply?.ping.checked);
    } catch (problem) {
      this.fail(problem.message);
      text.value ||= content; // nothing that people wrote is lost
    }
  }

  #sendCommand() {
    const { command } = this.#form;
    const options = this.#form.read();
    if (!options) return;
    this.#leave();
    this.#hooks.run(command, options);
  }
}

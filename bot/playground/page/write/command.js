// A command that was picked: its options as fields, filled in one after the other.

import { button, element, say } from "../dom.js";
import { Field } from "./field.js";
import { offerMentions } from "./mentions.js";

const ATTACHMENT = 11;

// How long typing must rest before suggestions are asked for.
const REST = 150;

export class CommandForm {
  #root;
  #help;
  #listbox;
  #hooks;
  #fields = [];
  #adders = new Map(); // the buttons of the options that are not filled in, by name
  #world = null;
  #asked = 0; // counts requests for suggestions: only the answer to the latest counts
  #resting = 0;

  /** hooks are suggest(command, options, focused), leave(), submit() and complete() for a command that asks for nothing. */
  constructor(root, help, listbox, hooks) {
    this.#root = root;
    this.#help = help;
    this.#listbox = listbox;
    this.#hooks = hooks;
    this.command = null;
  }

  /** Shows the fields of a command, with text in the first one. */
  open(command, world, text = "") {
    this.command = command;
    this.#world = world;
    this.#fields = [];
    this.#adders.clear();
    const options = (command.options ?? []).filter((option) => option.type !== ATTACHMENT);
    const required = options.filter((option) => option.required);
    const optional = options.filter((option) => !option.required);
    this.#root.replaceChildren(
      element("span", { class: "pill" }, `/${command.name}`),
      ...required.map((option) => this.#field(option)),
      ...optional.map((option) => this.#adder(option)),
      button("Cancel", () => this.#hooks.leave(), { class: "plain cancel" }),
    );
    this.#root.hidden = false;
    say(this.#help, command.description);
    this.#begin(text);
  }

  close() {
    clearTimeout(this.#resting);
    this.#asked++;
    this.command = null;
    this.#fields = [];
    this.#root.hidden = true;
    this.#root.replaceChildren();
    say(this.#help, "");
    this.#listbox.hide();
  }

  /** The options as they are filled in; null, with the reason shown, when something is missing. */
  read() {
    const options = [];
    for (const field of this.#fields) {
      const { value, problem } = field.read();
      field.input.setAttribute("aria-invalid", String(Boolean(problem)));
      if (problem) {
        field.input.focus();
        say(this.#help, problem);
        return null;
      }
      if (value !== undefined) options.push({ name: field.option.name, value });
    }
    return options;
  }

  // begin puts text into the first field, and the focus where one goes on.
  #begin(text) {
    if (text && this.#fields.length === 0) this.#add([...this.#adders.keys()][0]);
    const [first] = this.#fields;
    if (!first) return this.#hooks.complete();
    first.input.value = text;
    this.#deal(first).input.focus();
  }

  #adder(option) {
    const add = button([element("span", { "aria-hidden": "true" }, "+ "), element("span", { class: "unseen" }, "Add "), option.name],
      () => this.#add(option.name)?.input.focus(),
      { class: "add", title: option.description, onfocus: () => say(this.#help, `${option.name}: ${option.description}`) });
    this.#adders.set(option.name, { add, option });
    return add;
  }

  // add makes the field of an option that had none yet.
  #add(name) {
    const { add, option } = this.#adders.get(name) ?? {};
    if (!option) return null;
    this.#adders.delete(name);
    add.replaceWith(this.#field(option));
    return this.#fields.at(-1);
  }

  // deal moves what a field's text gives to other options by name, as in "Team channel:team", to the fields of those, and
  // returns the last one.
  #deal(field) {
    const { input, option } = field;
    const others = [...this.#fields.map((each) => each.option.name), ...this.#adders.keys()].filter((name) => name !== option.name);
    const text = input.value.replace(new RegExp(`^${option.name}:\\s*`), "");
    const [own, ...named] = others.length > 0 ? text.split(new RegExp(`(?:^|\\s)(${others.join("|")}):\\s*`)) : [text];
    if (own !== input.value) input.value = own;
    for (let i = 0; i < named.length; i += 2) {
      field = this.#fields.find((each) => each.option.name === named[i]) ?? this.#add(named[i]);
      field.input.value = named[i + 1];
    }
    return field;
  }

  // next goes on to what is still required, once something is chosen.
  #next() {
    this.#fields.find(({ option, input }) => option.required && !input.value)?.input.focus();
  }

  #field(option) {
    const field = new Field(option, this.#world);
    this.#fields.push(field);
    const { input } = field;
    input.addEventListener("focus", () => {
      say(this.#help, field.help);
      this.#offer(field);
    });
    input.addEventListener("blur", () => this.#listbox.hide());
    input.addEventListener("input", () => {
      input.removeAttribute("aria-invalid");
      const last = this.#deal(field);
      if (last === field) this.#offer(field, REST);
      else last.input.focus();
    });
    input.addEventListener("keydown", (event) => this.#key(event, field));
    return field.root;
  }

  #key(event, field) {
    if (this.#listbox.key(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.#hooks.submit();
    } else if (event.key === "Escape" || (event.key === "Backspace" && !field.input.value && field === this.#fields[0])) {
      event.preventDefault();
      this.#hooks.leave();
    }
  }

  // offer shows what the field can be filled with, after a rest when the application is asked.
  #offer(field, rest = 0) {
    clearTimeout(this.#resting);
    const asked = ++this.#asked;
    const { input, option } = field;
    if (field.settled) {
      this.#listbox.hide();
    } else if (field.choices) {
      const pick = (choice) => {
        field.take(choice);
        this.#next();
      };
      this.#listbox.show(input, field.fitting.slice(0, 25), pick, { first: input.value.trim() !== "", empty: "Nothing fits." });
    } else if (field.takesMentions && offerMentions(this.#listbox, input, this.#world)) {
      // the names go before what the application suggests
    } else if (option.autocomplete) {
      this.#resting = setTimeout(() => this.#ask(field, asked), rest);
    }
  }

  async #ask(field, asked) {
    const options = this.#fields.map((each) => ({ name: each.option.name, value: each === field ? each.input.value : each.read().value }))
      .filter((each) => each.value !== undefined);
    let items = [];
    let empty = "";
    try {
      const { choices } = await this.#hooks.suggest(this.command, options, field.option.name);
      items = (choices ?? []).map(({ name, value }) => ({ label: name, value }));
    } catch {
      empty = "No suggestions came. You can send what you typed.";
    }
    if (asked !== this.#asked || document.activeElement !== field.input) return;
    if (items.length === 1 && items[0].label === field.input.value) items = []; // it says that already
    this.#listbox.show(field.input, items, (choice) => field.take(choice), { empty });
  }
}

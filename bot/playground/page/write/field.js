// A field for one option of a command: what it takes, and what is wrong with what was typed.

import { element } from "../dom.js";
import { TEXT, THREAD } from "../world.js";
import { withMentions } from "./mentions.js";

const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const ROLE = 8;
const MENTIONABLE = 9;
const NUMBER = 10;

export class Field {
  #world;

  constructor(option, world) {
    this.#world = world;
    this.option = option;
    this.choices = choicesOf(option, world); // what it must be one of; null for free text
    this.chosen = null;
    const combobox = this.choices || option.autocomplete;
    this.input = element("input", {
      type: "text",
      name: option.name,
      required: Boolean(option.required),
      maxlength: option.max_length ?? 6000,
      inputmode: option.type === INTEGER || option.type === NUMBER ? "decimal" : null,
      "aria-describedby": "help",
      ...(combobox && { role: "combobox", "aria-autocomplete": "list", "aria-controls": "picker", "aria-expanded": "false" }),
    });
    this.root = element("label", { class: option.type === BOOLEAN ? "field narrow" : "field" },
      element("span", { class: "name" }, option.name, option.required && element("span", { class: "star", "aria-hidden": "true" }, " *")),
      this.input);
  }

  get help() {
    const { name, description, required } = this.option;
    const listed = this.input.hasAttribute("aria-controls") && !matchMedia("(pointer: coarse)").matches && "arrow keys choose from the list";
    return [`${name}: ${description}`, required && "required", listed].filter(Boolean).join(" · ");
  }

  /** Whether names of people, roles and channels in it are sent as mentions. */
  get takesMentions() {
    return this.option.type === STRING && !this.choices;
  }

  /** Whether the field holds what was chosen. */
  get settled() {
    return this.chosen?.label === this.input.value;
  }

  /** The choices that fit what is typed. */
  get fitting() {
    const typed = bare(this.input.value);
    return this.choices.filter(({ label }) => label.toLowerCase().includes(typed));
  }

  take(choice) {
    this.chosen = choice;
    this.input.value = choice.label;
    this.input.removeAttribute("aria-invalid");
  }

  /** {value} as it is sent, undefined for none, or {problem}. */
  read() {
    const { option } = this;
    const text = this.input.value.trim();
    if (!text) return option.required ? { problem: `${option.name} is required.` } : {};
    const same = (choice) => bare(choice.label) === bare(text);
    const choice = this.chosen && same(this.chosen) ? this.chosen : this.choices?.find(same);
    if (choice) return { value: choice.value };
    if (this.choices) return { problem: `Choose one of the list for ${option.name}.` };
    if (option.type === INTEGER || option.type === NUMBER) return number(option, text);
    if (text.length < (option.min_length ?? 0)) return { problem: `${option.name} needs at least ${option.min_length} characters.` };
    return { value: this.takesMentions ? withMentions(text, this.#world) : text };
  }
}

// bare is a text as it is compared: without the sign before a name.
const bare = (text) => text.trim().toLowerCase().replace(/^[@#]/, "");

function number(option, text) {
  const value = Number(text);
  if (Number.isNaN(value) || (option.type === INTEGER && !Number.isInteger(value))) return { problem: `${option.name} is a number.` };
  if (value < (option.min_value ?? value)) return { problem: `${option.name} is at least ${option.min_value}.` };
  if (value > (option.max_value ?? value)) return { problem: `${option.name} is at most ${option.max_value}.` };
  return { value };
}

// choicesOf lists what an option must be one of; null when it takes any text.
function choicesOf(option, world) {
  const people = () => world.members.map(({ user }) => ({ label: `@${world.nameOf(user)}`, detail: user.username, value: user.id }));
  const roles = () => world.roles.map(({ id, name }) => ({ label: `@${name.replace(/^@/, "")}`, detail: "role", value: id }));
  switch (option.type) {
    case BOOLEAN:
      return [{ label: "True", value: true }, { label: "False", value: false }];
    case USER:
      return people();
    case ROLE:
      return roles();
    case MENTIONABLE:
      return [...people(), ...roles()];
    case CHANNEL:
      return world.channels.filter(({ type }) => (option.channel_types?.length ? option.channel_types : [TEXT, THREAD]).includes(type))
        .map(({ id, name }) => ({ label: `#${name}`, value: id }));
    default:
      return option.choices?.length ? option.choices.map(({ name, value }) => ({ label: name, value })) : null;
  }
}

// A field for one option of a command: what it takes, and what is wrong with what was typed.

import { element } from "../dom.js";
import { THREAD } from "../world.js";

const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const ROLE = 8;
const NUMBER = 10;

export class Field {
  constructor(option, world) {
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
    const same = (choice) => choice.label.toLowerCase() === text.toLowerCase();
    const choice = this.chosen && same(this.chosen) ? this.chosen : this.choices?.find(same);
    if (choice) return { value: choice.value };
    if (this.choices) return { problem: `Choose one of the list for ${option.name}.` };
    if (option.type === INTEGER || option.type === NUMBER) return number(option, text);
    if (text.length < (option.min_length ?? 0)) return { problem: `${option.name} needs at least ${option.min_length} characters.` };
    return { value: text };
  }
}

function number(option, text) {
  const value = Number(text);
  if (Number.isNaN(value) || (option.type === INTEGER && !Number.isInteger(value))) return { problem: `${option.name} is a number.` };
  if (value < (option.min_value ?? value)) return { problem: `${option.name} is at least ${option.min_value}.` };
  if (value > (option.max_value ?? value)) return { problem: `${option.name} is at most ${option.max_value}.` };
  return { value };
}

// choicesOf lists what an option must be one of; null when it takes any text.
function choicesOf(option, world) {
  switch (option.type) {
    case BOOLEAN:
      return [{ label: "Yes", value: true }, { label: "No", value: false }];
    case USER:
      return world.members.map(({ user }) => ({ label: world.nameOf(user), value: user.id }));
    case CHANNEL:
      return world.channels.filter((channel) => channel.type === 0 || channel.type === THREAD)
        .map((channel) => ({ label: world.placeName(channel), value: channel.id }));
    case ROLE:
      return world.roles.map((role) => ({ label: role.name, value: role.id }));
    default:
      return option.choices?.length ? option.choices.map(({ name, value }) => ({ label: name, value })) : null;
  }
}

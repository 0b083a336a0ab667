// A field of a form in which one chooses from a list.

import { element } from "../dom.js";
import { described } from "./labelled.js";

/** The field of a menu {custom_id, label, description, options, ...}. */
export function choiceField(menu) {
  const id = `field-${menu.custom_id}`;
  const required = menu.required !== false && (menu.min_values ?? 1) > 0;
  return (menu.max_values ?? 1) > 1 ? several(menu, id, required) : one(menu, id, required);
}

const inWords = ({ label, description, emoji }) => [emoji?.name && !emoji.id && `${emoji.name} `, label, description && ` – ${description}`].filter(Boolean).join("");

function one(menu, id, required) {
  const notes = described(id, menu.description, required);
  const select = element("select", { id, required, "aria-describedby": notes.id },
    element("option", { value: "" }, menu.placeholder || "Make a selection"),
    menu.options.map((option) => element("option", { value: option.value, selected: Boolean(option.default) }, inWords(option))));
  return {
    id: menu.custom_id,
    input: select,
    value: () => select.value,
    root: element("div", { class: "form-field" }, element("label", { for: id }, menu.label), select, notes),
  };
}

function several(menu, id, required) {
  const { min_values: min = 1, max_values: max } = menu;
  const notes = described(id, menu.description, required, required && min === max ? `choose ${max}` : `choose up to ${max}`);
  const boxes = menu.options.map((option) => element("input", { type: "checkbox", value: option.value, checked: Boolean(option.default) }));
  return {
    id: menu.custom_id,
    input: boxes[0],
    value: () => boxes.filter((box) => box.checked).map((box) => box.value).join(","),
    root: element("fieldset", { class: "form-field", "aria-describedby": notes.id },
      element("legend", {}, menu.label),
      menu.placeholder && element("span", { class: "small" }, menu.placeholder),
      menu.options.map((option, i) => element("label", { class: "box-label" }, boxes[i], " ", inWords(option))),
      notes),
  };
}

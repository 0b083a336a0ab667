// A field of a form for a text of one line or several.

import { element } from "../dom.js";
import { described } from "./labelled.js";

const LONG = 2;

/** The field of a text input {custom_id, label, description, ...}. */
export function textField(input) {
  const id = `field-${input.custom_id}`;
  const required = input.required !== false;
  const notes = described(id, input.description, required, limitsOf(input));
  const attributes = {
    id,
    required,
    placeholder: input.placeholder ?? null,
    minlength: input.min_length ?? null,
    maxlength: input.max_length ?? 4000,
    "aria-describedby": notes.id,
  };
  const control = input.style === LONG ? element("textarea", { ...attributes, rows: 4 }) : element("input", { type: "text", ...attributes });
  control.value = input.value ?? "";
  return {
    id: input.custom_id,
    input: control,
    value: () => control.value,
    root: element("div", { class: "form-field" }, element("label", { for: id }, input.label), control, notes),
  };
}

function limitsOf({ min_length: min, max_length: max }) {
  const limits = [min && `at least ${min}`, max && `at most ${max}`].filter(Boolean).join(", ");
  return limits && `${limits} characters`;
}

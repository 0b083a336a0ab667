// Forms that the application opens.

import { button, element } from "./dom.js";

const ROW = 1;
const TEXT = 4;
const LABEL = 18;
const LONG = 2;

export class FormDialog {
  #dialog;

  /** lost is called when a form closes and what had the focus before it is gone. */
  constructor(dialog, lost) {
    this.#dialog = dialog;
    dialog.addEventListener("close", () => document.activeElement === document.body && lost());
  }

  /**
   * Opens a form {title, components}. submit is called with the fields by their ids; the form stays, with what was
   * written in it, until that succeeds.
   */
  open({ title, components }, submit) {
    const fields = components.flatMap(textInputs).map(field);
    const problem = element("p", { class: "problem", role: "alert" });
    const send = element("button", { type: "submit", class: "primary" }, "Submit");
    const form = element("form", { onsubmit: (event) => this.#send(event, fields, submit, send, problem) },
      element("h2", { id: "form-title" }, title),
      fields.map(({ root }) => root),
      problem,
      element("div", { class: "row end" }, button("Cancel", () => this.#dialog.close(), { class: "press secondary" }), send));
    this.#dialog.replaceChildren(form);
    if (!this.#dialog.open) this.#dialog.showModal();
    fields[0]?.input.focus();
  }

  async #send(event, fields, submit, send, problem) {
    event.preventDefault();
    if (send.getAttribute("aria-busy") === "true") return;
    send.setAttribute("aria-busy", "true");
    problem.textContent = "";
    try {
      await submit(Object.fromEntries(fields.map(({ id, input }) => [id, input.value])));
      this.#dialog.close();
    } catch (refusal) {
      problem.textContent = `${refusal.message} You can try again.`;
    } finally {
      send.removeAttribute("aria-busy");
    }
  }
}

// textInputs finds the inputs of a row, or of a label, with the words that belong to each.
function textInputs(part) {
  if (part.type === ROW) return part.components.filter((each) => each.type === TEXT);
  if (part.type === LABEL && part.component?.type === TEXT) return [{ ...part.component, label: part.label, description: part.description }];
  return [];
}

function field(input) {
  const id = `field-${input.custom_id}`;
  const required = input.required !== false;
  const limits = element("span", { class: "small", id: `${id}-limits` }, limitsOf(input, required));
  const attributes = {
    id,
    required,
    placeholder: input.placeholder ?? null,
    minlength: input.min_length ?? null,
    maxlength: input.max_length ?? 4000,
    "aria-describedby": limits.id,
  };
  const control = input.style === LONG ? element("textarea", { ...attributes, rows: 4 }) : element("input", { type: "text", ...attributes });
  control.value = input.value ?? "";
  return {
    id: input.custom_id,
    input: control,
    root: element("div", { class: "form-field" }, element("label", { for: id }, input.label), control, limits),
  };
}

function limitsOf({ description, min_length: min, max_length: max }, required) {
  const limits = [min && `at least ${min}`, max && `at most ${max}`].filter(Boolean).join(", ");
  return [description, required ? "Required" : "Optional", limits && `${limits} characters`].filter(Boolean).join(" · ");
}

// Forms that the application opens.

import { button, element } from "../dom.js";
import { choiceField } from "./choice.js";
import { textField } from "./text.js";

const ROW = 1;
const MENU = 3;
const TEXT = 4;
const PROSE = 10;
const LABEL = 18;

export class FormDialog {
  #dialog;

  /** lost is called when a form closes and what had the focus before it is gone. */
  constructor(dialog, lost) {
    this.#dialog = dialog;
    dialog.addEventListener("close", () => document.activeElement === document.body && lost());
  }

  /**
   * Opens a form {title, components}; prose draws the texts in it. submit is called with the fields by their ids; the
   * form stays, with what was written in it, until that succeeds.
   */
  open({ title, components }, prose, submit) {
    const parts = components.map((part) => partOf(part, prose));
    const fields = parts.filter((part) => part.id);
    const problem = element("p", { class: "problem", role: "alert" });
    const send = element("button", { type: "submit", class: "primary" }, "Submit");
    const form = element("form", { onsubmit: (event) => this.#send(event, fields, submit, send, problem) },
      element("h2", { id: "form-title" }, title),
      parts.map(({ root }) => root),
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
      await submit(Object.fromEntries(fields.map(({ id, value }) => [id, value()])));
      this.#dialog.close();
    } catch (refusal) {
      problem.textContent = `${refusal.message} You can try again.`;
    } finally {
      send.removeAttribute("aria-busy");
    }
  }
}

// partOf draws a part of a form: {root}, and {id, input, value()} where something is filled in.
function partOf(part, prose) {
  if (part.type === PROSE) return { root: element("div", { class: "content" }, prose.draw(part.content)) };
  const { label, description, component: input } = part.type === LABEL ? part : { component: part.type === ROW && part.components[0] };
  if (input?.type === TEXT) return textField({ ...input, label: label ?? input.label, description });
  if (input?.type === MENU) return choiceField({ ...input, label, description });
  return { root: element("p", { class: "small" }, "This part can not be shown here.") };
}

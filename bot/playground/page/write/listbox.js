// A list of suggestions under the command of a text field: the field keeps the focus, the arrow keys move through the list.

import { element } from "../dom.js";

export class Listbox {
  #list;
  #status;
  #owner = null;
  #pick = null;
  #items = [];
  #active = -1;

  /** list is the element to fill, status one whose changes are read out. */
  constructor(list, status) {
    this.#list = list;
    this.#status = status;
    // A press must not take the focus from the field.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get open() {
    return !this.#list.hidden;
  }

  /**
   * Shows items {label, detail} for the field owner; pick is called with the one that is chosen. first preselects the
   * first. empty stands there when there are no items; without it the list closes.
   */
  show(owner, items, pick, { first = false, empty = "" } = {}) {
    if (items.length === 0 && !empty) return this.hide();
    this.#leave();
    this.#owner = owner;
    this.#items = items;
    this.#pick = pick;
    this.#list.replaceChildren(...(items.length > 0 ? items.map((item, i) => this.#option(item, i)) : [element("div", { role: "option", "aria-disabled": "true" }, empty)]));
    this.#list.hidden = false;
    owner.setAttribute("aria-expanded", String(items.length > 0));
    this.#activate(first && items.length > 0 ? 0 : -1);
    this.#status.textContent = items.length > 0 ? `${items.length} ${items.length === 1 ? "suggestion" : "suggestions"}` : empty;
  }

  hide() {
    this.#leave();
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#items = [];
    this.#active = -1;
  }

  /** Takes a key that was pressed in the field, and reports whether it was for the list. */
  key(event) {
    if (!this.open || event.isComposing) return false;
    switch (event.key) {
      case "ArrowDown":
        return this.#move(1);
      case "ArrowUp":
        return this.#move(-1);
      case "Escape":
        this.hide();
        return true;
      case "Enter":
      case "Tab":
        if (this.#active < 0 || event.shiftKey) return false;
        this.#choose(this.#active);
        return true;
      default:
        return false;
    }
  }

  #option(item, i) {
    return element("div", { role: "option", id: `${this.#list.id}-${i}`, "aria-selected": "false", onclick: () => this.#choose(i) },
      element("span", { class: "label" }, item.label),
      item.detail && element("span", { class: "detail" }, item.detail));
  }

  #move(step) {
    const count = this.#items.length;
    if (count === 0) return false;
    this.#activate(this.#active < 0 && step < 0 ? count - 1 : (this.#active + step + count) % count);
    return true;
  }

  #activate(i) {
    this.#list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = i;
    if (i < 0) {
      this.#owner.removeAttribute("aria-activedescendant");
      return;
    }
    const option = this.#list.children[i];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#owner.setAttribute("aria-activedescendant", option.id);
  }

  #choose(i) {
    const item = this.#items[i];
    const pick = this.#pick;
    this.hide();
    pick(item);
  }

  #leave() {
    this.#owner?.setAttribute("aria-expanded", "false");
    this.#owner?.removeAttribute("aria-activedescendant");
    this.#owner = null;
  }
}

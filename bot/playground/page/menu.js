// Menus that open from a button: of messages, of members, and the select menus of messages.

import { button, element } from "./dom.js";

let current = null;

/**
 * Opens a menu at a button. items are {label, detail, checked}; done is called with the chosen one. With max above 1
 * several can be ticked, and done is called with all of them once "Done" is pressed.
 */
export function openMenu(anchor, label, items, done, { min = 1, max = 1, checkable = false } = {}) {
  current?.close();
  current = new Menu(anchor, label, items, done, { min, max, checkable: checkable || max > 1 });
}

class Menu {
  constructor(anchor, label, items, done, { min, max, checkable }) {
    this.anchor = anchor;
    this.items = items;
    this.done = done;
    this.min = min;
    this.max = max;
    this.chosen = new Set(items.filter((item) => item.checked));
    const role = max > 1 ? "menuitemcheckbox" : checkable ? "menuitemradio" : "menuitem";
    this.buttons = items.map((item) => this.#item(item, role, checkable));
    this.confirm = max > 1 && button("Done", () => this.#finish([...this.chosen]), { role: "menuitem", class: "confirm" });
    this.root = element("div", { class: "menu", role: "menu", "aria-label": label, popover: "auto", onkeydown: (event) => this.#key(event) },
      this.buttons, this.confirm);
    this.root.addEventListener("toggle", (event) => event.newState === "closed" && this.#closed());
    this.#open();
  }

  close() {
    if (this.root.isConnected) this.root.hidePopover();
  }

  #item(item, role, checkable) {
    return button([
      element("span", { class: "label" }, item.label),
      item.detail && element("span", { class: "detail" }, item.detail),
    ], () => this.#press(item), { role, tabindex: "-1", ...(checkable && { "aria-checked": String(this.chosen.has(item)) }) });
  }

  #open() {
    this.anchor.closest("dialog, main, section").append(this.root);
    this.anchor.setAttribute("aria-expanded", "true");
    this.root.showPopover();
    const at = this.anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.root;
    this.root.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    this.root.style.top = at.bottom + height + 8 <= innerHeight ? `${at.bottom + 4}px` : `${Math.max(8, at.top - height - 4)}px`;
    (this.buttons.find((_, i) => this.items[i].checked) ?? this.buttons[0])?.focus();
  }

  #closed() {
    const held = this.root.contains(document.activeElement) || document.activeElement === document.body;
    this.root.remove();
    this.anchor.setAttribute("aria-expanded", "false");
    if (held) this.anchor.focus();
    if (current === this) current = null;
  }

  #press(item) {
    if (this.max === 1) return this.#finish(item);
    if (this.chosen.has(item)) this.chosen.delete(item);
    else if (this.chosen.size < this.max) this.chosen.add(item);
    this.buttons.forEach((each, i) => each.setAttribute("aria-checked", String(this.chosen.has(this.items[i]))));
    this.confirm.disabled = this.chosen.size < this.min;
  }

  #finish(choice) {
    this.close();
    this.anchor.focus();
    this.done(choice);
  }

  #key(event) {
    const all = [...this.buttons, this.confirm].filter(Boolean);
    const at = all.indexOf(document.activeElement);
    const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (go !== undefined) {
      all.at(go % all.length).focus();
      event.preventDefault();
    } else if (event.key === "Tab") {
      this.close();
    } else if (event.key.length === 1 && event.key !== " ") {
      this.#seek(event.key.toLowerCase());
    }
  }

  // seek moves to the next item that begins with a letter.
  #seek(letter) {
    const at = this.buttons.indexOf(document.activeElement);
    const order = [...this.buttons.slice(at + 1), ...this.buttons.slice(0, at + 1)];
    order.find((each) => each.textContent.toLowerCase().startsWith(letter))?.focus();
  }
}

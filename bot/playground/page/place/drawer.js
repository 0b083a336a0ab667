// On narrow screens the list of channels is a drawer behind a button.

export class Drawer {
  #opener;
  #drawer;
  #rest;

  /** rest is what can not be used while the drawer is open. */
  constructor(opener, drawer, rest) {
    this.#opener = opener;
    this.#drawer = drawer;
    this.#rest = rest;
    opener.addEventListener("click", (event) => {
      event.stopPropagation();
      this.#set(true);
      drawer.querySelector("[aria-current]")?.focus();
    });
    drawer.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    document.addEventListener("click", (event) => !drawer.contains(event.target) && this.close());
    matchMedia("(max-width: 700px)").addEventListener("change", () => this.close());
  }

  close() {
    if (!this.#drawer.classList.contains("open")) return;
    this.#set(false);
    this.#opener.focus();
  }

  #set(open) {
    this.#opener.setAttribute("aria-expanded", String(open));
    this.#drawer.classList.toggle("open", open);
    this.#rest.inert = open;
  }
}

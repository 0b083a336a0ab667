// Who is typing.

// How long somebody is shown as typing unless they say so again.
const FOR = 10_000;

export class Typing {
  #root;
  #end = 0;

  constructor(root) {
    this.#root = root;
  }

  /** Shows somebody as typing for a while; "" for nobody. */
  show(name) {
    clearTimeout(this.#end);
    this.#root.textContent = name && `${name} is typing…`;
    if (name) this.#end = setTimeout(() => this.show(""), FOR);
  }
}

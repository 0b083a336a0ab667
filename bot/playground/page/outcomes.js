// What becomes of interactions. The event that tells it may come before or after the answer to the request that began it.

export class Outcomes {
  #known = new Map();

  /** Resolves once an interaction is answered, and rejects when it fails. */
  of(id) {
    return this.#entry(id).promise;
  }

  /** Says what became of an interaction; no problem: it was answered. */
  settle(id, problem = "") {
    if (problem) this.#entry(id).reject(new Error(problem));
    else this.#entry(id).resolve();
  }

  #entry(id) {
    if (!this.#known.has(id)) {
      const entry = Promise.withResolvers();
      entry.promise.catch(() => {}); // nobody may be waiting for it
      this.#known.set(id, entry);
    }
    return this.#known.get(id);
  }
}

// The page's way to the server: requests as one member, and the stream of what that member may see.

async function request(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch {
    throw new Error("The local Discord is not running any more.");
  }
  const text = await response.text();
  if (response.ok) return text ? JSON.parse(text) : null;
  let refusal = "";
  try {
    refusal = JSON.parse(text).message;
  } catch {
    // An answer that is no JSON has no words for people.
  }
  throw new Error(refusal || `The local Discord answered with ${response.status}.`);
}

/** Requests in the name of a member; each rejects with words that can be shown. */
export class Api {
  constructor(as) {
    this.as = as;
  }

  state() {
    return request("GET", `/local/state?as=${encodeURIComponent(this.as)}`);
  }

  messages(channel) {
    return request("GET", `/local/messages?as=${encodeURIComponent(this.as)}&channel=${channel}`);
  }

  say(channel, content, replyTo, ping) {
    return this.#post("say", { channel, content, ...(replyTo && { reply_to: replyTo, ping }) });
  }

  run(channel, command, options, target) {
    return this.#post("run", { channel, command, options, ...(target && { target }) });
  }

  suggest(channel, command, options, focused) {
    return this.#post("suggest", { channel, command, options, focused });
  }

  click(message, customID, values) {
    return this.#post("click", { message, custom_id: customID, ...(values && { values }) });
  }

  submit(interaction, fields) {
    return this.#post("submit", { interaction, fields });
  }

  /** Tells that the member has seen all that is in a channel. */
  read(channel) {
    return this.#post("read", { channel });
  }

  dm() {
    return this.#post("dm", {});
  }

  #post(what, body) {
    return request("POST", `/local/${what}`, { as: this.as, ...body });
  }

  /**
   * Calls handlers[NAME] with the data of each event. lost is called when the stream breaks, found when it is back: what
   * happened in between has to be read anew. Returns what ends it.
   */
  listen(handlers, { lost, found }) {
    const source = new EventSource(`/local/events?as=${encodeURIComponent(this.as)}`);
    let broken = false;
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
    }
    source.onerror = () => {
      broken = true;
      lost();
    };
    source.onopen = () => {
      if (broken) found();
      broken = false;
    };
    return () => source.close();
  }
}

/** Changes the server as a member who may. */
export const change = (as, what) => request("POST", "/local/change", { as, ...what });

/** Sets the language of a member's client. */
export const speak = (as, language) => request("POST", "/local/speak", { as, language });

/** Moves the server's clock. */
export const advance = (ms) => request("POST", "/local/clock", { advance_ms: ms });

/** Adds a fault. */
export const breakIt = (fault) => request("POST", "/local/faults", fault);

/** Removes all faults. */
export const mend = () => request("DELETE", "/local/faults");

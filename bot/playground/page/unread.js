// What a member has not seen yet, by channel.

export class Unread {
  #channels;

  /** channels are those of the server's state: {id, unread, pings, last}, last being the latest message then. */
  constructor(channels) {
    this.#channels = new Map(channels.map(({ id, unread, pings, last }) => [id, { unseen: unread, pings, last: BigInt(last ?? 0) }]));
  }

  /** Counts a message, once however often it is told. */
  add({ id, channel_id: channel }, pings) {
    const known = this.of(channel);
    if (BigInt(id) <= known.last) return;
    this.#channels.set(channel, { unseen: true, pings: known.pings + (pings ? 1 : 0), last: BigInt(id) });
  }

  /** Forgets what was new in a channel, and reports whether anything was. */
  read(channel) {
    const { unseen, last } = this.of(channel);
    this.#channels.set(channel, { unseen: false, pings: 0, last });
    return unseen;
  }

  /** Whether anything is new in a channel, and how often that pings the member: {unseen, pings}. */
  of(channel) {
    return this.#channels.get(channel) ?? { unseen: false, pings: 0, last: 0n };
  }

  /** The same for all channels together. */
  get all() {
    const list = [...this.#channels.values()];
    return { unseen: list.some(({ unseen }) => unseen), pings: list.reduce((sum, { pings }) => sum + pings, 0) };
  }
}

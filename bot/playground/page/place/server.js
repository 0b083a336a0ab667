// The part of the panel in which the server is changed, as its owner does it.

import { button, element } from "../dom.js";

// What the application may do in a channel, and the change that makes it so.
const RIGHTS = [["writes", "Read and write", "show"], ["reads", "Only read", "mute"], ["nothing", "Not even see it", "hide"]];

export class ServerPart {
  #change;
  #world = null;
  #presence = button("", () => this.#change({ kind: this.#isHere() ? "remove" : "invite", user: this.#world.application.name }), { class: "press secondary" });
  #channel = element("select", { id: "server-channel", onchange: () => this.#showRights() });
  #rights = new Map(RIGHTS.map(([right, label, kind]) => [right, button(label, () => this.#change({ kind, channel: this.#channel.value }), { class: "press secondary" })]));
  #may = element("p", { id: "server-may" });
  #role = element("select", { id: "server-role" });
  #member = element("select", { id: "server-member" });
  #name = element("input", { id: "server-name", type: "text", maxlength: 100 });

  /** change(what) changes the server. */
  constructor(change) {
    this.#change = change;
    const press = (label, act) => button(label, act, { class: "press secondary" });
    const role = (kind) => () => change({ kind, role: this.#role.value, user: this.#member.value });
    const named = (kind) => () => change({ kind, name: this.#name.value.trim() });
    this.root = element("section", { "aria-labelledby": "server-title" },
      element("h3", { id: "server-title" }, "The server"),
      this.#presence,
      field("Channel", this.#channel), press("Delete channel", () => change({ kind: "delete", channel: this.#channel.value })),
      this.#may, element("div", { class: "row", role: "group", "aria-labelledby": "server-may" }, ...this.#rights.values()),
      field("Role", this.#role), press("Delete role", role("drop")),
      field("Member", this.#member), element("div", { class: "row" }, press("Give role", role("give")), press("Take role", role("take"))),
      field("Name of a new one", this.#name), element("div", { class: "row" }, press("New channel", named("create")), press("New role", named("role"))));
  }

  /** Takes over what the server is like. */
  show(world) {
    this.#world = world;
    const { application, places, roles, members, guild } = world;
    this.#presence.textContent = this.#isHere() ? `Remove ${application.name}` : `Invite ${application.name} again`;
    this.#may.textContent = `There ${application.name} may`;
    fill(this.#channel, places.map(({ id, name }) => [id, `#${name}`]));
    fill(this.#role, roles.filter(({ id, managed }) => id !== guild.id && !managed).map(({ id, name }) => [id, name]));
    fill(this.#member, members.filter(({ user }) => !user.bot).map(({ user }) => [user.id, world.nameOf(user)]));
    this.#showRights();
  }

  #showRights() {
    const place = this.#world.places.find(({ id }) => id === this.#channel.value);
    for (const [right, each] of this.#rights) each.setAttribute("aria-pressed", String(right === place?.application));
  }

  #isHere() {
    return this.#world.hasApplication;
  }
}

const field = (label, control) => element("div", { class: "form-field" }, element("label", { for: control.id }, label), control);

// fill offers pairs of value and label, and keeps what was chosen if it is still there.
function fill(select, pairs) {
  const chosen = select.value;
  select.replaceChildren(...pairs.map(([value, label]) => element("option", { value, selected: value === chosen }, label)));
}

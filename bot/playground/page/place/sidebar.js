// The list of channels, threads and direct messages, and who one is.

import { button, element } from "../dom.js";
import { avatar } from "../log/message.js";
import { openMenu } from "../menu.js";
import { DIRECT, THREAD } from "../world.js";
import { newMark } from "./news.js";

export class Sidebar {
  #parts;
  #hooks;

  /** parts are {guild, channels, you}; hooks are open(channel id), direct() and become(member). */
  constructor(parts, hooks) {
    this.#parts = parts;
    this.#hooks = hooks;
    parts.you.addEventListener("click", () => this.#choose());
  }

  /** Draws it for a world, with the channel that is open. */
  show(world, here) {
    this.world = world;
    const { guild, channels, you } = this.#parts;
    const held = channels.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    guild.textContent = world.guild.name;
    channels.replaceChildren(
      element("h2", {}, "Channels"),
      element("ul", {}, world.channels.filter((channel) => channel.type !== DIRECT && channel.type !== THREAD).map((channel) => this.#channel(channel, here))),
      element("h2", {}, "Direct messages"),
      element("ul", {}, element("li", {}, this.#direct(here))));
    channels.querySelector(`[data-id="${held}"]`)?.focus();
    const name = world.nameOf(world.me);
    you.replaceChildren(avatar(world.me, name), element("span", { class: "label" },
      element("span", { class: "unseen" }, "You are "), element("b", {}, name), element("span", { class: "detail" }, rolesInWords(world, world.me.id))),
    element("span", { class: "switch" }, "Switch"));
  }

  #channel(channel, here) {
    const threads = this.world.threadsOf(channel.id);
    return element("li", {},
      this.#link(channel, here, [element("span", { class: "hash", "aria-hidden": "true" }, "# "), channel.name], () => this.#hooks.open(channel.id)),
      threads.length > 0 && element("ul", { "aria-label": `Threads in ${channel.name}` }, threads.map((thread) =>
        element("li", {}, this.#link(thread, here, thread.name, () => this.#hooks.open(thread.id))))));
  }

  #direct(here) {
    const { application, channels } = this.world;
    const label = [element("span", { class: application.online ? "dot on" : "dot", "aria-hidden": "true" }), application.name,
      element("span", { class: "detail" }, application.online ? "online" : "offline")];
    return this.#link(channels.find((channel) => channel.type === DIRECT) ?? { id: "direct" }, here, label, () => this.#hooks.direct());
  }

  #link(channel, here, label, open) {
    const news = this.world.unread.of(channel.id);
    return button([label, newMark(news)], open, {
      class: news.unseen ? "channel unread" : "channel",
      "data-id": channel.id,
      "aria-current": channel.id === here?.id ? "page" : null,
    });
  }

  #choose() {
    const { world } = this;
    const items = world.members.filter(({ user }) => !user.bot).map(({ user }) => ({
      label: world.nameOf(user), detail: rolesInWords(world, user.id), checked: user.id === world.me.id, user,
    }));
    openMenu(this.#parts.you, "Be another member", items, ({ user }) => this.#hooks.become(user), { checkable: true });
  }
}

const rolesInWords = (world, id) => world.rolesOf(id).map((role) => role.name).join(", ") || "member";

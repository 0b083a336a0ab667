// Draws what markdown.js has read.

import { button, element } from "../dom.js";
import { inStyle } from "../times.js";
import { inline, parse } from "./markdown.js";

/**
 * Draws texts for a world. open(channel id) and start(command name) are what mentions of channels and commands lead to.
 */
export class Prose {
  constructor(world, { open, start }) {
    this.world = world;
    this.open = open;
    this.start = start;
  }

  /** The nodes of a text with all its blocks. */
  draw(text) {
    return parse(text).map((block) => this.#block(block));
  }

  /** The nodes of a text in one line. */
  line(text) {
    return inline(text).map((node) => this.#inline(node));
  }

  #block(block) {
    const drawn = this.#blockBody(block);
    if (block.gap) drawn.classList.add("gap");
    return drawn;
  }

  #blockBody(block) {
    switch (block.type) {
      case "heading":
        // Headings of messages stand below those of the page.
        return element(`h${block.level + 2}`, {}, this.#all(block.children));
      case "small":
        return element("p", { class: "small" }, this.#all(block.children));
      case "quote":
        return element("blockquote", {}, block.children.map((child) => this.#block(child)));
      case "fence":
        return element("pre", {}, element("code", {}, block.code));
      case "list":
        return this.#list(block);
      default:
        return element("p", {}, this.#all(block.children));
    }
  }

  #list(block) {
    const items = block.items.map((item) => element("li", {}, item.map((node) => (node.type === "list" ? this.#list(node) : this.#inline(node)))));
    return element(block.ordered ? "ol" : "ul", block.ordered ? { start: block.start } : {}, items);
  }

  #all(nodes) {
    return nodes.map((node) => this.#inline(node));
  }

  #inline(node) {
    switch (node.type) {
      case "text":
        return node.text;
      case "strong":
      case "em":
        return element(node.type, {}, this.#all(node.children));
      case "underline":
        return element("u", {}, this.#all(node.children));
      case "strike":
        return element("s", {}, this.#all(node.children));
      case "code":
        return element("code", {}, node.text);
      case "spoiler":
        return this.#spoiler(node);
      case "link":
        return element("a", { href: node.href, title: node.title || node.href, target: "_blank", rel: "noopener noreferrer" }, this.#all(node.children));
      case "time":
        return this.#time(node);
      default:
        return this.#mention(node);
    }
  }

  #spoiler(node) {
    const inner = element("span", { hidden: true }, this.#all(node.children));
    const cover = button("Show spoiler", () => {
      inner.hidden = false;
      cover.remove();
    }, { class: "mention" });
    return element("span", { class: "spoiler" }, cover, inner);
  }

  #time({ seconds, style }) {
    const moment = new Date(seconds * 1000);
    return element("time", {
      datetime: moment.toISOString(),
      title: inStyle(moment, "F"),
      "data-relative": style === "R",
    }, inStyle(moment, style));
  }

  #mention(node) {
    switch (node.type) {
      case "user":
        return element("span", { class: node.id === this.world.me.id ? "mention me" : "mention" }, `@${this.world.nameByID(node.id) || "somebody"}`);
      case "role":
        return element("span", { class: "mention" }, `@${this.world.roles.find((role) => role.id === node.id)?.name ?? "role"}`);
      case "everyone":
        return element("span", { class: "mention" }, `@${node.name}`);
      case "command":
        return button(`/${node.name}`, () => this.start(node.name), { class: "mention" });
      case "channel": {
        const channel = this.world.channel(node.id);
        if (!channel) return element("span", { class: "mention" }, "#unknown");
        return button(this.world.placeName(channel), () => this.open(node.id), { class: "mention" });
      }
      default:
        return "";
    }
  }
}

/** Brings the relative moments on the page up to date. */
export function refreshMoments() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    time.textContent = inStyle(new Date(time.dateTime), "R");
  }
}

// Draws one message.

import { button, element } from "../dom.js";
import { dayOf, inStyle, whenWritten } from "../times.js";
import { LOADING, ON_MESSAGE, PRIVATE, THREAD } from "../world.js";
import { attachment } from "./attachment.js";
import { components } from "./components.js";

const REPLY = 19;
const NAMES_THREAD = 18; // "Ana started a thread"
const OPENS_THREAD = 21; // the message that a thread hangs on

/** Whether a message is only for the one who sees it. */
export const isPrivate = (message) => Boolean(message.flags & PRIVATE);

/** Whether the application has promised to say something here, and not said it yet. */
export const isLoading = (message) => Boolean(message.flags & LOADING);

/**
 * An article for a message. actions are {reply, menu, dismiss, find, jump, open, click}; world and prose as everywhere.
 */
export function article(message, { world, prose, actions }) {
  if (message.type === OPENS_THREAD && message.referenced_message) message = { ...message.referenced_message, id: message.id };
  const written = new Date(message.timestamp);
  const name = world.nameOf(message.author);
  const toMe = world.mentionsMe(message);
  return element("article", {
    class: `message${isPrivate(message) ? " private" : ""}${toMe ? " to-me" : ""}`,
    id: `m${message.id}`,
    tabindex: "-1",
    "aria-label": `${name}, ${whenWritten(written)}${toMe ? ", mentions you" : ""}`,
    "data-author": message.author.id,
    "data-day": dayOf(written),
    "data-at": written.getTime(),
    "data-lead": Boolean(leadsIn(message)),
  },
    usedCommand(message, world),
    repliedTo(message, world, prose, actions),
    element("div", { class: "head" },
      avatar(message.author, name),
      element("span", { class: "author" }, name),
      message.author.bot && element("span", { class: "tag" }, "bot"),
      element("time", { datetime: written.toISOString(), title: inStyle(written, "F") }, whenWritten(written)),
      toMe && element("span", { class: "unseen" }, " mentions you")),
    body(message, world, prose),
    (message.embeds ?? []).map((embed) => drawEmbed(embed, prose)),
    (message.attachments ?? []).map(attachment),
    components(message, actions),
    reactions(message),
    threadLink(message, world, actions),
    isPrivate(message) && privateNote(message, actions),
    tools(message, actions));
}

// leadsIn reports whether a line stands above the author, which then is never left out.
const leadsIn = (message) => message.interaction_metadata?.name || message.type === REPLY;

/** The circle that stands for somebody. */
export function avatar(user, name) {
  const hue = user.bot ? "bot" : Number(BigInt(user.id) >> 22n) % 5;
  return element("span", { class: "avatar", "data-hue": hue, "aria-hidden": "true" }, [...name][0].toUpperCase());
}

function usedCommand(message, world) {
  const { name, user } = message.interaction_metadata ?? {};
  if (!name) return null;
  const typed = !world.commands.some((command) => command.type === ON_MESSAGE && command.name === name);
  return element("p", { class: "lead" }, element("b", {}, world.nameOf(user)), " used ", element("b", {}, typed ? `/${name}` : name));
}

function repliedTo(message, world, prose, actions) {
  if (message.type !== REPLY) return null;
  const { message_id: id = message.interaction_metadata?.interacted_message_id } = message.message_reference ?? {};
  const original = message.referenced_message ?? actions.find(id);
  if (!original) return message.referenced_message === null && element("p", { class: "lead" }, "Reply to a message that was deleted");
  const first = original.content.split("\n").find((line) => line.trim())?.replace(/^(>|-|-#|#+) +/, "") ?? "an attachment";
  return element("p", { class: "lead" }, "Reply to ", element("b", {}, world.nameOf(original.author)), ": ",
    element("span", { class: "excerpt" }, prose.line(first)), " ",
    button("Show", () => actions.jump(original.id), { class: "plain", "data-key": "jump" }));
}

function body(message, world, prose) {
  if (message.failed) return element("p", { class: "problem" }, "The application did not respond.");
  if (isLoading(message)) {
    return element("p", { class: "thinking" }, `${world.nameOf(message.author)} is thinking…`);
  }
  if (message.type === NAMES_THREAD) return element("p", { class: "small" }, "started the thread ", element("b", {}, message.content));
  const blocks = prose.draw(message.content ?? "");
  const content = element("div", { class: "content" }, blocks);
  if (message.edited_timestamp) {
    const edited = element("span", { class: "edited", title: inStyle(new Date(message.edited_timestamp), "F") }, " (edited)");
    (blocks.at(-1)?.tagName === "P" ? blocks.at(-1) : content).append(edited);
  }
  return content;
}

function drawEmbed(embed, prose) {
  return element("div", { class: "embed" },
    embed.title && element("p", { class: "embed-title" }, prose.line(embed.title)),
    embed.description && element("div", { class: "content" }, prose.draw(embed.description)),
    (embed.fields ?? []).map((field) => element("div", { class: "content" }, element("strong", {}, prose.line(field.name)), prose.draw(field.value))),
    embed.footer && element("p", { class: "small" }, embed.footer.text));
}

function reactions(message) {
  const counted = (message.reactions ?? []).map(({ emoji, count }) => `${emoji.name} ${count}`);
  return counted.length > 0 && element("p", { class: "small" }, `Reactions: ${counted.join(", ")}`);
}

function threadLink(message, world, actions) {
  const thread = message.type !== OPENS_THREAD && world.channel(message.id);
  if (thread?.type !== THREAD || message.channel_id === thread.id) return null;
  return element("p", { class: "thread" }, button(`Open the thread “${thread.name}”`, () => actions.open(thread.id), { "data-key": "thread" }));
}

function privateNote(message, actions) {
  return element("p", { class: "only-you" }, "Only you can see this · ",
    button("Dismiss", () => actions.dismiss(message.id), { class: "plain", "data-key": "dismiss" }));
}

function tools(message, actions) {
  return element("div", { class: "tools", role: "group", "aria-label": "Actions" },
    !isPrivate(message) && button("Reply", () => actions.reply(message), { "data-key": "reply" }),
    button("More", (event) => actions.menu(message, event.currentTarget), { "aria-haspopup": "menu", "aria-expanded": "false", "data-key": "more" }));
}

// What stands above the messages of a place: where one is, and what to do there.

import { button, element } from "../dom.js";
import { DIRECT, THREAD } from "../world.js";

/** Fills in the welcome to a channel; start(command) begins the command that it points to. */
export function drawWelcome(root, world, channel, start) {
  root.replaceChildren(element("h2", {}, world.placeName(channel)), element("p", {}, about(world, channel)));
  const command = world.firstCommand(channel);
  if (!command || channel.type === THREAD || channel.can_send === false) return;
  const question = command.options?.find((option) => option.required)?.name;
  root.append(element("p", { class: "hint" },
    element("span", {}, "Type ", element("b", {}, `/${command.name}`), question ? ` and a ${question}, then press Enter.` : " and press Enter."),
    button(`Use /${command.name}`, () => start(command), { class: "press primary" })));
}

/** Why nobody answers in a channel at the moment; "" if somebody does. */
export function absence({ application, hasApplication }, channel) {
  if (!application.online) return `${application.name} is offline. Nobody answers until it is back.`;
  return hasApplication || channel.type === DIRECT ? "" : `${application.name} is not in this server. Nobody answers here until it is invited again.`;
}

function about(world, channel) {
  const { name } = world.application;
  if (channel.can_send === false) return "You can read here, but not write.";
  switch (channel.type) {
    case DIRECT:
      return `Only you and ${name} read what is written here.`;
    case THREAD:
      return `A thread in #${world.channel(channel.parent_id)?.name ?? "a channel"}. ${name} hears what mentions @${name} or replies to it.`;
    default:
      return "A Discord on this computer, to try things in. It needs no account.";
  }
}

/** What the empty text field of a channel says. */
export function placeholder(world, channel) {
  if (channel.can_send === false) return "You may not write here";
  if (channel.type === THREAD) return `Mention @${world.application.name}, or type /`;
  return `Message ${world.placeName(channel)}, or type /`;
}

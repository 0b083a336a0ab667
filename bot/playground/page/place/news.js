// The mark of what a member has not seen yet.

import { element } from "../dom.js";

/** Draws what is new, {unseen, pings}, after the name of a place: a dot, or the number of pings. Nothing for no news. */
export function newMark({ unseen, pings }) {
  if (!unseen) return [];
  const words = pings > 1 ? `${pings} new pings` : pings === 1 ? "1 new ping" : "new messages";
  return [
    element("span", { class: "unseen" }, `, ${words}`),
    element("span", { class: pings > 0 ? "pings" : "news", "aria-hidden": "true" }, pings > 0 ? String(pings) : ""),
  ];
}

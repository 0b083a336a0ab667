// The private messages that somebody has dismissed. They stay away as long as the tab is open.

const key = (as) => `dismissed ${as}`;

/** The ids of a member's dismissed messages. */
export const dismissedBy = (as) => new Set(JSON.parse(sessionStorage.getItem(key(as)) ?? "[]"));

/** Remembers that a member has dismissed a message. */
export function dismiss(as, id) {
  sessionStorage.setItem(key(as), JSON.stringify([...dismissedBy(as), id]));
}

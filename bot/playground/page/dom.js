// Building elements. Text always becomes a text node: nothing on this page turns text into markup.

/**
 * An element with attributes, listeners (keys that begin with "on") and children. Values false, null and undefined leave
 * an attribute out, and so they do with children.
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== false && child !== null && child !== undefined));
  return made;
}

/** A button that does not send a form. */
export function button(label, onclick, attributes = {}) {
  return element("button", { type: "button", onclick, ...attributes }, label);
}

/** The element with an id. */
export const byID = (id) => document.getElementById(id);

/** Shows text in an element, and hides the element when there is none. */
export function say(target, text) {
  target.textContent = text;
  target.hidden = !text;
}

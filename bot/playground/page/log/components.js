// Buttons and select menus of messages.

import { button, element } from "../dom.js";
import { openMenu } from "../menu.js";

const ROW = 1;
const BUTTON = 2;
const STRING_SELECT = 3;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const LINK = 5;

/** What stands below a message; null for nothing. */
export function components(message, actions) {
  const rows = (message.components ?? []).filter((row) => row.type === ROW);
  if (rows.length === 0) return null;
  const drawn = rows.map((row) => element("div", { class: "row" }, row.components.map((each) => component(message, each, actions))));
  return element("div", { class: "components" }, drawn, element("p", { class: "outcome", role: "status" }));
}

function component(message, each, actions) {
  if (each.type === BUTTON && each.style === LINK) return linkButton(each);
  if (each.type === BUTTON) return pressButton(message, each, actions);
  if (each.type === STRING_SELECT) return selectMenu(message, each, actions);
  return element("p", { class: "small" }, "This part can not be shown here.");
}

const labelOf = (each) => [each.emoji?.name && !each.emoji.id && `${each.emoji.name} `, each.label ?? ""].filter(Boolean).join("") || "Button";

function linkButton(each) {
  // "Opens elsewhere" is told in words as well.
  return element("a", { class: "press link", href: /^https?:/i.test(each.url) ? each.url : null, target: "_blank", rel: "noopener noreferrer" },
    labelOf(each), element("span", { class: "unseen" }, " (opens in a new tab)"));
}

function pressButton(message, each, actions) {
  return button(labelOf(each), (event) => press(event.currentTarget, () => actions.click(message.id, each.custom_id)), {
    class: `press ${STYLES[each.style] ?? "secondary"}`,
    disabled: Boolean(each.disabled),
    "data-key": each.custom_id,
  });
}

function selectMenu(message, each, actions) {
  const label = each.placeholder || "Make a selection";
  const shown = each.options.filter((option) => option.default).map((option) => option.label).join(", ") || label;
  const items = each.options.map((option) => ({ label: option.label, detail: option.description, value: option.value, checked: Boolean(option.default) }));
  return button([shown, element("span", { class: "arrow", "aria-hidden": "true" })], (event) => {
    const opener = event.currentTarget;
    openMenu(opener, label, items, (chosen) => {
      const values = [chosen].flat().map((item) => item.value);
      press(opener, () => actions.click(message.id, each.custom_id, values));
    }, { min: each.min_values ?? 1, max: each.max_values ?? 1, checkable: true });
  }, { class: "press select", disabled: Boolean(each.disabled), "aria-haspopup": "menu", "aria-expanded": "false", "data-key": each.custom_id });
}

// press waits for what a press leads to, and says so below the message when nothing comes of it.
async function press(pressed, act) {
  if (pressed.getAttribute("aria-busy") === "true") return;
  const outcome = pressed.closest(".components").querySelector(".outcome");
  outcome.textContent = "";
  pressed.setAttribute("aria-busy", "true");
  try {
    await act();
  } catch (problem) {
    outcome.textContent = problem.message;
  } finally {
    pressed.removeAttribute("aria-busy");
  }
}

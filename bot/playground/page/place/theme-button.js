// The button that chooses a theme. Until it is pressed, the system's counts; theme.js brings back what was chosen.

import { element } from "../dom.js";

export function wireThemeButton(button) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const label = () => button.replaceChildren(isDark() ? "Light" : "Dark", element("span", { class: "wide" }, " theme"));
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    label();
  });
  system.addEventListener("change", label);
  label();
}

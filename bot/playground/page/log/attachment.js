// Files that hang on a message: to download, and short texts to read at once.

import { button, element } from "../dom.js";

const SHORT = 64 * 1024; // bytes that are fetched for a preview
const GLANCE = 12; // lines that are shown at first

/** The card of a file. */
export function attachment(file) {
  const href = local(file.url);
  if (file.content_type?.startsWith("image/")) {
    return element("figure", { class: "file" }, element("img", { src: href, alt: file.description || file.filename, loading: "lazy" }));
  }
  const card = element("figure", { class: "file" },
    element("figcaption", {},
      element("span", { class: "file-name" }, file.filename), " ",
      element("span", { class: "small" }, size(file.size)), " ",
      element("a", { href, download: file.filename, "data-key": `file-${file.id}` }, "Download")));
  if (readable(file)) preview(card, href);
  return card;
}

// Only files of this server are fetched: an address from elsewhere loses its host.
const local = (url) => new URL(url, location.href).pathname;

const readable = (file) =>
  file.size <= SHORT && (/^(text\/|application\/json)/.test(file.content_type ?? "") || /\.(md|txt|json|csv|log)$/i.test(file.filename));

async function preview(card, href) {
  const response = await fetch(href);
  if (!response.ok) return;
  const lines = (await response.text()).trimEnd().split("\n");
  const text = element("pre", { tabindex: "0", role: "group", "aria-label": "Preview" }, lines.slice(0, GLANCE).join("\n"));
  card.append(text);
  if (lines.length <= GLANCE) return;
  const more = button(`Show all ${lines.length} lines`, () => {
    text.textContent = lines.join("\n");
    text.focus();
    more.remove();
  }, { class: "plain" });
  card.append(more);
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

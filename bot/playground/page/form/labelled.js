// What stands below the fields of forms.

import { element } from "../dom.js";

/** The line that a field with an id is described by. */
export function described(id, description, required, limits) {
  return element("span", { class: "small", id: `${id}-notes` }, [description, required ? "Required" : "Optional", limits].filter(Boolean).join(" · "));
}

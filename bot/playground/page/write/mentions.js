// Names of people, roles and channels in a text that is being written: "@Ana", "#team".

const BEGUN = /(?:^|[\s(])([@#][^\s@#]*)$/;

/** Offers what a name that is begun before the caret can become, and reports whether there is anything. */
export function offerMentions(listbox, field, world) {
  const caret = field.selectionStart;
  const [, typed] = BEGUN.exec(field.value.slice(0, caret)) ?? [];
  if (typed === undefined) return false;
  const items = world.mentionable().filter(({ label }) => label.toLowerCase().startsWith(typed.toLowerCase()));
  listbox.show(field, items, ({ label }) => field.setRangeText(`${label} `, caret - typed.length, caret, "end"), { first: true });
  return items.length > 0;
}

/** A text with the names in it as Discord sends them: ids in angle brackets. */
export function withMentions(text, world) {
  const known = new Map(world.mentionable().reverse().map(({ label, mention }) => [label.toLowerCase(), mention]));
  const names = [...known.keys()].sort((a, b) => b.length - a.length).map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`(?<=^|[\\s(])(?:${names.join("|")})(?![\\p{L}\\p{N}_-])`, "giu");
  return text.replace(pattern, (name) => known.get(name.toLowerCase()) ?? name);
}

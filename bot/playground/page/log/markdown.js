// Discord's Markdown, read into a tree of plain objects: no document is needed, and nothing here can run.
//
// Blocks: text, heading, small, quote, list, fence. Inside them: text, strong, em, underline, strike, spoiler, code, link,
// user, role, channel, command, everyone, time.

const QUOTE = /^ *> +(.*)$/;
const QUOTE_ALL = /^ *>>> +(.*)$/;
const HEADING = /^ *(#{1,3}) +(.*\S)/;
const SMALL = /^ *-# +(.*\S)/;
const ITEM = /^( *)([-*]|\d{1,9}\.) +(.*)$/;
const FENCE = "```";

// Deeper markup than this stays text, which bounds the work that a hostile message makes.
const DEEPEST = 8;

/** Reads a text into blocks. */
export function parse(text, depth = 0) {
  if (depth > DEEPEST) return [{ type: "text", children: [plain(text)] }];
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks = [];
  let loose = []; // lines that are no block of their own
  let gap = false; // an empty line stands before the next block
  const add = (block) => {
    blocks.push(gap && blocks.length > 0 ? { ...block, gap } : block);
    gap = false;
  };
  const settle = () => {
    gap ||= !loose[0].trim();
    const said = loose.join("\n").replace(/^\s*\n/, "").trimEnd();
    if (said.trim()) add({ type: "text", children: inline(said, depth) });
    gap = !loose.at(-1).trim();
    loose = [];
  };
  for (let at = 0; at < lines.length;) {
    const found = block(lines, at, depth);
    if (!found) {
      loose.push(lines[at++]);
      continue;
    }
    if (found.before) loose.push(found.before);
    if (loose.length > 0) settle();
    add(found.block);
    at = found.next;
  }
  if (loose.length > 0) settle();
  return blocks;
}

// block reads the block that begins at a line: {block, next} and, for a fence in mid-line, the text before it.
function block(lines, at, depth) {
  const line = lines[at];
  let match;
  if ((match = QUOTE_ALL.exec(line))) {
    const inner = [match[1], ...lines.slice(at + 1)].join("\n");
    return { block: { type: "quote", children: parse(inner, depth + 1) }, next: lines.length };
  }
  if (QUOTE.test(line)) return quote(lines, at, depth);
  if ((match = HEADING.exec(line))) {
    return { block: { type: "heading", level: match[1].length, children: inline(match[2], depth) }, next: at + 1 };
  }
  if ((match = SMALL.exec(line))) {
    return { block: { type: "small", children: inline(match[1], depth) }, next: at + 1 };
  }
  if (ITEM.test(line)) return list(lines, at, depth);
  return line.includes(FENCE) ? fence(lines, at) : null;
}

function quote(lines, at, depth) {
  const inner = [];
  let match;
  while (at < lines.length && (match = QUOTE.exec(lines[at]))) {
    inner.push(match[1]);
    at++;
  }
  return { block: { type: "quote", children: parse(inner.join("\n"), depth + 1) }, next: at };
}

function list(lines, at, depth) {
  const [, indent, mark] = ITEM.exec(lines[at]);
  const ordered = mark.endsWith(".");
  const items = [];
  while (at < lines.length) {
    const match = ITEM.exec(lines[at]);
    if (match && match[1].length > indent.length && items.length > 0) {
      const inner = list(lines, at, depth);
      items.at(-1).lists.push(inner.block);
      at = inner.next;
    } else if (match && match[1].length === indent.length && match[2].endsWith(".") === ordered) {
      items.push({ lines: [match[3]], lists: [] });
      at++;
    } else if (!match && /^ +\S/.test(lines[at])) { // the item goes on in the next line
      items.at(-1).lines.push(lines[at++].trim());
    } else break;
  }
  return {
    block: {
      type: "list",
      ordered,
      start: ordered ? Number.parseInt(mark, 10) : 1,
      items: items.map((item) => [...inline(item.lines.join("\n"), depth), ...item.lists]),
    },
    next: at,
  };
}

// fence reads code that is set off, which may begin and end in mid-line; what follows it is put back into lines.
function fence(lines, at) {
  const rest = lines.slice(at).join("\n");
  const open = rest.indexOf(FENCE);
  const close = rest.indexOf(FENCE, open + FENCE.length);
  if (close < 0 || rest[open - 1] === "\\") return null;
  const inner = rest.slice(open + FENCE.length, close);
  if (!inner.trim()) return null;
  const [, language = "", code] = /^(?:([\w+.#-]+)\n)?([^]*)$/.exec(inner);
  const after = rest.slice(close + FENCE.length);
  const next = at + rest.slice(0, close).split("\n").length;
  const left = after.split("\n", 1)[0];
  if (left.trim()) lines.splice(next, 0, left);
  return { block: { type: "fence", language, code: code.replace(/^\n+|\n+$/g, "") }, next, before: rest.slice(0, open) };
}

const plain = (text) => ({ type: "text", text });

/** Reads a line or several for what stands inside a block. */
export function inline(text, depth = 0) {
  if (depth > DEEPEST) return [plain(text)];
  const nodes = [];
  const hopeless = new Set(); // marks that nothing in the rest of the text closes
  let from = 0;
  const flush = (to) => {
    if (to > from) nodes.push(plain(text.slice(from, to)));
  };
  for (let at = 0; at < text.length;) {
    const found = readers[text[at]]?.(text, at, depth, hopeless);
    if (!found) {
      at++;
      continue;
    }
    flush(at);
    nodes.push(found.node);
    at = from = found.end;
  }
  flush(text.length);
  return join(nodes);
}

// join makes one of texts that stand side by side, as escapes leave them.
function join(nodes) {
  const joined = [];
  for (const node of nodes) {
    const last = joined.at(-1);
    if (node.type === "text" && last?.type === "text") last.text += node.text;
    else joined.push(node.type === "text" ? { ...node } : node);
  }
  return joined;
}

const readers = {
  "\\": (text, at) => {
    const next = text[at + 1];
    return next && /[^\p{L}\p{N}\s]/u.test(next) ? { node: plain(next), end: at + 2 } : null;
  },
  "`": code,
  "*": (...where) => pair(...where, "**", "strong") ?? pair(...where, "*", "em"),
  _: (...where) => pair(...where, "__", "underline") ?? pair(...where, "_", "em"),
  "~": (...where) => pair(...where, "~~", "strike"),
  "|": (...where) => pair(...where, "||", "spoiler"),
  "[": masked,
  "<": angle,
  "@": (text, at) => {
    const match = matchAt(/@(everyone|here)\b/y, text, at);
    return match && { node: { type: "everyone", name: match[1] }, end: at + match[0].length };
  },
  h: bare,
};

function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function code(text, at) {
  const ticks = matchAt(/`+/y, text, at)[0];
  for (let close = at + ticks.length; (close = text.indexOf(ticks, close)) >= 0;) {
    const run = matchAt(/`+/y, text, close)[0];
    if (run.length === ticks.length) {
      return { node: { type: "code", text: text.slice(at + ticks.length, close).trim() }, end: close + run.length };
    }
    close += run.length;
  }
  return { node: plain(ticks), end: at + ticks.length };
}

const wordy = (character) => character !== undefined && /[\p{L}\p{N}]/u.test(character);

// pair reads what stands between two of the same marks.
function pair(text, at, depth, hopeless, mark, type) {
  if (hopeless.has(mark) || !text.startsWith(mark, at)) return null;
  const start = at + mark.length;
  if (type === "em" && /\s|^$/.test(text[start] ?? "")) return null;
  if (mark === "_" && wordy(text[at - 1])) return null; // snake_case
  const close = closing(text, start, mark);
  if (close < 0) {
    hopeless.add(mark);
    return null;
  }
  if (close === start) return null;
  return { node: { type, children: inline(text.slice(start, close), depth + 1) }, end: close + mark.length };
}

// closing finds the mark that closes one whose content begins at start; -1 if none does.
function closing(text, start, mark) {
  const single = mark.length === 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\") {
      at++;
    } else if (single && text.startsWith(mark + mark, at)) {
      at++; // a pair inside: **, __
    } else if (text.startsWith(mark, at) && at > start && closes(text, at, mark)) {
      return at;
    }
  }
  return -1;
}

function closes(text, at, mark) {
  const after = text[at + mark.length];
  if (mark.length === 2) return mark === "||" || mark === "~~" || after !== mark[0];
  return !/\s/.test(text[at - 1]) && !(mark === "_" && wordy(after));
}

const web = (url) => {
  try {
    const { protocol, href } = new URL(url);
    return protocol === "https:" || protocol === "http:" ? href : "";
  } catch {
    return "";
  }
};

const MASKED = /\[((?:\\.|\[[^\]\n]*\]|[^\\[\]])+)\]\((?:<([^<>\s]+)>|([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*))(?: +"([^"]*)")?\)/y;

// masked reads [words](address). Words that look like an address themselves do not mask another one.
function masked(text, at, depth) {
  const match = matchAt(MASKED, text, at);
  const href = match && web(match[2] ?? match[3]);
  if (!href || /https?:\/\//i.test(match[1])) return null;
  return {
    node: { type: "link", href, title: match[4] ?? "", children: inline(match[1], depth + 1) },
    end: at + match[0].length,
  };
}

const ANGLE = [
  [/<(https?:\/\/[^<>\s]+)>/iy, ([, url]) => web(url) && link(url)],
  [/<@!?(\d{1,20})>/y, ([, id]) => ({ type: "user", id })],
  [/<@&(\d{1,20})>/y, ([, id]) => ({ type: "role", id })],
  [/<#(\d{1,20})>/y, ([, id]) => ({ type: "channel", id })],
  [/<\/([^<>:\n]{1,98}):(\d{1,20})>/y, ([, name, id]) => ({ type: "command", name, id })],
  [/<a?:(\w{2,32}):\d{1,20}>/y, ([, name]) => plain(`:${name}:`)],
  [/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, ([, seconds, style]) => time(Number(seconds), style)],
];

// angle reads what stands in angle brackets: addresses, mentions, moments.
function angle(text, at) {
  for (const [pattern, make] of ANGLE) {
    const match = matchAt(pattern, text, at);
    const node = match && make(match);
    if (node) return { node, end: at + match[0].length };
  }
  return null;
}

const link = (url) => ({ type: "link", href: web(url), title: "", children: [plain(url)] });

// A moment that no calendar has stays text.
const time = (seconds, style = "f") => Math.abs(seconds) <= 8.64e12 && { type: "time", seconds, style };

function bare(text, at) {
  if (wordy(text[at - 1])) return null;
  const match = matchAt(/https?:\/\/[^\s<]+/iy, text, at);
  if (!match) return null;
  let url = match[0].replace(/[.,:;"'\]*_~|!?]+$/, "");
  if (url.endsWith(")") && !url.includes("(")) url = url.slice(0, -1);
  return web(url) ? { node: link(url), end: at + url.length } : null;
}

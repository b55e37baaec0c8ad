/** The list of messages: keeps one element per row and touches only what changed. */

import { dayLabel, sameDay, timeLabel } from "./dates.js";
import { el } from "./dom.js";
import { buildMessage, lookOf, markState } from "./message.js";

const GROUP_MS = 5 * 60_000;
const PAUSE_MS = 60 * 60_000;
const LINES = new Set(["notice", "purchase"]);

export class Log {
  #list;
  #scene;
  #nodes = new Map();
  #looks = new Map();
  #live = false;

  constructor(list, scene) {
    this.#list = list;
    this.#scene = scene;
    list.addEventListener("click", (event) => toggleTime(event));
  }

  /** Show these rows; rows that come after the first showing arrive with a small movement and are read out. */
  show(rows) {
    const parts = withSeparators(rows);
    const names = new Set(parts.map(({ name }) => name));
    for (const [name, node] of this.#nodes) {
      if (!names.has(name)) this.#drop(name, node);
    }
    const nodes = parts.map((part) => this.#nodeFor(part));
    let place = this.#list.firstElementChild;
    for (const node of nodes) {
      if (node === place) place = place.nextElementSibling;
      else this.#list.insertBefore(node, place);
    }
    this.#arrange(rows);
  }

  /** From now on new rows move and are read out; the history before stays silent. */
  goLive() {
    this.#list.setAttribute("aria-live", "polite");
    this.#live = true;
  }

  #drop(name, node) {
    node.remove();
    this.#nodes.delete(name);
    this.#looks.delete(name);
  }

  #nodeFor(part) {
    const look = part.row ? lookOf(part.row) : part.label;
    const known = this.#nodes.get(part.name);
    if (known && this.#looks.get(part.name) === look) return known;
    const node = part.row ? buildMessage(part.row, this.#scene) : el("li", { class: "day", role: "separator" }, el("span", {}, part.label));
    if (known) replaceKeepingFocus(known, node);
    else node.classList.toggle("fresh", this.#live);
    this.#nodes.set(part.name, node);
    this.#looks.set(part.name, look);
    return node;
  }

  /** Mark where groups of one author begin and end, and the states of the fan's own messages; a reply says that all went well. */
  #arrange(rows) {
    const last = rows.findLast(({ kind }) => !LINES.has(kind));
    rows.forEach((row, at) => {
      const node = this.#nodes.get(row.row);
      node.classList.toggle("group-start", !together(rows[at - 1], row));
      node.classList.toggle("group-end", !together(row, rows[at + 1]));
      node.classList.toggle("last-own", row === last && row.from === "fan");
      markState(node, row, this.#scene);
    });
  }
}

function together(one, other) {
  if (!one || !other || one.from !== other.from || LINES.has(one.kind) || LINES.has(other.kind)) return false;
  const [before, after] = [new Date(one.at), new Date(other.at)];
  return after - before < GROUP_MS && sameDay(before, after);
}

/** Rows with a line before each new day and each long pause. */
function withSeparators(rows) {
  const now = new Date();
  const parts = [];
  let before = null;
  for (const row of rows) {
    const at = new Date(row.at);
    if (!before || !sameDay(before, at) || at - before > PAUSE_MS) {
      parts.push({ name: `before ${row.row}`, label: `${dayLabel(at, now)}, ${timeLabel(at)}` });
    }
    parts.push({ name: row.row, row });
    before = at;
  }
  return parts;
}

/** A pack that becomes a gallery must not throw a keyboard's place away. */
function replaceKeepingFocus(known, node) {
  const focused = known.contains(document.activeElement);
  known.replaceWith(node);
  if (focused) node.querySelector("button")?.focus({ preventScroll: true });
}

function toggleTime(event) {
  const bubble = event.target.closest(".bubble");
  if (!bubble || event.target.closest("button") || String(getSelection())) return;
  bubble.closest(".msg").classList.toggle("show-time");
}

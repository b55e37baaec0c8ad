/** Builds one row of the log: a bubble, a notice, a purchase line, a pack or a picture, all as plain text. */

import { timeLabel } from "./dates.js";
import { el, icon, unseen } from "./dom.js";
import { buildGallery, buildPack, buildPicture } from "./pack.js";

const LONG_CHARACTERS = 1_200;
const LONG_LINES = 24;
const EMOJI_ONLY = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u200d\ufe0f\s]{1,24}$/u;
const SOMETHING_SEEN = /[^\p{C}\p{Z}\s]/u;
const UNKNOWN = "Something this page cannot show";
const STATES = {
  sending: ["clock", "Sending"],
  pending: ["check", "Sent"],
  accepted: ["check", "Sent"],
  sent: ["check", "Sent"],
  waiting: ["clock", "Not sent yet, trying again"],
  failed: ["alert", "Not sent"],
};

/** What a row looks like besides its state: while this stays the same, its element is kept. */
export function lookOf(row) {
  // The house's time of a fan's message differs by a moment from the page's own: no reason to build it anew.
  return JSON.stringify([row.from, row.kind, row.text, row.from === "fan" ? null : row.at, row.pack, row.picture]);
}

/** Make the `<li>` of a row; `scene` has name, face, sandbox, unlock(offerId), show(pictures, at), retry(row), discard(row). */
export function buildMessage(row, scene) {
  if (row.from === "system" || row.kind === "notice" || row.kind === "purchase") return buildLine(row);
  const own = row.from === "fan";
  const author = { fan: "You", operator: `${scene.name}'s team`, influencer: scene.name }[row.from] ?? scene.name;
  const body = el("div", { class: "msg-body" }, el("span", { class: "msg-author", dir: "auto" }, author));
  body.append(...contentOf(row, scene));
  body.append(el("div", { class: "msg-meta" }, timeOf(row), el("span", { class: "msg-state" })));
  const node = el("li", { class: `msg ${own ? "msg-own" : "msg-other"}`, "data-from": row.from, "data-kind": row.kind });
  if (!own) node.append(scene.face.disc());
  node.append(body);
  return node;
}

/** Bring the state under one of the fan's own messages up to date. */
export function markState(node, row, scene) {
  const holder = node.querySelector(".msg-state");
  if (!holder || row.from !== "fan" || node.dataset.state === stateName(row)) return;
  node.dataset.state = stateName(row);
  const [picture, label] = STATES[row.state] ?? STATES.sent;
  const stuck = row.state === "failed" || row.state === "waiting";
  holder.replaceChildren(icon(picture), (stuck && row.reason) || label);
  if (row.state === "failed" || (stuck && !row.reason)) holder.append(act("Try now", () => scene.retry(row)));
  if (row.state === "failed" && row.id === null) holder.append(act("Delete", () => scene.discard(row)));
}

function stateName(row) {
  return `${row.state}${row.reason ? " because" : ""}${row.id === null ? " here" : ""}`;
}

function act(label, onclick) {
  return el("button", { type: "button", class: "link", onclick }, label);
}

function contentOf(row, scene) {
  if (row.kind === "pack" && row.pack) return buildPack(row, scene, buildBubble);
  if (row.picture) return [buildPicture(row.picture, scene), ...(row.text ? [buildBubble(row.text)] : [])];
  const pictures = row.pack?.items ?? [];
  const parts = pictures.length ? [buildGallery(pictures, "Picture", scene)] : [];
  if (row.text || !parts.length) parts.push(buildBubble(row.text || UNKNOWN));
  return parts;
}

function buildLine(row) {
  const notice = row.kind === "notice";
  const sign = notice ? el("span", { class: "badge" }, "AI") : icon(row.kind === "purchase" ? "open" : "info");
  const text = el("p", { dir: "auto" }, row.text || UNKNOWN);
  return el("li", { class: `line ${notice ? "line-notice" : ""}`, "data-kind": row.kind }, sign, text);
}

/** A bubble of plain text; very long text is folded and very short emoji are large. */
function buildBubble(text) {
  const shown = SOMETHING_SEEN.test(text) ? text : "(empty message)";
  const paragraph = el("p", { class: "msg-text", dir: "auto" }, fold(shown));
  const bubble = el("div", { class: EMOJI_ONLY.test(shown) ? "bubble bubble-emoji" : "bubble" }, paragraph);
  if (paragraph.textContent !== shown) {
    const more = act("Show all", () => {
      paragraph.textContent = shown;
      more.remove();
    });
    bubble.append(more);
  }
  return bubble;
}

function fold(text) {
  const lines = text.split("\n", LONG_LINES + 1);
  const few = lines.length > LONG_LINES ? lines.slice(0, LONG_LINES).join("\n") : text;
  if (few.length <= LONG_CHARACTERS) return few === text ? text : `${few}…`;
  // A pair of surrogates is one character: it must not be cut in half.
  return `${few.slice(0, LONG_CHARACTERS).replace(/[\ud800-\udbff]$/, "")}…`;
}

function timeOf(row) {
  return el("time", { datetime: row.at }, unseen(", "), timeLabel(new Date(row.at)));
}

/** Builds a pack: locked with its price, or unlocked as a gallery; and a picture that was made for the fan. */

import { el, icon } from "./dom.js";

const TILES = 6;
const SLOW_MS = 20_000;
const UNLOCK = "Unlock – sandbox, no money moves";

/** Make the parts of a pack's row; `bubble(text)` makes the bubble for what is said beside it. */
export function buildPack(row, scene, bubble) {
  const { pack } = row;
  const said = row.text && row.text !== pack.caption && row.text !== pack.title ? [bubble(row.text)] : [];
  return [...said, pack.owned ? buildOwned(pack, scene) : buildLocked(pack, scene)];
}

/** Pictures as tiles that open large; more than six end in a tile that says how many follow. */
export function buildGallery(pictures, title, scene) {
  const tiles = pictures.slice(0, TILES).map((picture, at) => {
    const label = pictures.length > 1 ? `${title}, ${at + 1} of ${pictures.length}` : title;
    const image = el("img", { src: picture.url, width: picture.width, height: picture.height, alt: label, decoding: "async", loading: "lazy" });
    const tile = el("button", { type: "button", class: "tile", onclick: () => scene.show(pictures, at, title) }, image);
    image.addEventListener("error", () => tile.replaceChildren(el("span", { class: "tile-broken" }, icon("alert"), "Could not be loaded")));
    const left = pictures.length - TILES;
    if (at === TILES - 1 && left > 0) tile.append(el("span", { class: "tile-more" }, `+${left}`));
    return tile;
  });
  return el("div", { class: `gallery gallery-${tiles.length}` }, ...tiles);
}

/** One picture that was made for the fan, under a sign that says so. */
export function buildPicture(picture, scene) {
  const frame = buildGallery([picture], picture.alt, scene);
  frame.classList.add("made");
  frame.append(el("span", { class: "badge made-sign" }, "Made by AI"));
  return frame;
}

function buildOwned(pack, scene) {
  const card = el("article", { class: "pack pack-owned", "aria-label": `Unlocked pack: ${pack.title}` });
  if (pack.items.length) card.append(buildGallery(pack.items, pack.title, scene));
  card.append(el("div", { class: "pack-words" }, ...wordsOf(pack), el("p", { class: "pack-owned-sign" }, icon("open"), "Unlocked")));
  return card;
}

function buildLocked(pack, scene) {
  const cover = el("div", { class: "pack-cover" });
  if (pack.preview) {
    const preview = el("img", { src: pack.preview, alt: "", decoding: "async" });
    preview.addEventListener("error", () => preview.remove());
    cover.append(preview);
  }
  cover.append(el("span", { class: "pack-lock" }, icon("lock")), el("span", { class: "pack-price" }, ...pricesOf(pack)));
  const words = el("div", { class: "pack-words" }, ...wordsOf(pack));
  words.append(...(scene.sandbox ? buildUnlock(pack, scene) : [el("p", { class: "pack-closed" }, "Buying is not set up here")]));
  return el("article", { class: "pack pack-locked", "aria-label": `Locked pack: ${pack.title}, ${pack.price}${pack.old_price ? ` instead of ${pack.old_price}` : ""}` }, cover, words);
}

/** The price, behind the one that a promo has lowered. */
function pricesOf(pack) {
  return pack.old_price ? [el("s", { class: "pack-old-price" }, pack.old_price), " ", pack.price] : [pack.price];
}

function wordsOf(pack) {
  const words = [el("h3", { class: "pack-title", dir: "auto" }, pack.title)];
  if (pack.caption) words.push(el("p", { class: "pack-caption", dir: "auto" }, pack.caption));
  return words;
}

function buildUnlock(pack, scene) {
  const problem = el("p", { class: "pack-problem", role: "alert" });
  const button = el("button", { type: "button", class: "button" }, UNLOCK);
  // Not `disabled`: that would throw the keyboard's focus away just before the gallery takes the button's place.
  const busy = (yes, text = "") => {
    button.setAttribute("aria-disabled", String(yes));
    button.textContent = yes ? "Unlocking…" : UNLOCK;
    problem.textContent = text;
  };
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    busy(true);
    try {
      await scene.unlock(pack.offer_id);
      setTimeout(() => busy(false, "This takes longer than usual. You can try again."), SLOW_MS);
    } catch (refusal) {
      // An offer that does not stand any more says so in words for the fan.
      busy(false, (refusal.status === 409 && refusal.message) || "That did not work. Please try again.");
    }
  });
  return [button, problem];
}

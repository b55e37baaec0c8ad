/** The influencer's face: their picture, or their initials on a disc of their colour. */

import { el } from "./dom.js";

export class Face {
  #name;
  #picture;

  constructor(influencer) {
    this.#name = influencer.name;
    this.#picture = influencer.avatar;
  }

  /** A small disc for the side of a message. */
  disc() {
    return this.dress(el("span", { class: "disc disc-small" }));
  }

  /** Fill `disc`; it is decoration, the name always stands beside it. */
  dress(disc) {
    disc.setAttribute("aria-hidden", "true");
    disc.replaceChildren(initials(this.#name));
    if (this.#picture) {
      const picture = el("img", { src: this.#picture, alt: "", decoding: "async" });
      picture.addEventListener("error", () => picture.remove());
      disc.append(picture);
    }
    return disc;
  }
}

function initials(name) {
  const words = name.trim().split(/\s+/u);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => (Array.from(word)[0] ?? "").toLocaleUpperCase()).join("");
}

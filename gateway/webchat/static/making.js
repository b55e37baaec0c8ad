/** "A picture is being made": a line under the log for as long as the fan waits for one. */

import { el } from "./dom.js";

export class Making {
  #holder;
  #words = null;
  #count = 0;

  constructor(holder) {
    this.#holder = holder;
  }

  /** Show the pictures under way, as the thread names them; none takes the line away. */
  show(pictures) {
    if (!pictures?.length) {
      this.#holder.replaceChildren();
      this.#words = null;
      return;
    }
    if (!this.#words) {
      this.#words = el("span");
      this.#holder.replaceChildren(el("span", { class: "badge" }, "AI"), this.#words);
    }
    this.#count = pictures.length;
    this.#say(Math.max(...pictures.map(({ progress }) => progress)));
  }

  /** Bring the percentage up to date between two readings of the thread. */
  progress(share) {
    if (this.#words) this.#say(share);
  }

  #say(share) {
    const what = this.#count > 1 ? `${this.#count} pictures are being made` : "A picture is being made";
    const far = share > 0 && share < 1 ? `, ${Math.round(share * 100)} %` : "";
    const words = `${what}${far}. It comes here by itself.`;
    if (this.#words.textContent !== words) this.#words.textContent = words;
  }
}

/** "Luna is typing": three dots that go away by themselves. */

import { el, unseen } from "./dom.js";

export class Typing {
  #holder;
  #scene;
  #timer = null;

  constructor(holder, scene) {
    this.#holder = holder;
    this.#scene = scene;
  }

  show(seconds) {
    clearTimeout(this.#timer);
    if (seconds <= 0) {
      this.hide();
      return;
    }
    if (!this.#holder.hasChildNodes()) {
      const dots = el("span", { class: "bubble typing-dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
      this.#holder.append(this.#scene.face.disc(), dots, unseen(`${this.#scene.name} is typing`));
    }
    this.#timer = setTimeout(() => this.hide(), seconds * 1_000);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#holder.replaceChildren();
  }
}

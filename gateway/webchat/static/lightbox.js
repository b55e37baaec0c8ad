/** Pictures in full: swipe, arrow keys or buttons go on, Esc closes. The strip scrolls by itself, so a swipe needs no code. */

import { byId, el } from "./dom.js";

export class Lightbox {
  #dialog = byId("lightbox");
  #strip = byId("lightbox-strip");
  #count = byId("lightbox-count");
  #back = byId("lightbox-back");
  #next = byId("lightbox-next");
  #total = 0;
  #at = 0;
  #title = "";
  #underway = false;

  constructor() {
    byId("lightbox-close").addEventListener("click", () => this.#dialog.close());
    this.#back.addEventListener("click", () => this.#go(this.#at - 1));
    this.#next.addEventListener("click", () => this.#go(this.#at + 1));
    this.#strip.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#strip.addEventListener("pointerdown", () => {
      this.#underway = false;
    });
    this.#strip.addEventListener("click", (event) => event.target.tagName !== "IMG" && this.#dialog.close());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#dialog.addEventListener("close", () => this.#strip.replaceChildren());
    new ResizeObserver(() => this.#jump("instant")).observe(this.#strip);
  }

  /** Open `pictures` at the one numbered `at`; closing gives the focus back to where it was. */
  show(pictures, at, title) {
    this.#total = pictures.length;
    this.#at = at;
    this.#title = title;
    this.#strip.replaceChildren(...pictures.map((picture, index) => {
      const alt = pictures.length > 1 ? `${title}, ${index + 1} of ${pictures.length}` : title;
      const image = el("img", { src: picture.url, width: picture.width, height: picture.height, alt, decoding: "async" });
      return el("div", { class: "lightbox-slide" }, image);
    }));
    this.#dialog.showModal();
    this.#jump("instant");
    this.#label();
  }

  #go(at) {
    const from = this.#at;
    this.#at = Math.max(0, Math.min(at, this.#total - 1));
    const near = Math.abs(this.#at - from) === 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#underway = near;
    this.#jump(near ? "smooth" : "instant");
    this.#label();
  }

  #jump(behavior) {
    this.#strip.scrollTo({ left: this.#at * this.#strip.clientWidth, behavior });
  }

  #scrolled() {
    const place = this.#strip.scrollLeft / (this.#strip.clientWidth || 1);
    // Only a place at rest counts: on the way to another picture the number must not flicker.
    if (Math.abs(place - Math.round(place)) > 0.02) return;
    if (this.#underway && Math.round(place) !== this.#at) return;
    this.#underway = false;
    this.#at = Math.round(place);
    this.#label();
  }

  #label() {
    // One alone says what it is instead: that AI made it, where it was made for the fan.
    this.#count.textContent = this.#total > 1 ? `${this.#at + 1} of ${this.#total}` : this.#title;
    this.#back.disabled = this.#at === 0;
    this.#next.disabled = this.#at === this.#total - 1;
    this.#back.hidden = this.#next.hidden = this.#total < 2;
  }

  #key(event) {
    const target = { ArrowLeft: this.#at - 1, ArrowRight: this.#at + 1, Home: 0, End: this.#total - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.#go(target);
  }
}

/** Keeps the newest message in view while the reader is at the end, and offers a way back when they are not. */

const NEAR_PX = 72;
const FAR_PX = 480;

export class Follow {
  #scroller;
  #pill;
  #following = true;
  #place = { top: 0, height: 0 };
  #unread = 0;

  constructor(scroller, content, pill) {
    this.#scroller = scroller;
    this.#pill = pill;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    pill.addEventListener("click", () => this.toEnd());
    const watcher = new ResizeObserver(() => this.#following && this.#jump());
    for (const element of [scroller, ...content]) watcher.observe(element);
  }

  /** Go to the newest message and stay there. */
  toEnd() {
    this.#following = true;
    this.#unread = 0;
    this.#jump();
    this.#label();
  }

  /** Tell that `count` messages from others have come. */
  note(count) {
    if (this.#following) return;
    this.#unread += count;
    this.#label();
  }

  #jump() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#place = this.#here;
  }

  get #here() {
    return { top: this.#scroller.scrollTop, height: this.#scroller.scrollHeight };
  }

  get #gap() {
    return this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight;
  }

  /** Only a reader's own move upwards leaves the end: a log that grew or shrank by itself moves too, before we have jumped. */
  #scrolled() {
    const before = this.#place;
    this.#place = this.#here;
    if (this.#gap <= NEAR_PX) this.#following = true;
    else if (this.#place.top < before.top && this.#place.height === before.height) this.#following = false;
    if (this.#following) this.#unread = 0;
    this.#label();
  }

  #label() {
    this.#pill.hidden = this.#following || (this.#unread === 0 && this.#gap < FAR_PX);
    this.#pill.lastElementChild.textContent = this.#unread === 0 ? "Newest" : this.#unread === 1 ? "1 new message" : `${this.#unread} new messages`;
  }
}

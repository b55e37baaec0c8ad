/** The thin line under the header: offline, reconnecting, or waking up; the most pressing one is shown. */

const ORDER = ["offline", "lost", "waking"];
const PATIENCE_MS = 1_500;

export class Banner {
  #element;
  #texts;
  #on = new Set();
  #timer = null;

  constructor(element, name) {
    this.#element = element;
    this.#texts = {
      offline: "You are offline. Messages leave when you are back.",
      lost: "Reconnecting…",
      waking: `${name} is waking up… You can write already.`,
    };
  }

  /** Tell the state of the live line: "open", "lost" or "offline". A line lost for a moment is not worth a word. */
  line(state) {
    clearTimeout(this.#timer);
    if (state === "open") this.#set({ lost: false, offline: false });
    else if (state === "offline") this.#set({ offline: true });
    else this.#timer = setTimeout(() => this.#set({ lost: true, offline: false }), PATIENCE_MS);
  }

  waking(yes) {
    this.#set({ waking: yes });
  }

  #set(changes) {
    for (const [kind, yes] of Object.entries(changes)) this.#on[yes ? "add" : "delete"](kind);
    const kind = ORDER.find((each) => this.#on.has(each));
    this.#element.hidden = kind === undefined;
    this.#element.dataset.kind = kind ?? "";
    this.#element.textContent = kind ? this.#texts[kind] : "";
  }
}

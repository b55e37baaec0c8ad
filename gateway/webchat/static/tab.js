/** What this tab keeps over a reload: the draft and messages not sent yet. A browser that refuses storage just forgets. */

export class Tab {
  #prefix;

  constructor(account) {
    this.#prefix = `muse.${account}.`;
  }

  read(name, fallback) {
    try {
      return JSON.parse(sessionStorage.getItem(this.#prefix + name)) ?? fallback;
    } catch {
      return fallback;
    }
  }

  write(name, value) {
    try {
      sessionStorage.setItem(this.#prefix + name, JSON.stringify(value));
    } catch {
      // Storage is full or refused: the page works on, it only forgets at a reload.
    }
  }
}

/** The live line: server-sent events, with a new line whenever the old one is lost. Events only say "look again". */

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 20_000;
const STALE_MS = 30_000;

export class Live {
  #url;
  #on;
  #source = null;
  #timer = null;
  #wait = FIRST_WAIT_MS;
  #hiddenAt = null;

  /** `on` has `change()`, `typing(seconds)`, `making(share)` and `state("open" | "lost" | "offline")`. */
  constructor(url, on) {
    this.#url = url;
    this.#on = on;
    window.addEventListener("online", () => this.#source && this.#connect());
    window.addEventListener("offline", () => this.#source && this.#on.state("offline"));
    document.addEventListener("visibilitychange", () => this.#shownOrHidden());
  }

  start() {
    this.#wait = FIRST_WAIT_MS;
    this.#connect();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #connect() {
    this.stop();
    const source = new EventSource(this.#url);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#wait = FIRST_WAIT_MS;
      this.#on.state("open");
      this.#on.change();
    });
    source.addEventListener("change", () => this.#on.change());
    source.addEventListener("picture", (event) => this.#on.making(shareOf(event.data)));
    source.addEventListener("typing", (event) => this.#on.typing(secondsOf(event.data)));
    source.addEventListener("error", () => this.#lost(source));
  }

  /** The browser reconnects by itself unless it was refused; either way the thread is looked at, so a blocked line only slows the chat. */
  #lost(source) {
    if (source !== this.#source) return;
    this.#on.state(navigator.onLine ? "lost" : "offline");
    if (source.readyState === EventSource.CLOSED) {
      this.#timer = setTimeout(() => this.#connect(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    }
    this.#on.change();
  }

  /** A phone that slept may hold a dead line that looks open: after a long absence, make a new one. */
  #shownOrHidden() {
    if (!this.#source) return;
    if (document.hidden) {
      this.#hiddenAt = Date.now();
    } else if (this.#hiddenAt !== null && Date.now() - this.#hiddenAt > STALE_MS) {
      this.#connect();
    } else {
      this.#on.change();
    }
  }
}

function secondsOf(data) {
  return numberOf(data, "seconds", 60);
}

function shareOf(data) {
  return numberOf(data, "share", 1);
}

/** A number between 0 and `most` from an event's data; 0 for anything else. */
function numberOf(data, name, most) {
  try {
    return Math.min(Math.max(Number(JSON.parse(data)[name]) || 0, 0), most);
  } catch {
    return 0;
  }
}

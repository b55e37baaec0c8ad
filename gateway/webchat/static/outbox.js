/**
 * The fan's own messages until the thread shows them. One leaves at a time, in order, under a key that stays the same
 * over every retry and reload, so that nothing is lost and nothing is said twice.
 *
 * An entry is `{key, text, at, state}`; states: sending → accepted, or waiting (tried again by itself), or failed.
 */

const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
const SHORTEST_WAIT_MS = 500;
const BROKEN_ANSWERS = 3;

export class Outbox {
  #entries;
  #send;
  #tab;
  #on;
  #running = false;
  #wake = () => {};

  /** `send(key, text)` throws a Refusal; `on` has `change()` and `signedOut()`. */
  constructor(send, tab, on) {
    this.#send = send;
    this.#tab = tab;
    this.#on = on;
    this.#entries = tab.read("outbox", []).map((entry) => ({ ...entry, tries: 0, state: entry.state === "failed" ? "failed" : "sending" }));
    window.addEventListener("online", () => this.#wake());
  }

  get entries() {
    return this.#entries;
  }

  add(text) {
    this.#entries.push({ key: newKey(), text, at: new Date().toISOString(), state: "sending", tries: 0 });
    this.#changed();
    this.run();
  }

  /** Try a failed or waiting message now, under the same key. */
  retry(row) {
    let entry = this.#entries.find(({ key }) => key === row.key);
    if (!entry) {
      entry = { key: row.key, text: row.text, at: row.at };
      this.#entries.push(entry);
    }
    Object.assign(entry, { state: "sending", tries: 0, reason: null });
    this.#changed();
    this.#wake();
    this.run();
  }

  discard(row) {
    this.#entries = this.#entries.filter(({ key }) => key !== row.key);
    this.#changed();
  }

  /** Let go of what the thread shows by now; `states` maps a message's key to its state in the thread. */
  settle(states) {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter(({ key, state }) => !states.has(key) || (states.get(key) === "failed" && state !== "accepted"));
    if (this.#entries.length < before) this.#save();
  }

  /** Send what waits; does nothing while already sending. */
  async run() {
    if (this.#running) return;
    this.#running = true;
    let entry = this.#next();
    while (entry && (await this.#attempt(entry))) entry = this.#next();
    this.#running = false;
  }

  #next() {
    return this.#entries.find(({ state }) => state === "sending" || state === "waiting");
  }

  /** Try one message; false when the house no longer knows the fan. */
  async #attempt(entry) {
    try {
      await this.#send(entry.key, entry.text);
      entry.state = "accepted";
    } catch (refusal) {
      if (refusal.status === 401) {
        this.#on.signedOut();
        return false;
      }
      entry.tries += 1;
      const broken = refusal.status === 500 && entry.tries >= BROKEN_ANSWERS;
      if (!refusal.passing || broken) Object.assign(entry, { state: "failed", reason: reasonOf(refusal) });
      else await this.#pause(entry, refusal);
    }
    this.#changed();
    return true;
  }

  async #pause(entry, refusal) {
    Object.assign(entry, { state: "waiting", reason: refusal.status === 429 ? "That was quick! It leaves in a moment" : null });
    this.#changed();
    const backoff = BACKOFF_MS[Math.min(entry.tries, BACKOFF_MS.length) - 1];
    await new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, refusal.wait === null ? backoff : Math.max(refusal.wait * 1_000, SHORTEST_WAIT_MS));
    });
  }

  #changed() {
    this.#save();
    this.#on.change();
  }

  #save() {
    this.#tab.write("outbox", this.#entries.filter(({ state }) => state !== "accepted"));
  }
}

/** What the fan is told; a refusal that somebody decided (403, 409) brings its own sentence. */
function reasonOf({ status, message }) {
  if (status === 413) return "Too long to send";
  return ((status === 403 || status === 409) && message) || "Not sent";
}

/** A random UUID; `crypto.randomUUID` is missing where the page is served without TLS. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

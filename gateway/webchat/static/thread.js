/** The conversation as this page knows it: what the server said last, followed by what this tab has not got through yet. */

export class Thread {
  #items = [];
  #seen = new Set();
  #loaded = false;

  get loaded() {
    return this.#loaded;
  }

  /** False while the last word is the fan's. */
  get answered() {
    return this.#items.at(-1)?.from !== "fan";
  }

  /** The state of each of the fan's messages that the server has, by client key. */
  get states() {
    return new Map(this.#items.filter(({ key }) => key).map(({ key, state }) => [key, state]));
  }

  /** Take the server's thread as the truth; gives the number of items from others that were not seen before. */
  replace(items) {
    const fresh = items.filter(({ id, from }) => from !== "fan" && !this.#seen.has(id)).length;
    for (const { id } of items) this.#seen.add(id);
    this.#items = [...items].sort((one, other) => (one.id < other.id ? -1 : 1));
    const first = !this.#loaded;
    this.#loaded = true;
    return first ? 0 : fresh;
  }

  clear() {
    this.#items = [];
    this.#seen.clear();
    this.#loaded = false;
  }

  /** Items and unsent messages as rows to show; a row keeps its `row` name when the server takes a message over. */
  rows(entries) {
    const unsent = new Map(entries.map((entry) => [entry.key, entry]));
    const rows = this.#items.map((item) => {
      const entry = unsent.get(item.key);
      unsent.delete(item.key);
      return { ...item, row: item.key || item.id, state: entry?.state ?? item.state };
    });
    for (const entry of unsent.values()) {
      rows.push({ ...entry, row: entry.key, id: null, from: "fan", kind: "text", pack: null });
    }
    return rows;
  }
}

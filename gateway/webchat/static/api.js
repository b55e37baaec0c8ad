/** The page's words with the house: one method per route. Every failure is a `Refusal`. */

const PATIENCE_MS = 20_000;

/** A request that did not succeed; `status` is 0 when the house was not reached, `wait` is seconds or null. */
export class Refusal extends Error {
  constructor(status, detail, wait) {
    super(detail);
    this.status = status;
    this.wait = wait;
  }

  /** True where the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Api {
  #root;

  constructor(account) {
    this.#root = `/chat/${encodeURIComponent(account)}`;
  }

  get privacy() {
    return `${this.#root}/privacy`;
  }

  get events() {
    return `${this.#root}/events`;
  }

  session() {
    return this.#call("GET", "/session");
  }

  /** Confirm or deny being an adult; a denial is a Refusal with status 403. */
  enter(adult) {
    return this.#call("POST", "/session", { adult });
  }

  async thread() {
    return this.#call("GET", "/thread");
  }

  send(key, text) {
    return this.#call("POST", "/messages", { key, text });
  }

  unlock(offerId) {
    return this.#call("POST", "/unlock", { offer_id: offerId });
  }

  async #call(method, path, body) {
    const request = { method, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS), headers: { Accept: "application/json" } };
    if (body !== undefined) {
      request.body = JSON.stringify(body);
      request.headers["Content-Type"] = "application/json";
    }
    let response;
    let answer;
    try {
      response = await fetch(this.#root + path, request);
      answer = await response.text();
    } catch {
      throw new Refusal(0, "The chat could not be reached.", null);
    }
    const document = parse(answer);
    if (!response.ok) throw new Refusal(response.status, document?.detail ?? "", seconds(response.headers.get("Retry-After")));
    return document;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function seconds(header) {
  const value = Number.parseFloat(header);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

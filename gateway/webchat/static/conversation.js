/** The open conversation: joins the thread, the outbox, the live line and what is seen of them. */

import { Banner } from "./banner.js";
import { Composer } from "./composer.js";
import { byId, el } from "./dom.js";
import { Face } from "./face.js";
import { Follow } from "./follow.js";
import { Lightbox } from "./lightbox.js";
import { Live } from "./live.js";
import { Log } from "./log.js";
import { Making } from "./making.js";
import { Outbox } from "./outbox.js";
import { Thread } from "./thread.js";
import { Typing } from "./typing.js";

const AGAIN_MS = 3_000;
const UNANSWERED_MS = [4_000, 8_000, 15_000, 30_000, 60_000];
const WAKING_MS = 2_000;

export class Conversation {
  #api;
  #name;
  #thread = new Thread();
  #outbox;
  #live;
  #log;
  #follow;
  #typing;
  #making;
  #banner;
  #composer;
  #signedOut;
  #open = false;
  #refreshing = false;
  #again = false;
  #later = null;
  #looks = 0;
  #unread = 0;

  /** `signedOut()` is called when the house no longer knows this fan. */
  constructor(api, tab, session, signedOut) {
    this.#api = api;
    this.#name = session.influencer.name;
    this.#signedOut = signedOut;
    this.#outbox = new Outbox((key, text) => this.#send(key, text), tab, { change: () => this.#show(), signedOut: () => this.#leave() });
    const scene = this.#scene(session);
    this.#log = new Log(byId("log"), scene);
    this.#typing = new Typing(byId("typing"), scene);
    this.#making = new Making(byId("making"));
    this.#follow = new Follow(byId("scroller"), [byId("log"), byId("typing"), byId("making"), byId("hello")], byId("pill"));
    this.#banner = new Banner(byId("banner"), this.#name);
    this.#composer = new Composer(byId("composer"), tab, session.limits.text, (text) => this.#say(text));
    this.#live = new Live(api.events, {
      change: () => this.#refresh(),
      typing: (seconds) => this.#typing.show(seconds),
      making: (share) => this.#making.progress(share),
      state: (state) => this.#banner.line(state),
    });
    this.#offerOpeners();
    document.addEventListener("visibilitychange", () => this.#countUnread(0));
  }

  start(waking) {
    this.#open = true;
    this.#live.start();
    this.#refresh();
    this.#outbox.run();
    this.#composer.focus();
    this.#watchWaking(waking);
  }

  #scene(session) {
    const lightbox = new Lightbox();
    return {
      name: this.#name,
      face: new Face(session.influencer),
      sandbox: session.sandbox,
      unlock: (offerId) => this.#unlock(offerId),
      show: (pictures, at, title) => lightbox.show(pictures, at, title),
      retry: (row) => this.#outbox.retry(row),
      discard: (row) => this.#outbox.discard(row),
    };
  }

  #say(text) {
    this.#looks = 0;
    this.#outbox.add(text);
    this.#follow.toEnd();
  }

  async #send(key, text) {
    await this.#api.send(key, text);
    this.#refresh();
  }

  async #unlock(offerId) {
    await this.#api.unlock(offerId);
    this.#refresh();
  }

  /** Fetch the thread; calls that come while one is under way end in exactly one more. */
  async #refresh() {
    this.#again = true;
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      while (this.#again && this.#open) {
        this.#again = false;
        await this.#fetch();
      }
    } finally {
      this.#refreshing = false;
    }
  }

  async #fetch() {
    let thread;
    try {
      thread = await this.#api.thread();
    } catch (refusal) {
      if (refusal.status === 401) this.#leave();
      else this.#fetchLater(refusal.wait);
      return;
    }
    if (!this.#open) return;
    const first = !this.#thread.loaded;
    const fresh = this.#thread.replace(thread.items);
    this.#making.show(thread.pictures);
    this.#outbox.settle(this.#thread.states);
    if (fresh) this.#typing.hide();
    this.#show();
    if (first) this.#settleIn();
    this.#follow.note(fresh);
    this.#countUnread(fresh);
    this.#lookForReply();
  }

  /** While a reply is due, look by ourselves too, less and less often: the word that it has come may have been lost. */
  #lookForReply() {
    clearTimeout(this.#later);
    if (this.#thread.answered) this.#looks = 0;
    else this.#fetchLater(UNANSWERED_MS[Math.min(this.#looks++, UNANSWERED_MS.length - 1)] / 1_000);
  }

  /** One timer only: in a long outage every lost line would else start another chain of attempts. */
  #fetchLater(wait) {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#refresh(), Math.max((wait ?? 0) * 1_000, AGAIN_MS));
  }

  /** Once the history stands, everything after it is news. */
  #settleIn() {
    this.#follow.toEnd();
    requestAnimationFrame(() => this.#log.goLive());
  }

  #show() {
    const rows = this.#thread.rows(this.#outbox.entries);
    this.#log.show(rows);
    byId("hello").hidden = !this.#thread.loaded || rows.some(({ kind }) => kind !== "notice");
  }

  #leave() {
    if (!this.#open) return;
    this.#open = false;
    this.#live.stop();
    clearTimeout(this.#later);
    this.#typing.hide();
    this.#making.show([]);
    this.#thread.clear();
    this.#log.show([]);
    this.#signedOut();
  }

  async #watchWaking(waking) {
    this.#banner.waking(waking);
    while (waking && this.#open) {
      await new Promise((resolve) => setTimeout(resolve, WAKING_MS));
      waking = await this.#api.session().then((session) => session.waking, () => true);
      this.#banner.waking(waking);
    }
  }

  #offerOpeners() {
    const openers = [`Hi ${this.#name}!`, "What are you up to today?", "Are you a real person?"];
    byId("openers").replaceChildren(...openers.map((text) => el("button", { type: "button", class: "opener", onclick: () => this.#say(text) }, text)));
  }

  #countUnread(fresh) {
    this.#unread = document.hidden ? this.#unread + fresh : 0;
    document.title = this.#unread ? `(${this.#unread}) ${this.#name}` : this.#name;
  }
}

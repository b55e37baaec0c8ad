/** The way in: the AI notice, the question of age, the privacy link. Nothing else of the page can be reached before. */

import { byId } from "./dom.js";

export class Entry {
  #dialog = byId("entry");
  #yes = byId("adult-yes");
  #no = byId("adult-no");
  #error = byId("entry-error");
  #api;
  #enter = null;

  constructor(api) {
    this.#api = api;
    this.#yes.addEventListener("click", () => this.#confirm());
    this.#no.addEventListener("click", () => this.#refuse());
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault());
    // A browser may close a dialog on the second Esc whatever the page says: the question stays until it is answered.
    this.#dialog.addEventListener("close", () => this.#enter && this.#dialog.showModal());
  }

  /** Ask; ends when the fan has confirmed and the house has said yes, never otherwise. */
  ask() {
    this.#busy(false);
    this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#enter = resolve;
    });
  }

  async #confirm() {
    this.#busy(true);
    this.#error.hidden = true;
    try {
      await this.#api.enter(true);
    } catch (refusal) {
      this.#busy(false);
      this.#error.textContent = refusal.status === 0 ? "The chat could not be reached. Please try again." : refusal.message || "That did not work. Please try again.";
      this.#error.hidden = false;
      return;
    }
    const enter = this.#enter;
    this.#enter = null;
    this.#dialog.close();
    enter();
  }

  async #refuse() {
    byId("entry-ask").hidden = true;
    const refused = byId("entry-refused");
    refused.hidden = false;
    refused.focus();
    // Whatever the house answers, even nothing at all: who says they are a minor does not come in.
    await this.#api.enter(false).catch(() => {});
  }

  #busy(yes) {
    this.#yes.disabled = yes;
    this.#no.disabled = yes;
  }
}

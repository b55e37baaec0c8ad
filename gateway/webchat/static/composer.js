/** Where the fan writes: grows with the text, keeps the draft, says when a text is too long. */

// As the house decides it (gateway/webchat/talk.py): fillers that look like nothing are nothing.
const SOMETHING_SEEN = /(?![\u115f\u1160\u2800\u3164\uffa0])[\p{L}\p{N}\p{P}\p{S}]/u;
const WARN_SHARE = 0.9;

export class Composer {
  #form;
  #text;
  #counter;
  #button;
  #tab;
  #limit;

  /** `send(text)` is called with what the fan wants to say. */
  constructor(form, tab, limit, send) {
    this.#form = form;
    this.#text = form.querySelector("textarea");
    this.#counter = form.querySelector(".counter");
    this.#button = form.querySelector(".send");
    this.#tab = tab;
    this.#limit = limit;
    this.#text.value = tab.read("draft", "");
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(send);
    });
    // A tap on the button must not take the focus: on a phone the keyboard would go down.
    this.#button.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#changed();
  }

  /** Put the cursor in, where that does not pull up a keyboard over the page. */
  focus() {
    if (hasKeyboard()) this.#text.focus();
  }

  #submit(send) {
    const text = this.#text.value.trim();
    if (!this.#allowed(text)) return;
    this.#text.value = "";
    this.#changed();
    send(text);
  }

  #key(event) {
    // Enter that confirms a word of an input method (keyCode 229 in Safari) is not the end of the message.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing || !hasKeyboard()) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #allowed(text) {
    return SOMETHING_SEEN.test(text) && countOf(text) <= this.#limit;
  }

  #changed() {
    const { value } = this.#text;
    const text = value.trim();
    this.#tab.write("draft", value);
    this.#button.disabled = !this.#allowed(text);
    const count = countOf(text);
    this.#counter.textContent = count > this.#limit * WARN_SHARE ? `${count} of ${this.#limit}` : "";
    this.#counter.classList.toggle("counter-over", count > this.#limit);
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}

/** Characters as the house counts them: code points, not UTF-16 halves. */
function countOf(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function hasKeyboard() {
  return matchMedia("(hover: hover) and (pointer: fine)").matches;
}

/**
 * The check page: what still waits on this device is sent first, and the page shows it. After
 * the questionnaire is sent nothing of it stays here.
 */

import { Queue, wipe } from "./queue.js";

const RETRY = 3000;

class AnswersSending extends HTMLElement {
  connectedCallback() {
    const form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrfmiddlewaretoken"));
    this.status = this.querySelector("[data-saved]");
    this.queue = new Queue(this.dataset.owner ?? "", this.dataset.attempt ?? "", token.value);
    if (this.queue.waiting.length) this.catchUp();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(form);
    });
  }

  /** @param {string | undefined} words */
  say(words) {
    if (this.status) this.status.textContent = words ?? "";
  }

  async catchUp() {
    this.say(this.dataset.sending);
    const outcome = await this.queue?.send();
    if (outcome === "empty") {
      location.reload();
      return;
    }
    this.say(outcome === "offline" ? this.dataset.offline : this.dataset.signedOut);
    setTimeout(() => this.catchUp(), RETRY);
  }

  /** @param {HTMLFormElement} form */
  async submit(form) {
    if (this.queue?.waiting.length && await this.queue.send() !== "empty") {
      this.say(this.dataset.offline);
      return;
    }
    try {
      const response = await fetch("/signed-in/");
      if (response.status === 401) this.say(this.dataset.signedOut);
      else form.submit();
    } catch {
      this.say(this.dataset.offline);
    }
  }
}

customElements.define("answers-sending", AnswersSending);
for (const mark of document.querySelectorAll("[data-wiped]")) {
  wipe(/** @type {HTMLElement} */ (mark).dataset.wiped ?? "");
}

/**
 * The check page: what still waits on this device is sent first, and the page shows it. After
 * the questionnaire is sent nothing of it stays here.
 */

import { Queue, wipe } from "./queue.js";

const RETRY = 3000;

class AnswersSending extends HTMLElement {
  isSending = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

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
    if (this.isSending) return; // the button was pressed meanwhile
    if (outcome === "empty") {
      await this.showWhatArrived();
      return;
    }
    this.say(outcome === "offline" ? this.dataset.offline : this.dataset.signedOut);
    this.tryAgain();
  }

  /** In the place of the list: to load the page anew would undo what is pressed meanwhile. */
  async showWhatArrived() {
    const response = await fetch(location.href).catch(() => null);
    const page = response?.ok && !response.redirected ? await response.text() : "";
    const list = new DOMParser().parseFromString(page, "text/html").querySelector("ol.tasks");
    if (this.isSending) return;
    if (list) document.querySelector("ol.tasks")?.replaceWith(document.adoptNode(list));
    document.querySelector(".error-summary")?.remove();
    this.say("");
  }

  tryAgain() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.catchUp(), RETRY);
  }

  /** @param {HTMLFormElement} form */
  async submit(form) {
    this.isSending = true;
    const problem = await this.problem();
    if (!problem) {
      form.submit();
      return;
    }
    this.isSending = false;
    this.say(problem);
    if (this.queue?.waiting.length) this.tryAgain();
  }

  /** Why the answers cannot be sent now, in words; empty: they can. */
  async problem() {
    const outcome = this.queue?.waiting.length ? await this.queue.send() : "empty";
    if (outcome !== "empty") return outcome === "offline" ? this.dataset.offline : this.dataset.signedOut;
    try {
      const response = await fetch("/signed-in/");
      return response.status === 401 ? this.dataset.signedOut : "";
    } catch {
      return this.dataset.offline;
    }
  }
}

customElements.define("answers-sending", AnswersSending);
for (const mark of document.querySelectorAll("[data-wiped]")) {
  wipe(/** @type {HTMLElement} */ (mark).dataset.wiped ?? "");
}

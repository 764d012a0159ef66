/**
 * Answering without waiting for the network: every answer is sent as soon as it is chosen, and
 * the next question is already here, so that one goes on while there is no connection. Without
 * this script each question is a page of its own.
 */

import { Queue } from "./queue.js";

const RETRY_FIRST = 1000, RETRY_LAST = 30_000;

class AnswerSheet extends HTMLElement {
  queue = new Queue("", "", "");
  /** @type {Map<number, HTMLTemplateElement>} */
  pages = new Map();
  /** What was chosen here, by the address of its question. @type {Map<string, Record<string, string>>} */
  given = new Map();
  retry = RETRY_FIRST;

  connectedCallback() {
    const token = /** @type {HTMLInputElement} */ (this.querySelector("[name=csrfmiddlewaretoken]"));
    this.place = /** @type {HTMLElement} */ (this.querySelector("[data-question-place]"));
    this.status = /** @type {HTMLElement} */ (this.querySelector("[data-saved]"));
    this.queue = new Queue(this.dataset.owner ?? "", this.dataset.attempt ?? "", token.value);
    this.queue.onsaved = (words) => { this.say(words); };
    this.queue.onrefused = (words) => { this.say(words); };
    this.given = new Map(this.queue.waiting.map((one) => [one.url, one.fields]));
    this.show(this.form);
    this.addEventListener("change", () => this.changed());
    this.addEventListener("submit", (event) => this.moveOn(event));
    this.addEventListener("click", (event) => this.moveBack(event));
    addEventListener("popstate", () => this.open(numberIn(location.pathname)));
    addEventListener("online", () => this.send());
    addEventListener("pagehide", () => this.rest());
    this.fetchPages();
    if (this.queue.waiting.length) this.send();
  }

  /** @returns {HTMLFormElement} */
  get form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form[data-question]"));
  }

  get address() {
    return path(this.form.action);
  }

  get number() {
    return Number(this.form.dataset.question);
  }

  /** @param {string} words */
  say(words) {
    if (this.status) this.status.textContent = words;
  }

  async fetchPages() {
    if (this.dataset.fromCheck !== undefined) return;
    try {
      const response = await fetch(this.dataset.pages ?? "");
      if (!response.ok) return;
      const found = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const template of found.querySelectorAll("template")) {
        this.pages.set(Number(template.dataset.number), template);
      }
    } catch {
      // Each question is a page of its own then.
    }
  }

  changed() {
    const fields = this.fields();
    if (!Object.keys(fields).length) return;
    this.keep(fields, 0);
    this.send();
  }

  /** What is chosen on the page now. @returns {Record<string, string>} */
  fields() {
    /** @type {Record<string, string>} */
    const fields = {};
    for (const [name, value] of new FormData(this.form)) {
      if (/^(answer|reason)/.test(name)) fields[name] = String(value);
    }
    return fields;
  }

  /** @param {Record<string, string>} fields @param {number} seconds */
  keep(fields, seconds) {
    this.given.set(this.address, fields);
    this.queue.add(this.address, fields, seconds);
  }

  /** Whether every group has an answer, or a reason stands for all. */
  get isComplete() {
    const names = new Set([...this.form.querySelectorAll("input[type=radio]")].map(
      (input) => /** @type {HTMLInputElement} */ (input).name));
    const fields = this.fields();
    return "reason" in fields || [...names].every((name) => name in fields);
  }

  /** @param {Event} event */
  moveOn(event) {
    const isLast = this.number === Number(this.dataset.total);
    const next = this.pages.get(this.number + 1);
    if (this.dataset.fromCheck !== undefined || !(next || (isLast && this.pages.size))) {
      const seconds = /** @type {HTMLInputElement} */ (this.form.elements.namedItem("seconds"));
      seconds.value = this.spent().toFixed(1);
      return; // the browser sends the form itself; what waits is sent again, and counts once
    }
    event.preventDefault();
    if (!this.isComplete) {
      const groups = new Set([...this.form.querySelectorAll("input[type=radio]")].map(
        (input) => /** @type {HTMLInputElement} */ (input).name));
      this.say((groups.size > 1 ? this.dataset.chooseEach : this.dataset.choose) ?? "");
      return;
    }
    this.keep(this.fields(), this.spent());
    this.send();
    if (isLast) this.finish();
    else this.go(this.number + 1);
  }

  /** @param {Event} event */
  moveBack(event) {
    const link = event.target instanceof Element && event.target.closest("a[data-back]");
    if (!link || !this.pages.has(this.number - 1)) return;
    event.preventDefault();
    this.rest();
    this.go(this.number - 1);
  }

  /** The time on a page that is left without an answer counts too. */
  rest() {
    const fields = this.fields();
    if (this.isComplete && Object.keys(fields).length) {
      const waits = this.queue.waiting.some((one) => one.url === this.address);
      if (waits) this.queue.add(this.address, fields, this.spent());
    }
  }

  /** @param {number} number */
  go(number) {
    const url = location.pathname.replace(/\/\d+\/$/, `/${number}/`);
    history.pushState(null, "", url);
    this.open(number);
  }

  /** @param {number} number */
  open(number) {
    const template = this.pages.get(number);
    if (!template) {
      location.reload();
      return;
    }
    this.place?.replaceChildren(document.importNode(template.content, true));
    this.show(this.form);
    const words = (this.dataset.place ?? "").replace("{number}", String(number))
      .replace("{total}", this.dataset.total ?? "");
    document.title = document.title.replace(/^.*?( · )/, `${words}$1`);
    const heading = this.form.querySelector("h1");
    if (heading instanceof HTMLElement) heading.focus();
    scrollTo(0, 0);
  }

  /** Put into the form what was chosen here and may not have arrived yet. @param {HTMLFormElement} form */
  show(form) {
    this.opened = performance.now();
    const fields = this.given.get(path(form.action));
    if (!fields) return;
    for (const input of form.elements) {
      if (input instanceof HTMLTextAreaElement) input.value = fields[input.name] ?? input.value;
      if (!(input instanceof HTMLInputElement) || !/^(answer|reason)/.test(input.name)) continue;
      if (input.type === "radio" && input.name in fields) {
        input.checked = fields[input.name] === input.value;
      }
      if (input.type === "checkbox") input.checked = fields[input.name] === input.value;
    }
  }

  spent() {
    return (performance.now() - (this.opened ?? performance.now())) / 1000;
  }

  async send() {
    clearTimeout(this.timer);
    const outcome = await this.queue.send();
    if (outcome === "empty") {
      this.retry = RETRY_FIRST;
      return;
    }
    this.say((outcome === "offline" ? this.dataset.offline : this.dataset.signedOut) ?? "");
    this.timer = setTimeout(() => this.send(), this.retry);
    this.retry = Math.min(2 * this.retry, RETRY_LAST);
  }

  /** The check page needs the answers on the server. */
  async finish() {
    const outcome = await this.queue.send();
    if (outcome === "empty") location.assign(this.dataset.check ?? "");
    else setTimeout(() => this.finish(), this.retry);
  }
}

/** @param {string} url */
function path(url) {
  return new URL(url, location.href).pathname;
}

/** @param {string} pathname */
function numberIn(pathname) {
  return Number(pathname.match(/\/(\d+)\/$/)?.[1]);
}

customElements.define("answer-sheet", AnswerSheet);

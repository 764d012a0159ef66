/**
 * Answering without waiting for the network: every answer is sent as soon as it is chosen, and
 * the next question is already here, so that one goes on while there is no connection. Without
 * this script each question is a page of its own.
 */

import { Queue } from "./queue.js";

const RETRY_FIRST = 1000, RETRY_LAST = 30_000;
const TYPING_PAUSE = 1000;

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
    this.takeEarlier();
    this.show(this.form);
    this.addEventListener("change", () => this.changed());
    this.addEventListener("input", (event) => this.typed(event));
    this.addEventListener("submit", (event) => this.moveOn(event));
    this.addEventListener("click", (event) => this.moveBack(event));
    addEventListener("popstate", () => {
      this.rest();
      this.open(numberIn(location.pathname));
    });
    addEventListener("online", () => this.send());
    addEventListener("pagehide", () => this.rest());
    // A phone may end a page that nobody looks at, and says nothing more.
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.changed(); });
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

  /** Keep and send what is on the page, unless that has been done. */
  changed() {
    clearTimeout(this.typing);
    const fields = this.fields();
    if (!this.isNew(fields)) return;
    this.keep(fields, 0);
    this.send();
  }

  /** Words are kept while they are written, not only when the field is left. @param {Event} event */
  typed(event) {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.changed(), TYPING_PAUSE);
  }

  /** What was chosen before this script had come stands over what waits from earlier. */
  takeEarlier() {
    const fields = this.fields();
    if (isSame(fields, sentWith(this.form))) return;
    const waits = this.given.get(this.address) ?? {};
    this.keep("reason" in fields || "reason" in waits ? fields : { ...waits, ...fields }, 0);
  }

  /** What is chosen on the page now. @returns {Record<string, string>} */
  fields() {
    /** @type {Record<string, string>} */
    const fields = {};
    for (const [name, value] of new FormData(this.form)) {
      if (/^(answer|reason)/.test(name)) fields[name] = String(value).replaceAll("\r\n", "\n");
    }
    return fields;
  }

  /** @param {Record<string, string>} fields */
  isNew(fields) {
    const known = this.given.get(this.address) ?? sentWith(this.form);
    return Object.keys(fields).length > 0 && !isSame(fields, known);
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
      this.complain();
      return;
    }
    clearTimeout(this.typing);
    this.keep(this.fields(), this.spent());
    this.send();
    if (isLast) this.finish();
    else this.go(this.number + 1);
  }

  /** Say what is missing in the words and at the places of the server's own page. */
  complain() {
    const summary = /** @type {HTMLTemplateElement | null} */ (this.querySelector("template[data-problem]"))
      ?.content.firstElementChild?.cloneNode(true);
    const fields = this.fields();
    const groups = [...this.form.querySelectorAll("fieldset")];
    const missing = groups.filter((group) => !(firstRadio(group).name in fields));
    if (!(summary instanceof HTMLElement) || !missing.length) return;
    const words = (groups.length > 1 ? this.dataset.chooseEach : this.dataset.choose) ?? "";
    for (const old of this.querySelectorAll("[data-complaint], #answer-error, .error-summary")) old.remove();
    const link = /** @type {HTMLAnchorElement} */ (summary.querySelector("a"));
    link.href = `#${firstRadio(missing[0]).id}`;
    link.textContent = words;
    for (const group of groups) mark(group, missing.includes(group));
    const beside = document.createElement("p");
    beside.className = "field__error";
    beside.id = "answer-error";
    beside.dataset.complaint = "";
    beside.textContent = words;
    if (groups.length > 1) groups[0].before(beside);
    else missing[0].querySelector(".choice")?.before(beside);
    this.form.before(summary);
    document.title = `${this.dataset.error}: ${document.title.replace(`${this.dataset.error}: `, "")}`;
    summary.focus();
  }

  /** @param {Event} event */
  moveBack(event) {
    const link = event.target instanceof Element && event.target.closest("a[data-back]");
    if (!link || !this.pages.has(this.number - 1)) return;
    event.preventDefault();
    this.rest();
    this.go(this.number - 1);
  }

  /** The page is left: what was not heard of yet is kept; the time without an answer counts too. */
  rest() {
    clearTimeout(this.typing);
    const fields = this.fields();
    const isNew = this.isNew(fields);
    const waits = this.queue.waiting.some((one) => one.url === this.address);
    if (!isNew && !(waits && this.isComplete && Object.keys(fields).length)) return;
    this.keep(fields, this.spent());
    this.opened = performance.now();
    if (isNew) this.send();
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

  /** The check page needs the answers on the server; nobody is led there from another question. */
  async finish(form = this.form) {
    if (this.form !== form) return;
    const outcome = await this.queue.send();
    if (this.form !== form) return;
    if (outcome === "empty") location.assign(this.dataset.check ?? "");
    else setTimeout(() => this.finish(form), this.retry);
  }
}

/** @param {Element} group @returns {HTMLInputElement} */
function firstRadio(group) {
  return /** @type {HTMLInputElement} */ (group.querySelector("input[type=radio]"));
}

/** @param {Element} group @param {boolean} isMissing */
function mark(group, isMissing) {
  group.classList.toggle("field--error", isMissing);
  const said = { role: "radiogroup", "aria-invalid": "true", "aria-describedby": "answer-error" };
  for (const [name, value] of Object.entries(said)) {
    if (isMissing) group.setAttribute(name, value);
    else group.removeAttribute(name);
  }
}

/** What the server has put into a form. @param {HTMLFormElement} form */
function sentWith(form) {
  /** @type {Record<string, string>} */
  const fields = {};
  for (const input of form.elements) {
    if (input instanceof HTMLTextAreaElement) fields[input.name] = input.defaultValue;
    else if (input instanceof HTMLInputElement && input.defaultChecked) fields[input.name] = input.value;
  }
  return fields;
}

/** @param {Record<string, string>} one @param {Record<string, string>} other */
function isSame(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
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

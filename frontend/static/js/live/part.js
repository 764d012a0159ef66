/** What every part of a live room begins with: the client, the words, and asking for something. */
import { Refused } from "./client.js";
import { make, wordsOfPage } from "./words.js";

/** @typedef {import("./client.js").LiveClient} LiveClient */
/** @typedef {import("./transports.js").Frame} Frame */

/** What `prepare` fills in, before anything else is called.
 * @type {any} */
export const LATER = null;

export class LivePart extends HTMLElement {
  /** @type {LiveClient} */
  client = LATER;
  words = wordsOfPage();
  /** Where an answer is awaited: what is there is not sent twice.
   * @type {WeakSet<Element>} */
  #asking = new WeakSet();

  /** Listen to the room. A part overrides what it needs of `welcome`, `snap`, `ev` and `st`.
   * @param {LiveClient} client */
  connect(client) {
    this.client = client;
    this.words = wordsOfPage();
    this.prepare();
    client.addEventListener("welcome", () => this.welcome());
    client.addEventListener("snap", (event) => this.snap(/** @type {CustomEvent} */ (event).detail.d));
    client.addEventListener("ev", (event) => this.ev(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("st", (event) => this.st(/** @type {CustomEvent} */ (event).detail));
  }

  prepare() {}
  welcome() {}
  /** @param {Record<string, any>} _data the whole snapshot */
  snap(_data) {}
  /** @param {Frame} _frame */
  ev(_frame) {}
  /** @param {Frame} _frame */
  st(_frame) {}

  /** @param {string} permission */
  may(permission) {
    return this.client?.perms.has(permission) ?? false;
  }

  /**
   * An element inside that the template promises.
   * @param {string} selector
   * @returns {any}
   */
  the(selector) {
    return this.querySelector(selector);
  }

  /**
   * @param {string} label
   * @param {() => void} act
   * @param {string} [style]
   */
  button(label, act, style = "button button--quiet") {
    const button = make("button", style, label);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  /**
   * Ask the room for something; what goes wrong is said in `place`.
   * @param {string} op
   * @param {Record<string, any>} data
   * @param {{place?: Element, exp?: number}} [options]
   * @returns {Promise<Frame | null>} the answer, or null if it was refused
   */
  async ask(op, data = {}, { place = this, exp } = {}) {
    const buttons = place.querySelectorAll("button");
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    this.say(place, "");
    try {
      return await this.client.command(op, data, { exp });
    } catch (error) {
      this.say(place, this.words(reasonOf(error), error instanceof Refused ? error.data : {}));
      return null;
    } finally {
      buttons.forEach((button) => button.removeAttribute("aria-disabled"));
    }
  }

  /**
   * Ask as `ask` does, unless `place` waits for an answer already: a second press is no second wish.
   * @param {string} op
   * @param {Record<string, any>} data
   * @param {{place?: Element, exp?: number}} [options]
   * @returns {Promise<Frame | null>}
   */
  async askOnce(op, data = {}, options = {}) {
    const place = options.place ?? this;
    if (this.#asking.has(place)) return null;
    this.#asking.add(place);
    try {
      return await this.ask(op, data, options);
    } finally {
      this.#asking.delete(place);
    }
  }

  /**
   * Say a problem where it belongs; the empty alert is there from the beginning.
   * @param {Element} place
   * @param {string} text
   */
  say(place, text) {
    let problem = place.querySelector(":scope > .live-problem");
    if (!problem && text) {
      problem = make("p", "field__error live-problem");
      problem.setAttribute("role", "alert");
      place.append(problem);
    }
    if (problem) problem.textContent = text;
  }

  /**
   * A form that asks for `op` with what it holds; what is typed before the answer comes stays.
   * @param {string} selector
   * @param {string} op
   * @param {(data: FormData) => Record<string, any> | null} read null: nothing to ask
   */
  form(selector, op, read) {
    const form = /** @type {HTMLFormElement | null} */ (this.querySelector(selector));
    form?.addEventListener("submit", async (event) => {
      event.preventDefault();
      const data = read(new FormData(form));
      const sent = textIn(form);
      if (data && (await this.askOnce(op, data, { place: form })) && textIn(form) === sent) form.reset();
    });
    return form;
  }
}

/**
 * Which words tell why something was refused.
 * @param {unknown} error
 */
export function reasonOf(error) {
  if (!(error instanceof Refused)) return "did_not_work";
  if (error.data.muted) return "muted";
  if (error.data.full) return `full_${error.data.full}`;
  if (error.code === "state") return "too_late";
  return error.code === "forbidden" ? "not_allowed" : "did_not_work";
}

/** Everything that a form holds now. @param {HTMLFormElement} form */
const textIn = (form) => JSON.stringify([...new FormData(form)]);

/**
 * Draw something anew without taking the focus out of what stays.
 * @param {() => void} draw
 */
export function keepFocus(draw) {
  const focused = document.activeElement;
  draw();
  if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement) focused.focus();
}

/** @param {FormDataEntryValue | null} value */
export const textOf = (value) => String(value ?? "").trim();

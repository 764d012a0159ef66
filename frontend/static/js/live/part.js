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
      this.say(place, this.words(reasonOf(error)));
      return null;
    } finally {
      buttons.forEach((button) => button.removeAttribute("aria-disabled"));
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
   * A form that asks for `op` with what it holds.
   * @param {string} selector
   * @param {string} op
   * @param {(data: FormData) => Record<string, any> | null} read null: nothing to ask
   */
  form(selector, op, read) {
    const form = /** @type {HTMLFormElement | null} */ (this.querySelector(selector));
    form?.addEventListener("submit", async (event) => {
      event.preventDefault();
      const data = read(new FormData(form));
      if (data && (await this.ask(op, data, { place: form }))) form.reset();
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
  if (error.code === "state") return "too_late";
  return error.code === "forbidden" ? "not_allowed" : "did_not_work";
}

/** @param {FormDataEntryValue | null} value */
export const textOf = (value) => String(value ?? "").trim();

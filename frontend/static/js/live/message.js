/** One message of the chat as it stands on the page, with what may be done to it. */
import { make, timeElement } from "./words.js";

const EDITABLE_MS = 10 * 60 * 1000;

/** @typedef {(key: string, values?: Record<string, string | number>) => string} Words */
/**
 * @typedef {object} Doings
 * @property {boolean} isOwn
 * @property {boolean} canModerate
 * @property {boolean} canWrite
 * @property {(line: MessageLine) => void} reply
 * @property {(line: MessageLine) => void} edit
 * @property {(op: string, line: MessageLine) => void} ask
 */

export class MessageLine {
  /**
   * @param {Record<string, any>} message m, ts, a, text, reply?, edited?, hidden?
   * @param {Words} words
   * @param {Doings} doings
   */
  constructor(message, words, doings) {
    this.message = message;
    this.words = words;
    this.doings = doings;
    this.element = make("article", doings.isOwn ? "message message--own" : "message");
    this.state = make("p", "message__state");
    this.#draw();
  }

  /** @param {Record<string, any>} change */
  update(change) {
    Object.assign(this.message, change);
    this.#draw();
  }

  sending() {
    this.element.classList.add("message--sending");
    this.state.textContent = this.words("sending");
    this.element.append(this.state);
  }

  /** @param {string} m */
  confirm(m) {
    this.message.m = m;
    this.element.classList.remove("message--sending");
    this.state.textContent = this.words("sent");
    this.#draw();
    this.element.append(this.state);
  }

  /**
   * @param {string} reason
   * @param {() => void} takeBack
   */
  failed(reason, takeBack) {
    this.element.classList.remove("message--sending");
    this.element.classList.add("message--failed");
    const again = make("button", "link-button", this.words("take_back"));
    again.type = "button";
    again.addEventListener("click", takeBack);
    const why = reason === "muted" ? this.words("muted") : this.words("not_sent");
    this.state.replaceChildren(why, " ", again);
    this.element.append(this.state);
  }

  #draw() {
    const { a, ts, reply, edited, hidden } = this.message;
    const who = make("p", "message__who");
    who.append(make("b", "", this.doings.isOwn ? this.words("you") : a?.n ?? ""));
    if (a?.r && a.r !== "participant") who.append(" ", make("span", "tag", this.words(`role_${a.r}`)));
    who.append(" ", timeElement(ts));
    if (edited) who.append(" ", make("span", "", this.words("edited")));
    /** @type {HTMLElement[]} */
    const parts = [who];
    if (reply) {
      const quote = make("p", "message__reply", reply.text || this.words("not_shown"));
      quote.prepend(make("b", "", `${reply.n}: `));
      parts.push(quote);
    }
    const isUnseen = hidden && !this.doings.canModerate;
    const text = make("p", "message__text", isUnseen ? this.words("hidden") : this.message.text);
    text.dir = "auto";
    if (hidden && !isUnseen) text.prepend(make("i", "", `${this.words("hidden")} `));
    this.element.classList.toggle("message--hidden", Boolean(hidden));
    parts.push(text, ...this.#menu());
    this.element.replaceChildren(...parts);
  }

  #menu() {
    const { isOwn, canModerate, canWrite, reply, edit, ask } = this.doings;
    const { m, ts, hidden, a } = this.message;
    if (!m || !canWrite) return [];
    /** @type {[string, () => void][]} */
    const acts = [];
    if (!hidden) acts.push(["reply", () => reply(this)]);
    if (isOwn && Date.now() - ts < EDITABLE_MS) acts.push(["edit", () => edit(this)]);
    if (isOwn) acts.push(["delete", () => ask("chat.delete", this)]);
    if (canModerate && !isOwn) acts.push(hidden ? ["show", () => ask("chat.show", this)] : ["hide", () => ask("chat.hide", this)]);
    const menu = make("details", "message__menu");
    const summary = make("summary", "", "⋯");
    summary.setAttribute("aria-label", this.words("actions", { name: isOwn ? this.words("you") : a?.n ?? "" }));
    const row = make("div", "row");
    for (const [name, act] of acts) {
      const button = make("button", "link-button", this.words(`do_${name}`));
      button.type = "button";
      button.addEventListener("click", () => { menu.open = false; act(); });
      row.append(button);
    }
    menu.append(summary, row);
    return [menu];
  }
}

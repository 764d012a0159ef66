/** A word to the hosts that nobody else reads; for hosts, all of these conversations. */
import { keepFocus, LATER, LivePart, textOf } from "./part.js";
import { make, timeElement } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */

class LiveDesk extends LivePart {
  /** @type {HTMLElement} */
  log = LATER;
  /** Answers that may be half-written, by the line that they answer; they stay when all is drawn anew.
   * @type {Map<string, HTMLDetailsElement>} */
  #answers = new Map();

  prepare() {
    this.log = this.the("[role=log]");
    this.writer = this.form("form", "desk.write", (data) => {
      const text = textOf(data.get("text"));
      return text ? { text } : null;
    });
  }

  get #isStaff() {
    return this.may("desk.answer");
  }

  welcome() {
    if (this.writer) this.writer.hidden = this.#isStaff; // the first form may be an answer by now
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    const said = (this.#isStaff ? data.desk?.said : data["desk.me"]?.said) ?? [];
    keepFocus(() => {
      this.log.replaceChildren(...said.map((/** @type {Frame} */ frame) => this.#line(frame)));
    });
    this.#drawEmpty();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y !== "desk.said" || frame.s !== (this.#isStaff ? "staff" : "me")) return;
    this.log.append(this.#line(frame));
    this.#drawEmpty();
    if (frame.a?.id !== this.client.me) this.dispatchEvent(new CustomEvent("news", { bubbles: true }));
  }

  #drawEmpty() {
    this.the(".desk__empty").hidden = this.log.children.length > 0;
  }

  /** @param {Frame} frame */
  #line(frame) {
    const isOwn = frame.a?.id === this.client.me;
    const article = make("article", isOwn ? "message message--own" : "message");
    const who = make("p", "message__who");
    who.append(make("b", "", isOwn ? this.words("you") : frame.a?.n), " ");
    if (this.#isStaff && frame.d.with.id !== frame.a?.id) who.append(this.words("to_person", { name: frame.d.with.n }), " ");
    who.append(timeElement(frame.ts));
    const text = make("p", "message__text", frame.d.text);
    text.dir = "auto";
    article.append(who, text);
    if (this.#isStaff && !isOwn && frame.d.with.id === frame.a?.id) article.append(this.#answer(frame));
    return article;
  }

  /** @param {Frame} frame */
  #answer(frame) {
    const key = String(frame.q);
    const answer = this.#answers.get(key) ?? this.#newAnswer(frame);
    this.#answers.set(key, answer);
    return answer;
  }

  /** @param {Frame} frame */
  #newAnswer(frame) {
    const details = make("details");
    const summary = make("summary", "", this.words("do_reply"));
    const form = make("form");
    const field = make("textarea");
    field.rows = 2;
    field.maxLength = 2000;
    field.required = true;
    field.setAttribute("aria-label", this.words("to_person", { name: frame.d.with.n }));
    form.append(field, make("button", "button button--quiet", this.words("send")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const written = field.value;
      const data = { user: frame.d.with.id, text: written.trim() };
      if (await this.askOnce("desk.answer", data, { place: form }) && field.value === written) {
        form.reset();
        details.open = false;
      }
    });
    details.append(summary, form);
    return details;
  }
}

customElements.define("live-desk", LiveDesk);

/** What only the hosts have: announcements, captions, the timer, the pace, how people feel, and
 * what is on the stage. */
import { LivePart, textOf } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */

class LiveLead extends LivePart {
  /** @type {Map<string, Record<string, any>>} */
  #checkins = new Map();

  prepare() {
    this.form("form.lead__announce", "announce", (data) => ({ text: textOf(data.get("text")) }));
    this.form("form.lead__caption", "caption.say", (data) => {
      const text = textOf(data.get("text"));
      return text ? { text } : null;
    });
    this.form("form.lead__timer", "timer.start", (data) => ({
      seconds: Math.round(Number(data.get("minutes")) * 60), label: textOf(data.get("label")),
    }));
    this.the(".lead__timer-stop").addEventListener("click", () => this.ask("timer.stop"));
    this.form("form.lead__slow", "chat.slow", (data) => ({ seconds: Number(data.get("seconds")) }));
    this.form("form.lead__link", "stage.set", (data) => ({ kind: "link", url: textOf(data.get("url")) }));
    for (const button of this.querySelectorAll("[data-stage]")) {
      const { stage = "", video = "" } = /** @type {HTMLElement} */ (button).dataset;
      button.addEventListener("click", () => {
        this.ask("stage.set", video ? { kind: stage, video } : { kind: stage }, { place: this.the(".lead__stage") });
      });
    }
    for (const button of this.querySelectorAll("[data-moment]")) {
      const { moment = "" } = /** @type {HTMLElement} */ (button).dataset;
      button.addEventListener("click", () => this.ask("checkin.open", { moment }, { place: this.the(".lead__checkin") }));
    }
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    const known = data.checkin?.checkins ?? [];
    this.#checkins = new Map(known.map((/** @type {any} */ one) => [one.checkin, { ...one }]));
    this.#drawCheckins();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "checkin.opened") this.#checkins.set(frame.d.checkin, { ...frame.d, total: 0, by: null });
    else if (frame.y === "checkin.closed") Object.assign(this.#checkins.get(frame.d.checkin) ?? {}, { is_open: false });
    else return;
    this.#drawCheckins();
  }

  /** @param {Frame} frame */
  st(frame) {
    const checkin = frame.y === "checkin" ? this.#checkins.get(frame.k) : undefined;
    if (!checkin) return;
    Object.assign(checkin, frame.d);
    this.#drawCheckins();
  }

  #drawCheckins() {
    const all = [...this.#checkins.values()];
    const open = all.find((one) => one.is_open);
    for (const button of this.querySelectorAll("[data-moment]")) /** @type {HTMLElement} */ (button).hidden = Boolean(open);
    const place = this.the(".lead__feelings");
    place.replaceChildren(...all.slice(-3).map((one) => this.#feelings(one)));
    if (open) {
      place.append(this.button(this.words("checkin_close"), () =>
        this.ask("checkin.close", { checkin: open.checkin }, { place: this.the(".lead__checkin") })));
    }
  }

  /** @param {Record<string, any>} one */
  #feelings(one) {
    const box = make("div", "feelings");
    const head = `${this.words(`moment_${one.moment}`)}. ${this.words("turnout", { n: one.total ?? 0 })}`;
    box.append(make("p", "", head));
    if (!one.by) {
      box.append(make("p", "quiet small", this.words("fewer_than_five")));
      return box;
    }
    const list = make("ul", "poll__result");
    one.by.forEach((/** @type {number} */ count, /** @type {number} */ index) => {
      const item = make("li", "", this.words(`feel_${index + 1}`));
      const bar = make("progress", "progress");
      bar.max = one.total;
      bar.value = count;
      bar.setAttribute("aria-hidden", "true");
      item.append(" ", make("b", "", String(count)), bar);
      list.append(item);
    });
    box.append(list);
    return box;
  }
}

customElements.define("live-lead", LiveLead);

/** What the hosts say to the whole room: an announcement, captions, a timer. */
import { LATER, LivePart } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */

const CAPTIONS = 30;
const WARN_SECONDS = [60, 10];

class LiveAnnouncement extends LivePart {
  /** @param {Record<string, any>} data */
  snap(data) {
    this.#show(data.floor?.announcement ?? "");
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "announced") this.#show(frame.d.text);
  }

  /** @param {string} text */
  #show(text) {
    this.textContent = text;
  }
}

class LiveCaptions extends LivePart {
  /** @type {HTMLElement} */
  lines = LATER;

  prepare() {
    this.lines = this.the(".captions__lines");
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    const said = data.floor?.captions ?? [];
    this.lines.replaceChildren(...said.map((/** @type {string} */ text) => make("p", "", text)));
    this.#draw();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y !== "caption.said") return;
    this.lines.append(make("p", "", frame.d.text));
    while (this.lines.children.length > CAPTIONS) this.lines.firstElementChild?.remove();
    this.#draw();
  }

  #draw() {
    this.hidden = this.lines.children.length === 0;
    this.lines.scrollTop = this.lines.scrollHeight;
  }
}

/** Counts down by itself from the moment of the end; the clock of the server is the one that holds. */
class LiveTimer extends LivePart {
  #endsAt = 0;
  #label = "";
  #said = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  /** @param {Record<string, any>} data */
  snap(data) {
    const { ends_at: endsAt = 0, label = "" } = data.floor?.timer ?? {};
    this.#start(endsAt, label);
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "timer.started") this.#start(frame.d.ends_at, frame.d.label);
    else if (frame.y === "timer.stopped") this.#start(0, "");
  }

  /**
   * @param {number} endsAt
   * @param {string} label
   */
  #start(endsAt, label) {
    clearInterval(this.#ticking);
    this.#endsAt = endsAt;
    this.#label = label;
    this.#said = this.#left;
    this.hidden = !endsAt || this.#left < -60;
    if (!this.hidden) this.#ticking = setInterval(() => this.#draw(), 500);
    this.#draw();
  }

  get #left() {
    return Math.ceil((this.#endsAt - Date.now() - this.client.clockOffset) / 1000);
  }

  #draw() {
    if (this.hidden) return;
    const left = Math.max(0, this.#left);
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const words = left ? this.words("timer", { time: clock }) : this.words("timer_over");
    this.the(".timer__left").textContent = this.#label ? `${this.#label}: ${words}` : words;
    for (const limit of WARN_SECONDS) {
      if (this.#said > limit && left <= limit && left > 0) {
        this.the("[role=status]").textContent = this.words("timer_left", { n: limit });
      }
    }
    if (this.#said > 0 && left === 0) this.the("[role=status]").textContent = this.words("timer_over");
    this.#said = left;
    if (left === 0 && this.#left < -60) {
      this.hidden = true;
      clearInterval(this.#ticking);
    }
  }
}

customElements.define("live-announcement", LiveAnnouncement);
customElements.define("live-captions", LiveCaptions);
customElements.define("live-timer", LiveTimer);

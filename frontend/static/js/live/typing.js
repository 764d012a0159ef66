/** Who is writing: told to the others now and then, and shown for a few seconds. */

/** @typedef {import("./client.js").LiveClient} LiveClient */
/** @typedef {import("./transports.js").Frame} Frame */

const TELL_EVERY_MS = 3500; // the room takes it every three seconds
const LASTS_MS = 5000;
const MOST_NAMES = 3;
const LATE_MS = 1500;
/** What was typed just before a line was said may be told after it. */

export class Typing {
  /** @type {Map<string, {name: string, until: number}>} */
  #others = new Map();
  #toldAt = 0;
  /** @type {Map<string, number>} */
  #saidAt = new Map();

  /**
   * @param {Element | null} place none where nobody may write
   * @param {LiveClient} client
   * @param {(key: string, values?: Record<string, string>) => string} word
   */
  constructor(place, client, word) {
    this.place = place;
    this.client = client;
    this.word = word;
  }

  /** Something was typed: tell it, not with each letter, and when the others listen for it.
   * @param {string} text */
  tell(text) {
    const now = Date.now();
    if (!text.trim() || now - this.#toldAt < TELL_EVERY_MS || this.#isLate(this.client.me)) return;
    if (this.client.send("typing", {})) this.#toldAt = now;
  }

  /** Whether somebody has said a line just now. @param {string} id */
  #isLate(id) {
    return Date.now() - (this.#saidAt.get(id) ?? 0) < LATE_MS;
  }

  /** The others who have typed in the last half second. @param {Frame} frame */
  hear(frame) {
    const until = Date.now() + LASTS_MS;
    for (const [id, name] of Object.entries(frame.d.items ?? {})) {
      if (id !== this.client.me && !this.#isLate(id)) this.#others.set(id, { name: String(name), until });
    }
    this.#draw();
    setTimeout(() => this.#draw(), LASTS_MS + 100);
  }

  /** Somebody has said what they were writing. @param {string | undefined} id */
  said(id = "") {
    this.#saidAt.set(id, Date.now());
    this.#others.delete(id);
    this.#draw();
  }

  #draw() {
    if (!this.place) return;
    const now = Date.now();
    for (const [id, { until }] of this.#others) if (until < now) this.#others.delete(id);
    const names = [...this.#others.values()].map(({ name }) => name).slice(0, MOST_NAMES).join(", ");
    const text = names ? this.word("typing", { name: names }) : "";
    if (this.place.textContent !== text) this.place.textContent = text;
  }
}

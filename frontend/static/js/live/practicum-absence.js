/** Tells that somebody who is waited for has no connection, and brings the choices when it lasts. */

const SAY_MS = 6000;
const CHOICES_MS = 50_000;

export class Absence {
  /** @type {Map<string, number>} */
  #gone = new Map();
  #hasAsked = false;

  /**
   * @param {HTMLElement} room
   * @param {(key: string, values?: Record<string, string>) => string} words
   */
  constructor(room, words) {
    this.room = room;
    this.words = words;
    /** @type {{id: string, name: string}[]} */
    this.expected = JSON.parse(document.getElementById("practicum-expected")?.textContent || "[]");
  }

  /** Who is in the room now. @param {{id: string}[]} people */
  hear(people) {
    const here = new Set(people.map(({ id }) => id));
    for (const { id } of this.expected) {
      if (here.has(id)) this.#gone.delete(id);
      else if (!this.#gone.has(id)) this.#gone.set(id, Date.now());
    }
    if (!this.#gone.size) this.#hasAsked = false;
  }

  tick() {
    const place = this.room.querySelector("[data-absent]");
    if (!place) return;
    const now = Date.now();
    const missing = this.expected.filter(({ id }) => now - (this.#gone.get(id) ?? now) > SAY_MS);
    const text = missing.length ? this.words("absent", { names: missing.map(({ name }) => name).join(", ") }) : "";
    if (place.textContent !== text) place.textContent = text;
    const isLong = [...this.#gone.values()].some((since) => now - since > CHOICES_MS);
    if (isLong && !this.#hasAsked) this.#bringChoices();
  }

  /** The server knows who was not seen for how long; only its choices are taken from the new page. */
  async #bringChoices() {
    this.#hasAsked = true;
    const answer = await fetch(this.room.dataset.page ?? location.pathname, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const choices = page.querySelector("[data-lost]");
    if (choices) this.room.querySelector("[data-lost]")?.replaceWith(document.adoptNode(choices));
  }
}

/** What somebody writes and what is on its way, kept in this window until it is said.
 *
 * A line that was sent keeps its id: after a reload it is sent again under it, and said once. In the
 * session storage of the window only, which is gone when the window closes.
 */

/** @typedef {{id: string, d: Record<string, any>}} Sent */

export class UnsaidLines {
  #key;

  /** @param {string} place the page and the step of it, as a name */
  constructor(place) {
    this.#key = `unsaid:${place}`;
  }

  /** What stands in the field. */
  get draft() {
    return this.#read().draft;
  }

  set draft(text) {
    this.#write({ ...this.#read(), draft: text });
  }

  /** Lines that nobody has answered yet, in order. */
  get sent() {
    return this.#read().sent;
  }

  /** @param {Sent} line */
  add(line) {
    const { draft, sent } = this.#read();
    this.#write({ draft, sent: [...sent.filter(({ id }) => id !== line.id), line] });
  }

  /** It has been answered. @param {string} id */
  remove(id) {
    const { draft, sent } = this.#read();
    this.#write({ draft, sent: sent.filter((line) => line.id !== id) });
  }

  /** @returns {{draft: string, sent: Sent[]}} */
  #read() {
    return JSON.parse(sessionStorage.getItem(this.#key) ?? "null") ?? { draft: "", sent: [] };
  }

  /** @param {{draft: string, sent: Sent[]}} kept */
  #write(kept) {
    if (kept.draft || kept.sent.length) sessionStorage.setItem(this.#key, JSON.stringify(kept));
    else sessionStorage.removeItem(this.#key);
  }
}

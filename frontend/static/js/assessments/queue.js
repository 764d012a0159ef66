/**
 * Answers on their way to the server: kept on this device in their order until each has arrived,
 * for at most a day. One sending has one key, so that sent twice it counts once.
 *
 * @typedef {{url: string, fields: Record<string, string>, key: string, at: number, after?: string[]}} Waiting
 * @typedef {"empty" | "offline" | "signed-out"} Outcome
 */

import { freshToken } from "../fresh-token.js";

const DAY = 24 * 60 * 60 * 1000;
const PREFIX = "answers:";
const MOST_BEFORE = 8;

export class Queue {
  /** @param {string} owner @param {string} attempt @param {string} token */
  constructor(owner, attempt, token) {
    this.name = `${PREFIX}${owner}:${attempt}`;
    this.token = token;
    /** @type {(saved: string) => void} */
    this.onsaved = () => undefined;
    /** @type {(message: string, url: string) => void} */
    this.onrefused = () => undefined;
    /** @type {Promise<Outcome> | null} */
    this.sending = null;
    this.memory = /** @type {Waiting[]} */ ([]);
    this.isStored = true;
    /** @type {Map<string, string>} the key that arrived last, by the question's address */
    this.arrived = new Map();
  }

  /** @returns {Waiting[]} */
  get waiting() {
    if (!this.isStored) return this.memory; // a browser without storage: this page still remembers
    try {
      const kept = JSON.parse(localStorage.getItem(this.name) ?? "[]");
      return kept.filter((/** @type {Waiting} */ one) => Date.now() - one.at < DAY);
    } catch {
      return this.memory;
    }
  }

  /** @param {Waiting[]} list */
  keep(list) {
    this.memory = list;
    this.isStored = true;
    try {
      if (list.length) localStorage.setItem(this.name, JSON.stringify(list));
      else localStorage.removeItem(this.name);
    } catch {
      this.isStored = false;
    }
  }

  /**
   * The last answer to a question stands; its seconds add up. It names those that it stands for:
   * one of them may have been so long on its way that it would seem to be the later one.
   * @param {string} url @param {Record<string, string>} fields @param {number} seconds
   */
  add(url, fields, seconds) {
    const list = this.waiting;
    const before = list.find((one) => one.url === url);
    const spent = seconds + Number(before?.fields.seconds ?? 0);
    const kept = { ...fields, ...(spent > 0 && { seconds: spent.toFixed(1) }) };
    const after = [...(before?.after ?? []), before?.key ?? "", this.arrived.get(url) ?? ""]
      .filter(Boolean).slice(-MOST_BEFORE);
    const entry = { url, fields: kept, key: newKey(), at: Date.now(), after };
    this.keep([...list.filter((one) => one.url !== url), entry]);
  }

  /** Send what waits, one after the other. @returns {Promise<Outcome>} */
  send() {
    this.sending ??= this.#sendAll().finally(() => { this.sending = null; });
    return this.sending;
  }

  /** @returns {Promise<Outcome>} */
  async #sendAll() {
    for (let [first] = this.waiting; first; [first] = this.waiting) {
      let response;
      try {
        response = await this.#post(first);
        if (response.status === 403) {
          const fresh = await freshToken();
          if (fresh) {
            this.token = fresh;
            response = await this.#post(first);
          }
        }
      } catch {
        return "offline";
      }
      if (response.redirected || response.status === 401 || response.status === 403) {
        return "signed-out";
      }
      if (response.status >= 500 || response.status === 429) return "offline";
      const { key, url } = first;
      if (response.ok) this.arrived.set(url, key);
      const answer = await response.json().catch(() => ({}));
      this.keep(this.waiting.filter((one) => one.key !== key));
      if (response.ok) this.onsaved(answer.saved ?? "");
      else this.onrefused(answer.message ?? "", first.url);
    }
    return "empty";
  }

  /** @param {Waiting} one */
  #post(one) {
    const age = Math.max(0, (Date.now() - one.at) / 1000).toFixed(3);
    return fetch(one.url, {
      method: "POST",
      keepalive: true, // it goes on when the page is left
      headers: { "X-Autosave": "1", "X-CSRFToken": this.token },
      body: new URLSearchParams({ ...one.fields, key: one.key, after: (one.after ?? []).join(" "), age }),
    });
  }
}

/** @returns {string} */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs https
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Forget what waits of an attempt, whoever answered it. @param {string} attempt */
export function wipe(attempt) {
  try {
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX) && key.endsWith(`:${attempt}`))
      .forEach((key) => localStorage.removeItem(key));
  } catch {
    // Nothing was stored.
  }
}

/** The live part of a practicum: the conversation, and moving on when the phase changes.
 * Everything else on the page is forms. */
import { LiveClient } from "./client.js";
import { make, timeElement } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */

class PracticumRoom extends HTMLElement {
  /** @type {Set<number>} */
  #shown = new Set();
  #version = 0;

  connectedCallback() {
    this.words = JSON.parse(this.querySelector("#practicum-words")?.textContent || "{}");
    this.lines = this.querySelector("[data-lines]");
    this.status = this.querySelector("[data-status]");
    this.#version = Number(this.dataset.version);
    const { socket = "", events = "", commands = "", csrf = "" } = this.dataset;
    const client = new LiveClient({ socket, events, commands, csrf });
    this.client = client;
    client.addEventListener("snap", (event) => this.#snap(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("ev", (event) => this.#event(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("status", (event) => {
      const { state } = /** @type {CustomEvent} */ (event).detail;
      this.#say(state === "offline" ? this.words.offline : "");
    });
    this.#form(client);
    client.start();
  }

  disconnectedCallback() {
    this.client?.stop();
  }

  /** @param {LiveClient} client */
  #form(client) {
    const form = /** @type {HTMLFormElement | null} */ (this.querySelector("form[data-say]"));
    const field = /** @type {HTMLTextAreaElement | null} */ (form?.querySelector("textarea") ?? null);
    if (!form || !field) return;
    const send = async () => {
      const text = field.value.trim();
      if (!text) return;
      field.value = "";
      field.focus();
      try {
        await client.command("practicum.say", { text });
      } catch {
        field.value = field.value || text;
        this.#say(this.words.refused);
      }
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        send();
      }
    });
  }

  /** @param {Frame} frame */
  #snap(frame) {
    const { messages = [], version = 0 } = frame.d.practicum ?? {};
    if (version > this.#version) { this.#moveOn(); return; }
    this.#shown.clear();
    this.lines?.replaceChildren();
    messages.forEach((/** @type {Frame} */ line) => this.#line(line));
  }

  /** @param {Frame} frame */
  #event(frame) {
    if (frame.y === "practicum.said") this.#line(frame);
    else if (frame.y === "practicum.phase" && frame.d.version > this.#version) this.#moveOn();
  }

  /** @param {Frame} frame */
  #line(frame) {
    if (!this.lines || this.#shown.has(frame.q)) return;
    this.#shown.add(frame.q);
    const isMine = frame.a?.id === this.client?.me;
    const article = make("article", isMine ? "talk__line talk__line--mine" : "talk__line");
    const header = make("header");
    const part = this.words[frame.d.part] ?? frame.d.part;
    const name = isMine ? this.words.you : frame.a?.n ?? "";
    header.append(`${this.words.said_by.replace("{name}", name).replace("{part}", part)} · `, timeElement(frame.ts));
    article.append(header, make("p", "", frame.d.text));
    const wasAtEnd = this.lines.scrollHeight - this.lines.scrollTop - this.lines.clientHeight < 60;
    this.lines.append(article);
    if (wasAtEnd || isMine) this.lines.scrollTop = this.lines.scrollHeight;
  }

  /** The next phase is another page; a half-written form must not be lost by it. */
  #moveOn() {
    if (this.isLeaving) return;
    this.isLeaving = true;
    location.assign(location.pathname.replace(/(feedback|debrief)\/$/, ""));
  }

  /** @param {string} words */
  #say(words) {
    if (this.status) this.status.textContent = words;
  }
}

customElements.define("practicum-room", PracticumRoom);

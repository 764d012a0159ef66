/** The chat. `role=log` is the page's only live region for messages; the history stands outside
 * of it, so that a screen reader hears what is new and nothing twice. The focus stays in the field. */
import { make, timeElement, wordsOfPage } from "./words.js";
import { ulid } from "./ulid.js";

/** @typedef {import("./client.js").LiveClient} LiveClient */
/** @typedef {import("./transports.js").Frame} Frame */

const BURST = 3;
const BURST_MS = 5000;
const TYPING_EVERY_MS = 3500;
const TYPING_LASTS_MS = 5000;

class LiveChat extends HTMLElement {
  /** @type {LiveClient | null} */
  #client = null;
  /** @type {Map<string, HTMLElement>} */
  #sending = new Map();
  /** @type {Set<number>} */
  #shown = new Set();
  /** @type {number[]} */
  #recent = [];
  #unheard = 0;
  #unseen = 0;
  #typedAt = 0;
  /** @type {Map<string, {name: string, until: number}>} */
  #typing = new Map();
  /** @type {Map<string, number>} */
  #spokeAt = new Map();

  /** @param {LiveClient} client */
  connect(client) {
    this.#client = client;
    this.words = wordsOfPage();
    this.scroller = /** @type {HTMLElement} */ (this.querySelector(".chat__scroller"));
    this.history = /** @type {HTMLElement} */ (this.querySelector(".chat__history"));
    this.log = /** @type {HTMLElement} */ (this.querySelector("[role=log]"));
    this.form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    this.field = /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
    this.toNew = /** @type {HTMLButtonElement} */ (this.querySelector(".chat__to-new"));
    this.typing = /** @type {HTMLElement} */ (this.querySelector(".chat__typing"));
    this.voice = /** @type {HTMLInputElement} */ (this.querySelector("[name=voice]"));
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#type());
    this.toNew.addEventListener("click", () => { this.#toEnd(); this.field?.focus(); });
    this.scroller.addEventListener("scroll", () => { if (this.#isAtEnd()) this.#seen(); });
    this.voice.addEventListener("change", () => this.#speak(this.voice?.checked ?? true));
    client.addEventListener("welcome", () => {
      if (this.form) this.form.hidden = !client.perms.has("chat.send");
    });
    client.addEventListener("snap", (event) => this.#snap(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("ev", (event) => this.#event(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("st", (event) => this.#state(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {Frame} frame */
  #snap(frame) {
    const wasAtEnd = this.#isAtEnd();
    const waiting = [...this.#sending.values()];
    this.#shown.clear();
    this.#unheard = 0;
    this.history?.replaceChildren();
    this.log?.replaceChildren();
    for (const message of frame.d.chat?.messages ?? []) {
      this.#shown.add(message.q);
      this.history?.append(this.#article(message));
      this.#confirm(message);
    }
    for (const line of waiting) if (line.isConnected === false && this.#isWaiting(line)) this.log?.append(line);
    if (wasAtEnd) this.#toEnd();
  }

  /** @param {HTMLElement} line */
  #isWaiting(line) {
    return [...this.#sending.values()].includes(line);
  }

  /** @param {Frame} frame */
  #event(frame) {
    if (frame.y === "poll.opened" || frame.y === "poll.closed") {
      const words = frame.y === "poll.opened" ? "poll_opened" : "poll_closed";
      this.#add(make("p", "chat__note", this.words?.(words, { question: frame.d.question })));
      return;
    }
    if (frame.y !== "chat.sent" || this.#shown.has(frame.q)) return;
    this.#shown.add(frame.q);
    this.#typing.delete(frame.a?.id);
    this.#spokeAt.set(frame.a?.id, frame.ts);
    this.#drawTyping();
    if (this.#confirm(frame)) return;
    this.#add(this.#article(frame));
  }

  /** Our own line, sent before it was confirmed, becomes the confirmed one where it stands.
   * @param {Frame} frame */
  #confirm(frame) {
    const line = frame.c ? this.#sending.get(frame.c) : undefined;
    if (!line) return false;
    this.#sending.delete(frame.c);
    if (this.history?.lastElementChild && !line.isConnected) return true;
    line.classList.remove("message--sending");
    const state = line.querySelector(".message__state");
    if (state) state.textContent = this.words?.("sent") ?? "";
    return true;
  }

  /** @param {Frame} frame */
  #article(frame) {
    const isOwn = frame.a?.id === this.#client?.me;
    const article = make("article", isOwn ? "message message--own" : "message");
    const who = make("p", "message__who");
    who.append(make("b", "", isOwn ? this.words?.("you") : frame.a?.n ?? ""));
    if (frame.a && frame.a.r !== "participant") {
      who.append(" ", make("span", "tag", this.words?.(`role_${frame.a.r}`)));
    }
    who.append(" ", timeElement(frame.ts));
    const text = make("p", "message__text", frame.d.text);
    text.dir = "auto";
    article.append(who, text);
    return article;
  }

  /** A line from somebody else: the log speaks it, unless many come at once.
   * @param {HTMLElement} element */
  #add(element) {
    const wasAtEnd = this.#isAtEnd();
    const now = Date.now();
    this.#recent = [...this.#recent.filter((at) => now - at < BURST_MS), now];
    if (this.#recent.length > BURST) this.#hush();
    this.log?.append(element);
    if (this.#unheard) this.#unheard += 1;
    if (wasAtEnd) this.#toEnd();
    else this.#notSeen();
  }

  /** Many messages at once: be silent now, say their number when it is calm again. */
  #hush() {
    if (this.#unheard || !this.voice?.checked) return;
    this.#speak(false);
    this.#unheard = 1;
    const calm = () => {
      if (Date.now() - (this.#recent.at(-1) ?? 0) < BURST_MS / 2) {
        setTimeout(calm, BURST_MS / 2);
        return;
      }
      const count = this.#unheard - 1;
      this.#unheard = 0;
      this.#speak(this.voice?.checked ?? true);
      this.log?.append(make("p", "visually-hidden", this.words?.("new_messages", { n: count })));
    };
    setTimeout(calm, BURST_MS);
  }

  /** @param {boolean} aloud */
  #speak(aloud) {
    if (aloud) this.log?.removeAttribute("aria-live");
    else this.log?.setAttribute("aria-live", "off");
  }

  // --- Writing ------------------------------------------------------------------------------
  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form?.requestSubmit();
  }

  #type() {
    if (!this.field?.value || Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    this.#client?.send("typing");
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const text = this.field?.value.trim() ?? "";
    if (!text || !this.#client) return;
    const id = ulid();
    const me = { id: this.#client.me, n: "", r: this.#client.role };
    const line = this.#article({ a: me, ts: Date.now(), d: { text } });
    line.classList.add("message--sending");
    line.append(make("p", "message__state", this.words?.("sending")));
    this.#sending.set(id, line);
    this.#silently(() => this.log?.append(line));
    this.#toEnd();
    if (this.field) this.field.value = "";
    this.field?.focus();
    this.#client.command("chat.send", { text }, { id }).catch(() => this.#failed(id, line, text));
  }

  /**
   * @param {string} id
   * @param {HTMLElement} line
   * @param {string} text
   */
  #failed(id, line, text) {
    this.#sending.delete(id);
    line.classList.add("message--failed");
    const state = line.querySelector(".message__state");
    if (!state) return;
    const again = make("button", "link-button", this.words?.("take_back"));
    again.type = "button";
    again.addEventListener("click", () => {
      line.remove();
      if (this.field) this.field.value = text;
      this.field?.focus();
    });
    state.replaceChildren(this.words?.("not_sent") ?? "", " ", again);
  }

  /** What we wrote ourselves is not read back to us.
   * @param {() => void} change */
  #silently(change) {
    this.#speak(false);
    change();
    setTimeout(() => this.#speak(!this.#unheard && (this.voice?.checked ?? true)), 150);
  }

  // --- Typing, scrolling --------------------------------------------------------------------
  /** @param {Frame} frame */
  #state(frame) {
    if (frame.y !== "typing" || frame.n <= (this.#spokeAt.get(frame.k) ?? 0)) return;
    this.#typing.set(frame.k, { name: frame.d.n, until: Date.now() + TYPING_LASTS_MS });
    this.#drawTyping();
    setTimeout(() => this.#drawTyping(), TYPING_LASTS_MS + 100);
  }

  #drawTyping() {
    const now = Date.now();
    for (const [id, { until }] of this.#typing) if (until < now) this.#typing.delete(id);
    const names = [...this.#typing.values()].map(({ name }) => name).slice(0, 3).join(", ");
    if (this.typing) this.typing.textContent = names ? this.words?.("typing", { names }) ?? "" : "";
  }

  #isAtEnd() {
    const box = this.scroller;
    return !box || box.scrollHeight - box.scrollTop - box.clientHeight < 48;
  }

  #toEnd() {
    if (this.scroller) this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#seen();
  }

  #seen() {
    this.#unseen = 0;
    if (this.toNew) this.toNew.hidden = true;
  }

  #notSeen() {
    this.#unseen += 1;
    if (!this.toNew) return;
    this.toNew.hidden = false;
    this.toNew.textContent = this.words?.("to_new", { n: this.#unseen }) ?? "";
  }
}

customElements.define("live-chat", LiveChat);

/** The chat. `role=log` is the page's only live region for messages; the history stands outside
 * of it, so that a screen reader hears what is new and nothing twice. The focus stays in the field. */
import { LATER, LivePart, reasonOf } from "./part.js";
import { MessageLine } from "./message.js";
import { Typing } from "./typing.js";
import { make } from "./words.js";
import { ulid } from "./ulid.js";

/** @typedef {import("./transports.js").Frame} Frame */

const BURST = 3;
const BURST_MS = 5000;

class LiveChat extends LivePart {
  /** Our own lines that are not confirmed yet, by the id of their command.
   * @type {Map<string, MessageLine>} */
  #sending = new Map();
  /** Our own lines that were refused: only here is their text.
   * @type {Set<MessageLine>} */
  #failures = new Set();
  /** @type {Map<string, MessageLine>} */
  #lines = new Map();
  /** @type {number[]} */
  #recent = [];
  #unheard = 0;
  #unseen = 0;
  /** What the form does: a new message, a reply, or a change.
   * @type {{kind: "new" | "reply" | "edit", line?: MessageLine}} */
  #writing = { kind: "new" };
  /** What stood in the field before a message was taken into it to be changed. */
  #draft = "";

  /** @type {HTMLElement} */
  scroller = LATER;
  /** @type {HTMLElement} */
  history = LATER;
  /** @type {HTMLElement} */
  log = LATER;
  /** @type {HTMLFormElement} */
  writer = LATER;
  /** @type {HTMLTextAreaElement} */
  field = LATER;
  /** @type {HTMLButtonElement} */
  toNew = LATER;
  /** @type {HTMLInputElement} */
  voice = LATER;
  /** @type {Typing} */
  typing = LATER;

  prepare() {
    this.scroller = this.the(".chat__scroller");
    this.history = this.the(".chat__history");
    this.log = this.the("[role=log]");
    this.writer = this.the("form");
    this.field = this.the("textarea");
    this.toNew = this.the(".chat__to-new");
    this.voice = this.the("[name=voice]");
    this.typing = new Typing(this.the(".chat__typing"), this.client, (key, { name: names = "" } = {}) =>
      this.words(key, { names }));
    this.writer.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.typing.tell(this.field.value));
    this.toNew.addEventListener("click", () => { this.#toEnd(); this.field.focus(); });
    this.scroller.addEventListener("scroll", () => { if (this.#isAtEnd()) this.#seen(); });
    this.voice.addEventListener("change", () => this.#speak(this.voice.checked));
    this.the(".chat__cancel").addEventListener("click", () => this.#write({ kind: "new" }));
    this.addEventListener("shown", () => { if (!this.#unseen) this.#toEnd(); });
  }

  welcome() {
    this.writer.hidden = !this.may("chat.send");
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    const wasAtEnd = this.#isAtEnd();
    this.#unheard = 0;
    this.#lines.clear();
    this.history.replaceChildren();
    this.log.replaceChildren();
    for (const message of data.chat?.messages ?? []) this.history.append(this.#line(message).element);
    for (const line of [...this.#failures, ...this.#sending.values()]) this.log.append(line.element);
    this.#slow(data.chat?.slow ?? 0, false);
    if (wasAtEnd) this.#toEnd();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.s !== "room") return;
    if (frame.y === "chat.sent") this.#sent(frame);
    else if (frame.y === "chat.slowed") this.#slow(frame.d.seconds, true, frame.d.by_itself);
    else if (frame.y.startsWith("chat.")) this.#changed(frame);
    else if (frame.y === "poll.opened") this.#note(this.words("poll_opened", { question: frame.d.question }));
    else if (frame.y === "poll.closed") this.#note(this.words("poll_closed", { question: frame.d.question }));
    else if (frame.y === "checkin.opened") this.#note(this.words("checkin_opened"));
    else if (frame.y === "breakout.opened") this.#note(this.words("breakout_opened"));
    else if (frame.y === "breakout.closed") this.#note(this.words("breakout_closed"));
  }

  /** @param {Frame} frame */
  #sent(frame) {
    this.typing.said(frame.a?.id);
    if (this.#lines.has(frame.d.m)) return;
    const own = frame.c ? this.#sending.get(frame.c) : undefined;
    if (own) {
      this.#confirm(frame.c, frame.d.m);
      return;
    }
    this.#add(this.#line({ ...frame.d, ts: frame.ts, a: frame.a }).element);
    this.dispatchEvent(new CustomEvent("news", { bubbles: true }));
  }

  /** @param {Frame} frame */
  #changed(frame) {
    const line = this.#lines.get(frame.d.m);
    if (frame.y === "chat.deleted") {
      line?.element.remove();
      this.#lines.delete(frame.d.m);
      this.#unquote(frame.d.m);
    } else if (frame.y === "chat.edited") {
      line?.update({ text: frame.d.text, edited: true });
    } else if (frame.y === "chat.hidden") {
      line?.update({ hidden: true });
      this.#unquote(frame.d.m);
    } else if (frame.y === "chat.shown") {
      line?.update({ hidden: false, text: frame.d.text });
    }
  }

  /** Answers no longer repeat what was taken away. @param {string} m */
  #unquote(m) {
    for (const line of this.#lines.values()) {
      const { reply } = line.message;
      if (reply?.m === m) line.update({ reply: { ...reply, text: "" } });
    }
  }

  /**
   * @param {string} id of the command
   * @param {string} m
   */
  #confirm(id, m) {
    const line = this.#sending.get(id);
    if (!line) return;
    this.#sending.delete(id);
    if (this.#lines.has(m)) {
      line.element.remove();
      return;
    }
    line.confirm(m);
    this.#lines.set(m, line);
  }

  /** @param {Record<string, any>} message */
  #line(message) {
    const line = new MessageLine(message, this.words, {
      isOwn: message.a?.id === this.client.me,
      canModerate: this.may("chat.moderate"),
      canWrite: this.may("chat.send"),
      reply: (one) => this.#write({ kind: "reply", line: one }),
      edit: (one) => this.#write({ kind: "edit", line: one }),
      ask: (op, one) => this.ask(op, { m: one.message.m }, { place: one.element }),
    });
    if (message.m) this.#lines.set(message.m, line);
    return line;
  }

  /** A line from somebody else: the log speaks it, unless many come at once.
   * @param {HTMLElement} element */
  #add(element) {
    const wasAtEnd = this.#isAtEnd();
    const now = Date.now();
    this.#recent = [...this.#recent.filter((at) => now - at < BURST_MS), now];
    if (this.#recent.length > BURST) this.#hush();
    this.log.append(element);
    if (this.#unheard) this.#unheard += 1;
    if (wasAtEnd) this.#toEnd();
    else this.#notSeen();
  }

  /** @param {string} text */
  #note(text) {
    this.#add(make("p", "chat__note", text));
  }

  /** Many messages at once: be silent now, say their number when it is calm again. */
  #hush() {
    if (this.#unheard || !this.voice.checked) return;
    this.#speak(false);
    this.#unheard = 1;
    const calm = () => {
      if (Date.now() - (this.#recent.at(-1) ?? 0) < BURST_MS / 2) {
        setTimeout(calm, BURST_MS / 2);
        return;
      }
      const count = this.#unheard - 1;
      this.#unheard = 0;
      this.#speak(this.voice.checked);
      this.log.append(make("p", "visually-hidden", this.words("new_messages", { n: count })));
    };
    setTimeout(calm, BURST_MS);
  }

  /** @param {boolean} aloud */
  #speak(aloud) {
    if (aloud) this.log.removeAttribute("aria-live");
    else this.log.setAttribute("aria-live", "off");
  }

  // --- Writing ------------------------------------------------------------------------------
  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape" && this.#writing.kind !== "new") this.#write({ kind: "new" });
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.writer.requestSubmit();
  }

  /** @param {{kind: "new" | "reply" | "edit", line?: MessageLine}} writing */
  #write(writing) {
    const { kind, line } = writing;
    if (this.#writing.kind === "edit") this.field.value = this.#draft;
    if (kind === "edit") this.#draft = this.field.value;
    this.#writing = writing;
    this.the(".chat__about").hidden = kind === "new";
    const words = kind === "edit" ? this.words("editing") : this.words("replying", { name: line?.message.a?.n ?? "" });
    this.the(".chat__about-text").textContent = words;
    if (kind === "edit") this.field.value = line?.message.text ?? "";
    this.field.focus();
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    const { kind, line: about } = this.#writing;
    if (kind === "edit") {
      const done = await this.askOnce("chat.edit", { m: about?.message.m, text }, { place: this.writer });
      const isAsWas = this.#writing.line === about && this.field.value.trim() === text;
      if (done && isAsWas) this.#write({ kind: "new" });
      return;
    }
    const id = ulid();
    const me = { id: this.client.me, n: "", r: this.client.role };
    const reply = about && { m: about.message.m, n: about.message.a?.n, text: about.message.text };
    const line = this.#line({ a: me, ts: Date.now(), text, reply });
    line.sending();
    this.#sending.set(id, line);
    this.#silently(() => this.log.append(line.element));
    this.#toEnd();
    this.field.value = "";
    this.#write({ kind: "new" });
    const data = about ? { text, reply: about.message.m } : { text };
    this.client.command("chat.send", data, { id }).then(
      (answer) => this.#confirm(id, answer.d?.m),
      (error) => this.#failed(id, line, text, reasonOf(error)),
    );
  }

  /**
   * @param {string} id
   * @param {MessageLine} line
   * @param {string} text
   * @param {string} reason
   */
  #failed(id, line, text, reason) {
    this.#sending.delete(id);
    this.#failures.add(line);
    line.failed(reason, () => {
      this.#failures.delete(line);
      line.element.remove();
      if (this.#writing.kind === "edit") this.#write({ kind: "new" });
      this.field.value = this.field.value.trim() ? `${text}\n${this.field.value}` : text;
      this.field.focus();
    });
  }

  /** What we wrote ourselves is not read back to us.
   * @param {() => void} change */
  #silently(change) {
    this.#speak(false);
    change();
    setTimeout(() => this.#speak(!this.#unheard && this.voice.checked), 150);
  }

  /**
   * @param {number} seconds
   * @param {boolean} isNew
   * @param {boolean} [byItself]
   */
  #slow(seconds, isNew, byItself = false) {
    const note = this.the(".chat__slow");
    note.hidden = !seconds;
    note.textContent = seconds ? this.words(byItself ? "slow_by_itself" : "slow_mode", { n: seconds }) : "";
    if (isNew) this.#note(seconds ? note.textContent : this.words("slow_over"));
  }

  // --- Typing, scrolling --------------------------------------------------------------------
  /** @param {Frame} frame */
  st(frame) {
    if (frame.y === "typing") this.typing.hear(frame);
  }

  #isAtEnd() {
    const box = this.scroller;
    return box.scrollHeight - box.scrollTop - box.clientHeight < 48;
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#seen();
  }

  #seen() {
    this.#unseen = 0;
    this.toNew.hidden = true;
  }

  #notSeen() {
    this.#unseen += 1;
    this.toNew.hidden = false;
    this.toNew.textContent = this.words("to_new", { n: this.#unseen });
  }
}

customElements.define("live-chat", LiveChat);

/** The live part of a practicum: the conversation, its clock, and moving on with the phase.
 * Everything else on the page is forms, kept in this window until they are sent. */
import { LiveClient, Refused } from "./client.js";
import { joined, keepForms } from "./kept-forms.js";
import { Absence } from "./practicum-absence.js";
import { FEELINGS, markChoices, showMark } from "./practicum-marks.js";
import { Typing } from "./typing.js";
import { ulid } from "./ulid.js";
import { UnsaidLines } from "./unsaid-lines.js";
import { make, timeElement, wordsOfPage } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */
/** @typedef {import("./unsaid-lines.js").Sent} Sent */

const WINDOW = "practicum-window";
const WARNINGS = [[60, "minute_left"], [10, "seconds_left"]];

/** The same window keeps its name when a phase brings another page; a new window gets a new one.
 *
 * The name is stored only on the way from page to page: a copy of the window does not find it. */
function windowName() {
  const name = sessionStorage.getItem(WINDOW) ?? ulid();
  sessionStorage.removeItem(WINDOW);
  window.addEventListener("pagehide", () => sessionStorage.setItem(WINDOW, name));
  return name;
}

class PracticumRoom extends HTMLElement {
  /** @type {Set<number>} */
  #shown = new Set();
  #version = 0;
  #tab = "";
  #isReading = false;
  #isLeaving = false;
  /** What is said now is about the connection. */
  #isOfConnection = false;
  /** @type {Record<string, string>} */
  #marks = {};
  /** The line that seems to hold data of a real person; the button sends this one, no other. */
  #questioned = "";

  connectedCallback() {
    this.words = wordsOfPage();
    this.lines = this.querySelector("[data-lines]");
    this.#version = Number(this.dataset.version);
    this.#tab = windowName();
    keepForms(this, `${this.dataset.owner}${this.dataset.page}`);
    const { socket = "", events = "", commands = "", csrf = "" } = this.dataset;
    const client = new LiveClient({ socket, events, commands, csrf });
    this.client = client;
    client.addEventListener("welcome", () => this.#hold(false));
    client.addEventListener("snap", (event) => this.#snap(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("ev", (event) => this.#event(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("st", (event) => this.#state(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("status", (event) => this.#status(/** @type {CustomEvent} */ (event).detail));
    this.typing = new Typing(this.querySelector("[data-typing]"), client, this.#word);
    this.#form(client);
    this.absence = new Absence(this, this.#word);
    this.querySelector("[data-take]")?.addEventListener("click", () => this.#hold(true));
    client.start();
    this.#tick();
    this.ticking = setInterval(() => this.#tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
    this.client?.stop();
  }

  /** @param {string} selector */
  #element(selector) {
    return /** @type {HTMLElement | null} */ (this.querySelector(selector));
  }

  // --- Which window writes ------------------------------------------------------------------
  /** @param {boolean} take */
  async #hold(take) {
    try {
      const answer = await this.client?.command("practicum.hold", { tab: this.#tab, take });
      this.#readOnly(answer?.d?.held === false);
    } catch {
      // Closed, or not a seat of this practicum: then there is nothing to write either.
    }
  }

  /** A later window only reads; a stop works in any. @param {boolean} isReading */
  #readOnly(isReading) {
    this.#isReading = isReading;
    const notice = this.#element("[data-elsewhere]");
    if (notice) notice.hidden = !isReading;
    const form = this.#element("form[data-say]");
    if (form) form.hidden = isReading;
    for (const button of this.querySelectorAll("form:not([data-always]) button[type=submit], .mark-choices button")) {
      button.toggleAttribute("disabled", isReading);
    }
  }

  // --- Speaking -----------------------------------------------------------------------------
  /** @param {LiveClient} client */
  #form(client) {
    const form = /** @type {HTMLFormElement | null} */ (this.querySelector("form[data-say]"));
    const field = /** @type {HTMLTextAreaElement | null} */ (form?.querySelector("textarea") ?? null);
    if (!form || !field) return;
    const { owner, page, round, phase } = this.dataset; // the next may sit at the same computer
    const unsaid = new UnsaidLines(`${owner}${page}${round}:${phase}`);
    const keep = () => { unsaid.draft = field.value; };
    const sendLine = async (/** @type {Sent} */ line) => {
      const { text } = line.d;
      unsaid.add(line);
      try {
        await client.command("practicum.say", line.d, { id: line.id });
        if ([text, ""].includes(this.#questioned)) this.#warn([]);
        this.#say("");
      } catch (error) {
        field.value = [text, field.value].filter(Boolean).join("\n");
        keep();
        this.#refused(error, text);
      }
      unsaid.remove(line.id);
    };
    /** @param {string} text @param {string} rest what stays in the field @param {boolean} invented */
    const send = (text, rest, invented) => {
      if (!text || this.#isReading) return;
      field.value = rest;
      keep();
      field.focus();
      sendLine({ id: ulid(), d: { text, tab: this.#tab, invented } });
    };
    const say = () => send(field.value.trim(), "", false);
    field.value = joined(unsaid.draft, field.value); // written before this script had come
    keep();
    unsaid.sent.forEach(sendLine);
    form.addEventListener("submit", (event) => { event.preventDefault(); say(); });
    form.querySelector("[type=submit]")?.removeAttribute("disabled"); // nobody would have heard it before
    this.querySelector("[data-invented]")?.addEventListener("click", () => {
      const text = this.#questioned;
      send(text, field.value.replace(text, () => "").trim(), true);
    });
    field.addEventListener("input", () => {
      // Another line now: whether it may be said is found out anew.
      if (!field.value.includes(this.#questioned)) this.#warn([]);
    });
    this.querySelector("[data-breath]")?.addEventListener("click", () => {
      client.command("practicum.breath", { tab: this.#tab }).catch((error) => this.#refused(error));
      field.focus();
    });
    field.addEventListener("input", () => { keep(); this.typing?.tell(field.value); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        say();
      }
    });
  }

  /** @param {unknown} error @param {string} [line] what was not said, and is in the field again */
  #refused(error, line = "") {
    const data = error instanceof Refused ? error.data : {};
    if (data.personal) this.#warn(data.personal, line);
    else if (data.why === "tab") this.#readOnly(true);
    else if (data.why === "turn") this.#say(this.#word("turn"));
    else if (error instanceof Refused && error.code === "rate") this.#say(this.#word("too_fast"));
    else this.#say(this.#word("refused"));
  }

  /** Data of real people were found, and nothing was sent. @param {string[]} kinds @param {string} [line] */
  #warn(kinds, line = "") {
    this.#questioned = line;
    const notice = this.#element("[data-personal]");
    const text = this.#element("[data-personal-text]");
    const button = this.#element("[data-invented]");
    if (!notice || !text || !button) return;
    const named = kinds.map((kind) => this.#word(`kind_${kind}`)).join(", ");
    text.textContent = kinds.length ? `${this.#word("personal", { kinds: named })} ${this.#word("personal_why")}` : "";
    button.hidden = kinds.length !== 1 || kinds[0] !== "name";
    notice.hidden = kinds.length === 0;
  }

  // --- Receiving ----------------------------------------------------------------------------
  /** @param {Frame} frame */
  #snap(frame) {
    const { messages = [], version = 0 } = frame.d.practicum ?? {};
    if (version > this.#version) { this.#moveOn(); return; }
    this.#marks = frame.d["practicum.me"]?.marks ?? {};
    this.#shown.clear();
    this.lines?.replaceChildren();
    messages.forEach((/** @type {Frame} */ line) => this.#line(line));
    this.#turn();
  }

  /** @param {Frame} frame */
  #event(frame) {
    switch (frame.y) {
      case "practicum.said": this.typing?.said(frame.a?.id); this.#line(frame); this.#turn(); break;
      case "practicum.breath": this.#line(frame); this.#turn(); break;
      case "practicum.phase": if (frame.d.version > this.#version) this.#moveOn(); break;
      case "practicum.ready": this.#ready(frame.d); break;
      case "practicum.visited": this.#visited(frame.d.n); break;
      case "practicum.fact": this.#fact(frame.d.text); break;
      case "practicum.marked": showMark(this, frame.d.line, frame.d.feeling); break;
      case "practicum.held": this.#readOnly(frame.d.tab !== this.#tab); break;
      case "room.closed": this.#moveOn(); break;
      default: break;
    }
  }

  /** @param {Frame} frame */
  #state(frame) {
    if (frame.y === "typing") this.typing?.hear(frame);
    else if (frame.y === "presence") this.absence?.hear(frame.d.people ?? []);
  }

  /** @param {{state: string}} status */
  #status({ state }) {
    if (state === "online" && this.#isOfConnection) this.#say("");
    if (state !== "offline" && state !== "ended") return;
    this.#say(this.#word(state));
    this.#isOfConnection = true;
  }

  /** @param {Frame} frame */
  #line(frame) {
    if (!this.lines || this.#shown.has(frame.q)) return;
    this.#shown.add(frame.q);
    const isMine = frame.a?.id === this.client?.me;
    const name = isMine ? this.#word("you") : frame.a?.n ?? "";
    const article = make("article", isMine ? "talk__line talk__line--mine" : "talk__line");
    article.dataset.line = String(frame.q);
    article.dataset.part = frame.d.part;
    article.dataset.inRound = frame.d.phase === "roleplay" && frame.d.round === Number(this.dataset.round) ? "yes" : "";
    if (frame.y === "practicum.breath") {
      article.classList.add("talk__line--breath");
      article.append(make("p", "quiet", this.#word("breath", { name })));
    } else {
      const header = make("header");
      header.append(`${this.#word("said_by", { name, part: this.#word(frame.d.part) })} · `, timeElement(frame.ts));
      article.append(header, make("p", "", frame.d.text ?? ""));
      this.#marking(article, frame);
    }
    const wasAtEnd = this.lines.scrollHeight - this.lines.scrollTop - this.lines.clientHeight < 80;
    this.lines.append(article);
    if (wasAtEnd || isMine) this.lines.scrollTop = this.lines.scrollHeight;
  }

  /** The client says how a line of the specialist felt. @param {HTMLElement} article @param {Frame} frame */
  #marking(article, frame) {
    const mayMark = this.dataset.phase === "roleplay" && this.dataset.part === "client"
      && frame.d.part === "specialist" && article.dataset.inRound;
    if (!mayMark || !this.client) return;
    const client = this.client;
    article.append(markChoices(this.#word, (feeling) => {
      client.command("practicum.mark", { line: frame.q, feeling }).catch((error) => this.#refused(error));
    }));
    const known = this.#marks[String(frame.q)];
    if (FEELINGS.includes(known)) showMark(article, frame.q, known);
  }

  /** Whose word it is: the client begins, then they alternate; only a marker, unless turns are kept. */
  #turn() {
    const marker = this.#element("[data-turn]");
    if (!marker || this.dataset.phase !== "roleplay") return;
    const spoken = [...this.querySelectorAll("article[data-in-round=yes]:not(.talk__line--breath)")];
    const last = /** @type {HTMLElement | undefined} */ (spoken.at(-1));
    const next = last?.dataset.part === "client" ? "specialist" : "client";
    marker.textContent = next === this.dataset.part
      ? this.#word("your_turn")
      : this.#word("their_turn", { name: this.#word(next) });
    marker.classList.toggle("talk__turn--mine", next === this.dataset.part);
  }

  /** @param {{version: number, done: number, phase: string, ends_at: number | null}} data */
  #ready(data) {
    if (data.version <= this.#version) return;
    if (data.phase !== this.dataset.phase) { this.#moveOn(); return; }
    this.#version = data.version;
    if (data.phase === "lobby" || !data.done || this.#isTimeGiven(data.ends_at)) this.#moveOn();
  }

  /** Whether the clock of the phase runs longer than this page says. @param {number | null} endsAt */
  #isTimeGiven(endsAt) {
    const shown = Date.parse(this.#element("[data-clock]")?.dataset.clock ?? "");
    return endsAt !== null && endsAt - shown > 1000;
  }

  /** @param {string} name */
  #visited(name) {
    const place = this.#element("[data-watching]");
    if (place) place.textContent = this.#word("visited", { name });
  }

  /** @param {string} text */
  #fact(text) {
    const place = this.#element("[data-facts]");
    const note = make("p", "callout role-card__fact");
    note.append(make("strong", "", `${this.#word("fact")}: `), text);
    place?.append(note);
  }

  // --- Time ---------------------------------------------------------------------------------
  #tick() {
    this.absence?.tick();
    const clock = this.#element("[data-clock]");
    const time = clock?.querySelector("time");
    if (!clock || !time) return;
    const now = Date.now() + (this.client?.clockOffset ?? 0);
    const left = Math.max(0, Math.round((Date.parse(clock.dataset.clock ?? "") - now) / 1000));
    const words = left > 60 ? "minutes_left" : left > 0 ? "less_left" : "time_is_up";
    const text = this.#word(words, { n: String(Math.ceil(left / 60)) });
    const place = this.#element("[data-clock-left]");
    if (place && place.textContent !== text) place.textContent = text;
    clock.classList.toggle("practicum__clock--soon", left <= 60);
    for (const [seconds, word] of WARNINGS) {
      const said = this.#element("[data-clock-said]");
      if (left === seconds && said) said.textContent = this.#word(String(word));
    }
  }

  // --- Moving on ----------------------------------------------------------------------------
  /** The next phase is another page; what is half-written in its forms is kept by `keepForms`. */
  #moveOn() {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    location.assign(this.dataset.page ?? location.pathname);
  }

  /** @param {string} text */
  #say(text) {
    this.#isOfConnection = false;
    const place = this.#element("[data-status]");
    if (place) place.textContent = text;
  }

  /** @type {(key: string, values?: Record<string, string>) => string} */
  #word = (key, values = {}) => this.words?.(key, values) ?? key;
}

customElements.define("practicum-room", PracticumRoom);

/** The live part of a practicum: the conversation, its clock, and moving on with the phase.
 * Everything else on the page is forms, kept in this window until they are sent. */
import { LiveClient, Refused } from "./client.js";
import { keepForms } from "./kept-forms.js";
import { Absence } from "./practicum-absence.js";
import { FEELINGS, markChoices, showMark } from "./practicum-marks.js";
import { ulid } from "./ulid.js";
import { make, timeElement, wordsOfPage } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */

const WINDOW = "practicum-window";
const TYPING_MS = 5000;
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
  /** @type {Record<string, string>} */
  #marks = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #quiet;

  connectedCallback() {
    this.words = wordsOfPage();
    this.lines = this.querySelector("[data-lines]");
    this.#version = Number(this.dataset.version);
    this.#tab = windowName();
    keepForms(this, this.dataset.page ?? "");
    const { socket = "", events = "", commands = "", csrf = "" } = this.dataset;
    const client = new LiveClient({ socket, events, commands, csrf });
    this.client = client;
    client.addEventListener("welcome", () => this.#hold(false));
    client.addEventListener("snap", (event) => this.#snap(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("ev", (event) => this.#event(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("st", (event) => this.#state(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("status", (event) => this.#status(/** @type {CustomEvent} */ (event).detail));
    this.#form(client);
    this.absence = new Absence(this, this.#word);
    this.querySelector("[data-take]")?.addEventListener("click", () => this.#hold(true));
    client.start();
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

  /** A later window only reads. @param {boolean} isReading */
  #readOnly(isReading) {
    this.#isReading = isReading;
    const notice = this.#element("[data-elsewhere]");
    if (notice) notice.hidden = !isReading;
    const form = this.#element("form[data-say]");
    if (form) form.hidden = isReading;
    for (const button of this.querySelectorAll("form button[type=submit], .mark-choices button")) {
      button.toggleAttribute("disabled", isReading);
    }
  }

  // --- Speaking -----------------------------------------------------------------------------
  /** @param {LiveClient} client */
  #form(client) {
    const form = /** @type {HTMLFormElement | null} */ (this.querySelector("form[data-say]"));
    const field = /** @type {HTMLTextAreaElement | null} */ (form?.querySelector("textarea") ?? null);
    if (!form || !field) return;
    const send = async (invented = false) => {
      const text = field.value.trim();
      if (!text || this.#isReading) return;
      field.value = "";
      field.focus();
      try {
        await client.command("practicum.say", { text, tab: this.#tab, invented });
        this.#warn([]);
        this.#say("");
      } catch (error) {
        field.value = field.value || text;
        this.#refused(error);
      }
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    this.querySelector("[data-invented]")?.addEventListener("click", () => send(true));
    this.querySelector("[data-breath]")?.addEventListener("click", () => {
      client.command("practicum.breath", { tab: this.#tab }).catch((error) => this.#refused(error));
      field.focus();
    });
    field.addEventListener("input", () => { if (field.value.trim()) client.send("typing", {}); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        send();
      }
    });
  }

  /** @param {unknown} error */
  #refused(error) {
    const data = error instanceof Refused ? error.data : {};
    if (data.personal) this.#warn(data.personal);
    else if (data.why === "tab") this.#readOnly(true);
    else if (data.why === "turn") this.#say(this.#word("turn"));
    else if (error instanceof Refused && error.code === "rate") this.#say(this.#word("too_fast"));
    else this.#say(this.#word("refused"));
  }

  /** Data of real people were found, and nothing was sent. @param {string[]} kinds */
  #warn(kinds) {
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
      case "practicum.said":
      case "practicum.breath": this.#line(frame); this.#turn(); this.#typing([]); break;
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
    if (frame.y === "typing") this.#typing(Object.entries(frame.d.items ?? {}));
    else if (frame.y === "presence") this.absence?.hear(frame.d.people ?? []);
  }

  /** @param {{state: string}} status */
  #status({ state }) {
    if (state === "offline") this.#say(this.#word("offline"));
    else if (state === "ended") this.#say(this.#word("ended"));
    else if (state === "online") this.#say("");
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

  /** @param {[string, unknown][]} items */
  #typing(items) {
    const place = this.#element("[data-typing]");
    if (!place) return;
    const names = items.filter(([id]) => id !== this.client?.me).map(([, name]) => String(name));
    clearTimeout(this.#quiet);
    place.textContent = names.length ? this.#word("typing", { name: names.join(", ") }) : "";
    if (names.length) this.#quiet = setTimeout(() => { place.textContent = ""; }, TYPING_MS);
  }

  /** @param {{version: number, done: number, awaited: number, phase: string}} data */
  #ready(data) {
    if (data.version <= this.#version) return;
    if (data.phase !== this.dataset.phase) { this.#moveOn(); return; }
    this.#version = data.version;
    if (data.phase === "lobby" || !data.done) this.#moveOn();
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
    const minutes = Math.floor(left / 60);
    time.title = this.#word("left", { time: `${minutes}:${String(left % 60).padStart(2, "0")}` });
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
    const place = this.#element("[data-status]");
    if (place) place.textContent = text;
  }

  /** @type {(key: string, values?: Record<string, string>) => string} */
  #word = (key, values = {}) => this.words?.(key, values) ?? key;
}

customElements.define("practicum-room", PracticumRoom);

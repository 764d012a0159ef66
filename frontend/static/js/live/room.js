/** A live room on a page: one connection, and the parts that listen to it.
 *
 * `<live-room data-socket data-events data-commands data-csrf data-phase="before|open">` connects
 * every part inside that has a `connect(client)`. */
import { LiveClient } from "./client.js";
import { make, wordsOfPage } from "./words.js";
import "./bar.js";
import "./chat.js";
import "./desk.js";
import "./floor.js";
import "./groups.js";
import "./lead.js";
import "./notes.js";
import "./people.js";
import "./polls.js";
import "./questions.js";
import "./stage.js";
import "./tabs.js";

const RELOAD_SPREAD_MS = 3000;
const PARTS = [
  "status", "attendance", "announcement", "timer", "stage", "captions", "checkin", "bar", "chat",
  "questions", "polls", "notes", "people", "desk", "groups", "board", "lead", "countdown",
].map((name) => `live-${name}`).join(", ");

class LiveRoom extends HTMLElement {
  connectedCallback() {
    const { socket = "", events = "", commands = "", csrf = "" } = this.dataset;
    this.client = new LiveClient({ socket, events, commands, csrf });
    for (const part of this.querySelectorAll(PARTS)) {
      customElements.upgrade(part);
      /** @type {any} */ (part).connect(this.client);
    }
    this.client.addEventListener("welcome", () => {
      for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-may]"))) {
        part.hidden = !this.client?.perms.has(part.dataset.may ?? "");
      }
    });
    // A snapshot may be a second old, so a page of an open room does not go back for one.
    const isBefore = this.dataset.phase === "before";
    this.client.addEventListener("snap", (event) => {
      const { open, closed } = /** @type {CustomEvent} */ (event).detail.d.room;
      if (closed || (open && isBefore)) this.#reload();
    });
    this.client.addEventListener("ev", (event) => {
      const { y } = /** @type {CustomEvent} */ (event).detail;
      if (y === "room.closed" || (y === "room.opened" && isBefore)) this.#reload();
    });
    this.client.addEventListener("status", (event) => {
      const { state, code } = /** @type {CustomEvent} */ (event).detail;
      if (state === "ended" && code === 4410) this.#reload();
    });
    this.client.start();
  }

  disconnectedCallback() {
    this.client?.stop();
  }

  /** The page of the next phase, not for everybody in the same instant. */
  #reload() {
    if (this.isLeaving) return;
    this.isLeaving = true;
    setTimeout(() => location.reload(), Math.random() * RELOAD_SPREAD_MS);
  }
}

/** How the connection is, in words, and only when there is something to say. */
class LiveStatus extends HTMLElement {
  /** @param {LiveClient} client */
  connect(client) {
    const words = wordsOfPage();
    client.addEventListener("status", (event) => {
      const { state, attempt, code } = /** @type {CustomEvent} */ (event).detail;
      this.dataset.state = state;
      if (state === "online") {
        this.textContent = "";
      } else if (state === "ended") {
        this.#ended(words, code);
      } else if (state === "slow") {
        this.textContent = words("slow");
      } else if (state === "offline" || attempt > 1) {
        this.textContent = words("reconnecting", { n: attempt });
      }
    });
  }

  /**
   * @param {(key: string) => string} words
   * @param {number} code
   */
  #ended(words, code) {
    const said = new Map([[4401, "ended_session"], [4403, "ended_forbidden"], [4409, "ended_elsewhere"]]);
    const again = make("button", "button button--quiet", words("continue_here"));
    again.type = "button";
    again.addEventListener("click", () => location.reload());
    this.replaceChildren(words(said.get(code) ?? "ended"), " ", again);
  }
}

/** One's own minutes. */
class LiveAttendance extends HTMLElement {
  /** @param {LiveClient} client */
  connect(client) {
    const words = wordsOfPage();
    client.addEventListener("st", (event) => {
      const { y, d } = /** @type {CustomEvent} */ (event).detail;
      if (y !== "attendance") return;
      const minutes = Math.floor(d.seconds / 60);
      this.querySelector(".attendance__minutes")?.replaceChildren(
        words("minutes", { n: minutes, needed: d.needed }),
      );
      const bar = this.querySelector("progress");
      if (bar) bar.value = Math.min(d.seconds, bar.max);
      const done = /** @type {HTMLElement | null} */ (this.querySelector(".attendance__done"));
      if (done) done.hidden = !d.counted;
    });
  }
}

/** The lobby: how long it is until the meeting, and whether this computer is ready for it. */
class LiveCountdown extends HTMLElement {
  /** @param {LiveClient} client */
  connect(client) {
    const words = wordsOfPage();
    const startsAt = Date.parse(this.dataset.startsAt ?? "");
    const left = /** @type {HTMLElement} */ (this.querySelector(".lobby__left"));
    const draw = () => {
      const minutes = Math.ceil((startsAt - Date.now() - client.clockOffset) / 60_000);
      const hours = Math.floor(minutes / 60);
      if (minutes <= 0) left.textContent = words("lobby_soon");
      else if (hours < 48) left.textContent = words("lobby_left", { h: hours, m: minutes % 60 });
    };
    draw();
    setInterval(draw, 15_000);
    const check = this.querySelector(".lobby__check");
    const said = /** @type {HTMLElement} */ (this.querySelector(".lobby__said"));
    let room = "";
    let isAsked = false;
    const say = () => {
      if (!isAsked) return;
      const known = room ? [make("p", "", words(room))] : []; // else it is said when it is known
      said.replaceChildren(...known, make("p", "", words("check_sound")));
    };
    client.addEventListener("status", (event) => {
      const { state } = /** @type {CustomEvent} */ (event).detail;
      if (state === "connecting") return;
      const isHere = state === "online" || state === "slow";
      const now = !isHere ? "check_offline" : client.isPolling ? "check_polling" : "check_online";
      if (now === room) return;
      room = now;
      say();
    });
    check?.addEventListener("click", () => {
      isAsked = true;
      say();
      beep();
    });
  }
}

/** A short quiet tone, made here: nothing has to be loaded. */
function beep() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.value = 0.1;
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.6);
}

customElements.define("live-countdown", LiveCountdown);
customElements.define("live-status", LiveStatus);
customElements.define("live-attendance", LiveAttendance);
customElements.define("live-room", LiveRoom);

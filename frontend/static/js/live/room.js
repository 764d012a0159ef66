/** A live room on a page: one connection, and the parts that listen to it.
 *
 * `<live-room data-socket data-events data-commands data-csrf data-phase="before|open">` connects
 * every part inside that has a `connect(client)`. */
import { LiveClient } from "./client.js";
import { make, wordsOfPage } from "./words.js";
import "./chat.js";
import "./polls.js";

/** @typedef {import("./transports.js").Frame} Frame */

const RELOAD_SPREAD_MS = 3000;
const PARTS = "live-chat, live-polls, live-people, live-attendance, live-status";

class LiveRoom extends HTMLElement {
  connectedCallback() {
    const { socket = "", events = "", commands = "", csrf = "" } = this.dataset;
    this.client = new LiveClient({ socket, events, commands, csrf });
    for (const part of this.querySelectorAll(PARTS)) {
      customElements.upgrade(part);
      /** @type {any} */ (part).connect(this.client);
    }
    this.client.addEventListener("snap", (event) => {
      const { open, closed } = /** @type {CustomEvent} */ (event).detail.d.room;
      const isOpen = this.dataset.phase === "open";
      if (closed || open !== isOpen) this.#reload();
    });
    this.client.addEventListener("ev", (event) => {
      const { y } = /** @type {CustomEvent} */ (event).detail;
      if (y === "room.opened" || y === "room.closed") this.#reload();
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

/** Who is here: a number always, names while they are few. */
class LivePeople extends HTMLElement {
  /** @param {LiveClient} client */
  connect(client) {
    const words = wordsOfPage();
    client.addEventListener("st", (event) => {
      const { y, d } = /** @type {CustomEvent} */ (event).detail;
      if (y !== "presence") return;
      for (const count of this.querySelectorAll(".people__count")) count.textContent = String(d.count);
      const items = (d.people ?? []).map((/** @type {Frame} */ person) => {
        const item = make("li", "", person.id === client.me ? words("you") : person.n);
        if (person.r !== "participant") item.append(" ", make("span", "tag", words(`role_${person.r}`)));
        return item;
      });
      this.querySelector(".people__list")?.replaceChildren(...items);
    });
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

customElements.define("live-status", LiveStatus);
customElements.define("live-people", LivePeople);
customElements.define("live-attendance", LiveAttendance);
customElements.define("live-room", LiveRoom);

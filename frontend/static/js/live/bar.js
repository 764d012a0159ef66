/** The row within reach of a thumb: raise a hand, react; and how one feels, when that is asked. */
import { LivePart } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */

const SHOWN_MS = 6000;

class LiveBar extends LivePart {
  /** @type {{id: string, n: string}[]} */
  #queue = [];
  /** @type {Map<string, number>} */
  #reactions = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #calm;

  prepare() {
    this.the(".bar__hand").addEventListener("click", () => {
      this.ask(this.#place ? "hand.lower" : "hand.raise", {}, { place: this });
    });
    for (const button of this.querySelectorAll("[data-reaction]")) {
      button.addEventListener("click", () => {
        const e = /** @type {HTMLElement} */ (button).dataset.reaction ?? "";
        const isSent = this.client.send("reaction", { e });
        this.the(".bar__said").textContent = isSent ? this.words("reaction_sent") : "";
        this.say(this, isSent ? "" : this.words("did_not_work"));
        /** @type {HTMLDetailsElement} */ (this.the("details")).open = false;
      });
    }
  }

  welcome() {
    this.the(".bar__hand").hidden = !this.may("hand.raise");
    this.the("details").hidden = !this.may("react") || this.client.isPolling;
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    this.#queue = [...(data.hands?.queue ?? [])];
    this.#draw();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "hand.raised") this.#queue.push(frame.d);
    else if (frame.y === "hand.lowered") this.#queue = this.#queue.filter((one) => one.id !== frame.d.id);
    else if (frame.y === "hand.all_lowered") this.#queue = [];
    else return;
    this.#draw();
  }

  /** @param {Frame} frame */
  st(frame) {
    if (frame.y !== "reaction") return;
    for (const [kind, count] of Object.entries(frame.d.items)) {
      this.#reactions.set(kind, (this.#reactions.get(kind) ?? 0) + count);
    }
    const shown = [...this.#reactions].map(([kind, count]) => make("span", "reaction", `${this.words(`react_${kind}`)} · ${count}`));
    this.the(".bar__reactions").replaceChildren(...shown);
    clearTimeout(this.#calm);
    this.#calm = setTimeout(() => { this.#reactions.clear(); this.the(".bar__reactions").replaceChildren(); }, SHOWN_MS);
  }

  /** One's own place in the queue, 0 without a raised hand. */
  get #place() {
    return this.#queue.findIndex((one) => one.id === this.client.me) + 1;
  }

  #draw() {
    const button = this.the(".bar__hand");
    button.setAttribute("aria-pressed", String(this.#place > 0));
    this.the(".bar__hand-label").textContent = this.#place
      ? this.words("hand_place", { n: this.#place })
      : this.words("hand_raise");
  }
}

/** How one feels, when the host asks: five words, seen by nobody. */
class LiveCheckin extends LivePart {
  /** @type {{checkin: string, moment: string} | null} */
  #open = null;
  /** @type {number | null} */
  #own = null;
  #isChanging = false;
  /** For which question and answer the choices stand as they do. */
  #drawn = "";

  prepare() {
    this.the(".checkin__change").addEventListener("click", () => {
      this.#isChanging = true;
      this.#draw();
      this.the("input:checked")?.focus();
    });
    this.the("form").addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      const value = Number(new FormData(form).get("value"));
      if (!value || !this.#open) {
        this.say(form, this.words("choose_one"));
        return;
      }
      if (await this.askOnce("checkin.submit", { checkin: this.#open.checkin, value }, { place: form })) {
        this.#own = value;
        this.#isChanging = false;
        this.#draw();
      }
    });
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    this.#open = (data.checkin?.checkins ?? []).find((/** @type {any} */ one) => one.is_open) ?? null;
    this.#own = data["checkin.me"]?.value ?? null;
    this.#draw();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "checkin.opened") {
      this.#open = frame.d;
      this.#own = null;
      this.#isChanging = false;
    } else if (frame.y === "checkin.closed") {
      this.#open = null;
    } else {
      return;
    }
    this.#draw();
  }

  #draw() {
    this.hidden = !this.#open || !this.may("checkin.submit");
    if (!this.#open) return;
    this.the(".checkin__question").textContent = this.words(`checkin_${this.#open.moment}`);
    const isDone = this.#own !== null && !this.#isChanging;
    const answer = this.#own === null ? "" : this.words(`feel_${this.#own}`);
    this.the(".checkin__thanks").textContent = isDone ? this.words("checkin_thanks", { answer }) : "";
    this.the(".checkin__change").hidden = !isDone;
    this.the(".checkin__ask").hidden = isDone;
    const drawn = `${this.#open.checkin}:${this.#own}`;
    if (drawn === this.#drawn) return; // what is chosen but not sent stays
    this.#drawn = drawn;
    for (const radio of this.querySelectorAll("input")) radio.checked = Number(radio.value) === this.#own;
  }
}

customElements.define("live-bar", LiveBar);
customElements.define("live-checkin", LiveCheckin);

/** Who is here, whose hand is up, and what the hosts may decide about people. */
import { LATER, LivePart } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */
/** @typedef {{id: string, n: string, role: string, muted: boolean, removed: boolean}} Member */

const ROLES = ["participant", "moderator", "cohost", "observer"];

class LivePeople extends LivePart {
  /** @type {{id: string, n: string}[]} */
  #queue = [];
  /** @type {Set<string>} */
  #here = new Set();

  /** @type {HTMLElement} */
  list = LATER;
  /** @type {HTMLElement} */
  hands = LATER;

  prepare() {
    this.list = this.the(".people__list");
    this.hands = this.the(".people__hands");
    this.the(".people__all").addEventListener("click", () => this.#readAll());
    this.the(".people__lower-all").addEventListener("click", () => this.ask("hand.lower_all"));
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    this.#queue = [...(data.hands?.queue ?? [])];
    this.#drawHands();
    this.the(".people__muted").hidden = !data["people.me"]?.muted;
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "hand.raised") this.#queue.push(frame.d);
    else if (frame.y === "hand.lowered") this.#queue = this.#queue.filter((one) => one.id !== frame.d.id);
    else if (frame.y === "hand.all_lowered") this.#queue = [];
    else if (frame.y === "people.muted" && frame.s === "me") this.the(".people__muted").hidden = !frame.d.muted;
    this.#drawHands();
    if (/^(people|role)\./.test(frame.y) && this.the(".people__members").children.length) this.#readAll();
  }

  /** @param {Frame} frame */
  st(frame) {
    if (frame.y !== "presence") return;
    for (const count of document.querySelectorAll(".people__count")) count.textContent = String(frame.d.count);
    const people = frame.d.people ?? [];
    this.#here = new Set(people.map((/** @type {any} */ one) => one.id));
    this.list.replaceChildren(...people.map((/** @type {any} */ one) => {
      const item = make("li", "", one.id === this.client.me ? this.words("you") : one.n);
      if (one.r !== "participant") item.append(" ", make("span", "tag", this.words(`role_${one.r}`)));
      return item;
    }));
  }

  #drawHands() {
    this.the(".people__no-hands").hidden = this.#queue.length > 0;
    this.hands.replaceChildren(...this.#queue.map((one) => {
      const item = make("li", "", one.id === this.client.me ? this.words("you") : one.n);
      if (this.may("hand.manage")) {
        const button = this.button(this.words("hand_done"), () =>
          this.ask("hand.lower_other", { user: one.id }, { place: item }), "link-button");
        button.setAttribute("aria-label", `${this.words("hand_done")}: ${one.n}`);
        item.append(" ", button);
      }
      return item;
    }));
    this.the(".people__lower-all").hidden = this.#queue.length < 2 || !this.may("hand.manage");
  }

  /** Everybody who belongs to the room, a hundred at a time. */
  async #readAll() {
    /** @type {Member[]} */
    const people = [];
    let after = 0;
    do {
      const answer = await this.ask("people.list", { after, limit: 100 }, { place: this.the(".people__tools") });
      if (!answer) return;
      people.push(...answer.d.people);
      after = answer.d.next;
    } while (after);
    const list = this.the(".people__members");
    const isOpen = new Set([...list.querySelectorAll("details[open]")].map((one) => one.dataset.person));
    const focused = document.activeElement?.closest("details")?.dataset.person;
    list.replaceChildren(...people.map((one) => this.#member(one)));
    for (const details of list.querySelectorAll("details")) {
      details.open = isOpen.has(details.dataset.person);
      if (focused && details.dataset.person === focused) details.querySelector("summary").focus();
    }
  }

  /** @param {Member} one */
  #member(one) {
    const item = make("li", "member");
    item.append(make("span", "member__name", one.n), " ");
    if (one.removed) item.append(make("span", "tag tag--bad", this.words("removed")));
    else if (this.#here.has(one.id)) item.append(make("span", "tag tag--good", this.words("is_here")));
    if (one.role === "host" || one.id === this.client.me) {
      item.append(" ", make("span", "tag", this.words(`role_${one.role}`)));
      return item;
    }
    if (one.removed) {
      item.append(" ", this.button(this.words("readmit"), () => this.ask("people.readmit", { user: one.id }, { place: item }), "link-button"));
      return item;
    }
    const tools = make("details");
    tools.dataset.person = one.id;
    const summary = make("summary", "", this.words("decide"));
    summary.setAttribute("aria-label", `${this.words("decide")}: ${one.n}`);
    const row = make("div", "row");
    row.append(
      this.button(this.words(one.muted ? "unmute" : "mute"), () =>
        this.ask("people.mute", { user: one.id, muted: !one.muted }, { place: row })),
      this.button(this.words("remove_person"), () => this.ask("people.remove", { user: one.id }, { place: row }), "button button--warn"),
    );
    if (this.may("role.set")) row.append(this.#roles(one, row));
    tools.append(summary, row);
    item.append(tools);
    return item;
  }

  /**
   * @param {Member} one
   * @param {HTMLElement} row
   */
  #roles(one, row) {
    const label = make("label", "", `${this.words("role")} `);
    const select = make("select");
    for (const role of ROLES) {
      const option = make("option", "", this.words(`role_${role}`));
      option.value = role;
      option.selected = role === one.role;
      select.append(option);
    }
    select.addEventListener("change", () => this.ask("role.set", { user: one.id, role: select.value }, { place: row }));
    label.append(select);
    return label;
  }
}

customElements.define("live-people", LivePeople);

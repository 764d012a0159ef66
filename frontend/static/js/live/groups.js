/** Work in groups: for participants their own group's room inside this page, for hosts the board. */
import { LiveClient } from "./client.js";
import { LATER, LivePart, textOf } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */

const GROUP_PARTS = "live-chat, live-notes, live-timer, live-announcement";

class LiveGroups extends LivePart {
  /** @type {LiveClient | null} */
  #group = null;
  #number = 0;

  /** @type {HTMLElement} */
  room = LATER;

  prepare() {
    this.room = this.the(".group");
    this.the(".group__help").addEventListener("click", () => this.#help());
    this.the(".group__leave").addEventListener("click", () => this.#leave());
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    this.#now(data.breakout?.breakout ?? null);
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "breakout.opened") {
      this.#now(frame.d);
      this.dispatchEvent(new CustomEvent("news", { bubbles: true }));
    } else if (frame.y === "breakout.closed") {
      this.#now(null);
      this.#results();
    } else if (frame.y === "breakout.moved") {
      this.#leave();
      this.#enter();
    }
  }

  /** @param {Record<string, any> | null} breakout */
  #now(breakout) {
    this.the(".groups__none").hidden = Boolean(breakout?.is_open);
    if (!breakout?.is_open) {
      this.#leave();
      return;
    }
    this.the(".group__task").textContent = breakout.task;
    if (!this.may("people.list") && !this.#group) this.#enter();
  }

  async #enter() {
    const answer = await this.ask("breakout.place");
    if (!answer) return;
    const { group, with: others, urls } = answer.d;
    this.the(".group__with").textContent = others.length ? this.words("group_with", { names: others.join(", ") }) : this.words("group_alone");
    this.visit(group, urls);
  }

  /**
   * Go into a group's room; a host comes and goes, and the group sees it in its list of people.
   * @param {number} number
   * @param {{socket: string, events: string, commands: string}} urls
   */
  visit(number, urls) {
    this.#leave();
    this.#number = number;
    const client = new LiveClient({ ...urls, csrf: this.dataset.csrf ?? "" });
    this.#group = client;
    const template = /** @type {HTMLTemplateElement} */ (this.the("template"));
    this.the(".group__parts").replaceChildren(template.content.cloneNode(true));
    this.room.hidden = false;
    this.the(".group__title").textContent = this.words("group", { n: number });
    this.the(".group__leave").hidden = !this.may("people.list");
    this.the(".group__help").hidden = this.may("people.list");
    for (const part of this.the(".group__parts").querySelectorAll(GROUP_PARTS)) {
      customElements.upgrade(part);
      part.connect(client);
    }
    client.addEventListener("snap", (event) => this.#drawHelp(/** @type {CustomEvent} */ (event).detail.d.group?.help));
    client.addEventListener("ev", (event) => {
      const { y, d } = /** @type {CustomEvent} */ (event).detail;
      if (y === "group.help") this.#drawHelp(d.wanted);
    });
    client.addEventListener("status", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.state === "ended" && this.#group === client) this.#leave();
    });
    client.start();
    this.the(".group__title").focus();
  }

  async #help() {
    const button = this.the(".group__help");
    const wanted = button.getAttribute("aria-pressed") !== "true";
    try {
      await this.#group?.command("group.help", { wanted });
    } catch {
      this.say(this, this.words("did_not_work"));
    }
  }

  /** @param {boolean} wanted */
  #drawHelp(wanted) {
    const button = this.the(".group__help");
    button.setAttribute("aria-pressed", String(Boolean(wanted)));
    this.the(".group__help-label").textContent = this.words(wanted ? "help_called" : "help_call");
  }

  #leave() {
    this.#group?.stop();
    this.#group = null;
    this.room.hidden = true;
    this.the(".group__parts").replaceChildren();
  }

  async #results() {
    const answer = await this.ask("breakout.results");
    const place = this.the(".groups__results");
    place.replaceChildren();
    for (const { group, notes } of answer?.d.results ?? []) {
      if (!notes.length) continue;
      place.append(make("h3", "", this.words("group", { n: group })));
      const list = make("ul");
      list.append(...notes.map((/** @type {string} */ text) => make("li", "", text)));
      place.append(list);
    }
  }
}

/** The board of the groups, for hosts: who sits where, who calls for help. */
class LiveBoard extends LivePart {
  /** @type {HTMLElement} */
  list = LATER;

  prepare() {
    this.list = this.the(".board__groups");
    this.form("form.board__new", "breakout.create", (data) => ({
      count: Number(data.get("count")), task: textOf(data.get("task")),
    }));
    this.form("form.board__open", "breakout.open", (data) => ({ minutes: Number(data.get("minutes")) }));
    this.form("form.board__say", "breakout.broadcast", (data) => {
      const text = textOf(data.get("text"));
      return text ? { text } : null;
    });
    this.the(".board__extend").addEventListener("click", () => this.askOnce("breakout.extend", { minutes: 5 }));
    this.the(".board__close").addEventListener("click", () => this.ask("breakout.close"));
  }

  snap() {
    this.#read();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y.startsWith("breakout.")) this.#read();
    if (frame.y === "breakout.help" && frame.d.wanted) this.dispatchEvent(new CustomEvent("news", { bubbles: true }));
  }

  async #read() {
    if (!this.may("people.list")) return;
    const answer = await this.ask("breakout.board");
    if (!answer) return;
    const { board, breakout } = answer.d;
    const leads = this.may("breakout.lead");
    this.the(".board__new").hidden = !leads || Boolean(breakout?.is_open);
    this.the(".board__open").hidden = !leads || !breakout || breakout.is_open;
    this.the(".board__work").hidden = !breakout?.is_open;
    this.list.replaceChildren(...board.map((/** @type {any} */ group) => this.#group(group, board.length, breakout)));
  }

  /**
   * @param {Record<string, any>} group
   * @param {number} count
   * @param {Record<string, any>} breakout
   */
  #group(group, count, breakout) {
    const item = make("li", group.help ? "board__group board__group--help" : "board__group");
    const head = make("p", "");
    head.append(make("b", "", this.words("group", { n: group.group })));
    if (group.help) head.append(" ", make("span", "tag tag--bad", this.words("help_wanted")));
    item.append(head);
    const people = make("ul", "board__people");
    for (const person of group.people) {
      const line = make("li", "", `${person.n} `);
      if (this.may("breakout.lead") && count > 1) line.append(this.#mover(person, group.group, count, line));
      people.append(line);
    }
    item.append(people);
    if (breakout.is_open) {
      item.append(this.button(this.words("visit"), () => {
        /** @type {any} */ (document.querySelector("live-groups"))?.visit(group.group, group.urls);
      }));
    }
    return item;
  }

  /**
   * @param {{id: string, n: string}} person
   * @param {number} now
   * @param {number} count
   * @param {HTMLElement} line
   */
  #mover(person, now, count, line) {
    const select = make("select", "board__mover");
    select.setAttribute("aria-label", this.words("move_person", { name: person.n }));
    for (let number = 1; number <= count; number++) {
      const option = make("option", "", this.words("group", { n: number }));
      option.value = String(number);
      option.selected = number === now;
      select.append(option);
    }
    select.addEventListener("change", () =>
      this.ask("breakout.move", { user: person.id, group: Number(select.value) }, { place: line }));
    return select;
  }
}

customElements.define("live-groups", LiveGroups);
customElements.define("live-board", LiveBoard);

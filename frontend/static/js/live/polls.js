/** Polls: a form with radio buttons while one is open, the result as text when it has ended.
 * Whoever may lead also opens, closes and asks new ones here. */
import { make, wordsOfPage } from "./words.js";
import { Refused } from "./client.js";

/** @typedef {import("./client.js").LiveClient} LiveClient */
/** @typedef {import("./transports.js").Frame} Frame */
/**
 * @typedef {object} Poll
 * @property {string} poll
 * @property {string} question
 * @property {string[]} options
 * @property {"draft" | "open" | "closed"} state
 * @property {number} [total]
 * @property {number[]} [by]
 */

class LivePolls extends HTMLElement {
  /** @type {LiveClient | null} */
  #client = null;
  /** @type {Map<string, Poll>} */
  #polls = new Map();
  /** @type {Map<string, number>} */
  #votes = new Map();
  /** @type {Set<string>} */
  #changing = new Set();

  /** @param {LiveClient} client */
  connect(client) {
    this.#client = client;
    this.words = wordsOfPage();
    this.list = /** @type {HTMLElement} */ (this.querySelector(".polls__list"));
    this.empty = /** @type {HTMLElement} */ (this.querySelector(".polls__empty"));
    const create = /** @type {HTMLFormElement | null} */ (this.querySelector("form.polls__new"));
    create?.addEventListener("submit", (event) => this.#create(event, create));
    client.addEventListener("snap", (event) => this.#snap(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("ev", (event) => this.#event(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("st", (event) => this.#state(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {Frame} frame */
  #snap(frame) {
    this.#polls = new Map((frame.d.poll?.polls ?? []).map((/** @type {Poll} */ p) => [p.poll, p]));
    const votes = Object.entries(frame.d["poll.me"]?.votes ?? {});
    this.#votes = new Map(votes.map(([poll, choices]) => [poll, choices[0]]));
    this.list?.replaceChildren();
    for (const poll of this.#polls.values()) this.#draw(poll);
    this.#drawEmpty();
  }

  /** @param {Frame} frame */
  #event(frame) {
    if (frame.y === "poll.voted") {
      this.#votes.set(frame.d.poll, frame.d.choices[0]);
      this.#changing.delete(frame.d.poll);
    } else if (frame.y.startsWith("poll.")) {
      const known = this.#polls.get(frame.d.poll);
      this.#polls.set(frame.d.poll, { ...known, ...frame.d });
    } else {
      return;
    }
    const poll = this.#polls.get(frame.d.poll);
    if (poll) this.#draw(poll);
    this.#drawEmpty();
  }

  /** @param {Frame} frame */
  #state(frame) {
    if (frame.y !== "poll" && frame.y !== "poll.turnout") return;
    const poll = this.#polls.get(frame.k);
    if (!poll || poll.state === "closed") return;
    Object.assign(poll, frame.d);
    this.#drawFigures(poll);
  }

  get #leads() {
    return this.#client?.perms.has("poll.open") ?? false;
  }

  #drawEmpty() {
    const shown = [...this.#polls.values()].some((poll) => poll.state !== "draft" || this.#leads);
    if (this.empty) this.empty.hidden = shown;
  }

  /** @param {Poll} poll */
  #draw(poll) {
    const id = `poll-${poll.poll}`;
    const before = document.getElementById(id);
    const hadFocus = before?.contains(document.activeElement) ?? false;
    const section = make("section", `poll poll--${poll.state}`);
    section.id = id;
    section.tabIndex = -1;
    const canVote = this.#client?.perms.has("poll.vote") && poll.state === "open";
    const isVoted = this.#votes.has(poll.poll) && !this.#changing.has(poll.poll);
    if (canVote && !isVoted) section.append(this.#form(poll));
    else section.append(make("h3", "poll__question", poll.question), ...this.#answered(poll));
    section.append(make("p", "poll__turnout quiet"));
    if (this.#leads) section.append(this.#controls(poll));
    if (before) before.replaceWith(section);
    else this.list?.prepend(section);
    this.#drawFigures(poll);
    if (hadFocus) section.focus();
  }

  /** @param {Poll} poll */
  #form(poll) {
    const form = make("form", "poll__form");
    const fieldset = make("fieldset");
    fieldset.append(make("legend", "poll__question", poll.question));
    poll.options.forEach((option, index) => {
      const label = make("label", "choice");
      const radio = make("input");
      radio.type = "radio";
      radio.name = `choice-${poll.poll}`;
      radio.value = String(index);
      radio.required = true;
      radio.checked = this.#votes.get(poll.poll) === index;
      label.append(radio, make("span", "", option));
      fieldset.append(label);
    });
    const button = make("button", "button", this.words?.("answer"));
    form.append(fieldset, button, this.#problem());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const choice = Number(new FormData(form).get(`choice-${poll.poll}`));
      await this.#ask("poll.vote", { poll: poll.poll, choices: [choice] }, form);
    });
    return form;
  }

  /**
   * What stands in place of the form: one's own answer, the options or the result.
   * @param {Poll} poll
   */
  #answered(poll) {
    /** @type {HTMLElement[]} */
    const parts = [];
    const choice = this.#votes.get(poll.poll);
    if (choice !== undefined) {
      parts.push(make("p", "poll__own", this.words?.("your_answer", { answer: poll.options[choice] })));
      if (poll.state === "open") {
        const change = make("button", "link-button", this.words?.("change_answer"));
        change.type = "button";
        change.addEventListener("click", () => {
          this.#changing.add(poll.poll);
          this.#draw(poll);
          document.getElementById(`poll-${poll.poll}`)?.querySelector("input")?.focus();
        });
        parts.push(change);
      }
    }
    parts.push(make("ul", "poll__result"));
    return parts;
  }

  /** Numbers change often: only their texts are replaced, so that focus and choice stay.
   * @param {Poll} poll */
  #drawFigures(poll) {
    const section = document.getElementById(`poll-${poll.poll}`);
    const turnout = section?.querySelector(".poll__turnout");
    if (turnout) {
      const word = poll.state === "closed" ? "poll_ended" : "turnout";
      turnout.textContent =
        poll.state === "draft" ? this.words?.("prepared") ?? "" : this.words?.(word, { n: poll.total ?? 0 }) ?? "";
    }
    const result = section?.querySelector(".poll__result");
    if (!result) return;
    const total = poll.total || 0;
    result.replaceChildren(
      ...poll.options.map((option, index) => {
        const item = make("li", "", option);
        const count = poll.by?.[index];
        if (count !== undefined && poll.state !== "draft") {
          const percent = total ? Math.round((100 * count) / total) : 0;
          item.append(" ", make("b", "", `${count} (${percent}\u00a0%)`));
          const bar = make("progress", "progress");
          bar.max = Math.max(total, 1);
          bar.value = count;
          bar.setAttribute("aria-hidden", "true");
          item.append(bar);
        }
        return item;
      }),
    );
  }

  // --- Leading ------------------------------------------------------------------------------
  /** @param {Poll} poll */
  #controls(poll) {
    const row = make("div", "row");
    const op = poll.state === "draft" ? "poll.open" : "poll.close";
    if (poll.state !== "closed") {
      const style = poll.state === "draft" ? "button" : "button button--quiet";
      const button = make("button", style, this.words?.(poll.state === "draft" ? "open_poll" : "close_poll"));
      button.type = "button";
      button.addEventListener("click", () => this.#ask(op, { poll: poll.poll }, row));
      row.append(button, this.#problem());
    }
    return row;
  }

  /**
   * @param {SubmitEvent} event
   * @param {HTMLFormElement} form
   */
  async #create(event, form) {
    event.preventDefault();
    const data = new FormData(form);
    const options = String(data.get("options")).split("\n").map((line) => line.trim()).filter(Boolean);
    const asked = { question: String(data.get("question")).trim(), options };
    if (options.length < 2 || options.length > 10) {
      this.#say(form, this.words?.("two_to_ten") ?? "");
      return;
    }
    if (await this.#ask("poll.create", asked, form)) form.reset();
  }

  /**
   * @param {string} op
   * @param {Record<string, any>} data
   * @param {HTMLElement} place
   */
  async #ask(op, data, place) {
    const buttons = place.querySelectorAll("button");
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    this.#say(place, "");
    try {
      await this.#client?.command(op, data);
      return true;
    } catch (error) {
      const isLate = error instanceof Refused && error.code === "state";
      this.#say(place, this.words?.(isLate ? "too_late" : "did_not_work") ?? "");
      return false;
    } finally {
      buttons.forEach((button) => button.removeAttribute("aria-disabled"));
    }
  }

  #problem() {
    const problem = make("p", "field__error poll__problem");
    problem.setAttribute("role", "alert");
    return problem;
  }

  /**
   * @param {HTMLElement} place
   * @param {string} words
   */
  #say(place, words) {
    const problem = place.querySelector(".poll__problem");
    if (problem) problem.textContent = words;
  }
}

customElements.define("live-polls", LivePolls);

/** Polls: a form while one is open, the result as text when it has ended.
 * Whoever may lead also opens, closes and asks new ones here. */
import { keepFocus, LivePart, textOf } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */
/**
 * @typedef {object} Poll
 * @property {string} poll
 * @property {"single" | "multiple" | "scale" | "words"} kind
 * @property {string} question
 * @property {string[]} options
 * @property {boolean} anonymous
 * @property {boolean} live
 * @property {"draft" | "open" | "closed"} state
 * @property {number} [total]
 * @property {number[]} [by]
 * @property {[string, number][]} [words]
 * @property {{id: string, n: string, choices: number[], words?: string[]}[]} [names]
 */

const MOST_WORDS = 3;

class LivePolls extends LivePart {
  /** @type {Map<string, Poll>} */
  #polls = new Map();
  /** Own answers: numbers of options, or words; null where another device answered.
   * @type {Map<string, (number | string)[] | null>} */
  #votes = new Map();
  /** @type {Set<string>} */
  #changing = new Set();
  /** Forms that may be half-filled; they stay when all is drawn anew.
   * @type {Map<string, HTMLFormElement>} */
  #forms = new Map();

  prepare() {
    this.list = /** @type {HTMLElement} */ (this.the(".polls__list"));
    this.empty = /** @type {HTMLElement} */ (this.the(".polls__empty"));
    const form = this.form("form.polls__new", "poll.create", (data) => this.#read(data));
    const kind = /** @type {HTMLSelectElement | undefined} */ (form?.elements.namedItem("kind"));
    const options = /** @type {HTMLTextAreaElement | undefined} */ (form?.elements.namedItem("options"));
    const fit = () => {
      const field = /** @type {HTMLElement} */ (options?.closest(".field"));
      field.hidden = kind?.value === "words";
      if (options) options.required = kind?.value !== "words";
    };
    kind?.addEventListener("change", fit);
    form?.addEventListener("reset", () => queueMicrotask(fit)); // when it is empty again
  }

  /** @param {FormData} data */
  #read(data) {
    const kind = textOf(data.get("kind"));
    const lines = String(data.get("options")).split("\n").map((line) => line.trim()).filter(Boolean);
    const options = kind === "words" ? [] : lines;
    if (kind !== "words" && (options.length < 2 || options.length > 10)) {
      this.say(this.the("form.polls__new"), this.words("two_to_ten"));
      return null;
    }
    const question = textOf(data.get("question"));
    return { question, kind, options, anonymous: data.has("anonymous"), live: data.has("live") };
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    this.#polls = new Map((data.poll?.polls ?? []).map((/** @type {Poll} */ p) => [p.poll, p]));
    this.#votes = new Map(Object.entries(data["poll.me"]?.votes ?? {}));
    keepFocus(() => {
      this.list?.replaceChildren();
      for (const poll of this.#polls.values()) this.#draw(poll);
    });
    this.#drawEmpty();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "poll.voted") {
      if (!this.#votes.has(frame.d.poll)) this.#votes.set(frame.d.poll, null);
      this.#changing.delete(frame.d.poll);
    } else if (frame.y.startsWith("poll.")) {
      const known = this.#polls.get(frame.d.poll);
      this.#polls.set(frame.d.poll, { ...known, ...frame.d });
      if (frame.y === "poll.opened") this.dispatchEvent(new CustomEvent("news", { bubbles: true }));
    } else {
      return;
    }
    const poll = this.#polls.get(frame.d.poll);
    if (poll) this.#draw(poll);
    this.#drawEmpty();
  }

  /** @param {Frame} frame */
  st(frame) {
    if (frame.y !== "poll" && frame.y !== "poll.turnout" && frame.y !== "poll.live") return;
    const poll = this.#polls.get(frame.k);
    if (!poll || (poll.state === "closed" && frame.y !== "poll")) return;
    Object.assign(poll, frame.d);
    this.#drawFigures(poll);
  }

  get #leads() {
    return this.may("poll.open");
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
    const canVote = this.may("poll.vote") && poll.state === "open";
    const isVoted = this.#votes.has(poll.poll) && !this.#changing.has(poll.poll);
    if (canVote && !isVoted) {
      section.append(this.#form(poll));
    } else {
      this.#forms.delete(poll.poll);
      section.append(make("h3", "poll__question", poll.question), ...this.#answered(poll));
    }
    section.append(make("p", "poll__turnout quiet"));
    if (this.#leads) section.append(this.#controls(poll));
    keepFocus(() => {
      if (before) before.replaceWith(section);
      else this.list?.prepend(section);
    });
    this.#drawFigures(poll);
    if (hadFocus && !section.contains(document.activeElement)) section.focus();
  }

  /** @param {Poll} poll */
  #form(poll) {
    const form = this.#forms.get(poll.poll) ?? this.#newForm(poll);
    this.#forms.set(poll.poll, form);
    return form;
  }

  /** @param {Poll} poll */
  #newForm(poll) {
    const form = make("form", "poll__form");
    const fieldset = make("fieldset");
    fieldset.append(make("legend", "poll__question", poll.question));
    fieldset.append(...(poll.kind === "words" ? this.#wordFields(poll) : this.#choices(poll)));
    const promise = this.words(poll.anonymous ? "poll_anonymous" : "poll_named");
    form.append(fieldset, make("p", "quiet small", promise), make("button", "button", this.words("answer")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const given = new FormData(form);
      const words = given.getAll("word").map(textOf).filter(Boolean);
      const choices = given.getAll("choice").map(Number);
      if (!words.length && !choices.length) {
        this.say(form, this.words("choose_one"));
        return;
      }
      const data = poll.kind === "words" ? { words } : { choices };
      if (await this.askOnce("poll.vote", { poll: poll.poll, ...data }, { place: form })) {
        this.#votes.set(poll.poll, poll.kind === "words" ? words : choices);
        this.#changing.delete(poll.poll);
        this.#draw(this.#polls.get(poll.poll) ?? poll);
      }
    });
    return form;
  }

  /** @param {Poll} poll */
  #choices(poll) {
    const own = this.#votes.get(poll.poll) ?? [];
    return poll.options.map((option, index) => {
      const label = make("label", "choice");
      const input = make("input");
      input.type = poll.kind === "multiple" ? "checkbox" : "radio";
      input.name = "choice";
      input.value = String(index);
      input.required = input.type === "radio";
      input.checked = own.includes(index);
      label.append(input, make("span", "", option));
      return label;
    });
  }

  /** @param {Poll} poll */
  #wordFields(poll) {
    const own = this.#votes.get(poll.poll) ?? [];
    return Array.from({ length: MOST_WORDS }, (_nothing, index) => {
      const field = make("input");
      field.type = "text";
      field.name = "word";
      field.maxLength = 40;
      field.value = String(own[index] ?? "");
      field.setAttribute("aria-label", this.words("word", { n: index + 1 }));
      return field;
    });
  }

  /**
   * What stands in place of the form: one's own answer, the options or the result.
   * @param {Poll} poll
   */
  #answered(poll) {
    /** @type {HTMLElement[]} */
    const parts = [];
    if (this.#votes.has(poll.poll)) {
      const own = this.#votes.get(poll.poll);
      const answer = (own ?? []).map((one) => (typeof one === "number" ? poll.options[one] : one)).join(", ");
      const words = own ? this.words("your_answer", { answer }) : this.words("answered_elsewhere");
      parts.push(make("p", "poll__own", words));
      if (poll.state === "open") {
        parts.push(this.button(this.words("change_answer"), () => {
          this.#changing.add(poll.poll);
          this.#draw(poll);
          document.getElementById(`poll-${poll.poll}`)?.querySelector("input")?.focus();
        }, "link-button"));
      }
    }
    parts.push(make("ul", poll.kind === "words" ? "poll__cloud" : "poll__result"));
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
        poll.state === "draft" ? this.words("prepared") : this.words(word, { n: poll.total ?? 0 });
    }
    section?.querySelector(".poll__result")?.replaceChildren(...this.#bars(poll));
    section?.querySelector(".poll__cloud")?.replaceChildren(...this.#cloud(poll));
  }

  /** @param {Poll} poll */
  #bars(poll) {
    const total = poll.total || 0;
    return poll.options.map((option, index) => {
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
        const who = (poll.names ?? []).filter((name) => name.choices.includes(index));
        if (who.length) item.append(make("span", "quiet small", who.map((name) => name.n).join(", ")));
      }
      return item;
    });
  }

  /** @param {Poll} poll */
  #cloud(poll) {
    const most = Math.max(1, ...(poll.words ?? []).map(([_word, count]) => count));
    return (poll.words ?? []).map(([word, count]) => {
      const item = make("li");
      const text = make("span", `poll__word poll__word--${Math.ceil((3 * count) / most)}`, word);
      item.append(text, " ", make("b", "small", String(count)));
      if (this.may("poll.moderate")) {
        const remove = this.button("×", () => this.ask("poll.remove_word", { poll: poll.poll, word }, { place: item }), "link-button");
        remove.setAttribute("aria-label", this.words("remove_word", { word }));
        item.append(" ", remove);
      }
      return item;
    });
  }

  /** @param {Poll} poll */
  #controls(poll) {
    const row = make("div", "row");
    const op = poll.state === "draft" ? "poll.open" : "poll.close";
    if (poll.state !== "closed") {
      const style = poll.state === "draft" ? "button" : "button button--quiet";
      const label = this.words(poll.state === "draft" ? "open_poll" : "close_poll");
      row.append(this.button(label, () => this.ask(op, { poll: poll.poll }, { place: row }), style));
    }
    return row;
  }
}

customElements.define("live-polls", LivePolls);

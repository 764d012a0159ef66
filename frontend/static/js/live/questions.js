/** Questions to the hosts: asking, wanting to know it too, and what became of them. */
import { keepFocus, LATER, LivePart, textOf } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */
/** @typedef {{q: string, text: string, state: string, answer: string, by: string, ts: number, votes: number}} Question */

class LiveQuestions extends LivePart {
  /** @type {Map<string, Question>} */
  #questions = new Map();
  /** @type {Set<string>} */
  #mine = new Set();
  #order = "votes";
  /** Written answers that may be half-written; they stay when all is drawn anew.
   * @type {Map<string, HTMLDetailsElement>} */
  #answers = new Map();

  /** @type {HTMLElement} */
  list = LATER;

  prepare() {
    this.list = this.the(".questions__list");
    this.form("form.questions__new", "qa.ask", (data) => {
      const text = textOf(data.get("text"));
      return text ? { text, anon: data.has("anon") } : null;
    });
    this.the("[name=order]").addEventListener("change", (/** @type {Event} */ event) => {
      this.#order = /** @type {HTMLSelectElement} */ (event.target).value;
      this.#sort();
    });
  }

  welcome() {
    this.the(".questions__new").hidden = !this.may("qa.ask");
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    this.#questions = new Map((data.qa?.questions ?? []).map((/** @type {Question} */ one) => [one.q, one]));
    this.#mine = new Set(data["qa.me"]?.votes ?? []);
    keepFocus(() => {
      this.list.replaceChildren();
      for (const question of this.#questions.values()) this.#draw(question);
      this.#sort();
    });
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "qa.voted") {
      if (frame.d.on) this.#mine.add(frame.d.q);
      else this.#mine.delete(frame.d.q);
    } else if (frame.y === "qa.asked") {
      this.#questions.set(frame.d.q, frame.d);
      this.dispatchEvent(new CustomEvent("news", { bubbles: true }));
    } else if (frame.y === "qa.changed") {
      const known = this.#questions.get(frame.d.q);
      if (!known && !frame.d.text) return;
      this.#questions.set(frame.d.q, { ...known, ...frame.d });
    } else {
      return;
    }
    const question = this.#questions.get(frame.d.q);
    if (question) this.#draw(question);
    this.#sort();
  }

  /** @param {Frame} frame */
  st(frame) {
    const question = frame.y === "qa" ? this.#questions.get(frame.k) : undefined;
    if (!question) return;
    question.votes = frame.d.votes;
    const count = document.getElementById(`question-${question.q}`)?.querySelector(".question__votes");
    if (count) count.textContent = this.words("votes", { n: question.votes });
    this.#sort();
  }

  /** @param {Question} question */
  #draw(question) {
    const id = `question-${question.q}`;
    const before = document.getElementById(id);
    const hadFocus = before?.contains(document.activeElement) ?? false;
    const item = make("li", `question question--${question.state}`);
    item.id = id;
    item.tabIndex = -1;
    const isHidden = question.state === "hidden" && !this.may("qa.moderate");
    const text = make("p", "question__text", isHidden ? this.words("hidden") : question.text);
    text.dir = "auto";
    const by = make("p", "quiet small", question.by || this.words("without_name"));
    const state = make("p", "row");
    state.append(make("span", "question__votes", this.words("votes", { n: question.votes })));
    if (question.state !== "open") state.append(make("span", "tag tag--good", this.words(`qa_${question.state}`)));
    item.append(text, by, state);
    if (question.answer) item.append(make("p", "question__answer", question.answer));
    if (!isHidden) item.append(this.#actions(question));
    keepFocus(() => {
      if (before) before.replaceWith(item);
      else this.list.append(item);
    });
    if (hadFocus && !item.contains(document.activeElement)) item.focus();
  }

  /** @param {Question} question */
  #actions(question) {
    const row = make("div", "row");
    const { q } = question;
    if (this.may("qa.vote") && question.state === "open") {
      const isMine = this.#mine.has(q);
      const button = this.button(this.words(isMine ? "unvote" : "vote"), () =>
        this.ask(isMine ? "qa.unvote" : "qa.vote", { q }, { place: row }));
      button.setAttribute("aria-pressed", String(isMine));
      row.append(button);
    }
    if (this.may("qa.moderate")) row.append(...this.#moderation(question, row));
    return row;
  }

  /**
   * @param {Question} question
   * @param {HTMLElement} row
   */
  #moderation(question, row) {
    const { q } = question;
    /** @param {string} state */
    const to = (state) => () => { this.ask("qa.state", { q, state }, { place: row }); };
    if (question.state !== "open") {
      this.#answers.delete(q);
      return [this.button(this.words("qa_reopen"), to("open"), "link-button")];
    }
    const answer = this.#answers.get(q) ?? this.#newAnswer(q);
    this.#answers.set(q, answer);
    return [
      this.button(this.words("qa_to_live"), to("live"), "link-button"),
      this.button(this.words("do_hide"), to("hidden"), "link-button"),
      answer,
    ];
  }

  /** The form of a written answer. @param {string} q */
  #newAnswer(q) {
    const details = make("details");
    details.append(make("summary", "", this.words("qa_write")));
    const form = make("form");
    const label = make("label", "", this.words("qa_answer"));
    const field = make("textarea");
    field.id = `answer-${q}`;
    field.rows = 2;
    field.maxLength = 2000;
    field.required = true;
    label.htmlFor = field.id;
    form.append(label, field, make("button", "button button--quiet", this.words("send")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.askOnce("qa.state", { q, state: "answered", answer: field.value.trim() }, { place: form });
    });
    details.append(form);
    return details;
  }

  /** Open ones first, in the chosen order. Elements only move, so that focus and typed text stay. */
  #sort() {
    const open = (/** @type {Question} */ one) => Number(one.state === "open");
    const sorted = [...this.#questions.values()].sort((a, b) =>
      open(b) - open(a) || (this.#order === "votes" ? b.votes - a.votes : 0) || a.ts - b.ts);
    if (!this.list.contains(document.activeElement)) {
      for (const { q } of sorted) {
        const element = document.getElementById(`question-${q}`);
        if (element) this.list.append(element);
      }
    }
    this.the(".questions__empty").hidden = sorted.length > 0;
  }
}

customElements.define("live-questions", LiveQuestions);

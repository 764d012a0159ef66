/** Shared notes: a list that everybody adds to, line by line. */
import { keepFocus, LATER, LivePart, textOf } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */
/** @typedef {{note: string, text: string, by: {id: string, n: string}}} Note */

class LiveNotes extends LivePart {
  /** @type {HTMLElement} */
  list = LATER;
  /** @type {Map<string, Note>} */
  #notes = new Map();
  /** Lines that are being changed here; they stay when the list is drawn anew.
   * @type {Map<string, HTMLFormElement>} */
  #forms = new Map();

  prepare() {
    this.list = this.the(".notes__list");
    this.form("form.notes__new", "note.add", (data) => {
      const text = textOf(data.get("text"));
      return text ? { text } : null;
    });
  }

  welcome() {
    this.the(".notes__new").hidden = !this.may("note.write");
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    this.#notes = new Map((data.notes?.notes ?? []).map((/** @type {Note} */ note) => [note.note, note]));
    keepFocus(() => this.list.replaceChildren(...[...this.#notes.values()].map((note) => this.#item(note))));
    this.#drawEmpty();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (!frame.y.startsWith("note.")) return;
    if (frame.y === "note.removed") {
      this.#notes.delete(frame.d.note);
      this.#forms.delete(frame.d.note);
      this.#find(frame.d.note)?.remove();
    } else {
      this.#notes.set(frame.d.note, { ...this.#notes.get(frame.d.note), ...frame.d });
      this.#draw(frame.d.note);
    }
    this.#drawEmpty();
  }

  /** @param {string} id */
  #draw(id) {
    const note = this.#notes.get(id);
    const before = this.#find(id);
    if (!note) return;
    keepFocus(() => {
      if (before) before.replaceWith(this.#item(note));
      else this.list.append(this.#item(note));
    });
  }

  /** @param {string} id */
  #find(id) {
    return [...this.list.children].find((item) => /** @type {HTMLElement} */ (item).dataset.note === id);
  }

  #drawEmpty() {
    this.the(".notes__empty").hidden = this.list.children.length > 0;
  }

  /** @param {Note} note */
  #item(note) {
    const item = make("li", "note");
    item.dataset.note = note.note;
    const form = this.#forms.get(note.note);
    if (form) {
      item.append(form);
      return item;
    }
    const text = make("span", "note__text", note.text);
    text.dir = "auto";
    const isOwn = note.by.id === this.client.me;
    item.append(text, " ", make("span", "quiet small", isOwn ? this.words("you") : note.by.n));
    if (isOwn || this.may("chat.moderate")) {
      const edit = this.button(this.words("do_edit"), () => this.#edit(note), "link-button");
      edit.setAttribute("aria-label", this.words("edit_note", { text: note.text.slice(0, 40) }));
      const remove = this.button(this.words("do_delete"), () =>
        this.ask("note.remove", { note: note.note }, { place: item }), "link-button");
      remove.setAttribute("aria-label", this.words("remove_note", { text: note.text.slice(0, 40) }));
      item.append(" ", edit, " ", remove);
    }
    return item;
  }

  /** @param {Note} note */
  #edit(note) {
    const form = make("form", "notes__edit");
    const field = make("textarea");
    field.value = note.text;
    field.maxLength = 1000;
    field.rows = 2;
    field.setAttribute("aria-label", this.words("editing"));
    const close = () => {
      this.#forms.delete(note.note);
      this.#draw(note.note);
    };
    const stop = this.button(this.words("cancel"), close, "link-button");
    form.append(field, make("button", "button button--quiet", this.words("save")), stop);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const written = field.value;
      const text = written.trim();
      if (!text || !(await this.askOnce("note.change", { note: note.note, text }, { place: form }))) return;
      this.#notes.set(note.note, { ...(this.#notes.get(note.note) ?? note), text });
      if (field.value === written) close();
    });
    this.#forms.set(note.note, form);
    this.#draw(note.note);
    field.focus();
  }
}

customElements.define("live-notes", LiveNotes);

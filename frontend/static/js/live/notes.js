/** Shared notes: a list that everybody adds to, line by line. */
import { LATER, LivePart, textOf } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */
/** @typedef {{note: string, text: string, by: {id: string, n: string}}} Note */

class LiveNotes extends LivePart {
  /** @type {HTMLElement} */
  list = LATER;

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
    this.list.replaceChildren(...(data.notes?.notes ?? []).map((/** @type {Note} */ note) => this.#item(note)));
    this.#drawEmpty();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (!frame.y.startsWith("note.")) return;
    const before = this.#find(frame.d.note);
    if (frame.y === "note.removed") before?.remove();
    else if (before) before.replaceWith(this.#item(frame.d));
    else this.list.append(this.#item(frame.d));
    this.#drawEmpty();
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
    const text = make("span", "note__text", note.text);
    text.dir = "auto";
    const isOwn = note.by.id === this.client.me;
    item.append(text, " ", make("span", "quiet small", isOwn ? this.words("you") : note.by.n));
    if (isOwn || this.may("chat.moderate")) {
      const edit = this.button(this.words("do_edit"), () => this.#edit(item, note), "link-button");
      edit.setAttribute("aria-label", this.words("edit_note", { text: note.text.slice(0, 40) }));
      const remove = this.button(this.words("do_delete"), () =>
        this.ask("note.remove", { note: note.note }, { place: item }), "link-button");
      remove.setAttribute("aria-label", this.words("remove_note", { text: note.text.slice(0, 40) }));
      item.append(" ", edit, " ", remove);
    }
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {Note} note
   */
  #edit(item, note) {
    const form = make("form", "notes__edit");
    const field = make("textarea");
    field.value = note.text;
    field.maxLength = 1000;
    field.rows = 2;
    field.setAttribute("aria-label", this.words("editing"));
    const stop = this.button(this.words("cancel"), () => item.replaceWith(this.#item(note)), "link-button");
    form.append(field, make("button", "button button--quiet", this.words("save")), stop);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text) this.ask("note.change", { note: note.note, text }, { place: form });
    });
    item.replaceChildren(form);
    field.focus();
  }
}

customElements.define("live-notes", LiveNotes);

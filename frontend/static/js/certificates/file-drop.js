// A file that is dropped onto the form is taken as if it had been chosen, and sent.

class FileDrop extends HTMLElement {
  connectedCallback() {
    this.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.dataset.over = "";
    });
    this.addEventListener("dragleave", () => delete this.dataset.over);
    this.addEventListener("drop", (event) => this.take(event));
  }

  /** @param {DragEvent} event */
  take(event) {
    event.preventDefault();
    delete this.dataset.over;
    const files = event.dataTransfer?.files;
    const input = /** @type {HTMLInputElement | null} */ (this.querySelector("input[type=file]"));
    if (!files?.length || !input) return;
    input.files = files;
    this.querySelector("form")?.requestSubmit();
  }
}

customElements.define("file-drop", FileDrop);

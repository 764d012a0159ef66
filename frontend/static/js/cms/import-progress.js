/** Moves the bar while an import is at work, then shows what came of it. */

const EVERY_MS = 1000;

class ImportProgress extends HTMLElement {
  connectedCallback() {
    void this.look();
  }

  async look() {
    const bar = this.querySelector("progress");
    try {
      const response = await fetch(this.getAttribute("src") ?? "", { cache: "no-store" });
      if (response.ok) {
        /** @type {{running: boolean, done: number, total: number}} */
        const now = await response.json();
        if (!now.running) return location.reload();
        if (bar && now.total) bar.value = (100 * now.done) / now.total;
      }
    } catch {
      // The connection is away; the work is not.
    }
    setTimeout(() => this.look(), EVERY_MS);
  }
}

customElements.define("import-progress", ImportProgress);

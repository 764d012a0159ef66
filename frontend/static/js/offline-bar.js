/** The bar that says the connection is gone. It believes "offline", never "online": only a
 * request that came through proves that. */
class OfflineBar extends HTMLElement {
  connectedCallback() {
    window.addEventListener("offline", () => { this.hidden = false; });
    window.addEventListener("online", () => { this.#ask(); });
    if (!navigator.onLine) this.hidden = false;
  }

  async #ask() {
    try {
      await fetch(location.href, { method: "HEAD", cache: "no-store" });
      this.hidden = true;
    } catch {
      setTimeout(() => this.#ask(), 3000);
    }
  }
}

customElements.define("offline-bar", OfflineBar);

/** The bar that says the connection is gone. It believes "offline", never "online": only a
 * request that came through proves that. On a kept copy of a lesson it says from when it is. */
class OfflineBar extends HTMLElement {
  connectedCallback() {
    window.addEventListener("offline", () => { this.hidden = false; });
    window.addEventListener("online", () => { this.#ask(); });
    this.#sayFromWhen();
    if (!navigator.onLine) this.hidden = false;
  }

  #sayFromWhen() {
    const at = document.documentElement.dataset.keptAt;
    const place = this.querySelector("[data-copy]");
    if (!at || !(place instanceof HTMLElement)) return;
    const format = new Intl.DateTimeFormat(document.documentElement.lang, {
      day: "numeric", month: "long", hour: "2-digit", minute: "2-digit",
    });
    place.textContent = (place.dataset.copy ?? "").replace("{at}", format.format(new Date(at)));
    this.hidden = false;
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

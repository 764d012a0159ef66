/** The parts of a room as tabs (ARIA pattern): arrows move, a dot tells of something new. */

class LiveTabs extends HTMLElement {
  connectedCallback() {
    this.tabs = /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[role=tab]")]);
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => {
        this.select(tab);
        // On a phone the tabs stand at the foot of the screen, their panel may be out of sight.
        if (getComputedStyle(/** @type {Element} */ (tab.closest(".live-room__thumb") ?? tab)).position === "fixed") {
          this.#panel(tab)?.scrollIntoView();
        }
      });
      tab.addEventListener("keydown", (event) => this.#key(event, tab));
      this.#panel(tab)?.addEventListener("news", () => {
        if (tab.getAttribute("aria-selected") !== "true") this.#mark(tab, true);
      });
    }
    const first = this.tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? this.tabs[0];
    if (first) this.select(first);
  }

  /** @param {HTMLElement} tab */
  select(tab) {
    for (const one of this.tabs ?? []) {
      const isIt = one === tab;
      one.setAttribute("aria-selected", String(isIt));
      one.tabIndex = isIt ? 0 : -1;
      const panel = this.#panel(one);
      if (panel) panel.hidden = !isIt;
    }
    this.#mark(tab, false);
    this.#panel(tab)?.firstElementChild?.dispatchEvent(new CustomEvent("shown"));
  }

  /** @param {HTMLElement} tab */
  #panel(tab) {
    return document.getElementById(tab.getAttribute("aria-controls") ?? "");
  }

  /**
   * @param {HTMLElement} tab
   * @param {boolean} isNew
   */
  #mark(tab, isNew) {
    const dot = /** @type {HTMLElement | null} */ (tab.querySelector(".tabs__new"));
    if (dot) dot.hidden = !isNew;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLElement} tab
   */
  #key(event, tab) {
    const tabs = (this.tabs ?? []).filter((one) => !one.hidden);
    const at = tabs.indexOf(tab);
    const to = new Map([["ArrowRight", at + 1], ["ArrowLeft", at - 1], ["Home", 0], ["End", -1]]).get(event.key);
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs.at(to % tabs.length);
    if (next) {
      this.select(next);
      next.focus();
    }
  }
}

customElements.define("live-tabs", LiveTabs);

/**
 * What a native video lacks: ten seconds back and on, speeds, chapters, the place where one
 * stopped, and the text when it does not play. Without this it is a plain video with its text.
 */
class LessonVideo extends HTMLElement {
  connectedCallback() {
    const video = /** @type {HTMLVideoElement | null} */ (this.querySelector("video, audio"));
    if (!video) return;
    this.querySelectorAll("[data-controls]").forEach((part) => {
      /** @type {HTMLElement} */ (part).hidden = false;
    });
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button) return;
      if (button.dataset.by) video.currentTime = Math.max(0, video.currentTime + Number(button.dataset.by));
      if (button.dataset.at) {
        video.currentTime = Number(button.dataset.at);
        video.play().catch(() => {});
      }
      if (button.dataset.source) this.#play(video, button.dataset.source);
    });
    this.querySelector("select")?.addEventListener("change", (event) => {
      video.playbackRate = Number(/** @type {HTMLSelectElement} */ (event.target).value);
    });
    this.#goOn(video);
    const failed = () => this.#showText();
    video.addEventListener("error", failed);
    this.querySelectorAll("source").forEach((source) => source.addEventListener("error", failed));
  }

  /** @param {HTMLVideoElement} video @param {string} address */
  #play(video, address) {
    const at = video.currentTime;
    video.src = address;
    video.addEventListener("loadedmetadata", () => { video.currentTime = at; }, { once: true });
    video.play().catch(() => {});
  }

  /** @param {HTMLVideoElement} video */
  #goOn(video) {
    const lesson = /** @type {HTMLElement | null} */ (this.closest("[data-lesson]"));
    const block = /** @type {HTMLElement | null} */ (this.closest("[data-block]"));
    const second = Number(lesson?.dataset.second);
    if (!second || !block || lesson?.dataset.video !== block.dataset.block) return;
    const seek = () => { video.currentTime = second; };
    if (video.readyState) seek();
    else video.addEventListener("loadedmetadata", seek, { once: true });
  }

  #showText() {
    const text = /** @type {HTMLDetailsElement | null} */ (this.querySelector("details[data-text]"));
    const notice = /** @type {HTMLElement | null} */ (this.querySelector("[data-failed]"));
    if (text) text.open = true;
    if (notice) notice.hidden = false;
  }
}

customElements.define("lesson-video", LessonVideo);

const wide = window.matchMedia("(min-width: 64rem)");
document.querySelectorAll("details[data-open-wide]").forEach((index) => {
  /** @type {HTMLDetailsElement} */ (index).open = wide.matches;
});

export {};

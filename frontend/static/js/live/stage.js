/** The stage: slides that the presenter moves and everybody may leaf through, a video in step, or
 * a link to a stream. */
import { LivePart } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */

const MOST_DRIFT = 1.5;

class LiveStage extends LivePart {
  /** @type {Record<string, any>} */
  #stage = { kind: "slides" };
  /** @type {{page: number, seen: number, version: number, pages: number}} */
  #slide = { page: 1, seen: 1, version: 0, pages: 0 };
  /** @type {{src: string, text: string}[]} */
  #slides = [];
  #page = 1;
  #follows = true;

  prepare() {
    this.the(".stage__back").addEventListener("click", () => this.#leaf(this.#page - 1));
    this.the(".stage__on").addEventListener("click", () => this.#leaf(this.#page + 1));
    this.the(".stage__follow").addEventListener("click", () => {
      this.#follows = true;
      this.#leaf(this.#slide.page);
    });
    const video = /** @type {HTMLVideoElement} */ (this.the("video"));
    for (const name of ["play", "pause", "seeked"]) video.addEventListener(name, () => this.#lead(video));
    this.the(".stage__start").addEventListener("click", () => this.#keepUp(true));
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    this.#stage = data.stage?.stage ?? this.#stage;
    this.#slide = data.stage?.slide ?? this.#slide;
    if (this.#slide.pages && !this.#slides.length) this.#load();
    if (this.#follows) this.#page = this.#slide.page;
    this.#draw();
  }

  /** @param {Frame} frame */
  ev(frame) {
    if (frame.y === "slide.moved") {
      Object.assign(this.#slide, frame.d);
      if (this.#follows) this.#page = this.#slide.page;
    } else if (frame.y === "slide.ready") {
      this.#slide.pages = frame.d.pages;
      this.#load();
    } else if (frame.y === "stage.changed") {
      this.#stage = frame.d;
    } else {
      return;
    }
    this.#draw();
  }

  async #load() {
    try {
      const response = await fetch(this.dataset.slides ?? "");
      if (response.ok) this.#slides = (await response.json()).slides;
    } catch {
      // Without them the text stands empty; the next snapshot tries again.
    }
    this.#draw();
  }

  /** The presenter moves everybody; others only themselves, as far as the presenter has been.
   * @param {number} page */
  #leaf(page) {
    const last = this.may("slide.move") ? this.#slide.pages : this.#slide.seen;
    this.#page = Math.min(Math.max(1, page), last);
    if (this.may("slide.move")) {
      this.ask("slide.move", { page: this.#page }, { place: this.the(".stage__tools"), exp: this.#slide.version });
    } else {
      this.#follows = this.#page === this.#slide.page;
    }
    this.#draw();
  }

  #draw() {
    const { kind } = this.#stage;
    const hasSlides = kind === "slides" && this.#slide.pages > 0;
    this.the(".stage__slides").hidden = !hasSlides;
    this.the(".stage__video").hidden = kind !== "video";
    this.the(".stage__link").hidden = kind !== "link";
    this.the(".stage__empty").hidden = hasSlides || kind === "video" || kind === "link";
    if (hasSlides) this.#drawSlide();
    if (kind === "link") {
      const link = this.the(".stage__link a");
      link.href = this.#stage.url;
      this.the(".stage__address").textContent = new URL(this.#stage.url).host;
    }
    if (kind === "video") this.#keepUp(false);
    else this.the("video").pause();
  }

  #drawSlide() {
    const slide = this.#slides[this.#page - 1];
    const picture = this.the(".stage__picture");
    const last = this.may("slide.move") ? this.#slide.pages : this.#slide.seen;
    if (slide && picture.getAttribute("src") !== slide.src) picture.src = slide.src;
    picture.alt = this.words("slide_of", { n: this.#page, all: this.#slide.pages });
    this.the(".stage__text").textContent = slide?.text || this.words("slide_without_text");
    this.the(".stage__page").textContent = this.words("slide_of", { n: this.#page, all: this.#slide.pages });
    this.the(".stage__back").setAttribute("aria-disabled", String(this.#page <= 1));
    this.the(".stage__on").setAttribute("aria-disabled", String(this.#page >= last));
    this.the(".stage__follow").hidden = this.#page === this.#slide.page;
    const next = this.#slides[this.#page];
    if (next) make("img").src = next.src;
  }

  // --- The video in step --------------------------------------------------------------------
  /** Whoever leads starts and stops it for everybody. What we do ourselves to keep up changes
   * nothing that is not so already, and is not told again.
   * @param {HTMLVideoElement} video */
  #lead(video) {
    if (!this.may("stage.lead") || this.#stage.kind !== "video") return;
    const playing = !video.paused && !video.ended;
    const isInStep = Math.abs(video.currentTime - this.#wanted) < MOST_DRIFT;
    if (playing === this.#stage.playing && isInStep) return;
    this.ask("stage.play", { playing, at: video.currentTime }, { place: this.the(".stage__video") });
  }

  /** The second at which everybody should be now. */
  get #wanted() {
    const { playing, at, since } = this.#stage;
    return playing ? at + Math.max(0, Date.now() + this.client.clockOffset - since) / 1000 : at;
  }

  /** Where the video should be now, and whether it runs; browsers may ask for a click first.
   * @param {boolean} wasAsked */
  async #keepUp(wasAsked) {
    const video = /** @type {HTMLVideoElement} */ (this.the("video"));
    const { src, captions, title, playing } = this.#stage;
    if (video.getAttribute("src") !== src) {
      video.src = src;
      video.setAttribute("aria-label", title);
      const track = /** @type {HTMLTrackElement} */ (this.the("track"));
      if (captions) track.src = captions;
      else track.removeAttribute("src");
    }
    video.controls = this.may("stage.lead");
    if (Math.abs(video.currentTime - this.#wanted) > MOST_DRIFT) video.currentTime = this.#wanted;
    let isBlocked = false;
    if (playing && video.paused) await video.play().catch(() => { isBlocked = true; });
    else if (!playing) video.pause();
    this.the(".stage__start").hidden = !isBlocked || (wasAsked && !isBlocked);
    this.the(".stage__state").textContent = this.words(playing ? "video_runs" : "video_stands", { title });
  }
}

customElements.define("live-stage", LiveStage);

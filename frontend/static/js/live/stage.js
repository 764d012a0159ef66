/** The stage: slides that the presenter moves and everybody may leaf through, a video in step, or
 * a link to a stream. */
import { LivePart } from "./part.js";
import { make } from "./words.js";

/** @typedef {import("./transports.js").Frame} Frame */
/** @typedef {{playing: boolean, at: number, since: number, p: Record<string, number> | null}} Wish */

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
  /** What we have asked of the video and have not heard of yet.
   * @type {Wish | null} */
  #wish = null;

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

  /** Who comes back after a break gets no snapshot: slides that did not come then come now. */
  welcome() {
    if (this.#slide.pages && !this.#slides.length) this.#load();
  }

  /** @param {Record<string, any>} data */
  snap(data) {
    this.#take(data.stage?.stage ?? this.#stage);
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
      this.#take(frame.d);
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
      // Without them the text stands empty; the next connection tries again.
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
  async #lead(video) {
    if (!this.may("stage.lead") || this.#stage.kind !== "video") return;
    const playing = !video.paused && !video.ended;
    const isInStep = Math.abs(video.currentTime - this.#wanted) < MOST_DRIFT;
    if (playing === this.#course.playing && isInStep) return;
    /** @type {Wish} */
    const wish = { playing, at: video.currentTime, since: Date.now() + this.client.clockOffset, p: null };
    this.#wish = wish;
    const answer = await this.ask("stage.play", { playing, at: wish.at }, { place: this.the(".stage__video") });
    if (this.#wish !== wish) return;
    wish.p = answer?.p ?? {};
    this.#take(this.#stage);
    this.#draw();
  }

  /** What the room shows now. Our wish ends when it was refused or the room has told all up to it;
   * what others asked before it does not undo meanwhile what we do.
   * @param {Record<string, any>} stage */
  #take(stage) {
    this.#stage = stage;
    if (this.#wish?.p && this.client.hasSeen(this.#wish.p)) this.#wish = null;
  }

  /** How the video goes: as we have asked, until the room tells. */
  get #course() {
    return this.#wish ?? this.#stage;
  }

  /** The second at which everybody should be now. */
  get #wanted() {
    const { playing, at, since } = this.#course;
    return playing ? at + Math.max(0, Date.now() + this.client.clockOffset - since) / 1000 : at;
  }

  /** Where the video should be now, and whether it runs; browsers may ask for a click first.
   * @param {boolean} wasAsked */
  async #keepUp(wasAsked) {
    const video = /** @type {HTMLVideoElement} */ (this.the("video"));
    const { src, captions } = this.#stage;
    const { playing } = this.#course;
    if (video.getAttribute("src") !== src) {
      video.src = src;
      video.setAttribute("aria-label", this.#stage.title);
      const track = /** @type {HTMLTrackElement} */ (this.the("track"));
      if (captions) track.src = captions;
      else track.removeAttribute("src");
    }
    video.controls = this.may("stage.lead");
    if (Math.abs(video.currentTime - this.#wanted) > MOST_DRIFT) video.currentTime = this.#wanted;
    let isBlocked = false;
    if (playing && video.paused) await video.play().catch(() => { isBlocked = true; });
    else if (!playing) video.pause();
    if (playing !== this.#course.playing) return; // it was stopped while it was about to start
    this.the(".stage__start").hidden = !isBlocked || (wasAsked && !isBlocked);
    const { title } = this.#stage;
    this.the(".stage__state").textContent = this.words(playing ? "video_runs" : "video_stands", { title });
  }
}

customElements.define("live-stage", LiveStage);

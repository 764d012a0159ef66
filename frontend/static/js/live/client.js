/** The browser's side of a live room: one connection that heals itself.
 *
 * Events come in order and once; after a break the client says the last numbers that it saw. A
 * command keeps its id until it is answered, so that sending it again does it only once.
 *
 * Events of this object (CustomEvent, what came is in `detail`):
 * - `welcome`: who we are here: {me, role, perms}
 * - `snap`: the full state {s, d}; drop what you had
 * - `ev`: something that happened {s, q, y, ts, a, d, c}
 * - `st`: the newest value of a state {y, k, n, d}
 * - `status`: {state: "connecting" | "online" | "slow" | "offline" | "ended", attempt, code}
 */
import { ulid } from "./ulid.js";
import { pollTransport, socketTransport } from "./transports.js";

/** @typedef {import("./transports.js").Frame} Frame */
/** @typedef {import("./transports.js").Transport} Transport */

const LAST_CODES = new Set([4400, 4401, 4403, 4404, 4409, 4410, 4426]);
const SIGNED_OUT = 4401;
const POLL_AFTER_FAILURES = 3;
const LONGEST_PAUSE_MS = 30_000;
const SHORTEST_PAUSE_MS = 500;
const ACK_MS = 5000;
const GAP_MS = 3000;
const TRIES = 8;

/** A command that was refused for good; `code` is one of the protocol's. */
export class Refused extends Error {
  /** @param {Frame} frame */
  constructor(frame) {
    super(frame.code);
    this.code = /** @type {string} */ (frame.code);
    this.field = /** @type {string} */ (frame.field ?? "");
    this.data = frame.d ?? {};
  }
}

/**
 * @typedef {object} Pending
 * @property {Frame} frame
 * @property {(answer: Frame) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {number} tries
 */

export class LiveClient extends EventTarget {
  /** @type {Transport | null} */
  #transport = null;
  /** @type {Record<string, {e: string, q: number}>} */
  #positions = {};
  /** @type {Map<string, number>} */
  #versions = new Map();
  /** @type {Map<string, Pending>} */
  #pending = new Map();
  #attempt = 0;
  #attempts = 0;
  #socketWorks = false;
  #failedSockets = 0;
  #isPolling = false;
  #isWelcome = false;
  #isOver = false;
  #heartbeatMs = 20_000;
  #retryInMs = 0;
  #lastHello = 0;
  #acked = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #reconnectTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ackTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #gapTimer;

  /** Milliseconds by which the server's clock is ahead of ours. */
  clockOffset = 0;
  me = "";
  role = "";
  /** @type {Set<string>} */
  perms = new Set();

  /** @param {{socket: string, events: string, commands: string, csrf: string}} urls */
  constructor(urls) {
    super();
    this.urls = urls;
  }

  /** Whether the room is read by plain requests, because no socket gets through. */
  get isPolling() {
    return this.#isPolling;
  }

  start() {
    window.addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    window.addEventListener("pagehide", () => this.#transport?.close());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.#connect(); });
    this.#ackTimer = setInterval(() => this.#acknowledge(), ACK_MS);
    this.#connect();
  }

  stop() {
    this.#isOver = true;
    clearInterval(this.#ackTimer);
    clearTimeout(this.#reconnectTimer);
    clearTimeout(this.#watchdog);
    window.removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#transport?.close();
  }

  /**
   * Ask for something to be done. Sent again with the same id after a break, until it is answered.
   * @param {string} op
   * @param {Record<string, any>} d
   * @param {{id?: string, exp?: number}} [options]
   * @returns {Promise<Frame>} the `ok` frame; rejects with Refused, and with Error in a room that is over
   */
  command(op, d = {}, { id = ulid(), exp } = {}) {
    if (this.#isOver) return Promise.reject(new Error("ended"));
    /** @type {Frame} */
    const frame = { t: "cmd", id, op, d };
    if (exp !== undefined) frame.exp = exp;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { frame, resolve, reject, tries: 0 });
      if (this.#isWelcome) this.#transport?.send(frame);
    });
  }

  /**
   * Say something ephemeral; lost when there is no connection.
   * @param {string} op
   * @param {Record<string, any>} d
   * @returns {boolean} whether it went out
   */
  send(op, d = {}) {
    const isHeard = this.#isWelcome && !this.#isPolling;
    if (isHeard) this.#transport?.send({ t: "send", op, d });
    return isHeard;
  }

  /**
   * Whether everything up to these numbers has come, as an answer's `p` tells them.
   * @param {Record<string, number>} numbers
   */
  hasSeen(numbers) {
    return Object.entries(numbers).every(([s, q]) => (this.#positions[s]?.q ?? 0) >= q);
  }

  // --- Connecting ---------------------------------------------------------------------------
  #connect() {
    if (this.#isOver || this.#transport) return;
    clearTimeout(this.#reconnectTimer);
    this.#attempt += 1;
    const attempt = this.#attempts += 1;
    this.#tell("status", { state: "connecting", attempt: this.#attempt, code: 0 });
    // What an earlier connection still says is not heard any more.
    const isCurrent = () => attempt === this.#attempts && this.#transport !== null;
    const receiver = {
      opened: () => { if (isCurrent()) this.#hello(); },
      received: (/** @type {Frame} */ frame) => { if (isCurrent()) this.#receive(frame); },
      closed: (/** @type {number} */ code) => { if (isCurrent()) this.#closed(code); },
    };
    // A network that never let a socket through will not do so now.
    this.#isPolling = !this.#socketWorks && this.#failedSockets >= POLL_AFTER_FAILURES;
    this.#transport = this.#isPolling
      ? pollTransport(this.urls, receiver)
      : socketTransport(this.urls.socket, receiver);
    this.#watch();
  }

  #hello() {
    this.#lastHello = Date.now();
    this.#transport?.send({
      t: "hello", v: 1, resume: this.#positions, caps: ["batch"], client: "web 1",
    });
  }

  /** @param {number} code */
  #closed(code) {
    this.#transport = null;
    if (!this.#isPolling && !this.#isWelcome) this.#failedSockets += 1;
    this.#isWelcome = false;
    clearTimeout(this.#watchdog);
    if (this.#isOver) return;
    if (LAST_CODES.has(code)) {
      this.#endWith(code);
      return;
    }
    if (code === 4003) this.#positions = {};
    const limit = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** Math.min(this.#attempt, 6));
    const pause = this.#retryInMs + Math.random() * limit;
    this.#retryInMs = 0;
    this.#tell("status", { state: "offline", attempt: this.#attempt, code });
    this.#reconnectTimer = setTimeout(() => this.#connect(), pause);
  }

  /** @param {number} code */
  #endWith(code) {
    this.stop();
    this.#tell("status", { state: "ended", attempt: this.#attempt, code });
    for (const { reject } of this.#pending.values()) reject(new Error("ended"));
    this.#pending.clear();
  }

  /** The network is back, or the person looks at the page again: do not wait out the pause. */
  #hurry = () => {
    if (!document.hidden) this.#connect();
  };

  /** A connection over which nothing comes for two heartbeats is dead, whatever it says. */
  #watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#transport?.close(4000), this.#heartbeatMs * 2.25);
  }

  // --- Receiving ----------------------------------------------------------------------------
  /** @param {Frame} frame */
  #receive(frame) {
    this.#watch();
    switch (frame.t) {
      case "batch": for (const one of frame.f) this.#receive(one); break;
      case "welcome": this.#welcome(frame); break;
      case "snap":
        this.#positions = structuredClone(frame.s);
        this.#versions.clear();
        this.#tell("snap", frame);
        break;
      case "ev": this.#event(frame); break;
      case "st": this.#state(frame); break;
      case "ok": this.#settle(frame); break;
      case "err": this.#settle(frame); break;
      case "hb": this.#heartbeat(frame); break;
      case "bye": this.#retryInMs = frame.retry_in ?? 0; break;
      default: break; // a later version of the protocol may say more
    }
  }

  /** @param {Frame} frame */
  #welcome(frame) {
    if (this.me && this.me !== frame.me) { // somebody else has signed in here: nothing in their name
      this.#endWith(SIGNED_OUT);
      return;
    }
    if (!this.#isPolling) this.#socketWorks = true;
    // Plain requests are welcomed each time; the parts are told when there is something new in it.
    const isNew = !this.#isWelcome || this.role !== frame.role;
    // A first answer to plain requests does not show yet that they all get through.
    if (this.#isWelcome || !this.#isPolling) this.#attempt = 0;
    if (!this.#isWelcome) this.#versions.clear();
    this.#isWelcome = true;
    this.#heartbeatMs = frame.hb_ms;
    this.clockOffset = frame.ts - Date.now();
    this.me = frame.me;
    this.role = frame.role;
    this.perms = new Set(frame.perms);
    const unanswered = [...this.#pending.values()]; // what the parts now ask goes out by itself
    if (isNew) this.#tell("welcome", frame);
    this.#tell("status", { state: "online", attempt: 0, code: 0 });
    for (const { frame: waiting } of unanswered) this.#transport?.send(waiting);
  }

  /** @param {Frame} frame */
  #event(frame) {
    const position = this.#positions[frame.s];
    if (!position || frame.q <= position.q) return;
    if (frame.q > position.q + 1) {
      this.#askAgain();
      return;
    }
    position.q = frame.q;
    this.#tell("ev", frame);
  }

  /** @param {Frame} frame */
  #state(frame) {
    const key = `${frame.y}:${frame.k ?? ""}`;
    if ((this.#versions.get(key) ?? -1) > frame.n) return;
    this.#versions.set(key, frame.n);
    this.#tell("st", frame);
  }

  /** @param {Frame} frame */
  #heartbeat(frame) {
    this.#transport?.send({ t: "pong", ts: frame.ts });
    this.#tell("status", { state: frame.deg ? "slow" : "online", attempt: 0, code: 0 });
    const lacks = () => Object.entries(frame.h).some(([s, q]) => (this.#positions[s]?.q ?? 0) < q);
    clearTimeout(this.#gapTimer);
    if (lacks()) this.#gapTimer = setTimeout(() => lacks() && this.#askAgain(), GAP_MS);
  }

  /** Something is missing: say hello again with what we have, but not all the time. */
  #askAgain() {
    if (Date.now() - this.#lastHello > 6000) this.#hello();
  }

  /** @param {Frame} frame */
  #settle(frame) {
    const pending = this.#pending.get(frame.id);
    if (!pending) return;
    if (frame.t === "err" && frame.temp && pending.tries < TRIES) {
      pending.tries += 1;
      setTimeout(() => {
        if (this.#isWelcome && this.#pending.has(frame.id)) this.#transport?.send(pending.frame);
      }, frame.retry_ms || 1000);
      return;
    }
    this.#pending.delete(frame.id);
    if (frame.t === "ok") pending.resolve(frame);
    else pending.reject(new Refused(frame));
  }

  #acknowledge() {
    const p = Object.fromEntries(Object.entries(this.#positions).map(([s, { q }]) => [s, q]));
    const told = JSON.stringify(p);
    if (!this.#isWelcome || told === this.#acked) return;
    this.#acked = told;
    this.#transport?.send({ t: "ack", p });
  }

  /**
   * @param {string} name
   * @param {Frame} detail
   */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

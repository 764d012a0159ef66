/** Two ways to a room with the same frames: a WebSocket, or plain requests where none gets through.
 *
 * @typedef {Record<string, any>} Frame
 * @typedef {object} Receiver
 * @property {() => void} opened
 * @property {(frame: Frame) => void} received
 * @property {(code: number) => void} closed
 * @typedef {object} Transport
 * @property {(frame: Frame) => void} send
 * @property {(code?: number) => void} close
 */
import { freshToken } from "../fresh-token.js";

const SUBPROTOCOL = "ls.live.v1";
const POLL_MS = 20_000;
const POST_MS = 30_000;
const AGAIN_MS = 2_000;
const CODE_OF_STATUS = new Map([[401, 4401], [403, 4403], [404, 4404], [410, 4410]]);

/**
 * @param {string} url
 * @param {Receiver} receiver
 * @returns {Transport}
 */
export function socketTransport(url, receiver) {
  const address = new URL(url, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address, SUBPROTOCOL);
  let isOver = false;
  /** @param {number} code */
  const end = (code) => {
    if (isOver) return;
    isOver = true;
    receiver.closed(code);
  };
  socket.addEventListener("open", () => receiver.opened());
  socket.addEventListener("message", (event) => receiver.received(JSON.parse(event.data)));
  socket.addEventListener("close", (event) => end(event.code));
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    close: (code = 1000) => {
      socket.close(code);
      // A dead network never answers the closing; who waits for it is told at once.
      end(code === 1000 ? 1000 : 1006);
    },
  };
}

/**
 * A token that is no longer taken (somebody has signed in again in another tab) is replaced once, in
 * `urls.csrf`; what was asked meanwhile is asked again at the next welcome, which first says who we
 * are now.
 *
 * @param {{events: string, commands: string, csrf: string}} urls
 * @param {Receiver} receiver
 * @returns {Transport}
 */
export function pollTransport(urls, receiver) {
  /** @type {Record<string, {e: string, q: number}>} */
  let positions = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isOver = false;
  let isAsking = false;
  let isAskedAgain = false;
  /** @type {Promise<void> | null} */
  let renewing = null;
  /** The token has just been replaced, and nothing has been answered under it. */
  let isNewToken = false;
  /** @type {Set<string>} commands that wait for their answer */
  const underWay = new Set();

  /** @param {number} code */
  const end = (code) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    receiver.closed(code);
  };

  const poll = async () => {
    clearTimeout(timer);
    if (isAsking) {
      isAskedAgain = true;
      return;
    }
    isAsking = true;
    isAskedAgain = false;
    try {
      const response = await fetch(address(), { cache: "no-store" });
      if (isOver) return;
      if (!response.ok) {
        end(CODE_OF_STATUS.get(response.status) ?? 1006);
        return;
      }
      for (const frame of (await response.json()).frames) note(frame);
    } catch {
      end(1006);
    } finally {
      isAsking = false;
    }
    if (!isOver) timer = setTimeout(poll, isAskedAgain ? 0 : POLL_MS);
  };

  const address = () => {
    const url = new URL(urls.events, location.href);
    for (const [stream, { e, q }] of Object.entries(positions)) {
      url.searchParams.append("stream", stream);
      url.searchParams.append("epoch", e);
      url.searchParams.append("after", String(q));
    }
    return url;
  };

  /** @param {Frame} frame */
  const note = (frame) => {
    if (isOver) return;
    if (frame.t === "snap") positions = structuredClone(frame.s);
    const seen = positions[frame.s];
    if (frame.t === "ev" && seen) seen.q = Math.max(seen.q, frame.q);
    receiver.received(frame);
  };

  /** @param {Frame} frame */
  const post = async (frame) => {
    const token = urls.csrf;
    try {
      const response = await fetch(urls.commands, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify(frame),
        signal: AbortSignal.timeout(POST_MS),
      });
      if (isOver) return;
      if (!isAnswer(response)) {
        if (response.status === 403) await tokenRefused(frame, token);
        else failed(frame); // something on the way answered in the place of the room
        return;
      }
      isNewToken = false;
      const answer = await response.json();
      if (answer.t === "bye") {
        end(answer.code);
        return;
      }
      if (!isOver) receiver.received(answer);
      if (!isOver && response.ok) poll();
    } catch {
      if (!isOver) failed(frame);
    }
  };

  /** It is sent again, a number of times. @param {Frame} frame */
  const failed = (frame) =>
    receiver.received({ t: "err", id: frame.id, code: "unavailable", temp: true, retry_ms: AGAIN_MS });

  /**
   * @param {Frame} frame
   * @param {string} token
   */
  const tokenRefused = async (frame, token) => {
    if (token === urls.csrf && isNewToken && !renewing) {
      receiver.received({ t: "err", id: frame.id, code: "forbidden", temp: false });
      return;
    }
    if (token === urls.csrf) renewing ??= renew().finally(() => { renewing = null; });
    if (renewing) await renewing;
    if (isOver) return;
    if (token === urls.csrf) failed(frame);
    poll(); // it tells who has signed out
  };

  const renew = async () => {
    const fresh = await freshToken();
    if (!fresh) return;
    urls.csrf = fresh;
    isNewToken = true;
  };

  queueMicrotask(() => receiver.opened());
  return {
    send: (frame) => {
      if (frame.t === "hello") {
        positions = structuredClone(frame.resume);
        poll();
      } else if (frame.t === "cmd" && !underWay.has(frame.id)) {
        underWay.add(frame.id); // each welcome asks again for what has no answer yet
        post(frame).finally(() => underWay.delete(frame.id));
      }
    },
    close: () => end(1000),
  };
}

/** Whether it is the room that answers, and not the page about an old token or a proxy.
 * @param {Response} response */
function isAnswer(response) {
  return (response.headers.get("Content-Type") ?? "").startsWith("application/json");
}

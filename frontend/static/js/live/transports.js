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

const SUBPROTOCOL = "ls.live.v1";
const POLL_MS = 20_000;
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

  /** @param {number} code */
  const end = (code) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    receiver.closed(code);
  };

  const poll = async () => {
    clearTimeout(timer);
    const address = new URL(urls.events, location.href);
    for (const [stream, { e, q }] of Object.entries(positions)) {
      address.searchParams.append("stream", stream);
      address.searchParams.append("epoch", e);
      address.searchParams.append("after", String(q));
    }
    try {
      const response = await fetch(address, { cache: "no-store" });
      if (isOver) return;
      if (!response.ok) {
        end(CODE_OF_STATUS.get(response.status) ?? 1006);
        return;
      }
      for (const frame of (await response.json()).frames) note(frame);
      timer = setTimeout(poll, POLL_MS);
    } catch {
      end(1006);
    }
  };

  /** @param {Frame} frame */
  const note = (frame) => {
    if (frame.t === "snap") positions = structuredClone(frame.s);
    if (frame.t === "ev" && positions[frame.s]) positions[frame.s].q = frame.q;
    receiver.received(frame);
  };

  /** @param {Frame} frame */
  const post = async (frame) => {
    try {
      const response = await fetch(urls.commands, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": urls.csrf },
        body: JSON.stringify(frame),
      });
      if (!isOver) receiver.received(await response.json());
      if (!isOver && response.ok) poll();
    } catch {
      end(1006);
    }
  };

  queueMicrotask(() => receiver.opened());
  return {
    send: (frame) => {
      if (frame.t === "hello") {
        positions = frame.resume;
        poll();
      } else if (frame.t === "cmd") {
        post(frame);
      }
    },
    close: () => end(1000),
  };
}

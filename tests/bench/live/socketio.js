// Socket.IO 4 as others would build a live room on Node. Usage: node socketio.js PORT KEYS
// `go SECONDS AHEAD PROGRESS` on standard input emits events to all as fast as it can, but not more
// than AHEAD of what every socket of the crowd has read.
"use strict";
const { openSync, readFileSync, readSync } = require("node:fs");
const { createServer } = require("node:http");
const { createInterface } = require("node:readline");
const { Server } = require("socket.io");

const FRAME_BYTES = 300;
const [port, keysFile] = process.argv.slice(2);
const keys = new Set(readFileSync(keysFile, "utf8").split("\n").filter(Boolean));
const server = createServer();
const io = new Server(server, { transports: ["websocket"], perMessageDeflate: false });
io.use((socket, next) => {
  const key = /sessionid=(\w+)/.exec(socket.handshake.headers.cookie ?? "")?.[1];
  next(keys.has(key) ? undefined : new Error("not signed in"));
});
server.listen(Number(port), "127.0.0.1");

let number = 0;
function event() {
  number += 1;
  const text = `~${process.hrtime.bigint()}~`;
  const frame = { t: "ev", s: "room", q: number, y: "bench", d: { text } };
  frame.d.text += "x".repeat(FRAME_BYTES - JSON.stringify(frame).length);
  return frame;
}

function go(seconds, ahead, progressFile) {
  const end = Date.now() + seconds * 1000;
  const progress = openSync(progressFile);
  const counters = Buffer.alloc(32);
  const step = () => {
    if (Date.now() > end) return;
    readSync(progress, counters, 0, 32, 0);
    if (number - Number(counters.readBigUInt64LE(24)) >= ahead) {
      setTimeout(step, 1);
      return;
    }
    io.emit("ev", event());
    setImmediate(step);
  };
  step();
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [, seconds, ahead, progressFile] = line.split(" ");
    go(Number(seconds), Number(ahead), progressFile);
  })
  .on("close", () => process.exit());

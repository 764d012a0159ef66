/**
 * Keeps lessons that were opened on a personal device, so that they can be read without a network.
 *
 * Which page may be kept says the server, with a header that names the reader: lessons only, and
 * only where the person has said that the device is their own. Everything else goes to the network.
 *
 * @typedef {{waitUntil(done: Promise<unknown>): void}} Extendable
 * @typedef {Extendable & {request: Request, respondWith(answer: Promise<Response>): void}} Fetching
 * @typedef {Extendable & {data: {keep: string, files: string[]} | {forget: true} | {reader: string}}} Told
 * @typedef {{skipWaiting(): Promise<void>, clients: {claim(): Promise<void>},
 *   addEventListener(name: "install" | "activate", listener: (event: Extendable) => void): void,
 *   addEventListener(name: "fetch", listener: (event: Fetching) => void): void,
 *   addEventListener(name: "message", listener: (event: Told) => void): void}} KeepingWorker
 */

const worker = /** @type {KeepingWorker} */ (/** @type {unknown} */ (globalThis));
const LESSONS = "lessons-1";
const FILES = "files-1";
const OFFLINE = "/offline/";
const OWNER = "/offline/owner";
/** Somebody may have signed in since the last page: until one says who it is, no copy is shown. */
const UNSURE = "/offline/unsure";
const SIGN_IN = /^\/(accounts|cms\/login)\//;
const MOST_LESSONS = 30;
const MOST_FILES = 150;
const PATIENCE = 8000;
/** Nothing may stay any more, not even what is on its way now. */
let forgets = false;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(FILES).then((files) => files.add(OFFLINE)).then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(dropOld().then(() => worker.clients.claim()));
});

worker.addEventListener("message", (event) => {
  const told = event.data;
  if ("reader" in told) {
    event.waitUntil(meet(told.reader));
    return;
  }
  forgets = "forget" in told;
  event.waitUntil("forget" in told ? forget() : keepOpened(told.keep, told.files));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (new URL(request.url).origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.method === "GET" && isFile(request.url)) event.respondWith(file(event));
});

async function forget() {
  for (const name of await caches.keys()) await caches.delete(name);
}

/**
 * A page has come for somebody: what was kept for another account goes.
 * @param {string} reader empty for nobody
 */
async function meet(reader) {
  const owner = await kept(OWNER);
  if (!owner) return;
  if (reader && reader !== await owner.text()) await caches.delete(LESSONS);
  else await (await caches.open(LESSONS)).delete(UNSURE);
}

/**
 * A name is given, or comes back from another site that knows the person.
 * @param {Request} request
 */
function isSignIn(request) {
  const { pathname } = new URL(request.url);
  return SIGN_IN.test(pathname) && (request.method !== "GET" || pathname.includes("/callback/"));
}

async function beUnsure() {
  if (await kept(OWNER)) await (await caches.open(LESSONS)).put(UNSURE, new Response(""));
}

/** @param {string} url */
async function kept(url) {
  return caches.match(url, { cacheName: LESSONS });
}

/**
 * Keep something, unless all has to go: what was on its way meanwhile goes too.
 * @param {() => Promise<void>} keep
 */
async function unlessForgetting(keep) {
  if (forgets) return;
  await keep();
  if (forgets) await forget();
}

async function dropOld() {
  const names = await caches.keys();
  const old = names.filter((name) => ![LESSONS, FILES].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** @param {string} url */
function isFile(url) {
  const { origin, pathname } = new URL(url);
  if (origin !== location.origin || pathname.endsWith("/service-worker.js")) return false;
  return pathname.startsWith("/static/") || /^\/media\/(original_)?images\//.test(pathname);
}

/**
 * The page that just brought this worker in was not seen by it: fetch it and its files once more.
 * @param {string} url
 * @param {string[]} files
 */
async function keepOpened(url, files) {
  await keepLesson(url, await fetch(url));
  await unlessForgetting(async () => {
    const cache = await caches.open(FILES);
    await Promise.allSettled(files.filter(isFile).map((one) => cache.add(one)));
  });
}

/**
 * @param {string} url
 * @param {Response} answer
 */
async function keepLesson(url, answer) {
  const owner = answer.headers.get("X-Keep-For");
  if (!answer.ok || answer.redirected || !owner || new URL(url).search) return;
  await unlessForgetting(async () => {
    const known = await kept(OWNER);
    if (known && (await known.text()) !== owner) await caches.delete(LESSONS);
    const lessons = await caches.open(LESSONS);
    await lessons.put(OWNER, new Response(owner));
    await lessons.delete(UNSURE);
    await lessons.delete(plain(url));
    await lessons.put(plain(url), answer);
    await limit(lessons, MOST_LESSONS + 1);
  });
}

/**
 * @param {Cache} cache
 * @param {number} most
 */
async function limit(cache, most) {
  const keys = (await cache.keys()).filter((key) => !key.url.includes(OFFLINE));
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

/** @param {string} url */
function plain(url) {
  const { origin, pathname } = new URL(url, location.origin);
  return origin + pathname;
}

/** @param {Fetching} event */
async function page(event) {
  const { request } = event;
  if (isSignIn(request)) await beUnsure();
  const copy = request.method === "GET" ? await keptLesson(request.url) : undefined;
  const answer = fetch(request).then((found) => {
    event.waitUntil(keepLesson(request.url, found.clone()));
    return found;
  });
  try {
    return await (copy ? Promise.race([answer, tired()]) : answer);
  } catch {
    answer.catch(() => undefined);
    return copy && !await kept(UNSURE) ? copyOf(copy) : whatIsKept();
  }
}

/** @returns {Promise<never>} */
function tired() {
  return new Promise((_done, fail) => { setTimeout(() => fail(new Error("slow")), PATIENCE); });
}

/** @param {string} url */
async function keptLesson(url) {
  return await kept(UNSURE) ? undefined : kept(plain(url));
}

/**
 * The kept lesson, marked with the moment at which it came.
 * @param {Response} copy
 */
async function copyOf(copy) {
  const at = new Date(copy.headers.get("Date") ?? Date.now()).toISOString();
  const text = (await copy.text()).replace("<html ", `<html data-kept-at="${at}" `);
  return new Response(text, { headers: copy.headers });
}

/** The page that says what can be read now. */
async function whatIsKept() {
  const offline = await caches.match(OFFLINE, { cacheName: FILES });
  if (!offline) return Response.error();
  const lessons = await caches.open(LESSONS);
  const items = [];
  const shown = await kept(UNSURE) ? [] : [...(await lessons.keys())].reverse();
  for (const request of shown) {
    if (request.url.endsWith(OWNER)) continue;
    const text = await (await lessons.match(request))?.text();
    const title = text?.match(/<h1[^>]*>([^<]+)</)?.[1];
    if (title) items.push(`<li><a href="${new URL(request.url).pathname}">${title}</a></li>`);
  }
  const text = (await offline.text()).replace("<!--kept-->", items.join(""));
  return new Response(text, { status: 503, headers: offline.headers });
}

/** @param {Fetching} event */
async function file({ request }) {
  try {
    const found = await fetch(request);
    if (found.status === 200) {
      const copy = found.clone();
      await unlessForgetting(async () => {
        const files = await caches.open(FILES);
        await files.put(request.url, copy);
        await limit(files, MOST_FILES);
      });
    }
    return found;
  } catch (problem) {
    const copy = await caches.match(request.url, { cacheName: FILES });
    if (copy) return copy;
    throw problem;
  }
}

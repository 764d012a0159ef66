/**
 * What this device keeps of the person: lessons on a personal one, nothing after signing out.
 *
 * The server writes for whom lessons may be kept into the page; empty means: nobody.
 */

const { keeper, keptAt } = document.documentElement.dataset;
const DRAFTS = /^(note|answers):/;

async function keepThisLesson() {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) {
    await serviceWorker.register("/service-worker.js");
    return; // it saw the page on its way
  }
  const registration = await serviceWorker.register("/service-worker.js");
  await serviceWorker.ready;
  await everythingHere();
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  registration.active?.postMessage({ keep: location.href, files });
}

/** Until the page has all its files: those that come later by themselves go through the worker. */
async function everythingHere() {
  if (document.readyState !== "complete") {
    await new Promise((done) => { window.addEventListener("load", done, { once: true }); });
  }
  await document.fonts.ready;
}

async function keepNothing() {
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    registration.active?.postMessage({ forget: true }); // it may be keeping something just now
    await registration.unregister();
  }
  for (const name of await caches.keys()) await caches.delete(name);
}

function forgetDrafts() {
  for (const key of Object.keys(localStorage)) {
    if (DRAFTS.test(key)) localStorage.removeItem(key);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.action.endsWith("/logout/")) return;
  forgetDrafts(); // the answer makes the browser drop the rest
});

/** The browser brings a page back as it was: not to the next person on this device. */
window.addEventListener("pageshow", async (event) => {
  if (!event.persisted || keeper === undefined) return;
  const answer = await fetch("/signed-in/", { cache: "no-store" }).catch(() => null);
  if (answer?.status === 401) location.reload();
});

if ("serviceWorker" in navigator && "caches" in window) {
  // A copy says for whom it was kept, not who is here now.
  if (keeper !== "" && !keptAt) navigator.serviceWorker.controller?.postMessage({ reader: keeper ?? "" });
  if (keeper && document.querySelector("[data-lesson]")) keepThisLesson().catch(() => undefined);
  else if (keeper === "") keepNothing().catch(() => undefined);
}

export {};

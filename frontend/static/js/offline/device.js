/**
 * What this device keeps of the person: lessons on a personal one, nothing after signing out.
 *
 * The server writes for whom lessons may be kept into the page; empty means: nobody.
 */

const keeper = document.documentElement.dataset.keeper;
const DRAFTS = /^(note|answers):/;

async function keepThisLesson() {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) {
    await serviceWorker.register("/service-worker.js");
    return; // it saw the page on its way
  }
  const registration = await serviceWorker.register("/service-worker.js");
  await serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  registration.active?.postMessage({ keep: location.href, files });
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

if ("serviceWorker" in navigator && "caches" in window) {
  if (keeper && document.querySelector("[data-lesson]")) keepThisLesson().catch(() => undefined);
  else if (keeper === "") keepNothing().catch(() => undefined);
}

export {};

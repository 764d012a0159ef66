/** Remembers the block that is being read and the second of the video, at most every ten seconds. */

const EVERY = 10_000;

/** @param {HTMLElement} lesson */
function remember(lesson) {
  const address = lesson.dataset.position;
  const token = /** @type {HTMLInputElement | null} */ (
    document.querySelector("input[name=csrfmiddlewaretoken]"));
  if (!address || !token) return;
  const now = { block: "", video: lesson.dataset.video ?? "", second: Number(lesson.dataset.second) };
  let sent = JSON.stringify(now);

  function send() {
    const body = JSON.stringify(now);
    if (body === sent || !now.block) return;
    sent = body;
    fetch(/** @type {string} */ (address), {
      method: "PUT",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token?.value ?? "" },
      body,
    }).catch(() => { sent = ""; });
  }

  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) now.block = /** @type {HTMLElement} */ (entry.target).dataset.block ?? "";
    }
  }, { rootMargin: "-40% 0px -40% 0px" });
  lesson.querySelectorAll("[data-block]").forEach((block) => observer.observe(block));

  lesson.addEventListener("timeupdate", (event) => {
    const video = event.target;
    const block = video instanceof HTMLElement ? video.closest("[data-block]") : null;
    if (!(video instanceof HTMLMediaElement) || !block) return;
    now.video = /** @type {HTMLElement} */ (block).dataset.block ?? "";
    now.second = Math.floor(video.currentTime);
  }, { capture: true });

  setInterval(send, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send();
  });
  window.addEventListener("pagehide", send);
}

document.querySelectorAll("[data-lesson][data-position]").forEach((lesson) => {
  remember(/** @type {HTMLElement} */ (lesson));
});

export {};

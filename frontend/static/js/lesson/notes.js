/**
 * Keeps the private note of a lesson while it is written: a second after the last key it goes to
 * the server; while there is no connection it waits on this device, for at most a day.
 *
 * @typedef {{text: string, version: number, at: number}} Kept
 */

const DAY = 24 * 60 * 60 * 1000;
const PAUSE = 1000;
const LONGEST_RETRY = 60_000;

/** @param {HTMLFormElement} form */
function autosave(form) {
  const key = `note:${form.dataset.owner}:${form.dataset.lessonId}`;
  const text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  const version = /** @type {HTMLInputElement} */ (form.elements.namedItem("version"));
  const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrfmiddlewaretoken"));
  const status = form.querySelector("[data-saved]");
  const other = /** @type {HTMLElement | null} */ (form.querySelector("[data-other]"));
  let saved = text.value;
  let retry = PAUSE;
  let isSending = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {string | undefined} words */
  const say = (words) => { if (status) status.textContent = words ?? ""; };

  /** @param {Kept | null} kept */
  function keep(kept) {
    try {
      if (kept) localStorage.setItem(key, JSON.stringify(kept));
      else localStorage.removeItem(key);
    } catch {
      // A browser without storage still has the form's button.
    }
  }

  /** @returns {Kept | null} */
  function waiting() {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? "null");
      return kept && Date.now() - kept.at < DAY ? kept : null;
    } catch {
      return null;
    }
  }

  /** @param {number} wait */
  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  /** @param {{text: string, version: number}} theirs */
  function showBoth(theirs) {
    say(form.dataset.conflict);
    version.value = String(theirs.version);
    const place = other?.querySelector("textarea");
    if (!other || !place) return;
    place.value = theirs.text;
    other.hidden = false;
  }

  async function send() {
    const sent = text.value;
    if (isSending) return later(PAUSE);
    if (sent === saved) return undefined;
    isSending = true;
    try {
      const response = await fetch(form.action, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token.value },
        body: JSON.stringify({ text: sent, version: Number(version.value) }),
      });
      if (response.status >= 500) throw new Error("busy");
      const answer = await response.json();
      retry = PAUSE;
      if (response.status === 409) showBoth(answer);
      else if (!response.ok) say(answer.message);
      else {
        saved = sent;
        version.value = String(answer.version);
        if (other) other.hidden = true;
        if (text.value === sent) keep(null);
        say(answer.saved);
      }
    } catch {
      say(form.dataset.offline);
      retry = Math.min(retry * 2, LONGEST_RETRY);
      later(retry);
    } finally {
      isSending = false;
    }
    return undefined;
  }

  text.addEventListener("input", () => {
    keep({ text: text.value, version: Number(version.value), at: Date.now() });
    if (!other || other.hidden) later(PAUSE);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); keep(null); });
  window.addEventListener("online", () => later(0));

  const kept = waiting();
  if (kept && kept.text !== text.value) {
    text.value = kept.text;
    version.value = String(Math.min(kept.version, Number(version.value)));
    later(0);
  }
}

for (const form of document.querySelectorAll("form[data-note]")) {
  autosave(/** @type {HTMLFormElement} */ (form));
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-prompt]") : null;
  const text = document.querySelector("form[data-note] textarea[name=text]");
  if (!(link instanceof HTMLElement) || !(text instanceof HTMLTextAreaElement)) return;
  event.preventDefault();
  const prompt = link.dataset.prompt ?? "";
  if (!text.value.includes(prompt)) text.value = `${text.value.trimEnd()}\n\n${prompt}\n`.trimStart();
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
});

export {};

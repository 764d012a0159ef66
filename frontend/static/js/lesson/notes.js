/**
 * Keeps the private note of a lesson while it is written: a second after the last key it goes to
 * the server; while it cannot get there it waits on this device, for at most a day. What another
 * device wrote meanwhile is shown beside it, and only the button puts this text in its place.
 *
 * @typedef {{text: string, version: number, at: number}} Kept
 */
import { freshToken } from "../fresh-token.js";

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
  const other = /** @type {HTMLElement} */ (form.querySelector("[data-other]"));
  let saved = text.defaultValue;
  /** The version from which this text was made; another one is overwritten by the button only. */
  let base = Number(version.value);
  let retry = PAUSE;
  let isSending = false;
  let isAsked = false;
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
      // A browser without storage still has this page.
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

  /** @param {string | undefined} words why it does not get there now */
  function again(words) {
    say(words);
    retry = Math.min(retry * 2, LONGEST_RETRY);
    later(retry);
  }

  /** @param {{text: string, version: number}} theirs */
  function showBoth(theirs) {
    clearTimeout(timer);
    isAsked = false;
    say(form.dataset.conflict);
    version.value = String(theirs.version);
    const place = other.querySelector("textarea");
    if (place) place.value = theirs.text;
    other.hidden = false;
  }

  /** @param {string} sent @param {number} from the version that it takes the place of */
  function put(sent, from) {
    return fetch(form.action, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token.value },
      body: JSON.stringify({ text: sent, version: from }),
    });
  }

  /** @param {string} sent @param {{version: number, saved: string}} answer */
  function arrived(sent, answer) {
    saved = sent;
    base = answer.version;
    version.value = String(base);
    other.hidden = true;
    if (waiting()?.text === sent) keep(null);
    say(answer.saved);
    if (text.value !== sent) later(PAUSE);
  }

  async function send() {
    if (isSending) return later(PAUSE);
    const sent = text.value;
    const isBoth = !other.hidden;
    if (isBoth ? !isAsked : sent === saved && !isAsked) return undefined;
    isSending = true;
    try {
      let response = await put(sent, isBoth ? Number(version.value) : base);
      if (response.status === 403 && !response.redirected) {
        const fresh = await freshToken();
        if (fresh) {
          token.value = fresh;
          response = await put(sent, isBoth ? Number(version.value) : base);
        }
      }
      if (response.redirected || response.status === 401) again(form.dataset.signedOut);
      else if (response.status === 403) again(form.dataset.closed);
      else if (response.status >= 500 || response.status === 429) again(form.dataset.offline);
      else {
        const answer = await response.json();
        isAsked = false;
        retry = PAUSE;
        if (response.status === 409) showBoth(answer);
        else if (response.ok) arrived(sent, answer);
        else say(answer.message);
      }
    } catch {
      again(form.dataset.offline);
    } finally {
      isSending = false;
    }
    return undefined;
  }

  function changed() {
    keep({ text: text.value, version: base, at: Date.now() });
    if (other.hidden) later(PAUSE);
  }

  text.addEventListener("input", changed);
  window.addEventListener("focus", () => { // perhaps from a window where one has signed in again
    if (waiting() && other.hidden) later(0);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    isAsked = true;
    say(form.dataset.saving);
    send();
  });
  window.addEventListener("online", () => later(0));

  let kept = waiting();
  if (kept && kept.text === saved) { // the page shows it: it has arrived
    keep(null);
    kept = null;
  }
  if (kept) base = Math.min(kept.version, base);
  if (text.value !== saved) { // written before this script had come
    if (kept && kept.text !== text.value) text.value = `${kept.text}\n\n${text.value}`;
    changed();
  } else if (kept) {
    text.value = kept.text;
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

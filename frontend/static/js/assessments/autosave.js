/**
 * Sends each answer as soon as it is chosen. While there is no connection, answers wait on this
 * device, in their order, for at most a day; they are wiped when the questionnaire is sent.
 *
 * @typedef {{url: string, answer: string, seconds: number, at: number}} Waiting
 */

const DAY = 24 * 60 * 60 * 1000;
const RETRY = 3000;

/** @param {string} key @returns {Waiting[]} */
function waiting(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
    return kept.filter((/** @type {Waiting} */ one) => Date.now() - one.at < DAY);
  } catch {
    return [];
  }
}

/** @param {string} key @param {Waiting[]} list */
function keep(key, list) {
  try {
    if (list.length) localStorage.setItem(key, JSON.stringify(list));
    else localStorage.removeItem(key);
  } catch {
    // A browser without storage still sends the answer with the form.
  }
}

/** @param {HTMLFormElement} form */
function autosave(form) {
  const key = `answers:${form.dataset.owner}:${form.dataset.autosave}`;
  const opened = Date.now();
  const status = form.querySelector("[data-saved]");
  const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrfmiddlewaretoken"));
  const spent = () => (Date.now() - opened) / 1000;
  let isSending = false;

  /** @param {string} words */
  const say = (words) => { if (status) status.textContent = words; };

  async function send() {
    if (isSending) return;
    isSending = true;
    try {
      for (let list = waiting(key); list.length; list = waiting(key)) {
        const [first] = list;
        const response = await fetch(first.url, {
          method: "POST",
          headers: { "X-Autosave": "1", "X-CSRFToken": token.value },
          body: new URLSearchParams({ answer: first.answer, seconds: String(first.seconds) }),
        });
        if (response.status >= 500) throw new Error("busy");
        keep(key, waiting(key).slice(1));
        if (response.ok) say((await response.json()).saved);
      }
    } catch {
      say(form.dataset.offline ?? "");
      setTimeout(send, RETRY);
    } finally {
      isSending = false;
    }
  }

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.name !== "answer") return;
    const url = location.pathname;
    const others = waiting(key).filter((one) => one.url !== url);
    keep(key, [...others, { url, answer: input.value, seconds: 0, at: Date.now() }]);
    send();
  });
  form.addEventListener("submit", () => {
    const seconds = /** @type {HTMLInputElement} */ (form.elements.namedItem("seconds"));
    seconds.value = spent().toFixed(1);
    keep(key, waiting(key).filter((one) => one.url !== location.pathname));
  });
  if (waiting(key).length) send();
}

/** @param {string} attempt */
function wipe(attempt) {
  Object.keys(localStorage)
    .filter((key) => key.startsWith("answers:") && key.endsWith(attempt))
    .forEach((key) => localStorage.removeItem(key));
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  autosave(/** @type {HTMLFormElement} */ (form));
}
for (const mark of document.querySelectorAll("[data-wiped]")) {
  wipe(/** @type {HTMLElement} */ (mark).dataset.wiped ?? "");
}

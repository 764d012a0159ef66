/** Words of a live room, translated by the server: the page's JSON block `live-words`.
 *
 * @returns {(key: string, values?: Record<string, string | number>) => string}
 */
export function wordsOfPage() {
  const words = JSON.parse(document.getElementById("live-words")?.textContent || "{}");
  return (key, values = {}) =>
    String(words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * An element with a class and text; never HTML, whatever people write.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** @param {number} milliseconds */
export function timeElement(milliseconds) {
  const date = new Date(milliseconds);
  // The zone of the person's profile, as everywhere on the page; it may differ from the computer's.
  const timeZone = document.documentElement.dataset.timezone;
  const words = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", timeZone });
  const element = make("time", "", words);
  element.dateTime = date.toISOString();
  return element;
}

/** How a line felt to the client: four words to choose from, one of them at a time. */
import { make } from "./words.js";

/** @typedef {(key: string, values?: Record<string, string>) => string} Words */

export const FEELINGS = ["heard", "calmer", "judged", "worse"];

/**
 * @param {Words} words
 * @param {(feeling: string) => void} choose an empty feeling takes the mark back
 */
export function markChoices(words, choose) {
  const group = make("div", "mark-choices");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", words("mark"));
  for (const feeling of FEELINGS) {
    const button = make("button", "mark-choices__one", words(feeling));
    button.type = "button";
    button.dataset.feeling = feeling;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      choose(button.getAttribute("aria-pressed") === "true" ? "" : feeling);
    });
    group.append(button);
  }
  return group;
}

/**
 * Show which word is chosen; none for an empty feeling.
 * @param {Element} root
 * @param {number} line
 * @param {string} feeling
 */
export function showMark(root, line, feeling) {
  const article = root.matches(`[data-line="${line}"]`) ? root : root.querySelector(`[data-line="${line}"]`);
  for (const button of article?.querySelectorAll("[data-feeling]") ?? []) {
    const isIt = /** @type {HTMLElement} */ (button).dataset.feeling === feeling;
    button.setAttribute("aria-pressed", String(isIt));
  }
}

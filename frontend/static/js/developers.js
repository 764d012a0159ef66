// @ts-check
/** Samples of code: a button that copies each, and the chosen language kept for the other page. */

const KEPT = "samples-in";

/** @param {HTMLElement} sample @param {HTMLTemplateElement} template */
function addCopyButton(sample, template) {
  const button = /** @type {HTMLElement} */ (template.content.cloneNode(true)).firstElementChild;
  const code = sample.querySelector("code");
  if (!(button instanceof HTMLButtonElement) || !code) return;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent ?? "");
    button.textContent = button.dataset.done ?? label;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
  sample.append(button);
}

const template = document.getElementById("copy-button");
if (template instanceof HTMLTemplateElement && navigator.clipboard) {
  for (const sample of document.querySelectorAll(".sample__code")) {
    if (sample instanceof HTMLElement) addCopyButton(sample, template);
  }
}

for (const choice of document.querySelectorAll(".sample-choice input")) {
  if (!(choice instanceof HTMLInputElement)) continue;
  if (sessionStorage.getItem(KEPT) === choice.value) choice.checked = true;
  choice.addEventListener("change", () => sessionStorage.setItem(KEPT, choice.value));
}

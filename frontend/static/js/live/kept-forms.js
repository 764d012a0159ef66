/** Half-written forms survive a reload of this window, and are forgotten when they are sent.
 *
 * Kept in the session storage of the window only: it is gone when the window closes, as it must be
 * on a shared computer.
 */

/**
 * @param {HTMLElement} root forms with `data-keep` inside it are kept under that name
 * @param {string} page whose forms they are
 */
export function keepForms(root, page) {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (root.querySelectorAll("form[data-keep]"))) {
    if (!form.dataset.keep) continue;
    const key = `kept:${page}${form.dataset.keep}:${root.dataset.round ?? ""}`;
    fill(form, sessionStorage.getItem(key));
    const keep = () => sessionStorage.setItem(key, JSON.stringify([...new FormData(form)].filter(isText)));
    form.addEventListener("input", keep);
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  }
}

/** @param {[string, FormDataEntryValue]} entry */
function isText([name, value]) {
  return typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "by";
}

/**
 * @param {HTMLFormElement} form
 * @param {string | null} kept
 */
function fill(form, kept) {
  if (!kept || form.closest("practicum-room")?.querySelector(".error-summary")) return;
  for (const [name, value] of /** @type {[string, string][]} */ (JSON.parse(kept))) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field instanceof HTMLTextAreaElement) field.value = field.value || value;
      else if (field instanceof HTMLInputElement && field.value === value) field.checked = true;
    }
  }
}

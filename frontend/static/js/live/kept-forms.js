/** Half-written forms survive a reload of this window, and a sending that did not arrive.
 *
 * Kept in the session storage of the window only: it is gone when the window closes, as it must be
 * on a shared computer. What has arrived is forgotten when a page says so, never before.
 */

/**
 * @param {HTMLElement} root forms with `data-keep` inside it are kept under that name and their
 *   `data-round`, or that of the root; `data-given` of the root names those that have arrived
 * @param {string} page whose forms they are
 */
export function keepForms(root, page) {
  for (const given of (root.dataset.given ?? "").split(" ").filter(Boolean)) {
    sessionStorage.removeItem(`kept:${page}${given}`);
  }
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (root.querySelectorAll("form[data-keep]"))) {
    if (!form.dataset.keep) continue;
    const key = `kept:${page}${form.dataset.keep}:${form.dataset.round ?? root.dataset.round ?? ""}`;
    const keep = () => sessionStorage.setItem(key, JSON.stringify([...new FormData(form)].filter(isText)));
    fill(form, sessionStorage.getItem(key));
    if ([...form.elements].some(isChanged)) keep();
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
  }
}

/** @param {Element} field */
const isRadio = (field) => field instanceof HTMLInputElement && field.type === "radio";

/** @param {[string, FormDataEntryValue]} entry */
function isText([name, value]) {
  return typeof value === "string" && !["csrfmiddlewaretoken", "by", "round"].includes(name);
}

/** Whether somebody has changed it; before this script had come, if it runs just now. @param {Element} field */
function isChanged(field) {
  if (field instanceof HTMLTextAreaElement) return field.value !== field.defaultValue;
  return field instanceof HTMLInputElement && field.checked !== field.defaultChecked;
}

/**
 * One text of what was kept and what was written without seeing it.
 * @param {string} kept
 * @param {string} written
 */
export function joined(kept, written) {
  if (!written.trim() || kept.includes(written)) return kept;
  return !kept || written.includes(kept) ? written : `${kept}\n\n${written}`;
}

/**
 * What was half-written comes back; a folded form that holds some is unfolded. What was chosen
 * before that stands.
 * @param {HTMLFormElement} form
 * @param {string | null} kept
 */
function fill(form, kept) {
  if (!kept) return;
  const fields = /** @type {[string, string][]} */ (JSON.parse(kept));
  for (const [name, value] of fields) {
    const named = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const isChosen = named.some((field) => isRadio(field) && isChanged(field));
    for (const field of named) {
      if (field instanceof HTMLTextAreaElement) {
        if (isChanged(field) || !field.value) field.value = joined(value.replaceAll("\r\n", "\n"), field.value);
      } else if (field instanceof HTMLInputElement && field.value === value && !isChosen) field.checked = true;
    }
  }
  const folded = form.closest("details");
  if (folded && fields.some(([, value]) => value)) folded.open = true;
}

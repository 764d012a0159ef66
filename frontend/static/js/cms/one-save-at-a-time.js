/**
 * Saves of the CMS's editor go one after the other. Wagtail saves by itself while somebody types;
 * a press on a button meanwhile would save beside it, and a page that was just being created would
 * be created twice: its author is told that the address is taken, by the page of their own.
 */

/** @typedef {{form: HTMLFormElement, button: HTMLElement | null}} Press */

/** @type {Press | undefined} a press that waits for the save under way */
let waiting;
let isSaving = false;
let isSent = false;

/** @param {Press} press */
function send({ form, button }) {
  const isDisabled = button?.hasAttribute("disabled"); // pressed once; what is disabled says no name
  button?.removeAttribute("disabled");
  form.requestSubmit(button);
  if (isDisabled) button?.setAttribute("disabled", "");
}

function onSaved() {
  isSaving = false;
  if (!waiting) return;
  isSent = true; // before Wagtail begins with what was typed meanwhile: the press brings it, too
  const press = waiting;
  waiting = undefined;
  setTimeout(() => send(press));
}

document.addEventListener("w-autosave:save", (event) => {
  if (isSent) event.preventDefault();
  else isSaving = true;
});
document.addEventListener("w-autosave:success", onSaved);
document.addEventListener("w-autosave:error", onSaved);

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-edit-form]") || !isSaving) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form, button: event.submitter };
  },
  { capture: true },
);
window.addEventListener("submit", (event) => {
  const isEditor = event.target instanceof Element && event.target.matches("[data-edit-form]");
  if (isEditor && !event.defaultPrevented) isSent = true;
});
window.addEventListener("pageshow", () => {
  isSent = false; // also when somebody comes back to a page that the browser has kept
});

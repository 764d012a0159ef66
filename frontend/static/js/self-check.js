/** Answers a self-check in place. Without this the form asks the page, which does the same. */

/** @param {HTMLFormElement} form @param {string} words */
function say(form, words) {
  const said = document.createElement("p");
  said.className = "field__error";
  said.textContent = words;
  form.querySelector(".self-check__feedback")?.replaceChildren(said);
}

/** @param {HTMLFormElement} form */
function answerInPlace(form) {
  form.addEventListener("submit", (event) => {
    const chosen = String(new FormData(form).get("check") ?? "");
    const option = chosen.slice(chosen.lastIndexOf(":") + 1);
    if (!chosen) {
      event.preventDefault();
      say(form, form.dataset.choose ?? "");
      return;
    }
    const template = form.querySelector(`template[data-option="${CSS.escape(option)}"]`);
    const feedback = form.querySelector(".self-check__feedback");
    if (!(template instanceof HTMLTemplateElement) || !feedback) return;
    event.preventDefault();
    feedback.replaceChildren(template.content.cloneNode(true));
  });
}

document.querySelectorAll("form.self-check").forEach((form) => {
  answerInPlace(/** @type {HTMLFormElement} */ (form));
});

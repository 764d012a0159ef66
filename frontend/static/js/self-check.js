/** Answers a self-check in place. Without this the form asks the page, which does the same. */

/** @param {HTMLFormElement} form */
function answerInPlace(form) {
  form.addEventListener("submit", (event) => {
    const chosen = String(new FormData(form).get("check") ?? "");
    const option = chosen.slice(chosen.lastIndexOf(":") + 1);
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

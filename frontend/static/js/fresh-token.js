/**
 * After signing in again a page's token is an old one: the page as it is now has one that holds.
 *
 * @returns {Promise<string>} empty for whoever is signed out, or may not see this page any more
 */
export async function freshToken() {
  const response = await fetch(location.pathname);
  if (!response.ok || response.redirected) return "";
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const holder = page.querySelector("#main [data-csrf], #main input[name=csrfmiddlewaretoken]");
  if (holder instanceof HTMLInputElement) return holder.value;
  return holder instanceof HTMLElement ? holder.dataset.csrf ?? "" : "";
}

/** Ids of commands: ULIDs, made by the browser so that a repeated command is known as the same. */

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @returns {string} 26 characters, sortable by time */
export function ulid() {
  let time = Date.now();
  let head = "";
  for (let i = 0; i < 10; i++) {
    head = LETTERS[time % 32] + head;
    time = Math.floor(time / 32);
  }
  const random = crypto.getRandomValues(new Uint8Array(16));
  return head + Array.from(random, (byte) => LETTERS[byte % 32]).join("");
}

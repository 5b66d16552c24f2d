// Forms that are fetched, and come late.

import { isTyping } from "./keyboard.js";

const findDialog = () => document.querySelector("dialog[open]");

/** What tells requests of one kind apart: each call begins one, and answers a function that says whether its answer is still wanted:
    no other was begun since, and nobody has gone on, to write in another field or to a dialog. */
export function createTurns() {
  let last = 0;
  return () => {
    const turn = ++last;
    const dialog = findDialog();
    const { activeElement } = document;
    return () => turn === last && findDialog() === dialog && (document.activeElement === activeElement || !isTyping(document.activeElement));
  };
}

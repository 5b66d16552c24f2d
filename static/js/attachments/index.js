// Attaching files: loaded by the first file that is dragged over a page, pasted, or about to be chosen.

import "./drop.js";
import { createElement } from "../lib/dom.js";
import { attach } from "./attach.js";
import { findTarget } from "./targets.js";

export { takePasted } from "./paste.js";

/** Let somebody choose files for the place of an element. */
export function chooseFiles(element) {
  const input = createElement("input", "", { type: "file", multiple: true });
  input.addEventListener("change", () => {
    const target = findTarget(element);
    if (target) attach([...input.files].map((file) => ({ file, name: file.name })), target);
  });
  input.click();
}

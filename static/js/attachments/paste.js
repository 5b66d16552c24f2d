// Files that were pasted: they go into the text where the cursor is, else to the open card, else to the selected one.

import { isTyping } from "../lib/keyboard.js";
import { selectedCard } from "../lib/selected-card.js";
import { attach } from "./attach.js";
import { nameOfPasted } from "./names.js";
import { cardTarget, findTarget } from "./targets.js";

/** The target of what was pasted at an element; null where nothing takes files. */
function targetAt(element) {
  if (isTyping(element)) {
    const target = findTarget(element);
    return target?.field ? target : null;
  }
  const panel = document.querySelector("dialog[open] .task-panel, main > .task-panel");
  if (panel) return findTarget(panel);
  const card = selectedCard();
  return card && cardTarget(card);
}

/** Attach files that were pasted at an element, if they have somewhere to go. */
export function takePasted(files, element) {
  const target = targetAt(element);
  if (target) attach(files.map((file) => ({ file, name: nameOfPasted(file) })), target);
}

// Keys of the history: a change, a day, all the way. A list that has the focus keeps those that scroll it.

import { hasModifier, isComposing, isTyping } from "../lib/keyboard.js";

const STEPS = { ArrowLeft: "previous", ArrowRight: "next" };
const LEAPS = { PageUp: "day_before", PageDown: "day_after", Home: "first", End: "last" };

/** Call `go` with the name of a step for each key that means one. */
export function listenForSteps(go) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isComposing(event) || hasModifier(event) || event.shiftKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const step = STEPS[event.key] ?? (event.target.closest(".column__cards") ? null : LEAPS[event.key]);
    if (!step) return;
    event.preventDefault();
    go(step);
  });
}

// A file that is looked at: the arrows lead to the other files of its task.

import { behaviour } from "../lib/behaviours.js";
import { hasModifier, isTyping } from "../lib/keyboard.js";

const STEPS = { ArrowLeft: "prev", ArrowRight: "next" };

behaviour("file-preview", (preview) => {
  function onKey(event) {
    if (!preview.isConnected) {
      document.removeEventListener("keydown", onKey);
      return;
    }
    const step = STEPS[event.key] && preview.querySelector(`a[rel=${STEPS[event.key]}]`);
    if (!step || event.defaultPrevented || hasModifier(event) || isTyping(event.target)) return;
    event.preventDefault();
    step.click();
  }
  document.addEventListener("keydown", onKey);
});

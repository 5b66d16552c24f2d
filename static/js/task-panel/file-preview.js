// A file that is looked at: the arrows lead to the other files of its task, j and k to the pages of a PDF.

import { behaviour } from "../lib/behaviours.js";
import { hasModifier, isTyping, shortcutKey } from "../lib/keyboard.js";

const STEPS = { ArrowLeft: "prev", ArrowRight: "next" };

const PAGES = { j: 1, k: -1 };
const NEAR = 4; // pixels by which a page may be away from the upper edge, and be the one that is looked at

// Scrolls to the next page, or to the beginning of this one and then to the one before.
function turnPage(pages, by) {
  const stage = pages[0].closest(".preview__stage");
  const top = stage.getBoundingClientRect().top + NEAR;
  const tops = pages.map((page) => page.getBoundingClientRect().top - top);
  const page = by > 0 ? pages.find((_, at) => tops[at] > NEAR) : pages.findLast((_, at) => tops[at] < -NEAR);
  page?.scrollIntoView({ block: "start" });
}

behaviour("file-preview", (preview) => {
  function onKey(event) {
    if (!preview.isConnected) {
      document.removeEventListener("keydown", onKey);
      return;
    }
    if (event.defaultPrevented || hasModifier(event) || isTyping(event.target)) return;
    const pages = [...preview.querySelectorAll(".preview__page")];
    const turn = pages.length && PAGES[shortcutKey(event)];
    const step = STEPS[event.key] && preview.querySelector(`a[rel=${STEPS[event.key]}]`);
    if (!turn && !step) return;
    event.preventDefault();
    if (turn) turnPage(pages, turn);
    else step.click();
  }
  document.addEventListener("keydown", onKey);
});

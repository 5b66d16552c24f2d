// Selecting several cards: by Shift or Ctrl with a click, from a column's menu, or by "x". Its code is loaded by the first.

import { titleLink } from "../lib/card.js";
import { isPlainClick } from "../lib/keyboard.js";
import { lazy, orToast } from "../lib/lazy.js";

const config = document.getElementById("bulk-config");
const importBulk = lazy(() => import("../bulk/index.js"), () => config.dataset.style);
let bulk = null;

/** The module of the selection; null when it can't be loaded, or there is nothing that one may do. */
export async function loadBulk() {
  if (config) bulk ??= await orToast(importBulk());
  return bulk;
}

/** Whether a click is on the words of a title, where Ctrl opens a new tab. */
function isOnTitle({ target, clientX, clientY }) {
  const { left, right, top, bottom } = titleLink(target.closest(".card")).getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}

async function select(event, action, ...details) {
  event.preventDefault();
  event.stopPropagation();
  (await loadBulk())?.[action](...details);
}

if (config) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-select]");
    if (link && isPlainClick(event)) {
      document.getElementById("view-popover")?.hidePopover();
      const action = { tap: "startTapping", all: "selectColumn" }[link.dataset.select];
      select(event, action, link.dataset.column, link.href);
      return;
    }
    const card = event.target.closest(".board__columns .card");
    if (!card || event.altKey || event.button) return;
    if (event.shiftKey) select(event, "extendTo", card);
    else if ((event.ctrlKey || event.metaKey) && !isOnTitle(event) || bulk?.isTapping()) select(event, "toggle", card);
  }, { capture: true });
}

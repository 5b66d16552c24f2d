// The list of shortcuts names only what works on this page.

import { behaviour } from "../lib/behaviours.js";

behaviour("shortcuts-help", (dialog) => {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-open=shortcuts-help]")) return;
    for (const part of dialog.querySelectorAll("[data-needs]")) part.hidden = !document.querySelector(part.dataset.needs);
  });
});

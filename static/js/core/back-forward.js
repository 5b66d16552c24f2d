// Back and Forward: the browser shows a page as it was, or as it first came.

import { uuid } from "../lib/uuid.js";

const pagePath = location.pathname;

// As it first came, its forms carry operations that may have been sent since. A new one each, or they would do nothing.
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
  for (const operation of document.querySelectorAll("form [name=op]")) operation.value = uuid();
}

// As it was: if its owner has logged out since, it is not theirs to see.
window.addEventListener("pageshow", async (event) => {
  if (!event.persisted) return;
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer && !answer.ok) location.reload();
});

// After a reload the browser may still take a board and the task that was open over it for one page.
window.addEventListener("popstate", ({ state }) => {
  const opensTask = state?.task && document.querySelector("[data-task-panel-style]");
  if (location.pathname !== pagePath && !opensTask) location.reload();
});

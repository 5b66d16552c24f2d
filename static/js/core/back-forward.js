// Back and Forward: the browser shows a page as it was, or as it first came, without asking the server.

import { uuid } from "../lib/uuid.js";

const NOT_YOURS = [0, 401, 403, 404]; // 0: led to the log-in
const pagePath = location.pathname;
const setVisible = (visible) => { document.body.style.visibility = visible ? "" : "hidden"; };

// If its owner's session has ended since, or they may not see it any more, it is not theirs to see. Without a network nobody can tell.
async function showToOwner() {
  setVisible(false);
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" }).catch(() => null);
  if (NOT_YOURS.includes(answer?.status)) location.reload();
  else setVisible(true);
}

// As it first came, its forms carry operations that may have been sent since. A new one each, or they would do nothing.
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
  showToOwner();
  for (const operation of document.querySelectorAll("form [name=op]")) operation.value = uuid();
}

// As it was: hidden on leaving, so that its first picture shows nothing.
window.addEventListener("pagehide", () => setVisible(false));
window.addEventListener("pageshow", (event) => event.persisted && showToOwner());

// After a reload the browser may still take a board and the task that was open over it for one page.
window.addEventListener("popstate", ({ state }) => {
  const opensTask = state?.task && document.querySelector("[data-task-panel-style]");
  if (location.pathname !== pagePath && !opensTask) location.reload();
});

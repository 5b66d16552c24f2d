// Columns are dragged by their heads, by mouse. The code for that is loaded when a head is first pointed at.

import { lazy } from "../lib/lazy.js";

const board = document.querySelector(".can-settings .board__columns");
const loadColumnDrag = lazy(() => import("../columns/index.js"), () => board.dataset.columnsStyle);

board?.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType === "mouse" && target.closest(".column__head")) loadColumnDrag().catch(() => {});
});

// Folding a column into a strip, and opening it; the server keeps it for the next time.

import { behaviour } from "../lib/behaviours.js";
import { postInBackground } from "../lib/http.js";

function fold(board, button) {
  const folded = button.value === "1";
  const column = button.closest("[data-column-id]");
  // In lanes a column is its head and a cell of each lane.
  for (const part of board.querySelectorAll(`[data-column-id="${column.dataset.columnId}"]`)) part.classList.toggle("is-folded", folded);
  column.querySelector(folded ? ".column__tool--open" : ".column__tool--fold").focus();
  const fields = { folded: button.value, in_lanes: board.dataset.lanes ? 1 : 0 };
  postInBackground(button.formAction, fields).catch(() => {}); // it is folded here all the same
}

behaviour("fold-columns", (board) => {
  board.addEventListener("click", (event) => {
    const button = event.target.closest("[form=fold-form]");
    if (!button) return;
    event.preventDefault();
    fold(board, button);
  });
});

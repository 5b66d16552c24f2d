// Folding a column into a strip, and opening it; the server keeps it for the next time.

import { behaviour } from "../lib/behaviours.js";
import { postInBackground } from "../lib/http.js";

function fold(column, button) {
  const folded = button.value === "1";
  column.classList.toggle("is-folded", folded);
  column.querySelector(folded ? ".column__tool--open" : ".column__tool--fold").focus();
  postInBackground(button.formAction, { folded: button.value }).catch(() => {}); // it is folded here all the same
}

behaviour("fold-columns", (board) => {
  board.addEventListener("click", (event) => {
    const button = event.target.closest("[form=fold-form]");
    if (!button) return;
    event.preventDefault();
    fold(button.closest(".column"), button);
  });
});

// The cells of a table: a click or Enter opens the field's own form beside the cell, arrows walk, the box in front selects a row.

import { loadBulk } from "../board/bulk-loader.js";
import { runCardAction } from "../board/card-actions-loader.js";
import { behaviour } from "../lib/behaviours.js";
import { isPlainClick, isShortcut } from "../lib/keyboard.js";

const FOCUSABLE = ".card__title, .table__value[href]";
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const LINES = { ArrowUp: -1, ArrowDown: 1 };

/** The control of the next or previous cell of a row. */
function beside(control, step) {
  const controls = [...control.closest(".card").querySelectorAll(FOCUSABLE)];
  return controls[controls.indexOf(control) + step];
}

/** The control of the same column, a row further up or down; null where the walk of rows goes on (keys/roving-focus.js). */
function along(control, step) {
  const cell = control.closest("[data-field]").dataset.field;
  const rows = [...document.querySelectorAll(".board__columns .card")];
  const next = rows[rows.indexOf(control.closest(".card")) + step];
  return next?.querySelector(`[data-field="${cell}"] :is(${FOCUSABLE})`) ?? null;
}

behaviour("table-cells", (table) => {
  table.addEventListener("click", async (event) => {
    const row = event.target.closest(".card");
    if (!row || !isPlainClick(event) || event.defaultPrevented) return;
    if (event.target.closest("[data-select-row]")) {
      (await loadBulk())?.toggle(row);
      return;
    }
    if (event.target.closest("[data-done]")) {
      runCardAction("done", row);
      return;
    }
    const value = event.target.closest(".table__cell")?.querySelector(".table__value[href]");
    if (!value || event.target.closest(".card__title, .card__move")) return;
    event.preventDefault();
    const { field, label } = value.closest("[data-field]").dataset;
    runCardAction("field", row, field, label);
  });

  table.addEventListener("keydown", (event) => {
    const control = event.target.closest(`.card :is(${FOCUSABLE})`);
    if (!control || event.shiftKey || !isShortcut(event)) return;
    const isCell = !control.matches(".card__title");
    const next = event.key in STEPS ? beside(control, STEPS[event.key]) : isCell && event.key in LINES && along(control, LINES[event.key]);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
});

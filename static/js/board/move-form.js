// The move form over a board: what it says is done to the card that is there, as a drag would do it.

import { moveCard } from "./moves.js";
import { findColumn } from "./placement.js";

/** The place in a column that shows best what "top" or "bottom" of all its cards will be. */
function placeIn(columnId, place, card) {
  const column = findColumn(columnId, card.closest(".column").dataset.lane);
  const others = [...column.querySelectorAll(".card")].filter((other) => other !== card);
  const first = place === "top" ? others[0] : null;
  return { columnId, beforeId: first?.dataset.taskId ?? "", afterId: first ? "" : others.at(-1)?.dataset.taskId ?? "" };
}

// While capturing, so that it comes before what sends forms.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "move-form") return;
  const { column_id: columnId, place } = Object.fromEntries(new FormData(form));
  const card = document.getElementById(form.dataset.card);
  if (!card?.closest(".board__columns") || !findColumn(columnId, card.closest(".column").dataset.lane)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  form.closest("dialog").close(); // the focus is the card's again, and goes with it
  moveCard(card, placeIn(columnId, place, card), { place });
}, { capture: true });

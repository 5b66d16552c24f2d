// Moving the selected card without a mouse. "," and "." send it to the top of the column on its left or right, and the next
// card is selected; Shift with an arrow carries it one step, and it stays selected.

import { moveCard } from "../board/moves.js";
import { findColumn, placeOf } from "../board/placement.js";
import { behaviour } from "../lib/behaviours.js";
import { isShortcut, shortcutKey } from "../lib/keyboard.js";
import { selectCard, selectedCard } from "../lib/selected-card.js";
import { cardAfter, cardAlong } from "./card-navigation.js";

const [LEFT, RIGHT] = ["previousElementSibling", "nextElementSibling"];
const sides = { ",": LEFT, ".": RIGHT, ArrowLeft: LEFT, ArrowRight: RIGHT };

function columnBeside(card, key) {
  const column = card.closest(".column")[sides[key]];
  return column?.matches(".column") ? column : null;
}

/** Above the first card whose middle is lower than this one's, as a drag straight to the side would drop it. */
function placeAtHeight(column, card) {
  const height = card.getBoundingClientRect().top;
  const cards = [...column.querySelectorAll(".card")];
  const lower = cards.findIndex((other) => {
    const rect = other.getBoundingClientRect();
    return rect.top + rect.height / 2 >= height;
  });
  const at = lower < 0 ? cards.length : lower;
  return { columnId: column.dataset.columnId, beforeId: cards[at]?.dataset.taskId ?? "", afterId: cards[at - 1]?.dataset.taskId ?? "" };
}

function placeAlong(card, step) {
  const other = cardAlong(card, step);
  if (!other || other.parentElement !== card.parentElement) return null;
  const { columnId, beforeId, afterId } = placeOf(other);
  const id = other.dataset.taskId;
  return step < 0 ? { columnId, beforeId: id, afterId } : { columnId, beforeId, afterId: id };
}

function carry(card, key) {
  if (key === "ArrowUp" || key === "ArrowDown") return placeAlong(card, key === "ArrowUp" ? -1 : 1);
  const column = columnBeside(card, key);
  return column && placeAtHeight(column, card);
}

/** Send a card to the top of a column; the next card is selected if this one was. */
export function sendToTop(card, columnId) {
  const next = card.contains(document.activeElement) && cardAfter(card);
  const first = findColumn(columnId, card.closest(".column").dataset.lane).querySelector(".card");
  moveCard(card, { columnId, beforeId: first?.dataset.taskId ?? "", afterId: "" });
  if (next) selectCard(next);
}

behaviour("move-keys", () => {
  document.addEventListener("keydown", (event) => {
    const carried = event.shiftKey && event.key.startsWith("Arrow");
    const key = shortcutKey(event);
    if (!carried && key !== "," && key !== "." || !isShortcut(event)) return;
    const card = selectedCard();
    if (!card) return;
    event.preventDefault();
    if (carried) {
      const place = carry(card, key);
      if (place) moveCard(card, place);
      return;
    }
    const column = columnBeside(card, key);
    if (column) sendToTop(card, column.dataset.columnId);
  });
});

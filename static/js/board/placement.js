// Where a card is on the board, and putting it elsewhere.

import { findCard } from "../lib/card.js";

/** The cell of a column in a lane. */
export const findCell = (columnId, lane) =>
  [...document.querySelectorAll(`.column--cell[data-column-id="${CSS.escape(columnId)}"]`)].find(({ dataset }) => dataset.lane.toLowerCase() === lane?.toLowerCase());

/** The column, or its cell in a lane. */
export const findColumn = (columnId, lane) =>
  (lane === undefined ? document.getElementById(`column-${columnId}`) : findCell(columnId, lane));

function neighbour(card, side) {
  let element = card[side];
  while (element && !element.matches(".card")) element = element[side];
  return element?.dataset.taskId ?? "";
}

/** Where a card is: its column (and lane, where there are lanes), and the ids of the cards below and above it ("" = none). */
export const placeOf = (card) => ({
  columnId: card.closest(".column").dataset.columnId,
  lane: card.closest(".column").dataset.lane,
  beforeId: neighbour(card, "nextElementSibling"),
  afterId: neighbour(card, "previousElementSibling"),
});

/** Put a card above `beforeId`, else below `afterId`, else at the end of what the column shows; in its own lane unless another is named. */
export function putCard(card, { columnId, beforeId, afterId, lane = card.closest(".column")?.dataset.lane }) {
  const column = findColumn(columnId, lane);
  const list = column.querySelector(".column__cards");
  const find = (taskId) => (taskId && list.contains(findCard(taskId)) ? findCard(taskId) : null);
  const lower = find(beforeId) ?? (find(afterId) ? null : list.querySelector(".column__more, .column__hidden"));
  if (lower) lower.before(card);
  else if (find(afterId)) find(afterId).after(card);
  else list.append(card);
  card.dataset.status = column.dataset.status;
}

// Cards of a board: their elements, and what they show.

/** The element of a task's card; null where the page has none. */
export const findCard = (taskId) => document.getElementById(`card-${taskId}`);

/** The link of a card that opens its task; it has the focus of a selected card. */
export const titleLink = (card) => card.querySelector(".card__title");

/** The task's key, as "WEB-12". */
export const cardKey = (card) => card.querySelector(".card__meta .nowrap").textContent;

/** Whether a card is the row of a table, which is drawn by other parts. */
export const isRow = (card) => card.matches(".table__row");

/** What gives a card that is drawn anew the focus that the old one has now: in the same cell of a row, else on its title. Null where the old
    one has none. */
export function focusOf(old) {
  if (!old?.contains(document.activeElement)) return null;
  const field = document.activeElement.closest("[data-field]")?.dataset.field;
  return (fresh) => ((field && fresh.querySelector(`[data-field="${field}"] a`)) ?? titleLink(fresh)).focus({ preventScroll: true });
}

/** Focus a card, if there is one, without scrolling to it. */
export const focusCard = (card) => card && titleLink(card)?.focus({ preventScroll: true });

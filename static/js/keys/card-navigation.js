// Which card is next to another, as the board shows them.

import htmx from "../../vendor/htmx.js";

const SAME = 4; // pixels within which two lists stand one above the other

export const listOf = (card) => card.closest(".column__cards");
const visible = (root, selector) => [...root.querySelectorAll(selector)].filter((element) => element.checkVisibility());
export const cardsOf = (list) => visible(list, ".card");
const allLists = () => visible(document, ".board__columns .column__cards");
const middle = (element) => {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
};
let waitingCard = null; // the card below which the next page was asked for

/** The card below which the next page was asked for, once; null for none. */
export function takeWaitingCard() {
  const card = waitingCard;
  waitingCard = null;
  return card;
}

/** The card to select when this one goes away: the one below it, else above; null for the only one. */
export function cardAfter(card) {
  const cards = cardsOf(listOf(card));
  const at = cards.indexOf(card);
  return cards[at + 1] ?? cards[at - 1] ?? null;
}

/** The card of other lists that is nearest to the height of this one, on its left (-1) or right (1). */
export function cardInNextList(card, step) {
  const { left } = listOf(card).getBoundingClientRect();
  const lists = allLists()
    .map((list) => ({ away: (list.getBoundingClientRect().left - left) * step, cards: cardsOf(list) }))
    .filter(({ away, cards }) => away > SAME && cards.length);
  const next = Math.min(...lists.map(({ away }) => away));
  const height = middle(card);
  const cards = lists.filter(({ away }) => away - next < SAME).flatMap((list) => list.cards);
  return cards.sort((one, other) => Math.abs(middle(one) - height) - Math.abs(middle(other) - height))[0] ?? null;
}

/** The lists above (-1) or below (1) this one that hold cards, in the order of the page. */
function listsAlong(list, step) {
  const { left, top } = list.getBoundingClientRect();
  return allLists().filter((other) => {
    const place = other.getBoundingClientRect();
    return Math.abs(place.left - left) < SAME && (place.top - top) * step > 0 && cardsOf(other).length;
  });
}

/** The card above (-1) or below (1), in the list or in the one above or below it; null where there is none (yet). */
export function cardAlong(card, step) {
  const list = listOf(card);
  const cards = cardsOf(list);
  const next = cards[cards.indexOf(card) + step];
  const more = step > 0 && list.querySelector(".column__more");
  if (next) return next;
  if (more) {
    waitingCard = card;
    htmx.trigger(more, "intersect");
    return null;
  }
  const lists = listsAlong(list, step);
  if (!lists.length) return null;
  return step > 0 ? cardsOf(lists[0])[0] : cardsOf(lists.at(-1)).at(-1);
}

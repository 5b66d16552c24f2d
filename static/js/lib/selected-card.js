// The selected card of a board is the one that has the focus. Which one had it last is remembered.

import { findCard, focusCard } from "./card.js";

/** The card that was selected last: its task's id, its list's id, and its place in the list. */
export const lastSelected = { id: "", list: "", index: 0 };

/** The selected card, or null. */
export const selectedCard = () => document.activeElement?.closest(".board__columns .card") ?? null;

/** The card that a command which names its card is about: the selected one, or the last one after the focus has gone elsewhere. */
export const contextCard = () => selectedCard() ?? findCard(lastSelected.id);

/** Select a card, and scroll to it. */
export function selectCard(card) {
  focusCard(card);
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

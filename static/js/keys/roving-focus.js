// One selected card: real focus on its title. Arrows walk, Tab passes all other cards by, and the place is remembered.
// Nothing is written into the cards, so that a card that is rendered again is the same card.

import { behaviour } from "../lib/behaviours.js";
import { findCard, titleLink } from "../lib/card.js";
import { hasModifier, isShortcut } from "../lib/keyboard.js";
import { lastSelected, selectCard } from "../lib/selected-card.js";
import { cardAlong, cardInNextList, cardsOf, listOf, takeWaitingCard } from "./card-navigation.js";

const STOPS = [
  "a[href]", "button:not([disabled])", "input:not([type=hidden], [disabled])", "select:not([disabled])", "textarea:not([disabled])",
  "summary", "[tabindex='0']",
].join();

const steps = {
  ArrowUp: (card) => cardAlong(card, -1),
  ArrowDown: (card) => cardAlong(card, 1),
  ArrowLeft: (card) => cardInNextList(card, -1),
  ArrowRight: (card) => cardInNextList(card, 1),
  Home: (card) => cardsOf(listOf(card))[0],
  End: (card) => cardsOf(listOf(card)).at(-1),
};

/** Where walking begins: at the remembered card, at what took its place, or at the first card. */
function firstStop() {
  const list = document.getElementById(lastSelected.list);
  const cards = list ? cardsOf(list) : [];
  const successor = cards[Math.min(lastSelected.index, cards.length - 1)];
  return findCard(lastSelected.id) ?? successor ?? document.querySelector(".board__columns .card");
}

function onArrow(event) {
  const step = steps[event.key];
  if (!step || event.shiftKey || !isShortcut(event)) return;
  const target = event.target;
  const isOutside = target === document.body || target.matches(".board, .column__cards");
  if (!isOutside && !target.closest(".board__columns .card")) return;
  event.preventDefault(); // also at the end of the way: the page must not scroll instead
  const card = target.closest(".card");
  const firstOfList = target.matches(".column__cards") && target.querySelector(".card");
  const next = card ? step(card) : firstOfList || firstStop();
  if (next) selectCard(next);
}

/** All cards together are one stop of the Tab key: the selected one. */
function onTab(event) {
  if (event.key !== "Tab" || event.defaultPrevented || hasModifier(event) || document.querySelector("dialog[open]")) return;
  const selected = firstStop();
  const isPassed = (element) => {
    const card = element.closest(".board__columns .card");
    return card ? card !== selected : element.matches(".column__cards:has(.card)");
  };
  const all = [...document.querySelectorAll(STOPS)];
  if (event.shiftKey) all.reverse();
  const from = all.indexOf(document.activeElement);
  if (from < 0) return;
  const rest = all.slice(from + 1);
  const next = rest.find((element) => element.checkVisibility());
  if (!next || !isPassed(next)) return;
  const stop = rest.find((element) => !isPassed(element) && element.checkVisibility());
  if (stop) event.preventDefault();
  // Without a further stop the browser itself goes on from behind the last card.
  (stop ?? rest.findLast((element) => element.checkVisibility())).focus();
}

behaviour("roving-focus", (board) => {
  board.addEventListener("focusin", ({ target }) => {
    const card = target.closest(".card");
    if (!card) return;
    const list = listOf(card);
    Object.assign(lastSelected, { id: card.dataset.taskId, list: list.id, index: cardsOf(list).indexOf(card) });
  });
  board.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && event.target.matches(".card__title")) event.target.blur();
  });
  document.addEventListener("keydown", onArrow);
  document.addEventListener("keydown", onTab);
  document.addEventListener("htmx:load", () => {
    const card = takeWaitingCard();
    if (!card || document.activeElement !== titleLink(card)) return;
    const next = card.nextElementSibling;
    if (next?.matches(".card")) selectCard(next);
  });
});

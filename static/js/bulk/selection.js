// Which cards are selected: kept by their ids, so that cards that are rendered again, or not at all, stay selected.

import { view } from "../board/view-state.js";
import { findCard } from "../lib/card.js";
import { announce } from "../lib/dom.js";
import { fetchJson } from "../lib/http.js";
import { toast } from "../lib/toast.js";
import { showBar } from "./action-bar.js";

const MAX_SELECTED = 200;
const FULL = `At most ${MAX_SELECTED} cards can be selected at once.`;
const selected = new Set(); // ids in no order; the server knows that of the board
let anchor = null; // the id from which Shift with a click reaches
let tapping = false; // whether a click alone selects
let frame = 0;
let clearings = 0; // how often the selection was given up

const allCards = () => [...document.querySelectorAll(".board__columns .card")];
const cardsInList = (card) => [...card.closest(".column__cards").querySelectorAll(".card")].filter((other) => other.checkVisibility());
const countText = (number) => (number === 1 ? "1 card selected" : `${number} cards selected`);

function markCards() {
  frame = 0;
  for (const card of allCards()) card.classList.toggle("is-selected", selected.has(card.dataset.taskId));
}
// Whatever renders cards again, live updates or another view, knows nothing of the selection.
const observer = new MutationObserver(() => { frame ||= requestAnimationFrame(markCards); });

function onChange(text = "") {
  markCards();
  const isOn = selected.size > 0 || tapping;
  document.documentElement.classList.toggle("is-selecting", isOn);
  if (isOn) observer.observe(document.querySelector(".board"), { childList: true, subtree: true });
  else observer.disconnect();
  if (!isOn) anchor = null;
  announce(text || (selected.size ? `${countText(selected.size)}.` : "No card selected."));
  showBar(isOn, selected.size);
}

/** Add cards to the selection, up to its limit. */
function add(ids) {
  const fresh = ids.filter((id) => !selected.has(id));
  const room = MAX_SELECTED - selected.size;
  for (const id of fresh.slice(0, room)) selected.add(id);
  if (fresh.length > room) toast(FULL);
  onChange();
}

export const selectedIds = () => [...selected];

/** The ids as the board shows them, then those that it does not show now. */
export function selectedInOrder() {
  const shown = allCards().map(({ dataset }) => dataset.taskId).filter((id) => selected.has(id));
  return [...new Set([...shown, ...selected])];
}

/** Whether a click alone selects a card. */
export const isTapping = () => tapping;

/** Select a card, or let it go. */
export function toggle(card) {
  const id = card.dataset.taskId;
  anchor = id;
  if (!selected.delete(id)) add([id]);
  else onChange();
}

/** Select all cards from the last one to this one, in the same list; elsewhere this one. */
export function extendTo(card) {
  const cards = cardsInList(card);
  const from = cards.indexOf(findCard(anchor));
  const to = cards.indexOf(card);
  const range = from < 0 ? [card] : cards.slice(Math.min(from, to), Math.max(from, to) + 1);
  if (from < 0) anchor = card.dataset.taskId;
  add(range.map(({ dataset }) => dataset.taskId));
}

/** Let cards be selected by a click alone, for fingers. */
export function startTapping() {
  tapping = true;
  onChange("Choose cards.");
}

/** Select all cards of a column that fit the filter, also those that have not been scrolled to. */
export async function selectColumn(columnId, address) {
  const url = new URL(address, location.href);
  for (const [name, value] of new URLSearchParams(location.search)) url.searchParams.append(name, value);
  url.searchParams.set("column", columnId);
  const before = clearings;
  const { requested } = view;
  try {
    const { task_ids: ids, more } = await fetchJson(url);
    if (clearings !== before || view.requested !== requested) return; // not wanted any more
    if (more) toast(FULL);
    add(ids);
  } catch {
    toast("The cards can't be had right now.", "danger");
  }
}

/** Deselect these cards, or all. */
export function clearSelection(ids = null) {
  if (ids) ids.forEach((id) => selected.delete(id));
  else {
    clearings += 1;
    selected.clear();
    tapping = false;
  }
  onChange();
}

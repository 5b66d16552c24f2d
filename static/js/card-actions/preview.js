// A preview of the selected card, to read only. The focus stays on the card, so that the arrows walk on and the preview follows.

import { cardKey, findCard } from "../lib/card.js";
import { announce } from "../lib/dom.js";
import { fetchHtml } from "../lib/http.js";
import { createPopover } from "../lib/popover.js";
import { refreshTimes } from "../lib/times.js";
import { toast } from "../lib/toast.js";
import { placeAtCard } from "./placement.js";

const MAX_CACHED = 30; // previews, each of a card's version
const cache = new Map(); // by task and version: a promise of HTML
let popover = null;
let shownId = ""; // of the task that is shown

const isOpen = () => popover?.matches(":popover-open") ?? false;

/** The preview's HTML as a promise; fetched once for each version of a card. */
function load(card) {
  const key = `${card.dataset.taskId}@${card.dataset.version}`;
  if (!cache.has(key)) {
    const html = fetchHtml(`${card.querySelector(".card__title").href}/peek`);
    html.catch(() => cache.delete(key));
    cache.set(key, html);
    if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value);
  }
  return cache.get(key);
}

function prefetchNeighbours(card) {
  for (const near of [card.nextElementSibling, card.previousElementSibling]) {
    if (near?.matches(".card")) load(near).catch(() => {});
  }
}

function close() {
  shownId = ""; // also of one that is on its way
  if (!isOpen()) return;
  popover.hidePopover();
  document.querySelector(".card.is-popover-anchor")?.classList.remove("is-popover-anchor");
}

function open(card) {
  popover.ariaLabel = `Preview of ${cardKey(card)}`;
  if (!isOpen()) popover.showPopover();
  placeAtCard(popover, card, "side");
}

async function show(card) {
  const { taskId } = card.dataset;
  shownId = taskId;
  try {
    const html = await load(card);
    if (shownId !== taskId) return; // another card was selected meanwhile
    popover.innerHTML = html;
  } catch {
    if (shownId !== taskId) return;
    close();
    toast("The preview can't be had right now.", "danger");
    return;
  }
  refreshTimes(popover);
  popover.scrollTop = 0;
  const shown = findCard(taskId); // it may have been drawn again, or be gone
  if (!shown) {
    close();
    return;
  }
  open(shown);
  prefetchNeighbours(shown);
}

function createPreview() {
  popover = createPopover("card-preview", "manual");
  popover.role = "region";
  document.addEventListener("focusin", ({ target }) => {
    const card = target.closest(".board__columns .card");
    if (!shownId || popover.contains(target)) return;
    if (!card) close();
    else if (card.dataset.taskId !== shownId) show(card);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shownId || document.querySelector("dialog[open]")) return;
    event.preventDefault(); // the selection stays
    event.stopPropagation();
    close();
  }, { capture: true });
  document.addEventListener("pointerdown", ({ target }) => popover.contains(target) || close());
  addEventListener("resize", close);
}

/** Open or close the preview of a card. */
export function togglePreview(card) {
  if (!popover) createPreview();
  if (shownId === card.dataset.taskId) {
    close();
    return;
  }
  announce(`Preview of ${cardKey(card)}. Space closes it.`);
  show(card);
}

// A snapshot of the board at one moment: the answer of the server is put in place of the one before, so that scroll and focus stay.

import { findCard } from "../lib/card.js";
import { parseHtml } from "../lib/dom.js";
import { refreshTimes } from "../lib/times.js";
import { showInstants } from "./instants.js";

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const STEP_ATTRIBUTES = ["href", "aria-disabled"];

function copyAttributes(from, to, names) {
  for (const name of names) {
    if (from.hasAttribute(name)) to.setAttribute(name, from.getAttribute(name));
    else to.removeAttribute(name);
  }
}

/** Take the head and the cards of a column as it was; the element that scrolls stays. */
function updateColumn(here, fresh) {
  copyAttributes(fresh, here, ["data-hue"]);
  here.querySelector(".column__head").replaceWith(fresh.querySelector(".column__head"));
  const cards = here.querySelector(".column__cards");
  const wanted = fresh.querySelector(".column__cards");
  copyAttributes(wanted, cards, ["aria-label"]);
  const focused = document.activeElement?.closest?.(".card")?.id;
  cards.replaceChildren(...wanted.childNodes);
  if (focused) document.getElementById(focused)?.querySelector(".card__title")?.focus({ preventScroll: true });
}

function updateColumns(here, fresh) {
  const columns = [...fresh.children].map((column) => {
    const old = column.id && here.querySelector(`:scope > #${CSS.escape(column.id)}`);
    if (!old) return column;
    updateColumn(old, column);
    return old;
  });
  const isSame = columns.length === here.children.length && columns.every((column, place) => here.children[place] === column);
  if (!isSame) here.replaceChildren(...columns); // moving an element would reset its scroll
}

function replacePart(here, fresh, selector) {
  const old = here.querySelector(selector);
  const part = fresh.querySelector(selector);
  if (old && part) old.replaceWith(part);
  else if (old) old.remove();
  else if (part) here.querySelector(".board-history__banner").after(part);
}

function put(here, fresh) {
  copyAttributes(fresh, here, ["data-seq", "data-last-seq", "data-position", "data-changed"]);
  updateColumns(here.querySelector(".board__columns"), fresh.querySelector(".board__columns"));
  for (const selector of [".board-history__banner", ".board-history__note", ".board-history__count"]) replacePart(here, fresh, selector);
  for (const link of here.querySelectorAll("[data-history-step]")) {
    copyAttributes(fresh.querySelector(`[data-history-step="${link.dataset.historyStep}"]`), link, STEP_ATTRIBUTES);
  }
  // The region itself stays: what is put into it is read out.
  here.querySelector(".board-history__announcement").replaceChildren(...fresh.querySelector(".board-history__announcement").childNodes);
  refreshTimes(here);
  showInstants(here);
  const changed = here.querySelector(".board-history__changed");
  changed?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Put a snapshot, a fragment of HTML, into the page; with `isAnimated`, the card that changed moves to its new place. */
export async function showSnapshot(html, { isAnimated }) {
  const here = document.getElementById("board-snapshot");
  const fresh = parseHtml(html).querySelector("#board-snapshot");
  if (!fresh) return;
  // One step ahead the new snapshot's change is what moves; one step back it is the old one's.
  const back = Number(fresh.dataset.seq) < Number(here.dataset.seq);
  const id = back ? here.dataset.changed : fresh.dataset.changed;
  if (!isAnimated || reducedMotion.matches || !id || !document.startViewTransition) {
    put(here, fresh);
    return;
  }
  const name = (value) => {
    const card = findCard(id);
    if (card) card.style.viewTransitionName = value;
  };
  name("changed");
  const transition = document.startViewTransition(() => {
    put(here, fresh);
    name("changed");
  });
  // A transition that a faster one cut short is no failure.
  transition.ready.catch(() => {});
  transition.finished.finally(() => name("")).catch(() => {});
  await transition.updateCallbackDone;
}

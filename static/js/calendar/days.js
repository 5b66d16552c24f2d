// Another day for a card of a calendar: dragged there, or carried by Shift with an arrow. Either fills in and sends the form of its due date.

import { changeField } from "../card-actions/field-changes.js";
import { behaviour } from "../lib/behaviours.js";
import { findCard } from "../lib/card.js";
import { isShortcut } from "../lib/keyboard.js";
import { selectedCard } from "../lib/selected-card.js";

const NONE = "none"; // the id of the column of cards without a date
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const NAMES = { day: "numeric", month: "long" };

const nameOf = (day) => new Date(`${day}T12:00:00`).toLocaleDateString("en-GB", NAMES);

/** A day so many days further, both as "2026-12-24". */
function dayAfter(day, days) {
  const moved = new Date(`${day}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** Give a card another day, or none; a time of the day stays. */
function setDay(card, day) {
  const { time } = card.dataset;
  const isNone = day === NONE;
  if (day === (card.dataset.day || NONE)) return;
  const value = isNone ? "" : [day, time].filter(Boolean).join(" ");
  changeField(card, "due", value, {
    words: isNone ? "no due date" : `due on ${nameOf(day)}`,
    paint(shown) {
      const list = document.getElementById(`cards-${day}`);
      const isFocused = shown.contains(document.activeElement);
      shown.dataset.day = isNone ? "" : day;
      list?.insertBefore(shown, list.querySelector(".calendar__more"));
      if (isFocused) shown.querySelector(".card__title").focus();
    },
  });
}

behaviour("calendar-days", (calendar) => {
  let dragged = null;
  let target = null;

  function aim(column) {
    if (column === target) return;
    target?.classList.remove("is-target");
    target = column;
    target?.classList.add("is-target");
  }

  calendar.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.(".card");
    if (!card) return;
    dragged = card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.querySelector(".card__title").href);
    card.classList.add("is-dragging");
  });
  calendar.addEventListener("dragover", (event) => {
    const column = dragged && event.target.closest(".column");
    if (!column) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    aim(column);
  });
  calendar.addEventListener("drop", (event) => {
    if (!dragged || !target) return;
    event.preventDefault();
    dragged.classList.remove("is-dragging");
    const card = findCard(dragged.dataset.taskId); // another view may have drawn it anew, or taken it away
    if (card) setDay(card, target.dataset.columnId);
  });
  calendar.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragging");
    dragged = null;
    aim(null);
  });

  // Ahead of keys-loader.js, which would replay the key when the other keys are there.
  document.addEventListener("keydown", (event) => {
    const days = event.shiftKey && STEPS[event.key];
    if (!days || !isShortcut(event)) return;
    const card = selectedCard();
    if (!card?.dataset.day) return;
    event.preventDefault();
    setDay(card, dayAfter(card.dataset.day, days));
  }, { capture: true });
});

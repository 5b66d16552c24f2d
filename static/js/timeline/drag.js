// A bar is dragged to other days, or at one of its ends; a click on it opens the card. Fingers scroll: on a phone dates are changed in the card.

import { behaviour } from "../lib/behaviours.js";
import { findCard, titleLink } from "../lib/card.js";
import { isPlainClick } from "../lib/keyboard.js";
import { datesOf, dayAfter, placeBar, setDates } from "./dates.js";

const SLOP = 3; // pixels up to which a press is a click
const later = (one, other) => (one > other ? one : other);
const earlier = (one, other) => (one < other ? one : other);

/** The dates of a drag by so many days; an end stops at the other one. */
const dragged = {
  both: ({ start, due }, days) => ({ start: start && dayAfter(start, days), due: due && dayAfter(due, days) }),
  start({ start, due }, days) {
    const day = dayAfter(start || due, days);
    return { start: due ? earlier(day, due) : day, due };
  },
  due({ start, due }, days) {
    const day = dayAfter(due || start, days);
    return { start, due: start ? later(day, start) : day };
  },
};

function partOf(handle) {
  if (!handle.matches(".bars__handle")) return "both";
  return handle.matches(".bars__handle--start") ? "start" : "due";
}

behaviour("timeline-bars", (timeline) => {
  const mayDate = timeline.matches("[data-module~=timeline-keys]");
  let drag = null; // its row is found anew each time: the answer to an earlier change may replace it meanwhile

  function end() {
    const ended = drag && { ...drag, row: findCard(drag.taskId) };
    drag = null;
    ended?.row?.classList.remove("is-dragging");
    return ended?.row && ended;
  }

  timeline.addEventListener("pointerdown", (event) => {
    const bar = event.target.closest(".bars__bar");
    if (!bar || !isPlainClick(event) || event.pointerType === "touch") return;
    event.preventDefault(); // no text is selected
    const row = bar.closest(".card");
    const width = bar.closest(".bars__lane").getBoundingClientRect().width / timeline.dataset.days;
    drag = { taskId: row.dataset.taskId, from: event.clientX, width, part: partOf(event.target), dates: datesOf(row), isMoved: false, to: null };
    timeline.setPointerCapture(event.pointerId);
  });
  timeline.addEventListener("pointermove", (event) => {
    if (!drag || !mayDate) return;
    const way = event.clientX - drag.from;
    if (!drag.isMoved && Math.abs(way) <= SLOP) return;
    drag.isMoved = true;
    drag.to = dragged[drag.part](drag.dates, Math.round(way / drag.width));
    const row = findCard(drag.taskId);
    row?.classList.add("is-dragging"); // live changes wait for it
    if (row) placeBar(row, drag.to);
  });
  timeline.addEventListener("pointerup", () => {
    const ended = end();
    if (!ended) return;
    if (!ended.isMoved) titleLink(ended.row).click();
    else setDates(ended.row, ended.to);
  });
  const giveUp = () => {
    const ended = end();
    if (ended?.isMoved) placeBar(ended.row, ended.dates);
  };
  timeline.addEventListener("pointercancel", giveUp);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag?.isMoved) return;
    event.preventDefault();
    giveUp();
  }, { capture: true });
});

// Keys of a selected row: Shift with an arrow moves its bar by a day or a week; with Alt its end, with Ctrl or Cmd its start.

import { behaviour } from "../lib/behaviours.js";
import { isFree } from "../lib/keyboard.js";
import { selectedCard } from "../lib/selected-card.js";
import { datesOf, dayAfter, setDates } from "./dates.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const moved = (day, days) => day && dayAfter(day, days);

function datesAfter({ start, due }, days, event) {
  if (event.altKey) return { start, due: dayAfter(due || start, days) };
  if (event.ctrlKey || event.metaKey) return { start: dayAfter(start || due, days), due };
  return { start: moved(start, days), due: moved(due, days) };
}

behaviour("timeline-keys", () => {
  // Ahead of keys-loader.js, which would replay the key when the other keys are there.
  document.addEventListener("keydown", (event) => {
    const days = event.shiftKey && STEPS[event.key];
    const row = days && isFree(event) && selectedCard();
    if (!row) return;
    event.preventDefault();
    const dates = datesOf(row);
    if (dates.start || dates.due) setDates(row, datesAfter(dates, days, event));
  }, { capture: true });

  // Another start is another place among the rows: the selected one stays in sight.
  document.addEventListener("forge:board-updated", () => selectedCard()?.scrollIntoView({ block: "nearest" }));
});

// The dates of a row of a timeline: its bar as it is placed by the server (web/boards/timeline_presenter.py), and sending other dates.

import { changeField } from "../card-actions/field-changes.js";

const OUTSIDE = 3; // percent by which a bar that goes on is drawn over the end

const at = (day) => Date.parse(`${day}T00:00:00Z`) / 86_400_000;
function nameOf(day, month) {
  const year = day.slice(0, 4) === String(new Date().getFullYear()) ? undefined : "numeric";
  return new Date(`${day}T12:00:00`).toLocaleDateString("en-GB", { day: "numeric", month, year });
}

/** A day so many days further, both as "2026-12-24". */
export const dayAfter = (day, days) => new Date((at(day) + days) * 86_400_000).toISOString().slice(0, 10);

/** The dates of a row as days, {start, due}; what it has not is empty. */
export const datesOf = ({ dataset }) => ({ start: dataset.start, due: dataset.due });

/** What dates are in words. */
function inWords({ start, due }, month, onlyDue, onlyStart) {
  if (start && start === due) return nameOf(start, month);
  if (start && due) return `${nameOf(start, month)} to ${nameOf(due, month)}`;
  return due ? `${onlyDue} ${nameOf(due, month)}` : `${onlyStart} ${nameOf(start, month)}`;
}

/** Show dates of a row: its bar, and the words. */
export function placeBar(row, dates) {
  const { first, days, today } = row.closest("[data-first]").dataset;
  const { start, due } = dates;
  const isDone = row.dataset.status === "done";
  const ends = [start, due].filter(Boolean).map(at);
  if (!due && !isDone) ends.push(at(today));
  const begin = start ? at(start) : at(due);
  const percent = (day) => (day - at(first)) * 100 / days;
  const left = Math.max(percent(Math.min(begin, ...(due ? ends : []))), -OUTSIDE);
  const right = Math.min(percent(Math.max(...ends) + 1), 100 + OUTSIDE);
  const bar = row.querySelector(".bars__bar");
  bar.setAttribute("x", `${left}%`);
  bar.setAttribute("width", `${Math.max(right - left, 0)}%`);
  row.classList.toggle("is-point", !start);
  row.classList.toggle("is-open", !due);
  const words = inWords(dates, "short", "Due", "From");
  for (const shown of row.querySelectorAll(".bars__when, .bars__label")) shown.textContent = words;
}

/** A date as the task's form takes it; a time of the day stays. */
const formText = (day, time) => [day, day && time].filter(Boolean).join(" ");

/** Give a row other dates: both in one change, so that one Undo takes it back. */
export function setDates(row, dates) {
  const { startTime, dueTime } = row.dataset;
  if (dates.start === row.dataset.start && dates.due === row.dataset.due) return;
  const value = { start_at: formText(dates.start, startTime), due_at: formText(dates.due, dueTime) };
  changeField(row, "dates", value, {
    words: inWords(dates, "long", "due on", "starts on"),
    paint(shown) {
      Object.assign(shown.dataset, dates);
      if (shown.querySelector(".bars__bar")) placeBar(shown, dates);
    },
  });
}

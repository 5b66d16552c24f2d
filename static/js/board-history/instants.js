// Instants of the past in the reader's own time.

import { inZone } from "../lib/reader-zone.js";

const format = new Intl.DateTimeFormat(document.documentElement.lang, {
  weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const pad = (number) => String(number).padStart(2, "0");

/** "Tue 12 May 2026, 14:05" */
export function formatInstant(at) {
  const part = Object.fromEntries(format.formatToParts(inZone(at)).map(({ type, value }) => [type, value]));
  return `${part.weekday} ${part.day} ${part.month} ${part.year}, ${part.hour}:${part.minute}`;
}

export function showInstants(root) {
  for (const time of root.querySelectorAll("time[data-instant]")) {
    time.title = time.dateTime;
    time.textContent = formatInstant(new Date(time.dateTime));
  }
}

/** An instant as a datetime-local field writes it, in the reader's own time. */
export function toInputValue(instant) {
  const at = inZone(instant);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** The instant that a datetime-local field names. */
export function fromInputValue(value) {
  const at = new Date(value);
  return new Date(2 * at - inZone(at));
}

// Times: the server sends UTC; here they become "2 hours ago" in the reader's own words, and days and instants of tasks are shown in the reader's zone.

import { inZone } from "./reader-zone.js";

const DAY = 86_400_000;
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const fullDate = new Intl.DateTimeFormat("en-GB", { dateStyle: "full" });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const steps = [["minute", 60_000, 60], ["hour", 3_600_000, 24], ["day", DAY, 7]];

function ago(at) {
  const past = Date.now() - at;
  if (Math.abs(past) < 45_000) return "just now";
  for (const [unit, length, limit] of steps) {
    const count = Math.round(past / length);
    if (Math.abs(count) < limit) return relative.format(-count, unit);
  }
  return date.format(inZone(at));
}

function showAgo(element) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.getTime())) return;
  element.title ||= dateAndTime.format(inZone(at));
  const text = ago(at);
  if (element.textContent !== text) element.textContent = text;
}

/** Whole days from the day of `now` to a calendar day; both at noon, so that a change of clocks is no day. */
function daysUntil(year, month, day, now) {
  return Math.round((new Date(year, month, day, 12) - new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12)) / DAY);
}

/** A moment, which is a day ("2026-12-24") or an instant, in the reader's zone; a due one says if it is late or near. */
function showMoment(element) {
  const [year, month, day] = element.dateTime.split("-").map(Number);
  const isInstant = element.dateTime.includes("T");
  const at = isInstant ? inZone(new Date(element.dateTime)) : new Date(year, month - 1, day);
  const time = isInstant ? `, ${clock.format(at)}` : "";
  const now = inZone(new Date());
  const isOtherYear = at.getFullYear() !== now.getFullYear();
  let text = (isOtherYear ? date : dayOfYear).format(at) + time;
  element.title = fullDate.format(at) + time;
  if ("due" in element.dataset && !element.closest("[data-status=done]")) {
    const days = daysUntil(at.getFullYear(), at.getMonth(), at.getDate(), now);
    const isLate = isInstant ? at < now : days < 0;
    element.classList.toggle("is-overdue", isLate);
    element.classList.toggle("is-due-soon", !isLate && days < 2);
    if (days < 0) text = days === -1 ? "1 day late" : `${-days} days late`;
    else if (days < 2) text = ["today", "tomorrow"][days] + time;
  }
  if (element.textContent !== text) element.textContent = text;
}

export function refreshTimes(root) {
  root.querySelectorAll("time[data-relative]").forEach(showAgo);
  root.querySelectorAll("time[data-moment]").forEach(showMoment);
}
setInterval(() => document.hidden || refreshTimes(document), 30_000);
document.addEventListener("visibilitychange", () => document.hidden || refreshTimes(document));

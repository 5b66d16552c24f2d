// Times: the server sends UTC; here they become "2 hours ago" in the reader's own words, and due days say if they are late.

const DAY = 86_400_000;
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const date = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", year: "numeric" });
const steps = [["minute", 60_000, 60], ["hour", 3_600_000, 24], ["day", DAY, 7]];

function ago(at) {
  const past = Date.now() - at;
  if (Math.abs(past) < 45_000) return "just now";
  for (const [unit, length, limit] of steps) {
    const count = Math.round(past / length);
    if (Math.abs(count) < limit) return relative.format(-count, unit);
  }
  return date.format(at);
}

function showAgo(element) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.getTime())) return;
  element.title ||= dateAndTime.format(at);
  const text = ago(at);
  if (element.textContent !== text) element.textContent = text;
}

/** Whole days from today to a calendar day; both at noon, so that a change of clocks is no day. */
function daysUntil(day) {
  const [year, month, dayOfMonth] = day.split("-").map(Number);
  const now = new Date();
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12);
  return Math.round((new Date(year, month - 1, dayOfMonth, 12) - today) / DAY);
}

function showDue(element) {
  if (element.closest("[data-status=done]")) return;
  element.dataset.original ??= element.textContent;
  const days = daysUntil(element.dateTime);
  element.classList.toggle("is-overdue", days < 0);
  element.classList.toggle("is-due-soon", days === 0 || days === 1);
  element.title = element.dataset.original;
  if (days < 0) element.textContent = days === -1 ? "1 day late" : `${-days} days late`;
  else element.textContent = ["today", "tomorrow"][days] ?? element.dataset.original;
}

export function refreshTimes(root) {
  root.querySelectorAll("time[data-relative]").forEach(showAgo);
  root.querySelectorAll("time[data-due]").forEach(showDue);
}
setInterval(() => document.hidden || refreshTimes(document), 30_000);
document.addEventListener("visibilitychange", () => document.hidden || refreshTimes(document));

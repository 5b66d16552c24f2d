const isoDay = (day) => [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");

/** Call `set(button, day)` for each button of an often chosen day, as data-day="tomorrow"; the day as in the reader's own calendar. */
export function fillDayPresets(root, set) {
  const ahead = { today: 0, tomorrow: 1, "next-week": (8 - new Date().getDay()) % 7 || 7 };
  for (const button of root.querySelectorAll("[data-day]")) {
    if (!(button.dataset.day in ahead)) continue;
    const day = new Date();
    day.setDate(day.getDate() + ahead[button.dataset.day]);
    set(button, isoDay(day));
  }
}

/** Today where the person is, as "2026-05-12". */
export const today = () => isoDay(new Date());

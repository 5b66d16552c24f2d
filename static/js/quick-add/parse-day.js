// Days as people say them, by the same rules as taskforge/tasks/quick_add/days.py. A day is a text like "2026-05-12".

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const UNITS = new Map([["day", 1], ["days", 1], ["week", 7], ["weeks", 7]]);
const DAY_MS = 86_400_000;

const text = (ms) => new Date(ms).toISOString().slice(0, 10);
const placeOf = (word, names) => names.findIndex((name) => word === name || word === name.slice(0, 3));

function make(year, month, day) {
  if (year < 1970 || year > 2200) return null;
  const made = new Date(Date.UTC(year, month, day));
  return made.getUTCMonth() === month && made.getUTCDate() === day ? text(made.getTime()) : null;
}

function ofMonth([day, name, year], today) {
  const month = placeOf(name, MONTHS);
  if (month < 0 || !/^([1-9]|[12][0-9]|3[01])$/.test(day)) return null;
  if (year !== undefined) return /^[0-9]{4}$/.test(year) ? make(Number(year), month, Number(day)) : null;
  const thisYear = Number(today.slice(0, 4));
  const found = make(thisYear, month, Number(day));
  return found !== null && found >= today ? found : make(thisYear + 1, month, Number(day));
}

/** The day that exactly these words name, seen from `today`; null when they name none. */
export function parseDay(spoken, today) {
  const start = Date.parse(`${today}T00:00:00Z`);
  const weekday = (new Date(start).getUTCDay() + 6) % 7; // 0 is Monday
  const after = (days) => text(start + days * DAY_MS);
  if (spoken.length === 1 && spoken[0] === "tom") return after(1);
  const words = spoken.map((word) => word.toLowerCase());
  const phrase = words.join(" ");
  if (phrase === "today") return today;
  if (phrase === "tomorrow") return after(1);
  if (phrase === "next week") return after(7 - weekday);
  const span = /^in ([1-9][0-9]{0,2}) (days?|weeks?)$/.exec(phrase);
  if (span) return after(Number(span[1]) * UNITS.get(span[2]));
  if (words.length > 1) return ofMonth(words, today);
  const place = placeOf(words[0], WEEKDAYS);
  if (place >= 0) return after(((place - weekday + 6) % 7) + 1);
  const iso = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(words[0]);
  return iso ? make(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3])) : null;
}

// Days and times as people write them, by the same rules as taskforge/text/spoken_days.py. A day is a text like "2026-05-12".

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const FIRST_DAYS = { saturday: 5, sunday: 6 }; // 0 is Monday
const DAY_MS = 86_400_000;
const MAX_TIME_WORDS = 3;
export const MAX_PHRASE_WORDS = 8; // "at 3 pm on 24 of december 2026"

const withShort = (names) => [...names, ...names.map((name) => name.slice(0, 3))].join("|");
const MONTH = `${withShort(MONTHS)}|sept`;
const WEEKDAY = withShort(WEEKDAYS);
const NUMBER = "[1-9]|[12][0-9]|3[01]";
const YEAR = "(?:,? ([0-9]{4}))?";
const ISO = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const SPAN = /^in ([1-9][0-9]{0,2}|an?) (day|week)s?$/;
const WEEKDAY_PHRASE = new RegExp(`^(?:(this|next) )?(${WEEKDAY})$`);
const DAY_FIRST = new RegExp(`^(${NUMBER})(?:st|nd|rd|th|\\.)? (?:of )?(${MONTH})${YEAR}$`);
const MONTH_FIRST = new RegExp(`^(${MONTH}) (${NUMBER})(?:st|nd|rd|th)?${YEAR}$`);
const ONLY_MONTH = new RegExp(`^(?:${MONTH})$`);
const TIME = /^(?:at )?(?:([01]?[0-9]|2[0-3]):([0-5][0-9])|(1[0-2]|[1-9])(?::([0-5][0-9]))? ?(am|pm)|(noon))$/;
const LAST_WORD = new RegExp(`^(?:today|tomorrow|tom|week|weeks|days?|am|pm|noon|${WEEKDAY}|${MONTH}`
  + "|[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}(?:st|nd|rd|th)?|[0-9]{1,2}(?::[0-9]{2})?(?:am|pm)?)[.,;!]*$", "i");
const RELATIVE = /^(?:today|tomorrow|tom|next week|in .*)$/;

const text = (ms) => new Date(ms).toISOString().slice(0, 10);
const placeOf = (word, names) => names.findIndex((name) => name.startsWith(word.slice(0, 3)));
const twoDigits = (number) => String(number).padStart(2, "0");

/** Whether a word can be the last one of a phrase that names a day. */
export const canEndPhrase = (word) => LAST_WORD.test(word);

/** Whether a phrase begins with the name of a month. */
export const beginsWithMonth = (words) => ONLY_MONTH.test(words[0].toLowerCase());

function make(year, month, day) {
  if (year < 1970 || year > 2200) return null;
  const made = new Date(Date.UTC(year, month, day));
  return made.getUTCMonth() === month && made.getUTCDate() === day ? text(made.getTime()) : null;
}

function ofMonth(day, name, year, today) {
  const month = placeOf(name, MONTHS);
  if (year) return make(Number(year), month, Number(day));
  const thisYear = Number(today.slice(0, 4));
  const found = make(thisYear, month, Number(day));
  return found !== null && found >= today ? found : make(thisYear + 1, month, Number(day));
}

function readDay(words, today) {
  const start = Date.parse(`${today}T00:00:00Z`);
  const weekday = (new Date(start).getUTCDay() + 6) % 7;
  const first = FIRST_DAYS[document.documentElement.dataset.weekStart] ?? 0;
  const nextWeek = 7 - ((weekday - first + 7) % 7);
  const after = (days) => text(start + days * DAY_MS);
  const phrase = words.join(" ").toLowerCase();
  if (phrase === "today") return today;
  if (phrase === "tomorrow" || (words.length === 1 && words[0] === "tom")) return after(1);
  if (phrase === "next week") return after(nextWeek);
  let found = SPAN.exec(phrase);
  if (found) return after((Number(found[1]) || 1) * (found[2] === "week" ? 7 : 1));
  found = WEEKDAY_PHRASE.exec(phrase);
  if (found) {
    const place = placeOf(found[2], WEEKDAYS);
    return after(found[1] === "next" ? nextWeek + ((place - first + 7) % 7) : ((place - weekday + 6) % 7) + 1);
  }
  found = ISO.exec(phrase);
  if (found) return make(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  found = DAY_FIRST.exec(phrase);
  if (found) return ofMonth(found[1], found[2], found[3], today);
  found = MONTH_FIRST.exec(phrase);
  return found && ofMonth(found[2], found[1], found[3], today);
}

function readTime(words) {
  const found = TIME.exec(words.join(" ").toLowerCase());
  if (!found) return null;
  const [, hour, minute, shortHour, shortMinute, half, noon] = found;
  if (noon) return "12:00";
  if (!half) return `${twoDigits(Number(hour))}:${minute}`;
  return `${twoDigits((shortHour % 12) + (half === "pm" ? 12 : 0))}:${shortMinute ?? "00"}`;
}

function join(dayWords, timeWords, today) {
  const time = timeWords.length ? readTime(timeWords) : "";
  const day = time !== null && readDay(dayWords, today);
  if (!day) return null;
  const phrase = dayWords.join(" ").toLowerCase();
  return { due: time ? `${day}T${time}` : day, isDate: ISO.test(phrase), isRelative: RELATIVE.test(phrase) };
}

const withoutOn = (words) => (words.length > 1 && words[0].toLowerCase() === "on" ? words.slice(1) : words);

/** What exactly these words name, seen from `today`: {due: day, or day and time like "2026-05-12T15:00", isDate, isRelative}, or null. */
export function readSpoken(words, today) {
  for (let count = 0; count <= Math.min(MAX_TIME_WORDS, words.length - 1); count += 1) {
    const cut = words.length - count;
    const found = join(words.slice(0, cut), words.slice(cut), today)
      ?? (count ? join(withoutOn(words.slice(count)), words.slice(0, count), today) : null);
    if (found) return found;
  }
  return null;
}

// The syntax of quick-add, by the same rules as taskforge/tasks/quick_add/syntax.py, which decides; this shows what it will do.

import { findNamed } from "../lib/names.js";
import { fold } from "../lib/normal-form.js";
import { beginsWithMonth, canEndPhrase, MAX_PHRASE_WORDS, readSpoken } from "./spoken-days.js";

const PRIORITIES = ["low", "medium", "high", "urgent"];
const MAX_TAGS = 20;
const MAX_TAG_LENGTH = 40;
const WORD = "[^\\s#@!,;:\"'“”\\\\()<>\\[\\]{}?]+";
const TAG = new RegExp(`^#(${WORD})(?<!\\.)$`, "u");
const NAME = new RegExp(`^@((?:${WORD}|['’])+(?:@${WORD})?)(?<![.'’])$`, "u");
const PRIORITY = /^!([1-4]|low|medium|high|urgent)$/i;
const ENDS_QUOTE = /["”][.,;:!?)]*$/;
const ENDS_SENTENCE = /[.,;!]+$/;
const ON = ["on", "am"];
const BEFORE_A_DAY = [...ON, "by", "due", "until", "till", "til", "before", "for"];
const NEEDS_A_NOUN = ("a about after an and as at between during each every from her his in into its last like my of or our since than"
  + " that the their this through to under versus vs with your").split(" ");
const AMBIGUOUS = ["mon", "sat", "sun", "wed"];

function endOfQuote(words, start) {
  if (!/^["“]/.test(words[start].text)) return -1;
  return words.findIndex(({ text }, at) => at >= start && ENDS_QUOTE.test(at === start ? text.slice(1) : text));
}

function isEscaped(word) {
  if (word.length < 2 || word[0] !== "\\") return false;
  return '#@!"“\\'.includes(word[1]) || canEndPhrase(word.slice(1));
}

function split(line) {
  const words = [...line.matchAll(/(\s*)(\S+)/g)].map(({ index, 1: gap, 2: text }) => ({ gap, text, at: index + gap.length, literal: false }));
  for (let at = 0; at < words.length; at += 1) {
    const end = endOfQuote(words, at);
    if (end >= 0) {
      for (; at < end; at += 1) words[at].literal = true;
      words[end].literal = true;
    } else if (isEscaped(words[at].text)) Object.assign(words[at], { text: words[at].text.slice(1), literal: true });
  }
  return words;
}

/** Whether a tag, without its sign, could be written into a line. */
export const isTag = (tag) => TAG.test(`#${tag}`) && [...tag].length <= MAX_TAG_LENGTH && /\p{L}/u.test(tag);

// What is taken keeps the places of its words in `found.places`, by its chip: "assignee", "priority", "due", or the tag with its sign.
const remember = (found, chip, { at }) => (found.places[chip] ??= []).push(at);

function takeTag(tag, word, found) {
  if (!isTag(tag)) return false;
  const same = found.tags.find((other) => fold(other) === fold(tag));
  if (same === undefined && found.tags.length === MAX_TAGS) {
    found.notes.push({ kind: "full", word: `#${tag}` });
    return false;
  }
  if (same === undefined) found.tags.push(tag);
  remember(found, `#${same ?? tag}`, word);
  return true;
}

function takePriority(said, word, found) {
  if (found.priority) {
    found.notes.push({ kind: "second", word: `!${said}` });
    return false;
  }
  found.priority = /\d/.test(said) ? PRIORITIES[said - 1] : said;
  remember(found, "priority", word);
  return true;
}

function takeName(name, word, people, found) {
  const meant = findNamed(name, people);
  if (meant.length === 1 && !found.assignee) {
    found.assignee = meant[0];
    remember(found, "assignee", word);
    return true;
  }
  const kind = meant.length === 1 ? "second" : meant.length ? "ambiguous" : "unknown";
  found.notes.push({ kind, word: `@${name}` });
  return false;
}

function take(word, people, found) {
  const tag = TAG.exec(word.text);
  if (tag) return takeTag(tag[1], word, found);
  const priority = PRIORITY.exec(word.text);
  if (priority) return takePriority(priority[1].toLowerCase(), word, found);
  const name = NAME.exec(word.text);
  return name ? takeName(name[1], word, people, found) : false;
}

const plain = ({ text }) => text.toLowerCase().replace(/:$/, "");

function goesWith(rest, spoken) {
  const last = rest.at(-1);
  const word = plain(last);
  if (last.literal || !BEFORE_A_DAY.includes(word)) return false;
  if (word === "am" && rest.length > 1 && plain(rest.at(-2)) === "i") return false;
  return !(ON.includes(word) && spoken.isRelative);
}

function beforeDay(rest, spoken) {
  if (!goesWith(rest, spoken)) return rest;
  const left = rest.slice(0, -1);
  return left.length && !left.at(-1).literal && plain(left.at(-1)) === "due" ? left.slice(0, -1) : left;
}

/** Whether the word before a phrase leaves it free to be a day. */
function isDayHere(rest, texts, spoken) {
  const word = plain(rest.at(-1));
  if (NEEDS_A_NOUN.includes(word) || (word === "for" && spoken.isDate)) return false;
  if (/^[0-9]+$/.test(word) && beginsWithMonth(texts)) return false; // "1 january 28"
  if (texts.length > 1 || !AMBIGUOUS.includes(texts[0].toLowerCase())) return true;
  return word !== "for" && (goesWith(rest, spoken) || texts[0] !== texts[0].toUpperCase());
}

function takeDay(words, today, found) {
  for (let length = Math.min(MAX_PHRASE_WORDS, words.length - 1); length > 0; length -= 1) {
    const phrase = words.slice(-length);
    if (phrase.some(({ literal }) => literal)) continue;
    const texts = phrase.map(({ text }) => text);
    texts.push(texts.pop().replace(ENDS_SENTENCE, ""));
    const spoken = readSpoken(texts, today);
    if (!spoken) continue;
    const rest = words.slice(0, -length);
    const left = beforeDay(rest, spoken);
    if (!left.length || !isDayHere(rest, texts, spoken)) return words;
    found.due = spoken.due;
    remember(found, "due", phrase.at(-1));
    return left;
  }
  return words;
}

const nothing = (title) => ({ title, assignee: null, priority: null, tags: [], due: null, notes: [], places: {} });

/** What a line says: {title, assignee, priority, tags, due, notes [{kind, word}], places}. `people` as the board's names tell them. */
export function parseLine(line, people, today) {
  const found = nothing("");
  let words = split(line).filter((word) => word.literal || !take(word, people, found));
  words = takeDay(words, today, found);
  found.title = words.map(({ gap, text }) => gap + text).join("").trim();
  return found.title ? found : nothing(line.trim());
}

/** A line in which what one chip says is text of the title again: a backslash before each of its words. */
export function keepAsText(line, places) {
  return [...places].sort((one, other) => other - one).reduce((kept, at) => `${kept.slice(0, at)}\\${kept.slice(at)}`, line);
}

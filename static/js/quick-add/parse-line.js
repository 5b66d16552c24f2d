// The syntax of quick-add, by the same rules as taskforge/tasks/quick_add/syntax.py, which decides; this shows what it will do.

import { findNamed } from "../lib/names.js";
import { fold } from "../lib/normal-form.js";
import { parseDay } from "./parse-day.js";

const PRIORITIES = ["low", "medium", "high", "urgent"];
const MAX_TAGS = 20;
const MAX_TAG_LENGTH = 40;
const WORD = "[^\\s#@!,;:\"'“”\\\\()<>\\[\\]{}?]+";
const TAG = new RegExp(`^#(${WORD})(?<!\\.)$`, "u");
const NAME = new RegExp(`^@((?:${WORD}|['’])+(?:@${WORD})?)(?<![.'’])$`, "u");
const PRIORITY = /^!([1-4]|low|medium|high|urgent)$/i;
const ENDS_QUOTE = /["”][.,;:!?)]*$/;
const ANY_DAY = "2000-01-01";

function endOfQuote(words, start) {
  if (!/^["“]/.test(words[start].text)) return -1;
  return words.findIndex(({ text }, at) => at >= start && ENDS_QUOTE.test(at === start ? text.slice(1) : text));
}

function isEscaped(word) {
  if (word.length < 2 || word[0] !== "\\") return false;
  return '#@!"“\\'.includes(word[1]) || parseDay([word.slice(1)], ANY_DAY) !== null;
}

function split(line) {
  const words = [...line.matchAll(/(\s*)(\S+)/g)].map(([, gap, text]) => ({ gap, text, literal: false }));
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

function takeTag(tag, found) {
  if (!isTag(tag)) return false;
  if (found.tags.some((other) => fold(other) === fold(tag))) return true;
  if (found.tags.length === MAX_TAGS) {
    found.notes.push({ kind: "full", word: `#${tag}` });
    return false;
  }
  found.tags.push(tag);
  return true;
}

function takePriority(said, found) {
  if (found.priority) {
    found.notes.push({ kind: "second", word: `!${said}` });
    return false;
  }
  found.priority = /\d/.test(said) ? PRIORITIES[said - 1] : said;
  return true;
}

function takeName(name, people, found) {
  const meant = findNamed(name, people);
  if (meant.length === 1 && !found.assignee) {
    found.assignee = meant[0];
    return true;
  }
  const kind = meant.length === 1 ? "second" : meant.length ? "ambiguous" : "unknown";
  found.notes.push({ kind, word: `@${name}` });
  return false;
}

function take(word, people, found) {
  const tag = TAG.exec(word);
  if (tag) return takeTag(tag[1], found);
  const priority = PRIORITY.exec(word);
  if (priority) return takePriority(priority[1].toLowerCase(), found);
  const name = NAME.exec(word);
  return name ? takeName(name[1], people, found) : false;
}

function takeDay(words, today, found) {
  for (let length = Math.min(3, words.length - 1); length > 0; length -= 1) {
    const phrase = words.slice(-length);
    if (phrase.some(({ literal }) => literal)) continue;
    found.due = parseDay(phrase.map(({ text }) => text), today);
    if (found.due === null) continue;
    const rest = words.slice(0, -length);
    const last = rest.at(-1);
    return rest.length > 1 && !last.literal && ["by", "due"].includes(last.text) ? rest.slice(0, -1) : rest;
  }
  return words;
}

const nothing = (title) => ({ title, assignee: null, priority: null, tags: [], due: null, notes: [] });

/** What a line says: {title, assignee, priority, tags, due, notes [{kind, word}]}. `people` as the board's names tell them. */
export function parseLine(line, people, today) {
  const found = nothing("");
  let words = split(line).filter((word) => word.literal || !take(word.text, people, found));
  words = takeDay(words, today, found);
  found.title = words.map(({ gap, text }) => gap + text).join("").trim();
  return found.title ? found : nothing(line.trim());
}

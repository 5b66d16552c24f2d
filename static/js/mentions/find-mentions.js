// The @names in a text, and whom they mean, by the same rules as taskforge/text/mentions.py, which decides.

import { findNamed } from "../lib/names.js";

const NO_SPACES = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u1100-\\u11ff\\uac00-\\ud7af\\u3005-\\u3007\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const NAME = "(?=[\\p{L}\\p{N}])[^\\s#@!,;:\"“”„«»‹›\\\\()<>\\[\\]{}?…、。，．！？：；（）「」『』【】《》〈〉*`~|\\/&=%$^]{1,64}";
const DOMAIN = "[\\p{L}\\p{N}](?:[\\p{L}\\p{N}_.\\-]{0,188}[\\p{L}\\p{N}])?";
const BEFORE = `(?<![A-Za-z0-9_@\\/.+])(?:(?<![\\p{L}\\p{N}])|(?<=[${NO_SPACES}]))`;
const MENTION = new RegExp(`${BEFORE}@(${NAME}(?:@${DOMAIN})?)`, "gu");
const BEGUN = new RegExp(`${BEFORE}@([^\\s@#]*)$`, "u");
const ENDS = new RegExp(`(?=['’])|(?<=[${NO_SPACES}])|(?=[${NO_SPACES}])`, "gu");
const MIN_PART = 2;
const MAX_CUTS = 8;

/** The names in a text, without "@"; text in code and addresses is no such text. */
export const findMentions = (text) => [...text.matchAll(MENTION)].map(([, name]) => name.replace(/[._'’+-]+$/, ""));

/** A text of Markdown without its code and addresses. */
export const withoutCode = (text) =>
  text.replace(/^(```|~~~)[^]*?(^\1|$(?![^]))/gm, "").replace(/(`+)[^]*?\1/g, " ").replace(/https?:\/\/\S+/gi, " ");

/** The name that is being written at the end of a text: its letters so far, or null. */
export const findBegun = (text) => BEGUN.exec(text)?.[1] ?? null;

/** Those whom a name in a text may mean: one person, several, or nobody. */
export function findMentioned(name, people) {
  const ends = [...name.matchAll(ENDS)].map(({ index }) => index).filter((end) => end >= MIN_PART && end < name.length);
  for (const end of [name.length, ...ends.slice(0, MAX_CUTS).reverse()]) {
    const found = findNamed(name.slice(0, end), people);
    if (found.length) return found;
  }
  return [];
}
